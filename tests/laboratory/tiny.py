"""Tiny frozen futures, of real units and requests whose times are drawn anew, small enough to try everything."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random

from coordinator.matching.place import Place
from events.vocabulary import Urgency
from ops.demand.hours import DAY_MS, HOUR_MS
from ops.laboratory.instance import Asked, Instance, Window, instance_of
from ops.networks.loading import load_network

STEP_MS = 6 * HOUR_MS
DAYS = 7
_instants: dict[str, list[int]] = {}
"""By project: all tiny futures are in the same days."""


@cache
def _large() -> Instance:
    return instance_of(load_network("it"), 5, "tight", days=30)


def tiny(seed: int, *, requests: int = 4, units: int = 2) -> Instance:
    """Every time in it is a multiple of `STEP_MS` from the start."""
    large, draw = _large(), Random(seed)
    places = tuple(sorted(draw.sample([unit for unit in large.units if unit.accepting and unit.places <= 4], units), key=lambda unit: unit.unit_id))
    start_ms = large.start_ms
    windows = tuple(tuple(_windows(draw, start_ms) for _ in range(min(2, unit.places))) for unit in places)
    published = tuple(_published(draw, start_ms) for _ in places)
    chosen = draw.sample([asked for asked in large.asked if not asked.request.household.unaccompanied], requests)
    found: list[Asked] = []
    for index, asked in enumerate(sorted(chosen, key=lambda one: one.index)):
        found.append(_moved(draw, index, asked, start_ms, [one.request.case_id for one in found], places))
    found.sort(key=lambda one: (one.arrives_ms, one.index))
    in_order = tuple(replace(one, index=index) for index, one in enumerate(found))
    return replace(large, seed=seed, days=DAYS, units=places, windows=windows, published=published, asked=in_order)


def _windows(draw: Random, start_ms: int) -> tuple[Window, ...]:
    at = draw.randint(-6, 4)
    found: list[Window] = []
    while at < DAYS * 4:
        until = at + draw.randint(2, 16)
        found.append(Window(start_ms + at * STEP_MS, start_ms + until * STEP_MS))
        at = until + draw.randint(2, 8)
    return tuple(found)


def _published(draw: Random, start_ms: int) -> tuple[int, ...]:
    at, found = -draw.randint(0, 6), []
    while at < DAYS * 4:
        found.append(start_ms + at * STEP_MS)
        at += draw.choice((1, 2, 4, 4, 8, 14))
    return tuple(found)


def _moved(draw: Random, index: int, asked: Asked, start_ms: int, others: list[str], units: tuple[Place, ...]) -> Asked:
    arrives_ms = start_ms + draw.randint(0, 16) * STEP_MS
    needed_by_ms = arrives_ms + draw.randint(1, 16) * STEP_MS
    urgency = draw.choice(tuple(Urgency))
    apart = frozenset({draw.choice(others)}) if others and draw.random() < 0.3 else frozenset()
    request = replace(
        asked.request,
        urgency=urgency,
        requested_at_ms=arrives_ms,
        needed_by_ms=needed_by_ms,
        agreed_until_ms=needed_by_ms + draw.randint(0, 8) * STEP_MS,
        apart_from=apart,
        lives_in=draw.choice(units).unit_id if draw.random() < 0.4 else None,
        zone=replace(asked.request.zone, everywhere=False, regions=frozenset()) if draw.random() < 0.5 else asked.request.zone,
    )
    return Asked(
        index=index,
        request=request,
        urgency=urgency,
        arrives_ms=arrives_ms,
        needed_by_ms=needed_by_ms,
        withdraws_ms=arrives_ms + draw.randint(0, 8) * STEP_MS if draw.random() < 0.2 else None,
        stay_ms=draw.choice((1, 2, 4, 8, 12, 120)) * STEP_MS,
        no_show=False,
    )


def instants(instance: Instance, project_id: str) -> list[int]:
    """Every moment that could matter in a tiny future: its steps, and when the project comes on duty, to half an hour."""
    if project_id in _instants:
        return _instants[project_id]
    clockwork, half_hour_ms = instance.terms.clockwork, HOUR_MS // 2
    found = set(range(instance.start_ms, instance.start_ms + (DAYS + 9) * DAY_MS, STEP_MS))
    before = False
    for at_ms in range(instance.start_ms, instance.start_ms + (DAYS + 9) * DAY_MS, half_hour_ms):
        awake = clockwork.awake(project_id, at_ms)
        if awake and not before:
            found.add(at_ms)
        before = awake
    _instants[project_id] = sorted(found)
    return _instants[project_id]
