"""Duals of the linear relaxation as floors beneath scarcity weights."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from coordinator.matching.kinds import kind_of
from events.network import KindWeights
from ops.demand.hours import DAY_MS
from ops.laboratory.duals import PRICES, SHARES, dual_prices, floors_for, place_prices, stay_prices, with_floors
from ops.laboratory.estimation import weights_for
from ops.laboratory.instance import LOADS, Instance, instance_of
from ops.laboratory.objective import URGENCY_POINTS
from ops.networks.loading import load_network

pytest.importorskip("scipy")


@pytest.fixture(scope="module")
def crowded() -> Instance:
    return instance_of(load_network("it"), 3, "60", days=8)


@pytest.fixture(scope="module")
def prices(crowded: Instance) -> dict[str, float]:
    return stay_prices(crowded, 8)


def test_every_kind_of_place_that_anybody_could_have_has_a_price_within_what_people_are_worth(crowded: Instance, prices: dict[str, float]) -> None:
    assert prices.keys() <= {kind_of(unit.hosts, frozenset()) for unit in crowded.units}
    assert len(prices) > 5
    assert all(0 <= price <= 3 * max(URGENCY_POINTS.values()) for price in prices.values())
    assert max(prices.values()) > min(URGENCY_POINTS.values())


def test_where_hardly_anybody_asks_places_cost_next_to_nothing(prices: dict[str, float]) -> None:
    quiet = stay_prices(instance_of(load_network("it"), 3, "0.5", days=8), 8)
    assert sum(quiet.values()) < sum(prices.values()) / 20


def test_a_price_is_the_mean_of_the_least_dual_and_the_greatest(crowded: Instance) -> None:
    """One place and two requests for it: a little more would serve the loser, a little less would cost the winner."""
    from ops.laboratory.hindsight import Program
    from ops.laboratory.starts import Start

    def start(asked: int, points: int) -> Start:
        at_ms = crowded.start_ms
        return Start(asked, 1, 0, 0, at_ms, at_ms, at_ms + DAY_MS, points, at_ms, (0,), (1 << 60,))

    program = Program(replace(crowded, asked=()), [start(0, 3_000), start(1, 1_000)])
    at = (0, 0, 0)
    assert program.relax(1e-5).prices[at] == pytest.approx(1_000)
    assert program.relax(-1e-5).prices[at] == pytest.approx(3_000)
    assert place_prices(program)[at] == pytest.approx(2_000)


def test_the_mean_over_futures_is_rounded_to_ten_points() -> None:
    assert dual_prices([{"men": 1_014.0, "women": 90.0}, {"men": 1_020.0}]) == {"men": 1_020, "women": 90}
    assert dual_prices([]) == {}


def test_a_floor_holds_however_many_places_are_left_and_lowers_nothing() -> None:
    weights = (KindWeights("men", (2_800, 900, 200, 0)), KindWeights("women", (1_000, 0)))
    floored = with_floors(weights, {"men": 1_000, "mothers_with_children": 400, "women": 20}, 0.5)
    assert floored == (KindWeights("men", (2_800, 900, 500)), KindWeights("mothers_with_children", (200,)), KindWeights("women", (1_000, 10)))
    assert with_floors(weights, {}, 1.0) == weights


def test_floors_are_of_the_highest_load_that_is_no_higher() -> None:
    assert list(LOADS.values()) == sorted(LOADS.values())
    assert [floors_for(load) for load in LOADS] == [(PRICES[load], SHARES[load]) for load in LOADS]
    assert floors_for("10") == floors_for("tight")
    assert floors_for("500") == floors_for("double")
    assert floors_for("1") == ({}, 1.0)


def test_what_is_kept_of_every_load_makes_weights_that_never_rise() -> None:
    assert PRICES.keys() == LOADS.keys()
    for load, kept in PRICES.items():
        assert all(price % 10 == 0 and price >= 0 for price in kept.values())
        for each in with_floors(weights_for("it", load), kept, 1.0):
            assert all(one >= other for one, other in pairwise(each.weights))
