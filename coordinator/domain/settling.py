"""What happens to places already held when safety, an agreement or a unit changes.

A proposal that became wrong is released at once, and its case is matched again in the same entry. So is an accepted place that became unsafe, and
an operator is told. Whoever is on the way is not stopped by a machine: an operator decides.
"""

from __future__ import annotations

from collections.abc import Collection

from coordinator.domain.deciding import Deciding, counted
from coordinator.domain.draft import place_of
from coordinator.domain.open_inquiries import release_inquiries
from coordinator.domain.requests import request_of
from coordinator.domain.state import Case
from coordinator.matching.place import Place
from coordinator.matching.safety import still_agreed, still_safe
from events.vocabulary import Escalation, ProposalEnd, Rule, TransferStage

_HOW_FAR = {stage: far for far, stage in enumerate(TransferStage)}
_RELEASES_ACCEPTED = frozenset({Rule.NEVER_TOWARDS_DANGER, Rule.NEVER_WITH_EXPLOITERS, Rule.AGREEMENT})


def settle_cases(entry: Deciding, case_ids: Collection[str]) -> None:
    """Look again at the places held for these cases: the least advanced first, among equals the latest, so that as little as can be is undone."""
    holding = [case for case_id in case_ids if (case := entry.draft.cases.get(case_id)) is not None and _hold_since(entry, case) is not None]
    for case in sorted(holding, key=lambda case: _undone_first(entry, case)):
        _settle(entry, entry.draft.cases[case.case_id])
    release_inquiries(entry, case_ids)


def settle_holds_in(entry: Deciding, unit_id: str) -> None:
    """Look again at the places held in a unit that was amended or closed: proposals that no longer fit are released, the latest first."""
    draft = entry.draft
    release_inquiries(entry, [case_id for case_id in sorted(draft.transfers.values()) if _asks_about(draft.cases[case_id], unit_id)])
    owned = [draft.cases[draft.owners[hold_id]] for hold_id in draft.holds_in.get(unit_id, ()) if hold_id in draft.owners]
    incoming = [
        case for case in owned if case.transfer is not None and case.transfer.proposal is not None and case.transfer.proposal.unit_id == unit_id
    ]
    for case in sorted(incoming, key=lambda case: _undone_first(entry, case)):
        transfer = case.transfer
        assert transfer is not None
        unit = draft.units[unit_id]
        crowded = counted(draft, unit, entry.at_ms).over_capacity
        if unit.is_open and not crowded:
            _settle(entry, case)
        elif transfer.stage is TransferStage.PROPOSED:
            entry.release(case, ProposalEnd.RELEASED)
        else:
            entry.escalate(case, Escalation.SAFETY_CHANGED)


def _asks_about(case: Case, unit_id: str) -> bool:
    return case.transfer is not None and any(inquiry.unit_id == unit_id for inquiry in case.transfer.inquiries)


def _settle(entry: Deciding, case: Case) -> None:
    transfer = case.transfer
    assert transfer is not None and transfer.proposal is not None
    place = held_place(entry, transfer.proposal.unit_id)
    request = request_of(entry.draft, case, entry.terms, entry.at_ms)
    broken = still_safe(request, place, entry.at_ms, entry.terms)
    if broken is None:
        return
    if not still_agreed(request, entry.at_ms):  # another rule, broken before, must not stand before a word that was taken back
        broken = Rule.AGREEMENT if broken not in _RELEASES_ACCEPTED else broken
    if transfer.stage is not TransferStage.PROPOSED:
        entry.escalate(case, Escalation.SAFETY_CHANGED)
    if transfer.stage is TransferStage.PROPOSED or (transfer.stage is TransferStage.ACCEPTED and broken in _RELEASES_ACCEPTED):
        entry.release(entry.draft.cases[case.case_id], ProposalEnd.RELEASED)


def held_place(entry: Deciding, unit_id: str) -> Place:
    """A unit in which a place is held, as the rules see it; open or not."""
    draft = entry.draft
    return draft.places.get(unit_id) or place_of(draft, draft.units[unit_id])


def _hold_since(entry: Deciding, case: Case) -> int | None:
    if case.transfer is None or case.transfer.proposal is None:
        return None
    return entry.draft.holds[case.transfer.proposal.hold_id].sequence


def _undone_first(entry: Deciding, case: Case) -> tuple[int, int, str]:
    assert case.transfer is not None
    return _HOW_FAR[case.transfer.stage], -(_hold_since(entry, case) or 0), case.case_id
