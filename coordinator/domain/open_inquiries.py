"""How open inquiries end together: a place was accepted, the transfer is over, or what was safe to ask no longer is."""

from __future__ import annotations

from collections.abc import Iterable

from coordinator.domain.deciding import Deciding
from coordinator.domain.requests import request_of
from coordinator.domain.state import Transfer
from coordinator.matching.safety import still_safe
from events.inquiry import InquiryEnded
from events.vocabulary import InquiryEnd


def end_inquiries(entry: Deciding, case_id: str, transfer: Transfer, how: InquiryEnd) -> None:
    """End every open inquiry of a case."""
    for inquiry in transfer.inquiries:
        entry.emit(InquiryEnded(case_id, transfer.transfer_id, inquiry.inquiry_id, how))


def release_inquiries(entry: Deciding, case_ids: Iterable[str]) -> None:
    """Take back the questions to units that are not safe for their case any more, or closed."""
    draft = entry.draft
    for case_id in case_ids:
        case = draft.cases.get(case_id)
        transfer = case.transfer if case is not None else None
        if case is None or transfer is None or not transfer.inquiries:
            continue
        request = request_of(draft, case, entry.terms, entry.at_ms)
        for inquiry in transfer.inquiries:
            place = draft.places.get(inquiry.unit_id)
            if place is None or still_safe(request, place, entry.at_ms, entry.terms) is not None:
                entry.emit(InquiryEnded(case_id, transfer.transfer_id, inquiry.inquiry_id, InquiryEnd.RELEASED))
                entry.to_match.add(case_id)
