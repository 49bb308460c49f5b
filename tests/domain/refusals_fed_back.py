"""Follows, from the opened facts alone, which unit said no to which case and what has changed since. Shares nothing with the core.

A no is a decline, a proposal or an inquiry that nobody answered, or a no to an inquiry. It stands until the unit publishes or offers something else; until the
request is amended, where its code is about this unit and this request, or begins anew; else until the policy's time is over.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from events.availability import AvailabilityLearned, AvailabilityPublished, CapacityChanged
from events.entry import OpenedDecision
from events.inquiry import InquiryAnswered, InquiryEnded, InquiryOpened
from events.network import PolicyAdopted, UnitAmended
from events.person import AliasErased, CaseErased, CaseExpired, CasesFoundSame
from events.transfer import (
    MatchOverridden,
    ProposalDeclined,
    ProposalEnded,
    ProposalMade,
    ProposalPrepared,
    TransferAmended,
    TransferClosed,
    TransferRequested,
)
from events.two_people import ActionTaken
from events.verdict import Recorded
from events.vocabulary import DeclineCode, InquiryEnd, ProposalEnd

_LASTING = frozenset(
    {
        DeclineCode.PROVIDER_CANNOT_MEET_NEED,
        DeclineCode.PROVIDER_SAFETY_CONCERN,
        DeclineCode.ELIGIBILITY_NOT_MET,
        DeclineCode.ELIGIBILITY_NOT_THIS_UNIT,
    }
)


@dataclass(slots=True)
class No:
    """A unit's no to a case."""

    sequence: int
    at_ms: int
    lasts: bool


@dataclass(slots=True)
class RefusalsFedBack:
    """Takes every entry in order; an offer against a no that stands is an error."""

    offers_after_a_no: int = 0
    """Offers of a unit that had said no to the same case before, once that no longer stood."""
    policy: PolicyAdopted | None = None
    noes: dict[tuple[str, str], No] = field(default_factory=dict)
    """By case and unit."""
    offered: dict[str, tuple[str, str, bool]] = field(default_factory=dict)
    """By case: the proposal, its unit, and whether the project does not know of it yet."""
    asked: dict[str, str] = field(default_factory=dict)
    """Unit by inquiry."""
    told: dict[str, tuple[object, ...]] = field(default_factory=dict)
    """What each unit published last; what it accepts as it was corrected."""
    changed: dict[str, int] = field(default_factory=dict)
    overriding: set[str] = field(default_factory=set)

    def take(self, entry: OpenedDecision) -> None:
        """One entry."""
        for outcome in entry.outcomes:
            if isinstance(outcome, Recorded):
                self._event(entry)
            else:
                self._outcome(entry, outcome)

    def _event(self, entry: OpenedDecision) -> None:
        event = entry.opened.event
        match event:
            case PolicyAdopted():
                self.policy = event
            case AvailabilityPublished():
                self._published(event, entry.sequence)
            case UnitAmended():
                self.changed[event.unit_id] = entry.sequence
            case TransferRequested():
                self._forget(event.case_id, lasting_only=False)
            case TransferAmended():
                self._forget(event.case_id, lasting_only=True)
            case ProposalDeclined() if event.case_id in self.offered:
                self._no(event.case_id, self.offered[event.case_id][1], entry, event.code in _LASTING)
            case InquiryAnswered() if not event.could and event.code is not None and event.inquiry_id in self.asked:
                self._no(event.case_id, self.asked[event.inquiry_id], entry, event.code in _LASTING)
            case CaseErased():
                self._forget(event.case_id, lasting_only=False)
            case CasesFoundSame():
                self._same(event)
            case _:
                pass

    def _outcome(self, entry: OpenedDecision, outcome: object) -> None:
        match outcome:
            case CapacityChanged():
                before = self.told.get(outcome.unit_id)
                if before is not None and not outcome.accepting:
                    self.told[outcome.unit_id] = (*before[:3], False, before[4])
            case AvailabilityLearned():
                self._published(outcome, entry.sequence)
            case InquiryOpened():
                self.asked[outcome.inquiry_id] = outcome.unit_id
            case InquiryEnded() if outcome.how is InquiryEnd.EXPIRED and outcome.inquiry_id in self.asked:
                self._no(outcome.case_id, self.asked[outcome.inquiry_id], entry, False)
            case ProposalMade() | ProposalPrepared():
                known = self.offered.get(outcome.case_id)
                if known is None or known[0] != outcome.proposal_id:
                    self._offer(entry, outcome)
                self.offered[outcome.case_id] = outcome.proposal_id, outcome.unit_id, isinstance(outcome, ProposalPrepared)
            case ProposalEnded() if outcome.how is not ProposalEnd.ACCEPTED and outcome.case_id in self.offered:
                _, unit_id, prepared = self.offered.pop(outcome.case_id)
                if outcome.how is ProposalEnd.EXPIRED and not prepared:
                    self._no(outcome.case_id, unit_id, entry, False)
            case TransferClosed():
                self.offered.pop(outcome.case_id, None)
                self._forget(outcome.case_id, lasting_only=False)
            case CaseExpired() | AliasErased():
                self._forget(outcome.case_id, lasting_only=False)
            case _:
                pass

    def _published(self, told: AvailabilityPublished | AvailabilityLearned, sequence: int) -> None:
        now = (told.places, told.occupied, told.reserved, told.accepting, told.free_from_ms)
        if self.told.get(told.unit_id) != now:
            self.told[told.unit_id], self.changed[told.unit_id] = now, sequence

    def _no(self, case_id: str, unit_id: str, entry: OpenedDecision, lasts: bool) -> None:
        self.noes[case_id, unit_id] = No(entry.sequence, entry.event_time_ms, lasts)

    def _forget(self, case_id: str, *, lasting_only: bool) -> None:
        self.noes = {key: no for key, no in self.noes.items() if key[0] != case_id or (lasting_only and not no.lasts)}

    def _same(self, event: CasesFoundSame) -> None:
        for (case_id, unit_id), no in sorted(self.noes.items(), key=lambda each: each[1].sequence):
            if case_id == event.other_case_id:
                known = self.noes.get((event.case_id, unit_id))
                if known is None or known.sequence < no.sequence:
                    self.noes[event.case_id, unit_id] = no
        self._forget(event.other_case_id, lasting_only=False)
        if event.other_case_id in self.offered:
            self.offered[event.case_id] = self.offered.pop(event.other_case_id)

    def _offer(self, entry: OpenedDecision, made: ProposalMade | ProposalPrepared) -> None:
        no = self.noes.get((made.case_id, made.unit_id))
        by_people = isinstance(entry.opened.event, MatchOverridden) or any(isinstance(outcome, ActionTaken) for outcome in entry.outcomes)
        if no is None or by_people:
            return
        assert not self.stands(no, made.unit_id, entry.event_time_ms), f"unit {made.unit_id} is offered again to a case to which it said no"
        self.offers_after_a_no += 1

    def stands(self, no: No, unit_id: str, at_ms: int) -> bool:
        """Whether nothing has changed since, and its time is not over."""
        assert self.policy is not None
        return self.changed.get(unit_id, -1) <= no.sequence and (no.lasts or no.at_ms + self.policy.decline_parks_for_ms > at_ms)
