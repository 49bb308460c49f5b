"""Days of a programme as instants, in the network's civil time where the policy says which that is; else in Coordinated Universal Time."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

from events.network import PolicyAdopted
from events.vocabulary import Programme

_MINUTE_MS = 60_000
_DAY_MS = 86_400_000
_EPOCH = date(1970, 1, 1).toordinal()


def first_ms(day: str, policy: PolicyAdopted | None) -> int:
    """The first millisecond of an ISO 8601 day."""
    return _local_ms(date.fromisoformat(day).toordinal() - _EPOCH, policy)


def after_ms(day: str, policy: PolicyAdopted | None) -> int:
    """The first millisecond after an ISO 8601 day."""
    return _local_ms(date.fromisoformat(day).toordinal() - _EPOCH + 1, policy)


def programme_at(valid_from: str, valid_to: str, at_ms: int, policy: PolicyAdopted | None) -> Programme:
    """Where a programme of these days, both included, stands at an instant."""
    if at_ms < first_ms(valid_from, policy):
        return Programme.AHEAD
    return Programme.RUNNING if at_ms < after_ms(valid_to, policy) else Programme.OVER


def _local_ms(day: int, policy: PolicyAdopted | None) -> int:
    """Midnight at the beginning of a day, by days since 1970-01-01. Clocks are not changed at midnight, so the second look is right."""
    midnight = at_ms = day * _DAY_MS
    if policy is None or policy.clocks is None:
        return midnight
    offsets = policy.clocks.offsets
    for _ in range(2):
        index = bisect_right(offsets, at_ms, key=lambda offset: offset.from_ms)
        at_ms = midnight - offsets[max(0, index - 1)].minutes * _MINUTE_MS
    return at_ms
