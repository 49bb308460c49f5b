"""How old a unit's figures are, in the words of the policy in force; and what of them counts for the bands of the network's capacity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True, slots=True)
class AreaBand:
    """Free and fresh places of one macro-area."""

    macro_area: str
    band: Band


def freshness_of(observed_at_ms: int | None, at_ms: int, policy: Policy | None) -> Freshness:
    """The word for figures observed at one instant, seen at another. Without a policy nothing is fresh."""
    if observed_at_ms is None:
        return Freshness.NEVER
    age_ms = at_ms - observed_at_ms
    if policy is None or age_ms >= policy.ageing_for_ms:
        return Freshness.STALE
    return Freshness.FRESH if age_ms < policy.fresh_for_ms else Freshness.AGEING


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
