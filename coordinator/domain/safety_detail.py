"""Which danger or which link stands behind `safety` in an explanation: decided again from the state, told to nobody by the ledger, kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass, replace

from coordinator.domain.draft import Draft
from coordinator.domain.evolve import apply
from coordinator.domain.requests import near_of, request_of
from coordinator.domain.state import State
from coordinator.domain.whole_account import whole_of
from coordinator.matching.danger import danger_zone
from coordinator.matching.safety import never_towards_danger, never_with_exploiters
from events.entry import Locked, OpenedDecision, Unread
from events.fact import Danger
from events.transfer import MatchExplained
from events.verdict import Recorded
from events.vocabulary import Reason

_TOLD_AS = "safety"


@dataclass(frozen=True, slots=True)
class UnitDetail:
    """Why one unit was excluded under `safety`. Nothing named: what it was is no longer there to be read (a case was erased)."""

    unit_id: str
    dangers: tuple[Danger, ...]
    """Of the case's dangers, those at this unit or at its residents."""
    apart_from: tuple[str, ...]
    """Cases near this unit from which the case is kept apart."""


def detail_of(before: State, entry: OpenedDecision, explained: MatchExplained) -> tuple[UnitDetail, ...]:
    """The units that an explanation excludes under `safety`, in its order. `before`: the state before its entry; the case is as it was just then."""
    draft = _just_before(before, entry, explained)
    case, terms = draft.cases.get(explained.case_id), draft.terms
    if case is None or case.transfer is None or terms is None:
        return ()
    request = request_of(draft, case, terms, entry.event_time_ms)
    counted = request.dangers if request.reason is Reason.SAFETY else case.dangers
    alone = [
        (danger, replace(request, zone=danger_zone((danger,) if danger in counted else (), terms), dangers=(danger,))) for danger in request.dangers
    ]
    near = [(other, replace(request, near=near_of(draft, (other,), terms))) for other in sorted(request.apart_from)]
    found: list[UnitDetail] = []
    for unit_id in _units(before, entry, explained):
        place = draft.places.get(unit_id)
        if place is not None:
            at_ms = entry.event_time_ms
            dangers = tuple(danger for danger, one in alone if never_towards_danger(one, place, at_ms, terms) is not None)
            found.append(
                UnitDetail(unit_id, dangers, tuple(other for other, one in near if never_with_exploiters(one, place, at_ms, terms) is not None))
            )
    return tuple(found)


def _units(before: State, entry: OpenedDecision, explained: MatchExplained) -> tuple[str, ...]:
    """The units that the explanation excludes under `safety`; where it only counts them, decided again."""
    group = next((group for group in explained.excluded if group.rule == _TOLD_AS), None)
    if group is None or not group.more:
        return () if group is None else group.units
    whole = whole_of(before, entry, explained).explained
    return () if whole is None else next((each.units for each in whole.excluded if each.rule == _TOLD_AS), ())


def _just_before(before: State, entry: OpenedDecision, explained: MatchExplained) -> Draft:
    """What held when the explanation was given: everything that stands before it in its entry has happened."""
    draft = Draft(before)
    draft.sequence = entry.sequence
    for outcome in entry.outcomes:
        if outcome == explained:
            break
        if isinstance(outcome, Locked):
            continue
        apply(draft, outcome, entry.sequence, entry.event_time_ms)
        if isinstance(outcome, Recorded) and not isinstance(entry.opened.event, Locked | Unread):
            apply(draft, entry.opened.event, entry.sequence, entry.event_time_ms)
    return draft
