"""Bindings for fairness do what they say, and the first step of each is the policy as it ships."""

from __future__ import annotations

import pytest

from coordinator.matching.household import is_minor
from events.vocabulary import Host, Urgency
from ops.laboratory.fairness import kept_for_families, level_projects, steps
from ops.laboratory.instance import Instance, instance_of
from ops.laboratory.policies import POLICIES
from ops.laboratory.simulation import simulate
from ops.laboratory.tradeoff import VALUES, of_policy, weighing
from ops.networks.loading import load_network

_FAMILIES = {Host.MOTHERS_WITH_CHILDREN, Host.FATHERS_WITH_CHILDREN}


@pytest.fixture(scope="module")
def instance() -> Instance:
    return instance_of(load_network("it"), 31, "14", days=8)


def test_kept_from_nobody_is_the_policy_as_it_ships(instance: Instance) -> None:
    first, *_ = kept_for_families()
    assert simulate(instance, first).proposed == simulate(instance, POLICIES["shipped"]).proposed


def test_places_for_families_are_kept_from_all_others(instance: Instance) -> None:
    *_, last = kept_for_families()
    played = simulate(instance, last)
    assert played.placed
    for proposed in played.proposed:
        request = instance.asked[proposed.request].request
        if _FAMILIES & instance.units[proposed.unit].hosts and not instance.asked[proposed.request].request.apart_from:
            linked = any(request.case_id in other.request.apart_from for other in instance.asked)
            assert linked or any(map(is_minor, request.household.members))


def test_the_first_step_loses_nothing(instance: Instance) -> None:
    for policies, of_projects in ((kept_for_families(), False), (level_projects(), True)):
        first, *others = steps([instance], policies, of_projects=of_projects)
        assert first.loses.mean == 0
        assert len(others) == len(policies) - 1
        assert all(step.apart.mean >= 0 for step in (first, *others))


def test_a_curve_has_a_point_for_each_choice_of_values(instance: Instance) -> None:
    curve = of_policy([instance], weighing)
    assert [point.values for point in curve] == list(VALUES)
    assert all(len(point.by_urgency) == len(Urgency) and sum(point.by_urgency) == point.persons for point in curve)
