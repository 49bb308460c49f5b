"""In worlds so small that the best is known, the product's matcher is close to it; where it is not, it is because it turns nobody away."""

from __future__ import annotations

import itertools

import pytest

from events.vocabulary import Urgency
from ops.laboratory.instance import Instance, instance_of
from ops.laboratory.tiny_world import TinyWorld, causal, decided_by, shares, tiny_world, value_of, weighed_terms
from ops.networks.loading import load_network


@pytest.fixture(scope="module")
def instance() -> Instance:
    return instance_of(load_network("it"), 1, "tight", days=2)


def test_the_matcher_reaches_nearly_the_causal_optimum(instance: Instance) -> None:
    found = shares(instance, range(6))
    assert found.weighed >= 0.98
    assert found.thrifty < found.weighed <= 1


def test_with_all_urgencies_it_reaches_nearly_what_can_be_had_without_turning_anybody_away(instance: Instance) -> None:
    found = shares(instance, range(5), tuple(Urgency))
    assert found.weighed >= 0.97 * found.placing_all
    assert found.placing_all < 1
    assert found.holding_back > found.weighed


def test_nothing_beats_the_optimum(instance: Instance) -> None:
    for seed in range(3):
        found = causal(tiny_world(seed, instance, urgencies=tuple(Urgency)))
        assert found.optimum >= found.placing_all - 1e-6
        assert found.placing_all >= max(found.weighed, found.thrifty) - 1e-6
        assert found.optimum >= found.holding_back - 1e-6


def test_the_expected_value_is_that_of_every_course_of_events(instance: Instance) -> None:
    """The backward induction against all that may happen in a world without returns, for as many steps as there are, told apart by what comes."""
    world = tiny_world(3, instance)
    few = TinyWorld(world.places, world.requests, (0.5, 0.25, 0.0, 0.0), (0.0, 0.0, 0.0), (1, 0, 1), world.terms)
    decide = decided_by(few, weighed_terms(few, 4.0))
    expected = 0.0
    for first, second in itertools.product((None, 0, 1), repeat=2):
        chance = {None: 0.25, 0: 0.5, 1: 0.25}[first] * {None: 0.25, 0: 0.5, 1: 0.25}[second]
        free, worth = few.free, 0
        for request in (first, second):
            place = None if request is None else decide(request, free)
            if request is not None and place is not None:
                assert free[place] and few.fits(request, place)
                worth += few.values[request]
                free = tuple(left - (number == place) for number, left in enumerate(free))
        expected += chance * worth
    assert value_of(few, decide, steps=2) == pytest.approx(expected)
