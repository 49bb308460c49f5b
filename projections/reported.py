"""What an entry says took effect: its facts in the order in which they hold, the reported event standing where it was recorded."""

from __future__ import annotations

from collections.abc import Iterator

from events.entry import Locked, OpenedDecision, OpenedEntry
from events.facts import Event, Outcome
from events.verdict import Recorded

EVENT_INDEX = -1
"""The index of the reported event beside the outcomes' 0, 1, ..."""


def facts_of(entry: OpenedEntry) -> Iterator[tuple[int, Event | Outcome | Locked]]:
    """(index, fact) in order of effect; the event only where the entry records it. Empty for a genesis or an operator's entry."""
    if not isinstance(entry, OpenedDecision):
        return
    event = entry.opened.event
    for index, outcome in enumerate(entry.outcomes):
        if isinstance(outcome, Recorded):
            if isinstance(event, Event | Locked):
                yield EVENT_INDEX, event
        else:
            yield index, outcome


def recorded_event(entry: OpenedEntry) -> Event | Locked | None:
    """The reported event where the entry records it; None where it is refused, repeated, unreadable, or the entry is an operator's."""
    return next((fact for index, fact in facts_of(entry) if index == EVENT_INDEX), None)  # type: ignore[return-value]
