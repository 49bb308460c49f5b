"""What reading needs of one partition of a log, and nothing more. Kafka's (`reading.kafka_log`) and the in-memory one of the tests pass one suite."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from events.quick import quick

Headers = tuple[tuple[str, bytes], ...]


@quick
@dataclass(frozen=True, slots=True)
class LogRecord:
    """One record as it stands in the log."""

    offset: int
    timestamp_ms: int
    """The record's own timestamp: set by the broker (LogAppendTime) or by the producer (CreateTime)."""
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass(frozen=True, slots=True)
class Bounds:
    """`start` is the offset of the first record still there, `end` the one that the next record will get. Empty: `start == end`."""

    start: int
    end: int


class OutOfRange(Exception):
    """The offset lies before the start or beyond the end of the log."""


class PartitionLog(Protocol):
    """One partition. Whoever reads brings the offset; the log keeps no position that matters."""

    @property
    def topic(self) -> str:
        """Name of the topic."""
        ...

    @property
    def upheavals(self) -> int:
        """Counts changes of leader, of the connection to it and of what is known about it, as they show at the end of a read. Another figure than before:
        what was read may be of another log; read the tip again."""
        ...

    async def topic_id(self) -> str:
        """Kafka's id of the topic, now. Raises TopicMissing. Waits for a broker that does not answer."""
        ...

    async def bounds(self) -> Bounds:
        """Start and end, now. Waits for a broker that does not answer."""
        ...

    async def read(self, offset: int, max_records: int, wait_ms: int) -> list[LogRecord]:
        """Records from `offset` on, in order; the first one may be later where there is a hole.

        Empty where nothing came within `wait_ms`, a silent broker included. Raises OutOfRange.
        """
        ...

    async def value_beside(self, offset: int) -> bytes | None:
        """Value of the record at exactly this offset, asked for now over a connection of its own, so that a read may stand open meanwhile.

        None where there is none, it has no value, or nobody says so within a second or two: whoever must know which asks with `read`.
        """
        ...

    async def close(self) -> None:
        """Let go of the connection. The log must not be used afterwards."""
        ...
