"""Monitoring indicators of a period, for the department: what was asked of the network, and what came of it. A pure fold over accepted entries.

Nothing is stored: a report is folded from the entries whenever it is asked for, so it says what can still be known. Facts whose key is gone (an erased
case, a term that ran out) are counted under `unopened` alone; the report of a period is therefore drawn up while its terms run.

A contact, a referral, a request, a decline belongs to the period in which it was reported; what became of it is told as of the report. Counted are cases
and events, not persons. These are not public statistics: cells may be small.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from events.availability import AvailabilityLearned, CapacityChanged
from events.entry import Locked
from events.facts import Event, Outcome
from events.inquiry import InquiryEnded, InquiryOpened
from events.network import PolicyAdopted, UnitClosed, UnitOpened
from events.question import ReminderDue
from events.referral import (
    AssessmentRecorded,
    ContactLogged,
    ReferralAccepted,
    ReferralClosed,
    ReferralDeclined,
    ReferralReceived,
    ReferralRouted,
)
from events.swap import PlaceExchanged
from events.transfer import (
    ArrivalConfirmed,
    MatchExplained,
    MatchOverridden,
    NotificationDue,
    OutOfOrder,
    ProposalAccepted,
    ProposalDeclined,
    ProposalEnded,
    ProposalMade,
    ProposalPrepared,
    TransferAmended,
    TransferClosed,
    TransferEscalated,
    TransferRequested,
)
from events.two_people import ActionLapsed, ActionRefused, ActionTaken
from events.vocabulary import ProposalEnd, Reason, Relevance, TransferEnd, Urgency
from projections import freshness, network
from projections.calibration import AnsweredFold, Calibration, calibration_of
from projections.freshness import Freshness
from projections.network import Policy
from projections.reported import Effects

SAFE_AFTER_MS = 30 * 86_400_000
"""An arrival was safe where for this long the person was neither missing nor back, and asked for no other place for reasons of safety."""

NOT_SAID = "not_said"
_SINGLE = "single"
"""Figures without codes are counted under this one, by name."""


@dataclass(frozen=True, slots=True)
class Period:
    """From an instant (inclusive) to another (exclusive), in milliseconds since 1970."""

    from_ms: int
    to_ms: int

    def holds(self, at_ms: int) -> bool:
        """Whether the instant lies in it."""
        return self.from_ms <= at_ms < self.to_ms


class Fate(StrEnum):
    """What became of a request for a place elsewhere."""

    PLACED_IN_TIME = "placed_in_time"
    """A project accepted before the request's own deadline, and that stands."""
    PLACED_LATE = "placed_late"
    WITHDRAWN = "withdrawn"
    FELL_THROUGH = "fell_through"
    """Ended after an acceptance, without an arrival."""
    UNMATCHED = "unmatched"
    PLACED_OUTSIDE = "placed_outside"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Waits:
    """How long requests waited, in milliseconds: of the nearest rank. null: none did."""

    count: int
    median_ms: int | None
    p90_ms: int | None


@dataclass(frozen=True, slots=True)
class Indicators:
    """The report. Maps are sorted by key and hold no zeros."""

    period: Period
    sequence: int
    """The last entry that it takes into account."""
    contacts_by_relevance: Mapping[str, int]
    relevant_contacts_by_reason: Mapping[str, int]
    relevant_contacts_by_language: Mapping[str, int]
    """ISO 639-3; `not_said` where the caller said nothing of it."""
    referrals_received: int
    referrals_by_source: Mapping[str, int]
    referrals_to_uncovered_territory: int
    """Routed to the helpline, for no project's territory holds the place."""
    referrals_taken_in_charge: int
    referrals_declined_by_code: Mapping[str, int]
    assessments_by_outcome: Mapping[str, int]
    cases_closed_by_how: Mapping[str, int]
    waits_to_charge: Waits
    """From the referral to the project that took the case in charge."""
    transfers_asked: int
    transfers_by_reason: Mapping[str, int]
    transfers_by_urgency: Mapping[str, int]
    transfers_by_fate: Mapping[str, int]
    transfers_called_operator: Mapping[str, int]
    """Requests for which an operator was called in, by why; one request may count under several."""
    placed_percent: int | None
    """Requests placed, in time or late, of all that are no longer open; rounded down. null: none."""
    waits_to_proposal: Mapping[str, Waits]
    """From the request to the first place proposed, by urgency."""
    waits_to_acceptance: Mapping[str, Waits]
    """From the request to the acceptance that stands, by urgency."""
    arrivals: int
    arrivals_safe_after_30_days: int
    arrivals_undone: int
    arrivals_not_yet_30_days: int
    proposals_made: int
    proposals_expired: int
    proposals_prepared: int
    """Held until the helpline confirmed; those that it did are among the proposals made."""
    overrides: int
    """Units that people chose themselves, in order or not: those that took effect."""
    overrides_out_of_order_by_code: Mapping[str, int]
    """Those before which the matcher ranked others."""
    places_exchanged: int
    """Cases that exchanged places: two each time."""
    reminders: int
    declines_by_code: Mapping[str, int]
    notifications_due: int
    """Missing minors of whom an authority had to be told."""
    notifications_overdue: int
    inquiries_asked: int
    inquiries_by_end: Mapping[str, int]
    capacity_learned_by_inquiry: int
    """Answers by which a unit's figures became known."""
    units_by_freshness: Mapping[str, int]
    """Open units at the report, by the age of their figures."""
    places_answered_free: int
    """Published places, held for somebody, that their project accepted: they were free."""
    places_answered_not_free: int
    """Published places, held for somebody, that were not free after all."""
    trust: Calibration | None
    """How well the trust in them turned out; null: no policy had trust."""
    unopened: int
    """Facts of the period whose key is gone."""


@dataclass(slots=True)
class _Referral:
    at_ms: int
    source: str
    uncovered: bool = False
    charged_at_ms: int | None = None


@dataclass(slots=True)
class _Request:
    at_ms: int
    reason: Reason
    urgency: Urgency
    needed_by_ms: int
    proposed_at_ms: int | None = None
    accepted_at_ms: int | None = None
    called: set[str] = field(default_factory=set)
    ended: TransferEnd | None = None


@dataclass(slots=True)
class _Arrival:
    at_ms: int
    undone: bool = False


class IndicatorsFold:
    """Takes every entry's effects in order, from the first; `report` may be asked at any time."""

    def __init__(self, period: Period) -> None:
        self._period = period
        self._sequence = -1
        self._at_ms = 0
        self._referrals: dict[str, _Referral] = {}
        self._requests: dict[str, _Request] = {}
        self._arrivals: dict[str, list[_Arrival]] = {}
        self._counts: dict[str, Counter[str]] = {}
        """By figure: what was reported in the period, by code."""
        self._made = self._expired = self._asked = self._unopened = 0
        self._overriding: set[str] = set()
        """Overrides that were reported and have not taken effect."""
        self._observed: dict[str, int | None] = {}
        self._policies: network.Rows = network.Rows({}, {}, {})
        self._answered = AnsweredFold()

    def take(self, effects: Effects) -> None:
        """The effects of the next entry."""
        self._sequence, self._at_ms = effects.sequence, effects.at_ms
        self._answered.take(effects)
        for _, fact in effects.facts:
            if isinstance(fact, Locked):  # explanations are left sealed, key or no key
                self._unopened += fact.name != MatchExplained.__name__ and self._period.holds(effects.at_ms)
            else:
                self._take(fact, effects.at_ms)
        if isinstance(effects.event, PolicyAdopted):
            changes = network.fold(self._policies, effects)
            self._policies = network.Rows({}, {}, {key: row for key, row in changes.policies.items() if row is not None})

    def _take(self, fact: Event | Outcome, at_ms: int) -> None:
        match fact:
            case ContactLogged():
                self._count("contacts", fact.relevance, at_ms)
                if fact.relevance is Relevance.RELEVANT:
                    self._count("reasons", fact.reason, at_ms)
                    self._count("languages", fact.language or NOT_SAID, at_ms)
            case ReferralDeclined():
                self._count("referrals_declined", fact.code, at_ms)
            case AssessmentRecorded():
                self._count("assessments", fact.indicators, at_ms)
            case ReferralClosed():
                self._count("closed", fact.how, at_ms)
            case UnitOpened():
                self._observed[fact.unit_id] = None
            case UnitClosed():
                self._observed.pop(fact.unit_id, None)
            case CapacityChanged():
                if fact.unit_id in self._observed:
                    self._observed[fact.unit_id] = fact.observed_at_ms
            case ReferralReceived():
                self._referrals[fact.case_id] = _Referral(at_ms, fact.source)
            case ReferralRouted():
                if (referral := self._referrals.get(fact.case_id)) is not None:
                    referral.uncovered = fact.project_id is None
            case ReferralAccepted():
                if (referral := self._referrals.get(fact.case_id)) is not None and referral.charged_at_ms is None:
                    referral.charged_at_ms = at_ms
            case _:
                self._take_transfer(fact, at_ms)

    def _take_transfer(self, fact: Event | Outcome, at_ms: int) -> None:
        match fact:
            case TransferRequested():
                self._requests[fact.transfer_id] = _Request(at_ms, fact.reason, fact.urgency, fact.needed_by_ms)
                if fact.reason is Reason.SAFETY:
                    self._undo(fact.case_id, at_ms)
            case ProposalMade():
                self._made += self._period.holds(at_ms)
                if (request := self._requests.get(fact.transfer_id)) is not None and request.proposed_at_ms is None:
                    request.proposed_at_ms = at_ms
            case ProposalAccepted():
                if (request := self._requests.get(fact.transfer_id)) is not None:
                    request.accepted_at_ms = at_ms
            case TransferAmended():
                if (request := self._requests.get(fact.transfer_id)) is not None:
                    request.needed_by_ms = fact.needed_by_ms
            case ProposalDeclined():
                self._count("declined", fact.code, at_ms)
            case ProposalPrepared():
                self._count(_SINGLE, "prepared", at_ms)
            case OutOfOrder():
                self._count("out_of_order", fact.code, at_ms)
            case PlaceExchanged():
                self._count(_SINGLE, "exchanged", at_ms)
            case ReminderDue():
                self._count(_SINGLE, "reminders", at_ms)
            case NotificationDue():
                self._count(_SINGLE, "notifications overdue" if fact.overdue else "notifications", at_ms)
            case AvailabilityLearned():
                self._count(_SINGLE, "learned", at_ms)
            case MatchOverridden():
                self._overriding.add(fact.event_id)
            case ActionTaken():
                if fact.action_id in self._overriding:
                    self._overriding.discard(fact.action_id)
                    self._count(_SINGLE, "overrides", at_ms)
            case ActionRefused() | ActionLapsed():
                self._overriding.discard(fact.action_id)
            case InquiryOpened():
                self._asked += self._period.holds(at_ms)
            case InquiryEnded():
                self._count("inquiries", fact.how, at_ms)
            case ProposalEnded():
                self._expired += self._period.holds(at_ms) and fact.how is ProposalEnd.EXPIRED
                if fact.how is not ProposalEnd.ACCEPTED and (request := self._requests.get(fact.transfer_id)) is not None:
                    request.accepted_at_ms = None
            case TransferEscalated():
                if (request := self._requests.get(fact.transfer_id)) is not None:
                    request.called.add(fact.why)
            case ArrivalConfirmed():
                self._arrivals.setdefault(fact.case_id, []).append(_Arrival(at_ms))
            case TransferClosed():
                self._close(fact, at_ms)
            case _:
                pass

    def _count(self, figure: str, code: str, at_ms: int) -> None:
        if self._period.holds(at_ms):
            self._counts.setdefault(figure, Counter())[code] += 1

    def _single(self, figure: str) -> int:
        return self._counts.get(_SINGLE, Counter())[figure]

    def _counted(self, figure: str) -> dict[str, int]:
        return _sorted(self._counts.get(figure, {}))

    def _close(self, fact: TransferClosed, at_ms: int) -> None:
        if (request := self._requests.get(fact.transfer_id)) is not None:
            request.ended = fact.how
        if fact.how in (TransferEnd.RETURNED, TransferEnd.MISSING):
            self._undo(fact.case_id, at_ms)

    def _undo(self, case_id: str, at_ms: int) -> None:
        """Something happened by which an earlier arrival of the case was not the end of it."""
        for arrival in self._arrivals.get(case_id, ()):
            arrival.undone = arrival.undone or at_ms - arrival.at_ms < SAFE_AFTER_MS

    def report(self) -> Indicators:
        """The indicators of the period, as of the last entry taken."""
        referrals = [one for one in self._referrals.values() if self._period.holds(one.at_ms)]
        requests = [one for one in self._requests.values() if self._period.holds(one.at_ms)]
        arrivals = [one for of_case in self._arrivals.values() for one in of_case if self._period.holds(one.at_ms)]
        ripe = [one for one in arrivals if self._at_ms - one.at_ms >= SAFE_AFTER_MS]
        fates = Counter(_fate(one) for one in requests)
        answered = [one for one in self._answered.answered if self._period.holds(one.at_ms)]
        over = len(requests) - fates[Fate.OPEN]
        placed = fates[Fate.PLACED_IN_TIME] + fates[Fate.PLACED_LATE]
        return Indicators(
            period=self._period,
            sequence=self._sequence,
            contacts_by_relevance=self._counted("contacts"),
            relevant_contacts_by_reason=self._counted("reasons"),
            relevant_contacts_by_language=self._counted("languages"),
            referrals_received=len(referrals),
            referrals_by_source=_counted(one.source for one in referrals),
            referrals_to_uncovered_territory=sum(one.uncovered for one in referrals),
            referrals_taken_in_charge=sum(one.charged_at_ms is not None for one in referrals),
            referrals_declined_by_code=self._counted("referrals_declined"),
            assessments_by_outcome=self._counted("assessments"),
            cases_closed_by_how=self._counted("closed"),
            waits_to_charge=_waits(one.charged_at_ms - one.at_ms for one in referrals if one.charged_at_ms is not None),
            transfers_asked=len(requests),
            transfers_by_reason=_counted(one.reason for one in requests),
            transfers_by_urgency=_counted(one.urgency for one in requests),
            transfers_by_fate=_counted(_fate(one) for one in requests),
            transfers_called_operator=_counted(why for one in requests for why in one.called),
            placed_percent=100 * placed // over if over else None,
            waits_to_proposal=_waits_by_urgency(requests, lambda one: one.proposed_at_ms),
            waits_to_acceptance=_waits_by_urgency(requests, lambda one: one.accepted_at_ms),
            arrivals=len(arrivals),
            arrivals_safe_after_30_days=sum(not one.undone for one in ripe),
            arrivals_undone=sum(one.undone for one in arrivals),
            arrivals_not_yet_30_days=sum(not one.undone for one in arrivals if self._at_ms - one.at_ms < SAFE_AFTER_MS),
            proposals_made=self._made,
            proposals_expired=self._expired,
            proposals_prepared=self._single("prepared"),
            overrides=self._single("overrides"),
            overrides_out_of_order_by_code=self._counted("out_of_order"),
            places_exchanged=self._single("exchanged"),
            reminders=self._single("reminders"),
            declines_by_code=self._counted("declined"),
            notifications_due=self._single("notifications"),
            notifications_overdue=self._single("notifications overdue"),
            inquiries_asked=self._asked,
            inquiries_by_end=self._counted("inquiries"),
            capacity_learned_by_inquiry=self._single("learned"),
            units_by_freshness=_counted(self._freshness()),
            places_answered_free=sum(one.free for one in answered),
            places_answered_not_free=sum(not one.free for one in answered),
            trust=calibration_of(answered),
            unopened=self._unopened,
        )

    def _freshness(self) -> Iterable[Freshness]:
        policy: Policy | None = self._policies.policies.get(network.POLICY_KEY)
        return (freshness.freshness_of(observed, self._at_ms, policy) for observed in self._observed.values())


def _fate(request: _Request) -> Fate:
    accepted = request.accepted_at_ms is not None
    match request.ended:
        case TransferEnd.WITHDRAWN:
            return Fate.WITHDRAWN
        case TransferEnd.UNMATCHED:
            return Fate.UNMATCHED
        case TransferEnd.PLACED_OUTSIDE:
            return Fate.PLACED_OUTSIDE
        case TransferEnd.RETURNED | TransferEnd.LEFT | TransferEnd.MISSING | TransferEnd.STOPPED:
            return Fate.FELL_THROUGH
        case TransferEnd.ARRIVED | None:
            if not accepted:
                return Fate.OPEN
            return Fate.PLACED_IN_TIME if (request.accepted_at_ms or 0) <= request.needed_by_ms else Fate.PLACED_LATE


def _counted(values: Iterable[str]) -> dict[str, int]:
    return _sorted(Counter(str(value) for value in values))


def _sorted(counts: Mapping[str, int]) -> dict[str, int]:
    return {str(key): counts[key] for key in sorted(counts) if counts[key]}


def _waits_by_urgency(requests: Iterable[_Request], until: Callable[[_Request], int | None]) -> dict[str, Waits]:
    found: dict[str, list[int]] = {}
    for request in requests:
        at_ms = until(request)
        if at_ms is not None:
            found.setdefault(request.urgency, []).append(at_ms - request.at_ms)
    return {str(urgency): _waits(found[urgency]) for urgency in Urgency if urgency in found}


def _waits(milliseconds: Iterable[int]) -> Waits:
    ordered = sorted(milliseconds)
    return Waits(len(ordered), _nearest_rank(ordered, 50), _nearest_rank(ordered, 90))


def _nearest_rank(ordered: list[int], percent: int) -> int | None:
    return ordered[-(-percent * len(ordered) // 100) - 1] if ordered else None
