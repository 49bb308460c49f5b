"""The acceptance rule: which record of a ledger partition is the next entry. One pure function, used by every reader.

Position is where a reader stands: after the entry with `sequence` and `hash`, at `offset` of the ledger partition.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from events.entry import Body, Decided, Genesis, NoEvent, SourceChanged
from events.envelope import GENESIS_PREVIOUS_HASH, Envelope, hash_of
from events.quick import quick


@quick
@dataclass(frozen=True, slots=True)
class Position:
    """A place in one network's ledger, right after an accepted entry."""

    network: str
    topic_id: str
    """Kafka's id of the ledger topic; empty where the broker is not asked (pure readers of files)."""
    offset: int
    """Ledger offset of the last accepted record."""
    sequence: int
    hash: bytes
    """SHA-256 of the last accepted record's value."""
    event_offset: int
    """Offset in the events topic of the last event taken into account; the next must be exactly one more."""
    event_time_ms: int


class Ignored(StrEnum):
    """Why a record is not the next entry. In the order examined."""

    ENVELOPE = "unreadable_envelope"
    NETWORK = "other_network"
    SEQUENCE = "sequence"
    PREVIOUS_HASH = "previous_hash"
    EVENT_OFFSET = "event_offset"
    EVENT_TIME = "event_time"
    GENESIS = "not_a_genesis"


def why_ignored(position: Position, envelope: Envelope) -> Ignored | None:
    """None where the envelope is the next entry after `position`; else the first condition that fails."""
    if envelope.network != position.network:
        return Ignored.NETWORK
    if envelope.sequence != position.sequence + 1:
        return Ignored.SEQUENCE
    if envelope.previous_hash != position.hash:
        return Ignored.PREVIOUS_HASH
    if envelope.event_offset != position.event_offset + 1:
        return Ignored.EVENT_OFFSET
    if envelope.event_time_ms < position.event_time_ms:
        return Ignored.EVENT_TIME
    return None


def is_genesis(network: str, envelope: Envelope) -> bool:
    """Whether this envelope can begin the ledger of `network` (its body must be a `Genesis` as well)."""
    return envelope.network == network and envelope.sequence == 0 and envelope.previous_hash == GENESIS_PREVIOUS_HASH and envelope.event_offset == -1


def advance(position: Position, offset: int, value: bytes, envelope: Envelope, body: Body) -> Position:
    """The position after an accepted record. An operator's entry moves the event offset past its hole or to its new source."""
    match body:
        case Decided():
            event_offset = envelope.event_offset
        case NoEvent(last_offset=last):
            event_offset = last
        case SourceChanged(first_new_offset=first):
            event_offset = first - 1
        case Genesis(first_event_offset=first):
            event_offset = first - 1
    return Position(position.network, position.topic_id, offset, envelope.sequence, hash_of(value), event_offset, envelope.event_time_ms)
