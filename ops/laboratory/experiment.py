"""Policies against each other and against hindsight, over many frozen futures, in parallel. The same futures for all; figures do not depend on the jobs."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import cache

from events.vocabulary import Urgency
from ops.checker.simulated import Checker
from ops.demand.hours import DAY_MS
from ops.laboratory.groups import groups_of
from ops.laboratory.instance import Instance, instance_of
from ops.laboratory.intervals import Interval, interval_of, paired, part_of, quantile
from ops.laboratory.policies import policy_named
from ops.laboratory.records import Ending, Outcome, Played, as_json, network_as_json
from ops.laboratory.simulation import simulate
from ops.networks.loading import load_network

Progress = Callable[[int, int], None]
"""(futures played, of all)."""

GroupKey = tuple[str, str]
"""(dimension, group)."""


@dataclass(frozen=True, slots=True)
class OfGroup:
    """What became of the requests of one group."""

    asked: int
    placed: int
    waits_ms: tuple[int, ...]
    """Of those placed."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one policy made of one future."""

    worth: int
    """V in points."""
    placed: int
    persons: int
    persons_by_urgency: Mapping[Urgency, int]
    proposals: int
    waits_ms: tuple[int, ...]
    """From arrival to the proposal that was accepted."""
    outcomes: Mapping[str, int]
    endings: Mapping[str, int]
    """Of proposals: accepted, expired and so on; of declined ones the code."""
    by_project: Mapping[str, int]
    """Persons placed, by receiving project."""
    groups: Mapping[GroupKey, OfGroup]
    breaches: int
    """Found by the independent checker; -1: it was not asked."""


@dataclass(frozen=True, slots=True)
class Clairvoyant:
    """What hindsight could have made of a future."""

    worth: int
    bound: int
    """No schedule is worth more."""
    placed: int
    persons: int
    persons_by_urgency: Mapping[Urgency, int]


@dataclass(frozen=True, slots=True)
class Future:
    """One frozen future, and what everybody made of it."""

    load: str
    seed: int
    asked: int
    capacity: Mapping[str, int]
    """Places by project."""
    figures: Mapping[str, Figures]
    """By policy."""
    hindsight: Clairvoyant | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played."""

    loads: tuple[str, ...]
    seeds: tuple[int, ...]
    days: int
    policies: tuple[str, ...]
    """Names of policies, or of rungs of the ladder."""
    hindsight: bool
    checked: bool
    """Whether the independent checker looks at every proposal."""
    weights_for: str | None = None
    """The load that policies estimate their weights for, whatever comes; None: the one that is played."""


def run(plan: Plan, jobs: int, progress: Progress) -> list[Future]:
    """Every future of a plan, by load and seed in the order of the plan. `jobs`: processes."""
    tasks = [(plan, load, seed) for load in plan.loads for seed in plan.seeds]
    found: dict[tuple[str, int], Future] = {}
    for future in _played(tasks, jobs):
        found[future.load, future.seed] = future
        progress(len(found), len(tasks))
    return [found[load, seed] for _, load, seed in tasks]


def _played(tasks: Sequence[tuple[Plan, str, int]], jobs: int) -> Iterator[Future]:
    if jobs <= 1 or len(tasks) == 1:
        yield from (play_one(*task) for task in tasks)
        return
    with ProcessPoolExecutor(min(jobs, len(tasks)), multiprocessing.get_context("spawn")) as pool:
        for done in as_completed([pool.submit(play_one, *task) for task in tasks]):
            yield done.result()


def play_one(plan: Plan, load: str, seed: int) -> Future:
    """One future played by every policy of the plan."""
    instance = instance_of(load_network("it"), seed, load, plan.days)
    capacity: Counter[str] = Counter()
    for unit in instance.units:
        capacity[unit.project_id] += unit.places
    return Future(
        load=load,
        seed=seed,
        asked=len(instance.asked),
        capacity=capacity,
        figures={
            name: figures_of(simulate(instance, replace(policy_named(name), weights_for=plan.weights_for)), instance, checked=plan.checked)
            for name in plan.policies
        },
        hindsight=_clairvoyant(instance) if plan.hindsight else None,
    )


def figures_of(played: Played, instance: Instance, *, checked: bool = False) -> Figures:
    """What one policy made of one instance."""
    placed = [served for served in played.served if served.outcome is Outcome.PLACED]
    by_project: Counter[str] = Counter()
    for served in placed:
        assert served.unit is not None
        by_project[instance.units[served.unit].project_id] += served.persons
    return Figures(
        worth=played.worth,
        placed=played.placed,
        persons=played.persons,
        persons_by_urgency={urgency: played.persons_of(urgency) for urgency in Urgency},
        proposals=len(played.proposed),
        waits_ms=tuple(served.wait_ms for served in placed if served.wait_ms is not None),
        outcomes=Counter(served.outcome.value for served in played.served),
        endings=Counter(
            proposed.code.value if proposed.how is Ending.DECLINED and proposed.code is not None else proposed.how.value
            for proposed in played.proposed
        ),
        by_project=by_project,
        groups=_groups(played, instance),
        breaches=_breaches(played, instance) if checked else -1,
    )


def _groups(played: Played, instance: Instance) -> dict[GroupKey, OfGroup]:
    asked: Counter[GroupKey] = Counter()
    waits: dict[GroupKey, list[int]] = {}
    for served in played.served:
        for key in groups_of(instance.asked[served.request], instance.terms).items():
            asked[key] += 1
            if served.wait_ms is not None:
                waits.setdefault(key, []).append(served.wait_ms)
    return {key: OfGroup(asked[key], len(waits.get(key, ())), tuple(waits.get(key, ()))) for key in sorted(asked)}


def _clairvoyant(instance: Instance) -> Clairvoyant:
    from ops.laboratory.hindsight_kept import hindsight_of  # SciPy's solvers, which whoever wants no hindsight need not have

    found = hindsight_of(instance)
    placed = [instance.asked[placement.asked] for placement in found.placements]
    return Clairvoyant(
        found.points,
        found.bound,
        len(placed),
        sum(asked.request.household.size for asked in placed),
        {urgency: sum(asked.request.household.size for asked in placed if asked.urgency is urgency) for urgency in Urgency},
    )


def _breaches(played: Played, instance: Instance) -> int:
    """What the independent checker finds."""
    return len(_checker().findings(as_json(played, instance)))


@cache
def _checker() -> Checker:
    return Checker(network_as_json(load_network("it")))


# Over seeds.


@dataclass(frozen=True, slots=True)
class Summary:
    """One policy under one load, over seeds."""

    policy: str
    futures: int
    share_of_hindsight: Interval | None
    share_placed: Interval
    """Of all requests."""
    persons: Interval
    persons_by_urgency: Mapping[Urgency, Interval]
    worth: Interval
    """V in points."""
    wait_median_ms: float | None
    """Over the requests of all seeds."""
    wait_p90_ms: float | None
    proposals: int
    breaches: int
    endings: Mapping[str, int]
    outcomes: Mapping[str, int]
    regret: Interval | None
    """V that hindsight would have had beside, in points."""


def of_load(futures: Iterable[Future], load: str) -> list[Future]:
    """The futures of one load."""
    return [future for future in futures if future.load == load]


def summary(futures: Sequence[Future], policy: str) -> Summary:
    """A policy over the futures of one load. Raises ValueError without any."""
    figures = [future.figures[policy] for future in futures]
    waits = [wait for each in figures for wait in each.waits_ms]
    best = [future.hindsight for future in futures if future.hindsight is not None]
    known = len(best) == len(futures)
    return Summary(
        policy=policy,
        futures=len(futures),
        share_of_hindsight=interval_of([part_of(each.worth, most.worth) for each, most in zip(figures, best, strict=True)]) if known else None,
        share_placed=interval_of([part_of(each.placed, future.asked) for each, future in zip(figures, futures, strict=True)]),
        persons=interval_of([each.persons for each in figures]),
        persons_by_urgency={urgency: interval_of([each.persons_by_urgency[urgency] for each in figures]) for urgency in Urgency},
        worth=interval_of([each.worth for each in figures]),
        wait_median_ms=quantile(waits, 0.5),
        wait_p90_ms=quantile(waits, 0.9),
        proposals=sum(each.proposals for each in figures),
        breaches=sum(max(0, each.breaches) for each in figures),
        endings=_summed(each.endings for each in figures),
        outcomes=_summed(each.outcomes for each in figures),
        regret=interval_of([most.worth - each.worth for each, most in zip(figures, best, strict=True)]) if known else None,
    )


def gain(futures: Sequence[Future], ours: str, theirs: str) -> Interval:
    """By which share of hindsight (of theirs, where that is unknown) one policy's V is higher than another's, paired."""
    most = [future.hindsight.worth if future.hindsight is not None else future.figures[theirs].worth for future in futures]
    return paired(
        [future.figures[ours].worth / (whole or 1) for future, whole in zip(futures, most, strict=True)],
        [future.figures[theirs].worth / (whole or 1) for future, whole in zip(futures, most, strict=True)],
    )


@dataclass(frozen=True, slots=True)
class GroupSummary:
    """One group under one policy, over seeds."""

    dimension: str
    group: str
    asked: int
    share_placed: Interval
    wait_median_hours: Interval | None
    """Over the seeds in which anybody of the group was placed; None: in none."""


def group_summaries(futures: Sequence[Future], policy: str) -> list[GroupSummary]:
    """Every group under one policy. A seed in which nobody of a group asked does not count for it."""
    keys = sorted({key for future in futures for key in future.figures[policy].groups})
    found: list[GroupSummary] = []
    for key in keys:
        each = [future.figures[policy].groups[key] for future in futures if key in future.figures[policy].groups]
        medians = [median for group in each if (median := quantile(group.waits_ms, 0.5)) is not None]
        found.append(
            GroupSummary(
                *key,
                sum(group.asked for group in each),
                interval_of([group.placed / group.asked for group in each]),
                interval_of([median / DAY_MS * 24 for median in medians]) if medians else None,
            )
        )
    return found


def spread(futures: Sequence[Future], policy: str, dimension: str) -> Interval:
    """How far the shares placed of a dimension's groups lie apart: the highest less the lowest, over all seeds; the interval by jackknife over seeds."""
    keys = sorted({key for future in futures for key in future.figures[policy].groups if key[0] == dimension})

    def apart(chosen: Sequence[Future]) -> float:
        shares = []
        for key in keys:
            each = [future.figures[policy].groups[key] for future in chosen if key in future.figures[policy].groups]
            asked = sum(group.asked for group in each)
            if asked:
                shares.append(sum(group.placed for group in each) / asked)
        return max(shares, default=0.0) - min(shares, default=0.0)

    if len(futures) < 2:
        return interval_of([apart(futures)])
    whole, number = apart(futures), len(futures)
    told = interval_of([number * whole - (number - 1) * apart([*futures[:left], *futures[left + 1 :]]) for left in range(number)])
    margin = (told.high - told.low) / 2
    return Interval(whole, whole - margin, whole + margin)


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    return dict(total.most_common())
