"""The simulated calendar: one fixed offset from UTC, office hours, the shape of a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
OFFSET_MS = 2 * HOUR_MS
"""Central European Summer Time; the simulated days lie in it."""
DAY_STARTS_AT_MS = int(datetime(2023, 10, 17, 4, 0, tzinfo=UTC).timestamp()) * 1000
"""Tuesday 17 October 2023, 06:00 in Rome: inside the programme period, in the year of the published call figures."""

_WEIGHT_OF_HOUR = (2, 1, 1, 1, 1, 1, 2, 3, 6, 9, 10, 10, 8, 7, 8, 9, 9, 8, 6, 5, 4, 4, 3, 2)
"""How demand spreads over the local hours 0-23: the helpline never closes, most calls come in office hours. Assumed."""


def local_hour(at_ms: int) -> int:
    """Hour of the day in Rome, 0-23."""
    return (at_ms + OFFSET_MS) // HOUR_MS % 24


def local_text(at_ms: int) -> str:
    """Date and time in Rome, for people."""
    return (datetime.fromtimestamp(at_ms / 1000, tz=UTC) + timedelta(milliseconds=OFFSET_MS)).strftime("%a %d %b %H:%M:%S")


def at_night(at_ms: int) -> bool:
    """Whether offices are closed: from 21 to 7."""
    return not 7 <= local_hour(at_ms) < 21


def in_office(at_ms: int, draw: Random) -> int:
    """The same instant, or a moment after 8 in the morning that follows where it falls at night."""
    if not at_night(at_ms):
        return at_ms
    local = at_ms + OFFSET_MS
    midnight = local // DAY_MS * DAY_MS
    morning = midnight + 8 * HOUR_MS
    if local >= morning:
        morning += DAY_MS
    return morning - OFFSET_MS + draw.randrange(60 * MINUTE_MS)


def moment(draw: Random, start_ms: int, days: int) -> int:
    """An instant in the simulated days, by the shape of a day."""
    day = draw.randrange(days)
    hour = draw.choices(range(24), _WEIGHT_OF_HOUR)[0]
    since_start = (hour - local_hour(start_ms)) % 24
    return start_ms + day * DAY_MS + since_start * HOUR_MS + draw.randrange(HOUR_MS)
