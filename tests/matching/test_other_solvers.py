"""Held against solvers of others on instances too large to look at every assignment: the worth is the same. They run here alone, never in the service."""

from __future__ import annotations

from math import comb
from random import Random

import pytest

from coordinator.matching.assignment import Choice, Near, Seeker, assign
from tests.matching.competitors import Instance, drawn, is_possible, worth_of

numpy = pytest.importorskip("numpy")
optimize = pytest.importorskip("scipy.optimize")
min_cost_flow = pytest.importorskip("ortools.graph.python.min_cost_flow")


def single_people(seed: int, seekers: int, places: int) -> Instance:
    """Many single people and units of one to four places, of which some suit; many ties."""
    chance = Random(seed)
    room = tuple(chance.randint(1, 4) for _ in range(places))
    return Instance(tuple(_single(chance, places) for _ in range(seekers)), room, Near([frozenset({str(place)}) for place in range(places)]))


def _single(chance: Random, places: int) -> Seeker:
    tier = chance.choice([1000, 2000, 4000])
    suits = [place for place in range(places) if chance.random() < 0.2]
    choices = [Choice(place, tier + chance.randint(0, 12) * 5, chance.randbytes(8)) for place in suits]
    return Seeker(1, tuple(sorted(choices, key=lambda choice: (-choice.worth, choice.tie_break))))


def by_scipy(instance: Instance) -> int:
    """The most an assignment is worth, by SciPy's shortest augmenting paths over single places."""
    of_unit = [place for place, room in enumerate(instance.room) for _ in range(room)]
    worth = numpy.zeros((len(instance.seekers), len(of_unit)))
    for row, seeker in enumerate(instance.seekers):
        known = {choice.place: choice.worth for choice in seeker.choices}
        worth[row] = [known.get(place, 0) for place in of_unit]
    rows, columns = optimize.linear_sum_assignment(worth, maximize=True)
    return int(worth[rows, columns].sum())


def by_or_tools(instance: Instance) -> int:
    """The same, by OR-Tools' cost-scaling flow; one more node takes whoever has no place."""
    flow = min_cost_flow.SimpleMinCostFlow()
    seekers, places = len(instance.seekers), len(instance.room)
    nowhere, sink = seekers + places, seekers + places + 1
    for row, seeker in enumerate(instance.seekers):
        flow.set_node_supply(row, 1)
        flow.add_arc_with_capacity_and_unit_cost(row, nowhere, 1, 0)
        for choice in seeker.choices:
            flow.add_arc_with_capacity_and_unit_cost(row, seekers + choice.place, 1, -choice.worth)
    for place, room in enumerate(instance.room):
        flow.add_arc_with_capacity_and_unit_cost(seekers + place, sink, room, 0)
    flow.add_arc_with_capacity_and_unit_cost(nowhere, sink, seekers, 0)
    flow.set_node_supply(sink, -seekers)
    assert flow.solve() == flow.OPTIMAL
    return -int(flow.optimal_cost())


def by_highs(instance: Instance) -> int:
    """The most an assignment is worth with households and pairs kept apart, as an integer programme, by HiGHS."""
    pairs = [(row, choice.place, choice.worth) for row, seeker in enumerate(instance.seekers) for choice in seeker.choices]
    if not pairs:
        return 0
    limits: list[tuple[list[float], int]] = []
    for row in range(len(instance.seekers)):
        limits.append(([float(row == each) for each, _, _ in pairs], 1))
    for place, room in enumerate(instance.room):
        limits.append(([float(instance.seekers[row].people) if each == place else 0.0 for row, each, _ in pairs], room))
    for one, (row, place, _) in enumerate(pairs):
        for two, (other, theirs, _) in enumerate(pairs[:one]):
            if other in instance.seekers[row].apart_from and instance.near(place, theirs):
                limits.append(([float(index in (one, two)) for index in range(len(pairs))], 1))
    found = optimize.milp(
        [-worth for _, _, worth in pairs],
        integrality=numpy.ones(len(pairs)),
        bounds=optimize.Bounds(0, 1),
        constraints=optimize.LinearConstraint(numpy.array([row for row, _ in limits]), ub=[most for _, most in limits]),
        options={"mip_rel_gap": 0},
    )
    assert found.success
    most: int = round(-found.fun)
    return most


@pytest.mark.parametrize("seed", range(6))
def test_of_many_single_people_two_other_solvers_say_the_same(seed: int) -> None:
    instance = single_people(seed, 40 + 35 * seed, 60)
    found = assign(instance.seekers, instance.room, instance.near)
    assert is_possible(instance, found.places)
    assert worth_of(instance, found.places) == by_scipy(instance) == by_or_tools(instance)
    assert not any(found.short_by)


def test_of_households_and_pairs_kept_apart_an_integer_programme_says_the_same_or_as_much_more_as_is_said() -> None:
    proven = 0
    for seed in range(40):
        instance = drawn(seed, most_seekers=25, most_places=14)
        found = assign(instance.seekers, instance.room, instance.near)
        assert is_possible(instance, found.places)
        most, worth = by_highs(instance), worth_of(instance, found.places)
        assert worth <= most <= worth + sum(set(found.short_by))
        proven += worth == most
    assert proven >= 38


def square(worth: list[list[int]]) -> int:
    """What the best assignment of a square is worth, one place each."""
    seekers = [
        Seeker(
            1,
            tuple(
                sorted((Choice(place, each, bytes([place])) for place, each in enumerate(row)), key=lambda choice: (-choice.worth, choice.tie_break))
            ),
        )
        for row in worth
    ]
    instance = Instance(tuple(seekers), (1,) * len(worth), Near([frozenset({str(place)}) for place in range(len(worth))]))
    return worth_of(instance, assign(seekers, instance.room, instance.near).places)


@pytest.mark.parametrize("size", [2, 5, 20, 60])
def test_the_square_of_machol_and_wien(size: int) -> None:
    """Cost of the i-th in the j-th place i times j, hard for shortest paths: the least is n (n + 1) (n + 2) / 6 (Machol and Wien 1976)."""
    most = size * size
    assert size * most - square([[most - row * column for column in range(1, size + 1)] for row in range(1, size + 1)]) == comb(size + 2, 3)


def test_a_square_whose_optimum_is_published() -> None:
    """Project Euler 345, the example with which the problem is set: the greatest sum is 3315."""
    rows = ([7, 53, 183, 439, 863], [497, 383, 563, 79, 973], [287, 63, 343, 169, 583], [627, 343, 773, 959, 943], [767, 473, 103, 699, 303])
    assert square(list(rows)) == 3_315
