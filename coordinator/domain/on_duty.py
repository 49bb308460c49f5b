"""When a project comes on duty for immediate requests that wait. It stands in no agenda: it follows from the calendar, and changes with every duty hour published."""

from __future__ import annotations

from coordinator.domain.draft import Draft
from coordinator.domain.state import State
from coordinator.matching.request import URGENCY_RANK
from events.vocabulary import Urgency

MOST_URGENT = URGENCY_RANK[Urgency.IMMEDIATE]


def next_opening_ms(state: State | Draft, after_ms: int) -> int | None:
    """When the first project comes on duty after an instant; None: no immediate request waits, or civil time plays no part."""
    if state.terms is None or not state.waiting or state.waiting[0][0] != MOST_URGENT:
        return None
    return state.terms.clockwork.next_opening(after_ms, state.projects)
