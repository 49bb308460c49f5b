"""Which records of the events topic may go: each is held, byte for byte, against the entry that decided it, and those older than their term may be deleted.

TrimRefused    an event is not what the ledger says, or nothing says how long events are kept; nothing may be deleted
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from coordinator.ledger import refused_words as words
from coordinator.ledger.core import Sealing
from coordinator.ledger.fold import events_topic_after
from events.codec import name_of
from events.entry import Decided, OpenedDecision, SourceChanged
from events.language import SaidError, filled
from events.network import PolicyAdopted
from events.verdict import Recorded
from reading.ledger_chain import AcceptedRecord
from reading.ledger_follower import LedgerFollower
from reading.partition_log import Bounds, LogRecord, OutOfRange, PartitionLog

RECORD_WITHIN_S = 30.0
"""A record that the topic's bounds promise and that does not come within this counts as not there."""


class TrimRefused(SaidError):
    """An event is not what the ledger says, or nothing says how long events are kept; nothing may be deleted."""


@dataclass(frozen=True, slots=True)
class Trimmable:
    """What was found; nothing is deleted by finding it."""

    verified: int
    """Events of the topic that are what the entries say."""
    first_offset: int
    """Where the topic begins."""
    below: int | None
    """Records below this offset may be deleted; None: none may."""
    kept: int
    """Of the verified, those that stay."""
    topic_id: str
    """The topic that was looked at."""


async def trimmable(
    network: str, reader_from_genesis: Callable[[], LedgerFollower], events: PartitionLog, sealing: Sealing, now_ms: int | None
) -> Trimmable:
    """Compare every decided event that the topic still holds, and say which records are older than the policy's term for events.

    `now_ms`: the instant that ages count from; None: the last entry's time. The last decided event never goes, since workers compare it. Waits for
    broker and key store. Raises TrimRefused, and what readers raise.
    """
    ledger = _Ledger()
    async with reader_from_genesis() as reader:
        async for batch in reader.read_to_end():
            await ledger.take(batch, sealing)
    if ledger.keep_ms is None:
        raise TrimRefused(words.NO_TERM)
    topic_id = await events.topic_id()
    if topic_id != ledger.topic_id:
        raise TrimRefused(filled(words.ANOTHER_TOPIC, network, ledger.topic_id, topic_id))
    records = _Records(events, await events.bounds())
    until_ms = (ledger.last_at_ms if now_ms is None else now_ms) - ledger.keep_ms
    verified = old = below = 0
    async with reader_from_genesis() as reader:
        async for batch in reader.read_to_end():
            for record in batch:
                offset = record.envelope.event_offset
                if not isinstance(record.body, Decided) or offset < records.start or not ledger.stands(record):
                    continue
                await records.compare(offset, record.body.event)
                if old == verified:  # all before it are old: they may go up to this one, be it old or not
                    below = offset
                    old += record.envelope.event_time_ms < until_ms
                verified += 1
    gone = min(old, verified - 1)
    return Trimmable(verified, records.start, below if gone > 0 else None, verified - max(gone, 0), topic_id)


@dataclass
class _Ledger:
    """What must be known of the whole ledger before the first event can be compared."""

    topic_id: str = ""
    """The events topic that it names now."""
    keep_ms: int | None = None
    """The policy's term for events; None: for good."""
    last_sequence: int = -1
    last_at_ms: int = 0
    cuts: list[tuple[int, int]] = field(default_factory=list)
    """(sequence, first new offset) of each `SourceChanged`."""

    async def take(self, batch: list[AcceptedRecord], sealing: Sealing) -> None:
        """The next entries, in order. Only policies are opened."""
        for record in batch:
            self.topic_id = events_topic_after(self.topic_id, record.body)
            self.last_sequence, self.last_at_ms = record.envelope.sequence, record.envelope.event_time_ms
            if isinstance(record.body, SourceChanged):
                self.cuts.append((record.envelope.sequence, record.body.first_new_offset))
            elif isinstance(record.body, Decided) and name_of(record.body.event) == PolicyAdopted.__name__:
                (entry,) = await sealing.open_entries([(record.envelope, record.body)])
                if isinstance(entry, OpenedDecision) and any(isinstance(outcome, Recorded) for outcome in entry.outcomes):
                    policy = entry.opened.event
                    known = policy.retention if isinstance(policy, PolicyAdopted) else None
                    self.keep_ms = None if known is None else known.events_ms

    def stands(self, record: AcceptedRecord) -> bool:
        """Whether the entry was read here, and its event should still be at its offset: no source that came later begins at or before it."""
        return record.envelope.sequence <= self.last_sequence and all(
            record.envelope.sequence > sequence or record.envelope.event_offset < first for sequence, first in self.cuts
        )


class _Records:
    """The topic's records in order, each of which must be the event of the entry that comes next."""

    def __init__(self, log: PartitionLog, bounds: Bounds) -> None:
        self.start = bounds.start
        self._end = bounds.end
        self._next = bounds.start
        self._log = log
        self._read: deque[LogRecord] = deque()

    async def compare(self, offset: int, event: bytes) -> None:
        """Raises TrimRefused where the next record is not this event at this offset."""
        record = None if offset >= self._end else await self._record()
        if record is None or record.offset > offset:
            raise TrimRefused(filled(words.RECORD_MISSING, offset))
        if record.offset < offset:
            raise TrimRefused(filled(words.UNDECIDED, record.offset))
        if record.value != event:
            raise TrimRefused(filled(words.DIFFERS, offset))

    async def _record(self) -> LogRecord | None:
        """The next record; None where none comes."""
        try:
            async with asyncio.timeout(RECORD_WITHIN_S):
                while not self._read:
                    self._read.extend(await self._log.read(self._next, 1000, 1000))
        except (TimeoutError, OutOfRange):
            return None
        record = self._read.popleft()
        self._next = record.offset + 1
        return record
