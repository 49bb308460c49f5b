"""What projects answer when a published place is offered to them: whether it was really free. Counted by project and age of the figure.

All of it follows from clear facts, though the answers themselves are sealed under their case's key: an accepted hold is reserved, and a decline that
says "not free after all" corrects its unit before the hold is released. So the counts are the same for whoever folds the ledger, with keys or without,
before an erasure or after it. A hold that ran out, was withdrawn, or was declined for any other reason says nothing about the place.
"""

from __future__ import annotations

from coordinator.domain.draft import Draft
from coordinator.domain.state import Counted, Hold
from events.answers import NO_ANSWERS, Answers, age_class, with_answer
from events.availability import CapacityChanged
from events.transfer import PlaceReleased, PlaceReserved
from events.vocabulary import HoldStage


def evolve_corrected(draft: Draft, outcome: CapacityChanged) -> None:
    """Notice a correction: an open unit stops accepting without having published so, or what had stopped already is said once more.

    A recount never says what stands already, and follows what was published; only a decline does either.
    """
    unit = draft.units[outcome.unit_id]
    published, now = unit.published, unit.counted
    stops = published is not None and published.accepting and unit.is_open and not outcome.accepting
    again = (
        not outcome.accepting
        and Counted(
            outcome.places,
            outcome.occupied,
            outcome.reserved,
            outcome.held,
            outcome.free,
            outcome.accepting,
            outcome.observed_at_ms,
            outcome.over_capacity,
        )
        == now
    )
    if stops or again:
        draft.corrected = outcome.unit_id


def evolve_answered_free(draft: Draft, outcome: PlaceReserved) -> None:
    """A held place is accepted: it was free."""
    hold = draft.holds.get(outcome.hold_id)
    if hold is not None and hold.stage is HoldStage.HELD:
        _count(draft, hold, free=True)


def evolve_answered_not_free(draft: Draft, outcome: PlaceReleased) -> None:
    """The declined hold of a unit that was corrected is released: it was not free. Any other release says nothing."""
    if draft.corrected != outcome.unit_id:
        return
    draft.corrected = None
    hold = draft.holds.get(outcome.hold_id)
    if hold is not None and hold.stage is HoldStage.HELD:
        _count(draft, hold, free=False)


def _count(draft: Draft, hold: Hold, *, free: bool) -> None:
    if hold.observed_at_ms is None:
        return
    project_id = draft.units[hold.unit_id].project_id
    before = draft.answers.get(project_id)
    number = age_class(hold.since_ms - hold.observed_at_ms)
    draft.put_answers(Answers(project_id, with_answer(before.cells if before is not None else NO_ANSWERS, number, free=free)))
