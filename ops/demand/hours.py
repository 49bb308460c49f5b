"""The simulated calendar: Italian civil time, office days and hours, the shape of a day and of a week. The demand is calibrated on Italy and lives by its
calendar, which is data of the network.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

from events.calendar import day_number, local_ms, weekday_of
from ops.networks.loading import load_network

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
DAY_STARTS_AT_MS = int(datetime(2023, 10, 26, 4, 0, tzinfo=UTC).timestamp()) * 1000
"""Thursday 26 October 2023, 06:00 in Rome: inside the programme period, in the year of the published call figures. The week from then on holds a weekend,
the end of summer time (Sunday the 29th) and All Saints' Day (Wednesday, 1 November).
"""
_OPENS, _CLOSES = 7, 21
"""Local hours between which offices may be reached."""
_WEIGHT_OF_HOUR = (2, 1, 1, 1, 1, 1, 2, 3, 6, 9, 10, 10, 8, 7, 8, 9, 9, 8, 6, 5, 4, 4, 3, 2)
"""How demand spreads over the local hours 0-23: the helpline never closes, most calls come in office hours. Assumed."""
_WEIGHT_OF_FREE_DAY = 0.6
"""Demand of a Saturday, a Sunday or a holiday beside a working day's. Assumed."""


@cache
def _calendar() -> tuple[tuple[tuple[int, int], ...], frozenset[int]]:
    """(offsets of civil time, public holidays as days since 1970)."""
    clocks = load_network("it").policy["clocks"]
    return tuple((from_ms, minutes * MINUTE_MS) for from_ms, minutes in clocks["offsets"]), frozenset(map(day_number, clocks["holidays"]))


def local(at_ms: int) -> int:
    """Local time in Rome, counted like instants."""
    return local_ms(_calendar()[0], at_ms)


def local_hour(at_ms: int) -> int:
    """Hour of the day in Rome, 0-23."""
    return local(at_ms) // HOUR_MS % 24


def local_text(at_ms: int) -> str:
    """Date and time in Rome, for people."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=local(at_ms))).strftime("%a %d %b %H:%M:%S")


def at_night(at_ms: int) -> bool:
    """Whether nobody is in an office: from 21 to 7."""
    return not _OPENS <= local_hour(at_ms) < _CLOSES


def on_free_day(at_ms: int) -> bool:
    """Whether it is a Saturday, a Sunday or a public holiday."""
    day = local(at_ms) // DAY_MS
    return weekday_of(day) >= 5 or day in _calendar()[1]


def in_office(at_ms: int, draw: Random) -> int:
    """The same instant, or a moment after 8 in the morning of the next working day where offices are closed then."""
    if not at_night(at_ms) and not on_free_day(at_ms):
        return at_ms
    morning = _morning_after(at_ms)
    while on_free_day(morning):
        morning += DAY_MS
    return _after_eight(morning, draw)


def by_day(at_ms: int, draw: Random) -> int:
    """The same instant, or a moment after 8 in the morning that follows where it is night: for what does not wait for a working day."""
    return _after_eight(_morning_after(at_ms), draw) if at_night(at_ms) else at_ms


def _morning_after(at_ms: int) -> int:
    """About 8 in the morning, the first after an instant; an hour off where the clocks change in between."""
    morning = at_ms - local(at_ms) % DAY_MS + 8 * HOUR_MS
    return morning if morning > at_ms else morning + DAY_MS


def _after_eight(morning: int, draw: Random) -> int:
    return morning + (8 - local_hour(morning)) * HOUR_MS + draw.randrange(60 * MINUTE_MS)


def moment(draw: Random, start_ms: int, days: int) -> int:
    """An instant in the simulated days, by the shape of a day and of a week."""
    weights = [_WEIGHT_OF_FREE_DAY if on_free_day(start_ms + day * DAY_MS) else 1.0 for day in range(days)]
    (day,) = draw.choices(range(days), weights)
    hour = draw.choices(range(24), _WEIGHT_OF_HOUR)[0]
    since_start = (hour - local_hour(start_ms)) % 24
    return start_ms + day * DAY_MS + since_start * HOUR_MS + draw.randrange(HOUR_MS)
