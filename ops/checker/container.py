"""The exported file: its records, and the schemas that it carries."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastavro import reader, schemaless_reader
from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

MARK = b"\xc3\x01"
HEADER_BYTES = 10


class Undecodable(Exception):
    """Bytes that no schema of the file reads."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One record of the file, as it stands there."""

    network: str
    sequence: int
    hash: bytes
    previous_hash: bytes
    event_offset: int
    event_time_ms: int
    raw: bytes
    clear: str
    plain_event: str | None
    plain_outcomes: list[str] | None


def _dates_as_text(value: Any) -> Any:
    """The value with every date in it as ISO 8601 text."""
    match value:
        case date():
            return value.isoformat()
        case list():
            return [_dates_as_text(item) for item in value]
        case dict():
            return {key: _dates_as_text(item) for key, item in value.items()}
        case _:
            return value


class Schemas:
    """The schemas inside the file, by fingerprint."""

    def __init__(self, texts: list[Any]) -> None:
        self._by_header: dict[bytes, tuple[str, Any]] = {}
        for schema in texts:
            digest = fingerprint(to_parsing_canonical_form(parse_schema(schema)), "CRC-64-AVRO")
            self._by_header[MARK + bytes.fromhex(digest)] = (schema["name"], parse_schema(_without_logical_types(schema)))

    def decode(self, datum: bytes) -> tuple[str, dict[str, Any]]:
        """Name and fields of a single-object datum. Raises Undecodable for anything else, an extra byte included."""
        found = self._by_header.get(datum[:HEADER_BYTES])
        if found is None:
            raise Undecodable("no schema of this file")
        name, schema = found
        stream = io.BytesIO(datum)
        stream.seek(HEADER_BYTES)
        try:
            record = schemaless_reader(stream, schema, None)
        except Exception as problem:  # noqa: BLE001  # hostile bytes fail in any way inside the decoder
            raise Undecodable(f"{name}: {type(problem).__name__}") from None
        if stream.tell() != len(datum) or not isinstance(record, dict):
            raise Undecodable(f"{name}: bytes are left over")
        return name, {key: _dates_as_text(value) for key, value in record.items()}


def _without_logical_types(schema: Any) -> Any:
    """Ids stay text, instants stay integers; days alone are read as days."""
    if isinstance(schema, dict):
        return {key: _without_logical_types(value) for key, value in schema.items() if key != "logicalType" or value == "date"}
    if isinstance(schema, list):
        return [_without_logical_types(item) for item in schema]
    return schema


@lru_cache(maxsize=4)
def _schemas(text: str) -> Schemas:
    return Schemas(json.loads(text))


def open_export(path: Path) -> tuple[Schemas, Iterator[Exported]]:
    """The file's schemas and its records in order. Raises ValueError where it is no export."""
    stream = path.open("rb")
    try:
        container = reader(stream)
        metadata = container.metadata
        if "staffetta.schemas" not in metadata:
            raise ValueError(f"{path} carries no schemas: it is no export of a ledger")
        schemas = _schemas(metadata["staffetta.schemas"])
    except BaseException:
        stream.close()
        raise

    def records() -> Iterator[Exported]:
        with stream:
            for record in container:
                if not isinstance(record, dict):
                    raise ValueError(f"{path} holds something that is no entry")  # noqa: TRY004  # the file is wrong, not the caller
                yield Exported(**record)

    return schemas, records()
