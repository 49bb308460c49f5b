"""Decides a ledger's events again and holds outcomes, bytes and state hashes against what the ledger says.

An entry whose key was destroyed cannot be decided again; nor can one that was decided while a case since erased was still part of the state, where it
differs. Both count as *not re-decidable*. After the last erasure nothing of an erased case is left in the state, so a difference there is a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic

from coordinator.ledger.core import Core, S
from coordinator.ledger.state_hash import StateHasher
from events.codec import encode_body, name_of
from events.entry import Decided, Locked, OpenedDecision
from events.envelope import Envelope, seal_envelope
from events.facts import Outcome
from events.person import CaseErased, CaseExpired
from events.transfer import MatchExplained
from reading.ledger_reader import AcceptedRecord, LedgerReader
from reading.vault import Vault

DIFFERENCES_KEPT = 20


class Found(StrEnum):
    """What deciding an entry again found."""

    IDENTICAL = "identical"
    NOT_REDECIDABLE = "not_redecidable"
    DIFFERS = "differs"
    CONTROL = "control"
    """A genesis or an operator's entry: nothing was decided."""


@dataclass(slots=True)
class Replayed:
    """The sums of a replay."""

    network: str
    entries: int = 0
    identical: int = 0
    not_redecidable: int = 0
    differs: int = 0
    control: int = 0
    state_hashes: int = 0
    """State hashes that were held against this fold and agreed."""
    last_sequence: int = -1
    differences: list[tuple[int, str]] = field(default_factory=list)
    """(sequence, what differs) of the first ones."""

    def count(self, sequence: int, found: Found, what: str = "") -> None:
        """Takes one entry's finding."""
        self.entries += 1
        self.last_sequence = max(self.last_sequence, sequence)
        setattr(self, str(found), getattr(self, str(found)) + 1)
        if found is Found.DIFFERS and len(self.differences) < DIFFERENCES_KEPT:
            self.differences.append((sequence, what))


async def last_erasure(reader: LedgerReader) -> int:
    """Sequence of the last entry with a `CaseErased`, recorded or not, or a `CaseExpired`; -1 where there is none. Closes the reader."""
    last = -1
    async with reader:
        async for batch in reader.read_to_end():
            last = max([last, *(record.envelope.sequence for record in batch if _erases(record))])
    return last


async def replay(
    network: str,
    core: Core[S],
    vault: Vault,
    reader_from_genesis: Callable[[], LedgerReader],
    progress: Callable[[Replayed], None] = lambda _: None,
) -> Replayed:
    """Replays the whole ledger. Registers nothing new: what it seals was sealed before. Raises what readers and vault raise."""
    erased_until = await last_erasure(reader_from_genesis())
    replaying = _Replaying(network, core, vault, erased_until)
    async with reader_from_genesis() as reader:
        async for batch in reader.read_to_end():
            await replaying.take(batch)
            progress(replaying.sums)
    return replaying.sums


class _Replaying(Generic[S]):
    def __init__(self, network: str, core: Core[S], vault: Vault, erased_until: int) -> None:
        self.sums = Replayed(network)
        self._core = core
        self._vault = vault
        self._hasher = StateHasher(core, vault)
        self._erased_until = erased_until
        self._state = core.initial_state(network)
        self._blind = False
        """Something was locked, and the last erasure has not come yet: the state may lack what the decisions knew."""

    async def take(self, batch: Sequence[AcceptedRecord]) -> None:
        """The next entries, in order. What is decided again is sealed together: one round trip to the key store for the whole batch."""
        opened = await self._vault.open_entries([(record.envelope, record.body) for record in batch])
        agreeing: list[_Agreeing] = []
        for record, entry in zip(batch, opened, strict=True):
            if isinstance(entry, OpenedDecision) and isinstance(record.body, Decided):
                found, what = await self._decide(record.body, entry)
                if found is Found.IDENTICAL:
                    agreeing.append(_Agreeing(record, record.body, entry))
                else:
                    self.sums.count(record.envelope.sequence, found, what)
            else:
                self.sums.count(record.envelope.sequence, Found.CONTROL)
            self._state = self._core.evolve(self._state, entry)
        again = [(each.entry.event_offset, _outcomes_of(each.entry)) for each in agreeing]
        sealed = await self._vault.seal_outcomes(again, [each.body.event for each in agreeing])
        for each, outcomes in zip(agreeing, sealed, strict=True):
            same = _value_again(each, outcomes) == each.record.value
            self.sums.count(each.entry.sequence, *((Found.IDENTICAL, "") if same else (Found.DIFFERS, "the sealed bytes")))

    async def _decide(self, body: Decided, entry: OpenedDecision) -> tuple[Found, str]:
        """Identical: the outcomes and the state's hashes are; the sealed bytes are still to be compared."""
        gone = [fact for fact in (entry.opened.event, *entry.outcomes) if isinstance(fact, Locked)]
        blind = self._blind and entry.sequence <= self._erased_until
        if body.clear_state_hash is not None:
            clear, sealed = await self._hasher.hashes(self._state)
            if clear != body.clear_state_hash:
                return Found.DIFFERS, "the hash of the clear half of the state"
            if not blind and body.sealed_state_hash is not None and sealed is not None and sealed != body.sealed_state_hash:
                return Found.DIFFERS, "the hash of the sealed half of the state"
            self.sums.state_hashes += 1
        if gone:
            self._blind |= any(fact.name != MatchExplained.__name__ for fact in gone)
            return Found.NOT_REDECIDABLE, ""
        decided = self._core.decide(self._state, entry.opened, entry.event_time_ms)
        if decided != entry.outcomes:
            return (Found.NOT_REDECIDABLE, "") if blind else (Found.DIFFERS, _first_difference(decided, entry.outcomes))
        return Found.IDENTICAL, ""


@dataclass(frozen=True, slots=True)
class _Agreeing:
    """An entry whose outcomes were decided again alike."""

    record: AcceptedRecord
    body: Decided
    entry: OpenedDecision


def _outcomes_of(entry: OpenedDecision) -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in entry.outcomes if not isinstance(outcome, Locked))


def _value_again(each: _Agreeing, outcomes: tuple[bytes, ...]) -> bytes:
    """The record's value as it would be written now."""
    again = Decided(each.body.event, outcomes, each.body.clear_state_hash, each.body.sealed_state_hash)
    envelope = each.record.envelope
    return seal_envelope(
        Envelope(envelope.network, envelope.sequence, envelope.previous_hash, envelope.event_offset, envelope.event_time_ms, encode_body(again))
    )


def _first_difference(decided: Sequence[object], accepted: Sequence[object]) -> str:
    """Which outcome differs, by kind alone: no field, for it may describe a person."""
    for index, (ours, theirs) in enumerate(zip(decided, accepted, strict=False)):
        if ours != theirs:
            kinds = type(ours).__name__, type(theirs).__name__
            return f"outcome {index}: {kinds[0]} decided, {kinds[1]} accepted" if kinds[0] != kinds[1] else f"outcome {index}: fields of {kinds[0]}"
    return f"{len(decided)} outcomes decided, {len(accepted)} accepted"


def _erases(record: AcceptedRecord) -> bool:
    if not isinstance(record.body, Decided):
        return False
    return name_of(record.body.event) == CaseErased.__name__ or any(name_of(each) == CaseExpired.__name__ for each in record.body.outcomes)
