"""The frozen binary envelope of a ledger entry. It never evolves: a change here is a new ledger, not a new version.

Layout, big-endian, in this order:

    magic            8 bytes   b"STFLEDG1"
    network_length   1 byte    1..64
    network          n bytes   ASCII slug
    sequence         8 bytes   unsigned; 0 is the genesis
    previous_hash   32 bytes   SHA-256 of the whole previous accepted record value; zeros at the genesis
    event_offset     8 bytes   signed; offset of the event in `staffetta.events`; -1 at the genesis
    event_time_ms    8 bytes   signed; the event record's timestamp
    body_length      4 bytes   unsigned
    body             n bytes   Avro, single-object encoding (`events.entry`)

Nothing may follow. The hash of an entry is the SHA-256 of these bytes, all of them.
"""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass

from events.errors import EnvelopeUnreadable
from events.quick import quick

MAGIC = b"STFLEDG1"
GENESIS_PREVIOUS_HASH = bytes(32)
_FIXED = struct.Struct(">Q32sqqI")
_SLUG = re.compile(r"[a-z0-9-]{1,64}\Z")


@quick
@dataclass(frozen=True, slots=True)
class Envelope:
    """One ledger record, its body still closed."""

    network: str
    sequence: int
    previous_hash: bytes
    event_offset: int
    event_time_ms: int
    body: bytes


def hash_of(value: bytes) -> bytes:
    """SHA-256 (32 bytes) of a whole ledger record value: what the next entry names as `previous_hash`."""
    return hashlib.sha256(value).digest()


def seal_envelope(envelope: Envelope) -> bytes:
    """Bytes of the envelope. Raises ValueError where a field is out of its range."""
    if not _SLUG.match(envelope.network):
        raise ValueError(f"network must be a slug of 1 to 64 characters, not {envelope.network!r}")
    if len(envelope.previous_hash) != 32:
        raise ValueError("previous_hash must be 32 bytes")
    network = envelope.network.encode("ascii")
    fixed = _FIXED.pack(envelope.sequence, envelope.previous_hash, envelope.event_offset, envelope.event_time_ms, len(envelope.body))
    return MAGIC + bytes((len(network),)) + network + fixed + envelope.body


def open_envelope(value: bytes) -> Envelope:
    """The envelope in these bytes. Raises EnvelopeUnreadable for anything else, a missing or an extra byte included."""
    if len(value) < 9 or value[:8] != MAGIC:
        raise EnvelopeUnreadable("no ledger magic")
    end_of_network = 9 + value[8]
    start_of_body = end_of_network + _FIXED.size
    if len(value) < start_of_body:
        raise EnvelopeUnreadable("shorter than an envelope")
    try:
        network = value[9:end_of_network].decode("ascii")
    except UnicodeDecodeError:
        raise EnvelopeUnreadable("network is not ASCII") from None
    if not _SLUG.match(network):
        raise EnvelopeUnreadable("network is not a slug")
    sequence, previous_hash, event_offset, event_time_ms, body_length = _FIXED.unpack_from(value, end_of_network)
    if len(value) != start_of_body + body_length:
        raise EnvelopeUnreadable("body length differs")
    return Envelope(network, sequence, previous_hash, event_offset, event_time_ms, bytes(value[start_of_body:]))
