"""Plays the day through the door: what was before it in batches, then each report at its simulated instant, reacting to each answer."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field

from events.facts import Event
from ops.demand.agenda import Answer, Timed
from ops.demand.day import Day
from ops.demand.tally import Tally
from ops.demo.door import Door

_BATCH = 120
"""Events of the time before the day that are sent in one request."""
_RECENT = 14


@dataclass(slots=True)
class Played:
    """What was played so far: read by the screen, and afterwards by the verification."""

    day: Day
    tally: Tally = field(default_factory=Tally)
    acknowledged: dict[str, int] = field(default_factory=dict)
    """Sequence of the entry by event id, as the gateway told it."""
    not_stored: int = 0
    """Reports about erased cases, which the gateway did not take."""
    now_ms: int = 0
    recent: deque[tuple[int, Event, Answer]] = field(default_factory=lambda: deque(maxlen=_RECENT))
    before_done: int = 0
    round_trip_s: float = 0.0
    """Spent waiting for answers during the days."""
    round_trips: int = 0

    def took(self, timed: Timed, answer: Answer) -> None:
        """Notes an accepted event."""
        self.now_ms = timed.at_ms
        self.acknowledged.setdefault(timed.event.event_id, answer.sequence)
        self.tally.took(timed, answer)


async def play_before(played: Played, door: Door) -> None:
    """Everything reported before the first morning. Raises NotAccepted."""
    before = played.day.before
    for start in range(0, len(before), _BATCH):
        batch = before[start : start + _BATCH]
        for timed, answer in zip(batch, await door.report_all(batch), strict=True):
            played.took(timed, answer)
            played.day.play.sequence = answer.sequence
        played.before_done = start + len(batch)


async def play_days(played: Played, door: Door, speed: float | None) -> None:
    """The days themselves; `speed`: simulated seconds in one real second, None: as fast as it goes. Raises NotAccepted."""
    day = played.day
    began = time.monotonic()
    while (timed := day.next_event()) is not None:
        if speed is not None:
            due = began + (timed.at_ms - day.play.start_ms) / 1000 / speed
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        sent = time.monotonic()
        answer = await door.report(timed)
        played.round_trip_s += time.monotonic() - sent
        played.round_trips += 1
        if answer is None:
            played.not_stored += 1
            continue
        played.took(timed, answer)
        played.recent.append((timed.at_ms, timed.event, answer))
        day.answered(timed, answer)
