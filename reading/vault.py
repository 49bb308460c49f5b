"""The vault: everything that is sealed is sealed here, and opened here. In batches, with one round trip to the key store a batch or none.

What is sealed has its references registered before it is returned, or is sealed under a key by which the entry's own event opens, whose reference was
registered before the event was sent; so whoever reads it later finds its key, or finds that the key was destroyed (docs/adr/0056-keys-that-the-event-tells.md).
A key store that cannot be reached makes every method wait.
"""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from events.codec import Sealed, TypedFact, WireFact
from events.entry import Body, Decided, Genesis, Locked, NoEvent, OpenedControl, OpenedDecision, OpenedEntry, OpenedEvent, SourceChanged, Unread
from events.envelope import Envelope
from events.errors import SealBroken
from events.facts import Event, Fact, Outcome
from events.person import AliasErased, CaseErased, CaseExpired, ExplanationsExpired
from events.quick import quick
from events.seal import NETWORK_REF, associated_data, blind_tag, seal, unseal
from events.subjects import NETWORK, case_of, case_subject, explained_by
from events.verdict import Recorded, Refused
from events.vocabulary import RefusalCode
from reading.key_errors import KeyDestroyed
from reading.keyring import Keyring
from reading.keys import Gone, Key, KeyStore, new_key
from reading.opening import (
    Wanted,
    decoded_event,
    event_opens_under,
    made_here,
    opened_event,
    opened_outcome,
    opened_recorded,
    typed_event,
    typed_outcome,
)
from reading.recent import Recent
from reading.sealing import SealedFact, key_told, seal_event, seal_outcome, subjects_to_seal

_VERSION = struct.Struct(">I")
_NOTHING: Mapping[str, Key] = {}
_NO_REFS: Mapping[bytes, Key] = {}
_ERASING: frozenset[type] = frozenset({CaseErased, AliasErased, CaseExpired, ExplanationsExpired})
SEARCHED_FOR_S = 5.0
"""How long keys are tried on copies of events before somebody gets an answer, unless one event alone takes longer."""
_IN_VAIN_KEPT = 10_000
_COPIES_KEPT = 512
"""Events opened of which it is remembered by which references their copies are opened: what is decided is decided at once."""


@quick
@dataclass(frozen=True, slots=True)
class Row:
    """Private bytes of a state or a view, and where they stand. The same row always seals to the same bytes."""

    subject: str
    """Whose key seals it: `network` or `case:<uuid>`."""
    field: str
    """`state` or `view:<name>`."""
    place: str
    """The row's own key within the field; a row moved to another does not open."""
    content: bytes
    """Plain for `seal_records`, sealed for `open_records`."""


class Vault:
    """Seals and opens for one network. For one event loop; any number of tasks."""

    def __init__(self, network: str, store: KeyStore) -> None:
        if store.network != network:
            raise ValueError("the key store is another network's")
        self.network = network
        self._ring = Keyring(store)
        self._copies: Recent[bytes, tuple[bytes, ...]] = Recent(_COPIES_KEPT)
        """References of the sealed copies of events opened lately, by the record's value."""
        self._in_vain: Recent[bytes, bool] = Recent(_IN_VAIN_KEPT)
        """References of copies that no living key opened: no key made later does, and what names one of them again is a repetition or garbage."""

    async def ready(self) -> None:
        """Load the network's own key (created where there is none yet); `tag` needs it. Every other method does this itself."""
        await self._ring.network()

    def tag(self, label: str, text: str) -> bytes:
        """Keyed tag (16 bytes) to find rows about `text` by, without showing it; tags of different labels cannot be compared."""
        return blind_tag(self._ring.network_key.secret, label, text)

    def forget(self, gone: Gone) -> None:
        """Keep no key in this process of what was erased or expired. `open_entries` does so itself when it meets that."""
        self._ring.forget(gone)

    async def seal_events(self, events: Sequence[Event]) -> list[bytes]:
        """Record values of reported events, in order. A case's key is created where there is none yet.

        Raises KeyDestroyed, with the indexes of the events whose case was erased; then nothing of the batch may be sent.
        """
        subjects = [subjects_to_seal(event) for event in events]
        keys = await self._keys_of(subjects, create=True)
        secret = (await self._ring.network()).secret
        return await self._registered([seal_event(self.network, event, keys, secret) for event in events], subjects)

    async def open_events(self, values: Sequence[bytes]) -> list[OpenedEvent]:
        """Event records opened, in order: all of them, or as many from the first on as keys could be searched for within some seconds. Never raises for
        what a record holds.

        A reference that was made here, that the store does not know and that went with no key was lost with a restore: every living key is tried, and one that
        opens the copy has its reference back before the event is given.
        """
        wires = [decoded_event(value) for value in values]
        keys = await self._ring.by_ref(_refs_of(wires))
        secret = (await self._ring.network()).secret
        if lost := [
            (at, wire, copy)
            for at, wire in enumerate(wires)
            if isinstance(wire, WireFact)
            for copy in made_here(wire, secret)
            if copy.ref not in keys
        ]:
            found, searched = await self._found_again(lost)
            keys, values, wires = {**keys, **found}, values[:searched], wires[:searched]
        opened = [opened_event(self.network, value, wire, keys, secret) for value, wire in zip(values, wires, strict=True)]
        for value, wire, each in zip(values, wires, opened, strict=True):
            if not isinstance(each.event, Unread) and (copies := _refs_of([wire])):
                self._copies.put(value, tuple(copies))
        return opened

    async def keys_lost(self, values: Sequence[bytes]) -> list[bool]:
        """Of each of these event records, which came back locked: whether its key is lost, not destroyed. A door of this network sealed it, by a mark in its
        references, so they were registered before it was sent; and none of them went with its key. False for what bears no mark: a reporter made it up, or
        an early build sealed it."""
        secret = (await self._ring.network()).secret
        wires = [decoded_event(value) for value in values]
        refs = [[copy.ref for copy in made_here(wire, secret)] if isinstance(wire, WireFact) else [] for wire in wires]
        destroyed = await self._ring.were_destroyed([ref for each in refs for ref in each])
        return [bool(each) and destroyed.isdisjoint(each) for each in refs]

    async def _found_again(self, lost: Sequence[tuple[int, WireFact, Sealed]]) -> tuple[Mapping[bytes, Key], int | None]:
        """Keys of copies (of which event, its form, the copy) whose references the store does not know, as far as living ones open them; their references are
        registered again. And the first event that was not searched for: every key is tried in turn, beside the loop, and what the next copy would take may be
        too long for whoever waits. None: all were."""
        first = {each[2].ref: each for each in reversed(lost)}
        destroyed = await self._ring.were_destroyed(first)
        sought = [each for each in lost if first[each[2].ref] is each and each[2].ref not in destroyed and each[2].ref not in self._in_vain]
        if not sought:
            return _NO_REFS, None
        living = [key for key in await self._ring.living() if key.subject != NETWORK]
        found, searched = await asyncio.to_thread(self._tried, sought, living)
        tried = [each for each in sought if searched is None or each[0] < searched]
        for _, _, copy in tried:
            if copy.ref not in found:
                self._in_vain.put(copy.ref, True)
        gone = await self._ring.register(found)
        return {ref: key for ref, key in found.items() if key.subject not in gone}, searched

    def _tried(self, sought: Sequence[tuple[int, WireFact, Sealed]], living: Sequence[Key]) -> tuple[dict[bytes, Key], int | None]:
        """The key that opens each copy, by its reference; and the first event for which there was no time left."""
        found: dict[bytes, Key] = {}
        began_s, last = time.monotonic(), sought[0][0]
        for at, wire, copy in sought:
            if at != last and time.monotonic() - began_s > SEARCHED_FOR_S:
                return found, at
            key = next((key for key in living if event_opens_under(self.network, wire, copy, key)), None)
            if key is not None:
                found[copy.ref] = key
            last = at
        return found, None

    async def seal_outcomes(self, batch: Sequence[tuple[int, tuple[Outcome, ...]]], reported: Sequence[bytes] = ()) -> list[tuple[bytes, ...]]:
        """Datums of the outcomes of each (event offset, outcomes), in order. The same batch gives the same bytes.

        `reported`: the event record of each, in order, or nothing. Where this vault opened it, an outcome under a key that opened it needs no reference in the
        store: whoever opens the entry later finds the key by the event's (`key_told`). All others are registered.

        The key of a month's explanations is created where there is none yet and the case has its own; a case's exists since its first event, and one that
        is gone is not replaced.

        Raises KeyDestroyed, with the indexes of entries that concern an erased case: whoever decided them is behind the ledger.
        """
        subjects = [tuple(subject for outcome in outcomes for subject in subjects_to_seal(outcome)) for _, outcomes in batch]
        told = [self._keys_told_by(value) for value in reported] if reported else [frozenset[str]()] * len(batch)
        explained = {subject: case_subject(case_of(subject) or "") for each in subjects for subject in each if explained_by(subject)}
        new = await self._new_keys(explained)
        while True:
            keys = await self._keys_of(subjects, create=False, new=new)
            sealed = [[seal_outcome(self.network, offset, index, each, keys) for index, each in enumerate(outcomes)] for offset, outcomes in batch]
            refs = {
                ref: key
                for entry, subjects_told in zip(sealed, told, strict=True)
                for fact in entry
                for ref, key in fact.refs.items()
                if key.subject not in subjects_told
            }
            known = await self._ring.register(refs, list(new.values()))
            if known.isdisjoint(new):
                break
            new = {subject: key for subject, key in new.items() if subject not in known and subject not in self._ring}
        if known:
            raise KeyDestroyed(
                [index for index, entry in enumerate(sealed) if any(key.subject in known for fact in entry for key in fact.refs.values())]
            )
        return [tuple(each.value for each in entry) for entry in sealed]

    def _keys_told_by(self, value: bytes) -> frozenset[str]:
        """Subjects of the keys at hand by which the copies of an event are opened: their references stood in the store by then. Of one that was not read, only
        where every reader can decode it: `typed_event` is the strictest."""
        copies = self._copies.get(value) or _refs_of([typed_event(value)])
        return frozenset(key.subject for ref in copies if (key := self._ring.at_hand(ref)))

    async def _new_keys(self, explained: Mapping[str, str]) -> dict[str, Key]:
        """Keys for explanations (subject -> its case's) of living cases that have none at hand. They are stored together with the references that the
        sealing of this batch makes, in one round trip and one flush; one that turns out to be there already is then asked for, and sealed under anew."""
        missing = [subject for subject in explained if subject not in self._ring]
        living = await self._ring.by_subject([explained[subject] for subject in missing], create=False)
        return {subject: new_key(subject) for subject in missing if explained[subject] in living}

    async def open_entries(
        self, pairs: Sequence[tuple[Envelope, Body]], *, leave_sealed: Container[str] = (), hashed: bool = True
    ) -> list[OpenedEntry]:
        """Accepted entries opened as far as there are keys, in order.

        `leave_sealed`: names of outcomes that are not wanted; they come as if their key were gone. Without `hashed`, content hashes are left empty.

        Raises SealBroken where an accepted part does not open under the key that it names (or an event once accepted can no longer be read: the key
        store is another's), BodyUnreadable where an outcome cannot be decoded.
        """
        decoded = decoded_event if hashed else typed_event
        events = [decoded(body.event) if isinstance(body, Decided) else None for _, body in pairs]
        outcomes = [[_unless(leave_sealed, typed_outcome(each)) for each in body.outcomes] if isinstance(body, Decided) else () for _, body in pairs]
        copies = [_refs_of([event]) if event is not None else [] for event in events]
        places = [
            (copy.ref, number, index)
            for number, entry in enumerate(outcomes)
            for index, each in enumerate(entry)
            if isinstance(each, TypedFact)
            for copy in each.sealed
        ]
        at_hand = [[key for ref in refs if (key := self._ring.at_hand(ref))] for refs in copies]
        told = _told(pairs, at_hand, places)
        keys = await self._ring.by_ref([*chain.from_iterable(copies), *(ref for ref, _, _ in places if ref not in told)])
        by_event = [[keys[ref] for ref in refs if ref in keys and ref != NETWORK_REF] for refs in copies]
        told |= _told(pairs, by_event, (place for place in places if place[0] not in keys and place[0] not in told))
        of_outcomes = {**keys, **told} if told else keys
        secret = (await self._ring.network()).secret
        entries = [
            self._entry(envelope, body, event, typed, keys, of_outcomes, secret)
            for (envelope, body), event, typed in zip(pairs, events, outcomes, strict=True)
        ]
        if gone := gone_with(entries):
            self.forget(gone)
        return entries

    async def open_wanted(self, pairs: Sequence[tuple[Envelope, Body]], wanted: Wanted) -> list[OpenedEntry | None]:
        """As `open_entries`, no further than the reader wants them: what it does not want is neither opened nor decoded, and needs no key store. None for
        an entry that holds nothing wanted.

        Content hashes are left empty. Raises SealBroken and BodyUnreadable as there, for what is wanted.
        """
        decoded = [wanted.decoded(body) if type(body) is Decided and wanted.touches(body) else None for _, body in pairs]
        copies: list[list[bytes]] = []
        places: list[tuple[bytes, int, int]] = []
        for number, each in enumerate(decoded):
            refs: list[bytes] = []
            if each is not None:
                event, outcomes = each
                before = len(places)
                for index, outcome in enumerate(outcomes):
                    if type(outcome) is TypedFact:
                        places += [(copy.ref, number, index) for copy in outcome.sealed]
                if type(event) is TypedFact:
                    refs = [copy.ref for copy in event.sealed]
                elif len(places) > before:  # the event is not wanted, and yet may tell the key of an outcome that is
                    body = pairs[number][1]
                    refs = _refs_of([typed_event(body.event)]) if type(body) is Decided else refs
            copies.append(refs)
        keys = of_outcomes = _NO_REFS
        if places or any(copies):
            keys = of_outcomes = await self._ring.by_ref([*chain.from_iterable(copies), *(ref for ref, _, _ in places)])
            by_event = [[keys[ref] for ref in refs if ref in keys and ref != NETWORK_REF] for refs in copies]
            if told := _told(pairs, by_event, (place for place in places if place[0] not in keys)):
                of_outcomes = {**keys, **told}
        entries: list[OpenedEntry | None] = []
        erasing: list[OpenedEntry] = []
        for (envelope, body), each in zip(pairs, decoded, strict=True):
            if each is not None and type(body) is Decided:
                entry = self._wanted_entry(envelope, body, *each, keys, of_outcomes)
                entries.append(entry)
                if type(entry.opened.event) in _ERASING or not _ERASING.isdisjoint(map(type, entry.outcomes)):
                    erasing.append(entry)
            elif isinstance(body, Decided):
                entries.append(None)
            else:
                entries.append(_control(envelope, body))
        if erasing and (gone := gone_with(erasing)):
            self.forget(gone)
        return entries

    async def seal_records(self, rows: Sequence[Row]) -> list[bytes]:
        """Sealed content of each row, in order; the key's version stands before it. Raises KeyDestroyed (indexes) where a case was erased."""
        keys = await self._ring.by_subject({row.subject for row in rows}, create=False)
        without = [index for index, row in enumerate(rows) if row.subject not in keys]
        if without:
            raise KeyDestroyed(without)
        return [
            _VERSION.pack(key.version) + seal(key.cipher, self._bound_to(row, key), row.content)
            for row, key in ((row, keys[row.subject]) for row in rows)
        ]

    async def open_records(self, rows: Sequence[Row]) -> list[bytes | None]:
        """Plain content of each row, in order; None where its key is gone. Raises SealBroken for a row that was changed or moved."""
        keys = await self._ring.by_subject([row.subject for row in rows], create=False)
        return [self._content(row, keys.get(row.subject)) for row in rows]

    async def seal_record(self, subject: str, field: str, place: str, plain: bytes) -> bytes:
        """One row; see `seal_records`."""
        (sealed,) = await self.seal_records([Row(subject, field, place, plain)])
        return sealed

    async def open_record(self, subject: str, field: str, place: str, sealed: bytes) -> bytes | None:
        """One row; see `open_records`."""
        (plain,) = await self.open_records([Row(subject, field, place, sealed)])
        return plain

    async def _keys_of(self, subjects: Sequence[tuple[str, ...]], *, create: bool, new: Mapping[str, Key] = _NOTHING) -> Mapping[str, Key]:
        """The keys of every item's subjects, those in `new` among them. Raises KeyDestroyed with the indexes of items that lack one."""
        keys = {**await self._ring.by_subject((subject for each in subjects for subject in each if subject not in new), create=create), **new}
        without = [index for index, each in enumerate(subjects) if any(subject not in keys for subject in each)]
        if without:
            raise KeyDestroyed(without)
        return keys

    async def _registered(self, facts: Sequence[SealedFact], subjects: Sequence[tuple[str, ...]]) -> list[bytes]:
        """The facts' values, once every reference is registered."""
        gone = await self._ring.register({ref: key for fact in facts for ref, key in fact.refs.items()})
        if gone:
            raise KeyDestroyed([index for index, each in enumerate(subjects) if gone.intersection(each)])
        return [fact.value for fact in facts]

    def _entry(
        self,
        envelope: Envelope,
        body: Body,
        event: WireFact | TypedFact | Unread | None,
        typed: Sequence[Outcome | TypedFact | Locked],
        keys: Mapping[bytes, Key],
        of_outcomes: Mapping[bytes, Key],
        secret: bytes,
    ) -> OpenedEntry:
        """`keys`: those that the store has. `of_outcomes`: with those that events tell, which open no event: to whoever decided it, the store alone told."""
        if not isinstance(body, Decided) or event is None:
            if isinstance(body, Decided):
                raise TypeError("a decided entry without its event")
            return _control(envelope, body)
        of_event = _NO_REFS if refused_unread(typed) else keys
        return self._decision(envelope, opened_event(self.network, body.event, event, of_event, secret), typed, of_outcomes)

    def _wanted_entry(
        self,
        envelope: Envelope,
        body: Decided,
        event: Fact | TypedFact | Locked | Unread,
        typed: Sequence[Fact | TypedFact | Locked],
        keys: Mapping[bytes, Key],
        of_outcomes: Mapping[bytes, Key],
    ) -> OpenedDecision:
        network, offset = self.network, envelope.event_offset
        reported: Any = event if type(event) is not TypedFact else opened_recorded(network, event, keys)
        outcomes: Any = typed
        for index, each in enumerate(typed):
            if type(each) is TypedFact:
                if outcomes is typed:
                    outcomes = [*typed]
                outcomes[index] = opened_outcome(network, offset, index, each, of_outcomes)
        if type(event) is Unread:
            self._prove_unread(envelope, outcomes)
        return OpenedDecision(
            network, envelope.sequence, offset, envelope.event_time_ms, OpenedEvent(reported, b"", len(body.event)), tuple(outcomes)
        )

    def _decision(
        self, envelope: Envelope, opened: OpenedEvent, typed: Sequence[Outcome | TypedFact | Locked], of_outcomes: Mapping[bytes, Key]
    ) -> OpenedDecision:
        """An opened event with its outcomes opened. Raises SealBroken, BodyUnreadable."""
        offset = envelope.event_offset
        outcomes = tuple(
            [
                opened_outcome(self.network, offset, index, each, of_outcomes) if isinstance(each, TypedFact) else each
                for index, each in enumerate(typed)
            ]
        )
        if type(opened.event) is Unread:
            self._prove_unread(envelope, outcomes)
        return OpenedDecision(envelope.network, envelope.sequence, offset, envelope.event_time_ms, opened, outcomes)

    def _prove_unread(self, envelope: Envelope, outcomes: Sequence[Outcome | Locked]) -> None:
        """Raises SealBroken for an event that was recorded."""
        if Recorded in map(type, outcomes):
            raise SealBroken(f"the event of entry {envelope.sequence} was read when it was decided and cannot be read with these keys")

    def _bound_to(self, row: Row, key: Key) -> bytes:
        return associated_data(self.network, row.field, key.version, row.place.encode())

    def _content(self, row: Row, key: Key | None) -> bytes | None:
        if key is None:
            return None
        if row.content[: _VERSION.size] != _VERSION.pack(key.version):
            raise SealBroken("names another version than its key's")
        return unseal(key.cipher, self._bound_to(row, key), row.content[_VERSION.size :])


def refused_unread(outcomes: Sequence[Outcome | TypedFact | Locked]) -> bool:
    """Whether an entry refused its event as an erased case's. It stays sealed to whoever reads the entry, whatever keys there are: it was decided as one that
    nobody can read, and the key of one whose loss was accepted may be found again in a later copy."""
    return any(type(each) is Refused and each.code is RefusalCode.CASE_ERASED and not each.field for each in outcomes)


def _control(envelope: Envelope, body: Genesis | NoEvent | SourceChanged) -> OpenedControl:
    return OpenedControl(envelope.network, envelope.sequence, envelope.event_offset, envelope.event_time_ms, body)


def gone_with(entries: Iterable[OpenedEntry]) -> Gone:
    """What these entries erase, as far as their keys still tell."""
    cases: list[str] = []
    explanations: list[ExplanationsExpired] = []
    for entry in entries:
        if not isinstance(entry, OpenedDecision):
            continue
        gone = gone_by(entry.opened.event, entry.outcomes)
        cases += gone.cases
        explanations += gone.explanations
    return Gone(tuple(cases), tuple(explanations))


def gone_by(event: Event | Locked | Unread, outcomes: Sequence[Outcome | Locked]) -> Gone:
    """What one entry erases. The clock's outcomes stand before the verdict, whatever that is; a reported erasure counts where it is recorded."""
    reported = (event.case_id,) if isinstance(event, CaseErased) and any(isinstance(each, Recorded) for each in outcomes) else ()
    told = tuple([each.case_id for each in outcomes if isinstance(each, AliasErased | CaseExpired)])
    return Gone((*reported, *told), tuple([each for each in outcomes if isinstance(each, ExplanationsExpired)]))


def _unless(left: Container[str], outcome: Outcome | TypedFact) -> Outcome | TypedFact | Locked:
    return Locked(outcome.name, outcome.clear) if isinstance(outcome, TypedFact) and outcome.name in left else outcome


def _told(pairs: Sequence[tuple[Envelope, Body]], by_event: Sequence[Sequence[Key]], places: Iterable[tuple[bytes, int, int]]) -> dict[bytes, Key]:
    """Keys by reference of outcomes under a key by which their entry's event opens. `places`: (reference, number of the entry, index of the outcome)."""
    found: dict[bytes, Key] = {}
    for ref, number, index in places:
        if by_event[number] and ref != NETWORK_REF and (key := key_told(ref, pairs[number][0].event_offset, index, by_event[number])):
            found[ref] = key
    return found


def _refs_of(wires: Iterable[WireFact | TypedFact | Unread]) -> list[bytes]:
    return [copy.ref for wire in wires if not isinstance(wire, Unread) for copy in wire.sealed]
