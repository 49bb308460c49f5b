"""Experiments: the same figures from one process and from several; intervals as SciPy has them; tables that fit a terminal."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coordinator.cli.main import app
from ops.laboratory.experiment import Future, Plan, figures_of, gain, group_summaries, run, spread, summary
from ops.laboratory.instance import instance_of
from ops.laboratory.intervals import interval_of, paired, quantile, t_quantile
from ops.laboratory.policies import POLICIES, Policy
from ops.laboratory.seeds import fresh, known, reporting, tuning
from ops.laboratory.simulation import simulate
from ops.laboratory.tables import CSV_COLUMNS, against_table, csv_rows, ends_table, groups_table, policies_table, projects_table, regret_table
from ops.networks.loading import load_network

POLICIES_PLAYED = ("shipped", "thrift", "fcfs")
PLAN = Plan(("double",), (4, 5, 6), 8, POLICIES_PLAYED, hindsight=False, checked=False)


def _quiet(_done: int, _of: int) -> None:
    return None


@pytest.fixture(scope="module")
def futures() -> list[Future]:
    return run(PLAN, 1, _quiet)


def test_figures_do_not_depend_on_the_number_of_processes(futures: list[Future]) -> None:
    told: list[tuple[int, int]] = []
    assert run(PLAN, 2, lambda done, of: told.append((done, of))) == futures
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_a_policy_against_itself_gains_nothing(futures: list[Future]) -> None:
    nothing = gain(futures, "thrift", "thrift")
    assert (nothing.mean, nothing.low, nothing.high) == (0.0, 0.0, 0.0)
    assert gain(futures, "shipped", "fcfs").mean > 0


def test_weights_of_another_load_are_played_where_asked_for_and_change_no_future() -> None:
    plan = Plan(("double",), (4,), 8, ("scarcity", "thrift"), hindsight=False, checked=False)
    own, named, other = (run(replace(plan, weights_for=load), 1, _quiet)[0] for load in (None, "double", "ample"))
    assert own == named
    assert other.figures["thrift"] == own.figures["thrift"]
    assert other.figures["scarcity"].endings != own.figures["scarcity"].endings
    instance = instance_of(load_network("it"), 4, "double", 8)
    ample = POLICIES["scarcity"].terms_for(replace(instance, load="ample"))
    by_hand = Policy("by_hand", "", lambda _terms: ample)
    assert other.figures["scarcity"] == figures_of(simulate(instance, by_hand), instance)


def test_every_request_but_those_of_minors_alone_is_in_one_group_of_each_dimension(futures: list[Future]) -> None:
    for future in futures:
        for figures in future.figures.values():
            minors = figures.outcomes["minor"]
            for dimension in ("gender", "age", "need", "leaving", "urgency"):
                groups = [group for (name, _), group in figures.groups.items() if name == dimension]
                assert sum(group.asked for group in groups) == future.asked - minors
                assert sum(group.placed for group in groups) == figures.placed


def test_summaries_add_up(futures: list[Future]) -> None:
    found = summary(futures, "shipped")
    assert sum(found.outcomes.values()) == sum(future.asked for future in futures)
    assert sum(found.endings.values()) == found.proposals
    assert found.share_of_hindsight is None and found.regret is None
    assert sum(interval.mean for interval in found.persons_by_urgency.values()) == pytest.approx(found.persons.mean)
    assert all(0 <= group.share_placed.mean <= 1 for group in group_summaries(futures, "shipped"))
    assert 0 <= spread(futures, "shipped", "age").mean <= 1


def test_tables_fit_a_terminal(futures: list[Future]) -> None:
    for text in (
        policies_table(futures, POLICIES_PLAYED),
        regret_table(futures, POLICIES_PLAYED),
        against_table(futures, "shipped", POLICIES_PLAYED),
        ends_table(futures, POLICIES_PLAYED),
        groups_table(futures, "thrift", "shipped"),
        projects_table(futures, POLICIES_PLAYED),
    ):
        assert max(map(len, text.splitlines())) <= 80, text


def test_rows_have_every_column(futures: list[Future]) -> None:
    rows = list(csv_rows(futures))
    assert len(rows) == len(futures) * len(POLICIES_PLAYED)
    assert all(len(row) == len(CSV_COLUMNS) for row in rows)


def test_intervals_are_those_of_scipy() -> None:
    stats = pytest.importorskip("scipy.stats")
    for degrees in (1, 2, 4, 9, 29, 200):
        assert t_quantile(degrees) == pytest.approx(stats.t.ppf(0.975, degrees), abs=1e-5)
    ours, theirs = [0.9, 0.8, 0.95, 0.7], [0.85, 0.82, 0.9, 0.6]
    found = paired(ours, theirs)
    expected = stats.ttest_rel(ours, theirs).confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-6)


def test_one_seed_has_no_interval_and_none_no_mean() -> None:
    assert interval_of([3.0]).high == float("inf")
    with pytest.raises(ValueError, match="no seed"):
        interval_of([])
    assert quantile([], 0.5) is None
    assert quantile([3, 1, 2], 0.5) == 2


def test_seeds_for_tuning_and_for_reporting_are_different_ones() -> None:
    assert tuning(range(1, 5)) == (1, 2, 3, 4)
    assert reporting(fresh(30)) == tuple(range(1100, 1130))
    assert reporting(known(4)) == (1000, 1001, 1002, 1003)
    assert not set(known(30)) & set(fresh(30))
    for wrong in ([999, 1000], [0]):
        with pytest.raises(ValueError, match="are for tuning"):
            tuning(wrong)
    with pytest.raises(ValueError, match="are for tuning"):
        reporting([1000, 999])


def test_the_command_prints_tables_and_writes_rows(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    ended = CliRunner().invoke(app, ["simulate", "--seeds", "1,2", "--days", "4", "--against", "fcfs", "--jobs", "1", "--csv", str(file)])
    assert ended.exit_code == 0, ended.output
    assert "against fcfs" in ended.output
    rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
    assert [row["policy"] for row in rows] == ["shipped", "fcfs"] * 2


def test_the_command_plays_weights_of_another_load() -> None:
    given = ["simulate", "--policy", "scarcity", "--load", "double", "--seeds", "4", "--days", "8", "--json", "--jobs", "1"]
    own, other = (CliRunner().invoke(app, [*given, *more]) for more in ([], ["--weights-for", "ample"]))
    assert own.exit_code == other.exit_code == 0, other.output
    told, told_other = (json.loads(ended.stdout)[0]["policies"] for ended in (own, other))
    assert told["scarcity"]["v_points"] != told_other["scarcity"]["v_points"]
    assert told["thrift"]["v_points"] == told_other["thrift"]["v_points"]


def test_a_future_in_which_nobody_asks_has_its_tables() -> None:
    found = CliRunner().invoke(
        app, ["simulate", "--load", "0.001", "--days", "1", "--seeds", "1-2", "--policy", "thrift", "--against", "fcfs", "--hindsight", "--jobs", "1"]
    )
    assert found.exit_code == 0, found.output
    assert "0.001: 2 futures, 0 requests each" in found.output


def test_the_command_gives_json() -> None:
    ended = CliRunner().invoke(app, ["simulate", "--seeds", "1-2", "--days", "3", "--json", "--jobs", "1"])
    assert ended.exit_code == 0, ended.output
    (told,) = json.loads(ended.stdout)
    assert set(told["policies"]) == {"shipped", "thrift", "fcfs"}
    assert told["policies"]["shipped"]["gain_against_it"] == 0


@pytest.mark.parametrize("wrong", [["--load", "huge"], ["--seeds", "x"], ["--seeds", "0"], ["--policy", "magic"], ["--weights-for", "huge"]])
def test_the_command_says_what_it_does_not_know(wrong: list[str]) -> None:
    ended = CliRunner().invoke(app, ["simulate", *wrong])
    assert ended.exit_code == 2


def test_the_command_lists_policies() -> None:
    ended = CliRunner().invoke(app, ["simulate", "--policy", "list"])
    assert all(name in ended.output for name in POLICIES)
