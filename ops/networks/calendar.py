"""Makes the calendar of a network's file: `python -m ops.networks.calendar`. Prints what stands under `policy.clocks` of `it.json` as `offsets` and `holidays`.

The core carries no time zone data, so the offsets of Italian civil time are worked out here once, for the years that the calendar covers, and are data
from then on. A year added, or a law changed, is another version of the policy.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

FIRST_YEAR, LAST_YEAR = 2018, 2040

_FIXED_HOLIDAYS = ((1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26))
"""Law 260/1949 as amended, and Law 336/2000 for 2 June: month and day."""
_SAINT_FRANCIS = (2026, 10, 4)
"""Law 151/2025: 4 October is a public holiday again from 2026 on."""


def easter_sunday(year: int) -> date:
    """By the Gregorian computus in the form of Meeus, Jones and Butcher."""
    golden, century, of_century = year % 19, year // 100, year % 100
    leap_centuries, century_rest = divmod(century, 4)
    moon = (19 * golden + century - leap_centuries - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    leap_years, year_rest = divmod(of_century, 4)
    to_sunday = (32 + 2 * century_rest + 2 * leap_years - moon - year_rest) % 7
    late = (golden + 11 * moon + 22 * to_sunday) // 451
    month, day = divmod(moon + to_sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def holidays(year: int) -> list[date]:
    """Italy's public holidays of a year that are no Sunday by their nature, sorted. The patron saint of a town is none of the nation's."""
    days = [date(year, month, day) for month, day in _FIXED_HOLIDAYS]
    days.append(easter_sunday(year) + timedelta(days=1))
    if year >= _SAINT_FRANCIS[0]:
        days.append(date(year, *_SAINT_FRANCIS[1:]))
    return sorted(days)


def offsets(zone: str) -> list[tuple[int, int]]:
    """(instant in ms, local time minus UTC in minutes) from the first year's beginning, and at each change in the years covered."""
    civil = ZoneInfo(zone)
    found: list[tuple[int, int]] = []
    hour = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    while hour.year <= LAST_YEAR:
        offset = civil.utcoffset(hour.astimezone(civil))
        assert offset is not None
        minutes = int(offset.total_seconds()) // 60
        if not found or found[-1][1] != minutes:
            found.append((int(hour.timestamp()) * 1000, minutes))
        hour += timedelta(hours=1)
    return found


def main() -> None:
    days = [day.isoformat() for year in range(FIRST_YEAR, LAST_YEAR + 1) for day in holidays(year)]
    rows = ",\n".join("    " + ", ".join(json.dumps(day) for day in days if day.startswith(f"{year}-")) for year in range(FIRST_YEAR, LAST_YEAR + 1))
    pairs = [json.dumps(list(pair)) for pair in offsets("Europe/Rome")]
    lines = ",\n".join("    " + ", ".join(pairs[index : index + 4]) for index in range(0, len(pairs), 4))
    print(f'   "offsets": [\n{lines}\n   ],\n   "holidays": [\n{rows}\n   ],')


if __name__ == "__main__":
    main()
