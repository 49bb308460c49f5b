"""One ledger entry, decoded from its raw record alone; the plain event and outcomes of the export beside it.

Envelope, big-endian: magic `STFLEDG1`, length and text of the network, sequence (8), previous hash (32), event offset (8, signed),
event time (8, signed), length (4) and bytes of the body; nothing after it.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ops.checker.breach import Breach
from ops.checker.container import Exported, Schemas, Undecodable

_MAGIC = b"STFLEDG1"
_FIXED = struct.Struct(">Q32sqqI")
VERDICTS = frozenset({"Recorded", "Refused", "Duplicate", "Unreadable"})


@dataclass(frozen=True, slots=True)
class Fact:
    """An event or an outcome: what is clear, and all of it where it could be opened."""

    name: str
    clear: dict[str, Any]
    fields: dict[str, Any]
    """Clear and private fields where `whole`, else the clear ones."""
    whole: bool
    """Whether the private part is there (or there is none)."""

    def __getitem__(self, field: str) -> Any:
        return self.fields[field]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger."""

    network: str
    sequence: int
    hash: bytes
    previous_hash: bytes
    event_offset: int
    event_time_ms: int
    raw: bytes
    body: str
    """Decided, Genesis, NoEvent or SourceChanged."""
    fields: dict[str, Any]
    """The body's fields."""
    event: Fact | None
    """None: not a decided entry, or the record could not be decoded."""
    outcomes: tuple[Fact, ...]

    @property
    def verdict(self) -> Fact | None:
        """The one verdict; None where there is not exactly one."""
        found = [outcome for outcome in self.outcomes if outcome.name in VERDICTS]
        return found[0] if len(found) == 1 else None

    @property
    def recorded(self) -> Fact | None:
        """The event, where it took effect and could be opened."""
        verdict = self.verdict
        return self.event if self.event is not None and self.event.whole and verdict is not None and verdict.name == "Recorded" else None


def open_entry(exported: Exported, schemas: Schemas) -> Entry:
    """The entry in an exported record. Raises Undecodable where its raw bytes are no entry."""
    raw = exported.raw
    if raw[:8] != _MAGIC or len(raw) < 9:
        raise Undecodable("no ledger magic")
    start = 9 + raw[8]
    if len(raw) < start + _FIXED.size:
        raise Undecodable("shorter than an envelope")
    sequence, previous_hash, event_offset, event_time_ms, length = _FIXED.unpack_from(raw, start)
    body = raw[start + _FIXED.size :]
    if len(body) != length:
        raise Undecodable("the body's length differs")
    name, fields = schemas.decode(body)
    if name not in ("Decided", "Genesis", "NoEvent", "SourceChanged"):
        raise Undecodable(f"{name} is no body of an entry")
    event: Fact | None = None
    outcomes: tuple[Fact, ...] = ()
    if name == "Decided":
        event = _event(fields["event"], exported.plain_event, schemas)
        outcomes = tuple(_outcomes(fields["outcomes"], exported.plain_outcomes, schemas))
    return Entry(
        network=raw[9:start].decode("ascii", "replace"),
        sequence=sequence,
        hash=hashlib.sha256(raw).digest(),
        previous_hash=previous_hash,
        event_offset=event_offset,
        event_time_ms=event_time_ms,
        raw=raw,
        body=name,
        fields=fields,
        event=event,
        outcomes=outcomes,
    )


def _event(datum: bytes, plain: str | None, schemas: Schemas) -> Fact | None:
    try:
        name, record = schemas.decode(datum)
    except Undecodable:
        return None
    return _fact(name, record, None if plain is None else json.loads(plain))


def _outcomes(data: list[bytes], plain: list[str] | None, schemas: Schemas) -> Iterator[Fact]:
    for index, datum in enumerate(data):
        name, record = schemas.decode(datum)
        yield _fact(name, record, None if plain is None or index >= len(plain) else json.loads(plain[index]))


def _fact(name: str, record: dict[str, Any], plain: dict[str, Any] | None) -> Fact:
    has_private_part = "sealed" in record
    clear = {key: value for key, value in record.items() if key != "sealed"}
    if plain is None or plain.get("locked") or "unread" in plain:
        return Fact(name, clear, clear, not has_private_part)
    fields = {key: value for key, value in plain.items() if key not in ("event", "outcome")}
    return Fact(name, clear, {**fields, **clear}, True)


def differences(exported: Exported, entry: Entry) -> Iterator[Breach]:
    """Where the export's own columns say something else than its raw record."""
    for column in ("network", "sequence", "hash", "previous_hash", "event_offset", "event_time_ms"):
        if getattr(exported, column) != getattr(entry, column):
            yield Breach(entry.sequence, "export.differs", f"the column {column} is not the raw record's")
    told = json.loads(exported.clear)
    if told.get("body") != entry.body:
        yield Breach(entry.sequence, "export.differs", "the clear column names another body")
    if entry.body != "Decided":
        return
    event = told.get("event") or {}
    if entry.event is not None and (event.get("name"), event.get("fields")) != (entry.event.name, entry.event.clear):
        yield Breach(entry.sequence, "export.differs", "the clear event is not the raw record's")
    if [(each["name"], each["fields"]) for each in told.get("outcomes", [])] != [(each.name, each.clear) for each in entry.outcomes]:
        yield Breach(entry.sequence, "export.differs", "the clear outcomes are not the raw record's")
    if exported.plain_outcomes is not None and len(exported.plain_outcomes) != len(entry.outcomes):
        yield Breach(entry.sequence, "export.differs", "there are more or fewer plain outcomes than outcomes")
    facts = [(entry.event, exported.plain_event), *zip(entry.outcomes, exported.plain_outcomes or [], strict=False)]
    for fact, text in facts:
        if fact is None or text is None:
            continue
        plain = json.loads(text)
        name = plain.get("event") or plain.get("outcome")
        if "unread" not in plain and (name != fact.name or any(plain.get(key) != value for key, value in fact.clear.items())):
            yield Breach(entry.sequence, "export.differs", f"the plain {fact.name} contradicts its clear fields")
