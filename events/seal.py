"""Sealing: how private bytes become sealed bytes, and back. Pure functions; where keys come from is `reading.keys`.

AES-SIV (RFC 5297) with 64-byte keys. It is deterministic, so a retry and a rival seal the same bytes; and where two versions of the rules seal different
text for one place, the two stay confidential, which a nonce derived from the place would not give.

Sealed text = SIV(16) + encryption of the padded text. Padded text, big-endian, in this order:

    length    4 bytes   unsigned; of the plain text
    plain     n bytes
    zeros     up to the next step: 64, 128, 256, 512, 1024, 2048, 4096, then multiples of 4096

Associated data (never sent; the reader states it again), each text with its length before it, so that no two places share an encoding:

    "staffetta.seal.1"      network      field      key version (4 bytes, unsigned)      where

`field` is `event`, `outcome`, `state` or `view:<name>`; `where` is the place of the sealed part within its field: the event id, the event offset with the
outcome's index, the key of a row. A part moved to another network, field, key version or place does not open.
"""

from __future__ import annotations

import hmac
import json
import struct
from collections.abc import Mapping
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from events.errors import SealBroken

SEAL_KEY_BYTES = 64
"""Two AES-256 keys, as RFC 5297 wants for AEAD_AES_SIV_CMAC_512."""
SECRET_BYTES = 32
REF_BYTES = 16
CONTENT_HASH_BYTES = 16
TAG_BYTES = 16
NONCE_BYTES = 8

NETWORK_REF = bytes(REF_BYTES)
"""The reference of every part sealed under the network's own key. It is never registered: which key it means is known."""

EVENT = "event"
OUTCOME = "outcome"

_LABEL = b"staffetta.seal.1"
_SIV_BYTES = 16
_LENGTH = struct.Struct(">I")
_OUTCOME_PLACE = struct.Struct(">qI")
_LAST_DOUBLING = 4096
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def padded_size(plain_size: int) -> int:
    """Bytes that `plain_size` bytes of plain text take once their length is before them and they are padded to the next step."""
    needed = plain_size + _LENGTH.size
    if needed > _LAST_DOUBLING:
        return -(-needed // _LAST_DOUBLING) * _LAST_DOUBLING
    return max(64, 1 << (needed - 1).bit_length())


_SHORTEST_BYTES = _SIV_BYTES + padded_size(0)


def event_place(event_id: str) -> bytes:
    """Where a reported event's private part is: in the event of that id."""
    return event_id.encode()


def outcome_place(event_offset: int, index: int) -> bytes:
    """Where an outcome's private part is: number `index` (from 0) of the entry for the event at `event_offset`."""
    return _OUTCOME_PLACE.pack(event_offset, index)


def associated_data(network: str, field: str, key_version: int, where: bytes) -> bytes:
    """What a sealed part is bound to, in one unambiguous encoding."""
    return _before_where(network, field, key_version, len(where)) + where


@lru_cache(maxsize=1024)
def _before_where(network: str, field: str, key_version: int, where_bytes: int) -> bytes:
    name = network.encode()
    kind = field.encode()
    return b"".join((_LABEL, struct.pack(">HHII", len(name), len(kind), key_version, where_bytes), name, kind))


def seal(cipher: AESSIV, bound_to: bytes, plain: bytes) -> bytes:
    """Sealed text of `plain`, bound to `associated_data(...)`. The same arguments give the same bytes."""
    padded = (_LENGTH.pack(len(plain)) + plain).ljust(padded_size(len(plain)), b"\0")
    return cipher.encrypt(padded, [bound_to])


def unseal(cipher: AESSIV, bound_to: bytes, text: bytes) -> bytes:
    """Plain text of what `seal` made with the same key for the same place. Raises SealBroken for anything else, odd padding included."""
    if len(text) < _SHORTEST_BYTES:
        raise SealBroken("shorter than a sealed part")
    try:
        padded = cipher.decrypt(text, [bound_to])
    except InvalidTag:
        raise SealBroken("other key, other place or changed bytes") from None
    (length,) = _LENGTH.unpack_from(padded)
    end = _LENGTH.size + length
    if padded_size(length) != len(padded) or padded.count(0, end) != len(padded) - end:
        raise SealBroken("padding is not the one step that the length asks for")
    return padded[_LENGTH.size : end]


def outcome_ref(secret: bytes, event_offset: int, index: int) -> bytes:
    """Reference (16 bytes) of the key of one outcome: derived, so that a retry and a rival name it alike; without the secret it says nothing."""
    return _keyed(secret, b"outcome-ref", outcome_place(event_offset, index))[:REF_BYTES]


def event_ref(network_secret: bytes, event_id: str, nonce: bytes) -> bytes:
    """Reference (16 bytes) of the key of one copy of an event: 8 fresh random bytes, and by them and the event's id a mark of whoever has the network's key.

    Without that key it is random to look at, and with it it says nothing of whose event it is; but it tells an event sealed here from one that somebody
    made up, whose reference nobody ever registered.
    """
    if len(nonce) != NONCE_BYTES:
        raise ValueError("a nonce of another size")
    return nonce + _keyed(network_secret, b"event-ref", nonce + event_id.encode())[: REF_BYTES - NONCE_BYTES]


def is_event_ref(network_secret: bytes, event_id: str, ref: bytes) -> bool:
    """Whether `event_ref` made it for this event."""
    return len(ref) == REF_BYTES and hmac.compare_digest(event_ref(network_secret, event_id, ref[:NONCE_BYTES]), ref)


def content_hash(secret: bytes, name: str, clear: Mapping[str, object], private_plain: bytes | None) -> bytes:
    """Keyed hash (16 bytes) of an event's plain content, by which a repeat is told from other content under a known id.

    Over the clear fields as decoded (canonical JSON) and the private record's bytes, without references and sealed text: a retry has other references.
    """
    body = _canonical(clear).encode()
    private = b"" if private_plain is None else b"\1" + private_plain
    return _keyed(secret, b"content", _LENGTH.pack(len(body)) + body + private, name.encode())[:CONTENT_HASH_BYTES]


def raw_hash(secret: bytes, value: bytes) -> bytes:
    """Keyed hash (16 bytes) of a record that cannot be opened, over its bytes as they are."""
    return _keyed(secret, b"raw", value)[:CONTENT_HASH_BYTES]


def blind_tag(secret: bytes, label: str, text: str) -> bytes:
    """Keyed tag (16 bytes) by which a row about `text` is found again without showing it; different for each `label`."""
    return _keyed(secret, b"tag", text.encode(), label.encode())[:TAG_BYTES]


def _keyed(secret: bytes, purpose: bytes, message: bytes, qualifier: bytes = b"") -> bytes:
    """HMAC-SHA-256; purpose and qualifier with their lengths first, so that no two uses of one secret meet."""
    head = struct.pack(">BH", len(purpose), len(qualifier))
    return hmac.digest(secret, b"".join((head, purpose, qualifier, message)), "sha256")
