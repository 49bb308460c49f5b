"""Hindsight finds what trying everything finds, and its bounds are bounds."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from dataclasses import replace

import pytest

from coordinator.matching.safety import excluded_by
from ops.laboratory.hindsight import Program, hindsight, relaxation
from ops.laboratory.instance import Instance
from ops.laboratory.objective import placement_points, schedule_points, would_accept
from ops.laboratory.starts import Starts, near_each_other, whole
from tests.laboratory.tiny import instants, tiny

pytestmark = pytest.mark.pure

Stay = tuple[int, int, tuple[int, ...], int, int, int, int]
"""(request, unit, places, publication it rests on, starts, ends, points)."""


def _options(instance: Instance, index: int) -> list[Stay]:
    """Every way to place one request, on its own, best first."""
    asked, found = instance.asked[index], []
    for unit, place in enumerate(instance.units):
        pubs = instance.published[unit]
        for at_ms in instants(instance, place.project_id):
            known = bisect_right(pubs, at_ms)
            if not known or not would_accept(instance, asked, unit, at_ms):
                continue
            seen_ms = pubs[known - 1]
            free = [
                number
                for number in range(len(instance.windows[unit]))
                if (window := instance.window_at(unit, number, seen_ms)) is not None and at_ms < window.closes_ms
            ]
            if excluded_by(asked.request, replace(place, free=len(free), observed_at_ms=seen_ms), at_ms, instance.terms) is None:
                points = placement_points(instance, asked, unit, at_ms)
                for places in itertools.combinations(free, asked.request.household.size):
                    found.append((index, unit, places, seen_ms, at_ms, at_ms + asked.stay_ms, points))
    return sorted(found, key=lambda stay: -stay[6])


def _together(instance: Instance, one: Stay, other: Stay) -> bool:
    """Whether two stays can both be."""
    first, second = sorted((one, other), key=lambda stay: stay[4])
    if first[1] == second[1] and set(first[2]) & set(second[2]) and first[5] > second[3]:
        return False
    mine, theirs = instance.asked[one[0]].request, instance.asked[other[0]].request
    if mine.case_id in theirs.apart_from or theirs.case_id in mine.apart_from:
        return first[5] <= second[4] or not near_each_other(instance.units[one[1]], instance.units[other[1]], instance)
    return True


def _best(instance: Instance) -> int:
    """V of the best schedule, by trying every one that could still beat the best so far."""
    options = [_options(instance, index) for index in range(len(instance.asked))]
    ahead = [sum(mine[0][6] for mine in options[index:] if mine) for index in range(len(options) + 1)]
    best = 0

    def go(index: int, chosen: list[Stay], points: int) -> None:
        nonlocal best
        best = max(best, points)
        if index == len(options) or points + ahead[index] <= best:
            return
        for stay in options[index]:
            if points + stay[6] + ahead[index + 1] <= best:
                break
            if all(_together(instance, stay, other) for other in chosen):
                go(index + 1, [*chosen, stay], points + stay[6])
        go(index + 1, chosen, points)

    go(0, [], 0)
    return best


def test_hindsight_is_the_best_of_all_schedules() -> None:
    placed = 0
    for seed in range(200):
        instance = tiny(seed)
        found = hindsight(instance, gap=0)
        assert found.closed
        assert found.points == found.bound == _best(instance), seed
        assert schedule_points(instance, found.placements) == found.points
        assert found.points <= relaxation(instance).bound + 1e-3
        placed += len(found.placements)
    assert placed > 200


def test_starts_left_out_are_not_needed() -> None:
    for seed in range(300, 330):
        instance = tiny(seed, requests=7, units=3)
        every = Program(instance, Starts(instance).of(replace(whole(instance), all_slots=True))).solve(gap=0)
        assert hindsight(instance, gap=0).points == every.points, seed


def test_the_same_future_has_the_same_hindsight() -> None:
    instance = tiny(400, requests=8, units=4)
    assert hindsight(instance) == hindsight(instance)
