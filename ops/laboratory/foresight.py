"""Rungs between a policy and hindsight: policies that know the next days exactly, and nothing beyond.

Once a day the known days are solved as hindsight solves all of them: who waits now, who will ask, when places count, what projects will answer. What is due
is proposed when it is due; the plan is made anew the next day, or some hours later where it cannot be kept. What places are worth after the known days is what the policy's scarcity weights say, or
nothing where there are none.

Proposals that will be in vain are made all the same, at once and wherever the product's matcher would: a request is accepted no sooner.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from coordinator.matching.best_place import Answer, match
from coordinator.matching.request import Request
from coordinator.matching.safety import declined_before, excluded_by, never_with_exploiters
from coordinator.matching.scarcity import Pricing, in_force, scarcity_of, stock_of
from coordinator.matching.weighing import weigh
from ops.demand.hours import DAY_MS
from ops.laboratory.hindsight import Program
from ops.laboratory.instance import Asked, Instance
from ops.laboratory.policies import Scene
from ops.laboratory.starts import Known, Start, Starts

_GAP = 1e-3
_MOST_NODES = 200
_KEPT_MS = DAY_MS // 4
"""A plan that cannot be kept is made anew, but not before."""


class Foresight:
    """One play of a policy that knows so many days."""

    def __init__(self, instance: Instance, days: int) -> None:
        self.instance = instance
        self.last_ms = 0
        self._days = days
        self._starts = Starts(instance)
        self._asked = {asked.request.case_id: asked for asked in instance.asked}
        self._unit_of = {unit.unit_id: index for index, unit in enumerate(instance.units)}
        self._planned_ms = instance.start_ms - DAY_MS
        self._missed = False
        """Something was due that could not be proposed."""
        self._plan: dict[int, Start] = {}
        """By request."""
        self._taken: dict[tuple[int, int], int] = {}
        """(unit, place) -> until when somebody is there whom this policy sent: whoever is proposed a place accepts it, for that was known."""

    def choose(self, scene: Scene) -> Sequence[Answer]:
        """Propose what is due."""
        self.last_ms = scene.at_ms
        if scene.at_ms >= self._planned_ms + DAY_MS:
            self._plan_anew(scene)
        used: dict[str, int] = {}
        answers = [self._answer(scene, request, used) for request in scene.requests]
        if self._missed and scene.at_ms >= self._planned_ms + _KEPT_MS:
            self._plan_anew(scene)
            answers = [
                answer if answer.best is not None else self._answer(scene, request, used)
                for answer, request in zip(answers, scene.requests, strict=True)
            ]
        return answers

    def _plan_anew(self, scene: Scene) -> None:
        self._planned_ms = scene.at_ms
        self._missed = False
        self._plan = self._best(scene)
        for case_id in scene.waiting:
            start = self._plan.get(self._asked[case_id].index)
            if start is not None:
                scene.look_again[case_id] = start.at_ms

    def _best(self, scene: Scene) -> dict[int, Start]:
        until_ms = scene.at_ms + self._days * DAY_MS
        waiting = [self._asked[case_id] for case_id in scene.waiting]
        coming = [asked for asked in self.instance.asked if scene.at_ms < asked.arrives_ms < until_ms]
        asked = sorted([*waiting, *coming], key=lambda one: one.index)
        known = Known(asked, scene.at_ms, until_ms, {key: taken_ms for key, taken_ms in self._taken.items() if taken_ms > scene.at_ms - DAY_MS})
        starts = list(self._priced(scene, [start for start in self._starts.of(known) if self._may(scene, start)], until_ms))
        program = Program(self.instance, starts)
        return {start.asked: start for start in program.chosen(_GAP, _MOST_NODES)}

    def _may(self, scene: Scene, start: Start) -> bool:
        """Whether nothing that is known of a waiting request by now forbids it."""
        waiting = scene.waiting.get(self.instance.asked[start.asked].request.case_id)
        if waiting is None:
            return True
        request, place = waiting.request, self.instance.units[start.unit]
        return all(rule(request, place, scene.at_ms, scene.terms) is None for rule in (never_with_exploiters, declined_before))

    def _priced(self, scene: Scene, starts: Iterable[Start], until_ms: int) -> Iterable[Start]:
        """With what a place that is kept beyond the known days is worth to others taken off."""
        if not in_force(scene.terms, scene.at_ms):
            yield from starts
            return
        stock = stock_of(scene.units, scene.terms, scene.at_ms)
        for start in starts:
            if start.until_ms <= until_ms:
                yield start
                continue
            place = self.instance.units[start.unit]
            cost = scarcity_of(replace(place, free=max(start.persons, len(start.places))), stock, scene.terms, scene.at_ms)
            if start.points > start.persons * cost:
                yield replace(start, points=start.points - start.persons * cost)

    def _answer(self, scene: Scene, request: Request, used: dict[str, int]) -> Answer:
        asked = self._asked[request.case_id]
        yes = self._starts.yes(asked)
        if yes is not None and scene.waiting[request.case_id].turn < yes.turn:
            return self._in_vain(scene, request, used)
        start, pricing = self._plan.get(asked.index), Pricing({}, scene.terms, scene.at_ms)
        if start is not None and start.at_ms <= scene.at_ms:
            place = scene.units.get(self.instance.units[start.unit].unit_id)
            if place is not None:
                left = replace(place, free=place.free - used.get(place.unit_id, 0))
                if excluded_by(request, left, scene.at_ms, scene.terms) is None:
                    used[place.unit_id] = used.get(place.unit_id, 0) + start.persons
                    self._take(start, asked, scene.at_ms)
                    del self._plan[asked.index]
                    weighed = weigh(request, [place], scene.at_ms, scene.terms, scene.loads, pricing)
                    return Answer(weighed, scene.units, weighed.best())
            self._missed = True
        return Answer(weigh(request, (), scene.at_ms, scene.terms, scene.loads, pricing), scene.units, None)

    def _in_vain(self, scene: Scene, request: Request, used: dict[str, int]) -> Answer:
        """Where nobody is to be placed soon, if there is such a place."""
        units = scene.units
        for start in self._plan.values():
            if start.at_ms < scene.at_ms + _KEPT_MS and start.asked != self._asked[request.case_id].index:
                place = units.get(self.instance.units[start.unit].unit_id)
                if place is not None:
                    units = units.put(replace(place, free=max(0, place.free - start.persons)))
        for unit_id, persons in used.items():
            place = units.get(unit_id)
            assert place is not None
            units = units.put(replace(place, free=max(0, place.free - persons)))
        (answer,) = match([request], units, scene.at_ms, scene.terms, scene.loads)
        if answer.best is not None:
            unit_id = answer.best.place.unit_id
            used[unit_id] = used.get(unit_id, 0) + request.household.size
        return answer

    def _take(self, start: Start, asked: Asked, at_ms: int) -> None:
        """Notes which places this takes: those free for longest."""
        seen_ms = self._starts.visible[start.unit].pubs[start.slot]
        free = [place for place in start.places if self._taken.get((start.unit, place), 0) <= seen_ms]
        opened: list[tuple[int, int]] = []
        for place in free:
            window = self.instance.window_at(start.unit, place, at_ms)
            if window is not None:
                opened.append((window.opens_ms, place))
        for _, place in sorted(opened)[: start.persons]:
            self._taken[start.unit, place] = at_ms + asked.stay_ms


_playing: dict[int, Foresight] = {}
"""By days known: what is being played. A new one begins with another future, or with the same one from its start."""


def foresee(scene: Scene, days: int) -> Sequence[Answer]:
    """What a policy that knows so many days proposes."""
    playing = _playing.get(days)
    if playing is None or playing.instance is not scene.future or scene.at_ms < playing.last_ms:
        playing = _playing[days] = Foresight(scene.future, days)
    return playing.choose(scene)
