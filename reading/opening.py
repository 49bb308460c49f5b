"""Record values to facts, as far as there are keys. Keys are given; nothing here waits.

An event comes from outside: whatever is wrong with it makes it `Unread`, never an exception. An outcome stands in an accepted entry, which only a
coordinator with the keys can have written: what does not open there under the key that it names is an alarm (`SealBroken`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from events.codec import (
    EVENT_NAMES,
    OUTCOME_NAMES,
    Sealed,
    TypedFact,
    WireFact,
    decode_event,
    decode_fact,
    decode_typed,
    decode_wanted,
    headers_of,
    join,
    join_typed,
    name_of,
    readers_of,
)
from events.compiled import HEADER_BYTES
from events.entry import Body, Decided, Locked, OpenedEvent, Unread
from events.errors import BodyUnreadable, SealBroken, Undecodable
from events.fact import SealedUnder
from events.facts import EVENT_TYPES, FACT_TYPES, OUTCOME_TYPES, Event, Fact, Outcome
from events.seal import EVENT, NETWORK_REF, OUTCOME, associated_data, content_hash, event_place, is_event_ref, outcome_place, raw_hash, unseal
from events.verdict import Recorded
from reading.keys import Key
from reading.sealing import subjects_to_seal

_MALFORMED = "malformed"
_UNDER_NETWORK = frozenset(name for name, kind in FACT_TYPES.items() if kind.sealed_under is SealedUnder.NETWORK)
_UNDER_EITHER = frozenset(name for name, kind in FACT_TYPES.items() if kind.sealed_under is SealedUnder.CASE_OR_NETWORK)
_NO_FIELDS: Mapping[str, object] = {}
_EVENT_TYPES: frozenset[type] = frozenset(EVENT_TYPES)
_OUTCOME_TYPES: frozenset[type] = frozenset(OUTCOME_TYPES)


def decoded_event(value: bytes) -> WireFact | Unread:
    """The event in a record's value, still sealed; or why it cannot be decoded."""
    try:
        return decode_event(value)
    except Undecodable as problem:
        return Unread(problem.why)


def decoded_outcome(value: bytes) -> WireFact:
    """An accepted entry's outcome, still sealed. Raises BodyUnreadable."""
    try:
        wire = decode_fact(value)
    except Undecodable as problem:
        raise BodyUnreadable(f"An outcome of an accepted entry cannot be decoded: {problem.why}.") from None
    if wire.name in EVENT_NAMES:
        raise BodyUnreadable("An outcome of an accepted entry is an event.")
    return wire


def typed_event(value: bytes) -> TypedFact | Unread:
    """As `decoded_event`, for whoever needs no content hash."""
    try:
        found = decode_typed(value)
    except Undecodable as problem:
        return Unread(problem.why)
    return found if isinstance(found, TypedFact) and found.name in EVENT_NAMES else Unread("unknown_schema")


def typed_outcome(value: bytes) -> Outcome | TypedFact:
    """An accepted entry's outcome; where it has a private part, that is still sealed. Raises BodyUnreadable."""
    try:
        found = decode_typed(value)
    except Undecodable as problem:
        raise BodyUnreadable(f"An outcome of an accepted entry cannot be decoded: {problem.why}.") from None
    if isinstance(found, TypedFact):
        if found.name in EVENT_NAMES:
            raise BodyUnreadable("An outcome of an accepted entry is an event.")
        return found
    if type(found) not in _OUTCOME_TYPES:
        raise BodyUnreadable("An outcome of an accepted entry is an event.")
    return cast(Outcome, found)


class Wanted:
    """What a reader of accepted entries takes of them: some kinds of facts whole, of others the clear fields alone, of the rest the name.

    A fact of which only the clear fields are taken has no others: whoever reads one all the same meets an AttributeError.
    """

    def __init__(self, whole: Iterable[type[Fact]], clear: Iterable[type[Fact]]) -> None:
        names = {kind.__name__ for kind in whole}, {kind.__name__ for kind in clear}
        self._headers = headers_of(names[0] | names[1])
        self._recorded = headers_of({Recorded.__name__})
        read = names[0], names[1] | {Recorded.__name__}
        self._events = readers_of(EVENT_NAMES, *read)
        self._outcomes = readers_of(OUTCOME_NAMES, *read)

    @property
    def headers(self) -> tuple[frozenset[bytes], frozenset[bytes]]:
        """What values begin with that are taken as more than a name; and those of the verdict without which nothing is taken of the event."""
        return self._headers, self._recorded

    def touches(self, body: Body) -> bool:
        """Whether an entry holds anything that is wanted but by its name, or is an operator's. Of an event that was not recorded nothing is."""
        if type(body) is not Decided:
            return True
        told = [value[:HEADER_BYTES] for value in body.outcomes]
        if not self._headers.isdisjoint(told):
            return True
        return body.event[:HEADER_BYTES] in self._headers and not self._recorded.isdisjoint(told)

    def decoded(self, body: Decided) -> tuple[Fact | TypedFact | Locked | Unread, list[Fact | TypedFact | Locked]]:
        """The event and the outcomes, what has a private part still sealed. An event that was not recorded comes by its name. Raises BodyUnreadable."""
        try:
            outcomes = decode_wanted(body.outcomes, self._outcomes)
        except Undecodable as problem:
            raise BodyUnreadable(f"An outcome of an accepted entry cannot be decoded: {problem.why}.") from None
        if Recorded not in map(type, outcomes):
            name = name_of(body.event)
            return Locked(name, _NO_FIELDS) if name in EVENT_NAMES else Unread("unknown_schema"), outcomes
        try:
            return decode_wanted((body.event,), self._events)[0], outcomes
        except Undecodable as problem:
            return Unread(problem.why), outcomes


def opened_recorded(network: str, typed: TypedFact, keys: Mapping[bytes, Key]) -> Event | Locked:
    """An event that was recorded, opened; Locked where its key is gone. Raises SealBroken, for it was whole when it was decided."""
    try:
        if len(typed.sealed) == 1 and _under_its_key(typed.name, typed.sealed[0]):
            return cast(Event | Locked, _opened_alone(network, EVENT, event_place(typed.clear["event_id"]), typed, keys))
        fact = join_typed(typed, private_of_event(network, typed, keys))
    except Undecodable:
        raise SealBroken("the private part of a recorded event is not its own") from None
    if isinstance(fact, Locked):
        return fact
    if type(fact) not in _EVENT_TYPES:
        raise TypeError("an event's decoder gave an outcome")
    _check_subjects(fact, typed.sealed, keys)
    return cast(Event, fact)


def opened_event(network: str, value: bytes, wire: WireFact | TypedFact | Unread, keys: Mapping[bytes, Key], secret: bytes) -> OpenedEvent:
    """A reported event opened with the keys found for its references. `secret`: the network key's. Of a `TypedFact` the content hash is left empty.

    Locked: no key is left for any copy. Unread (malformed): a copy does not open under the key it names, two copies differ, or the private part is another
    kind's or is about other cases than those whose keys sealed it.
    """
    if isinstance(wire, Unread):
        return OpenedEvent(wire, raw_hash(secret, value), len(value))
    try:
        private = private_of_event(network, wire, keys)
        fact = join(wire, private) if isinstance(wire, WireFact) else join_typed(wire, private)
        if not isinstance(fact, Locked):
            _check_subjects(fact, wire.sealed, keys)
    except (SealBroken, Undecodable):
        return OpenedEvent(Unread(_MALFORMED), raw_hash(secret, value), len(value))
    if isinstance(fact, Locked):
        return OpenedEvent(fact, raw_hash(secret, value), len(value))
    if type(fact) not in _EVENT_TYPES:
        raise TypeError("decode_event gave an outcome")
    return OpenedEvent(cast(Event, fact), content_hash(secret, wire.name, wire.clear, private) if isinstance(wire, WireFact) else b"", len(value))


def opened_outcome(network: str, event_offset: int, index: int, typed: Outcome | TypedFact | Locked, keys: Mapping[bytes, Key]) -> Outcome | Locked:
    """An accepted entry's outcome, opened; Locked where its key is gone, or where it was before. Raises SealBroken, BodyUnreadable."""
    if not isinstance(typed, TypedFact):
        return typed
    if not typed.sealed:
        raise SealBroken("an accepted outcome without its private part")
    if len(typed.sealed) == 1:
        try:
            return cast(Outcome | Locked, _opened_alone(network, OUTCOME, outcome_place(event_offset, index), typed, keys))
        except Undecodable as problem:
            raise BodyUnreadable(f"An outcome of an accepted entry cannot be decoded: {problem.why}.") from None
    private = _same_private(network, OUTCOME, outcome_place(event_offset, index), typed.sealed, keys)
    try:
        fact = join_typed(typed, private)
    except Undecodable as problem:
        raise BodyUnreadable(f"An outcome of an accepted entry cannot be decoded: {problem.why}.") from None
    if isinstance(fact, Locked):
        return fact
    if type(fact) not in _OUTCOME_TYPES:
        raise BodyUnreadable("An outcome of an accepted entry is an event.")
    _check_subjects(fact, typed.sealed, keys)
    return cast(Outcome, fact)


def opened_wire_outcome(network: str, event_offset: int, index: int, wire: WireFact, keys: Mapping[bytes, Key]) -> Fact | Locked:
    """As `opened_outcome`, for one decoded to plain values. Raises SealBroken, Undecodable."""
    return join(wire, _same_private(network, OUTCOME, outcome_place(event_offset, index), wire.sealed, keys))


def event_opens_under(network: str, wire: WireFact, copy: Sealed, key: Key) -> bool:
    """Whether this sealed copy of an event was sealed with this key: for finding whose it is when its reference was lost."""
    try:
        unseal(key.cipher, associated_data(network, EVENT, key.version, event_place(str(wire.clear["event_id"]))), copy.text)
    except SealBroken:
        return False
    return True


def made_here(wire: WireFact, network_secret: bytes) -> list[Sealed]:
    """The copies of an event whose references the network's key marks as its own."""
    event_id = str(wire.clear["event_id"])
    return [copy for copy in wire.sealed if copy.ref != NETWORK_REF and is_event_ref(network_secret, event_id, copy.ref)]


def private_of_event(network: str, wire: WireFact | TypedFact, keys: Mapping[bytes, Key]) -> bytes | None:
    event_id = wire.clear["event_id"]
    if not isinstance(event_id, str):
        raise SealBroken("an event id is text")
    if not wire.sealed or not all(_under_its_key(wire.name, copy) for copy in wire.sealed):
        raise SealBroken("not sealed under the key that this kind of event wants")
    return _same_private(network, EVENT, event_place(event_id), wire.sealed, keys)


def _under_its_key(name: str, copy: Sealed) -> bool:
    """Whether an event's copy is sealed under the network's key where its kind wants that, and under another where it does not."""
    return name in _UNDER_EITHER or (copy.ref == NETWORK_REF) == (name in _UNDER_NETWORK)


def _opened_alone(network: str, field: str, where: bytes, typed: TypedFact, keys: Mapping[bytes, Key]) -> Fact | Locked:
    """A fact of one copy, as nearly all are: what `_same_private`, `join_typed` and `_check_subjects` do, without the way between. Raises as they do."""
    (copy,) = typed.sealed
    key = keys.get(copy.ref)
    if key is None:
        return Locked(typed.name, typed.clear)
    if copy.key_version != key.version:
        raise SealBroken("names another version than its key's")
    fact = join_typed(typed, unseal(key.cipher, associated_data(network, field, key.version, where), copy.text))
    if isinstance(fact, Locked):
        return fact
    if subjects_to_seal(fact) != (key.subject,):
        raise SealBroken("sealed under the key of something that it is not about, or under more or fewer keys")
    return fact


def _same_private(network: str, field: str, where: bytes, copies: tuple[Sealed, ...], keys: Mapping[bytes, Key]) -> bytes | None:
    """The private record that every copy with a key holds; None where there is no such copy. Raises SealBroken."""
    private: bytes | None = None
    for copy in copies:
        key = keys.get(copy.ref)
        if key is None:
            continue
        if copy.key_version != key.version:
            raise SealBroken("names another version than its key's")
        plain = unseal(key.cipher, associated_data(network, field, key.version, where), copy.text)
        if private is not None and plain != private:
            raise SealBroken("two copies differ")
        private = plain
    return private


def _check_subjects(fact: Fact, copies: tuple[Sealed, ...], keys: Mapping[bytes, Key]) -> None:
    """A part about one case under the key of another would outlive its own case's erasure. Raises SealBroken."""
    subjects = subjects_to_seal(fact)
    if len(subjects) != len(copies):
        raise SealBroken("sealed under more or fewer keys than it is about")
    for subject, copy in zip(subjects, copies, strict=True):
        key = keys.get(copy.ref)
        if key is not None and key.subject != subject:
            raise SealBroken("sealed under the key of something that it is not about")
