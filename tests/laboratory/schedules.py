"""What may stand in a schedule, told a second time and plainly: stay by stay, pair by pair."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from coordinator.matching.safety import excluded_by
from ops.laboratory.instance import Asked, Instance, least_ms
from ops.laboratory.objective import placement_points, would_accept
from ops.laboratory.starts import near_each_other
from tests.laboratory.tiny import instants


@dataclass(frozen=True, slots=True)
class Stay:
    """One request in some places of one unit."""

    asked: int
    unit: int
    places: tuple[int, ...]
    seen_ms: int
    """The publication that it rests on."""
    at_ms: int
    until_ms: int
    gone_ms: int
    """When the place that the case left is kept no longer."""
    points: int


def stays_at(instance: Instance, asked: Asked, unit: int, at_ms: int) -> Iterable[Stay]:
    """Every way to place a request, on its own, in a unit by a proposal at an instant."""
    place, pubs = instance.units[unit], instance.published[unit]
    known = bisect_right(pubs, at_ms)
    if not known or not would_accept(instance, asked, at_ms):
        return
    seen_ms = pubs[known - 1]
    free = _free(instance, unit, seen_ms, at_ms)
    if excluded_by(asked.request, replace(place, free=len(free), observed_at_ms=seen_ms), at_ms, instance.terms) is not None:
        return
    if not any(over_ms <= at_ms for over_ms in refused_until(instance, asked, frozenset({(unit, seen_ms)}))):
        return
    points = placement_points(instance, asked, unit, at_ms)
    gone_ms = at_ms + answer_ms(instance, asked) + instance.terms.policy.kept_after_arrival_ms
    for places in itertools.combinations(free, asked.request.household.size):
        yield Stay(asked.index, unit, places, seen_ms, at_ms, at_ms + asked.stay_ms, gone_ms, points)


def _free(instance: Instance, unit: int, seen_ms: int, at_ms: int) -> list[int]:
    """Places of a unit that lay free at a publication, and do so still."""
    windows = [instance.window_at(unit, number, seen_ms) for number in range(len(instance.windows[unit]))]
    return [number for number, window in enumerate(windows) if window is not None and at_ms < window.closes_ms]


def refused_until(instance: Instance, asked: Asked, but: frozenset[tuple[int, int]] = frozenset()) -> Iterable[int]:
    """When the proposals that come in vain may all be over: every order of units is tried, each as soon as it may be. `but`: (unit, publication) not asked."""
    yes = instance.yes(asked)
    if yes is None or yes.turn == 0:
        return () if yes is None else (asked.arrives_ms,)
    slots = [(unit, *slot) for unit, pubs in enumerate(instance.published) for slot in zip(pubs, (*pubs[1:], asked.needed_by_ms), strict=True)]

    def go(turn: int, since_ms: int, used: frozenset[tuple[int, int]]) -> Iterable[int]:
        if turn == yes.turn:
            yield since_ms
            return
        lasts_ms = least_ms(asked, instance.reply(asked, turn))
        for unit, seen_ms, next_ms in slots:
            if (unit, seen_ms) not in used and since_ms < next_ms and seen_ms < asked.needed_by_ms:
                at_ms = _first_allowed(instance, asked, unit, seen_ms, max(since_ms, seen_ms), next_ms)
                if at_ms is not None:
                    yield from go(turn + 1, at_ms + lasts_ms, used | {(unit, seen_ms)})

    return go(0, asked.arrives_ms, but)


def _first_allowed(instance: Instance, asked: Asked, unit: int, seen_ms: int, since_ms: int, until_ms: int) -> int | None:
    """The first instant between two at which a place could be proposed, by a publication; None: there is none."""
    opens = [since_ms, *(at for at in instants(instance, instance.units[unit].project_id) if since_ms < at < until_ms)]
    for at_ms in opens:
        free = _free(instance, unit, seen_ms, at_ms)
        seen = replace(instance.units[unit], free=len(free), observed_at_ms=seen_ms)
        if at_ms < min(until_ms, asked.needed_by_ms) and excluded_by(asked.request, seen, at_ms, instance.terms) is None:
            return at_ms
    return None


def answer_ms(instance: Instance, asked: Asked) -> int:
    """How long the answer takes that is a yes."""
    yes = instance.yes(asked)
    assert yes is not None
    return yes.after_ms


def apart(instance: Instance, one: int, other: int) -> bool:
    """Whether two requests are kept apart."""
    mine, theirs = instance.asked[one].request, instance.asked[other].request
    return mine.case_id in theirs.apart_from or theirs.case_id in mine.apart_from


def together(instance: Instance, one: Stay, other: Stay) -> bool:
    """Whether two stays can both be."""
    first, second = sorted((one, other), key=lambda stay: stay.at_ms)
    if first.unit == second.unit and set(first.places) & set(second.places) and first.until_ms > second.seen_ms:
        return False
    if apart(instance, one.asked, other.asked):
        return first.until_ms <= second.at_ms or not near_each_other(instance.units[one.unit], instance.units[other.unit], instance)
    return True


def away_from_homes(instance: Instance, stays: Sequence[Stay]) -> bool:
    """Whether nobody is placed near where somebody lives from whom they are kept apart, as far as it is known."""
    home_of = {unit.unit_id: unit for unit in instance.units}
    placed = {stay.asked: stay for stay in stays}
    for stay in stays:
        for other in instance.asked:
            lives_in = other.request.lives_in
            if other.index == stay.asked or lives_in not in home_of or not apart(instance, stay.asked, other.index):
                continue
            if near_each_other(home_of[lives_in], instance.units[stay.unit], instance):
                answered_ms = stay.at_ms + answer_ms(instance, instance.asked[stay.asked])
                left = other.index in placed and placed[other.index].gone_ms <= stay.at_ms
                if not left and answered_ms > other.arrives_ms:
                    return False
    return True
