"""A place is held for a case and offered to its project; or prepared, where policy has the helpline confirm first."""

from __future__ import annotations

from coordinator.domain.deciding import Deciding
from coordinator.domain.state import Case, Transfer, Unit
from events.network import PolicyAdopted
from events.transfer import PlaceHeld, ProposalMade, ProposalPrepared


def offer(entry: Deciding, case: Case, unit: Unit, score: int, *, confirmed: bool) -> str:
    """Hold the places and propose them; gives the proposal's id. `confirmed`: the helpline has chosen the unit itself."""
    transfer = case.transfer
    assert transfer is not None
    hold_id, proposal_id = entry.new_id(), entry.new_id()
    prepared = not confirmed and confirmed_first(entry.policy, transfer)
    names = (case.case_id, transfer.transfer_id, proposal_id, hold_id, unit.unit_id, unit.project_id)
    if prepared:
        deadline = confirm_by_ms(entry)
        entry.emit(PlaceHeld(hold_id, unit.unit_id, len(case.household), deadline))
        entry.emit(ProposalPrepared(*names, deadline, score, entry.policy.version))
    else:
        deadline, reminders = answer_by_ms(entry, transfer, unit.project_id)
        entry.emit(PlaceHeld(hold_id, unit.unit_id, len(case.household), deadline))
        entry.emit(ProposalMade(*names, deadline, score, entry.policy.version, reminders))
    return proposal_id


def answer_by_ms(entry: Deciding, transfer: Transfer, project_id: str) -> tuple[int, tuple[int, ...]]:
    """Until when a project that is asked now may answer, by the clock of its duty hours; and when it is reminded."""
    plain_ms = entry.terms.answer_within_ms[transfer.urgency]
    return entry.terms.clockwork.answer_until(project_id, transfer.urgency, entry.at_ms, plain_ms)


def confirm_by_ms(entry: Deciding) -> int:
    """Until when a proposal that is prepared now may be confirmed."""
    assert entry.policy.transfers is not None
    return entry.at_ms + entry.policy.transfers.confirm_within_ms


def confirmed_first(policy: PolicyAdopted, transfer: Transfer) -> bool:
    """Whether the helpline confirms before a project learns of such a request."""
    told = policy.transfers
    return told is not None and (transfer.urgency in told.confirm_first_urgencies or transfer.reason in told.confirm_first_reasons)
