"""Stream `transfer`, swaps: two cases exchange their places, both or neither, and nothing in clear tells of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.domain.snapshot import parts_of
from events.fact import Actor, Danger, SealedUnder
from events.facts import Outcome
from events.person import AgreementWithdrawn, CaseErased, DangerDeclared, KeepApartDeclared
from events.referral import ResponsibilityPassed
from events.swap import PlaceExchanged, SwapAgreed
from events.transfer import TransferClosed, TransferWithdrawn
from events.verdict import Refused
from events.vocabulary import DangerKind, Host, KeepApart, Reason, RefusalCode, TransferEnd
from tests.domain.world import HELPLINE, World, body, child, italy, kinds, uuid, woman


def two_homes() -> tuple[World, str, str]:
    """Anna lives in Naples and Bina in Turin; both units are full, both wait for a place elsewhere."""
    world = italy()
    world.unit("na-1", "campania", "15", 2, free=0)
    world.unit("to-1", "piemonte", "01", 2, free=0)
    anna, bina = world.case("anna", "campania", hosted="na-1"), world.case("bina", "piemonte", hosted="to-1")
    world.request(anna)
    world.request(bina)
    return world, anna, bina


def agree(world: World, case_id: str, other_id: str, actor: Actor | None = None) -> tuple[Outcome, ...]:
    responsible = world.state.cases[case_id].responsible
    transfer = world.state.cases[case_id].transfer
    transfer_id = transfer.transfer_id if transfer is not None else uuid("no transfer")
    return world.send(SwapAgreed("", actor or body(responsible or "nobody"), case_id, other_id, transfer_id))


def test_with_both_words_both_move_and_responsibility_passes() -> None:
    world, anna, bina = two_homes()
    assert kinds(agree(world, anna, bina)) == ["Recorded"]
    assert world.state.cases[anna].hosted_unit_id == "na-1"
    outcomes = agree(world, bina, anna)
    assert {(each.case_id, each.unit_id) for each in outcomes if isinstance(each, PlaceExchanged)} == {(anna, "to-1"), (bina, "na-1")}
    assert {(each.case_id, each.project_id) for each in outcomes if isinstance(each, ResponsibilityPassed)} == {
        (anna, "piemonte"),
        (bina, "campania"),
    }
    assert {each.how for each in outcomes if isinstance(each, TransferClosed)} == {TransferEnd.ARRIVED}
    assert world.state.cases[anna].hosted_unit_id == "to-1"
    assert world.state.cases[bina].responsible == "campania"


def test_nothing_in_clear_tells_of_a_swap() -> None:
    world, anna, bina = two_homes()
    units, clear = world.state.units, _clear(world)
    for outcomes in (agree(world, anna, bina), agree(world, bina, anna)):
        assert all(outcome.sealed_under is SealedUnder.CASE for outcome in outcomes[1:])
    assert not world.state.holds
    assert world.state.units == units
    assert _clear(world) == clear


def _clear(world: World) -> bytes:
    """The clear half of the state, but for which events were seen and when."""
    return parts_of(replace(world.state, sequence=0, at_ms=0, seen_ids=type(world.state.seen_ids)()))[0]


def test_one_word_twice_is_no_agreement_and_another_word_takes_its_place() -> None:
    world, anna, bina = two_homes()
    carla = world.case("carla", "piemonte", hosted="to-1")
    world.request(carla)
    agree(world, anna, bina)
    assert kinds(agree(world, anna, carla)) == ["Recorded"]
    assert kinds(agree(world, bina, anna)) == ["Recorded"]
    assert "PlaceExchanged" in kinds(agree(world, carla, anna))


def test_each_project_speaks_for_its_own_case() -> None:
    world, anna, bina = two_homes()
    assert agree(world, anna, bina, body("piemonte"))[-1] == Refused(RefusalCode.NOT_RESPONSIBLE, "case_id")
    assert agree(world, anna, bina, HELPLINE)[-1] == Refused(RefusalCode.ROLE_NOT_ALLOWED, "actor")


def test_safety_holds_for_both_at_the_second_word_too() -> None:
    world, anna, bina = two_homes()
    agree(world, anna, bina)
    world.send(DangerDeclared("", HELPLINE, anna, Danger(DangerKind.REGION, "01")))
    assert agree(world, bina, anna)[-1] == Refused(RefusalCode.SAFETY, "")
    assert agree(world, anna, bina)[-1] == Refused(RefusalCode.SAFETY, "")
    assert world.state.cases[bina].hosted_unit_id == "to-1"


def test_two_who_are_kept_apart_never_exchange() -> None:
    world, anna, bina = two_homes()
    world.send(KeepApartDeclared("", HELPLINE, anna, bina, KeepApart.WITNESS_AGAINST))
    assert agree(world, anna, bina)[-1] == Refused(RefusalCode.SAFETY, "")


def test_both_agree_to_move() -> None:
    world, anna, bina = two_homes()
    agree(world, anna, bina)
    world.send(AgreementWithdrawn("", HELPLINE, anna, "a"))
    assert agree(world, bina, anna)[-1] == Refused(RefusalCode.AGREEMENT_MISSING, "")


def test_a_unit_hosts_whom_it_hosts() -> None:
    world = italy()
    world.unit("na-1", "campania", "15", 2, free=0, hosts=(Host.WOMEN,))
    world.unit("to-1", "piemonte", "01", 2, free=0)
    pair, family = (woman("a"), woman("b")), (woman("a", parent=True), child("b"))
    one = world.case("one", "campania", household=pair, hosted="na-1")
    other = world.case("other", "piemonte", household=family, hosted="to-1")
    world.request(one)
    world.request(other)
    assert agree(world, one, other)[-1] == Refused(RefusalCode.SAFETY, "")


def test_a_territory_left_for_safety_is_not_gone_back_to() -> None:
    world, anna, bina = two_homes()
    world.send(TransferWithdrawn("", HELPLINE, anna, world.transfer_id(anna)))
    world.request(anna, "again", reason=Reason.SAFETY, leaving_province="TO")
    assert agree(world, anna, bina)[-1] == Refused(RefusalCode.SAFETY, "")


@pytest.mark.parametrize("what", ["as many people", "a unit", "an own unit", "another unit"])
def test_a_swap_is_even(what: str) -> None:
    world, anna, _ = two_homes()
    world.unit("rm-1", "lazio", "12", 4, free=0)
    household = (woman("a"), woman("b")) if what == "as many people" else (woman("a"),)
    hosted = {"as many people": "to-1", "a unit": None, "an own unit": "to-1", "another unit": "na-1"}[what]
    project = "campania" if what == "another unit" else "piemonte"
    other = world.case("other", project, household=household, hosted=hosted)
    if what == "an own unit":
        world.close("to-1")
    world.request(other)
    assert agree(world, anna, other)[-1] == Refused(RefusalCode.SWAP_UNEVEN, "")


def test_whoever_has_a_proposal_does_not_exchange() -> None:
    world, anna, bina = two_homes()
    world.unit("rm-1", "lazio", "12", 1)
    assert agree(world, anna, bina)[-1] == Refused(RefusalCode.NOT_WAITING, "")


@pytest.mark.parametrize(("code", "other"), [(RefusalCode.SAME_CASE, "anna"), (RefusalCode.UNKNOWN_CASE, "nobody")])
def test_nobody_exchanges_with_themselves_or_with_nobody(code: RefusalCode, other: str) -> None:
    world, anna, _ = two_homes()
    assert agree(world, anna, uuid(other))[-1] == Refused(code, "other_case_id")


def test_an_erased_case_leaves_no_word_behind() -> None:
    world, anna, bina = two_homes()
    agree(world, anna, bina)
    world.send(CaseErased("", HELPLINE, bina))
    assert bina.encode() not in b"".join(content for _, content in parts_of(world.state)[1] if _ == f"case:{anna}")
