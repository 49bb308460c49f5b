"""A partition in memory, with the faults that a real one can have. Passes the same suite as Kafka's (`test_partition_log.py`)."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from coordinator.ledger.log_appender import AppendFailed, Record
from reading.errors import TopicMissing
from reading.partition_log import Bounds, LogRecord, OutOfRange

_IDS = itertools.count()


@dataclass
class MemoryPartition:
    """The log itself, shared by its readers and appenders."""

    topic: str
    topic_id: str = field(default_factory=lambda: f"memory-{next(_IDS)}")
    start: int = 0
    records: list[LogRecord] = field(default_factory=list)
    upheavals: int = 0
    now_ms: Callable[[], int] = lambda: 1_700_000_000_000
    exists: bool = True
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def end(self) -> int:
        return self.start + len(self.records)

    async def add(self, records: Sequence[Record], timestamp_ms: int | None = None) -> int:
        """Offset of the first of them."""
        first = self.end
        for key, value, headers in records:
            self.records.append(LogRecord(self.end, self.now_ms() if timestamp_ms is None else timestamp_ms, key, value, headers))
        async with self.changed:
            self.changed.notify_all()
        return first

    def lose_tail(self, end: int, *, shows: bool = True) -> None:
        """Everything from offset `end` on is gone, as after a change of leader; or, where nothing `shows` on the connections, as Kafka foresees in no way."""
        del self.records[end - self.start :]
        self.upheavals += shows

    def trim_head(self, start: int) -> None:
        """Everything before offset `start` is gone."""
        del self.records[: start - self.start]
        self.start = start

    def recreate(self) -> None:
        """Another topic of the same name, empty."""
        self.records.clear()
        self.start = 0
        self.topic_id = f"memory-{next(_IDS)}"
        self.upheavals += 1


class MemoryLog:
    """Reads a `MemoryPartition`. See `PartitionLog`."""

    def __init__(self, partition: MemoryPartition) -> None:
        self._partition = partition
        self.reads = 0
        self.lowest_read = 1 << 62

    @property
    def topic(self) -> str:
        return self._partition.topic

    @property
    def upheavals(self) -> int:
        return self._partition.upheavals

    async def topic_id(self) -> str:
        if not self._partition.exists:
            raise TopicMissing(self._partition.topic)
        return self._partition.topic_id

    async def bounds(self) -> Bounds:
        return Bounds(self._partition.start, self._partition.end)

    async def read(self, offset: int, max_records: int, wait_ms: int) -> list[LogRecord]:
        self.reads += 1
        self.lowest_read = min(self.lowest_read, offset)
        await asyncio.sleep(0)
        if not self._partition.start <= offset <= self._partition.end:
            raise OutOfRange
        if offset == self._partition.end:
            try:
                async with asyncio.timeout(wait_ms / 1000), self._partition.changed:
                    await self._partition.changed.wait()
            except TimeoutError:
                return []
            if not self._partition.start <= offset <= self._partition.end:
                raise OutOfRange
        index = offset - self._partition.start
        return self._partition.records[index : index + max_records]

    async def value_beside(self, offset: int) -> bytes | None:
        await asyncio.sleep(0)
        partition = self._partition
        return partition.records[offset - partition.start].value if partition.start <= offset < partition.end else None

    async def close(self) -> None:
        return None


class MemoryAppender:
    """Appends to a `MemoryPartition`. `verdict` may decide for each batch: 'ok', 'lost' (acknowledged, and gone), 'failed', 'unknown' (there, and failed)."""

    def __init__(self, partition: MemoryPartition, delay_s: float = 0.0, verdict: Callable[[], str] = lambda: "ok") -> None:
        self._partition = partition
        self._delay_s = delay_s
        self._verdict = verdict
        self._order = asyncio.Lock()

    async def append(self, records: Sequence[Record], timestamp_ms: int | None = None) -> asyncio.Future[None]:
        records = list(records)
        return asyncio.ensure_future(self._append(records, timestamp_ms))

    async def close(self) -> None:
        return None

    async def _append(self, records: Sequence[Record], timestamp_ms: int | None) -> None:
        async with self._order:
            verdict = self._verdict()
            if self._delay_s:
                await asyncio.sleep(self._delay_s)
            if verdict in ("ok", "unknown"):
                await self._partition.add(records, timestamp_ms)
            if verdict in ("failed", "unknown"):
                raise AppendFailed(verdict)
