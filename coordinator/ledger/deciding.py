"""From events to entries: open, decide, seal, chain. Nothing is sent here."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic

from coordinator.ledger.core import Core, S, Sealing
from coordinator.ledger.proposal import Head, Proposal
from coordinator.ledger.settings import STATE_HASH_EVERY
from coordinator.ledger.state_hash import StateHasher
from events.codec import encode_body
from events.entry import Decided, Locked, OpenedDecision, OpenedEvent
from events.envelope import Envelope, hash_of, seal_envelope
from events.facts import Outcome
from events.topics import MAX_ENTRY_BYTES
from reading.errors import EventKeyMissing
from reading.partition_log import LogRecord
from reading.vault import gone_by

LastErased = Callable[[], Awaitable[int | None]]
"""When the ledger erased somebody last (ms since the epoch); None: never. Takes as long as reading the ledger does."""
ERASED_BEFORE_MS = 600_000
"""An event may have been sealed while the erasure of its case waited to be decided, and come this much later at most: doors take nothing while decisions are
over ten seconds behind."""
BREATH_EVERY = 16
"""Decisions after which other tasks of the process get a turn."""


class EntryTooLarge(Exception):
    """The core let outcomes grow beyond what a ledger record may hold; it must refuse such an event (`too_large`) instead."""


class Deciding(Generic[S]):
    """Decides events one after the other, each from the state that the one before left."""

    def __init__(
        self, network: str, core: Core[S], sealing: Sealing, hasher: StateHasher[S], last_erased: LastErased, keys_lost_through: int = -1
    ) -> None:
        self._network = network
        self._keys_lost_through = keys_lost_through
        self._last_erased = last_erased
        self._erased_ms: int | None = None
        """When somebody was erased, as late as is known by now."""
        self._core = core
        self._sealing = sealing
        self._hasher = hasher
        self._hashed: tuple[S, tuple[bytes, bytes | None]] | None = None
        """The state hashed last, and its hashes."""
        self._hashing = asyncio.Lock()

    async def look_ahead(self, head: Head[S]) -> None:
        """Where the next entry will carry the hash of the state, make it now: its event is not here yet, and then need not wait for it."""
        if (head.sequence + 1) % STATE_HASH_EVERY == 0:
            await self._hashes(head.state, beside=True)

    async def propose(
        self, head: Head[S], whole: bool, records: Sequence[LogRecord], outdated: Callable[[], bool], now_s: float
    ) -> list[Proposal[S]]:
        """Entries for these events, chained from `head`; empty as soon as `outdated()` says that the ledger went another way.

        `whole`: the sealed half of the state can be hashed. Raises KeyDestroyed where the head is behind an erasure; EventKeyMissing where no key opens the
        first of them and nobody was erased, and ends before such an event where it is another.
        """
        opened = await self._sealing.open_events([record.value or b"" for record in records])
        readable = await self._readable(records, opened)
        records, opened = records[:readable], opened[:readable]
        states: list[S] = []
        times: list[int] = []
        outcomes: list[tuple[int, tuple[Outcome, ...]]] = []
        state, at_ms = head.state, head.event_time_ms
        hashes: dict[int, tuple[bytes, bytes | None]] = {}
        for index, (record, event) in enumerate(zip(records, opened, strict=True)):
            if index % BREATH_EVERY == BREATH_EVERY - 1:
                await asyncio.sleep(0)
            if outdated():
                return []
            sequence = head.sequence + 1 + index
            at_ms = max(record.timestamp_ms, at_ms)
            if sequence % STATE_HASH_EVERY == 0:
                clear, sealed = await self._hashes(state)
                hashes[sequence] = clear, sealed if whole else None
            decided = self._core.decide(state, event, at_ms)
            state = self._core.evolve(state, OpenedDecision(self._network, sequence, record.offset, at_ms, event, decided))
            states.append(state)
            times.append(at_ms)
            outcomes.append((record.offset, decided))
        sealed_outcomes = await self._sealing.seal_outcomes(outcomes, [record.value or b"" for record in records])
        if outdated():
            return []
        proposals: list[Proposal[S]] = []
        previous = head.hash
        for index, (record, encoded) in enumerate(zip(records, sealed_outcomes, strict=True)):
            sequence = head.sequence + 1 + index
            reported = record.value or b""
            gone = gone_by(opened[index].event, outcomes[index][1])
            body = encode_body(Decided(reported, encoded, *hashes.get(sequence, (None, None))))
            value = seal_envelope(Envelope(self._network, sequence, previous, record.offset, times[index], body))
            if len(value) > MAX_ENTRY_BYTES:
                raise EntryTooLarge(f"entry {sequence} would take {len(value)} bytes")
            previous = hash_of(value)
            after = Head(states[index], sequence, previous, record.offset, times[index], hashlib.sha256(reported).digest())
            proposals.append(Proposal(value, gone, after, now_s))
        return proposals

    async def _readable(self, records: Sequence[LogRecord], opened: Sequence[OpenedEvent]) -> int:
        """How many of these events may be decided: all before the first that no key opens though it was sealed here and nobody was erased since. Such an event
        is not an erased case's: the key store is older than it. One whose loss a person has accepted is decided as an erased case's. Raises EventKeyMissing where
        it is the first of all."""
        for index, (record, event) in enumerate(zip(records, opened, strict=True)):
            if record.offset <= self._keys_lost_through or not no_key_opens(self._sealing, record, event):
                continue
            if await self._erased_since(record.timestamp_ms - ERASED_BEFORE_MS):
                continue
            if index == 0:
                raise EventKeyMissing(self._network, record.offset)
            return index
        return len(records)

    async def _erased_since(self, at_ms: int) -> bool:
        """Whether the ledger erases somebody at this instant or later. It is read only where that is not known: what it once erased, it erases still."""
        if self._erased_ms is None or self._erased_ms < at_ms:
            self._erased_ms = await self._last_erased()
        return self._erased_ms is not None and self._erased_ms >= at_ms

    async def _hashes(self, state: S, *, beside: bool = False) -> tuple[bytes, bytes | None]:
        """Of this very state: it is never changed, so what was made of it before its event came is what would be made of it now."""
        async with self._hashing:
            if self._hashed is None or self._hashed[0] is not state:
                self._hashed = state, await self._hasher.hashes(state, beside=beside)
            return self._hashed[1]


def no_key_opens(sealing: Sealing, record: LogRecord, opened: OpenedEvent) -> bool:
    """Whether a door of this network sealed this event, and no key opens it: its case was erased, or its key is lost."""
    return isinstance(opened.event, Locked) and sealing.was_sealed_here(record.value or b"")
