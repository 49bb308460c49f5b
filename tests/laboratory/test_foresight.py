"""The rungs of foresight keep the rules, are accepted by whom they ask, and end at hindsight."""

from __future__ import annotations

from ops.checker.simulated import Checker
from ops.laboratory.hindsight import hindsight
from ops.laboratory.instance import instance_of
from ops.laboratory.policies import LADDER, policy_named
from ops.laboratory.records import Ending, as_json, network_as_json
from ops.laboratory.simulation import simulate
from ops.networks.loading import load_network


def test_whoever_knows_some_days_comes_near_hindsight_in_a_week_and_never_beyond() -> None:
    network = load_network("it")
    instance = instance_of(network, 2, "14", days=7)
    most, checker = hindsight(instance), Checker(network_as_json(network))
    for name in LADDER:
        played = simulate(instance, policy_named(name))
        assert 0.88 * most.bound < played.worth <= most.bound  # hindsight needs no place for proposals in vain, a rung does
        in_vain = sum(yes.turn for asked in instance.asked if (yes := instance.yes(asked)) is not None)
        assert sum(proposed.how is not Ending.ACCEPTED for proposed in played.proposed) <= in_vain
        assert checker.findings(as_json(played, instance)) == []


def test_a_rung_plays_the_same_future_alike_again() -> None:
    instance = instance_of(load_network("it"), 4, "12", days=4)
    assert simulate(instance, LADDER["foresight_3"]) == simulate(instance, LADDER["foresight_3"])
