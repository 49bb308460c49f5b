"""Identifiers: derived ones (UUIDv5, so that every worker derives the same) and the instants inside UUIDv7 event ids."""

from __future__ import annotations

import hashlib
import re

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
_SLUG = re.compile(r"[a-z0-9-]{1,64}\Z")


def derived_id(network: str, sequence: int, index: int) -> str:
    """UUIDv5-shaped id (RFC 9562, SHA-1) of a thing born as number `index` in entry `sequence` of `network`. Canonical text."""
    digest = bytearray(hashlib.sha1(f"staffetta:{network}:{sequence}:{index}".encode(), usedforsecurity=False).digest()[:16])
    digest[6] = (digest[6] & 0x0F) | 0x50
    digest[8] = (digest[8] & 0x3F) | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def is_uuid(text: str) -> bool:
    """Whether `text` is a canonical lower-case UUID."""
    return _UUID.match(text) is not None


def is_slug(text: str) -> bool:
    """Whether `text` may name a project, a body, a unit or a network."""
    return _SLUG.match(text) is not None


def uuid7_at_ms(event_id: str) -> int | None:
    """Milliseconds since the epoch inside a canonical UUIDv7 text; None where it is no UUIDv7."""
    if not is_uuid(event_id) or event_id[14] != "7" or event_id[19] not in "89ab":
        return None
    return int(event_id[:8] + event_id[9:13], 16)


def uuid7(at_ms: int, random_bits: int) -> str:
    """A UUIDv7 for an instant, from 74 bits of randomness that the caller brings (this module has none)."""
    value = (at_ms & (1 << 48) - 1) << 80 | 0x7 << 76 | (random_bits >> 62 & 0xFFF) << 64 | 0b10 << 62 | random_bits & ((1 << 62) - 1)
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
