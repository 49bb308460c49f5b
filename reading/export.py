"""An export of accepted entries: one Avro object container file that is read with nothing of ours.

One record an entry, in order of sequence:

    network, sequence, hash, previous_hash, event_offset, event_time_ms      as in the envelope; hash is the entry's own
    raw               the ledger record's value, verbatim: what is hashed
    clear             JSON: `{"body": "Decided", "event": {"name", "fields", "sealed"}, "outcomes": [...]}`; `sealed` counts sealed copies.
                      An undecodable event is `{"unread": why}`. For other bodies: `{"body": "Genesis", "fields": {...}}`
    plain_event       JSON `{"event": name, fields...}` where it could be opened; `{"event", "locked": true, clear fields...}` where its key is gone;
                      `{"unread": why}`; null for other bodies, and for every entry of an export without keys
    plain_outcomes    the same for each outcome (`{"outcome": name, ...}`), in order

The file's metadata hold `staffetta.schemas` (a JSON list of every schema ever released) and `staffetta.format` ("1"). The same entries give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import BinaryIO

from fastavro.schema import parse_schema
from fastavro.write import Writer

from events.codec import EVENT_NAMES, decode_event, decode_fact
from events.entry import Decided, Locked, OpenedDecision, OpenedEntry, Unread
from events.envelope import hash_of
from events.errors import Undecodable
from events.facts import Fact
from events.schemas import versions
from reading.ledger_chain import AcceptedRecord
from reading.vault import Vault

FORMAT = "1"
_ENTRIES_A_BLOCK = 200

SCHEMA = {
    "type": "record",
    "name": "ExportedEntry",
    "namespace": "eu.staffetta.export",
    "doc": "One accepted ledger entry.",
    "fields": [
        {"name": "network", "type": "string", "doc": "Slug of the network."},
        {"name": "sequence", "type": "long", "doc": "0 is the genesis."},
        {"name": "hash", "type": "bytes", "doc": "SHA-256 of raw, 32 bytes."},
        {"name": "previous_hash", "type": "bytes", "doc": "SHA-256 of the previous entry's raw, 32 bytes; zeros at the genesis."},
        {"name": "event_offset", "type": "long", "doc": "Offset of the event in the events topic; -1 at the genesis."},
        {"name": "event_time_ms", "type": "long", "doc": "The event record's timestamp, milliseconds since 1970-01-01T00:00:00Z."},
        {"name": "raw", "type": "bytes", "doc": "The ledger record's value, verbatim."},
        {"name": "clear", "type": "string", "doc": "JSON: what the entry shows without a key."},
        {"name": "plain_event", "type": ["null", "string"], "doc": "JSON: the event, opened as far as there are keys; null without keys."},
        {
            "name": "plain_outcomes",
            "type": ["null", {"type": "array", "items": "string"}],
            "doc": "JSON: each outcome, opened as far as there are keys; null without keys.",
        },
    ],
}


class EntryExport:
    """Writes entries to a binary file as they come. Close it with `finish`."""

    def __init__(self, out: BinaryIO, network: str) -> None:
        texts = [json.loads(version.text) for version in versions()]
        metadata = {
            "staffetta.format": FORMAT,
            "staffetta.network": network,
            "staffetta.schemas": json.dumps(texts, ensure_ascii=False, separators=(",", ":")),
        }
        marker = hashlib.sha256(f"staffetta export {network}".encode()).digest()[:16]
        self._writer = Writer(out, parse_schema(SCHEMA), codec="deflate", metadata=metadata, sync_marker=marker)
        self.entries = 0

    def add(self, record: AcceptedRecord, opened: OpenedEntry | None) -> None:
        """One entry; `opened` is None in an export without keys."""
        decision = opened if isinstance(opened, OpenedDecision) else None
        self._writer.write(
            {
                "network": record.envelope.network,
                "sequence": record.envelope.sequence,
                "hash": hash_of(record.value),
                "previous_hash": record.envelope.previous_hash,
                "event_offset": record.envelope.event_offset,
                "event_time_ms": record.envelope.event_time_ms,
                "raw": record.value,
                "clear": _text(clear_of(record)),
                "plain_event": None if decision is None else _text(_plain(decision.opened.event)),
                "plain_outcomes": None if decision is None else [_text(_plain(outcome)) for outcome in decision.outcomes],
            }
        )
        self.entries += 1
        if self.entries % _ENTRIES_A_BLOCK == 0:
            self._writer.flush()

    def finish(self) -> None:
        """Writes what is left; the file itself stays open."""
        self._writer.flush()


async def export_entries(batches: AsyncIterator[list[AcceptedRecord]], vault: Vault | None, out: BinaryIO, network: str) -> int:
    """Exports every entry that `batches` yields (`LedgerReader.read_to_end()`), opened where there is a vault. How many entries."""
    export = EntryExport(out, network)
    async for batch in batches:
        opened: Sequence[OpenedEntry | None] = (
            [None] * len(batch) if vault is None else await vault.open_entries([(record.envelope, record.body) for record in batch])
        )
        for record, entry in zip(batch, opened, strict=True):
            export.add(record, entry)
    export.finish()
    return export.entries


def clear_of(record: AcceptedRecord) -> dict[str, object]:
    """What an entry shows without any key, as JSON values."""
    if not isinstance(record.body, Decided):
        return {"body": type(record.body).__name__, "fields": _value(record.body)}
    return {"body": "Decided", "event": _clear_event(record.body.event), "outcomes": [_clear_fact(outcome) for outcome in record.body.outcomes]}


def _clear_event(value: bytes) -> dict[str, object]:
    try:
        wire = decode_event(value)
    except Undecodable as problem:
        return {"unread": problem.why}
    return {"name": wire.name, "fields": wire.clear, "sealed": len(wire.sealed)}


def _clear_fact(value: bytes) -> dict[str, object]:
    wire = decode_fact(value)
    return {"name": wire.name, "fields": wire.clear, "sealed": len(wire.sealed)}


def _plain(fact: Fact | Locked | Unread) -> dict[str, object]:
    if isinstance(fact, Unread):
        return {"unread": fact.why}
    name = fact.name if isinstance(fact, Locked) else type(fact).__name__
    kind = "event" if name in EVENT_NAMES else "outcome"
    if isinstance(fact, Locked):
        return {kind: name, "locked": True, **{field: _value(value) for field, value in fact.clear.items()}}
    return {kind: name, **{field.name: _value(getattr(fact, field.name)) for field in fields(fact)}}


def _value(value: object) -> object:
    """Vocabularies as their symbols, tuples as lists, records as objects, bytes as hex."""
    match value:
        case Enum():
            return value.value
        case bytes():
            return value.hex()
        case tuple() | list():
            return [_value(item) for item in value]
        case Mapping():
            return {str(key): _value(item) for key, item in value.items()}
        case _ if is_dataclass(value):
            return {field.name: _value(getattr(value, field.name)) for field in fields(value)}
        case _:
            return value


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
