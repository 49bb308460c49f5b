"""Writes ledgers by hand, right or wrong: steps of (instant, event, outcomes) become an export that the checker reads."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from events.acceptance import Position
from events.codec import Sealed, encode_body, encode_fact, split
from events.entry import Body, Decided, Genesis, Locked, OpenedDecision, OpenedEvent, Unread
from events.envelope import GENESIS_PREVIOUS_HASH, Envelope, hash_of, seal_envelope
from events.facts import Event, Fact, Outcome
from events.ids import uuid7
from events.subjects import subjects_of
from ops.checker.container import open_export
from ops.checker.walk import TICK_MS, Findings, walk
from reading.export import EntryExport
from reading.ledger_chain import AcceptedRecord

NETWORK = "it"
START_MS = 1_697_515_200_000


def event_id(number: int, at_ms: int = START_MS) -> str:
    """A UUIDv7 that differs by number."""
    return uuid7(at_ms, number)


def case_id(number: int) -> str:
    """A UUIDv4-shaped id that differs by number."""
    return f"00000000-0000-4000-8000-{number:012d}"


@dataclass(slots=True)
class Step:
    """One entry to be written."""

    at_ms: int
    event: Event
    outcomes: list[Outcome]
    locked: bool = False
    """Without a key: event and outcomes cannot be opened."""
    unsealed: bool = False
    """A planted bug: private parts are written as they are."""


def sealed_fact(fact: Fact, marker: int, *, unsealed: bool = False) -> bytes:
    """Wire bytes of a fact whose private part is sealed into noise of a fixed size."""
    clear, private = split(fact)
    text = private if unsealed and private is not None else bytes([0xA5] * 64)
    copies = () if private is None else tuple(Sealed(bytes([marker % 256] * 16), 1, text) for _ in subjects_of(fact))
    return encode_fact(type(fact).__name__, clear, copies)


def _opened(fact: Fact, locked: bool) -> Fact | Locked:
    clear, private = split(fact)
    return Locked(type(fact).__name__, clear) if locked and private is not None else fact


@dataclass(slots=True)
class Written:
    """An entry as it will be exported; tests may change it."""

    envelope: Envelope
    value: bytes
    body: Body
    opened: OpenedDecision | None


def write(steps: Sequence[Step]) -> list[Written]:
    """A genesis and an entry for each step, chained."""
    began_ms = min([START_MS, *(step.at_ms for step in steps)])
    genesis = Genesis("cluster", "events-topic", "ledger-topic", 0, began_ms)
    written = [entry(0, GENESIS_PREVIOUS_HASH, -1, began_ms, genesis, None)]
    for index, step in enumerate(steps):
        wire = [sealed_fact(fact, index, unsealed=step.unsealed) for fact in (step.event, *step.outcomes)]
        body = Decided(wire[0], tuple(wire[1:]), None, None)
        event = OpenedEvent(_as_event(step), bytes(16), 0)
        outcomes = tuple(_opened(outcome, step.locked) for outcome in step.outcomes)
        opened = OpenedDecision(NETWORK, index + 1, index, step.at_ms, event, outcomes)  # type: ignore[arg-type]
        written.append(entry(index + 1, hash_of(written[-1].value), index, step.at_ms, body, opened))
    return written


def _as_event(step: Step) -> Event | Locked | Unread:
    return _opened(step.event, step.locked)  # type: ignore[return-value]


def check_entries(entries: Sequence[OpenedDecision], directory: Path, tick_ms: int = TICK_MS) -> Findings:
    """What the checker finds in an export of decided entries, sealed into noise; an event without a key stays without."""
    began_ms = min((each.event_time_ms for each in entries), default=START_MS)
    genesis = Genesis("cluster", "events-topic", "ledger-topic", 0, began_ms)
    written = [entry(0, GENESIS_PREVIOUS_HASH, -1, began_ms, genesis, None)]
    for each in entries:
        outcomes = tuple(_sealed(outcome, each.sequence) for outcome in each.outcomes)
        body = Decided(_sealed(each.opened.event, each.sequence), outcomes, None, None)
        written.append(entry(each.sequence, hash_of(written[-1].value), each.event_offset, each.event_time_ms, body, each))
    return check(written, directory, tick_ms=tick_ms)


def _sealed(fact: Fact | Locked | Unread, marker: int) -> bytes:
    if isinstance(fact, Unread):
        return b"unread"
    if isinstance(fact, Locked):
        return encode_fact(fact.name, dict(fact.clear), (Sealed(bytes([marker % 256] * 16), 1, bytes([0xA5] * 64)),))
    return sealed_fact(fact, marker)


def entry(sequence: int, previous: bytes, event_offset: int, at_ms: int, body: Body, opened: OpenedDecision | None) -> Written:
    """One chained entry."""
    envelope = Envelope(NETWORK, sequence, previous, event_offset, at_ms, encode_body(body))
    return Written(envelope, seal_envelope(envelope), body, opened)


def check(written: Sequence[Written], directory: Path, *, with_keys: bool = True, tick_ms: int = TICK_MS) -> Findings:
    """What the checker finds in an export of these entries."""
    path = directory / "ledger.avro"
    out = io.BytesIO()
    export = EntryExport(out, NETWORK)
    for offset, each in enumerate(written):
        position = Position(NETWORK, "", offset, each.envelope.sequence, hash_of(each.value), each.envelope.event_offset, each.envelope.event_time_ms)
        export.add(AcceptedRecord(position, each.value, each.envelope, each.body, ()), each.opened if with_keys else None)
    export.finish()
    path.write_bytes(out.getvalue())
    schemas, records = open_export(path)
    return walk(schemas, records, tick_ms)
