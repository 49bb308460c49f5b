"""A matcher that silently stops proposing is seen by a count that does not ask it; one that works raises no alarm, whatever history brings."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from coordinator.cli.doctor import requests_finding
from coordinator.domain import decide, evolve
from coordinator.matching.best_place import Answer, match
from coordinator.scenario.views import Views
from events.entry import OpenedDecision, OpenedEvent
from events.fact import Danger
from events.facts import Outcome
from events.network import HoldBack, Matching, PolicyAdopted
from events.person import DangerDeclared
from events.vocabulary import DangerKind, Need, Reason, Urgency
from projections.unserved import TICK_MS, TICKS, Unserved, never_sleeps
from tests.domain.test_histories import History
from tests.domain.world import DAY, HELPLINE, HOUR, POLICY, World, woman

LONG = (TICKS + 1) * TICK_MS


def silent(*arguments: Any) -> tuple[Answer, ...]:
    """The matcher of this release, but for every answer that has a place."""
    return tuple(answer for answer in match(*arguments) if answer.best is None)


class Silent(World):
    """A world whose matcher says nothing where it should propose."""

    def enter(self, opened: OpenedEvent) -> tuple[Outcome, ...]:
        outcomes = decide(self.state, opened, self.now, self.state.policy, silent)
        entry = OpenedDecision("it", self.state.sequence + 1, len(self.entries), self.now, opened, outcomes)
        self.entries.append(entry)
        self.state = evolve(self.state, entry)
        return outcomes


def opened(world: World, policy: PolicyAdopted = POLICY, **changes: Any) -> str:
    """Anna waits, and a place is free in another project."""
    world.send(policy)
    world.project("campania", ("NA", "SA"))
    world.project("lazio", ("RM",))
    world.unit("rm-1", "lazio", "12")
    case = world.case("anna", **changes)
    world.request(case)
    return case


def seen(world: World) -> int:
    """What the views, folded from the entries, say of requests that wait for no reason."""
    views = Views()
    for entry in world.entries:
        views.fold(entry)
    return views.unserved(world.now)


def test_a_matcher_that_proposes_nothing_is_seen_after_some_ticks() -> None:
    world = Silent()
    opened(world)
    assert seen(world) == 0
    world.now += LONG
    assert seen(world) == 1


def test_the_matcher_of_this_release_leaves_nobody_waiting_so() -> None:
    world = World()
    opened(world)
    world.now += LONG
    assert seen(world) == 0


@pytest.mark.parametrize(
    "why",
    [
        {"household": (woman(essential_needs=(Need.ADDICTION_CARE,)),)},
        {"household": (woman("a"), woman("b"), woman("c"))},
        {"household": (woman(languages=("sqi",), only_language=True),)},
        {"agreed": False},
    ],
)
def test_what_does_not_plainly_fit_raises_no_alarm(why: Mapping[str, Any]) -> None:
    world = Silent()
    opened(world, **why)
    world.now += LONG
    assert seen(world) == 0


def test_danger_safety_and_what_may_wait_are_left_to_people() -> None:
    world = Silent()
    case = opened(world)
    for name, changes in (("bea", {"reason": Reason.SAFETY}), ("carla", {"urgency": Urgency.PLANNED}), ("dora", {"leaving_province": "NA"})):
        world.request(world.case(name), **changes)
    world.send(DangerDeclared("", HELPLINE, case, Danger(DangerKind.PROVINCE, "TO")))
    world.now += LONG
    assert seen(world) == 0


def test_what_the_policy_holds_back_raises_no_alarm() -> None:
    world = Silent()
    opened(world, replace(POLICY, matching=Matching((4000, 2000, 1000), None, HoldBack((Urgency.WITHIN_DAYS, Urgency.PLANNED), DAY))))
    world.now += LONG
    assert seen(world) == 0


def test_an_old_figure_raises_no_alarm() -> None:
    world = Silent()
    opened(world)
    world.now += 3 * DAY
    assert seen(world) == 0


@pytest.mark.parametrize("seed", range(12))
def test_no_history_raises_a_false_alarm(seed: int) -> None:
    h = History(random.Random(seed))
    views = Views()
    for entry in h.entries:
        views.fold(entry)
    for _ in range(60):
        h.step()
        views.fold(h.entries[-1])
        assert views.unserved(h.now) == 0


def test_the_finding_says_what_to_do() -> None:
    silent = requests_finding(Unserved(0, 4, 2, 3 * HOUR, 1, 0, 4))
    assert not silent.well
    assert "nothing was proposed" in silent.found[0] and "nulla è stato proposto" in silent.found[1]
    slow = requests_finding(Unserved(0, 10, 0, None, 5, 2, 10))
    assert not slow.well
    assert "50 %; a day before 20 %" in slow.found[0]
    assert requests_finding(Unserved(0, 10, 0, None, 2, 0, 10)).well
    assert requests_finding(Unserved(0, 10, 0, None, 9, 8, 10)).well


def test_whoever_never_sleeps_has_no_gap() -> None:
    whole = {"from_minute": 0, "to_minute": 1440}
    hours = {"weekly": [{"weekday": day, **whole} for day in range(7)], "on_holidays": [whole], "exceptions": []}
    told = json.dumps
    assert never_sleeps(told(hours))
    assert not never_sleeps(told({**hours, "on_holidays": []}))
    assert not never_sleeps(told({**hours, "weekly": hours["weekly"][1:]}))
