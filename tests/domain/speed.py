"""How much processor time the core takes by kind of event, on a network of 300 units: `python -m tests.domain.speed [--cases N]`. The last line is one JSON object."""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable
from statistics import median

from coordinator.domain import decide, evolve
from coordinator.domain.snapshot import parts_of, state_from
from events.availability import AvailabilityReaffirmed
from events.entry import OpenedDecision, OpenedEvent
from events.facts import Event
from events.transfer import ProposalDeclined
from events.vocabulary import DeclineCode, Reason, Urgency
from tests.domain.world import DAY, HOUR, POLICY, World, body, woman

UNITS = 300
PROJECTS = 21


class Timed(World):
    """A world that takes the time of each event."""

    def __init__(self) -> None:
        super().__init__()
        self.decide_us: dict[str, list[float]] = defaultdict(list)
        self.evolve_us: dict[str, list[float]] = defaultdict(list)

    def enter(self, opened: OpenedEvent) -> tuple[object, ...]:  # type: ignore[override]
        started = time.thread_time_ns()
        outcomes = decide(self.state, opened, self.now, self.state.policy)
        decided = time.thread_time_ns()
        entry = OpenedDecision("it", self.state.sequence + 1, 0, self.now, opened, outcomes)
        before = time.thread_time_ns()
        self.state = evolve(self.state, entry)
        name = type(opened.event).__name__
        self.decide_us[name].append((decided - started) / 1000)
        self.evolve_us[name].append((time.thread_time_ns() - before) / 1000)
        return outcomes


def network(waiting: int, closed: int) -> Timed:
    """21 projects with 300 units, some requests that wait for a place, and cases whose transfer is over."""
    world = Timed()
    world.send(POLICY)
    provinces = [area.province for area in POLICY.areas]
    for index in range(PROJECTS):
        world.project(f"p{index:02}", (provinces[index % len(provinces)],))
    for index in range(UNITS):
        region = POLICY.areas[index % len(POLICY.areas)].region
        world.unit(f"u{index:03}", f"p{index % PROJECTS:02}", region, 6, free=1 if index % 3 else 0)
    for index in range(closed):
        world.case(f"closed {index}", f"p{index % PROJECTS:02}", agreed=False)
    for index in range(waiting):
        case = world.case(f"waiting {index}", f"p{index % PROJECTS:02}", (woman("a", only_language=True, languages=("nobody",)),))
        world.request(case)
    return world


def play(world: Timed, rounds: int) -> None:
    """Ordinary work: counts, reaffirmations, requests, declines, acceptances, journeys."""
    chance = random.Random(1)
    for index in range(rounds):
        world.now += 5_000
        unit = f"u{chance.randrange(UNITS):03}"
        world.publish(unit, occupied=chance.randrange(4, 7))
        other = f"u{chance.randrange(UNITS):03}"
        world.send(AvailabilityReaffirmed("", body(world.state.units[other].project_id), other, world.now, 0))
        if index % 5:
            continue
        case = world.case(f"case {index}", f"p{index % PROJECTS:02}")
        world.request(case, reason=Reason.SAFETY, leaving_province="NA", urgency=chance.choice(list(Urgency)))
        if world.proposed_unit(case) is None:
            continue
        event: Event = ProposalDeclined("", world.asked(case), case, world.transfer_id(case), None, DeclineCode.PERSON_REFUSED, "")
        world.send(event)
        if world.proposed_unit(case) is None:
            continue
        world.accept(case)
        world.depart(case)
        world.now += HOUR // 60
        world.arrive(case)
        if index % 50 == 0:
            world.tick(DAY // 48)


def timed_ms(work: Callable[[], object]) -> float:
    started = time.thread_time_ns()
    work()
    return round((time.thread_time_ns() - started) / 1e6, 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=500, help="open cases whose transfer is over")
    parser.add_argument("--waiting", type=int, default=30, help="requests that no place fits")
    parser.add_argument("--rounds", type=int, default=1500)
    options = parser.parse_args()
    world = network(options.waiting, options.cases)
    world.decide_us.clear()
    world.evolve_us.clear()
    play(world, options.rounds)
    figures = {}
    print(f"{'event':<24}{'n':>7}{'decide p50':>12}{'p99':>10}{'evolve p50':>12}{'p99':>10}   (microseconds)")
    for name in sorted(world.decide_us):
        decided, evolved = sorted(world.decide_us[name]), sorted(world.evolve_us[name])
        at99 = int(len(decided) * 0.99)
        row = [median(decided), decided[at99], median(evolved), evolved[at99]]
        print(f"{name:<24}{len(decided):>7}{row[0]:>12.0f}{row[1]:>10.0f}{row[2]:>12.0f}{row[3]:>10.0f}")
        figures[name] = [round(number, 1) for number in row]
    clear, parts = parts_of(world.state)
    snapshot = {
        "hash_ms": timed_ms(lambda: parts_of(world.state, only_hashed=True)),
        "snapshot_ms": timed_ms(lambda: parts_of(world.state)),
        "load_ms": timed_ms(lambda: state_from("it", clear, parts)),
        "clear_kb": len(clear) // 1024,
        "sealed_kb": sum(len(part) for _, part in parts) // 1024,
        "cases": len(world.state.cases),
    }
    print(json.dumps({"microseconds": figures, "state": snapshot}))


if __name__ == "__main__":
    main()
