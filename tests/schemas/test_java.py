"""Apache Avro for Java reads what we write, we read what it writes, and the two agree on fingerprints, on compatibility and on what is malformed."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import fastavro
import pytest

from avro_schemas.compatibility import why_unreadable
from avro_schemas.files import HERE, path_of
from avro_schemas.golden import encoded, full, read_golden, sparse
from events.binary import Malformed, TrailingBytes
from events.codec import MARK
from events.compiled import Plain, compile_reader
from events.resolution import Schema, inlined, kind_of
from events.schemas import Version, versions
from tests.schemas.avro_json import avro_json
from tests.schemas.java import Interop, interop, run_tool

SEED = 20260301
MALFORMED = (Malformed, TrailingBytes, IndexError, UnicodeDecodeError)


@pytest.fixture(scope="module")
def java() -> Iterator[Interop]:
    """The program, knowing every schema under its path."""
    with interop() as program:
        program.ask([("schema", path_of(version), str(HERE / path_of(version))) for version in versions()])
        yield program


def _instances(version: Version) -> list[Plain]:
    reader = compile_reader(version.schema, version.schema)
    golden = [reader(value) for value, _ in read_golden(HERE, version)]
    return [*golden, *(full(version.schema, f"{version.name}{number}") for number in range(3)), sparse(version.schema)]


def test_fingerprints_are_apaches(java: Interop) -> None:
    for version in versions():
        [[fingerprint]] = java.ask([("schema", path_of(version), str(HERE / path_of(version)))])
        assert fingerprint == version.fingerprint.hex(), path_of(version)


def test_java_reads_what_we_write(java: Interop) -> None:
    for version in versions():
        for plain in _instances(version):
            value = encoded(version, plain)
            [[told, again]] = java.ask([("read", path_of(version), value.hex())])
            assert json.loads(told) == avro_json(plain, version.schema), path_of(version)
            assert again == value.hex()


def test_we_read_what_java_writes_in_one_block_or_in_many(java: Interop) -> None:
    for version in versions():
        reader = compile_reader(version.schema, version.schema)
        for plain in _instances(version):
            text = json.dumps(avro_json(plain, version.schema))
            [[single, blocks]] = java.ask([("write", path_of(version), text)])
            assert bytes.fromhex(single) == encoded(version, plain)
            assert reader(MARK + version.fingerprint + bytes.fromhex(blocks)) == plain


def test_we_read_what_java_makes_up(java: Interop) -> None:
    """Its random integers are no dates, so records with a date are left out; their dates are in the golden bytes."""
    read = 0
    for version in versions():
        if "'logicalType': 'date'" in str(version.schema):
            continue
        reader = compile_reader(version.schema, version.schema)
        [data] = java.ask([("random", path_of(version), str(SEED), "20")])
        for each in data:
            value = bytes.fromhex(each)
            plain = reader(value)
            [[told, _]] = java.ask([("read", path_of(version), each)])
            assert json.loads(told) == avro_json(plain, version.schema)
            assert encoded(version, plain) == value
            read += 1
    assert read >= 1_000


def test_what_we_accept_java_reads_as_the_same(java: Interop) -> None:
    """Golden bytes with one byte changed, or cut short: where we read a value, Apache's reader has the same one."""
    chance = random.Random(SEED)
    accepted = 0
    for version in versions():
        reader = compile_reader(version.schema, version.schema)
        for value, _ in read_golden(HERE, version):
            for _ in range(40):
                changed = bytearray(value)
                if len(changed) > 10:
                    changed[chance.randrange(10, len(changed))] = chance.choice((0, 1, 2, 3, 0x7F, 0x80, 0x81, 0xFF, chance.randrange(256)))
                if chance.random() < 0.1:
                    del changed[chance.randrange(10, len(changed) + 1) :]
                try:
                    plain = reader(bytes(changed))
                except MALFORMED:
                    continue
                [answer] = java.ask([("read", path_of(version), changed.hex())])
                assert answer[0] != "failed", (path_of(version), changed.hex(), answer)
                assert json.loads(answer[0]) == avro_json(plain, version.schema), (path_of(version), changed.hex())
                accepted += 1
    assert accepted >= 500


def _variants(schema: dict[str, Any]) -> Iterator[tuple[str, Schema]]:
    """Later versions of a record, good and bad."""
    extra = {"name": "extra", "type": "string", "doc": "An extra field for this test."}
    yield "the same", schema
    yield "with a field", {**schema, "fields": [*schema["fields"], extra]}
    yield "with a field that has a default", {**schema, "fields": [*schema["fields"], {**extra, "default": ""}]}
    yield "with a field that may be null", {**schema, "fields": [*schema["fields"], {**extra, "type": ["null", "string"], "default": None}]}
    yield "under another name", {**schema, "name": schema["name"] + "s"}
    for index, field in enumerate(schema["fields"]):
        others = [each for at, each in enumerate(schema["fields"]) if at != index]
        yield f"without {field['name']}", {**schema, "fields": others}
        for kind in ("int", "long", "double", "string", "bytes", "boolean", ["null", "long"], ["null", "string"], {"type": "array", "items": "long"}):
            if field["type"] != kind:
                yield f"with {field['name']} as {kind}", {**schema, "fields": [*others, {"name": field["name"], "type": kind, "doc": "Changed."}]}


def test_compatibility_is_apaches(java: Interop, tmp_path: Path) -> None:
    told = {"COMPATIBLE": 0, "INCOMPATIBLE": 0}
    for name in ("CapacityChanged", "AvailabilityPublished", "Decided", "TransferRequestedPrivate"):
        version = next(each for each in versions() if each.name == name)
        variants = []
        for number, (what, schema) in enumerate(_variants(_self_contained(version))):
            file = tmp_path / f"{name}{number}.avsc"
            file.write_text(json.dumps(schema))
            assert java.ask([("schema", file.name, str(file))])[0][0] != "failed", what
            variants.append((what, file.name, inlined(schema)))
        for what, file_name, schema in variants:
            for reader, writer, reader_file, writer_file in (
                (schema, variants[0][2], file_name, variants[0][1]),
                (variants[0][2], schema, variants[0][1], file_name),
            ):
                [[answer]] = java.ask([("reads", reader_file, writer_file)])
                told[answer] += 1
                assert (next(why_unreadable(reader, writer), None) is None) == (answer == "COMPATIBLE"), (name, what)
    assert min(told.values()) >= 10, told


def _self_contained(version: Version) -> Any:
    """The schema with types that other fields refer to written out under names of their own, so that any field can be left out."""
    schema = deepcopy(version.schema)
    taken: set[str] = set()

    def rename(part: Any) -> Any:
        match kind_of(part):
            case "union":
                return [rename(each) for each in part]
            case "array":
                return {**part, "items": rename(part["items"])}
            case "record" | "fixed":
                name = part["name"]
                while name in taken:
                    name += "Again"
                taken.add(name)
                whole = {**part, "name": name}
                if kind_of(part) == "record":
                    whole["fields"] = [{**field, "type": rename(field["type"])} for field in part["fields"]]
                return whole
            case _:
                return part

    return rename(schema)


def test_a_container_file_is_read_by_avro_tools(tmp_path: Path) -> None:
    """Object container files, as exports are, written with the library we write them with."""
    version = next(each for each in versions() if each.name == "TransferRequestedPrivate")
    instances = _instances(version)
    file = tmp_path / "facts.avro"
    without_logical_types = json.loads(version.text.replace('"logicalType"', '"ignored"'))
    with file.open("wb") as out:
        fastavro.writer(out, fastavro.parse_schema(without_logical_types), instances, codec="deflate")
    told = [json.loads(line) for line in run_tool("tojson", str(file)).splitlines()]
    assert told == [avro_json(plain, version.schema) for plain in instances]


def test_avro_tools_fingerprint_is_ours() -> None:
    """The command line of Apache's tools, on one file."""
    version = next(each for each in versions() if each.name == "Decided")
    assert run_tool("fingerprint", str(HERE / path_of(version))).split()[0] == version.fingerprint.hex()
