"""Hindsight finds what trying everything finds, and its bounds are bounds."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

from ops.laboratory.hindsight import Program, hindsight, relaxation
from ops.laboratory.instance import Asked, Instance, instance_of
from ops.laboratory.objective import schedule_points
from ops.laboratory.policies import POLICIES
from ops.laboratory.records import Ending
from ops.laboratory.simulation import simulate
from ops.laboratory.starts import Starts, whole
from ops.networks.loading import load_network
from tests.laboratory.schedules import Stay, apart, away_from_homes, refused_until, stays_at, together
from tests.laboratory.tiny import instants, tiny


def _options(instance: Instance, asked: Asked, also: Iterable[int]) -> list[Stay]:
    """Every way to place one request, on its own, best first. `also`: instants beside those that matter anyway."""
    found = [
        stay
        for unit, place in enumerate(instance.units)
        for at_ms in sorted({*instants(instance, place.project_id), *also})
        for stay in stays_at(instance, asked, unit, at_ms)
    ]
    return sorted(found, key=lambda stay: -stay.points)


def _all_options(instance: Instance) -> list[list[Stay]]:
    turns = [set(refused_until(instance, asked)) for asked in instance.asked]
    also = [set(of_turn) for of_turn in turns]
    found: list[list[Stay]] = []
    for _ in range(3):
        found = [_options(instance, asked, also[asked.index]) for asked in instance.asked]
        for asked in instance.asked:
            others = [other.index for other in instance.asked if other is not asked and apart(instance, asked.index, other.index)]
            also[asked.index] = turns[asked.index] | {at for other in others for stay in found[other] for at in (stay.until_ms, stay.gone_ms)}
    return found


def _best(instance: Instance) -> int:
    """V of the best schedule, by trying every one that could still beat the best so far."""
    options = _all_options(instance)
    ahead = [sum(mine[0].points for mine in options[index:] if mine) for index in range(len(options) + 1)]
    best = 0

    def go(index: int, chosen: list[Stay], points: int) -> None:
        nonlocal best
        if index == len(options):
            best = max(best, points) if away_from_homes(instance, chosen) else best
            return
        for stay in options[index]:
            if points + stay.points + ahead[index + 1] <= best:
                break
            if all(together(instance, stay, other) for other in chosen):
                go(index + 1, [*chosen, stay], points + stay.points)
        if points + ahead[index + 1] > best:
            go(index + 1, chosen, points)

    go(0, [], 0)
    return best


def test_hindsight_is_the_best_of_all_schedules() -> None:
    placed = as_good = 0
    for seed in range(200):
        instance = tiny(seed)
        found = Program(instance, Starts(instance).of(replace(whole(instance), between=True))).solve(gap=0)
        assert found.closed
        assert found.points == found.bound == _best(instance), seed
        assert schedule_points(instance, found.placements) == found.points
        bound = hindsight(instance, gap=0).bound
        assert found.points <= bound <= relaxation(instance).bound + 1e-3
        as_good += found.points == bound
        placed += len(found.placements)
    assert placed > 200
    assert as_good > 190


def test_starts_left_out_are_not_needed() -> None:
    for seed in range(300, 330):
        instance = tiny(seed, requests=7, units=3)
        every = Program(instance, Starts(instance).of(replace(whole(instance), all_slots=True))).solve(gap=0)
        assert hindsight(instance, gap=0).points == every.points, seed


def test_the_same_future_has_the_same_hindsight() -> None:
    instance = tiny(400, requests=8, units=4)
    assert hindsight(instance) == hindsight(instance)


def test_no_policy_does_better_than_hindsight_and_each_keeps_its_constraints() -> None:
    instance = instance_of(load_network("it"), 3, "16", days=12)
    most = hindsight(instance)
    assert most.bound <= relaxation(instance).bound + 1
    for policy in POLICIES.values():
        played = simulate(instance, policy)
        stays: list[Stay] = []
        for proposed in played.proposed:
            if proposed.how is Ending.ACCEPTED:
                possible = stays_at(instance, instance.asked[proposed.request], proposed.unit, proposed.at_ms)
                stays += [stay for stay in possible if stay.places == tuple(sorted(proposed.places))]
        assert sum(stay.points for stay in stays) == played.worth
        assert len(stays) == played.placed
        assert all(together(instance, one, other) for one, other in itertools.combinations(stays, 2))
        assert away_from_homes(instance, stays)
        assert 0 < played.worth <= most.bound
