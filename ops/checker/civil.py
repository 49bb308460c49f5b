"""The network's civil time, by the policy's table of offsets: what of a stretch of time lies on working days. Day by day, and slow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

_DAY_MS = 86_400_000
_MINUTE_MS = 60_000
_EPOCH = date(1970, 1, 1)


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
