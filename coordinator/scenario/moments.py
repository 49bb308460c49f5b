"""Times as people say them: `Fri 23:10`, `ven 23:10`, `23:10`, `+45 min`, `2024-08-15 02:00`; and durations: `45 min`, `72 hours`, `3 days`.

Local time of the scenario's zone; milliseconds since 1970 inside. A weekday or a bare clock time is the next such moment, the present one included.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from coordinator.scenario.errors import Unfit

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ITALIAN = ("lun", "mar", "mer", "gio", "ven", "sab", "dom")
_CLOCK = re.compile(r"(?:(?P<day>[A-Za-zì]+)\s+)?(?P<hour>\d{1,2}):(?P<minute>\d\d)\Z")
_WINDOW = re.compile(r"(?:(?P<day>[A-Za-zì]+)\s+)?(?P<from>\d\d:\d\d)\s*-\s*(?P<to>\d\d:\d\d)\Z")
_DATED = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d)?\Z")
_SPAN = re.compile(r"(?P<sign>[+-])?\s*(?P<number>\d+)\s*(?P<unit>[a-z]+)\Z")
_UNITS_MS = {
    "s": 1_000, "sec": 1_000, "second": 1_000, "seconds": 1_000,
    "m": 60_000, "min": 60_000, "minute": 60_000, "minutes": 60_000, "minuti": 60_000,
    "h": 3_600_000, "hour": 3_600_000, "hours": 3_600_000, "ora": 3_600_000, "ore": 3_600_000,
    "d": 86_400_000, "day": 86_400_000, "days": 86_400_000, "giorno": 86_400_000, "giorni": 86_400_000,
    "week": 604_800_000, "weeks": 604_800_000,
}  # fmt: skip
_HOW = 'write for example "Fri 23:10", "23:10", "+45 min" or "2024-08-15 02:00"'


def instant(text: str, now_ms: int, zone: ZoneInfo) -> int:
    """The moment that a text names, seen from `now_ms`. Raises Unfit."""
    text = text.strip()
    if _DATED.match(text):
        try:
            return ms_of(datetime.fromisoformat(text).replace(tzinfo=zone))
        except ValueError:
            raise Unfit(f'"{text}" is no day of the calendar; {_HOW}') from None
    if text[:1] in {"+", "-"}:
        return now_ms + span_ms(text)
    clock = _CLOCK.match(text)
    if clock is None or int(clock["hour"]) > 23 or int(clock["minute"]) > 59:
        raise Unfit(f'"{text}" is no time; {_HOW}')
    now = local(now_ms, zone)
    wanted = None if clock["day"] is None else _weekday(clock["day"])
    for ahead in range(8):
        day = (now + timedelta(days=ahead)).date()
        if wanted is not None and day.weekday() != wanted:
            continue
        at_ms = ms_of(datetime(day.year, day.month, day.day, int(clock["hour"]), int(clock["minute"]), tzinfo=zone))
        if at_ms >= now_ms - now_ms % 60_000:
            return max(at_ms, now_ms)
    raise AssertionError("one of eight days in a row is the one")


def span_ms(text: str) -> int:
    """The length that a text names, in milliseconds, with its sign. Raises Unfit."""
    span = _SPAN.match(text.strip().lower())
    if span is None or span["unit"] not in _UNITS_MS:
        raise Unfit(f'"{text}" is no length of time; write for example "45 min", "24 hours" or "3 days"')
    length = int(span["number"]) * _UNITS_MS[span["unit"]]
    return -length if span["sign"] == "-" else length


def window(text: str, *, with_day: bool) -> dict[str, int]:
    """`Mon 09:00-17:00` (or `09:00-24:00`) as minutes of the local day, and the weekday where one is wanted. Raises Unfit."""
    found = _WINDOW.match(text.strip())
    if found is None or (found["day"] is None) is with_day:
        raise Unfit(f'"{text}" is no part of a day; write for example "{"Mon " if with_day else ""}09:00-17:00"')
    minutes = {name: int(found[name][:2]) * 60 + int(found[name][3:]) for name in ("from", "to")}
    day = {"weekday": _weekday(found["day"])} if with_day else {}
    return {**day, "from_minute": minutes["from"], "to_minute": minutes["to"]}


def told(at_ms: int, zone: ZoneInfo) -> str:
    """A moment for people: `Fri 23:10`."""
    at = local(at_ms, zone)
    return f"{_DAYS[at.weekday()].title()} {at:%H:%M}" + (f":{at:%S}" if at.second else "")


def local(at_ms: int, zone: ZoneInfo) -> datetime:
    """A moment on the clocks of a zone."""
    return (_EPOCH + timedelta(milliseconds=at_ms)).astimezone(zone)


def ms_of(at: datetime) -> int:
    """Milliseconds since 1970 of an aware moment."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def _weekday(text: str) -> int:
    for names in (_DAYS, _ITALIAN):
        for number, name in enumerate(names):
            if text.lower()[:3] == name:
                return number
    raise Unfit(f'"{text}" is no day of the week; write {", ".join(day.title() for day in _DAYS)} (or {", ".join(_ITALIAN)})')
