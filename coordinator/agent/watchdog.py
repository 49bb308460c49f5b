"""The watchdog: a thread of its own, so that it bites when the event loop hangs too.

It compares the end of each network's events with the last *settled* offset. Where events wait and nothing was settled for the limit, it ends the
process. While the broker does not answer it, nobody can settle anything, and the time does not count.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from confluent_kafka import Consumer, KafkaException, TopicPartition

from coordinator.agent.ending import FAULT, End, end_process

log = logging.getLogger(__name__)

ASKED_EVERY_S = 2.0
ANSWERS_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class Progress:
    """Where one network's worker is. Read from another thread."""

    settled_event_offset: int | None
    """None while the ledger is being loaded."""
    mark: int
    """Any figure that changes when something moves, loading included."""


class EndOffsets(Protocol):
    """Asks a log for its end. Used from one thread."""

    def end(self, partition: int) -> int | None:
        """The offset that the next event will get; None where the broker does not answer."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class KafkaEndOffsets:
    """Ends of the events partitions, by a client of its own: aiokafka's lives in the loop that is being watched."""

    def __init__(self, bootstrap: str, topic: str) -> None:
        self._topic = topic
        self._client = Consumer(
            {"bootstrap.servers": bootstrap, "group.id": "unused", "enable.auto.commit": False, "allow.auto.create.topics": False, "log_level": 2}
        )

    def end(self, partition: int) -> int | None:
        try:
            marks = self._client.get_watermark_offsets(TopicPartition(self._topic, partition), timeout=ANSWERS_WITHIN_S, cached=False)
        except KafkaException:
            return None
        return None if marks is None else int(marks[1])

    def close(self) -> None:
        self._client.close()


class Watchdog(threading.Thread):
    """Watches the networks that `progress` names by partition, at each look."""

    def __init__(
        self,
        offsets: EndOffsets,
        progress: Callable[[], Mapping[int, Progress]],
        limit_s: float,
        *,
        end: End = end_process,
        asked_every_s: float = ASKED_EVERY_S,
    ) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._offsets = offsets
        self._progress = progress
        self._limit_s = limit_s
        self._end = end
        self._asked_every_s = asked_every_s
        self._stopping = threading.Event()
        self._moved: dict[int, tuple[int, float]] = {}

    def run(self) -> None:
        while not self._stopping.wait(self._asked_every_s):
            self.look(time.monotonic())
        self._offsets.close()

    def stop(self) -> None:
        """Watch no more."""
        self._stopping.set()

    def look(self, now_s: float) -> None:
        """Look once; `now_s` on the monotonic clock."""
        watched = self._progress()
        self._moved = {partition: moved for partition, moved in self._moved.items() if partition in watched}
        for partition, progress in watched.items():
            end = self._offsets.end(partition)
            waiting = end is not None and (progress.settled_event_offset is None or progress.settled_event_offset < end - 1)
            mark, since_s = self._moved.get(partition, (progress.mark, now_s))
            if not waiting or mark != progress.mark:
                self._moved[partition] = progress.mark, now_s
                continue
            self._moved[partition] = mark, since_s
            if now_s - since_s > self._limit_s:
                self._end(FAULT, f"partition {partition}: events up to offset {end} wait, and nothing was settled for {self._limit_s:.0f} s")
