"""Erasure: each `CaseErased` that the ledger records destroys the case's keys; and a key store catches up with the ledger before it serves.

`CaseErased` is sealed under the network's key, so it can be read for ever: the ledger is the list of destroyed keys. A store restored from a backup holds
keys that were destroyed since, and lacks references that were registered since. So whoever opens a store first reads the ledger, from the last entry up to
which destruction had been applied to its end:

- each recorded `CaseErased`, and each `CaseExpired` (by the clock), destroys, again, what it names, and what its entry's `AliasErased` name;
- each `ExplanationsExpired` (by the clock) destroys, again, the keys of that month's explanations and of earlier ones, but those of cases that it keeps;
- any other event that was read when it was decided, and each outcome of any entry, whose reference is unknown gets it back: every living key is tried
  (outcomes: derived from). An event that was not read stays so, for what follows was decided without it;
- an event that still waits to be decided (it stands in no entry) whose reference is unknown gets it back as well, or is remembered as an erased case's, by
  the keys that this very pass destroys: without that it would be taken for one whose key is lost;
- a recorded event that no key opens means that its key was made after the backup: KeysLost. A later copy must be restored, or the loss accepted by a person.

Afterwards one process follows the ledger (`follow`), so that the next start has little to read.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiokafka.errors import KafkaError

from events.acceptance import Position
from events.codec import Sealed, WireFact, join, name_of
from events.entry import Decided, Locked, Unread
from events.errors import SealBroken, Undecodable
from events.fact import SealedUnder
from events.facts import FACT_TYPES, Fact
from events.person import AliasErased, CaseErased, CaseExpired, ExplanationsExpired
from events.seal import NETWORK_REF, outcome_ref
from events.subjects import NETWORK, case_subject
from events.topics import MAX_EVENT_BYTES, TopicNames
from events.verdict import Recorded, Refused, Unreadable
from events.vocabulary import RefusalCode
from reading.errors import TopicMissing
from reading.kafka_log import KafkaLog
from reading.key_errors import KeysLost, LostEntry
from reading.keys import Gone, Key, KeyStore, subjects_of_case
from reading.keys_postgres import PostgresKeyStore
from reading.ledger_reader import AcceptedRecord, LedgerReader
from reading.master_key import MasterKey
from reading.opening import decoded_event, decoded_outcome, event_opens_under, made_here, opened_wire_outcome, private_of_event
from reading.partition_log import OutOfRange
from reading.sealing import key_told
from reading.vault import Vault

log = logging.getLogger(__name__)

_TOLD = frozenset({AliasErased.__name__, CaseExpired.__name__, ExplanationsExpired.__name__})
"""Outcomes by which keys go."""
WAITING_AT_ONCE = 256
READ_WAIT_MS = 2000
REMEMBERED_EVERY = 500
"""Entries after which the store is told how far it has come, though nothing was erased."""


@dataclass(frozen=True, slots=True)
class BroughtUp:
    """What bringing a store up to the ledger did."""

    entries: int
    erased: int
    references_found: int
    """References that the store had lost and has again."""
    lost: tuple[int, ...]
    """Sequences of recorded events that no key opens, ascending; empty unless the loss was accepted."""


@dataclass(frozen=True, slots=True)
class _Sealed:
    """What stands sealed in an entry."""

    sequence: int
    event_offset: int
    wire: WireFact | None
    """The event, where it was read by whoever decided it; None: it was not, and nobody is to read it later."""
    recorded: bool
    """Whether the event took effect."""
    outcomes: tuple[WireFact, ...]


Waiting = Callable[[int], AsyncIterator[Sequence[bytes]]]
"""Event records from an event offset on, to the end that there is by then, in batches."""


async def nothing_waits(_offset: int) -> AsyncIterator[Sequence[bytes]]:
    """For a store that has never been restored, or where nothing can wait."""
    return
    yield


async def bring_up_to_ledger(
    store: KeyStore, batches: AsyncIterable[Sequence[AcceptedRecord]], *, waiting: Waiting = nothing_waits, loss_accepted: bool = False
) -> BroughtUp:
    """Apply to `store` what the ledger says, then let it serve. `batches`: accepted entries after `store.destroyed_through()`, to the end. `waiting`: events,
    asked for from the one after the last that these entries decide, where they erase somebody.

    Raises KeysLost, and the store does not serve, where a recorded event cannot be opened with any key; `loss_accepted`: a person has decided to go on
    without them. Harmless to repeat, and beside a store that already serves in another process.
    """
    catching_up = _CatchingUp(store, loss_accepted=loss_accepted)
    entries = 0
    async for batch in batches:
        entries += len(batch)
        await catching_up.apply(batch)
    if catching_up.lost and not loss_accepted:
        raise KeysLost(catching_up.lost)
    await catching_up.explain(waiting)
    store.serve()
    return BroughtUp(entries, catching_up.erased, catching_up.references_found, tuple(each.sequence for each in catching_up.lost))


async def open_keystore(
    url: str, master: MasterKey, bootstrap: str, names: TopicNames, network: str, partition: int, *, loss_accepted: bool = False
) -> PostgresKeyStore:
    """The key store on PostgreSQL, brought up to the ledger, serving. Waits for both. Raises MasterKeyWrong, KeysLost, and what reading a ledger raises."""
    store = await PostgresKeyStore.open(url, network, master)
    try:
        async with LedgerReader(bootstrap, names, network, partition, await store.destroyed_through()) as reader:
            await bring_up_to_ledger(store, reader.read_to_end(), waiting=events_on_kafka(bootstrap, names, partition), loss_accepted=loss_accepted)
    except BaseException:
        await store.close()
        raise
    return store


def events_on_kafka(bootstrap: str, names: TopicNames, partition: int) -> Waiting:
    """A network's events. What is missing there is for its worker to find; who may not read them learns nothing, and stops later where it need not."""

    async def read(offset: int) -> AsyncIterator[Sequence[bytes]]:
        events = KafkaLog(bootstrap, names.events, partition, MAX_EVENT_BYTES * WAITING_AT_ONCE)
        try:
            end = (await events.bounds()).end
            while offset < end and (records := await events.read(offset, WAITING_AT_ONCE, READ_WAIT_MS)):
                yield [record.value or b"" for record in records]
                offset = records[-1].offset + 1
        except (OutOfRange, TopicMissing, KafkaError) as why:
            log.warning("waiting_events_not_read", extra={"topic": names.events, "why": type(why).__name__})
        finally:
            await events.close()

    return read


async def follow(store: KeyStore, vault: Vault | None, batches: AsyncIterable[Sequence[AcceptedRecord]]) -> None:
    """Destroy the keys of each case as its erasure is accepted, for as long as `batches` come (`LedgerReader.follow`, empty ones when idle).

    `vault`: this process's own, which forgets the case too. One process a network is enough; more do no harm.
    """
    network = _NetworkKey(store)
    remembered = await store.destroyed_through()
    last: Position | None = None
    async for batch in batches:
        last = batch[-1].position if batch else last
        gone = await network.gone_with(batch)
        if vault is not None:
            vault.forget(gone)
        behind = last.sequence - (remembered.sequence if remembered else -1) if last else 0
        if gone or behind >= REMEMBERED_EVERY or (behind > 0 and not batch):
            await _destroy(gone, store, last)
            remembered = last


class _NetworkKey:
    """The network's own key, and what only it is needed for."""

    def __init__(self, store: KeyStore) -> None:
        self._store = store
        self._keys: dict[bytes, Key] = {}

    async def gone_with(self, batch: Iterable[AcceptedRecord]) -> Gone:
        """What these entries destroy; with each case, those that had been found the same."""
        cases: list[str] = []
        explanations: list[ExplanationsExpired] = []
        for record in batch:
            if isinstance(record.body, Decided):
                reported = await self._reported(record.body)
                told = [await self._told(record, index) for index in range(len(record.body.outcomes))]
                cases += [fact.case_id for fact in (reported, *told) if isinstance(fact, CaseErased | AliasErased | CaseExpired)]
                explanations += [fact for fact in told if isinstance(fact, ExplanationsExpired)]
        return Gone(tuple(cases), tuple(explanations))

    async def keys(self) -> Mapping[bytes, Key]:
        """The key by its reference; empty where the network has none (any more)."""
        if not self._keys and (key := (await self._store.keys([NETWORK], create=False)).get(NETWORK)):
            self._keys[NETWORK_REF] = key
        return self._keys

    async def _reported(self, body: Decided) -> Fact | Locked | None:
        if name_of(body.event) != CaseErased.__name__ or all(name_of(each) != Recorded.__name__ for each in body.outcomes):
            return None
        wire = decoded_event(body.event)
        return None if isinstance(wire, Unread) else await self._opened(wire)

    async def _told(self, record: AcceptedRecord, index: int) -> Fact | Locked | None:
        value = record.body.outcomes[index] if isinstance(record.body, Decided) else b""
        if name_of(value) not in _TOLD:
            return None
        try:
            return opened_wire_outcome(self._store.network, record.envelope.event_offset, index, decoded_outcome(value), await self.keys())
        except (SealBroken, Undecodable):
            return None

    async def _opened(self, wire: WireFact) -> Fact | Locked | None:
        try:
            return join(wire, private_of_event(self._store.network, wire, await self.keys()))
        except (SealBroken, Undecodable):
            return None


class _CatchingUp:
    """One pass over the entries that a store has not seen."""

    def __init__(self, store: KeyStore, *, loss_accepted: bool) -> None:
        self.erased = 0
        self.references_found = 0
        self.lost: list[LostEntry] = []
        self._store = store
        self._loss_accepted = loss_accepted
        self._network = _NetworkKey(store)
        self._living: list[Key] | None = None
        self._destroyed: list[Key] = []
        """Keys that this pass destroyed."""
        self._last: Position | None = None

    async def apply(self, batch: Sequence[AcceptedRecord]) -> None:
        """The next entries, in order: first give back references, then destroy."""
        if not batch:
            return
        entries = list(_sealed_in(batch))
        await self._give_back(entries)
        gone = await self._network.gone_with(batch)
        self.erased += len(gone.cases)
        self._last = batch[-1].position
        if gone.cases:
            self._destroyed += (await self._store.keys([case_subject(case_id) for case_id in gone.cases], create=False)).values()
        await _destroy(gone, self._store, self._last if self._loss_accepted or not self.lost else None)

    async def explain(self, waiting: Waiting) -> None:
        """Remember of events that wait, and whose references the store has lost, that their keys are destroyed, where this pass destroyed them. The others are
        the worker's, who tries the living keys."""
        secret = next((key.secret for key in (await self._network.keys()).values()), None)
        if not self._destroyed or self._last is None or secret is None:
            return
        async for values in waiting(self._last.event_offset + 1):
            wires = [wire for wire in map(decoded_event, values) if isinstance(wire, WireFact)]
            copies = [(wire, copy) for wire in wires for copy in made_here(wire, secret)]
            known = {
                *await self._store.resolve([copy.ref for _, copy in copies]),
                *await self._store.were_destroyed([copy.ref for _, copy in copies]),
            }
            refs = {
                copy.ref
                for wire, copy in copies
                if copy.ref not in known and any(event_opens_under(self._store.network, wire, copy, key) for key in self._destroyed)
            }
            if refs:
                await self._store.destroy([], through=None, refs=refs)

    async def _give_back(self, entries: Sequence[_Sealed]) -> None:
        wires = [wire for entry in entries for wire in (entry.wire, *entry.outcomes) if wire is not None]
        wanted = [copy.ref for wire in wires for copy in wire.sealed if copy.ref != NETWORK_REF]
        known = dict(await self._store.resolve(wanted))
        found: dict[bytes, Key] = {}
        unopened = []
        for entry in entries:
            found |= await self._lost_references(entry, known)
            if entry.wire is not None and entry.recorded and not await self._can_be_opened(entry.wire, known | found):
                unopened.append(LostEntry(entry.sequence, entry.wire.name, str(entry.wire.clear["event_id"])))
        await self._store.register({ref: (key.subject, key.version) for ref, key in found.items()})
        self.references_found += len(found)
        self.lost += await self._still_unexplained(unopened)

    async def _lost_references(self, entry: _Sealed, known: Mapping[bytes, Key]) -> dict[bytes, Key]:
        found: dict[bytes, Key] = {}
        by_event: list[Key] = []
        if entry.wire is not None:
            for copy in entry.wire.sealed:
                if copy.ref != NETWORK_REF and copy.ref not in known and (key := await self._key_that_opens(entry.wire, copy)):
                    found[copy.ref] = key
            by_event = [key for copy in entry.wire.sealed if (key := known.get(copy.ref) or found.get(copy.ref))]
        for index, wire in enumerate(entry.outcomes):
            for copy in wire.sealed:
                if copy.ref != NETWORK_REF and copy.ref not in known and key_told(copy.ref, entry.event_offset, index, by_event) is None:
                    for key in await self._living_keys():
                        if outcome_ref(key.secret, entry.event_offset, index) == copy.ref:
                            found[copy.ref] = key
        return found

    async def _can_be_opened(self, wire: WireFact, keys: Mapping[bytes, Key]) -> bool:
        match FACT_TYPES[wire.name].sealed_under:
            case SealedUnder.NETWORK:
                keys = await self._network.keys()
            case SealedUnder.CASE_OR_NETWORK:
                keys = {**keys, **await self._network.keys()}
            case _:
                pass
        try:
            return private_of_event(self._store.network, wire, keys) is not None
        except SealBroken:
            return False

    async def _key_that_opens(self, wire: WireFact, copy: Sealed) -> Key | None:
        return next((key for key in await self._living_keys() if event_opens_under(self._store.network, wire, copy, key)), None)

    async def _living_keys(self) -> list[Key]:
        """As they were when first asked for: one destroyed since then is not registered again, and opens nothing later."""
        if self._living is None:
            self._living = list(await self._store.living_keys())
        return self._living

    async def _still_unexplained(self, unopened: list[LostEntry]) -> list[LostEntry]:
        """Those that no other process has meanwhile explained by destroying their keys."""
        if not unopened:
            return []
        through = await self._store.destroyed_through()
        return [each for each in unopened if through is None or each.sequence > through.sequence]


async def _destroy(gone: Gone, store: KeyStore, through: Position | None) -> None:
    """Destroy what goes, and remember how far that was. Twice: a worker that is behind may make a key for explanations while all keys are looked at; once its
    case's is gone nobody does."""
    if gone.cases:
        await store.destroy(await _subjects_of(gone, store), through=None)
    await store.destroy(await _subjects_of(gone, store), through=through)


async def _subjects_of(gone: Gone, store: KeyStore) -> list[str]:
    """Every subject whose key goes. Which months a case was explained in only the living keys tell: all of them are looked at, once for a batch."""
    if not gone:
        return []
    living = [key.subject for key in await store.living_keys() if gone.has(key.subject)]
    return [*dict.fromkeys([*(subject for case_id in gone.cases for subject in subjects_of_case(case_id)), *living])]


def _sealed_in(batch: Iterable[AcceptedRecord]) -> Iterable[_Sealed]:
    """What stands sealed in each entry. What the clock did stands in entries of events that changed nothing, too."""
    for record in batch:
        if not isinstance(record.body, Decided):
            continue
        envelope, event = record.envelope, decoded_event(record.body.event)
        outcomes = tuple(decoded_outcome(each) for each in record.body.outcomes)
        recorded = any(wire.name == Recorded.__name__ for wire in outcomes)
        unread = any(_says_unread(wire) for wire in outcomes)
        yield _Sealed(envelope.sequence, envelope.event_offset, event if isinstance(event, WireFact) and not unread else None, recorded, outcomes)


def _says_unread(outcome: WireFact) -> bool:
    """Whether an entry with this outcome was decided without reading its event: it could not be, or no key was there for it."""
    return outcome.name == Unreadable.__name__ or (outcome.name == Refused.__name__ and outcome.clear["code"] == RefusalCode.CASE_ERASED)
