"""What the monitoring indicators count, given a history."""

from __future__ import annotations

import pytest

from events.availability import AvailabilityLearned
from events.entry import Locked
from events.fact import Actor
from events.facts import Event, Outcome
from events.question import ReminderDue
from events.referral import (
    AssessmentRecorded,
    ContactLogged,
    Member,
    ReferralAccepted,
    ReferralClosed,
    ReferralDeclined,
    ReferralReceived,
    ReferralRouted,
)
from events.swap import PlaceExchanged
from events.transfer import (
    ArrivalConfirmed,
    MatchOverridden,
    NotificationDue,
    OutOfOrder,
    ProposalAccepted,
    ProposalDeclined,
    ProposalEnded,
    ProposalMade,
    TransferAmended,
    TransferClosed,
    TransferRequested,
)
from events.two_people import ActionLapsed, ActionTaken
from events.vocabulary import (
    AgeGroup,
    ContactChannel,
    ContactReason,
    DeclineCode,
    Gender,
    OverrideCode,
    ProposalEnd,
    Reason,
    ReferralDeclineCode,
    ReferralEnd,
    Relevance,
    Role,
    Source,
    TransferEnd,
    Urgency,
)
from events.vocabulary import (
    Indicators as Assessed,
)
from projections.indicators import SAFE_AFTER_MS, Fate, Indicators, IndicatorsFold, Period, Waits
from projections.reported import EVENT_INDEX, Effects, effects_of
from tests.projections.story import Story
from tests.projections.written import opened

pytestmark = pytest.mark.pure

HOUR = 3_600_000
PERIOD = Period(0, 100 * HOUR)
ACTOR = Actor("p", "b", Role.HELPLINE)
MEMBER = Member("a", AgeGroup.ADULT, Gender.WOMAN, False, (), (), ("eng",), False)


def report(*facts: tuple[int, Event | Outcome | Locked], period: Period = PERIOD) -> Indicators:
    fold = IndicatorsFold(period)
    for sequence, (at_ms, fact) in enumerate(facts):
        fold.take(Effects(sequence, at_ms, None, ((EVENT_INDEX, fact),), {}))
    return fold.report()


def asked(number: int, at_ms: int, *, needed_by_ms: int = 50 * HOUR, reason: Reason = Reason.CAPACITY) -> tuple[int, Event]:
    return at_ms, TransferRequested("e", ACTOR, f"case-{number}", f"t-{number}", reason, Urgency.WITHIN_DAYS, needed_by_ms, None, (), (), "")


def proposed(number: int, at_ms: int) -> tuple[int, Outcome]:
    return at_ms, ProposalMade(f"case-{number}", f"t-{number}", "p", "h", "u", "project", at_ms + HOUR, 1, 1)


def accepted(number: int, at_ms: int) -> tuple[int, Event]:
    return at_ms, ProposalAccepted("e", ACTOR, f"case-{number}", f"t-{number}", None)


def closed(number: int, at_ms: int, how: TransferEnd) -> tuple[int, Outcome]:
    return at_ms, TransferClosed(f"case-{number}", f"t-{number}", how)


def arrived(number: int, at_ms: int) -> tuple[int, Event]:
    return at_ms, ArrivalConfirmed("e", ACTOR, f"case-{number}", f"t-{number}")


def test_each_request_has_one_fate() -> None:
    found = report(
        asked(1, 1), proposed(1, 2), accepted(1, 3), arrived(1, 4), closed(1, 4, TransferEnd.ARRIVED),
        asked(2, 1, needed_by_ms=2), accepted(2, 3),
        asked(3, 1), closed(3, 2, TransferEnd.WITHDRAWN),
        asked(4, 1), accepted(4, 2), closed(4, 3, TransferEnd.MISSING),
        asked(5, 1), closed(5, 2, TransferEnd.UNMATCHED),
        asked(6, 1), closed(6, 2, TransferEnd.PLACED_OUTSIDE),
        asked(7, 1), proposed(7, 2),
    )  # fmt: skip
    assert found.transfers_by_fate == dict.fromkeys(sorted(Fate), 1)
    assert found.transfers_asked == 7 and found.placed_percent == 100 * 2 // 6


def test_an_acceptance_that_was_taken_back_does_not_count() -> None:
    released = (4, ProposalEnded("case-1", "t-1", "p", "h", ProposalEnd.RELEASED))
    assert report(asked(1, 1), proposed(1, 2), accepted(1, 3), released).transfers_by_fate == {Fate.OPEN: 1}


def test_waits_are_told_by_the_nearest_rank() -> None:
    facts = [fact for number in range(1, 11) for fact in (asked(number, 0), proposed(number, number * HOUR))]
    assert report(*facts).waits_to_proposal == {"within_days": Waits(10, 5 * HOUR, 9 * HOUR)}
    assert report(asked(1, 0)).waits_to_proposal == {}


def test_only_what_was_reported_in_the_period_is_counted() -> None:
    period = Period(10, 20)
    decline = ProposalDeclined("e", ACTOR, "c", "t", None, DeclineCode.PROVIDER_NOT_FREE, "")
    found = report(asked(1, 9), asked(2, 10), (19, decline), asked(3, 20), (20, decline), period=period)
    assert found.transfers_asked == 1 and found.declines_by_code == {"provider_not_free": 1}


@pytest.mark.parametrize(
    ("later", "figures"),
    [
        ((), (1, 0, 0)),
        ((asked(9, 1),), (1, 0, 0)),
        ((closed(1, 5, TransferEnd.MISSING),), (0, 1, 0)),
    ],
)  # fmt: skip
def test_an_arrival_is_safe_once_thirty_days_have_undone_nothing(later: tuple[tuple[int, Event | Outcome], ...], figures: tuple[int, ...]) -> None:
    found = report(asked(1, 1), arrived(1, 4), *later, asked(8, 4 + SAFE_AFTER_MS))
    assert (found.arrivals_safe_after_30_days, found.arrivals_undone, found.arrivals_not_yet_30_days) == figures


def test_asking_again_for_safety_undoes_an_arrival_and_for_another_reason_does_not() -> None:
    again = TransferRequested("e", ACTOR, "case-1", "t-2", Reason.SAFETY, Urgency.IMMEDIATE, HOUR, None, (), (), "")
    family = TransferRequested("e", ACTOR, "case-1", "t-2", Reason.FAMILY, Urgency.PLANNED, HOUR, None, (), (), "")
    assert report(asked(1, 1), arrived(1, 4), (5, again)).arrivals_undone == 1
    assert report(asked(1, 1), arrived(1, 4), (5, family)).arrivals_not_yet_30_days == 1
    assert report(asked(1, 1), arrived(1, 4), (4 + SAFE_AFTER_MS, again)).arrivals_safe_after_30_days == 1


def test_referrals_by_source_and_territory() -> None:
    found = report(
        (1, ReferralReceived("e", ACTOR, "case-1", Source.NGO, "MI", (MEMBER,), "")),
        (1, ReferralRouted("case-1", None)),
        (2, ReferralReceived("e", ACTOR, "case-2", Source.SELF, "MI", (MEMBER,), "")),
        (2, ReferralRouted("case-2", "project")),
        (2 + HOUR, ReferralAccepted("e", ACTOR, "case-2", "project", None)),
    )
    assert found.referrals_by_source == {"ngo": 1, "self": 1}
    assert (found.referrals_to_uncovered_territory, found.referrals_taken_in_charge) == (1, 1)
    assert found.waits_to_charge == Waits(1, HOUR, HOUR)


def test_contacts_assessments_and_ends_are_counted_by_code() -> None:
    def contact(relevance: Relevance, language: str | None) -> Event:
        return ContactLogged("e", ACTOR, "c", ContactChannel.TELEPHONE, language, relevance, ContactReason.ASKS_HELP, None, "")

    found = report(
        (1, contact(Relevance.RELEVANT, "eng")),
        (2, contact(Relevance.RELEVANT, None)),
        (3, contact(Relevance.NUISANCE, "ita")),
        (200 * HOUR, contact(Relevance.RELEVANT, "eng")),
        (4, ReferralDeclined("e", ACTOR, "case-1", "project", ReferralDeclineCode.SAFETY, "")),
        (5, AssessmentRecorded("e", ACTOR, "case-1", Assessed.YES, (), "")),
        (6, ReferralClosed("e", ACTOR, "case-1", ReferralEnd.MOVED_ABROAD, "")),
    )
    assert found.contacts_by_relevance == {"nuisance": 1, "relevant": 2}
    assert found.relevant_contacts_by_language == {"eng": 1, "not_said": 1} and found.relevant_contacts_by_reason == {"asks_help": 2}
    assert (found.referrals_declined_by_code, found.assessments_by_outcome) == ({"safety": 1}, {"yes": 1})
    assert found.cases_closed_by_how == {"moved_abroad": 1}


def test_a_deadline_that_moved_is_the_one_that_counts() -> None:
    amended = TransferAmended("e", ACTOR, "case-1", "t-1", Urgency.PLANNED, 90 * HOUR, None, (), (), None, "")
    assert report(asked(1, 1), accepted(1, 60 * HOUR)).transfers_by_fate == {Fate.PLACED_LATE: 1}
    assert report(asked(1, 1), (2, amended), accepted(1, 60 * HOUR)).transfers_by_fate == {Fate.PLACED_IN_TIME: 1}


def test_what_cannot_be_opened_is_said() -> None:
    locked = Locked("TransferRequested", {})
    assert report((1, locked), (200 * HOUR, locked)).unopened == 1


def test_an_explanation_that_nobody_opens_has_not_lost_its_key() -> None:
    """Reports leave explanations sealed, whether their keys are there or not."""
    assert report((1, Locked("MatchExplained", {}))).unopened == 0


def test_a_whole_history_adds_up() -> None:
    fold = IndicatorsFold(Period(0, 1 << 60))
    for entry in opened("it", list(Story(7, erasures=0.0).tell(1500))):
        fold.take(effects_of(entry))
    found = fold.report()
    assert found.transfers_asked == sum(found.transfers_by_fate.values()) == sum(found.transfers_by_urgency.values()) > 0
    assert found.arrivals == found.arrivals_safe_after_30_days + found.arrivals_undone + found.arrivals_not_yet_30_days > 0
    assert found.referrals_received == sum(found.referrals_by_source.values()) > 0
    assert sum(found.units_by_freshness.values()) > 0


def test_what_people_chose_reminded_and_exchanged_is_counted() -> None:
    chosen = [MatchOverridden(f"e{number}", ACTOR, "c", "t", "u", OverrideCode.FAMILY_NEAR, "near her sister", "") for number in range(4)]
    found = report(
        *((1, event) for event in chosen),
        (2, ActionTaken("c", "e0")), (2, OutOfOrder("c", "t", "p", 2, ("v",), OverrideCode.FAMILY_NEAR)),
        (3, ActionTaken("c", "e1")), (3, ActionLapsed("c", "e2")), (4, ActionTaken("c", "e2")), (4, ActionTaken("c", "something else")),
        (5, ReminderDue("c", "t", "p", 1)), (5, ReminderDue("c", "t", "p", 2)),
        (6, PlaceExchanged("c", "t", "u", "project")), (6, PlaceExchanged("d", "s", "v", "other")),
        (7, NotificationDue("c", "t", 9, overdue=False)), (9, NotificationDue("c", "t", 9, overdue=True)),
        (10, AvailabilityLearned("u", 10, 1, 0, 0, True, None, 1)),
        (200 * HOUR, ReminderDue("c", "t", "p", 3)),
    )  # fmt: skip
    assert (found.overrides, found.overrides_out_of_order_by_code) == (2, {"family_near": 1})
    assert (found.reminders, found.places_exchanged, found.capacity_learned_by_inquiry) == (2, 2, 1)
    assert (found.notifications_due, found.notifications_overdue) == (1, 1)
