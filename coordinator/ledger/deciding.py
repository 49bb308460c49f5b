"""From events to entries: open, decide, seal, chain. Nothing is sent here."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
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

BREATH_EVERY = 16
"""Decisions after which other tasks of the process get a turn."""


class EntryTooLarge(Exception):
    """The core let outcomes grow beyond what a ledger record may hold; it must refuse such an event (`too_large`) instead."""


class Deciding(Generic[S]):
    """Decides events one after the other, each from the state that the one before left."""

    def __init__(self, network: str, core: Core[S], sealing: Sealing, hasher: StateHasher[S], keys_lost_through: int = -1) -> None:
        self._network = network
        self._keys_lost_through = keys_lost_through
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
        """Entries for these events, or for the first of them, chained from `head`; empty as soon as `outdated()` says that the ledger went another way.

        `whole`: the sealed half of the state can be hashed. Raises KeyDestroyed where the head is behind an erasure; EventKeyMissing where the key of the first
        is lost, and ends before such an event where it is another.
        """
        opened = await self._sealing.open_events([record.value or b"" for record in records])
        readable = await self._readable(head, records, opened)
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

    async def _readable(self, head: Head[S], records: Sequence[LogRecord], opened: Sequence[OpenedEvent]) -> int:
        """How many of these events may be decided: those that were opened, and of these all before the first whose key is lost. Such an event is not an erased
        case's: the key store is older than it. One whose loss a person has accepted is decided as an erased case's; so is one that changes nothing whatever
        it holds, or whoever may send events could stop a network with an old one. Raises EventKeyMissing where it is the first of all."""
        doubtful = [
            index
            for index, (record, each) in enumerate(zip(records, opened, strict=False))
            if isinstance(each.event, Locked) and record.offset > self._keys_lost_through and not self._is_old(head, record, each.event)
        ]
        lost = await self._sealing.keys_lost([records[index].value or b"" for index in doubtful]) if doubtful else []
        readable = next((index for index, is_lost in zip(doubtful, lost, strict=True) if is_lost), len(opened))
        if not readable:
            raise EventKeyMissing(self._network, records[0].offset)
        return readable

    def _is_old(self, head: Head[S], record: LogRecord, event: Locked) -> bool:
        return self._core.cannot_be_new(head.state, str(event.clear.get("event_id", "")), max(record.timestamp_ms, head.event_time_ms))

    async def _hashes(self, state: S, *, beside: bool = False) -> tuple[bytes, bytes | None]:
        """Of this very state: it is never changed, so what was made of it before its event came is what would be made of it now."""
        async with self._hashing:
            if self._hashed is None or self._hashed[0] is not state:
                self._hashed = state, await self._hasher.hashes(state, beside=beside)
            return self._hashed[1]
