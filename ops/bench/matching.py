"""`python -m ops.bench.matching` (`make bench-matching`): what a decision takes, on one core, at the size of Italy and at Europe's.

Real decisions on real folded states (`ops.bench.grown`): a request arrives, a publication frees places, a project accepts, another declines, while as many
requests wait as the size says; and fifty requests that compete for places which open in one instant. Processor time of the deciding thread, so that
others on the machine do not count. The last line is one JSON object; times in milliseconds.

Beside it, in the same run and on the same events, the matcher of before: a list of all units for each request, every rule asked of each.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections import defaultdict
from statistics import median

from coordinator.domain.decide import decide
from coordinator.matching.best_place import Matcher, match
from events.transfer import ProposalMade
from ops.bench.before import match_as_before
from ops.bench.grown import EUROPE, ITALY, SIZES, Grown, Size, from_here, grown, rooms_open_together, rounds
from ops.bench.growth import memory_bytes
from ops.services.say import Say
from reading.collecting import collect_rarely

ROUNDS = {"italy": 300, "europe": 80}
BATCH = 50
_DRAWS, _BATCHES = 15, 2
"""Draws of who asks and where places open, and batches one after another in each: the later one finds more of those who are hard to place."""
GOALS = {"italy_p99_ms": 5.0, "europe_p99_ms": 100.0, "italy_batch_ms": 50.0}


class Measured:
    """Times of one size, in milliseconds, by kind of event."""

    def __init__(self) -> None:
        self.decide_ms: dict[str, list[float]] = defaultdict(list)
        self.fold_ms: list[float] = []
        self.explained_bytes: list[int] = []

    @property
    def every(self) -> list[float]:
        """Of all kinds, sorted."""
        return sorted(took for kind in self.decide_ms.values() for took in kind)


def p99(times: list[float]) -> float:
    """The time that one in a hundred exceeds. `times`: sorted, at least one."""
    return times[min(len(times) - 1, int(len(times) * 0.99))]


def measure(found: Grown, count: int, matcher: Matcher = match) -> Measured:
    """So many rounds of work, each event timed."""
    measured = Measured()
    for kind, event in rounds(found, count):
        opened = found.opened(event)
        began = time.thread_time_ns()
        outcomes = decide(found.state, opened, found.now_ms, found.state.policy, matcher)
        decided = time.thread_time_ns()
        found.fold(opened, outcomes)
        measured.fold_ms.append((time.thread_time_ns() - decided) / 1e6)
        measured.decide_ms[kind].append((decided - began) / 1e6)
    return measured


def batches(found: Grown, count: int) -> list[float]:
    """The time that each of so many batches takes: places of many units open in one instant, and everybody who waits competes for them."""
    took = []
    for _ in range(count):
        while len(found.state.waiting) < BATCH:
            found.decided(found.referred()[1])
        opened = found.opened(found.clock(rooms_open_together(found, BATCH)))
        began = time.thread_time_ns()
        outcomes = decide(found.state, opened, found.now_ms, found.state.policy)
        took.append((time.thread_time_ns() - began) / 1e6)
        found.fold(opened, outcomes)
        assert any(isinstance(outcome, ProposalMade) for outcome in outcomes), "nobody was placed"
    return sorted(took)


def at_size(size: Size, count: int, say: Say, figures: dict[str, object]) -> Grown:
    """Measures one size; gives the network as it is then."""
    began = time.monotonic()
    found = grown(size)
    gc.collect()
    gc.freeze()
    say(f"{size.name}: {len(found.state.open_units):,} units, {len(found.state.waiting):,} waiting, folded in {time.monotonic() - began:.0f} s")
    measured = measure(found, count)
    for kind, took in sorted(measured.decide_ms.items()):
        say(
            f"{size.name}: {kind:<12} {len(took):>5} decisions, p50 {median(took):7.2f} ms, p99 {p99(sorted(took)):7.2f} ms, most {max(took):7.2f} ms"
        )
    every = measured.every
    name = size.name.replace(" ", "_")
    figures[f"{name}_p50_ms"], figures[f"{name}_p99_ms"] = round(median(every), 2), round(p99(every), 2)
    figures[f"{name}_by_kind_ms"] = {kind: [round(median(took), 2), round(p99(sorted(took)), 2)] for kind, took in sorted(measured.decide_ms.items())}
    figures[f"{name}_fold_p99_ms"] = round(p99(sorted(measured.fold_ms)), 2)
    figures[f"{name}_memory_mb"] = round(memory_bytes(found.state) / 2**20, 1)
    say(f"{size.name}: all p50 {median(every):.2f} ms, p99 {p99(every):.2f} ms; state {figures[f'{name}_memory_mb']} MB")
    return found


def side_by_side(size: Size, count: int, say: Say) -> dict[str, object]:
    """Decisions a second of the core, decision and fold, with this matcher and with the one before, on networks grown alike."""
    rates = {}
    for name, matcher in (("now", match), ("before", match_as_before)):
        found = grown(size)
        gc.collect()
        measured = measure(found, count, matcher)
        seconds = (sum(measured.every) + sum(measured.fold_ms)) / 1000
        rates[name] = round(len(measured.fold_ms) / seconds)
        say(f"{size.name}: {rates[name]:,} decisions/s with the matcher {'of now' if name == 'now' else 'of before'}")
    return {"decisions_per_s": rates["now"], "decisions_per_s_before": rates["before"]}


def main() -> int:
    """Measures, prints, and ends with one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m ops.bench.matching", description="What a decision takes at the size of Italy and at Europe's.")
    parser.add_argument("--only", choices=("italy", "europe"), help="one size alone, without growth and without the matcher of before")
    chosen = parser.parse_args()
    began = time.monotonic()

    def say(line: str) -> None:
        print(f"{time.monotonic() - began:7.1f} s  {line}", flush=True)

    figures: dict[str, object] = {}
    collect_rarely()
    if chosen.only != "europe":
        at_size(ITALY, ROUNDS["italy"], say, figures)
        start = grown(ITALY)
        took = sorted(each for number in range(_DRAWS) for each in batches(from_here(start, number), _BATCHES))
        figures["italy_batch_ms"], figures["italy_batch_most_ms"] = round(median(took), 2), round(took[-1], 2)
        say(f"italy: {BATCH} requests competing for places that open in one instant: p50 {median(took):.2f} ms, most {took[-1]:.2f} ms")
    if chosen.only is None:
        figures.update(side_by_side(ITALY, ROUNDS["italy"], say))
        for size in SIZES[1:-1]:
            at_size(size, ROUNDS["europe"], say, figures)
    if chosen.only != "italy":
        at_size(EUROPE, ROUNDS["europe"], say, figures)
    if chosen.only is None:
        figures["growth_p99_ms"] = {size.name: figures[f"{size.name.replace(' ', '_')}_p99_ms"] for size in SIZES}
    for name, goal in GOALS.items():
        value = figures.get(name)
        if isinstance(value, float):
            say(f"{name} {value} of {goal:.0f}{'' if value <= goal else ': over the goal'}")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
