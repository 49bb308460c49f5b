"""The live transfer that an event names."""

from __future__ import annotations

from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.state import Case, Transfer
from events.verdict import Refused
from events.vocabulary import RefusalCode


def live_transfer(entry: Deciding, case_id: str, transfer_id: str) -> tuple[Case, Transfer] | Refused:
    """The case and its live transfer, where `transfer_id` names it."""
    case = entry.draft.cases.get(case_id)
    if case is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    transfer = case.transfer
    if transfer is not None and transfer.transfer_id == transfer_id:
        return case, transfer
    return refused(RefusalCode.TRANSFER_OVER if case.over == transfer_id else RefusalCode.UNKNOWN_TRANSFER, "transfer_id")
