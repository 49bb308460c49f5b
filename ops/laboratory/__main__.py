"""`python -m ops.laboratory [--full] [--jobs N]`: policies against each other and against hindsight, safety by an independent checker, fairness and its price.

Short by default, to see that all of it works: a few futures of a month. `--full`: thirty fresh futures of ninety days under each load, an hour or more.
The last line is one JSON object. Everything is synthetic; docs/laboratory.md says under which assumptions.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from events.vocabulary import Urgency
from ops.laboratory.experiment import Future, Plan, Progress, gain, of_load, run, summary
from ops.laboratory.fairness import Step, kept_for_families, level_projects, steps
from ops.laboratory.instance import LOADS, Instance, instance_of
from ops.laboratory.intervals import Interval, part_of
from ops.laboratory.policies import LADDER
from ops.laboratory.seeds import FIRST_REPORTING, fresh, known, reporting
from ops.laboratory.tables import (
    CSV_COLUMNS,
    against_table,
    aligned,
    csv_rows,
    ends_table,
    groups_table,
    policies_table,
    projects_table,
    regret_table,
    share,
    short,
    signed,
)
from ops.laboratory.tiny_world import shares
from ops.laboratory.tradeoff import Point, of_hindsight, of_policy, weighing
from ops.networks.loading import load_network

OURS, THRIFT, FIRST_COME, BEFORE = "scarcity", "thrift", "fcfs", "unpriced"
PLAYED = (OURS, "gives_in", BEFORE, "exact", THRIFT, "best_fit", FIRST_COME)
_SHORT = (4, 30, 2)
_FULL = (30, 90, 3)
"""(futures under each load, days, futures for foresight, fairness and the trade-off)."""
_REQUESTS_A_DAY = ("0.5", "1", "1.5", "2")
"""Beside the loads: what published figures allow is at most 1.9 (docs/laboratory.md)."""
_TINY_WORLDS = 12
_PROPOSALS_CHECKED = 1_000_000
_KEPT_IN = Path("build") / "laboratory"


class Laboratory:
    """One run."""

    def __init__(self, loads: tuple[str, ...], seeds: tuple[int, ...], days: int, few: int, jobs: int) -> None:
        self._loads = loads
        self._seeds = reporting(seeds)
        self._days = days
        self._few = few
        self._jobs = jobs
        self._began = time.monotonic()
        self._proposals = 0
        self._breaches = 0
        self._found: dict[str, object] = {}

    @property
    def found(self) -> dict[str, object]:
        """What the last line says of the run, by name."""
        return self._found | {"proposals": self._proposals, "breaches": self._breaches}

    def say(self, line: str) -> None:
        """A line of progress."""
        print(f"{time.monotonic() - self._began:7.1f} s  {line}", flush=True)

    def compare(self) -> list[Future]:
        """Policies and hindsight, load by load."""
        futures: list[Future] = []
        for load in self._loads:
            plan = Plan((load,), self._seeds, self._days, PLAYED, hindsight=True, checked=True)
            self.say(f"{load}: {len(self._seeds)} futures of {self._days} days, seeds {self._seeds[0]} to {self._seeds[-1]}")
            played = self._run(plan, lambda done, of: self.say(f"  {done} of {of}") if done % max(1, of // 5) == 0 else None)
            futures += played
            _show(
                policies_table(played, PLAYED),
                against_table(played, OURS, PLAYED),
                regret_table(played, PLAYED),
                ends_table(played, (OURS, THRIFT, FIRST_COME)),
                projects_table(played, (OURS, THRIFT, FIRST_COME)),
                groups_table(played, BEFORE, OURS),
            )
        return futures

    def _run(self, plan: Plan, progress: Progress) -> list[Future]:
        """Plays, and counts what the checker looked at."""
        played = run(plan, self._jobs, progress)
        self._proposals += sum(figures.proposals for future in played for figures in future.figures.values())
        self._breaches += sum(figures.breaches for future in played for figures in future.figures.values())
        return played

    def check(self, at_least: int) -> None:
        """Safety: more futures without hindsight, until enough proposals were looked at."""
        seed = self._seeds[-1] + 1
        while self._proposals < at_least:
            self._run(Plan(("double",), reporting(range(seed, seed + 8)), self._days, PLAYED, hindsight=False, checked=True), _quiet)
            seed += 8
            self.say(f"safety: {self._proposals} proposals checked, {self._breaches} breaches")

    def ladder(self, load: str) -> None:
        """Rungs of foresight, between a policy and hindsight."""
        self.say(f"{load}: rungs of foresight")
        names = (OURS, THRIFT, *LADDER)
        played = self._run(Plan((load,), self._seeds[: self._few], self._days, names, hindsight=True, checked=True), _quiet)
        _show(policies_table(played, names))
        self._found[f"foresight_{load}"] = _means({name: summary(played, name).share_of_hindsight for name in names})

    def demand(self) -> None:
        """From far fewer requests than a network can bear to as many as it plays with most of the time: how near hindsight each is."""
        names = (OURS, THRIFT, FIRST_COME)
        rows: list[tuple[str, ...]] = []
        by_a_day: dict[str, dict[str, float]] = {}
        for a_day in _REQUESTS_A_DAY:
            self.say(f"{a_day} requests a day")
            played = self._run(Plan((a_day,), self._seeds, self._days, names, hindsight=True, checked=True), _quiet)
            shares_found = {name: summary(played, name).share_of_hindsight for name in names}
            places = _hindsight_places(played)
            rows.append((a_day, f"{places:.3f}", *(short(found, 3) for found in shares_found.values()), signed(gain(played, OURS, THRIFT))))
            by_a_day[a_day] = {"hindsight_places": round(places, 3), **_means(shares_found)}
        self._found["by_requests_a_day"] = by_a_day
        _show(
            aligned(
                "by requests a day: requests that hindsight places, and shares of its V",
                ("a day", "hindsight", *names, f"{OURS} less {THRIFT}"),
                rows,
            )
        )

    def tiny(self) -> None:
        """The matcher against the causal optimum of worlds small enough to have one."""
        self.say("tiny worlds")
        instance = instance_of(load_network("it"), FIRST_REPORTING, "tight", days=2)
        rows: list[tuple[str, ...]] = []
        for name, urgencies in (("one urgency", (Urgency.WITHIN_DAYS,)), ("all urgencies", tuple(Urgency))):
            found = shares(instance, range(_TINY_WORLDS), urgencies)
            rows.append((name, *(f"{each:.4f}" for each in (found.weighed, found.thrifty, found.holding_back, found.placing_all))))
            self._found[f"tiny_{len(urgencies)}"] = round(found.weighed, 4)
        _show(aligned("tiny worlds, share of the causal optimum", ("world", "weighed", "thrift", "holding back", "turning nobody away"), rows))

    def fairness(self, load: str) -> None:
        """What bindings cost, step by step."""
        self.say(f"{load}: what fairness costs")
        instances = self._instances(load)
        for title, policies, of_projects in (
            (f"{load}: places for families kept from others; apart: with children, without", kept_for_families(), False),
            (f"{load}: projects levelled; apart: persons taken a place (deviation / mean)", level_projects(), True),
        ):
            found = steps(instances, policies, of_projects=of_projects)
            _show(_steps_table(title, found))
            self._found[f"fairness_{'projects' if of_projects else 'families'}_costs"] = [round(step.loses.mean, 4) for step in found]

    def tradeoff(self, load: str) -> None:
        """The curve of urgency values."""
        self.say(f"{load}: urgency valued otherwise")
        instances = self._instances(load)
        curves = {"hindsight": of_hindsight(instances), OURS: of_policy(instances, weighing)}
        _show(_curve_table(f"{load}: persons placed when urgency is valued otherwise", curves))

    def _instances(self, load: str) -> list[Instance]:
        return [instance_of(load_network("it"), seed, load, self._days) for seed in self._seeds[: self._few]]


def _show(*tables: str) -> None:
    sys.stdout.write("\n" + "\n\n".join(tables) + "\n\n")
    sys.stdout.flush()


def _quiet(_done: int, _of: int) -> None:
    return None


def _steps_table(title: str, found: Sequence[Step]) -> str:
    rows = [(step.name, signed(step.loses), share(step.apart)) for step in found]
    return aligned(title, ("step", "V lost, 95 %", "apart"), rows)


def _curve_table(title: str, curves: dict[str, list[Point]]) -> str:
    rows = [
        ("/".join(map(str, point.values)), name, f"{point.persons:.0f}", *(f"{persons:.0f}" for persons in point.by_urgency))
        for name, points in curves.items()
        for point in points
    ]
    return aligned(title, ("points a person", "who", "persons", "now", "days", "planned"), rows, left=2)


def _by_load(futures: Sequence[Future], loads: Sequence[str]) -> dict[str, object]:
    def of(policy: str) -> dict[str, float]:
        return _means({load: summary(of_load(futures, load), policy).share_of_hindsight for load in loads})

    gains = {load: gain(of_load(futures, load), OURS, THRIFT) for load in loads}
    thrift, ours = of(THRIFT), of(OURS)
    return {
        "share_of_hindsight": ours,
        "thrift_share": thrift,
        "fcfs_share": of(FIRST_COME),
        "exact_share": of("exact"),
        "unpriced_share": of(BEFORE),
        "gain_over_thrift": {load: round(interval.mean, 4) for load, interval in gains.items()},
        "gain_ci_low": {load: round(interval.low, 4) for load, interval in gains.items()},
        "gap_closed": {load: round(part_of(ours[load] - thrift[load], 1 - thrift[load]), 3) for load in loads},
        "hindsight_places": {load: round(_hindsight_places(of_load(futures, load)), 3) for load in loads},
    }


def _means(found: Mapping[str, Interval | None]) -> dict[str, float]:
    """The means of those that are known, as the last line tells them."""
    return {name: round(interval.mean, 4) for name, interval in found.items() if interval is not None}


def _hindsight_places(futures: Sequence[Future]) -> float:
    """Of all requests."""
    return part_of(sum(each.hindsight.placed for each in futures if each.hindsight), sum(each.asked for each in futures))


def main() -> int:
    """Runs it; 1 where the checker found a breach."""
    parser = argparse.ArgumentParser(prog="python -m ops.laboratory", description=__doc__)
    parser.add_argument("--full", action="store_true", help="thirty futures of ninety days under each load, and a million proposals checked")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes; figures do not depend on them")
    parser.add_argument("--loads", nargs="+", choices=LOADS, default=list(LOADS), help="all by default")
    given = parser.parse_args()
    futures_each, days, few = _FULL if given.full else _SHORT
    seeds = fresh(futures_each) if given.full else known(futures_each)
    laboratory = Laboratory(tuple(given.loads), seeds, days, few, given.jobs)
    futures = laboratory.compare()
    laboratory.check(_PROPOSALS_CHECKED if given.full else 0)
    for load in ("ample", "tight"):
        laboratory.ladder(load)
    laboratory.demand()
    laboratory.tiny()
    laboratory.fairness("tight")
    laboratory.tradeoff("tight")
    _KEPT_IN.mkdir(parents=True, exist_ok=True)
    with (_KEPT_IN / "futures.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(CSV_COLUMNS)
        writer.writerows(csv_rows(futures))
    laboratory.say(f"one row a future and policy: {_KEPT_IN / 'futures.csv'}")
    print(json.dumps({"futures": futures_each, "days": days, **_by_load(futures, given.loads), **laboratory.found}))
    return 1 if laboratory.found["breaches"] else 0


if __name__ == "__main__":
    sys.exit(main())
