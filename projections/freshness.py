"""How old a unit's figures are, in the words of the policy in force; and what of them counts for the bands of the network's capacity."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from events.calendar import DAY_MS, MINUTE_MS, WHOLE_DAY, Hours, working_hours
from projections.bands import STRICTEST, Band, band_of
from projections.network import Policy, Unit


class Freshness(StrEnum):
    """Whether availability counts."""

    FRESH = "fresh"
    """Counts for proposals."""
    AGEING = "ageing"
    """Shown as such; counts for proposals no more."""
    STALE = "stale"
    NEVER = "never"
    """Never published."""


@dataclass(frozen=True, slots=True)
class UnitTrust:
    """How far a unit's published places are trusted, by what its project answered about places of that age."""

    free: int
    """Answers by which such a place was free, in hundredths; old ones count less."""
    not_free: int
    """Answers by which it was not free after all, likewise."""
    permille: int
    """The probability that such a place is free, in thousandths; drawn towards the network's answers, so for whoever may see all of them."""


@dataclass(frozen=True, slots=True)
class UnitCapacity:
    """What the network counts on in one unit."""

    unit: Unit
    macro_area: str | None
    """By the policy in force; null: none says."""
    places: int
    occupied: int
    reserved: int
    held: int
    free: int
    accepting: bool
    over_capacity: bool
    observed_at_ms: int | None
    age_ms: int | None
    freshness: Freshness
    figures_sequence: int | None
    """Entry that last changed the figures; null: never published."""
    trust: UnitTrust | None = None
    """null: the policy has no trust, or nothing was published."""


@dataclass(frozen=True, slots=True)
class AreaBand:
    """Free and fresh places of one macro-area."""

    macro_area: str
    band: Band


def freshness_of(observed_at_ms: int | None, at_ms: int, policy: Policy | None) -> Freshness:
    """The word for figures observed at one instant, seen at another. Without a policy nothing is fresh."""
    if observed_at_ms is None:
        return Freshness.NEVER
    if policy is None:
        return Freshness.STALE
    fresh_since, ageing_since = _looking_back(policy.fresh_for_ms, policy.ageing_for_ms, policy.clocks, at_ms)
    if observed_at_ms <= ageing_since:
        return Freshness.STALE
    return Freshness.FRESH if observed_at_ms > fresh_since else Freshness.AGEING


@lru_cache(maxsize=64)
def _looking_back(fresh_ms: int, ageing_ms: int, clocks: str | None, at_ms: int) -> tuple[int, int]:
    """Since when counts are fresh, and ageing, at an instant: in plain time, or in working days where the policy has clocks."""
    if clocks is None:
        return at_ms - fresh_ms, at_ms - ageing_ms
    fresh_days, ageing_days, working = _working_days(clocks)
    return working.before(at_ms, fresh_days * DAY_MS), working.before(at_ms, ageing_days * DAY_MS)


@lru_cache(maxsize=8)
def _working_days(clocks: str) -> tuple[int, int, Hours]:
    told = json.loads(clocks)
    offsets = tuple((offset["from_ms"], offset["minutes"] * MINUTE_MS) for offset in told["offsets"])
    return told["fresh_working_days"], told["ageing_working_days"], working_hours(offsets, told["working_weekdays"], told["holidays"], WHOLE_DAY)


def free_by_area(units: Iterable[UnitCapacity], policy: Policy | None) -> dict[str, int]:
    """Free places that count, by macro-area of the policy."""
    free = dict.fromkeys(policy.macro_areas, 0) if policy else {}
    for unit in units:
        if unit.macro_area in free and unit.freshness is Freshness.FRESH and unit.unit.is_open:
            free[unit.macro_area] += unit.free
    return free


def bands(units: Iterable[UnitCapacity], policy: Policy | None) -> tuple[AreaBand, ...]:
    """Every macro-area with the band that would be published if all stayed as it is, without the blur; sorted."""
    return tuple(AreaBand(area, band_of((places,), STRICTEST.few_up_to, 0)) for area, places in sorted(free_by_area(units, policy).items()))
