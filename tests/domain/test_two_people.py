"""Stream `two_people`: an action waits for a second person of another body, and what becomes of it; with `SafetyLowered` as the action."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.domain import next_deadline_ms, two_people
from coordinator.domain.actions import action_of
from coordinator.domain.deciding import Deciding
from coordinator.domain.draft import Draft
from coordinator.domain.evolve import apply
from coordinator.domain.snapshot import parts_of, state_from
from events.entry import OpenedDecision, OpenedEvent
from events.fact import Actor, Danger
from events.facts import Outcome
from events.network import Decisions
from events.person import CaseErased, DangerDeclared, KeepApartDeclared, SafetyLowered
from events.transfer import ProposalMade
from events.two_people import ActionConfirmed, ActionLapsed, ActionRefused, ActionReviewed, ActionTaken, ConfirmationAwaited, ReviewDue, ReviewOverdue
from events.verdict import Refused
from events.vocabulary import DangerKind, KeepApart, RefusalCode, ReviewVerdict, Role
from tests.domain.test_histories import locked
from tests.domain.world import ADMINISTRATOR, DAY, HELPLINE, HOUR, POLICY, World, body, content_hash_of, italy, kinds, only

ROME = Danger(DangerKind.PROVINCE, "RM")


def waiting() -> tuple[World, str]:
    """Anna waits: the one free place is in Rome, where it is dangerous for her."""
    world = italy()
    world.unit("na-1", "campania", "15", 4, free=0)
    world.unit("rm-1", "lazio", "12", 2)
    anna = world.case("anna", hosted="na-1")
    world.send(DangerDeclared("", HELPLINE, anna, ROME))
    world.request(anna, "anna")
    return world, anna


def lowered(world: World, case: str, actor: Actor = HELPLINE) -> str:
    """The action's id."""
    event = SafetyLowered(world.event_id(), actor, case, ROME, None, "he was arrested")
    assert kinds(world.send(event)) == ["Recorded", "ConfirmationAwaited"]
    return event.event_id


def code(outcomes: tuple[Outcome, ...]) -> RefusalCode:
    return only(outcomes, Refused).code


def test_safety_is_lowered_when_a_second_body_confirms_and_matching_looks_again() -> None:
    world, anna = waiting()
    action = lowered(world, anna)
    assert world.state.cases[anna].dangers == (ROME,)
    assert only(world.entries[-1].outcomes, ConfirmationAwaited) == ConfirmationAwaited(anna, action, world.now + DAY)  # type: ignore[arg-type]
    outcomes = world.send(ActionConfirmed("", body("campania"), anna, action), after=HOUR)
    assert kinds(outcomes)[:2] == ["Recorded", "ActionTaken"]
    assert only(outcomes, ProposalMade).unit_id == "rm-1"
    assert not world.state.cases[anna].dangers
    assert not world.state.awaited and not world.state.reviews


def test_two_cases_are_no_longer_kept_apart() -> None:
    world, anna = waiting()
    bina = world.case("bina", "lazio", hosted="rm-1")
    world.send(KeepApartDeclared("", HELPLINE, anna, bina, KeepApart.RECRUITER))
    event = SafetyLowered(world.event_id(), HELPLINE, anna, None, bina, "another person of the same name")
    world.send(event)
    assert world.state.links[anna] == (bina,)
    world.send(ActionConfirmed("", ADMINISTRATOR, anna, event.event_id))
    assert not world.state.links


@pytest.mark.parametrize(
    ("actor", "why"),
    [
        (HELPLINE, RefusalCode.ANOTHER_BODY_NEEDED),
        (replace(HELPLINE, person="op-2"), RefusalCode.ANOTHER_BODY_NEEDED),
        (replace(body("campania"), person="op-1"), RefusalCode.ANOTHER_BODY_NEEDED),
        (body("lazio"), RefusalCode.NOT_RESPONSIBLE),
        (Actor("op-3", "nobody", Role.PROJECT), RefusalCode.BODY_NOT_ALLOWED),
    ],
)
def test_nobody_of_the_same_body_the_same_person_nor_a_stranger_confirms(actor: Actor, why: RefusalCode) -> None:
    world, anna = waiting()
    action = lowered(world, anna)
    assert code(world.send(ActionConfirmed("", actor, anna, action))) is why
    assert world.state.cases[anna].dangers == (ROME,)


def test_what_is_no_longer_right_is_not_confirmed() -> None:
    world, anna = waiting()
    first, second = lowered(world, anna), lowered(world, anna)
    world.send(ActionConfirmed("", ADMINISTRATOR, anna, first))
    assert code(world.send(ActionConfirmed("", ADMINISTRATOR, anna, second))) is RefusalCode.NOTHING_TO_LOWER
    assert code(world.send(ActionConfirmed("", ADMINISTRATOR, anna, first))) is RefusalCode.UNKNOWN_ACTION


@pytest.mark.parametrize("actor", [replace(HELPLINE, person="op-2"), body("campania"), ADMINISTRATOR])
def test_refused_or_taken_back_it_never_happens(actor: Actor) -> None:
    world, anna = waiting()
    action = lowered(world, anna)
    assert kinds(world.send(ActionRefused("", actor, anna, action, "not sure"))) == ["Recorded"]
    assert code(world.send(ActionConfirmed("", body("campania"), anna, action))) is RefusalCode.UNKNOWN_ACTION
    assert world.state.cases[anna].dangers == (ROME,)


def test_a_stranger_does_not_refuse() -> None:
    world, anna = waiting()
    action = lowered(world, anna)
    assert code(world.send(ActionRefused("", body("lazio"), anna, action, ""))) is RefusalCode.NOT_RESPONSIBLE


def test_nobody_confirms_in_time_and_it_lapses() -> None:
    world, anna = waiting()
    world.send(replace(POLICY, version=2, decisions=Decisions(2 * HOUR, HOUR)))
    action = lowered(world, anna)
    assert next_deadline_ms(world.state) == world.now + 2 * HOUR
    assert ActionLapsed(anna, action) in world.tick(2 * HOUR)
    assert code(world.send(ActionConfirmed("", body("campania"), anna, action))) is RefusalCode.UNKNOWN_ACTION
    assert world.state.cases[anna].dangers == (ROME,)


def test_an_action_is_about_the_case_that_it_names() -> None:
    world, anna = waiting()
    bina = world.case("bina")
    action = lowered(world, anna)
    for case_id in (bina, None):
        assert code(world.send(ActionConfirmed("", ADMINISTRATOR, case_id, action))) is RefusalCode.UNKNOWN_ACTION
        assert code(world.send(ActionRefused("", ADMINISTRATOR, case_id, action, ""))) is RefusalCode.UNKNOWN_ACTION
        assert code(world.send(ActionReviewed("", ADMINISTRATOR, case_id, action, ReviewVerdict.UPHELD, ""))) is RefusalCode.UNKNOWN_ACTION


def test_a_case_has_few_that_wait() -> None:
    world, anna = waiting()
    for _ in range(two_people.MOST_FOR_A_CASE):
        lowered(world, anna)
    assert code(world.send(SafetyLowered("", HELPLINE, anna, ROME, None, "again"))) is RefusalCode.TOO_MANY_AWAITED


def test_what_waits_goes_with_its_case() -> None:
    world, anna = waiting()
    lowered(world, anna)
    world.send(CaseErased("", HELPLINE, anna))
    assert not world.state.awaited
    assert parts_of(world.folded(len(world.entries), lambda entry: locked(entry, frozenset({anna})))) == parts_of(world.state)


def test_what_waits_stands_in_a_snapshot() -> None:
    world, anna = waiting()
    lowered(world, anna)
    parts = parts_of(world.state)
    again = state_from("it", *parts)
    assert parts_of(again) == parts and again.awaited == world.state.awaited
    assert next_deadline_ms(again) == next_deadline_ms(world.state)


# In an emergency. No event here may be one, so the mechanism is asked directly.


def alone(world: World, anna: str, *, emergency: str = "", always: bool = False, one: bool = False) -> tuple[Outcome, ...]:
    """Reports that Rome is safe, as an action with these properties."""
    event = SafetyLowered(world.event_id(), HELPLINE, anna, ROME, None, "he was arrested")
    draft = Draft(world.state)
    draft.sequence = world.sequence + 1
    entry = Deciding(draft, world.now, apply)
    action = replace(action_of(event), emergency=emergency, always_reviewed=always)
    refusal = two_people.report(entry, action, alone=one)
    if refusal is not None:
        return (refusal,)
    opened = OpenedEvent(event, content_hash_of(event), 500)
    world.entries.append(OpenedDecision("it", draft.sequence, len(world.entries), world.now, opened, tuple(entry.outcomes)))
    world.state = draft.frozen()
    return tuple(entry.outcomes)


def test_in_an_emergency_one_body_does_and_another_looks_within_a_day() -> None:
    world, anna = waiting()
    outcomes = alone(world, anna, emergency="nobody else answers")
    assert kinds(outcomes)[:3] == ["Recorded", "ReviewDue", "ActionTaken"]
    due = only(outcomes, ReviewDue)
    assert due.due_at_ms == world.now + DAY and not world.state.cases[anna].dangers
    for actor in (replace(HELPLINE, person="op-2"), replace(body("campania"), person="op-1")):
        review = ActionReviewed("", actor, anna, due.action_id, ReviewVerdict.UPHELD, "")
        assert code(world.send(review)) is RefusalCode.ANOTHER_BODY_NEEDED
    review = ActionReviewed("", body("campania"), anna, due.action_id, ReviewVerdict.NOT_UPHELD, " ")
    assert code(world.send(review)) is RefusalCode.TEXT_NEEDED
    assert parts_of(state_from("it", *parts_of(world.state))) == parts_of(world.state)
    assert kinds(world.send(replace(review, text="she should have been asked"))) == ["Recorded"]
    assert not world.state.reviews
    assert code(world.send(replace(review, text="again"))) is RefusalCode.UNKNOWN_ACTION


def test_an_overdue_review_calls_people_in_once_and_can_still_be_given() -> None:
    world, anna = waiting()
    action = only(alone(world, anna, emergency="nobody else answers"), ReviewDue).action_id
    assert ReviewOverdue(anna, action) in world.tick(DAY)
    assert ReviewOverdue(anna, action) not in world.tick(DAY)
    assert parts_of(state_from("it", *parts_of(world.state))) == parts_of(world.state)
    assert kinds(world.send(ActionReviewed("", ADMINISTRATOR, anna, action, ReviewVerdict.UPHELD, ""))) == ["Recorded"]


def test_where_one_person_suffices_nothing_waits_and_nothing_is_reviewed() -> None:
    world, anna = waiting()
    assert kinds(alone(world, anna, one=True))[:2] == ["Recorded", "ActionTaken"]
    assert not world.state.awaited and not world.state.reviews


def test_lowering_safety_is_never_an_emergency() -> None:
    """The event has no way to say so."""
    world, anna = waiting()
    action = action_of(SafetyLowered(world.event_id(), HELPLINE, anna, ROME, None, "now"))
    assert not action.emergency and not action.always_reviewed


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (SafetyLowered("", HELPLINE, "", None, None, "why"), RefusalCode.FIELD_INVALID),
        (SafetyLowered("", HELPLINE, "", ROME, "", "why"), RefusalCode.FIELD_INVALID),
        (SafetyLowered("", HELPLINE, "", Danger(DangerKind.PROVINCE, "TO"), None, "why"), RefusalCode.NOTHING_TO_LOWER),
        (SafetyLowered("", HELPLINE, "", None, "", "why"), RefusalCode.NOTHING_TO_LOWER),
        (SafetyLowered("", HELPLINE, "", ROME, None, " "), RefusalCode.TEXT_NEEDED),
        (SafetyLowered("", HELPLINE, "", ROME, None, "x" * 4001), RefusalCode.TOO_LARGE),
        (SafetyLowered("", body("lazio"), "", ROME, None, "why"), RefusalCode.NOT_RESPONSIBLE),
    ],
)
def test_what_cannot_be_lowered(event: SafetyLowered, why: RefusalCode) -> None:
    world, anna = waiting()
    other = None if event.other_case_id is None else world.case("bina")
    assert code(world.send(replace(event, case_id=anna, other_case_id=other))) is why


def test_an_action_taken_is_an_outcome_of_its_own() -> None:
    world, anna = waiting()
    action = lowered(world, anna)
    assert only(world.send(ActionConfirmed("", body("campania"), anna, action)), ActionTaken) == ActionTaken(anna, action)
