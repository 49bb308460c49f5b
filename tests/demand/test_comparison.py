"""What matching gained: first come as it is practised, the figures of a run, and a table that says truly where there is no gain."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from rich.console import Console

from coordinator.matching.best_place import match
from events.vocabulary import Urgency
from ops.demand.day import Day
from ops.demand.rehearsal import rehearse
from ops.demand.tally import Tally
from ops.demo.comparison import FIRST_COME, THIS_POLICY, THRIFT_FIRST, Outcome, compared, main, outcome_of, without_weights
from ops.demo.summary import comparison_for_people
from ops.networks import load_network

NETWORK = load_network("it")
OUTCOME = Outcome(50, 40, 44, 9_876.5, 0.0, 120.0)


def shown(same: dict[str, Outcome], heavier: dict[str, Outcome], *, width: int = 80, weighed: bool = True) -> str:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(comparison_for_people(same, heavier, weighed=weighed))
    return captured.get()


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_fits_and_no_row_is_folded(width: int) -> None:
    heavy = replace(OUTCOME, requests=5_000, within_deadline=4_000, value=1_234_567.8, acceptance_median_min=12_345.0)
    policies = (THIS_POLICY, THRIFT_FIRST, FIRST_COME)
    text = shown(dict.fromkeys(policies, OUTCOME), dict.fromkeys(policies, heavy), width=width)
    assert all(len(line) <= width for line in text.splitlines())
    assert len(text.splitlines()[:17]) == 17 and text.splitlines()[16].startswith("  median to the acceptance")
    assert "synthetic" in text


def test_no_gain_and_a_loss_are_said_as_they_are() -> None:
    better = replace(OUTCOME, within_deadline=42, persons=46, value=10_000.0)
    text = " ".join(shown({THIS_POLICY: OUTCOME, THRIFT_FIRST: OUTCOME, FIRST_COME: better}, {THIS_POLICY: better, FIRST_COME: OUTCOME}).split())
    assert "against thrift first no difference; against first come -2 within the deadline, -2 persons placed, V -1.2%" in text
    assert "8 times as many requests: against first come +2 within the deadline, +2 persons placed, V +1.3%" in text
    assert "no scarcity weights" not in text
    same = {THIS_POLICY: OUTCOME, THRIFT_FIRST: OUTCOME}
    assert "no scarcity weights, so it is thrift first" in " ".join(shown(same, same, weighed=False).split())


def test_each_policy_plays_the_same_requests() -> None:
    found = compared(NETWORK, 1, 1, 12.0)
    assert list(found) == [THIS_POLICY, THRIFT_FIRST, FIRST_COME]
    assert len({each.requests for each in found.values()}) == 1
    assert found[THIS_POLICY] != found[FIRST_COME]
    assert all(0 < each.within_deadline <= each.requests and each.value > 0 for each in found.values())


def test_it_can_be_asked_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--days", "1", "--heaviness", "2"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"same", "heavier"}
    assert told["heavier"][THIS_POLICY]["requests"] > told["same"][THIS_POLICY]["requests"]


def test_a_policy_without_weights_says_nothing_of_what_is_scarce() -> None:
    with_them = replace(NETWORK, policy={**NETWORK.policy, "matching": {"scarcity": {}}})
    assert "matching" not in without_weights(with_them).policy
    assert without_weights(with_them).policy["weights"] == NETWORK.policy["weights"]


def test_value_counts_people_urgency_fit_and_wait() -> None:
    tally = Tally()
    for each in rehearse(Day(NETWORK, 1, 1, 20.0), "it", match):
        tally.took(each.timed, each.answer)
    placements = tally.placements()
    assert len(placements) >= 10
    worth = {Urgency.IMMEDIATE: 400, Urgency.WITHIN_DAYS: 200, Urgency.PLANNED: 100}
    least = sum(worth[each.urgency] * each.persons for each in placements)
    persons = sum(each.persons for each in placements)
    outcome = outcome_of(tally)
    assert outcome.persons == persons
    waits = sum(each.persons * each.waited_ms / 86_400_000 for each in placements)
    assert least < outcome.value + waits <= least + 20 * persons
    assert any(each.fit_points for each in placements) and all(each.waited_ms >= 0 for each in placements)
