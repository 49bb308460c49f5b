"""Instants on the command line: `--as-of` as a sequence or a time, and times as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from coordinator.cli.outcome import NotDone


@dataclass(frozen=True, slots=True)
class AsOf:
    """The view after an entry (`sequence`), or as it stood at an instant (`at_ms`); exactly one is not None."""

    sequence: int | None
    at_ms: int | None


def parse_as_of(text: str | None) -> AsOf | None:
    """None: now. Digits: a sequence. Else an ISO 8601 time, UTC where it says no zone. Raises NotDone."""
    if text is None:
        return None
    if text.isdecimal():
        return AsOf(int(text), None)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise NotDone(f"--as-of {text!r} is neither a sequence nor a time.", "Write a ledger sequence (1042) or an ISO 8601 time (2026-03-01T14:30).") from None
    if at.tzinfo is None:
        at = at.replace(tzinfo=UTC)
    return AsOf(None, ms_of(at))


def ms_of(at: datetime) -> int:
    """Milliseconds since 1970 of an aware time."""
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def time_text(at_ms: int | None) -> str:
    """A time for people, UTC, to the second; empty where there is none."""
    if at_ms is None:
        return ""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).strftime("%Y-%m-%d %H:%M:%S")


def age_text(age_ms: int | None) -> str:
    """A duration for people, its largest unit and the next: `3d 4h`, `12m 5s`; `never` where None."""
    if age_ms is None:
        return "never"
    seconds = max(0, age_ms) // 1000
    units = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))
    parts = []
    for size, name in units:
        count, seconds = divmod(seconds, size)
        if count or parts or name == "s":
            parts.append(f"{count}{name}")
    return " ".join(parts[:2])
