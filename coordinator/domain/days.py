"""Days of a programme as instants. A day begins at midnight, Coordinated Universal Time."""

from __future__ import annotations

from datetime import date

from events.vocabulary import Programme

_DAY_MS = 86_400_000
_EPOCH = date(1970, 1, 1).toordinal()


def first_ms(day: str) -> int:
    """The first millisecond of an ISO 8601 day."""
    return (date.fromisoformat(day).toordinal() - _EPOCH) * _DAY_MS


def after_ms(day: str) -> int:
    """The first millisecond after an ISO 8601 day."""
    return first_ms(day) + _DAY_MS


def programme_at(valid_from: str, valid_to: str, at_ms: int) -> Programme:
    """Where a programme of these days, both included, stands at an instant."""
    if at_ms < first_ms(valid_from):
        return Programme.AHEAD
    return Programme.RUNNING if at_ms < after_ms(valid_to) else Programme.OVER
