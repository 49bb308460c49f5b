"""Stream `transfer`, the hand-over: both projects say what they have arranged. Whoever leaves with an incomplete list leaves all the same; it is shown."""

from __future__ import annotations

from coordinator.domain import rights
from coordinator.domain.changing import changed
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft
from coordinator.domain.live import live_transfer
from coordinator.domain.state import Case, HandOver, Transfer
from coordinator.domain.wording import LONGEST_TEXT, each_once
from events.fact import Actor
from events.handover import HandOverAmended, HandOverPrepared
from events.verdict import Refused
from events.vocabulary import RefusalCode, Role, TransferStage


def evolve_hand_over(draft: Draft, event: HandOverPrepared | HandOverAmended) -> None:
    """One side's list is this now."""
    case = draft.cases[event.case_id]
    transfer = case.transfer
    if transfer is None:
        return
    receiving = _receiving(draft, event.actor, case, transfer, amended=isinstance(event, HandOverAmended))
    others = tuple(side for side in transfer.hand_over if side.receiving is not receiving)
    sides = tuple(sorted((*others, HandOver(receiving, event.arranged, event.not_needed)), key=lambda side: side.receiving))
    draft.put_case(changed(case, transfer=changed(transfer, hand_over=sides)))


def prepare_hand_over(entry: Deciding, event: HandOverPrepared | HandOverAmended) -> Refused | None:
    """One of the two projects, or the helpline for the one being left, says what it has arranged, between acceptance and departure."""
    found = live_transfer(entry, event.case_id, event.transfer_id)
    if isinstance(found, Refused):
        return found
    case, transfer = found
    refusal = rights.involved_or_helpline(entry.draft, event.actor, case)
    if refusal is None and transfer.stage is TransferStage.DEPARTED:
        refusal = refused(RefusalCode.ALREADY_DEPARTED, "transfer_id")
    if refusal is None and transfer.stage is not TransferStage.ACCEPTED:
        refusal = refused(RefusalCode.NOT_ACCEPTED_YET, "transfer_id")
    if refusal is None:
        refusal = _list_refused(entry.draft, event, case, transfer)
    if refusal is not None:
        return refusal
    entry.record(event)
    return None


def _list_refused(draft: Draft, event: HandOverPrepared | HandOverAmended, case: Case, transfer: Transfer) -> Refused | None:
    amended = isinstance(event, HandOverAmended)
    receiving = _receiving(draft, event.actor, case, transfer, amended=amended)
    prepared = any(side.receiving is receiving for side in transfer.hand_over)
    if prepared is not amended:
        return refused(RefusalCode.HAND_OVER_PREPARED if prepared else RefusalCode.HAND_OVER_NOT_PREPARED, "transfer_id")
    if not each_once((*event.arranged, *event.not_needed)):
        return refused(RefusalCode.FIELD_INVALID, "arranged")
    return refused(RefusalCode.TOO_LARGE, "note") if len(event.note) > LONGEST_TEXT else None


def _receiving(draft: Draft, actor: Actor, case: Case, transfer: Transfer, *, amended: bool) -> bool:
    """Which side an actor speaks for. Whoever acts for both sides prepares the one being left first, and amends the receiving one once it is there."""
    going_to = transfer.proposal.project_id if transfer.proposal is not None else None
    if actor.role is not Role.PROJECT or not rights.acts_for(draft, actor, going_to):
        return False
    if not rights.acts_for(draft, actor, case.responsible):
        return True
    return len(transfer.hand_over) == 2 if amended else len(transfer.hand_over) == 1
