"""The live transfer, or proposal, that an event names."""

from __future__ import annotations

from coordinator.domain import rights
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.state import Case, Proposal, Transfer
from events.fact import Actor
from events.verdict import Refused
from events.vocabulary import RefusalCode, TransferStage


def live_transfer(entry: Deciding, case_id: str, transfer_id: str) -> tuple[Case, Transfer] | Refused:
    """The case and its live transfer, where `transfer_id` names it."""
    case = entry.draft.cases.get(case_id)
    if case is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    transfer = case.transfer
    if transfer is not None and transfer.transfer_id == transfer_id:
        return case, transfer
    return refused(RefusalCode.TRANSFER_OVER if case.over == transfer_id else RefusalCode.UNKNOWN_TRANSFER, "transfer_id")


def live_proposal(
    entry: Deciding, actor: Actor, case_id: str, transfer_id: str, proposal_id: str | None
) -> tuple[Case, Transfer, Proposal] | Refused:
    """The live proposal, where the actor's project was asked; `proposal_id` None: whichever is live."""
    found = live_transfer(entry, case_id, transfer_id)
    if isinstance(found, Refused):
        return found
    case, transfer = found
    proposal = transfer.proposal
    refusal = rights.project(entry.draft, actor)
    if refusal is not None:
        return refusal
    if proposal is None or proposal.prepared or transfer.stage is not TransferStage.PROPOSED:
        return refused(RefusalCode.NO_LIVE_PROPOSAL, "transfer_id")
    if proposal_id is not None and proposal_id != proposal.proposal_id:
        return refused(RefusalCode.PROPOSAL_SUPERSEDED, "proposal_id")
    return rights.asked(entry.draft, actor, proposal.project_id) or (case, transfer, proposal)
