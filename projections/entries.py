"""View `entries`: the accepted entries themselves, byte for byte. `heal` restores a lost tail from here; event ids and times are found by it."""

from __future__ import annotations

from dataclasses import dataclass

from events.acceptance import Position
from events.codec import event_id_of
from events.entry import Body, Decided
from events.envelope import Envelope

VIEW = "entries"
COLUMNS = ("sequence", "ledger_offset", "hash", "event_offset", "event_time_ms", "event_id", "value")


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One accepted entry as it came."""

    sequence: int
    ledger_offset: int
    hash: bytes
    event_offset: int
    event_time_ms: int
    event_id: str | None
    value: bytes
    """The whole ledger record value."""


def fold(position: Position, envelope: Envelope, body: Body, value: bytes) -> tuple[int, int, bytes, int, int, str | None, bytes]:
    """The row of an accepted record, in the order of `COLUMNS`. `position` is the reader's, right after it."""
    event_id = event_id_of(body.event) if isinstance(body, Decided) else None
    return envelope.sequence, position.offset, position.hash, envelope.event_offset, envelope.event_time_ms, event_id, value
