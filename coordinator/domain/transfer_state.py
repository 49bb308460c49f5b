"""Stream `transfer`, the state that follows from its events and outcomes."""

from __future__ import annotations

from coordinator.domain.changing import changed
from coordinator.domain.declining import with_parked
from coordinator.domain.draft import Draft
from coordinator.domain.state import AnswerClock, Hold, Kept, Parked, Proposal, Transfer
from events.transfer import (
    DepartureConfirmed,
    PlaceHeld,
    PlaceKept,
    PlaceKeptFor,
    PlaceOccupied,
    PlaceReleased,
    PlaceReserved,
    ProposalEnded,
    ProposalMade,
    ProposalPrepared,
    TransferClosed,
    TransferEscalated,
    TransferRequested,
)
from events.vocabulary import Escalation, HoldStage, ProposalEnd, TransferEnd, TransferStage

_FALL_WITH_A_PROPOSAL = frozenset(
    {Escalation.NO_PLACE, Escalation.NO_PROJECT_ON_DUTY, Escalation.PLACES_KEPT, Escalation.AGREEMENT_MISSING, Escalation.SAFETY_CHANGED}
)


def evolve_transfer_requested(draft: Draft, event: TransferRequested, at_ms: int) -> None:
    """The case waits for a place."""
    transfer = Transfer(
        transfer_id=event.transfer_id,
        requested_at_ms=at_ms,
        reason=event.reason,
        urgency=event.urgency,
        needed_by_ms=event.needed_by_ms,
        leaving_province=event.leaving_province,
        wished_levels=event.wished_levels,
        wished_regions=event.wished_regions,
        stage=TransferStage.WAITING,
        proposal=None,
        disclosures=0,
        declines=0,
        escalated=(),
        expected_arrival_ms=None,
        inquiries=(),
        hand_over=(),
        swap_with=None,
    )
    draft.put_case(changed(draft.cases[event.case_id], transfer=transfer))


def evolve_departure_confirmed(draft: Draft, event: DepartureConfirmed) -> None:
    """The household lives nowhere for now."""
    case = draft.cases[event.case_id]
    if case.transfer is not None:
        transfer = changed(case.transfer, stage=TransferStage.DEPARTED, expected_arrival_ms=event.expected_arrival_ms)
        draft.put_case(changed(case, transfer=transfer, hosted_unit_id=None))


def evolve_place_held(draft: Draft, outcome: PlaceHeld, sequence: int, at_ms: int) -> None:
    """Places are held until a deadline."""
    observed_at_ms = draft.units[outcome.unit_id].counted.observed_at_ms
    draft.put_hold(Hold(outcome.hold_id, outcome.unit_id, outcome.places, HoldStage.HELD, outcome.until_ms, sequence, at_ms, observed_at_ms))


def evolve_place_staged(draft: Draft, outcome: PlaceReserved | PlaceOccupied | PlaceKept, stage: HoldStage, sequence: int, at_ms: int) -> None:
    """A hold is in a stage without a deadline of its own."""
    draft.put_hold(Hold(outcome.hold_id, outcome.unit_id, outcome.places, stage, None, sequence, at_ms))


def evolve_place_occupied(draft: Draft, outcome: PlaceOccupied, sequence: int, at_ms: int) -> None:
    """Held places are lived in; a kept one by whoever came back to it."""
    _no_longer_kept(draft, outcome.hold_id)
    evolve_place_staged(draft, outcome, HoldStage.OCCUPIED, sequence, at_ms)


def evolve_place_released(draft: Draft, outcome: PlaceReleased) -> None:
    """A hold is over."""
    _no_longer_kept(draft, outcome.hold_id)
    draft.drop_hold(outcome.hold_id)


def _no_longer_kept(draft: Draft, hold_id: str) -> None:
    """Take a kept hold off its case. A case that waits is passed over in this entry, so that no entry names two of its units; it is next."""
    case = draft.cases.get(draft.owners.get(hold_id, ""))
    if case is None or all(kept.hold_id != hold_id for kept in case.kept):
        return
    draft.put_case(changed(case, kept=tuple(kept for kept in case.kept if kept.hold_id != hold_id)))
    if case.transfer is not None and case.transfer.stage is TransferStage.WAITING:
        draft.look_again = tuple(sorted({*draft.look_again, case.case_id}))


def evolve_proposal_made(draft: Draft, outcome: ProposalMade | ProposalPrepared) -> None:
    """A place is offered, or will be; what was said about finding none no longer stands. Only what a project learns of counts as a disclosure."""
    case = draft.cases[outcome.case_id]
    if case.transfer is None:
        return
    prepared = isinstance(outcome, ProposalPrepared)
    reminders = () if isinstance(outcome, ProposalPrepared) else outcome.reminders_at_ms
    clock = AnswerClock(reminders, 0, 0, 0, None, None, question_stands=False) if reminders else None
    transfer = changed(
        case.transfer,
        stage=TransferStage.PROPOSED,
        proposal=Proposal(
            outcome.proposal_id, outcome.hold_id, outcome.unit_id, outcome.project_id, outcome.deadline_at_ms, prepared, clock, outcome.score
        ),
        disclosures=case.transfer.disclosures + (not prepared),
        escalated=tuple(why for why in case.transfer.escalated if why not in _FALL_WITH_A_PROPOSAL),
    )
    draft.put_case(changed(case, transfer=transfer))


def evolve_proposal_ended(draft: Draft, outcome: ProposalEnded, sequence: int, at_ms: int) -> None:
    """An accepted place is waited for; any other end puts the case back where it was, in its old turn."""
    case = draft.cases[outcome.case_id]
    transfer = case.transfer
    if transfer is None or transfer.proposal is None:
        return
    if outcome.how is ProposalEnd.ACCEPTED:
        draft.put_case(changed(case, transfer=changed(transfer, stage=TransferStage.ACCEPTED)))
        return
    parked = case.parked
    if outcome.how is ProposalEnd.EXPIRED:
        parked = with_parked(parked, Parked(transfer.proposal.unit_id, at_ms, sequence, lasts=False))
    declines = transfer.declines + (outcome.how is ProposalEnd.DECLINED)
    waiting = changed(transfer, stage=TransferStage.WAITING, proposal=None, declines=declines, hand_over=())
    draft.put_case(changed(case, transfer=waiting, parked=parked))


def evolve_place_kept_for(draft: Draft, outcome: PlaceKeptFor) -> None:
    """A kept hold has its case; and, once that is known, its end."""
    case = draft.cases[outcome.case_id]
    others = tuple(kept for kept in case.kept if kept.hold_id != outcome.hold_id)
    unit_id = draft.holds[outcome.hold_id].unit_id
    kept = Kept(outcome.hold_id, unit_id, outcome.transfer_id, outcome.until_ms, returned=False)
    draft.put_case(changed(case, kept=(*others, kept)))


def evolve_transfer_escalated(draft: Draft, outcome: TransferEscalated) -> None:
    """An operator was called in."""
    case = draft.cases[outcome.case_id]
    if case.transfer is not None:
        escalated = tuple(sorted({*case.transfer.escalated, outcome.why}))
        draft.put_case(changed(case, transfer=changed(case.transfer, escalated=escalated)))


def evolve_transfer_closed(draft: Draft, outcome: TransferClosed) -> None:
    """The transfer leaves the state. Whoever arrived lives there; whoever came back lives where they did."""
    case = draft.cases[outcome.case_id]
    transfer = case.transfer
    if transfer is None:
        return
    hosted, kept = case.hosted_unit_id, case.kept
    own = next((place for place in kept if place.transfer_id == transfer.transfer_id), None)
    if outcome.how is TransferEnd.ARRIVED:
        hosted = transfer.proposal.unit_id if transfer.proposal is not None else hosted  # exchanged: they live there already
    elif outcome.how is TransferEnd.RETURNED:
        hosted = own.unit_id if own is not None else None
        kept = tuple(changed(place, returned=True) if place is own else place for place in kept)
    elif outcome.how not in (TransferEnd.WITHDRAWN, TransferEnd.UNMATCHED):
        hosted = None
    draft.put_case(changed(case, hosted_unit_id=hosted, kept=kept, parked=(), transfer=None, over=transfer.transfer_id))
