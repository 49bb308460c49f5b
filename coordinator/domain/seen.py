"""Event ids seen in the last 14 days, in buckets by the day inside the UUIDv7.

A bucket keeps full runs of `RUN` ids as one sorted byte string each, looked up by bisection, and the newest ids in a persistent map: about 24 to 32
bytes an id, nothing to rebuild when a snapshot is loaded. Where runs end depends on the order of arrival alone, so that every fold cuts them alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from immutables import Map

DAY_MS = 86_400_000
REMEMBERED_MS = 14 * DAY_MS
"""An older event id is refused, so nothing needs to be known of it."""
AHEAD_MS = 5 * 60_000
"""An event id, or an observation, further ahead of the event's own time than this is refused."""
ID_BYTES = 16
RUN = 4096


@dataclass(frozen=True, slots=True)
class SeenDay:
    """What is remembered for the ids of one day; every value has the same width in bytes."""

    runs: tuple[bytes, ...]
    newest: Map[bytes, bytes]


EMPTY_DAY = SeenDay((), Map())


def day_of(id_at_ms: int) -> int:
    """The bucket of an id."""
    return id_at_ms // DAY_MS


def id_bytes(event_id: str) -> bytes:
    """The 16 bytes of a canonical UUID."""
    return bytes.fromhex(event_id.replace("-", ""))


def remember(day: SeenDay, key: bytes, value: bytes) -> SeenDay:
    """The day with one more id. `key` must not be in it."""
    newest = day.newest.set(key, value)
    if len(newest) < RUN:
        return SeenDay(day.runs, newest)
    return SeenDay((*day.runs, b"".join(k + v for k, v in sorted(newest.items()))), Map())


def recall(day: SeenDay, key: bytes, width: int) -> bytes | None:
    """What is remembered under an id, `width` bytes; None: never seen."""
    value = day.newest.get(key)
    if value is not None:
        return value
    step = ID_BYTES + width
    for run in reversed(day.runs):
        low, high = 0, len(run) // step
        while low < high:
            middle = (low + high) // 2
            if run[middle * step : middle * step + ID_BYTES] < key:
                low = middle + 1
            else:
                high = middle
        if run[low * step : low * step + ID_BYTES] == key:
            return run[low * step + ID_BYTES : low * step + step]
    return None


def days_gone(at_ms: int) -> int:
    """The first day that is still remembered at an instant."""
    return (at_ms - REMEMBERED_MS) // DAY_MS
