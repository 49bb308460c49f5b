"""Every schema of `avro_schemas/`, loaded once: by name and version, and by fingerprint.

The fingerprint is the CRC-64-AVRO of the parsing canonical form, eight bytes, little-endian as in the header of single-object encoding.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from fastavro.schema import parse_schema, to_parsing_canonical_form

from events.resolution import Schema, inlined

STREAMS = ("network", "availability", "referral", "person", "transfer", "two_people", "verdict", "ledger", "snapshot")
"""The directories of `avro_schemas/` that hold schemas."""

_FILE = re.compile(r"(?P<name>[A-Z][A-Za-z]*)\.v(?P<version>[1-9][0-9]*)\.avsc\Z")


@dataclass(frozen=True, slots=True)
class Version:
    """One schema file."""

    stream: str
    name: str
    """Name of the record, the same as in the file's name."""
    version: int
    text: str
    """The file's content, verbatim."""
    schema: Schema
    """Parsed, with every name inlined."""
    fingerprint: bytes
    """8 bytes."""


def load(stream: str, file_name: str, text: str) -> Version:
    """One version out of its file's name and text. Raises ValueError where they are no schema of that name."""
    match = _FILE.match(file_name)
    if match is None:
        raise ValueError(f"{stream}/{file_name}: a schema file is named <Name>.v<N>.avsc")
    schema = json.loads(text)
    if schema.get("name") != match["name"]:
        raise ValueError(f"{stream}/{file_name}: the record is named {schema.get('name')!r}")
    return Version(stream, match["name"], int(match["version"]), text, inlined(schema), fingerprint_of(schema))


_EMPTY = 0xC15D213AA4D7A795
"""CRC-64-AVRO of no bytes, and its polynomial (Apache Avro specification, "Schema fingerprints")."""


def _crc_of(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (_EMPTY if byte & 1 else 0)
    return byte


_CRC = tuple(_crc_of(byte) for byte in range(256))


def fingerprint_of(schema: Schema) -> bytes:
    """CRC-64-AVRO of the schema's parsing canonical form: 8 bytes, in the byte order of single-object encoding."""
    crc = _EMPTY
    for byte in to_parsing_canonical_form(parse_schema(schema)).encode():
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 0xFF]
    return crc.to_bytes(8, "little")


def _files() -> Iterator[tuple[str, str, str]]:
    root = resources.files("avro_schemas")
    for stream in STREAMS:
        directory = root / stream
        if directory.is_dir():
            for file in sorted(directory.iterdir(), key=lambda each: each.name):
                if file.name.endswith(".avsc"):
                    yield stream, file.name, file.read_text(encoding="utf-8")


@cache
def versions() -> tuple[Version, ...]:
    """Every schema of the release, sorted by stream, name and version."""
    return tuple(sorted((load(*each) for each in _files()), key=lambda each: (STREAMS.index(each.stream), each.name, each.version)))


@cache
def newest() -> Mapping[str, Version]:
    """The newest version of each record, by name. A name belongs to one stream."""
    return {each.name: each for each in versions()}


@cache
def by_fingerprint() -> Mapping[bytes, Version]:
    """Every version by its fingerprint. The check refuses two under one."""
    return {each.fingerprint: each for each in versions()}
