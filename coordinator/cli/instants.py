"""Instants on the command line: `--as-of` as a sequence or a time, and times as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from coordinator.cli.not_done import Cannot, NotDone
from events.language import Language, Said
from projections.moment import AsOf, AtSequence, AtTime


def parse_as_of(text: str | None) -> AsOf:
    """None: now. Digits: a sequence. Else an ISO 8601 time. Raises NotDone."""
    if text is None:
        return None
    if text.isdecimal():
        return AtSequence(int(text))
    at_ms = parse_time(text)
    if at_ms is None:
        raise NotDone(Cannot.NO_MOMENT, text=text)
    return AtTime(at_ms)


def parse_time(text: str) -> int | None:
    """Milliseconds since 1970 of an ISO 8601 time, UTC where it says no zone; None where it is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return ms_of(at if at.tzinfo is not None else at.replace(tzinfo=UTC))


def ms_of(at: datetime) -> int:
    """Milliseconds since 1970 of an aware time."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def time_text(at_ms: int | None) -> str:
    """A time for people, UTC, to the second; empty where there is none."""
    if at_ms is None:
        return ""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).strftime("%Y-%m-%d %H:%M:%S")


def age_said(age_ms: int) -> Said:
    """A duration for people in each language."""
    return age_text(age_ms, Language.ENGLISH), age_text(age_ms, Language.ITALIAN)


def age_text(age_ms: int | None, language: Language = Language.ENGLISH) -> str:
    """A duration for people, its largest unit and the next: `3d 4h` (in Italian `3g 4h`), `12m 5s`; `never` where None."""
    italian = language is Language.ITALIAN
    if age_ms is None:
        return "mai" if italian else "never"
    seconds = max(0, age_ms) // 1000
    units = ((86_400, "g" if italian else "d"), (3_600, "h"), (60, "m"), (1, "s"))
    parts: list[str] = []
    for size, name in units:
        count, seconds = divmod(seconds, size)
        if count or parts or name == "s":
            parts.append(f"{count}{name}")
    return " ".join(parts[:2])
