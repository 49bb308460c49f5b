"""From nothing to the settled end of the ledger: the newest snapshot that the ledger confirms, and the entries after it.

A position that somebody once read from the ledger (a snapshot's, a view's) is a witness: its entry was accepted, so a ledger that ends before it or
holds another one in its place has lost its tail, and nothing may be proposed. That is how a worker that starts after the loss finds out.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Generic

from coordinator.ledger.core import Core, S, Sealing
from coordinator.ledger.fold import Folding, Settled, event_hash_of, unfounded
from coordinator.ledger.recent_events import RecentEvents
from coordinator.ledger.snapshot_format import Snapshot, open_snapshot
from coordinator.ledger.snapshots import Snapshots, newest_confirmed
from events.acceptance import Position
from reading.errors import LedgerTailLost
from reading.ledger_chain import AcceptedRecord
from reading.ledger_follower import LedgerFollower, ReaderAt

log = logging.getLogger(__name__)

Witnesses = Callable[[], Awaitable[Sequence[Position]]]


async def no_witnesses() -> Sequence[Position]:
    """For a worker without views beside it."""
    return ()


class Loading(Generic[S]):
    """Loads one network."""

    def __init__(
        self,
        network: str,
        core: Core[S],
        sealing: Sealing,
        folding: Folding[S],
        snapshots: Snapshots[S],
        recent: RecentEvents,
        reader_at: ReaderAt,
        witnesses: Witnesses,
    ) -> None:
        self._network = network
        self._core = core
        self._sealing = sealing
        self._folding = folding
        self._snapshots = snapshots
        self._recent = recent
        self._reader_at = reader_at
        self._witnesses = witnesses
        self.loaded_entries = 0
        """Entries folded so far."""

    async def load(self) -> tuple[Settled[S], LedgerFollower]:
        """The settled state at the end of the ledger, and the reader that goes on from there. Waits for broker, key store and genesis.

        Raises ReadingStopped and TopicMissing.
        """
        seen = list(await self._witnesses())
        start = await self._confirmed_snapshot(seen)
        if start is None:
            reader, settled = self._reader_at(None), unfounded(self._core.initial_state(self._network), self._network)
        else:
            settled, reader = start
        checking = _Witnessing(self._network, seen)
        if start is not None:
            checking.passing(settled.position)
            self._recent.remember(settled.position.event_offset, settled.event_hash)
        try:
            async for batch in reader.read_to_end():
                settled = await self._folded(settled, batch, checking)
            while not settled.whole:
                settled = await self._beyond_erasures(settled, reader, checking)
            while reader.position is None:
                settled = await self._await_genesis(settled, reader, checking)
            checking.ended(settled.position)
        except BaseException:
            await reader.close()
            raise
        log.info("ledger_loaded", extra={"network": self._network, "sequence": settled.position.sequence, "from_snapshot": start is not None})
        return settled, reader

    async def _confirmed_snapshot(self, seen: list[Position]) -> tuple[Settled[S], LedgerFollower] | None:
        async def looked_at() -> AsyncIterator[Snapshot]:
            async for snapshot in self._snapshots.newest_first():
                seen.append(snapshot.position)
                yield snapshot

        found = await newest_confirmed(
            self._network, looked_at(), self._reader_at, lambda snapshot: open_snapshot(snapshot, self._core, self._sealing)
        )
        if found is None:
            return None
        settled, reader = found
        return settled if reader.position is None else settled.moved_to(reader.position), reader

    async def _folded(self, settled: Settled[S], batch: Sequence[AcceptedRecord], checking: _Witnessing) -> Settled[S]:
        for record in batch:
            checking.passing(record.position)
            self._recent.remember(record.position.event_offset, event_hash_of(record.body))
        self.loaded_entries += len(batch)
        return await self._folding.adopt(settled, batch)

    async def _beyond_erasures(self, settled: Settled[S], reader: LedgerFollower, checking: _Witnessing) -> Settled[S]:
        """Read to the end once more. A key is destroyed only once its erasure is accepted, so what was locked until here belongs to cases whose
        erasure stands before the end as it is now; and after its erasure a state is the same whether the case could be read or not. Where nothing
        more was locked on the way there, the state is whole."""
        settled = replace(settled, whole=True)
        async for batch in reader.read_to_end():
            settled = await self._folded(settled, batch, checking)
        return settled

    async def _await_genesis(self, settled: Settled[S], reader: LedgerFollower, checking: _Witnessing) -> Settled[S]:
        log.warning("waiting_for_genesis", extra={"network": self._network})
        async for batch in reader.follow():
            return await self._folded(settled, batch, checking)
        return settled


class _Witnessing:
    """Holds the entries that go by against positions that were once true."""

    def __init__(self, network: str, seen: Sequence[Position]) -> None:
        self._network = network
        self._by_sequence = {position.sequence: position for position in seen}

    def passing(self, position: Position) -> None:
        witness = self._by_sequence.pop(position.sequence, None)
        if witness is not None and witness.hash != position.hash:
            raise LedgerTailLost(self._network, witness.sequence, witness.offset, "another entry has its sequence now")

    def ended(self, position: Position) -> None:
        beyond = [each for each in self._by_sequence.values() if each.sequence > position.sequence]
        if beyond:
            last = max(beyond, key=lambda each: each.sequence)
            raise LedgerTailLost(self._network, last.sequence, last.offset, f"the ledger ends with entry {position.sequence}")
