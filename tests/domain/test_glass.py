"""Stream `glass`: somebody opens what their role does not show, with a reason, for a limited time, and never alone without a review."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.domain.safety_detail import UnitDetail, detail_of
from coordinator.domain.snapshot import parts_of, state_from
from events.fact import Actor, Danger
from events.facts import Outcome
from events.glass import GlassBroken, SightOpened
from events.network import PolicyAdopted
from events.person import CaseErased, DangerDeclared, KeepApartDeclared
from events.referral import ReferralClosed
from events.transfer import MatchExplained
from events.two_people import ActionConfirmed, ActionLapsed, ActionReviewed, ReviewDue, ReviewOverdue
from events.verdict import Refused
from events.vocabulary import DangerKind, KeepApart, ReferralEnd, RefusalCode, ReviewVerdict, SightPurpose
from projections.bands import STRICTEST
from tests.domain.world import ADMINISTRATOR, DAY, HELPLINE, HOUR, MINUTE, POLICY, World, body, italy, kinds, only, uuid


def anna_waits() -> tuple[World, str]:
    world = italy()
    return world, world.case("anna")


def asked(case: str | None, purpose: SightPurpose = SightPurpose.FREE_TEXT, actor: Actor = HELPLINE, **changes: object) -> GlassBroken:
    transfer = uuid("her transfer") if purpose is SightPurpose.SAFETY_DETAIL else None
    return replace(GlassBroken("", actor, case, purpose, transfer, "she asks what was written", ""), **changes)  # type: ignore[arg-type]


def sent(world: World, event: GlassBroken) -> str:
    """The action's id."""
    event = replace(event, event_id=world.event_id())
    assert not any(isinstance(outcome, Refused) for outcome in world.send(event))
    return event.event_id


def code(outcomes: tuple[Outcome, ...]) -> RefusalCode:
    return only(outcomes, Refused).code


@pytest.mark.parametrize("purpose", [SightPurpose.FREE_TEXT, SightPurpose.SAFETY_DETAIL])
def test_nothing_opens_before_a_second_person_of_another_body_confirms(purpose: SightPurpose) -> None:
    world, anna = anna_waits()
    action = sent(world, asked(anna, purpose))
    assert kinds(world.entries[-1].outcomes) == ["Recorded", "ConfirmationAwaited"]  # type: ignore[arg-type]
    assert code(world.send(ActionConfirmed("", replace(HELPLINE, person="op-2"), anna, action))) is RefusalCode.ANOTHER_BODY_NEEDED
    outcomes = world.send(ActionConfirmed("", body("campania"), anna, action), after=MINUTE)
    assert kinds(outcomes) == ["Recorded", "ActionTaken", "SightOpened"]
    assert only(outcomes, SightOpened) == SightOpened(anna, action, world.now + HOUR)


def test_it_stays_open_for_as_long_as_the_policy_says() -> None:
    world, anna = anna_waits()
    policy: PolicyAdopted = replace(POLICY, version=2, sight=replace(STRICTEST, break_glass_ms=20 * MINUTE))
    world.send(policy)
    outcomes = world.send(asked(anna, emergency="nobody else answers"))
    assert only(outcomes, SightOpened).until_ms == world.now + 20 * MINUTE


def test_in_an_emergency_one_opens_and_another_body_reviews_it_within_a_day() -> None:
    world, anna = anna_waits()
    outcomes = world.send(asked(anna, emergency="she is on the line and afraid"))
    assert kinds(outcomes) == ["Recorded", "ReviewDue", "ActionTaken", "SightOpened"]
    due = only(outcomes, ReviewDue)
    assert due.due_at_ms == world.now + DAY
    review = ActionReviewed("", replace(HELPLINE, person="op-2"), anna, due.action_id, ReviewVerdict.UPHELD, "")
    assert code(world.send(review)) is RefusalCode.ANOTHER_BODY_NEEDED
    assert ReviewOverdue(anna, due.action_id) in world.tick(DAY)
    assert kinds(world.send(replace(review, actor=ADMINISTRATOR))) == ["Recorded"]
    assert not world.state.reviews


def test_nobody_confirms_and_nothing_opens() -> None:
    world, anna = anna_waits()
    action = sent(world, asked(anna))
    outcomes = world.tick(DAY)
    assert ActionLapsed(anna, action) in outcomes and "SightOpened" not in kinds(outcomes)
    assert code(world.send(ActionConfirmed("", body("campania"), anna, action))) is RefusalCode.UNKNOWN_ACTION


def test_the_network_is_exported_by_an_administrator_and_somebody_of_another_body() -> None:
    world, _ = anna_waits()
    action = sent(world, asked(None, SightPurpose.EXPORT, ADMINISTRATOR))
    assert code(world.send(ActionConfirmed("", replace(ADMINISTRATOR, person="adm-2"), None, action))) is RefusalCode.ANOTHER_BODY_NEEDED
    assert parts_of(state_from("it", *parts_of(world.state))) == parts_of(world.state)
    assert only(world.send(ActionConfirmed("", HELPLINE, None, action)), SightOpened) == SightOpened(None, action, world.now + HOUR)


def test_a_closed_case_can_be_looked_into_and_a_review_outlives_its_closing() -> None:
    world, anna = anna_waits()
    due = only(world.send(asked(anna, emergency="nobody else answers")), ReviewDue)
    world.send(ReferralClosed("", HELPLINE, anna, ReferralEnd.DECLINED_HELP, ""))
    assert anna in world.state.closed and due.action_id in world.state.reviews
    assert parts_of(state_from("it", *parts_of(world.state))) == parts_of(world.state)
    assert kinds(world.send(ActionReviewed("", ADMINISTRATOR, anna, due.action_id, ReviewVerdict.UPHELD, ""))) == ["Recorded"]
    action = sent(world, asked(anna))
    assert "SightOpened" in kinds(world.send(ActionConfirmed("", ADMINISTRATOR, anna, action)))


def test_what_waits_and_what_is_to_be_reviewed_goes_with_an_erased_case() -> None:
    world, anna = anna_waits()
    sent(world, asked(anna))
    sent(world, asked(anna, emergency="nobody else answers"))
    world.send(CaseErased("", HELPLINE, anna))
    assert not world.state.awaited and not world.state.reviews
    assert code(world.send(asked(anna))) is RefusalCode.CASE_ERASED


def test_an_opening_leaves_no_state() -> None:
    world, anna = anna_waits()
    before = parts_of(world.state)[1]
    action = sent(world, asked(anna))
    world.send(ActionConfirmed("", ADMINISTRATOR, anna, action))
    world.send(ActionConfirmed("", ADMINISTRATOR, anna, action))
    assert not world.state.awaited and not world.state.reviews
    assert {subject for subject, _ in parts_of(world.state)[1]} == {subject for subject, _ in before}


@pytest.mark.parametrize(
    ("changes", "why", "field"),
    [
        ({"reason": " "}, RefusalCode.TEXT_NEEDED, "reason"),
        ({"reason": "x" * 4001}, RefusalCode.TOO_LARGE, "reason"),
        ({"emergency": " "}, RefusalCode.TEXT_NEEDED, "emergency"),
        ({"emergency": "x" * 4001}, RefusalCode.TOO_LARGE, ""),
        ({"actor": body("campania")}, RefusalCode.ROLE_NOT_ALLOWED, "actor"),
        ({"actor": ADMINISTRATOR}, RefusalCode.ROLE_NOT_ALLOWED, "actor"),
        ({"case_id": uuid("nobody")}, RefusalCode.UNKNOWN_CASE, "case_id"),
        ({"case_id": None}, RefusalCode.FIELD_INVALID, "case_id"),
        ({"transfer_id": uuid("her transfer")}, RefusalCode.FIELD_INVALID, "transfer_id"),
        ({"purpose": SightPurpose.SAFETY_DETAIL}, RefusalCode.FIELD_INVALID, "transfer_id"),
        ({"purpose": SightPurpose.EXPORT}, RefusalCode.ROLE_NOT_ALLOWED, "actor"),
        ({"purpose": SightPurpose.EXPORT, "actor": ADMINISTRATOR}, RefusalCode.FIELD_INVALID, "case_id"),
    ],
)
def test_what_opens_nothing(changes: dict[str, object], why: RefusalCode, field: str) -> None:
    world, anna = anna_waits()
    refusal = only(world.send(replace(asked(anna), **changes)), Refused)  # type: ignore[arg-type]
    assert refusal.code is why
    assert refusal.field == field


def test_the_detail_names_the_danger_and_the_link_behind_safety() -> None:
    world = italy()
    for unit, project, region in (("rm-1", "lazio", "12"), ("to-1", "piemonte", "01")):
        world.unit(unit, project, region, 2)
    anna, bina = world.case("anna"), world.case("bina", "piemonte", hosted="to-1")
    world.send(DangerDeclared("", HELPLINE, anna, Danger(DangerKind.PROVINCE, "RM")))
    world.send(DangerDeclared("", HELPLINE, anna, Danger(DangerKind.PROVINCE, "PA")))
    world.send(KeepApartDeclared("", HELPLINE, anna, bina, KeepApart.RECRUITER))
    before = world.state
    explained = only(world.request(anna), MatchExplained)
    assert detail_of(before, world.entries[-1], explained) == (
        UnitDetail("rm-1", (Danger(DangerKind.PROVINCE, "RM"),), ()),
        UnitDetail("to-1", (), (bina,)),
    )
