"""Counts what became of the requests of some simulated days. Every figure is about synthetic demand."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from statistics import median

from events.inquiry import InquiryEnded
from events.person import AgreementWithdrawn
from events.referral import ContactLogged, ReferralReceived
from events.transfer import (
    ArrivalConfirmed,
    MatchExplained,
    ProposalAccepted,
    ProposalDeclined,
    ProposalEnded,
    ProposalMade,
    ProposalPrepared,
    TransferAmended,
    TransferClosed,
    TransferEnded,
    TransferEscalated,
    TransferRequested,
)
from events.verdict import Duplicate, Recorded, Refused
from events.vocabulary import Escalation, ProposalEnd, TransferEnd, Urgency
from ops.demand.agenda import Answer, Timed

FIT_PARTS = 5
"""Of the score parts the first, in the order of `Weights`: how well a place suits the people; the others are about the network."""


@dataclass(slots=True)
class Request:
    """One transfer request on its way."""

    asked_at_ms: int
    needed_by_ms: int
    urgency: Urgency
    persons: int
    first_proposal_ms: int | None = None
    """When the first place was proposed."""
    accepted_at_ms: int | None = None
    """When the acceptance that stands was given; None again where it fell through."""
    accepted_proposal: str | None = None
    live_proposal: str | None = None
    ended: TransferEnd | None = None
    last_escalation: Escalation | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """A request whose proposal was made in time and accepted, and has not fallen through."""

    urgency: Urgency
    persons: int
    waited_ms: int
    """From the request to the proposal that was accepted."""
    fit_points: int
    """How well the place suits them: the policy's parts for language, preferred needs, level, wished region and distance from danger."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a run; times are simulated minutes, and every name ends in its unit where it has one."""

    requests: int
    served_within_deadline: int
    """An acceptance stands (or they arrived) that was given before the request's own deadline."""
    served_late: int
    withdrawn: int
    fell_through: int
    """Ended after acceptance or departure without an arrival."""
    unserved: dict[str, int]
    """Requests without a standing acceptance at the end, by why: the last reason an operator was called in, or `proposal_open`."""
    first_proposal_median_min: float | None
    acceptance_median_min: float | None
    proposals: int
    expired: int
    declined: dict[str, int]
    arrived: int
    failed_arrivals: dict[str, int]
    agreements_withdrawn: int
    refused: dict[str, int]
    duplicates: int
    decided_events: int
    explained: int
    contacts: dict[str, int]
    """By relevance."""
    inquiries: dict[str, int]
    """By how they ended."""
    asked_anew: int
    """Requests amended."""
    synthetic: bool = True

    def as_json(self) -> dict[str, object]:
        """Plain values for the last line of a run."""
        return asdict(self)


@dataclass(slots=True)
class Tally:
    """Takes every event with its answer, in order."""

    requests: dict[str, Request] = field(default_factory=dict)
    declined: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    contacts: Counter[str] = field(default_factory=Counter)
    inquiries: Counter[str] = field(default_factory=Counter)
    asked_anew: int = 0
    proposals: int = 0
    expired: int = 0
    arrived: int = 0
    agreements_withdrawn: int = 0
    duplicates: int = 0
    events: int = 0
    explained: int = 0
    _people: dict[str, int] = field(default_factory=dict)
    """Persons by case."""
    _offered: dict[str, tuple[int, str]] = field(default_factory=dict)
    """(instant, unit) by proposal."""
    _fits: dict[str, int] = field(default_factory=dict)
    """Points by proposal."""

    def took(self, timed: Timed, answer: Answer) -> None:
        """Counts one decided event."""
        self.events += 1
        match answer.verdict:
            case Refused(code=code):
                self.refused[code.value] += 1
            case Duplicate():
                self.duplicates += 1
                return  # what followed was counted when it was decided
            case Recorded():
                self._recorded(timed)
            case _:
                pass
        for outcome in answer.outcomes:
            self._followed(timed.at_ms, outcome)

    def _recorded(self, timed: Timed) -> None:
        match timed.event:
            case ReferralReceived(case_id=case_id, household=household):
                self._people[case_id] = len(household)
            case TransferRequested(case_id=case_id, transfer_id=transfer_id, needed_by_ms=needed_by_ms, urgency=urgency):
                self.requests[transfer_id] = Request(timed.at_ms, needed_by_ms, urgency, self._people[case_id])
            case ProposalAccepted(transfer_id=transfer_id, proposal_id=proposal_id):
                self.requests[transfer_id].accepted_at_ms = timed.at_ms
                self.requests[transfer_id].accepted_proposal = proposal_id
            case ProposalDeclined(code=code):
                self.declined[code.value] += 1
            case ArrivalConfirmed():
                self.arrived += 1
            case TransferEnded(how=how):
                self.failed[how.value] += 1
            case ContactLogged(relevance=relevance):
                self.contacts[relevance.value] += 1
            case TransferAmended(transfer_id=transfer_id, needed_by_ms=needed_by_ms):
                self.asked_anew += 1
                self.requests[transfer_id].needed_by_ms = needed_by_ms
            case AgreementWithdrawn():
                self.agreements_withdrawn += 1
            case _:
                pass

    def _followed(self, at_ms: int, outcome: object) -> None:
        match outcome:
            case ProposalPrepared(proposal_id=proposal_id, unit_id=unit_id):
                self._offered[proposal_id] = at_ms, unit_id
            case ProposalMade(transfer_id=transfer_id, proposal_id=proposal_id, unit_id=unit_id):
                self.proposals += 1
                self._offered[proposal_id] = at_ms, unit_id
                request = self.requests[transfer_id]
                request.live_proposal = proposal_id
                request.first_proposal_ms = at_ms if request.first_proposal_ms is None else request.first_proposal_ms
            case ProposalEnded(transfer_id=transfer_id, how=how) if how is not ProposalEnd.ACCEPTED:
                self.expired += how is ProposalEnd.EXPIRED
                self.requests[transfer_id].live_proposal = None
                self.requests[transfer_id].accepted_at_ms = None
            case TransferEscalated(transfer_id=transfer_id, why=why) if why is not Escalation.ARRIVAL_OVERDUE:
                self.requests[transfer_id].last_escalation = why
            case TransferClosed(transfer_id=transfer_id, how=how):
                self.requests[transfer_id].ended = how
            case InquiryEnded(how=how):
                self.inquiries[how.value] += 1
            case MatchExplained(proposal_id=explained_id, scored=scored):
                self.explained += 1
                if explained_id is not None:
                    offered = next((each for each in scored if each.unit_id == self._offered[explained_id][1]), None)
                    self._fits[explained_id] = 0 if offered is None else sum(offered.parts[:FIT_PARTS])
            case _:
                pass

    def open_requests(self) -> int:
        """Requests that have not ended."""
        return sum(request.ended is None for request in self.requests.values())

    def placements(self) -> list[Placement]:
        """Who has a place, in the order of the requests."""
        return [
            Placement(request.urgency, request.persons, offered_ms - request.asked_at_ms, self._fits.get(proposal_id, 0))
            for request in self.requests.values()
            if _served(request)
            and (proposal_id := request.accepted_proposal) is not None
            and (offered_ms := self._offered[proposal_id][0]) < request.needed_by_ms
        ]

    def summary(self) -> Summary:
        """The figures so far."""
        served = [request for request in self.requests.values() if _served(request)]
        in_time = sum(request.accepted_at_ms is not None and request.accepted_at_ms <= request.needed_by_ms for request in served)
        unserved: Counter[str] = Counter()
        for request in self.requests.values():
            if request.accepted_at_ms is None and request.ended in (None, TransferEnd.UNMATCHED):
                unserved[_why_unserved(request)] += 1
        first = [request.first_proposal_ms - request.asked_at_ms for request in self.requests.values() if request.first_proposal_ms is not None]
        accepted = [request.accepted_at_ms - request.asked_at_ms for request in self.requests.values() if request.accepted_at_ms is not None]
        ended = Counter(request.ended for request in self.requests.values())
        return Summary(
            requests=len(self.requests),
            served_within_deadline=in_time,
            served_late=len(served) - in_time,
            withdrawn=ended[TransferEnd.WITHDRAWN],
            fell_through=sum(ended[how] for how in (TransferEnd.RETURNED, TransferEnd.LEFT, TransferEnd.MISSING, TransferEnd.PLACED_OUTSIDE)),
            unserved=dict(sorted(unserved.items())),
            first_proposal_median_min=_minutes(first),
            acceptance_median_min=_minutes(accepted),
            proposals=self.proposals,
            expired=self.expired,
            declined=dict(sorted(self.declined.items())),
            arrived=self.arrived,
            failed_arrivals=dict(sorted(self.failed.items())),
            agreements_withdrawn=self.agreements_withdrawn,
            refused=dict(sorted(self.refused.items())),
            duplicates=self.duplicates,
            decided_events=self.events,
            explained=self.explained,
            contacts=dict(sorted(self.contacts.items())),
            inquiries=dict(sorted(self.inquiries.items())),
            asked_anew=self.asked_anew,
        )


def _served(request: Request) -> bool:
    return request.accepted_at_ms is not None and request.ended in (None, TransferEnd.ARRIVED)


def _why_unserved(request: Request) -> str:
    if request.live_proposal is not None:
        return "proposal_open"
    return request.last_escalation.value if request.last_escalation is not None else "not_escalated"


def _minutes(waits_ms: list[int]) -> float | None:
    return round(median(waits_ms) / 60_000, 1) if waits_ms else None
