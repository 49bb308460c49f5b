"""What will happen when: a queue of simulated instants, first come first served within one instant."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

from events.facts import Event, Outcome
from events.verdict import Duplicate, Recorded, Refused, Unreadable

Verdict = Recorded | Refused | Duplicate | Unreadable
Make = Callable[[int], Event | None]
"""Makes the event when its instant has come, or None where it is moot by then."""


@dataclass(frozen=True, slots=True)
class Timed:
    """An event and the simulated instant at which it is reported."""

    at_ms: int
    event: Event


@dataclass(frozen=True, slots=True)
class Answer:
    """What the ledger made of a reported event."""

    sequence: int
    verdict: Verdict
    outcomes: tuple[Outcome, ...]
    """All outcomes of the entry that could be opened, the verdict among them, in order."""


class Agenda:
    """A heap of (instant, order of planning, maker)."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Make]] = []
        self._planned = 0

    def plan(self, at_ms: int, make: Make) -> None:
        """`make` is called at `at_ms`, after everything planned earlier for the same instant."""
        self._planned += 1
        heapq.heappush(self._heap, (at_ms, self._planned, make))

    def next_at_ms(self) -> int | None:
        """The earliest instant planned; None: nothing is."""
        return self._heap[0][0] if self._heap else None

    def take(self) -> tuple[int, Make]:
        """Removes and returns the earliest. Raises IndexError where nothing is planned."""
        at_ms, _, make = heapq.heappop(self._heap)
        return at_ms, make
