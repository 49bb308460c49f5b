"""Avro's variable-length parts, read strictly: what Apache Avro would refuse or read differently is refused here too. For `events.compiled`."""

from __future__ import annotations

from datetime import date

_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


class Malformed(ValueError):
    """The bytes are not this schema's encoding of anything."""


class TrailingBytes(ValueError):
    """Something follows the value."""


def read_long(buffer: bytes, at: int) -> tuple[int, int]:
    """The zigzag varint at `at`, of at most 64 bits and in its shortest form, and the offset after it. Raises Malformed, IndexError past the end."""
    byte = buffer[at]
    value, shift = byte & 0x7F, 0
    while byte >= 0x80:
        at += 1
        shift += 7
        if shift > 63:
            raise Malformed("a varint longer than 64 bits")
        byte = buffer[at]
        value |= (byte & 0x7F) << shift
    if (byte == 0 and shift) or value >> 64:
        raise Malformed("a varint not in its shortest form, or over 64 bits")
    return value >> 1 ^ -(value & 1), at + 1


def read_length(buffer: bytes, at: int) -> tuple[int, int]:
    """A varint that is not negative. It may well reach past the buffer."""
    length, at = read_long(buffer, at)
    if length < 0:
        raise Malformed("a negative length")
    return length, at


def read_array_head(buffer: bytes, at: int) -> tuple[int, int | None, int]:
    """Head of a block that is not the last: number of items (no more than bytes are left), its end where it says one, and the offset of its items."""
    count, at = read_long(buffer, at)
    end = None
    if count < 0:
        size, at = read_long(buffer, at)
        count, end = -count, at + size
    if count > len(buffer) - at:
        raise Malformed("more items than bytes")
    return count, end, at


def read_date(buffer: bytes, at: int) -> tuple[str, int]:
    """Days since 1970-01-01 as ISO 8601 text, years 1 to 9999."""
    days, at = read_long(buffer, at)
    try:
        return date.fromordinal(_EPOCH_ORDINAL + days).isoformat(), at
    except (ValueError, OverflowError):
        raise Malformed("a date outside the years 1 to 9999") from None


def write_long(out: bytearray, value: int) -> None:
    """Zigzag varint. Raises ValueError outside 64 bits."""
    zigzag = value << 1 if value >= 0 else ~(value << 1)
    if zigzag < 0x80:
        out.append(zigzag)
        return
    if zigzag >> 64:
        raise ValueError("an integer over 64 bits")
    while zigzag >= 0x80:
        out.append(zigzag & 0x7F | 0x80)
        zigzag >>= 7
    out.append(zigzag)


def write_integer(out: bytearray, value: int) -> None:
    """As `write_long`, for a value of a fact. Raises TypeError for anything but an int."""
    if type(value) is not int:
        raise TypeError("not an integer")
    write_long(out, value)


def write_date(out: bytearray, value: str) -> None:
    """ISO 8601 text as days since 1970-01-01. Raises ValueError for any other text, TypeError for no text."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        raise ValueError("no date") from None
    if day.isoformat() != value:
        raise ValueError("a date is YYYY-MM-DD")
    write_long(out, day.toordinal() - _EPOCH_ORDINAL)
