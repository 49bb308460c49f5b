"""The settled state: the fold of the accepted entries, checked against the hashes that they carry."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic

from coordinator.ledger.core import Core, S, Sealing
from coordinator.ledger.state_hash import StateHasher
from events.acceptance import Position
from events.entry import Body, Decided, Genesis, Locked, NoEvent, OpenedDecision, OpenedEntry, SourceChanged
from events.verdict import Recorded
from reading.errors import StateDiverged
from reading.ledger_chain import AcceptedRecord


@dataclass(frozen=True, slots=True)
class Settled(Generic[S]):
    """What is true: the state after the last accepted entry that was read."""

    state: S
    position: Position
    event_hash: bytes | None
    """SHA-256 of the event at `position.event_offset`; None where no event stands there."""
    events_topic_id: str
    """The events topic that the ledger names now."""
    whole: bool
    """Whether the sealed half is what somebody with every key would have: nothing was locked, or the erasure of what was locked has been folded.
    Only then can it be held against its hash."""

    def moved_to(self, position: Position) -> Settled[S]:
        """The same, its entry standing at another ledger offset (a heal puts entries where it finds room)."""
        return replace(self, position=position)


def unfounded(state: S, network: str) -> Settled[S]:
    """Before the genesis. Its position is never used to decide from."""
    return Settled(state, Position(network, "", -1, -1, bytes(32), -2, 0), None, "", True)


def event_hash_of(body: Body) -> bytes | None:
    """SHA-256 of the event that a body decides; None for an operator's body."""
    return hashlib.sha256(body.event).digest() if isinstance(body, Decided) else None


def events_topic_after(topic_id: str, body: Body) -> str:
    """The events topic that the ledger names after this body."""
    match body:
        case Genesis(events_topic_id=named) | SourceChanged(events_topic_id=named):
            return named
        case Decided() | NoEvent():
            return topic_id


class Folding(Generic[S]):
    """Applies accepted records that this process did not itself decide."""

    def __init__(self, core: Core[S], sealing: Sealing, hasher: StateHasher[S]) -> None:
        self._core = core
        self._sealing = sealing
        self._hasher = hasher

    async def adopt(self, settled: Settled[S], records: Sequence[AcceptedRecord]) -> Settled[S]:
        """The settled state after these records. Waits for the key store. Raises StateDiverged."""
        entries = await self._sealing.open_entries([(record.envelope, record.body) for record in records])
        for record, entry in zip(records, entries, strict=True):
            if isinstance(record.body, Decided) and record.body.clear_state_hash is not None:
                await self._compare(settled, record.position.sequence, record.body)
            settled = Settled(
                self._core.evolve(settled.state, entry),
                record.position,
                event_hash_of(record.body),
                events_topic_after(settled.events_topic_id, record.body),
                settled.whole and not _locked(entry),
            )
        return settled

    async def _compare(self, settled: Settled[S], sequence: int, body: Decided) -> None:
        clear, sealed = await self._hasher.hashes(settled.state)
        if clear != body.clear_state_hash:
            raise StateDiverged(settled.position.network, sequence, "clear")
        if settled.whole and sealed is not None and body.sealed_state_hash is not None and sealed != body.sealed_state_hash:
            raise StateDiverged(settled.position.network, sequence, "sealed")


def _locked(entry: OpenedEntry) -> bool:
    """Whether something that the state took up could not be opened. A locked event that was refused is nothing to the state."""
    if not isinstance(entry, OpenedDecision):
        return False
    took_effect = any(isinstance(outcome, Recorded) for outcome in entry.outcomes)
    return (took_effect and isinstance(entry.opened.event, Locked)) or any(isinstance(outcome, Locked) for outcome in entry.outcomes)
