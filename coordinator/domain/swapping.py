"""Stream `transfer`, swaps: two cases exchange their places, both or neither. Both projects say so, each for its own case; the second word takes effect.

Nothing becomes free or full, so that nothing in clear changes: two cases of as many people, each under its own key, and no hold. Whoever reads the ledger
without keys learns that two cases exchanged their places, not which, nor where. Why no holds are taken is written down in ADR 34.
"""

from __future__ import annotations

from coordinator.domain import rights
from coordinator.domain.changing import changed
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft
from coordinator.domain.live import live_transfer
from coordinator.domain.open_inquiries import end_inquiries
from coordinator.domain.requests import request_of
from coordinator.domain.settling import held_place
from coordinator.domain.state import Case, Unit
from coordinator.matching.safety import still_safe
from events.referral import ResponsibilityPassed
from events.swap import PlaceExchanged, SwapAgreed
from events.transfer import TransferClosed
from events.verdict import Refused
from events.vocabulary import InquiryEnd, RefusalCode, Role, Rule, TransferEnd, TransferStage

# State follows from these.


def evolve_swap_agreed(draft: Draft, event: SwapAgreed) -> None:
    """The project responsible for a case has given its word. The case may be unknown to whoever folds without its key."""
    case = draft.cases.get(event.case_id)
    if case is not None and case.transfer is not None:
        draft.put_case(changed(case, transfer=changed(case.transfer, swap_with=event.other_case_id)))


def evolve_place_exchanged(draft: Draft, outcome: PlaceExchanged) -> None:
    """The case lives in the other's place."""
    draft.put_case(changed(draft.cases[outcome.case_id], hosted_unit_id=outcome.unit_id))


def forget_word(draft: Draft, case_id: str) -> None:
    """A case is erased: no other keeps its id as that of whom it would exchange with."""
    for other_id in sorted(draft.transfers.values()):
        other = draft.cases[other_id]
        if other.transfer is not None and other.transfer.swap_with == case_id:
            draft.put_case(changed(other, transfer=changed(other.transfer, swap_with=None)))


# Decisions.


def agree_swap(entry: Deciding, event: SwapAgreed) -> Refused | None:
    """A project gives its word for its own case. Where the other's project has given its own, both cases exchange their places in this entry."""
    draft = entry.draft
    if event.case_id == event.other_case_id:
        return refused(RefusalCode.SAME_CASE, "other_case_id")
    found = live_transfer(entry, event.case_id, event.transfer_id)
    if isinstance(found, Refused):
        return found
    case, transfer = found
    if event.actor.role is not Role.PROJECT:
        return refused(RefusalCode.ROLE_NOT_ALLOWED, "actor")
    refusal = rights.responsible_or_helpline(draft, event.actor, case)
    if refusal is not None:
        return refusal
    other = draft.cases.get(event.other_case_id)
    if other is None or other.transfer is None:
        return refused(RefusalCode.UNKNOWN_CASE, "other_case_id")
    if transfer.stage is not TransferStage.WAITING or other.transfer.stage is not TransferStage.WAITING:
        return refused(RefusalCode.NOT_WAITING)
    here, there = _home(draft, case), _home(draft, other)
    if here is None or there is None or here.unit_id == there.unit_id or len(case.household) != len(other.household):
        return refused(RefusalCode.SWAP_UNEVEN)
    refusal = _unsafe(entry, case, there, other) or _unsafe(entry, other, here, case)
    if refusal is not None:
        return refusal
    entry.record(event)
    if other.transfer.swap_with == case.case_id:
        for moving, to in ((case, there), (other, here)):
            _move(entry, moving.case_id, to)
    return None


def _home(draft: Draft, case: Case) -> Unit | None:
    """The unit where a case lives, where the project that is responsible runs it."""
    unit = draft.units[case.hosted_unit_id] if case.hosted_unit_id is not None else None
    return unit if unit is not None and unit.is_open and unit.project_id == case.responsible else None


def _unsafe(entry: Deciding, case: Case, to: Unit, other: Case) -> Refused | None:
    """Whether a rule of safety forbids the other's place. Two who are kept apart never exchange: each would know where the other came from."""
    if other.case_id in entry.draft.links.get(case.case_id, ()):
        return refused(RefusalCode.SAFETY)
    request = request_of(entry.draft, case, entry.terms, entry.at_ms)
    broken = still_safe(request, held_place(entry, to.unit_id), entry.at_ms, entry.terms)
    if broken is None:
        return None
    return refused(RefusalCode.AGREEMENT_MISSING if broken is Rule.AGREEMENT else RefusalCode.SAFETY)


def _move(entry: Deciding, case_id: str, to: Unit) -> None:
    transfer = entry.draft.cases[case_id].transfer
    assert transfer is not None
    end_inquiries(entry, case_id, transfer, InquiryEnd.TRANSFER_OVER)
    entry.emit(PlaceExchanged(case_id, transfer.transfer_id, to.unit_id, to.project_id))
    entry.emit(ResponsibilityPassed(case_id, to.project_id))
    entry.emit(TransferClosed(case_id, transfer.transfer_id, TransferEnd.ARRIVED))
    entry.moved(case_id)
