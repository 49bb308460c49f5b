"""What an entry says took effect: its facts in the order in which they hold, the reported event standing where it was recorded."""

from __future__ import annotations

from dataclasses import dataclass

from events.entry import Locked, OpenedDecision, OpenedEntry, Unread
from events.facts import Event, Outcome
from events.verdict import Recorded

EVENT_INDEX = -1
"""The index of the reported event beside the outcomes' 0, 1, ..."""

Effect = tuple[int, Event | Outcome | Locked]
"""Index and fact."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What folds take of an entry."""

    sequence: int
    at_ms: int
    event: Event | Locked | None
    """The reported event; null: it is refused, repeated, unreadable, or the entry is an operator's."""
    facts: tuple[Effect, ...]
    """In order of effect, the reported event among them. Empty for a genesis or an operator's entry."""


def effects_of(entry: OpenedEntry) -> Effects:
    """What took effect with an entry."""
    if not isinstance(entry, OpenedDecision):
        return Effects(entry.sequence, entry.event_time_ms, None, ())
    event = entry.opened.event
    recorded: Event | Locked | None = None
    facts: list[Effect] = []
    for index, outcome in enumerate(entry.outcomes):
        if isinstance(outcome, Recorded):
            if not isinstance(event, Unread):
                recorded = event
                facts.append((EVENT_INDEX, event))
        else:
            facts.append((index, outcome))
    return Effects(entry.sequence, entry.event_time_ms, recorded, tuple(facts))
