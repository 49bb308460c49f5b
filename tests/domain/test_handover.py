"""Stream `transfer`, the hand-over: both projects say what they have arranged; nobody is kept from leaving."""

from __future__ import annotations

from events.fact import Actor
from events.facts import Outcome
from events.handover import HandOverAmended, HandOverPrepared
from events.person import AgreementWithdrawn
from events.transfer import ProposalEnded
from events.verdict import Refused
from events.vocabulary import HandOverItem, ProposalEnd, RefusalCode
from tests.domain.world import HELPLINE, World, body, italy, kinds, only

ALL = tuple(HandOverItem)


def accepted() -> tuple[World, str]:
    """Campania is responsible for Anna, and Lazio has accepted her."""
    world = italy()
    world.unit("rm-1", "lazio", "12", 2)
    case = world.case("anna")
    world.request(case)
    world.accept(case)
    return world, case


def prepare(world: World, case_id: str, actor: Actor, arranged: tuple[HandOverItem, ...] = ALL) -> tuple[Outcome, ...]:
    return world.send(HandOverPrepared("", actor, case_id, world.transfer_id(case_id), arranged, (), ""))


def sides(world: World, case_id: str) -> list[tuple[bool, tuple[HandOverItem, ...]]]:
    transfer = world.state.cases[case_id].transfer
    assert transfer is not None
    return [(side.receiving, side.arranged) for side in transfer.hand_over]


def test_both_projects_say_what_they_have_arranged() -> None:
    world, case = accepted()
    assert kinds(prepare(world, case, body("lazio"), (HandOverItem.INTERPRETER,))) == ["Recorded"]
    assert kinds(prepare(world, case, body("campania"), (HandOverItem.ESCORT,))) == ["Recorded"]
    assert sides(world, case) == [(False, (HandOverItem.ESCORT,)), (True, (HandOverItem.INTERPRETER,))]


def test_the_helpline_speaks_for_the_side_being_left() -> None:
    world, case = accepted()
    prepare(world, case, HELPLINE)
    assert sides(world, case) == [(False, ALL)]


def test_an_amendment_takes_the_place_of_the_list() -> None:
    world, case = accepted()
    prepare(world, case, body("lazio"), (HandOverItem.INTERPRETER,))
    world.send(HandOverAmended("", body("lazio"), case, world.transfer_id(case), (HandOverItem.COSTS,), (HandOverItem.ESCORT,), ""))
    assert sides(world, case) == [(True, (HandOverItem.COSTS,))]


def test_another_project_has_no_say() -> None:
    world, case = accepted()
    assert prepare(world, case, body("piemonte"))[-1] == Refused(RefusalCode.NOT_RESPONSIBLE, "case_id")


def test_whoever_leaves_with_an_incomplete_list_leaves_all_the_same() -> None:
    world, case = accepted()
    prepare(world, case, body("lazio"), (HandOverItem.INTERPRETER,))
    assert kinds(world.depart(case)) == ["Recorded"]


def test_another_place_begins_another_list() -> None:
    world, case = accepted()
    prepare(world, case, body("lazio"))
    assert only(world.send(AgreementWithdrawn("", HELPLINE, case, "a")), ProposalEnded).how is ProposalEnd.RELEASED
    assert sides(world, case) == []
