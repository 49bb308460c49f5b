"""Every kind of deadline comes at its instant and not before: a play for each, and for each kind its mutations, which that play catches.

A new kind without a play fails here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from coordinator.domain import agenda, deadlines
from coordinator.domain.agenda import Kind
from coordinator.domain.draft import Draft
from coordinator.domain.on_duty import next_opening_ms
from coordinator.domain.state import State
from coordinator.domain.weights_end import weights_end_ms
from events.availability import AvailabilityReaffirmed, CapacityChanged
from events.fact import Danger
from events.facts import Outcome
from events.inquiry import InquiryEnded
from events.network import ProgrammeTurned, ProjectRegistered, Retention
from events.period import period_ends_ms, period_of
from events.person import AgeAssessed, CaseErased, CaseExpired, DangerDeclared, ExplanationsExpired, MajorityReviewDue, SafetyLowered
from events.question import InformationRequested, ProposalPaused, ProposalResumed, ReminderDue
from events.referral import ReferralClosed
from events.transfer import (
    MatchOverridden,
    NotificationDue,
    PlaceReleased,
    ProposalDeclined,
    ProposalEnded,
    ProposalMade,
    TransferEnded,
    TransferEscalated,
)
from events.two_people import ActionLapsed, ReviewOverdue
from events.vocabulary import (
    AgeGroup,
    DangerKind,
    DeclineCode,
    Escalation,
    InquiryEnd,
    OverrideCode,
    ProposalEnd,
    ReferralEnd,
    TransferEnd,
    Urgency,
)
from tests.domain.test_holding_back import LAST, holding_back
from tests.domain.world import ADMINISTRATOR, ASKING, CLOCKS, DAY, DUTIES, HELPLINE, HOUR, POLICY, START, World, body, child, italy, only, woman

Happened = Callable[[tuple[Outcome, ...]], bool]
Play = tuple[World, int, Happened]
"""(a world shortly before, the instant at which something is due, whether it happened)."""


def _some(kind: type[Outcome], **wanted: object) -> Happened:
    return lambda outcomes: any(
        isinstance(outcome, kind) and all(getattr(outcome, name) == value for name, value in wanted.items()) for outcome in outcomes
    )


def _asked(**policy: object) -> tuple[World, str]:
    """Anna's place in Rome is proposed."""
    world = italy()
    world.send(replace(POLICY, version=2, **policy))  # type: ignore[arg-type]
    world.unit("na-1", "campania", "15", 3, free=0)
    world.unit("rm-1", "lazio", "12", 2)
    anna = world.case("anna", hosted="na-1")
    world.request(anna)
    return world, anna


def proposal() -> Play:
    world, _ = _asked()
    return world, world.now + DAY, _some(ProposalEnded, how=ProposalEnd.EXPIRED)


def needed_by() -> Play:
    world = italy()
    world.request(world.case("anna"), needed_by_ms=world.now + 2 * HOUR)
    return world, world.now + 2 * HOUR, _some(TransferEscalated, why=Escalation.DEADLINE_PASSED)


def arrival() -> Play:
    world, anna = _asked()
    world.accept(anna)
    world.depart(anna, expected_arrival_ms=world.now + 5 * HOUR)
    return world, world.now + 6 * HOUR, _some(TransferEscalated, why=Escalation.ARRIVAL_OVERDUE)


def kept() -> Play:
    world, anna = _asked()
    world.accept(anna)
    world.depart(anna)
    world.now += HOUR
    world.arrive(anna)
    return world, world.now + 3 * DAY, _some(PlaceReleased, unit_id="na-1")


def kept_for_nobody() -> Play:
    world, anna = _asked()
    world.accept(anna)
    world.depart(anna)
    left_ms = world.now
    world.send(CaseErased("", HELPLINE, anna), after=HOUR)
    return world, left_ms + 3 * DAY, _some(PlaceReleased, unit_id="na-1")


def free_from() -> Play:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2, free=-1)
    world.publish("rm-1", free_from_ms=world.now + 2 * HOUR)
    return world, world.now + 2 * HOUR, _some(CapacityChanged, free=2)


def parked() -> Play:
    world, anna = _asked()
    world.send(ProposalDeclined("", world.asked(anna), anna, world.transfer_id(anna), None, DeclineCode.PERSON_REFUSED, ""))
    declined_ms = world.now
    world.now = declined_ms + 7 * DAY - HOUR
    world.send(AvailabilityReaffirmed("", body("lazio"), "rm-1", world.now, world.sequence))
    return world, declined_ms + 7 * DAY, _some(ProposalMade, unit_id="rm-1")


def awaited() -> Play:
    world, anna = _asked()
    rome = Danger(DangerKind.PROVINCE, "RM")
    world.send(DangerDeclared("", HELPLINE, anna, rome))
    world.send(SafetyLowered("", HELPLINE, anna, rome, None, "he was arrested"))
    return world, world.now + DAY, _some(ActionLapsed)


def review() -> Play:
    world, anna = _asked()
    world.unit("to-1", "piemonte", "01", 2)
    unit_id = {"rm-1": "to-1", "to-1": "rm-1"}[world.proposed_unit(anna) or ""]
    choice = MatchOverridden("", HELPLINE, anna, world.transfer_id(anna), unit_id, OverrideCode.PERSON_WISHES, "she asked for it", "tonight")
    outcomes = world.send(choice)
    assert any(type(outcome).__name__ == "ReviewDue" for outcome in outcomes), outcomes
    return world, world.now + DAY, _some(ReviewOverdue)


def inquiry() -> Play:
    world = italy()
    world.send(replace(POLICY, version=2, inquiries=ASKING))
    world.unit("rm-1", "lazio", "12", 2, free=-1)
    world.request(world.case("anna"))
    return world, world.now + 4 * HOUR, _some(InquiryEnded, how=InquiryEnd.EXPIRED)


def notification() -> Play:
    world = italy()
    world.send(replace(POLICY, version=2, transfers=DUTIES))
    family = world.case("family", household=(woman("a", parent=True), child("b")))
    world.request(family)
    world.send(TransferEnded("", HELPLINE, family, world.transfer_id(family), TransferEnd.MISSING))
    return world, world.now + 12 * HOUR, _some(NotificationDue, overdue=True)


def duty_begins() -> Play:
    """Late on a Tuesday evening in winter: the morning of the fifteenth begins at 23:00 UTC."""
    world = italy()
    world.send(replace(POLICY, version=2, clocks=CLOCKS))
    world.unit("rm-1", "lazio", "12", 2)
    world.request(world.case("anna"), urgency=Urgency.IMMEDIATE)
    midnight_ms = START - START % DAY + 23 * HOUR
    return world, midnight_ms + CLOCKS.working_from_minute * 60_000, _some(ProposalMade, unit_id="rm-1")


def programme() -> Play:
    world = italy()
    world.send(ProjectRegistered("", ADMINISTRATOR, "sicilia", "Sicilia", "body-sicilia", ("body-sicilia",), ("PA",), "2022-01-01", "2023-11-15"))
    return world, START - START % DAY + 2 * DAY, _some(ProgrammeTurned, project_id="sicilia")


def reminder() -> Play:
    world, _ = _asked(clocks=CLOCKS)
    made = only(world.entries[-1].outcomes, ProposalMade)  # type: ignore[arg-type]
    return world, made.reminders_at_ms[0], _some(ReminderDue, number=1)


def pause() -> Play:
    world, anna = _asked(clocks=CLOCKS)
    outcomes = world.send(InformationRequested("", world.asked(anna), anna, world.transfer_id(anna), None, "Does she speak French?"))
    return world, only(outcomes, ProposalPaused).resumes_at_ms, _some(ProposalResumed, by_itself=True)


def closed_case() -> Play:
    world = italy()
    world.send(replace(POLICY, version=2, retention=Retention(30 * DAY)))
    anna = world.case("anna")
    world.send(ReferralClosed("", HELPLINE, anna, ReferralEnd.DECLINED_HELP, ""))
    return world, world.now + 30 * DAY, _some(CaseExpired)


def majority() -> Play:
    """The first instant of December, in Coordinated Universal Time as no calendar is in force."""
    world = italy()
    anna = world.case("minor", household=(woman("m", age_group=AgeGroup.MINOR),), agreed=False)
    december_ms = START - START % DAY + 17 * DAY
    outcomes = world.send(AgeAssessed("", HELPLINE, anna, "m", AgeGroup.MINOR, december_ms, "a passport"))
    assert type(outcomes[0]).__name__ == "Recorded", outcomes
    return world, december_ms, _some(MajorityReviewDue, person="m")


def explanations() -> Play:
    world = italy()
    world.send(replace(POLICY, version=2, retention=Retention(300 * DAY, 30 * DAY)))
    return world, period_ends_ms(period_of(world.now)) + 30 * DAY, _some(ExplanationsExpired)


def waited() -> Play:
    """Her own deadline is in a day; until four hours before, the last place in Rome is kept for others."""
    world = holding_back()
    last_ms = world.now + DAY - LAST
    world.request(world.case("anna"), urgency=Urgency.WITHIN_DAYS, needed_by_ms=last_ms + LAST)
    return world, last_ms, _some(ProposalMade, unit_id="rm-1")


def weights_end() -> Play:
    """The last place in Rome is kept for others, for as long as the weights are valid."""
    ends_ms = START + DAY
    world = holding_back(until_ms=ends_ms)
    world.request(world.case("anna"), urgency=Urgency.PLANNED, needed_by_ms=ends_ms + 9 * DAY)
    return world, ends_ms, _some(ProposalMade, unit_id="rm-1")


PLAYS: dict[Kind, Callable[[], Play]] = {
    Kind.PROPOSAL: proposal,
    Kind.NEEDED_BY: needed_by,
    Kind.ARRIVAL: arrival,
    Kind.KEPT: kept,
    Kind.KEPT_FOR_NOBODY: kept_for_nobody,
    Kind.FREE_FROM: free_from,
    Kind.PARKED: parked,
    Kind.AWAITED: awaited,
    Kind.REVIEW: review,
    Kind.INQUIRY: inquiry,
    Kind.NOTIFICATION: notification,
    Kind.ON_DUTY: duty_begins,
    Kind.PROGRAMME: programme,
    Kind.REMINDER: reminder,
    Kind.PAUSE: pause,
    Kind.CLOSED_CASE: closed_case,
    Kind.MAJORITY: majority,
    Kind.EXPLANATIONS: explanations,
    Kind.WAITED: waited,
    Kind.WEIGHTS_END: weights_end,
}
_LOOKS_AGAIN = frozenset({Kind.INQUIRY, Kind.NOTIFICATION, Kind.PROGRAMME, Kind.REMINDER, Kind.PAUSE})
"""Kinds whose happening asks the clock itself: called too early they do nothing, and are called again."""


def comes_at_its_instant(kind: Kind) -> bool:
    """Whether it happens at its instant, and not a millisecond before."""
    world, due_ms, happened = PLAYS[kind]()
    world.now = due_ms - 1
    before = happened(world.tick())
    world.now = due_ms
    return not before and happened(world.tick())


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name.lower())
def test_a_deadline_comes_at_its_instant(kind: Kind) -> None:
    assert comes_at_its_instant(kind)


Due = Callable[..., list[tuple[int, str, Kind]]]
_FOLLOWS_FROM: dict[Kind, tuple[str, Callable[[State | Draft, int], int | None]]] = {
    Kind.ON_DUTY: ("next_opening_ms", next_opening_ms),
    Kind.WEIGHTS_END: ("weights_end_ms", weights_end_ms),
}
"""Kinds that stand in no agenda, and what they follow from."""
_RIGHT: Due = agenda.due


def _moved(kind: Kind, by_ms: int) -> Due:
    def due(items: agenda.Agenda, last_at_ms: int, at_ms: int, policy: object) -> list[tuple[int, str, Kind]]:
        others = [each for each in _RIGHT(items, last_at_ms, at_ms, policy) if each[2] is not kind]
        return sorted([*others, *(each for each in _RIGHT(items, last_at_ms - by_ms, at_ms - by_ms, policy) if each[2] is kind)])

    return due


@pytest.mark.parametrize("kind", Kind, ids=lambda kind: kind.name.lower())
def test_a_deadline_that_never_comes_or_comes_late_or_early_is_caught(kind: Kind, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind in _FOLLOWS_FROM:
        name, right = _FOLLOWS_FROM[kind]
        monkeypatch.setattr(deadlines, name, lambda state, after_ms: None)
        assert not comes_at_its_instant(kind)
        monkeypatch.setattr(deadlines, name, lambda state, after_ms: at + 1 if (at := right(state, after_ms)) is not None else None)
        assert not comes_at_its_instant(kind)
        return
    for by_ms in (1 << 60, 1, *(() if kind in _LOOKS_AGAIN else (-1,))):
        monkeypatch.setattr(deadlines, "due", _moved(kind, by_ms))
        assert not comes_at_its_instant(kind), f"moved by {by_ms} ms"
