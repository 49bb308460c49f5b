"""Facts and ledger bodies as bytes: Avro single-object encoding (`C3 01`, fingerprint, body), so that a record needs no registry to be read.

A fact is two records (`events.fact`): a clear one, which is the wire value, and a private one, which stands sealed inside it. Sealing is not done here:

    clear, private = split(fact)             then seal `private` into its `Sealed` copies
    value = encode_fact(name, clear, sealed)
    wire = decode_fact(value)                then open one of `wire.sealed`
    fact = join(wire, private)               or join(wire, None), where there is no key: a `Locked`

`decode_typed` and `join_typed` do the same without the plain form between, which only keyed hashes and exports need.

Every released version of a record is read, and resolved to the newest; only the newest is written. Text never holds U+0000, integers are 64 bits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from events.binary import Malformed, TrailingBytes
from events.compiled import HEADER_BYTES, JoiningReader, Reader, Writer, compile_reader, compile_typed_reader, compile_typed_writer, compile_writer
from events.entry import Body, Decided, Genesis, Locked, NoEvent, SourceChanged
from events.errors import BodyUnreadable, Undecodable
from events.fact import SealedUnder
from events.facts import EVENT_TYPES, FACT_TYPES, OUTCOME_TYPES, Fact
from events.ids import is_uuid
from events.quick import quick
from events.schemas import Version, newest, versions
from events.typed import fields_to_typed, hints_of, record_to_plain

MARK = b"\xc3\x01"
"""Begins every value in single-object encoding."""

EVENT_NAMES = frozenset(kind.__name__ for kind in EVENT_TYPES)
OUTCOME_NAMES = frozenset(kind.__name__ for kind in OUTCOME_TYPES)

_NOTHING: Mapping[str, Any] = {}
_UNREADABLE = (Malformed, IndexError, KeyError, UnicodeDecodeError)
"""What a compiled reader raises for bytes that are not its record, or that hold a symbol no vocabulary knows."""
_K = TypeVar("_K")
_T = TypeVar("_T")


@quick
@dataclass(frozen=True, slots=True)
class Sealed:
    """One sealed copy of a private record."""

    ref: bytes
    """16 bytes that the key store maps to a key."""
    key_version: int
    text: bytes


@quick
@dataclass(frozen=True, slots=True)
class WireFact:
    """A fact as it stands in a record, its private part still sealed."""

    name: str
    """Name of the kind of fact, a key of `events.facts.FACT_TYPES`."""
    clear: dict[str, object]
    """The clear fields as plain values, fit for JSON: vocabularies as text, lists, nested records as dicts, instants as integers, dates as ISO 8601."""
    sealed: tuple[Sealed, ...]
    """Empty where this kind has no private part, or a hostile sender left it out."""


@quick
@dataclass(frozen=True, slots=True)
class TypedFact:
    """As `WireFact`, for a kind that has a private part; its clear fields as the fact's own are."""

    name: str
    clear: dict[str, Any]
    sealed: tuple[Sealed, ...]


def _by_header(*names: str) -> dict[bytes, Version]:
    return {MARK + version.fingerprint: version for version in versions() if version.name in names}


class _Compiled(dict[_K, _T]):
    """Made at its first use, and kept: one process reads and writes a part of all kinds and versions, and compiling all would delay every command."""

    def __init__(self, make: Callable[[_K], _T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: _K) -> _T:
        """Raises KeyError, and keeps nothing, where `make` does."""
        made = self[key] = self._make(key)
        return made


def _field_names(name: str) -> tuple[str, ...]:
    return tuple(field["name"] for field in newest()[name].schema["fields"])


class _Form:
    """A dataclass, or some of its fields, as a record: its readers by header, and the writer of the newest version."""

    __slots__ = ("header", "name", "readers", "writer")

    def __init__(self, kind: type, name: str) -> None:
        last = newest()[name]
        self.name = name
        self.header = MARK + last.fingerprint
        self.writer = compile_typed_writer(last.schema, kind)
        known = _by_header(name)
        self.readers = _Compiled[bytes, JoiningReader](lambda header: compile_typed_reader(known[header].schema, last.schema, kind))

    def read(self, value: bytes, beside: Mapping[str, Any]) -> Any:
        """The whole dataclass, its other fields taken from `beside`. Raises Undecodable."""
        try:
            reader = self.readers[value[:HEADER_BYTES]]
        except KeyError:
            raise _unknown(value) from None
        try:
            return reader(value, beside)
        except TrailingBytes:
            raise Undecodable("trailing_bytes") from None
        except _UNREADABLE:
            raise Undecodable("malformed") from None


class _Kind:
    """How one kind of fact is split into its two records and joined again."""

    __slots__ = ("clear_plain", "clear_typed", "fact", "header", "private", "writer")

    def __init__(self, fact: type[Fact]) -> None:
        name = fact.__name__
        last = newest()[name]
        clear_names = tuple(field for field in _field_names(name) if field != "sealed")
        self.fact = fact
        self.header = MARK + last.fingerprint
        self.writer = compile_writer(last.schema)
        self.clear_plain = record_to_plain(fact, clear_names)
        self.clear_typed = fields_to_typed(fact, clear_names)
        self.private = None if fact.sealed_under is SealedUnder.NOBODY else _Form(fact, f"{name}Private")
        private_names = () if self.private is None else _field_names(f"{name}Private")
        if sorted(clear_names + private_names) != sorted(hints_of(fact)):
            raise TypeError(f"the fields of {name} are not those of its clear and its private schema together")


def _fact_reader(header: bytes) -> tuple[str, Reader]:
    """The kind's name, and a reader of its clear record to plain values."""
    version = _FACT_VERSIONS[header]
    return version.name, compile_reader(version.schema, newest()[version.name].schema, {"sealed": tuple[Sealed, ...]})


def _typed_reader(header: bytes) -> Reader:
    """Of a clear record: the fact itself where it has no private part, else a `TypedFact`."""
    version = _FACT_VERSIONS[header]
    name, fact, wanted = version.name, FACT_TYPES[version.name], newest()[version.name].schema
    if fact.sealed_under is SealedUnder.NOBODY:
        whole = compile_typed_reader(version.schema, wanted, fact)
        return lambda value: whole(value, _NOTHING)
    clear = compile_reader(version.schema, wanted, hints_of(fact) | {"sealed": tuple[Sealed, ...]})

    def read(value: bytes) -> TypedFact:
        record = clear(value)
        return TypedFact(name, record, record.pop("sealed", ()))

    return read


_KINDS = _Compiled[str, _Kind](lambda name: _Kind(FACT_TYPES[name]))
_FACT_VERSIONS = _by_header(*FACT_TYPES)
_FACT_READERS = _Compiled[bytes, tuple[str, Reader]](_fact_reader)
_TYPED_READERS = _Compiled[bytes, Reader](_typed_reader)
_EVENT_HEADERS = frozenset(header for header, version in _FACT_VERSIONS.items() if version.name in EVENT_NAMES)


def _written(name: str, header: bytes, writer: Writer, record: object) -> bytes:
    """Raises ValueError where the record does not fit the schema. What the record holds is not in the message."""
    out = bytearray(header)
    try:
        writer(out, record)
    except (UnicodeError, KeyError, AttributeError) as problem:
        raise ValueError(f"{name} cannot be written: {type(problem).__name__}") from None
    except (ValueError, TypeError) as problem:
        raise ValueError(f"{name} cannot be written: {problem}") from None
    return bytes(out)


def _unknown(value: bytes) -> Undecodable:
    if not value:
        return Undecodable("empty")
    return Undecodable("unknown_schema" if value[:2] == MARK and len(value) >= HEADER_BYTES else "not_single_object")


def split(fact: Fact) -> tuple[dict[str, object], bytes | None]:
    """The clear fields as plain values, and the private record in single-object encoding (None where this kind has none).

    Raises ValueError where a private field does not fit its schema.
    """
    kind = _KINDS[type(fact).__name__]
    form = kind.private
    return kind.clear_plain(fact), None if form is None else _written(form.name, form.header, form.writer, fact)


def encode_fact(name: str, clear: Mapping[str, object], sealed: tuple[Sealed, ...]) -> bytes:
    """The record's value. Raises ValueError where a field is missing, unknown or does not fit, or where `sealed` goes with no private part."""
    kind = _KINDS[name]
    if kind.private is None:
        if sealed:
            raise ValueError(f"{name} has no private part")
        return _written(name, kind.header, kind.writer, clear)
    copies = [{"ref": each.ref, "key_version": each.key_version, "text": each.text} for each in sealed]
    return _written(name, kind.header, kind.writer, {**clear, "sealed": copies})


def decode_fact(value: bytes) -> WireFact:
    """The fact in a record's value, event or outcome. Raises Undecodable, never anything else, whatever the bytes are."""
    try:
        name, reader = _FACT_READERS[value[:HEADER_BYTES]]
    except KeyError:
        raise _unknown(value) from None
    record = _record_in(value, reader)
    return WireFact(name, record, record.pop("sealed", ()))


def _record_in(value: bytes, reader: Reader) -> Any:
    try:
        return reader(value)
    except TrailingBytes:
        raise Undecodable("trailing_bytes") from None
    except _UNREADABLE:
        raise Undecodable("malformed") from None


def decode_typed(value: bytes) -> Fact | TypedFact:
    """As `decode_fact`, with typed fields; already the fact where it has no private part. Raises Undecodable, for an unknown symbol too."""
    try:
        reader = _TYPED_READERS[value[:HEADER_BYTES]]
    except KeyError:
        raise _unknown(value) from None
    try:  # as `_record_in`, without the call: a rebuild comes here with every fact
        found: Fact | TypedFact = reader(value)
    except TrailingBytes:
        raise Undecodable("trailing_bytes") from None
    except _UNREADABLE:
        raise Undecodable("malformed") from None
    return found


def readers_of(names: Collection[str], whole: Collection[str], clear: Collection[str]) -> Mapping[bytes, Reader]:
    """What `decode_wanted` reads with, for whoever reads a part of the kinds in `names`; any other is an unknown schema to it. It decodes no more than is
    wanted, so of the rest it does not say what is malformed.

    Those in `whole` come as from `decode_typed`. Of those in `clear` comes the fact without its private fields: they are not there, and whoever reads
    one all the same meets an AttributeError. Of all others comes the name: a `Locked` without fields.
    """
    return _Compiled[bytes, Reader](lambda header: _reader_for(header, names, whole, clear))


def decode_wanted(values: Iterable[bytes], readers: Mapping[bytes, Reader]) -> list[Fact | TypedFact | Locked]:
    """Facts in order, as far as `readers_of` says. Raises Undecodable for the first that is none."""
    value = b""
    try:
        return [readers[(value := each)[:HEADER_BYTES]](each) for each in values]
    except TrailingBytes:
        raise Undecodable("trailing_bytes") from None
    except _UNREADABLE:
        if value[:HEADER_BYTES] not in readers:
            raise _unknown(value) from None
        raise Undecodable("malformed") from None


def headers_of(names: Collection[str]) -> frozenset[bytes]:
    """What values of these kinds begin with (`HEADER_BYTES`), in any version."""
    return frozenset(_by_header(*names))


def _reader_for(header: bytes, names: Collection[str], whole: Collection[str], clear: Collection[str]) -> Reader:
    """Raises KeyError for what is not in `names`."""
    version = _FACT_VERSIONS[header]
    if version.name not in names:
        raise KeyError(header)
    fact = FACT_TYPES[version.name]
    if version.name in whole or (version.name in clear and fact.sealed_under is SealedUnder.NOBODY):
        return _TYPED_READERS[header]
    if version.name not in clear:
        nameless = Locked(version.name, _NOTHING)
        return lambda value: nameless
    fields = compile_reader(version.schema, newest()[version.name].schema, hints_of(fact) | {"sealed": tuple[Sealed, ...]})

    def read(value: bytes) -> Fact:
        record = fields(value)
        del record["sealed"]
        found = object.__new__(fact)
        for name, each in record.items():
            object.__setattr__(found, name, each)
        return found

    return read


def decode_event(value: bytes) -> WireFact:
    """As `decode_fact`, but an outcome is an unknown schema here: nobody reports what only the coordinator decides."""
    wire = decode_fact(value)
    if wire.name not in EVENT_NAMES:
        raise Undecodable("unknown_schema")
    return wire


def join(wire: WireFact, private_plain: bytes | None) -> Fact | Locked:
    """The typed fact. Where there is a private part and `private_plain` is None: `Locked`, its clear fields typed as the fact's own would be.

    Raises Undecodable for a private record of another kind or one that cannot be decoded, and for a symbol that no vocabulary knows.
    """
    kind = _KINDS[wire.name]
    try:
        clear = kind.clear_typed(dict(wire.clear))
    except KeyError:
        raise Undecodable("malformed") from None
    if kind.private is None:
        return kind.fact(**clear)
    if private_plain is None:
        return Locked(wire.name, clear)
    fact: Fact = kind.private.read(private_plain, clear)
    return fact


def join_typed(typed: TypedFact, private_plain: bytes | None) -> Fact | Locked:
    """As `join`."""
    form = _KINDS[typed.name].private
    if private_plain is None or form is None:
        return Locked(typed.name, typed.clear)
    fact: Fact = form.read(private_plain, typed.clear)
    return fact


def name_of(value: bytes) -> str | None:
    """The kind of fact in a record's value, without decoding it; None where it is none."""
    found = _FACT_VERSIONS.get(value[:HEADER_BYTES])
    return None if found is None else found.name


def event_id_of(value: bytes) -> str | None:
    """The event id in an event record's value, without decoding the rest; None where it is no event, or its id no UUID."""
    if value[:HEADER_BYTES] not in _EVENT_HEADERS or value[HEADER_BYTES : HEADER_BYTES + 1] != b"\x48":
        return None
    text = value[HEADER_BYTES + 1 : HEADER_BYTES + 37].decode("ascii", "replace")
    return text if is_uuid(text) else None


_record_forms: dict[type, _Form] = {}


def _form_of(kind: type) -> _Form:
    """Compiled at its first use, for a dataclass may come from a room that this one does not know."""
    if kind not in _record_forms:
        if sorted(_field_names(kind.__name__)) != sorted(hints_of(kind)):
            raise TypeError(f"the fields of {kind.__name__} are not those of its schema")
        _record_forms[kind] = _Form(kind, kind.__name__)
    return _record_forms[kind]


def encode_record(record: object) -> bytes:
    """Any dataclass that has a schema under its own name, in single-object encoding. Raises ValueError where a field does not fit."""
    form = _form_of(type(record))
    return _written(form.name, form.header, form.writer, record)


def decode_record(value: bytes, kind: type[_T]) -> _T:
    """The dataclass `kind` in these bytes, of whichever version. Raises Undecodable."""
    record: _T = _form_of(kind).read(value, _NOTHING)
    return record


_BODY_KINDS: Mapping[bytes, type[Body]] = {
    header: kind for kind in (Decided, Genesis, NoEvent, SourceChanged) for header in _by_header(kind.__name__)
}


def encode_body(body: Body) -> bytes:
    """The body of a ledger entry."""
    return encode_record(body)


def decode_body(value: bytes) -> Body:
    """The body of a ledger entry. Raises BodyUnreadable."""
    kind = _BODY_KINDS.get(value[:HEADER_BYTES])
    try:
        if kind is None:
            raise _unknown(value)
        return decode_record(value, kind)
    except Undecodable as problem:
        raise BodyUnreadable(f"The body of an accepted entry cannot be decoded: {problem.why}.") from None


def schema_records() -> list[tuple[bytes, str]]:
    """Every schema of this release as (fingerprint, text): keys and values of the topic `staffetta.schemas`, sorted by stream, name and version.

    To be acknowledged there before anything is written under one of them.
    """
    return [(version.fingerprint, version.text) for version in versions()]
