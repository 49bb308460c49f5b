"""Stream `transfer`: a case needs a place elsewhere, until somebody has arrived or it ended otherwise."""

from __future__ import annotations

from coordinator.domain import rights
from coordinator.domain.amending import LONGEST_JOURNEY_MS, wishes_refused
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.declining import follow_decline
from coordinator.domain.draft import Draft
from coordinator.domain.live import live_proposal, live_transfer
from coordinator.domain.missing import owe_notification
from coordinator.domain.open_inquiries import end_inquiries
from coordinator.domain.requests import request_of
from coordinator.domain.settling import held_place
from coordinator.domain.state import Case, Proposal, Transfer
from coordinator.domain.wording import LONGEST_TEXT
from coordinator.matching.safety import still_safe
from events.ids import is_uuid
from events.referral import ResponsibilityPassed
from events.transfer import (
    ArrivalConfirmed,
    DepartureConfirmed,
    PlaceKept,
    PlaceKeptFor,
    PlaceOccupied,
    PlaceReserved,
    ProposalAccepted,
    ProposalDeclined,
    ProposalEnded,
    SafeStopAgreed,
    TransferClosed,
    TransferEnded,
    TransferRequested,
    TransferWithdrawn,
)
from events.verdict import Refused
from events.vocabulary import DeclineCode, InquiryEnd, Level, Programme, ProposalEnd, RefusalCode, Role, Rule, TransferEnd, TransferStage

_ENDS = frozenset({TransferEnd.RETURNED, TransferEnd.LEFT, TransferEnd.MISSING, TransferEnd.PLACED_OUTSIDE, TransferEnd.UNMATCHED})


def request_transfer(entry: Deciding, event: TransferRequested) -> Refused | None:
    """A case needs a place elsewhere. Not refused for want of a place, save where no unit of the network could ever hold the household."""
    draft = entry.draft
    if not is_uuid(event.transfer_id):
        return refused(RefusalCode.ID_MALFORMED, "transfer_id")
    case = draft.cases.get(event.case_id)
    if case is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    refusal = rights.responsible_or_helpline(draft, event.actor, case)
    if refusal is not None:
        return refusal
    if event.transfer_id in draft.transfers or event.transfer_id == case.over:
        return refused(RefusalCode.TRANSFER_EXISTS, "transfer_id")
    if case.transfer is not None:
        return refused(RefusalCode.CASE_IN_TRANSFER, "case_id")
    if draft.terms is None:
        return refused(RefusalCode.NO_POLICY)
    refusal = wishes_refused(entry, event, looking=True)
    if refusal is not None:
        return refusal
    if _too_large_for_all(draft, len(case.household)):
        return refused(RefusalCode.HOUSEHOLD_TOO_LARGE, "case_id")
    entry.record(event)
    entry.to_match.add(event.case_id)
    return None


def _too_large_for_all(draft: Draft, people: int) -> bool:
    """Whether there are open residential units and none has that many places. Asked for every request; the first unit mostly answers it."""
    non_residential, residential = Level.NON_RESIDENTIAL, False
    for place in draft.places.values():
        if place.level is not non_residential:
            if people <= place.places:
                return False
            residential = True
    return residential


def withdraw_transfer(entry: Deciding, event: TransferWithdrawn) -> Refused | None:
    """Whoever asked no longer does. A hold is released."""
    found = live_transfer(entry, event.case_id, event.transfer_id)
    if isinstance(found, Refused):
        return found
    case, transfer = found
    refusal = rights.responsible_or_helpline(entry.draft, event.actor, case)
    if refusal is None and transfer.stage is TransferStage.DEPARTED:
        refusal = refused(RefusalCode.ALREADY_DEPARTED, "transfer_id")
    if refusal is not None:
        return refusal
    entry.record(event)
    _end_without_arrival(entry, case, transfer, ProposalEnd.WITHDRAWN, TransferEnd.WITHDRAWN)
    return None


def accept_proposal(entry: Deciding, event: ProposalAccepted) -> Refused | None:
    """The project that was asked says yes, while it is still safe and still agreed."""
    found = live_proposal(entry, event.actor, event.case_id, event.transfer_id, event.proposal_id)
    if isinstance(found, Refused):
        return found
    case, transfer, proposal = found
    refusal = _safety_refused(entry, case, proposal)
    if refusal is not None:
        return refusal
    entry.record(event)
    hold = entry.draft.holds[proposal.hold_id]
    entry.emit(PlaceReserved(hold.hold_id, hold.unit_id, hold.places))
    entry.emit(ProposalEnded(case.case_id, transfer.transfer_id, proposal.proposal_id, proposal.hold_id, ProposalEnd.ACCEPTED))
    end_inquiries(entry, case.case_id, transfer, InquiryEnd.PLACE_ACCEPTED)
    return None


def decline_proposal(entry: Deciding, event: ProposalDeclined) -> Refused | None:
    """The project that was asked says no; the next place is proposed."""
    found = live_proposal(entry, event.actor, event.case_id, event.transfer_id, event.proposal_id)
    if isinstance(found, Refused):
        return found
    case, _, proposal = found
    if event.code is DeclineCode.OTHER and not event.text.strip():
        return refused(RefusalCode.TEXT_NEEDED, "text")
    if len(event.text) > LONGEST_TEXT:
        return refused(RefusalCode.TOO_LARGE, "text")
    entry.record(event)
    follow_decline(entry, entry.draft.cases[case.case_id], proposal.unit_id, event.code)
    return None


def confirm_departure(entry: Deciding, event: DepartureConfirmed) -> Refused | None:
    """They have left, for a place that is still safe. The place they leave stays theirs; this entry names no other."""
    found = live_transfer(entry, event.case_id, event.transfer_id)
    if isinstance(found, Refused):
        return found
    case, transfer = found
    refusal = rights.responsible_or_helpline(entry.draft, event.actor, case)
    if refusal is not None:
        return refusal
    if transfer.stage is TransferStage.DEPARTED:
        return refused(RefusalCode.ALREADY_DEPARTED, "transfer_id")
    if transfer.stage is not TransferStage.ACCEPTED or transfer.proposal is None:
        return refused(RefusalCode.NOT_ACCEPTED_YET, "transfer_id")
    if not entry.at_ms <= event.expected_arrival_ms <= entry.at_ms + LONGEST_JOURNEY_MS:
        return refused(RefusalCode.FIELD_INVALID, "expected_arrival_ms")
    refusal = _safety_refused(entry, case, transfer.proposal)
    if refusal is not None:
        return refusal
    left = case.hosted_unit_id
    entry.record(event)
    if left is not None:
        hold_id = entry.new_id()
        entry.emit(PlaceKept(hold_id, left, len(case.household)))
        entry.emit(PlaceKeptFor(case.case_id, transfer.transfer_id, hold_id, None))
        entry.recount(left)
    return None


def confirm_arrival(entry: Deciding, event: ArrivalConfirmed) -> Refused | None:
    """They are there: the place is theirs, and the project is responsible."""
    found = live_transfer(entry, event.case_id, event.transfer_id)
    if isinstance(found, Refused):
        return found
    case, transfer = found
    if transfer.proposal is None or transfer.stage not in (TransferStage.ACCEPTED, TransferStage.DEPARTED):
        refusal = rights.any_project_or_helpline(entry.draft, event.actor)
        return refusal or refused(RefusalCode.NOT_ACCEPTED_YET, "transfer_id")
    refusal = rights.asked(entry.draft, event.actor, transfer.proposal.project_id)
    if refusal is None and transfer.stage is not TransferStage.DEPARTED:
        refusal = refused(RefusalCode.NOT_DEPARTED_YET, "transfer_id")
    if refusal is not None:
        return refusal
    entry.record(event)
    hold = entry.draft.holds[transfer.proposal.hold_id]
    entry.emit(PlaceOccupied(hold.hold_id, hold.unit_id, hold.places))
    entry.recount(hold.unit_id)
    entry.emit(ResponsibilityPassed(case.case_id, _responsible_at(entry, transfer.proposal.project_id)))
    _keep_until(entry, case, transfer, entry.at_ms + entry.policy.kept_after_arrival_ms)
    entry.emit(TransferClosed(case.case_id, transfer.transfer_id, TransferEnd.ARRIVED))
    entry.moved(case.case_id)
    return None


def _responsible_at(entry: Deciding, project_id: str) -> str | None:
    """Who is responsible for whoever arrives in a project; None: the helpline, for its programme was ended and nobody succeeds it."""
    return project_id if entry.draft.projects[project_id].programme is not Programme.ENDED else None


def end_transfer(entry: Deciding, event: TransferEnded) -> Refused | None:
    """The transfer ended without an arrival: also before a place was accepted, for people move on their own. Whoever came back finds their place;
    anybody else's is kept a while. That nothing was found is said by the helpline alone, never by a machine.
    """
    found = live_transfer(entry, event.case_id, event.transfer_id)
    if isinstance(found, Refused):
        return found
    case, transfer = found
    refusal = rights.involved_or_helpline(entry.draft, event.actor, case)
    if refusal is not None:
        return refusal
    if event.how not in _ENDS:
        return refused(RefusalCode.FIELD_INVALID, "how")
    if event.how is TransferEnd.UNMATCHED:
        if event.actor.role is not Role.HELPLINE:
            return refused(RefusalCode.ROLE_NOT_ALLOWED, "actor")
        if transfer.stage is not TransferStage.WAITING:
            return refused(RefusalCode.NOT_WAITING, "transfer_id")
    if event.how is TransferEnd.RETURNED and transfer.stage is not TransferStage.DEPARTED:
        return refused(RefusalCode.NOT_DEPARTED_YET, "transfer_id")
    entry.record(event)
    until = entry.at_ms if event.how is TransferEnd.RETURNED else entry.at_ms + entry.policy.kept_after_arrival_ms
    _keep_until(entry, case, transfer, until)
    if event.how is TransferEnd.MISSING:
        owe_notification(entry, case, transfer.transfer_id)
    case = entry.draft.cases[case.case_id]
    _end_without_arrival(entry, case, transfer, ProposalEnd.RELEASED, event.how)
    return None


def agree_safe_stop(entry: Deciding, event: SafeStopAgreed) -> Refused | None:
    """On the way, whoever no longer agrees is brought to a safe stop, and the journey is over there. The place that was left is kept a while."""
    found = live_transfer(entry, event.case_id, event.transfer_id)
    if isinstance(found, Refused):
        return found
    case, transfer = found
    refusal = rights.involved_or_helpline(entry.draft, event.actor, case)
    if refusal is None and transfer.stage is not TransferStage.DEPARTED:
        refusal = refused(RefusalCode.NOT_DEPARTED_YET, "transfer_id")
    if refusal is not None:
        return refusal
    entry.record(event)
    _keep_until(entry, case, transfer, entry.at_ms + entry.policy.kept_after_arrival_ms)
    _end_without_arrival(entry, case, transfer, ProposalEnd.RELEASED, TransferEnd.STOPPED)
    return None


def _safety_refused(entry: Deciding, case: Case, proposal: Proposal) -> Refused | None:
    """Whether safety forbids to go on towards a held place. The rule is not named: the refusal stands in clear."""
    place = held_place(entry, proposal.unit_id)
    broken = still_safe(request_of(entry.draft, case, entry.terms, entry.at_ms), place, entry.at_ms, entry.terms)
    if broken is None:
        return None
    return refused(RefusalCode.AGREEMENT_MISSING if broken is Rule.AGREEMENT else RefusalCode.SAFETY)


def _keep_until(entry: Deciding, case: Case, transfer: Transfer, until_ms: int) -> None:
    for kept in case.kept:
        if kept.transfer_id == transfer.transfer_id:
            entry.emit(PlaceKeptFor(case.case_id, transfer.transfer_id, kept.hold_id, until_ms))


def _end_without_arrival(entry: Deciding, case: Case, transfer: Transfer, how: ProposalEnd, end: TransferEnd) -> None:
    if transfer.proposal is not None:
        entry.end_proposal(case.case_id, transfer.transfer_id, transfer.proposal, how)
    end_inquiries(entry, case.case_id, transfer, InquiryEnd.TRANSFER_OVER)
    entry.emit(TransferClosed(case.case_id, transfer.transfer_id, end))
    entry.moved(case.case_id)
