"""Keeping snapshots: several for each network, in a compacted topic, written from the settled state only.

With them a restart reads the end of the ledger, however long the ledger is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Generic, TypeVar

from coordinator.ledger import metrics
from coordinator.ledger.core import Clock, Core, S, Sealing
from coordinator.ledger.fold import Settled
from coordinator.ledger.log_appender import AppendFailed, LogAppender
from coordinator.ledger.settings import LedgerSettings
from coordinator.ledger.snapshot_format import Snapshot, SnapshotUnreadable, pack, seal_snapshot, unpack
from coordinator.ledger.state_hash import StateHasher
from events.topics import MAX_SNAPSHOT_BYTES
from reading.errors import LedgerHeadTrimmed, LedgerTailLost, TopicChanged
from reading.ledger_follower import LedgerFollower, ReaderAt
from reading.partition_log import OutOfRange, PartitionLog

log = logging.getLogger(__name__)

T = TypeVar("T")

LOOKED_AT_MOST = 64
"""Records looked at from the end when looking for snapshots: beyond these it is quicker to read the ledger."""


async def newest_first(network: str, reading: PartitionLog) -> AsyncIterator[Snapshot]:
    """Readable snapshots of a network, from the end of the topic backwards. Waits for a silent broker."""
    bounds = await reading.bounds()
    offset = bounds.end
    for _ in range(LOOKED_AT_MOST):
        offset -= 1
        if offset < bounds.start:
            return
        try:
            records = await reading.read(offset, 1, 2000)
        except OutOfRange:
            return
        if not records or records[0].offset != offset or not (records[0].key or b"").startswith(f"{network}/".encode()):
            continue
        try:
            yield unpack(records[0].value or b"")
        except SnapshotUnreadable as why:
            log.warning("snapshot_unreadable", extra={"offset": offset, "why": str(why)})


async def newest_confirmed(
    network: str, snapshots: AsyncIterator[Snapshot], reader_at: ReaderAt, opened: Callable[[Snapshot], Awaitable[T]]
) -> tuple[T, LedgerFollower] | None:
    """What `opened` makes of the first of these snapshots whose entry the ledger still has, and a reader after it; None: there is none."""
    async for snapshot in snapshots:
        reader = reader_at(snapshot.position)
        try:
            await reader.begin()
            return await opened(snapshot), reader
        except (LedgerTailLost, LedgerHeadTrimmed, TopicChanged, SnapshotUnreadable) as why:
            log.warning("snapshot_not_used", extra={"network": network, "sequence": snapshot.position.sequence, "why": type(why).__name__})
            await reader.close()
        except BaseException:
            await reader.close()
            raise
    return None


class Snapshots(Generic[S]):
    """The snapshots of one network in one partition of the snapshots topic."""

    def __init__(
        self, network: str, reading: PartitionLog, appender: LogAppender, core: Core[S], sealing: Sealing, clock: Clock, settings: LedgerSettings
    ) -> None:
        self._network = network
        self._reading = reading
        self._appender = appender
        self._core = core
        self._sealing = sealing
        self._hasher = StateHasher(core, sealing)
        self._clock = clock
        self._slots = settings.snapshot_slots
        self._every_entries = settings.snapshot_every_entries
        self._every_s = settings.snapshot_every_s
        self._slot: int | None = None

    def newest_first(self) -> AsyncIterator[Snapshot]:
        """Readable snapshots of the network, from the end of the topic backwards. Waits for a silent broker."""
        return newest_first(self._network, self._reading)

    async def keep(self, current: Callable[[], Settled[S]]) -> None:
        """Write one of the settled state now and then, as the settings say, until cancelled."""
        written, written_at_s = current().position.sequence, self._clock.monotonic_s()
        while True:
            await self._clock.sleep(1.0)
            settled = current()
            entries = settled.position.sequence - written
            since_s = self._clock.monotonic_s() - written_at_s
            if entries < self._every_entries and (entries == 0 or since_s < self._every_s):
                continue
            try:
                done = await self.write(settled)
            except AppendFailed:
                continue
            written_at_s = self._clock.monotonic_s()
            if done:
                written = settled.position.sequence
                metrics.SNAPSHOT_SEQUENCE.labels(self._network).set(written)

    async def write(self, settled: Settled[S]) -> bool:
        """Write one, and wait until it is acknowledged. False where it cannot be: a key of an erased case is gone before its erasure was folded,
        or it would be larger than its topic takes."""
        parts = await asyncio.to_thread(self._core.parts, settled.state)
        sealed = await self._hasher.sealed_parts(parts.sealed)
        if sealed is None:
            log.warning("snapshot_not_written", extra={"network": self._network, "sequence": settled.position.sequence, "why": "a key is gone"})
            return False
        value = pack(await seal_snapshot(settled, parts, sealed, self._sealing))
        if len(value) > MAX_SNAPSHOT_BYTES - 4096:
            log.error("snapshot_too_large", extra={"bytes": len(value)})
            return False
        await (await self._appender.append([(self._next_key(settled.position.sequence), value, ())]))
        return True

    async def close(self) -> None:
        """Let go of the connections."""
        await self._reading.close()
        await self._appender.close()

    def _next_key(self, sequence: int) -> bytes:
        """The slots in turn, beginning anywhere: a worker that has just started does not overwrite the newest of the one before it, most of the time."""
        self._slot = (sequence if self._slot is None else self._slot + 1) % self._slots
        return f"{self._network}/{self._slot}".encode()
