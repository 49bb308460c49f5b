"""The network's civil time, by the policy's table of offsets: what of a stretch of time lies on working days, in duty hours, in both. Day by day, and slow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

_DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_EPOCH = date(1970, 1, 1)
_FURTHEST_MS = 3 * 366 * _DAY_MS
_LEAST_MET_MINUTES = 60


def working_ms(clocks: dict[str, Any], from_ms: int, to_ms: int) -> int:
    """Milliseconds between two instants that lie on working days."""
    total, at_ms = 0, from_ms
    while at_ms < to_ms:
        offset_ms = _offset_ms(clocks, at_ms)
        midnight_ms = ((at_ms + offset_ms) // _DAY_MS + 1) * _DAY_MS - offset_ms
        until_ms = min([to_ms, midnight_ms, *(change["from_ms"] for change in clocks["offsets"] if change["from_ms"] > at_ms)])
        if _works(clocks, at_ms + offset_ms):
            total += until_ms - at_ms
        at_ms = until_ms
    return total


def too_old(policy: dict[str, Any], observed_at_ms: int, at_ms: int) -> bool:
    """Whether a count is fresh no more: by working days where the policy has clocks, else by plain time."""
    clocks, age_ms = policy.get("clocks"), at_ms - observed_at_ms
    if clocks is None:
        return age_ms >= int(policy["fresh_for_ms"])
    fresh_ms = int(clocks["fresh_working_days"]) * _DAY_MS
    return age_ms >= fresh_ms and working_ms(clocks, observed_at_ms, at_ms) >= fresh_ms


def _offset_ms(clocks: dict[str, Any], at_ms: int) -> int:
    held = [change["minutes"] for change in clocks["offsets"] if change["from_ms"] <= at_ms]
    minutes: int = held[-1] if held else clocks["offsets"][0]["minutes"]
    return minutes * _MINUTE_MS


def _works(clocks: dict[str, Any], local_ms: int) -> bool:
    day = _EPOCH + timedelta(days=local_ms // _DAY_MS)
    return day.weekday() in clocks["working_weekdays"] and day.isoformat() not in clocks["holidays"]


Windows = Callable[[date], list[tuple[int, int]]]
"""Open hours of a local day: (from, to) in minutes since its midnight, sorted."""


def working_windows(clocks: dict[str, Any]) -> Windows:
    """The network's working hours."""

    def windows(day: date) -> list[tuple[int, int]]:
        works = day.weekday() in clocks["working_weekdays"] and day.isoformat() not in clocks["holidays"]
        return [(clocks["working_from_minute"], clocks["working_to_minute"])] if works else []

    return windows


def duty_windows(clocks: dict[str, Any], duty: dict[str, Any] | None) -> Windows:
    """When somebody of a project answers, as it was published; working hours where nothing was. An exception goes before a holiday, that before the week."""
    if duty is None:
        return working_windows(clocks)

    def windows(day: date) -> list[tuple[int, int]]:
        text = day.isoformat()
        for exception in duty["exceptions"]:
            if exception["date"] == text:
                return _minutes(exception["windows"])
        if text in clocks["holidays"]:
            return _minutes(duty["on_holidays"])
        return _minutes([window for window in duty["weekly"] if window["weekday"] == day.weekday()])

    return windows


def duty_at_work(clocks: dict[str, Any], duty: dict[str, Any] | None) -> Windows:
    """The part of a project's duty hours in the network's working hours: what a time in working days is counted in. All of its duty hours where the two
    meet for less than an hour in an ordinary week.
    """
    on_duty, at_work = duty_windows(clocks, duty), working_windows(clocks)
    if duty is not None:
        working = [(clocks["working_from_minute"], clocks["working_to_minute"])]
        weekly = [window for window in duty["weekly"] if window["weekday"] in clocks["working_weekdays"]]
        if sum(end - start for start, end in _both(_minutes(weekly), working)) < _LEAST_MET_MINUTES:
            return on_duty
    return lambda day: _both(on_duty(day), at_work(day))


def _minutes(windows: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(window["from_minute"], window["to_minute"]) for window in windows]


def _both(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> list[tuple[int, int]]:
    met = [(max(a, c), min(b, d)) for a, b in some for c, d in others]
    return [(start, end) for start, end in met if start < end]


def open_stretches(clocks: dict[str, Any], windows: Windows, from_ms: int) -> Iterator[tuple[int, int]]:
    """What is open from an instant on, in order, local day by local day; neighbours may touch. Ends after three years."""
    at_ms = from_ms
    while at_ms < from_ms + _FURTHEST_MS:
        offset_ms = _offset_ms(clocks, at_ms)
        days = (at_ms + offset_ms) // _DAY_MS
        midnight_ms = days * _DAY_MS - offset_ms
        until_ms = min([midnight_ms + _DAY_MS, *(change["from_ms"] for change in clocks["offsets"] if change["from_ms"] > at_ms)])
        for opens, closes in windows(_EPOCH + timedelta(days=days)):
            start_ms, end_ms = max(at_ms, midnight_ms + opens * _MINUTE_MS), min(until_ms, midnight_ms + closes * _MINUTE_MS)
            if start_ms < end_ms:
                yield start_ms, end_ms
        at_ms = until_ms


def after(clocks: dict[str, Any], windows: Windows, from_ms: int, amount_ms: int) -> int | None:
    """The first instant by which so much open time has passed; None: not in three years."""
    left_ms = amount_ms
    if left_ms <= 0:
        return from_ms
    for start_ms, end_ms in open_stretches(clocks, windows, from_ms):
        if end_ms - start_ms >= left_ms:
            return start_ms + left_ms
        left_ms -= end_ms - start_ms
    return None


def between(clocks: dict[str, Any], windows: Windows, from_ms: int, to_ms: int) -> int:
    """How much open time passes from one instant to another."""
    total = 0
    for start_ms, end_ms in open_stretches(clocks, windows, from_ms):
        if start_ms >= to_ms:
            break
        total += min(end_ms, to_ms) - start_ms
    return total


def stays_open(clocks: dict[str, Any], windows: Windows, from_ms: int, amount_ms: int) -> bool:
    """Whether it is open at an instant, and without a break for so long."""
    until_ms = from_ms
    for start_ms, end_ms in open_stretches(clocks, windows, from_ms):
        if start_ms > until_ms or until_ms - from_ms >= amount_ms:
            break
        until_ms = end_ms
    return until_ms - from_ms >= amount_ms
