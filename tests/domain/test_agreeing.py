"""Stream `person`: who decides that somebody may move, how old they are, and what follows when that changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.domain import next_deadline_ms
from coordinator.domain.requests import agreed_until_ms
from coordinator.domain.snapshot import parts_of, state_from
from coordinator.matching.household import household_of
from events.fact import Actor
from events.facts import Outcome
from events.network import UnitAmended
from events.person import AgeAssessed, AgreementGiven, AgreementWithdrawn, MajorityReviewDue, VitalInterestInvoked
from events.transfer import PlaceReleased, ProposalDeclined, ProposalMade, SafeStopAgreed, TransferClosed, TransferEscalated
from events.two_people import ActionConfirmed, ReviewDue
from events.verdict import Refused
from events.vocabulary import AgeGroup, ChildView, DeclineCode, Escalation, GivenBy, Host, Level, RefusalCode, TransferEnd
from tests.domain.world import ADMINISTRATOR, CLOCK, DAY, HELPLINE, HOUR, World, body, child, italy, kinds, only, woman

MINOR = woman("m", age_group=AgeGroup.MINOR)


def network() -> World:
    world = italy()
    world.unit("na-1", "campania", "15", 4, free=0)
    world.unit("rm-1", "lazio", "12", 2)
    return world


def departed() -> tuple[World, str]:
    world = network()
    anna = world.case("anna", hosted="na-1")
    world.request(anna, "anna")
    world.accept(anna)
    world.depart(anna)
    return world, anna


def code(outcomes: tuple[Outcome, ...]) -> tuple[RefusalCode, str]:
    refusal = only(outcomes, Refused)
    return refusal.code, refusal.field


# On the way.


def test_who_no_longer_agrees_on_the_way_is_brought_to_a_safe_stop() -> None:
    world, anna = departed()
    transfer_id = world.transfer_id(anna)
    outcomes = world.send(AgreementWithdrawn("", HELPLINE, anna, "a"))
    assert kinds(outcomes) == ["Recorded", "TransferEscalated"], "nobody is stopped by a machine"
    outcomes = world.send(SafeStopAgreed("", HELPLINE, anna, transfer_id), after=HOUR)
    assert only(outcomes, PlaceReleased).unit_id == "rm-1"
    assert only(outcomes, TransferClosed).how is TransferEnd.STOPPED
    case = world.state.cases[anna]
    assert case.transfer is None and case.hosted_unit_id is None and case.responsible == "campania"
    assert [kept.unit_id for kept in case.kept] == ["na-1"], "they can still come back"


def test_a_safe_stop_is_for_whoever_is_on_the_way() -> None:
    world = network()
    anna = world.case("anna", hosted="na-1")
    world.request(anna, "anna")
    world.accept(anna)
    assert code(world.send(SafeStopAgreed("", HELPLINE, anna, world.transfer_id(anna)))) == (RefusalCode.NOT_DEPARTED_YET, "transfer_id")
    world.depart(anna)
    assert code(world.send(SafeStopAgreed("", body("piemonte"), anna, world.transfer_id(anna))))[0] is RefusalCode.NOT_RESPONSIBLE


def test_a_refused_place_never_costs_anybody_their_turn() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 1)
    anna, bina, cara = (world.case(name) for name in ("anna", "bina", "cara"))
    world.request(anna, "anna")
    world.now += HOUR
    world.request(bina, "bina")
    outcomes = world.send(ProposalDeclined("", body("lazio"), anna, world.transfer_id(anna), None, DeclineCode.PERSON_REFUSED, ""))
    assert only(outcomes, ProposalMade).case_id == bina
    world.now += HOUR
    world.request(cara, "cara")
    world.unit("to-1", "piemonte", "01", 1)
    assert world.proposed_unit(anna) == "to-1", "first in turn, as before she refused"


# Who decides.


@pytest.mark.parametrize(
    ("person", "given_by", "view", "why"),
    [
        ("a", None, None, None),
        ("a", GivenBy.SELF, None, None),
        ("a", GivenBy.GUARDIAN, None, "given_by"),
        ("a", GivenBy.SELF, ChildView.IN_FAVOUR, "view"),
        ("a", GivenBy.VITAL_INTEREST, None, "given_by"),
        ("m", GivenBy.SELF, None, "given_by"),
        ("m", GivenBy.GUARDIAN, None, "view"),
        ("m", GivenBy.GUARDIAN, ChildView.AGAINST, None),
        ("m", GivenBy.AUTHORITY, ChildView.TOO_YOUNG, None),
        ("m", GivenBy.VITAL_INTEREST, None, "given_by"),
        ("m", None, None, None),
        ("m", None, ChildView.IN_FAVOUR, "view"),
    ],
)
def test_who_may_decide_for_whom(person: str, given_by: GivenBy | None, view: ChildView | None, why: str | None) -> None:
    world = network()
    case = world.case("anna", household=(woman(), MINOR), agreed=False)
    outcomes = world.send(AgreementGiven("", HELPLINE, case, person, world.now + DAY, given_by, view))
    if why is None:
        assert kinds(outcomes)[0] == "Recorded"
    else:
        assert code(outcomes) == (RefusalCode.FIELD_INVALID, why)


def agreed(world: World, case_id: str) -> bool:
    case = world.state.cases[case_id]
    return agreed_until_ms(case, household_of(case.household).must_agree) is not None


def test_for_a_minor_alone_a_guardian_decides_and_the_minor_is_heard() -> None:
    world = network()
    case = world.case("mina", household=(MINOR,))
    world.send(AgreementGiven("", HELPLINE, case, "m", world.now + DAY))
    assert not agreed(world, case)
    world.send(AgreementGiven("", HELPLINE, case, "m", world.now + DAY, GivenBy.GUARDIAN, ChildView.IN_FAVOUR))
    assert agreed(world, case)


def test_beside_an_adult_who_is_no_parent_a_minor_still_needs_a_guardian() -> None:
    world = network()
    case = world.case("anna", household=(woman(), MINOR))
    assert not agreed(world, case)
    world.send(AgreementGiven("", HELPLINE, case, "m", world.now + DAY, GivenBy.AUTHORITY, ChildView.IN_FAVOUR))
    assert agreed(world, case)


def test_a_parent_decides_for_their_children() -> None:
    world = network()
    case = world.case("mother", household=(woman(parent=True), child()))
    assert agreed(world, case)


# Vital interest.


def invoked(world: World, case: str, **changes: object) -> VitalInterestInvoked:
    event = VitalInterestInvoked(world.event_id(), HELPLINE, case, "a", world.now + 2 * DAY, "unconscious", None)
    return replace(event, **changes)  # type: ignore[arg-type]


def test_nobody_can_decide_and_two_people_do_and_a_third_looks() -> None:
    world = network()
    anna = world.case("anna", agreed=False)
    assert only(world.request(anna, "anna"), TransferEscalated).why is Escalation.AGREEMENT_MISSING
    event = invoked(world, anna)
    assert kinds(world.send(event)) == ["Recorded", "ConfirmationAwaited"]
    outcomes = world.send(ActionConfirmed("", body("campania"), anna, event.event_id))
    assert only(outcomes, ReviewDue).due_at_ms == world.now + DAY
    assert only(outcomes, ProposalMade).unit_id == "rm-1"
    assert world.state.cases[anna].agreements[0].given_by is GivenBy.VITAL_INTEREST


def test_in_an_emergency_one_does() -> None:
    world = network()
    anna = world.case("anna", agreed=False)
    world.request(anna, "anna")
    outcomes = world.send(invoked(world, anna, emergency="nobody else answers"))
    assert only(outcomes, ReviewDue).due_at_ms == world.now + DAY
    assert only(outcomes, ProposalMade).unit_id == "rm-1"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"person": "z"}, (RefusalCode.UNKNOWN_PERSON, "person")),
        ({"until_ms": 0}, (RefusalCode.FIELD_INVALID, "until_ms")),
        ({"until_ms": 2_000_000_000_000}, (RefusalCode.FIELD_INVALID, "until_ms")),
        ({"why": " "}, (RefusalCode.TEXT_NEEDED, "why")),
        ({"emergency": ""}, (RefusalCode.TEXT_NEEDED, "emergency")),
        ({"actor": body("lazio")}, (RefusalCode.NOT_RESPONSIBLE, "case_id")),
    ],
)
def test_what_is_no_vital_interest(changes: dict[str, object], why: tuple[RefusalCode, str]) -> None:
    world = network()
    anna = world.case("anna", agreed=False)
    assert code(world.send(invoked(world, anna, **changes))) == why


# Age.


def assessed(world: World, case: str, group: AgeGroup, adult_from_ms: int | None = None, actor: Actor = HELPLINE) -> AgeAssessed:
    return AgeAssessed(world.event_id(), actor, case, "m", group, adult_from_ms, "a passport")


def test_a_birthday_opens_a_review_and_nothing_else() -> None:
    world = network()
    world.unit("rm-9", "lazio", "12", 2, hosts=(Host.UNACCOMPANIED_MINORS,))
    mina = world.case("mina", "lazio", household=(MINOR,), hosted="rm-9")
    assert kinds(world.send(assessed(world, mina, AgeGroup.MINOR, world.now + 40 * DAY))) == ["Recorded", "ActionTaken"]
    before = world.state.cases[mina]
    assert parts_of(state_from("it", *parts_of(world.state))) == parts_of(world.state)
    assert next_deadline_ms(state_from("it", *parts_of(world.state))) == next_deadline_ms(world.state)
    outcomes = world.tick(40 * DAY)
    assert MajorityReviewDue(mina, "m") in outcomes
    after = world.state.cases[mina]
    assert (after.hosted_unit_id, after.responsible, after.household) == (before.hosted_unit_id, before.responsible, before.household)
    assert MajorityReviewDue(mina, "m") not in world.tick(DAY), "once"
    assert kinds(world.send(assessed(world, mina, AgeGroup.ADULT))) == ["Recorded", "ActionTaken"], "one person suffices: it was known"
    assert world.state.cases[mina].household[0].age_group is AgeGroup.ADULT
    assert not world.state.cases[mina].majorities and world.state.cases[mina].hosted_unit_id == "rm-9"


def test_nobody_alone_makes_an_adult_of_a_minor() -> None:
    world = network()
    mina = world.case("mina", household=(replace(MINOR, age_group=AgeGroup.DISPUTED),))
    event = assessed(world, mina, AgeGroup.ADULT)
    assert kinds(world.send(event)) == ["Recorded", "ConfirmationAwaited"]
    assert world.state.cases[mina].household[0].age_group is AgeGroup.DISPUTED
    world.send(ActionConfirmed("", ADMINISTRATOR, mina, event.event_id))
    assert world.state.cases[mina].household[0].age_group is AgeGroup.ADULT


def test_whoever_turns_out_to_be_a_minor_is_protected_at_once() -> None:
    world = network()
    anna = world.case("anna", household=(woman("m"),))
    world.request(anna, "anna")
    assert world.proposed_unit(anna) == "rm-1"
    outcomes = world.send(assessed(world, anna, AgeGroup.DISPUTED))
    assert kinds(outcomes)[:3] == ["Recorded", "ActionTaken", "ProposalEnded"]
    assert only(outcomes, TransferEscalated).why is Escalation.MINOR
    assert world.proposed_unit(anna) is None


def test_a_month_of_majority_is_a_minors_and_lies_ahead() -> None:
    world = network()
    mina = world.case("mina", household=(MINOR,))
    for group, month in ((AgeGroup.ADULT, world.now + DAY), (AgeGroup.MINOR, world.now), (AgeGroup.MINOR, world.now + 20 * 366 * DAY)):
        assert code(world.send(assessed(world, mina, group, month))) == (RefusalCode.FIELD_INVALID, "adult_from_ms")


def test_parents_with_children_go_where_children_are_hosted() -> None:
    world = network()
    world.send(UnitAmended("", body("lazio"), "rm-1", Level.FIRST, 2, (Host.WOMEN,), (), ("eng",), ()))
    world.publish("rm-1")
    mother = world.case("mother", household=(woman(parent=True), child()))
    assert only(world.request(mother, "mother"), TransferEscalated).why is Escalation.NO_PLACE
    world.unit("to-1", "piemonte", "01", 2, hosts=(Host.MOTHERS_WITH_CHILDREN,))
    assert world.proposed_unit(mother) == "to-1"


def test_the_clock_has_no_say_in_any_of_it() -> None:
    world, anna = departed()
    for event in (SafeStopAgreed("", CLOCK, anna, world.transfer_id(anna)), replace(assessed(world, anna, AgeGroup.MINOR), actor=CLOCK)):
        assert code(world.send(event))[0] is RefusalCode.ROLE_NOT_ALLOWED
