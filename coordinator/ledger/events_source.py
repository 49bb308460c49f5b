"""Events in offset order, held against the ledger: what a worker may decide next, or the reason why it must stop."""

from __future__ import annotations

import asyncio
import hashlib

from coordinator.ledger.core import Clock
from reading.errors import EventDiffers, EventFromFuture, EventsHole, EventsTopicChanged, EventsTruncated
from reading.partition_log import Bounds, LogRecord, OutOfRange, PartitionLog

CONFIRMED_AFTER_S = 0.5
"""A missing end is looked for a second time: a leader just elected may not yet know how far the log is committed."""
BOUNDS_WITHIN_S = 5.0
READ_WAIT_MS = 50
"""How long the worker lets a read wait: so much later it may see that it has to decide something else."""


class EventsSource:
    """Reads one network's events. Not for two tasks at once.

    The event before the next is read again and compared (its hash stands in the ledger) at the start, after any upheaval of the connection, and after an
    offset that was out of range. Every few seconds it is looked at all the same, and the topic's id asked for, over another connection: reading on goes
    on meanwhile, and whatever else than the ledger's event is found there, nothing included, is a doubt like the others. An events topic loses its tail while its leader changes or restarts, or by being made anew: each
    shows as an upheaval by the time that anything is read behind it, and what came with an upheaval is thrown away. So nothing is decided after a loss
    without this comparison in between; and an event that comes after a pause is taken from the read that stood open for it, without another.
    """

    def __init__(self, log: PartitionLog, network: str, clock: Clock, *, checked_every_s: float, ahead_at_most_ms: int | None) -> None:
        self._log = log
        self._network = network
        self._clock = clock
        self._checked_every_s = checked_every_s
        self._ahead_at_most_ms = ahead_at_most_ms
        self._upheavals = -1
        self._checked_at_s = float("-inf")
        self._doubtful = True
        self._trimmed_before = 0
        self._checking: asyncio.Task[bool] | None = None

    async def fetch(self, offset: int, previous_hash: bytes | None, topic_id: str, max_records: int, wait_ms: int) -> list[LogRecord]:
        """Events from exactly `offset` on, without a hole, at most `max_records`; empty where none came within `wait_ms`.

        `previous_hash` is the SHA-256 of the event at `offset - 1` as the ledger has it (None: there is none), `topic_id` the topic that the
        ledger names. Raises EventsStopped and TopicMissing; waits for a silent broker.
        """
        now_s = self._clock.monotonic_s()
        if self._log.upheavals != self._upheavals:
            await self._check_topic(topic_id)
            self._upheavals = self._log.upheavals
            self._doubtful = True
        await self._check_beside(offset, previous_hash, topic_id, now_s)
        comparing = self._doubtful and previous_hash is not None and offset - 1 >= self._trimmed_before
        records = await self._read(offset - comparing, max_records + comparing, wait_ms, offset, topic_id, with_previous=comparing)
        if comparing:
            if not records:
                await self._explain(offset, topic_id)
                self._doubtful = True
                return []
            records = await self._compared(records, offset, previous_hash, topic_id)
            self._checked_at_s = now_s
            self._doubtful = False
            if not records:
                records = await self._read(offset, max_records, wait_ms, offset, topic_id)
        return await self._decidable(records, offset)

    async def bounds(self) -> Bounds:
        """Where the events begin and end, now. Waits for a silent broker."""
        return await self._log.bounds()

    async def close(self) -> None:
        """Let go of the connection."""
        if self._checking is not None:
            self._checking.cancel()
            await asyncio.gather(self._checking, return_exceptions=True)
        await self._log.close()

    async def _check_beside(self, offset: int, previous_hash: bytes | None, topic_id: str, now_s: float) -> None:
        """Every few seconds, while events go on being read: what the check under way finds is heard at a later fetch. Raises what `_check_topic` does."""
        if self._checking is not None and self._checking.done():
            checked, self._checking = self._checking, None
            self._doubtful = not await checked or self._doubtful
        if self._checking is None and now_s - self._checked_at_s >= self._checked_every_s:
            self._checked_at_s = now_s
            self._checking = asyncio.create_task(self._is_as_before(offset, previous_hash, topic_id), name=f"checking {self._log.topic}")

    async def _is_as_before(self, offset: int, previous_hash: bytes | None, topic_id: str) -> bool:
        """Whether the event before `offset`, where the ledger has one, was found to be the ledger's just now."""
        await self._check_topic(topic_id)
        if previous_hash is None or offset - 1 < self._trimmed_before:
            return True
        value = await self._log.value_beside(offset - 1)
        return value is not None and hashlib.sha256(value).digest() == previous_hash

    async def _check_topic(self, expected: str) -> None:
        found = await self._log.topic_id()
        if expected not in ("", found):
            raise EventsTopicChanged(self._log.topic, expected, found)

    async def _read(self, start: int, max_records: int, wait_ms: int, offset: int, topic_id: str, *, with_previous: bool = False) -> list[LogRecord]:
        """Records from `start` on. What came after an upheaval during the read is thrown away, unless the record that is compared came with it."""
        try:
            records = await self._log.read(start, max_records, wait_ms)
        except OutOfRange:
            self._doubtful = True
            await self._explain(offset, topic_id)
            return []
        return records if with_previous or self._log.upheavals == self._upheavals else []

    async def _compared(self, records: list[LogRecord], offset: int, previous_hash: bytes | None, topic_id: str) -> list[LogRecord]:
        """The records from `offset` on, after the one before was found to be the ledger's."""
        first = records[0]
        if first.offset >= offset:
            await self._explain(offset, topic_id)
            start = (await self._log.bounds()).start
            if start < offset:
                raise EventsHole(self._network, offset - 1, first.offset - 1)
            return records
        if hashlib.sha256(first.value or b"").digest() != previous_hash:
            await self._check_topic(topic_id)
            raise EventDiffers(self._network, first.offset)
        return records[1:]

    async def _explain(self, offset: int, topic_id: str) -> None:
        """Return where nothing is wrong with events that should be read at `offset` (perhaps none came yet); raise what is wrong otherwise."""
        for attempt in (1, 2):
            try:
                async with asyncio.timeout(BOUNDS_WITHIN_S):
                    bounds = await self._log.bounds()
            except TimeoutError:
                return
            self._trimmed_before = bounds.start
            if bounds.start <= offset <= bounds.end:
                return
            if attempt == 1:
                await self._clock.sleep(CONFIRMED_AFTER_S)
                continue
            await self._check_topic(topic_id)
            if bounds.end < offset:
                raise EventsTruncated(self._network, offset - 1, bounds.end)
            raise EventsHole(self._network, offset, bounds.start - 1)

    async def _decidable(self, records: list[LogRecord], offset: int) -> list[LogRecord]:
        """The unbroken run from `offset` on that is not ahead of this clock. Raises where not even its first event is there."""
        latest_ms = None if self._ahead_at_most_ms is None else self._clock.now_ms() + self._ahead_at_most_ms
        for index, record in enumerate(records):
            if record.offset != offset + index:
                if index == 0:
                    raise EventsHole(self._network, offset, record.offset - 1)
                return records[:index]
            if latest_ms is not None and record.timestamp_ms > latest_ms:
                if index == 0:
                    raise EventFromFuture(self._network, record.offset, record.timestamp_ms - self._clock.now_ms())
                return records[:index]
        return records
