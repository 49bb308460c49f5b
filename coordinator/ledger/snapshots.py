"""Keeping snapshots: several for each network, in a compacted topic, written from the settled state only.

With them a restart reads the end of the ledger, however long the ledger is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Generic

from coordinator.ledger.core import Core, S, Sealing
from coordinator.ledger.fold import Settled
from coordinator.ledger.log_appender import LogAppender
from coordinator.ledger.snapshot_format import Snapshot, SnapshotUnreadable, pack, seal_snapshot, unpack
from coordinator.ledger.state_hash import StateHasher
from events.topics import MAX_SNAPSHOT_BYTES
from reading.partition_log import OutOfRange, PartitionLog

log = logging.getLogger(__name__)

LOOKED_AT_MOST = 64
"""Records looked at from the end when looking for snapshots: beyond these it is quicker to read the ledger."""


class Snapshots(Generic[S]):
    """The snapshots of one network in one partition of the snapshots topic."""

    def __init__(self, network: str, reading: PartitionLog, appender: LogAppender, core: Core[S], sealing: Sealing, slots: int) -> None:
        self._network = network
        self._reading = reading
        self._appender = appender
        self._core = core
        self._sealing = sealing
        self._hasher = StateHasher(core, sealing)
        self._slots = slots
        self._slot: int | None = None

    async def newest_first(self) -> AsyncIterator[Snapshot]:
        """Readable snapshots of the network, from the end of the topic backwards. Waits for a silent broker."""
        bounds = await self._reading.bounds()
        offset = bounds.end
        for _ in range(LOOKED_AT_MOST):
            offset -= 1
            if offset < bounds.start:
                return
            try:
                records = await self._reading.read(offset, 1, 2000)
            except OutOfRange:
                return
            if not records or records[0].offset != offset or not (records[0].key or b"").startswith(f"{self._network}/".encode()):
                continue
            try:
                yield unpack(records[0].value or b"")
            except SnapshotUnreadable as why:
                log.warning("snapshot_unreadable", extra={"offset": offset, "why": str(why)})

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
