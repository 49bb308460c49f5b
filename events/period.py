"""Months in UTC, as whole numbers: 202611 is November 2026. Explanations have a key for each; their term is counted from the month's end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def period_of(at_ms: int) -> int:
    """The month in which an instant (ms since 1970) lies. Instants before the year 1 or after 9999 raise OverflowError."""
    at = _EPOCH + at_ms * _MILLISECOND
    return at.year * 100 + at.month


def next_period(period: int) -> int:
    """The month after one."""
    return period + 1 if period % 100 < 12 else period + 89


def previous_period(period: int) -> int:
    """The month before one."""
    return period - 1 if period % 100 > 1 else period - 89


def period_ends_ms(period: int) -> int:
    """The first instant after a month, in ms since 1970."""
    after = next_period(period)
    return (datetime(after // 100, after % 100, 1, tzinfo=UTC) - _EPOCH) // _MILLISECOND
