"""Rule 2 made ready: which regions, projects, bodies and units are dangerous for a case.

A unit's place is known by region and no finer, so a dangerous province makes its whole region dangerous. A danger that the network's geography
cannot locate makes every unit dangerous: never towards danger, also where it is not known where that is.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from coordinator.matching.terms import Terms
from events.fact import Danger
from events.vocabulary import DangerKind

_AREAS = frozenset({DangerKind.PROVINCE, DangerKind.REGION, DangerKind.MACRO_AREA})


@dataclass(frozen=True, slots=True)
class DangerZone:
    """Where a case must not go."""

    everywhere: bool
    regions: frozenset[str]
    macro_areas: frozenset[str]
    """Macro-areas that hold a danger or the territory being left; near them a place weighs less, without being excluded."""
    projects: frozenset[str]
    bodies: frozenset[str]
    units: frozenset[str]


NO_DANGER = DangerZone(False, frozenset(), frozenset(), frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class _Area:
    macro_area: str | None
    region: str | None
    province: str | None


def _area(danger: Danger, terms: Terms) -> _Area | None:
    """The area that a danger names, with the areas around it; None: not in the network's geography."""
    match danger.kind:
        case DangerKind.PROVINCE:
            region = terms.region_of.get(danger.value)
            return None if region is None else _Area(terms.macro_area_of[region], region, danger.value)
        case DangerKind.REGION:
            macro_area = terms.macro_area_of.get(danger.value)
            return None if macro_area is None else _Area(macro_area, danger.value, None)
        case DangerKind.MACRO_AREA:
            return _Area(danger.value, None, None) if danger.value in terms.macro_area_of.values() else None
        case _:
            return None


def is_located(danger: Danger, terms: Terms) -> bool:
    """Whether the network's geography knows the area of a danger; dangers that are no area always are."""
    return danger.kind not in _AREAS or _area(danger, terms) is not None


def danger_zone(dangers: Collection[Danger], terms: Terms) -> DangerZone:
    """The zone of these dangers; the territory being left is among them where safety is the reason."""
    if not dangers:
        return NO_DANGER
    everywhere = False
    regions: set[str] = set()
    macro_areas: set[str] = set()
    named: dict[DangerKind, set[str]] = {DangerKind.PROJECT: set(), DangerKind.BODY: set(), DangerKind.UNIT: set()}
    for danger in dangers:
        if danger.kind not in _AREAS:
            named[danger.kind].add(danger.value)
            continue
        area = _area(danger, terms)
        if area is None or area.macro_area is None:
            everywhere = True
            continue
        macro_areas.add(area.macro_area)
        if area.region is None:
            regions.update(region for region, macro_area in terms.macro_area_of.items() if macro_area == area.macro_area)
        else:
            regions.add(area.region)
    return DangerZone(
        everywhere,
        frozenset(regions),
        frozenset(macro_areas),
        frozenset(named[DangerKind.PROJECT]),
        frozenset(named[DangerKind.BODY]),
        frozenset(named[DangerKind.UNIT]),
    )


def overlap(one: Danger, other: Danger, terms: Terms) -> bool:
    """Whether two dangers are the same one, or one's area contains the other's."""
    if one.kind not in _AREAS or other.kind not in _AREAS:
        return one == other
    first, second = _area(one, terms), _area(other, terms)
    if first is None or second is None:
        return True
    pairs = ((first.macro_area, second.macro_area), (first.region, second.region), (first.province, second.province))
    return all(a is None or b is None or a == b for a, b in pairs)
