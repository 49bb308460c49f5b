"""Every version is read by every other, as Avro's resolution says; the library is the oracle."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from fastavro import parse_schema, schemaless_reader, schemaless_writer
from hypothesis import given, settings

from avro_schemas.files import HERE
from avro_schemas.golden import full, read_golden
from events.binary import Malformed
from events.codec import decode_body, decode_fact, encode_fact, join, split
from events.compiled import compile_reader, compile_typed_reader, compile_typed_writer, compile_writer
from events.entry import Locked
from events.fact import Actor
from events.facts import FACT_TYPES, Fact
from events.resolution import inlined
from events.schemas import by_fingerprint, newest, versions
from events.vocabulary import Role
from tests.events import strategies

HEADER = bytes(10)


def _record(*fields: dict[str, Any]) -> Any:
    return inlined({"type": "record", "name": "Actor", "namespace": "test", "fields": list(fields)})


def _field(name: str, kind: Any = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, **more}


OLD = _record(_field("person"), _field("body"), _field("role"), _field("dropped", "long", default=0))
NEW = _record(
    _field("role"),
    _field("languages", {"type": "array", "items": "string"}, default=[]),
    _field("since_ms", ["null", "long"], default=None),
    _field("person"),
    _field("body"),
)


def _bytes(schema: Any, value: Any) -> bytes:
    out = bytearray(HEADER)
    compile_writer(schema)(out, value)
    return bytes(out)


def test_a_newer_reader_takes_the_default_of_what_is_new_and_skips_what_is_gone() -> None:
    value = _bytes(OLD, {"person": "p", "body": "b", "role": "clock", "dropped": 7})
    read = compile_reader(OLD, NEW)
    assert read(value) == {"role": "clock", "languages": [], "since_ms": None, "person": "p", "body": "b"}
    read(value)["languages"].append("changed by somebody")
    assert read(value)["languages"] == [], "a default is nobody's to change"


def test_an_older_reader_skips_what_is_new() -> None:
    value = _bytes(NEW, {"role": "clock", "languages": ["ita"], "since_ms": 5, "person": "p", "body": "b"})
    assert compile_reader(NEW, OLD)(value) == {"person": "p", "body": "b", "role": "clock", "dropped": 0}


def test_a_typed_reader_resolves_too() -> None:
    only = _record(_field("person"), _field("body"), _field("role"))
    value = _bytes(OLD, {"person": "p", "body": "b", "role": "clock", "dropped": 7})
    assert compile_typed_reader(OLD, only, Actor)(value, {}) == Actor("p", "b", Role.CLOCK)
    beside = _record(_field("person"))
    assert compile_typed_reader(beside, beside, Actor)(_bytes(beside, {"person": "p"}), {"body": "b", "role": Role.CLOCK}) == Actor(
        "p", "b", Role.CLOCK
    )


def test_nested_records_resolve() -> None:
    outer_old, outer_new = (_record(_field("inner", {**inner, "name": "test.Inner"})) for inner in (OLD, NEW))
    value = _bytes(outer_old, {"inner": {"person": "p", "body": "b", "role": "r", "dropped": 7}})
    assert compile_reader(outer_old, outer_new)(value)["inner"]["languages"] == []


def test_a_type_is_never_read_as_another() -> None:
    with pytest.raises(TypeError, match="string is not read as long"):
        compile_reader(_record(_field("a")), _record(_field("a", "long")))


def test_what_the_reader_may_not_use_is_refused_when_it_is_loaded() -> None:
    for kind in ("float", {"type": "map", "values": "string"}, ["string", "null"], {"type": "array", "items": "null"}):
        with pytest.raises(TypeError):
            compile_reader(_record(_field("a", kind)), _record(_field("a", kind)))
    with pytest.raises(TypeError):
        compile_typed_writer(_record(_field("person", "double")), Actor)


@pytest.mark.parametrize("version", versions(), ids=lambda each: f"{each.name}.v{each.version}")
def test_golden_bytes_of_every_version_are_read_by_todays_code(version: Any) -> None:
    for value, told in read_golden(HERE, version):
        if version.stream == "ledger":
            assert decode_body(value) is not None
        elif version.name in FACT_TYPES:
            wire = decode_fact(value)
            private = newest().get(f"{version.name}Private")
            assert {name: told[name] for name in wire.clear if name in told} == {name: wire.clear[name] for name in wire.clear if name in told}
            fact = join(wire, None if private is None else read_golden(HERE, private)[0][0])
            assert type(fact) is FACT_TYPES[version.name]
            clear, plain = split(fact)
            if version is newest()[version.name]:
                assert encode_fact(version.name, clear, wire.sealed) == value
            assert plain is None or private is None or plain == read_golden(HERE, private)[0][0]
            assert private is None or isinstance(join(wire, None), Locked)


@settings(deadline=None, max_examples=150)
@given(strategies.facts())
def test_the_library_reads_and_writes_the_same(fact: Fact) -> None:
    clear, private = split(fact)
    for value in (private, encode_fact(type(fact).__name__, clear, ())):
        if value is not None:
            version = by_fingerprint()[value[2:10]]
            schema = parse_schema(json.loads(version.text.replace('"logicalType"', '"ignored"')))
            stream = io.BytesIO(value[10:])
            record = schemaless_reader(stream, schema, None)
            assert stream.tell() == len(value) - 10
            again = io.BytesIO()
            schemaless_writer(again, schema, record)
            assert again.getvalue() == value[10:]


def test_every_golden_value_is_a_full_one() -> None:
    """The generator still gives what was released, so that a new version's golden bytes can be compared by eye."""
    capacity = newest()["CapacityChanged"]
    assert full(capacity.schema, "CapacityChanged") == read_golden(HERE, capacity)[0][1]


def test_a_cut_record_is_malformed_at_every_length() -> None:
    value = _bytes(OLD, {"person": "p" * 70, "body": "b", "role": "clock", "dropped": 700})
    read = compile_reader(OLD, OLD)
    for length in range(10, len(value)):
        with pytest.raises((Malformed, IndexError)):
            read(value[:length])
