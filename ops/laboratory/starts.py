"""When each request could start in each unit, for whoever knows the future: the moments that a clairvoyant need look at, and no others.

What is known of a unit changes at its publications alone, so the time between two of them is a slot. A place counts in a slot if it lay free, in a window,
at the publication that opens the slot; taken places count again from a publication after the stay, in a window. Within a slot the earliest possible moment
is the best one: nothing becomes possible later that was not, the wait is shorter and the stay ends earlier.

Between slots, too, earlier is better as long as the place is free: a schedule in which every stay is moved to its earliest possible slot is worth no less.
What can hold a stay back is the end of an earlier one in the same place; so the slots to look at are the first possible one of each window, and the first
possible one after each end that there could be (and, for households, after each opening of another place's window). Requests that are kept apart from others
are the exception, for the other's stay elsewhere may hold them back as well: all their slots are looked at (see `Known.between`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import NamedTuple

from coordinator.matching.place import Place
from coordinator.matching.safety import agreement, could_host, excluded_by, freshness, on_duty
from events.vocabulary import Rule, Urgency
from ops.laboratory.instance import Asked, Instance, Yes, least_ms
from ops.laboratory.objective import URGENCY_POINTS, accepted_at, placement_points

_SLOT = attrgetter("slot")
_UNIT_ID = attrgetter("unit_id")
NEVER = 1 << 60
"""A slot, or an instant, that does not come."""


@dataclass(frozen=True, slots=True)
class Start:
    """One way to place one request."""

    asked: int
    persons: int
    unit: int
    slot: int
    """The publication of the unit after which it starts, by index."""
    at_ms: int
    last_ms: int
    """As long as it may be put off within the slot, for whoever is kept apart from others; else `at_ms`."""
    until_ms: int
    """When the stay ends."""
    points: int
    gone_ms: int
    """From here on the case is not near any more where it lived before, if others are to be kept apart from it."""
    places: tuple[int, ...]
    """Places of the unit that it may take; at least as many as there are people."""
    again: tuple[int, ...]
    """By place in `places`: the slot from which the place counts again if taken; NEVER: it does not."""


@dataclass(frozen=True, slots=True)
class Known:
    """What of the future is looked at. The whole of it is hindsight."""

    asked: Sequence[Asked]
    since_ms: int
    """Nothing starts before."""
    until_ms: int
    """Nothing starts from here on."""
    taken: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """(unit, place) -> until when it is taken already."""
    all_slots: bool = False
    """Look at every possible slot, needed or not: to see that the rest is not needed."""
    between: bool = False
    """Of those kept apart from others, look at every moment at which the other is gone. Only tiny futures bear that; else such a start counts as made at
    its slot's first moment and at its last one, whichever is better, which makes hindsight a little too good, by less than the wait of a slot."""


def whole(instance: Instance) -> Known:
    """All of an instance."""
    return Known(instance.asked, instance.start_ms, NEVER)


class _Opening(NamedTuple):
    """A slot of a unit in which a request could be proposed a place, from an instant until before another."""

    since_ms: int
    until_ms: int
    unit: int
    slot: int


class Visible:
    """Of one unit: which places lie free in a window at which publication."""

    __slots__ = ("closes", "open_at", "pubs", "window_of")

    def __init__(self, instance: Instance, unit: int) -> None:
        self.pubs = instance.published[unit]
        self.open_at: list[list[int]] = [[] for _ in self.pubs]
        """By slot: places in a window at its publication."""
        self.window_of: list[list[int]] = []
        """By place, by slot: index of the window; -1: none."""
        self.closes: list[list[int]] = []
        for place in range(len(instance.windows[unit])):
            windows = instance.windows[unit][place]
            of_slot = [-1] * len(self.pubs)
            for number, window in enumerate(windows):
                for slot in range(bisect_left(self.pubs, window.opens_ms), bisect_left(self.pubs, window.closes_ms)):
                    of_slot[slot] = number
                    self.open_at[slot].append(place)
            self.window_of.append(of_slot)
            self.closes.append([window.closes_ms for window in windows])

    def next_ms(self, slot: int) -> int:
        """When the publication after a slot's comes; NEVER: none does."""
        return self.pubs[slot + 1] if slot + 1 < len(self.pubs) else NEVER

    def again(self, place: int, free_ms: int) -> int:
        """The first slot in which a place that is taken until an instant counts again; NEVER: none."""
        of_slot = self.window_of[place]
        for slot in range(bisect_left(self.pubs, free_ms), len(self.pubs)):
            if of_slot[slot] >= 0:
                return slot
        return NEVER


class Starts:
    """Finds the starts of an instance; keeps what does not depend on how much of the future is known."""

    def __init__(self, instance: Instance, urgency_points: Mapping[Urgency, int] = URGENCY_POINTS) -> None:
        self._instance = instance
        self._urgency_points = urgency_points
        self.visible = [Visible(instance, unit) for unit in range(len(instance.units))]
        self._fitting: dict[int, tuple[int, ...]] = {}
        self._first_yes: dict[int, Yes | None] = {}
        self._openings: dict[int, tuple[_Opening, ...]] = {}
        self._in_vain: dict[int, tuple[int | None, frozenset[tuple[int, int]]]] = {}
        self._awake_from: dict[tuple[str, int], int] = {}
        self._apart: dict[int, list[Asked]] = {}
        """By request: those from whom it is kept apart."""
        for one, other in pairs_apart(instance.asked):
            self._apart.setdefault(one, []).append(instance.asked[other])
            self._apart.setdefault(other, []).append(instance.asked[one])

    def fitting(self, asked: Asked) -> tuple[int, ...]:
        """Units that no lasting rule excludes, whatever the hour; none for whoever is accepted nowhere."""
        found = self._fitting.get(asked.index)
        if found is None:
            found = self._fitting[asked.index] = tuple(self._fit(asked)) if self.yes(asked) is not None else ()
        return found

    def yes(self, asked: Asked) -> Yes | None:
        """`Instance.yes`, drawn once."""
        if asked.index not in self._first_yes:
            self._first_yes[asked.index] = self._instance.yes(asked)
        return self._first_yes[asked.index]

    def _fit(self, asked: Asked) -> Iterable[int]:
        instance, at_ms = self._instance, asked.arrives_ms
        for unit, place in enumerate(instance.units):
            if not could_host(asked.request.household, place):
                continue
            seen = replace(place, free=place.places, observed_at_ms=at_ms)
            if excluded_by(asked.request, seen, at_ms, instance.terms) in (None, Rule.ON_DUTY):
                yield unit

    def of(self, known: Known) -> list[Start]:
        """The starts worth looking at, by unit; within one in the order of requests, then instants."""
        by_unit: dict[int, dict[int, list[Start]]] = {}
        for asked in known.asked:
            for unit in self.fitting(asked):
                possible = list(self._possible(unit, asked, known))
                if possible:
                    by_unit.setdefault(unit, {})[asked.index] = possible
        if known.between:
            self._put_off(known, by_unit)
        found: list[Start] = []
        for unit in sorted(by_unit):
            found.extend(self._of_unit(unit, by_unit[unit], frozenset(by_unit[unit]) if known.all_slots else frozenset(self._apart)))
        return found

    def _put_off(self, known: Known, by_unit: Mapping[int, dict[int, list[Start]]]) -> None:
        """Adds to the possible starts those at which somebody to be kept apart from leaves a place."""
        here = {asked.index for asked in known.asked}
        others = {index: {other.index for other in self._apart[index]} & here for index in here & self._apart.keys()}
        more = True
        while more:
            more = False
            ends = {
                index: {at for possible in by_unit.values() for start in possible.get(index, ()) for at in (start.until_ms, start.gone_ms)}
                for index in others
            }
            for unit, of_unit in by_unit.items():
                for index in of_unit.keys() & others.keys():
                    added = self._at_ends(unit, known, of_unit[index], sorted({end for other in others[index] for end in ends[other]}))
                    if added:
                        of_unit[index] = sorted([*of_unit[index], *added], key=lambda start: start.at_ms)
                        more = True

    def _at_ends(self, unit: int, known: Known, starts: Sequence[Start], ends: Iterable[int]) -> list[Start]:
        """Starts at these instants, or as soon after as may be, that are not among `starts`."""
        asked, there = self._instance.asked[starts[0].asked], {start.at_ms for start in starts}
        found: list[Start] = []
        for end in ends:
            slot = bisect_right(self.visible[unit].pubs, end) - 1
            if any(start.slot == slot and start.at_ms < end for start in starts):
                start = self._start(unit, asked, slot, end, known)
                if start is not None and start.at_ms not in there:
                    there.add(start.at_ms)
                    found.append(start)
        return found

    def _of_unit(self, unit: int, possible: Mapping[int, Sequence[Start]], every: frozenset[int]) -> Iterable[Start]:
        """Those worth looking at. `every`: requests of which all are."""
        visible = self.visible[unit]
        chosen: dict[int, set[int]] = {index: set() for index in possible}
        """By request: positions in its possible starts."""
        ends: list[tuple[int, int]] = []
        """(place, slot) from which a place may count again, not looked at yet."""
        seen: set[tuple[int, int]] = set()

        def choose(index: int, position: int) -> None:
            if position in chosen[index]:
                return
            chosen[index].add(position)
            start = possible[index][position]
            for place, again in zip(start.places, start.again, strict=True):
                if again != NEVER and (place, again) not in seen:
                    seen.add((place, again))
                    ends.append((place, again))

        for index, starts in possible.items():
            for position in range(len(starts)) if index in every else _first_ones(starts, visible):
                choose(index, position)
        while ends:
            place, again = ends.pop()
            window = visible.window_of[place][again]
            for index, starts in possible.items():
                for position in range(bisect_left(starts, again, key=_SLOT), len(starts)):
                    start = starts[position]
                    if place in start.places:
                        if visible.window_of[place][start.slot] == window:
                            choose(index, position)
                        break
        for index, starts in possible.items():
            for position in sorted(chosen[index]):
                yield starts[position]

    def _possible(self, unit: int, asked: Asked, known: Known) -> Iterable[Start]:
        """The first moment of every slot in which the request could start in the unit, in order."""
        visible = self.visible[unit]
        yes = self.yes(asked)
        assert yes is not None
        since_ms, until_ms = max(asked.arrives_ms + yes.lost_ms, known.since_ms), min(asked.needed_by_ms, known.until_ms)
        for slot in range(max(0, bisect_right(visible.pubs, since_ms) - 1), bisect_left(visible.pubs, until_ms)):
            if len(visible.open_at[slot]) >= asked.request.household.size:
                start = self._start(unit, asked, slot, since_ms, known)
                if start is not None:
                    yield start

    def _start(self, unit: int, asked: Asked, slot: int, since_ms: int, known: Known) -> Start | None:
        """The first possible moment of a slot from an instant on; None: there is none."""
        visible = self.visible[unit]
        seen_ms = visible.pubs[slot]
        over_ms = self._in_vain_until(asked, unit, slot)
        if over_ms is None:
            return None
        until_ms = min(asked.needed_by_ms, known.until_ms, visible.next_ms(slot))
        at_ms = self._earliest(unit, asked, max(since_ms, seen_ms, over_ms), until_ms, seen_ms)
        if at_ms is None:
            return None
        places = tuple(
            place
            for place in visible.open_at[slot]
            if at_ms < visible.closes[place][visible.window_of[place][slot]] and known.taken.get((unit, place), 0) <= seen_ms
        )
        size = asked.request.household.size
        if len(places) < size:
            return None
        ends_ms = at_ms + asked.stay_ms
        again = tuple(visible.again(place, ends_ms) for place in places)
        points = placement_points(self._instance, asked, unit, at_ms, self._urgency_points)
        answered_ms = at_ms + yes.after_ms if asked.index in self._apart and (yes := self.yes(asked)) is not None else at_ms
        if any(at_ms < other.arrives_ms < answered_ms and lives_near(other, unit, self._instance) for other in self._apart.get(asked.index, ())):
            return None
        gone_ms = answered_ms + self._instance.terms.policy.kept_after_arrival_ms
        last_ms = until_ms - 1 if asked.index in self._apart and not known.between else at_ms
        return Start(asked.index, size, unit, slot, at_ms, last_ms, ends_ms, points, gone_ms, places, again)

    def _in_vain_until(self, asked: Asked, unit: int, slot: int) -> int | None:
        """When the proposals that a request makes in vain are over at the earliest, if then it starts in this slot of a unit; None: there is nowhere to make them.

        Each needs a place that lies free, whoever else may want it, in a slot of a unit in which none was refused or left unanswered before: such a unit is not
        asked again before it publishes anew.
        """
        found = self._in_vain.get(asked.index)
        if found is None:
            found = self._in_vain[asked.index] = self._ask_in_vain(asked, frozenset())
        over_ms, there = found
        return over_ms if (unit, slot) not in there else self._ask_in_vain(asked, frozenset({(unit, slot)}))[0]

    def _ask_in_vain(self, asked: Asked, but: frozenset[tuple[int, int]]) -> tuple[int | None, frozenset[tuple[int, int]]]:
        """(when they are over, in which slots of which units they are made): each as early as may be, and where the place is lost soonest. `but`: not there."""
        yes = self.yes(asked)
        assert yes is not None
        over_ms, used = asked.arrives_ms, but
        for turn in range(yes.turn):
            there = [(max(one.since_ms, over_ms), one.until_ms, one.unit, one.slot) for one in self._openings_for(asked) if over_ms < one.until_ms]
            first = min((one for one in there if one[2:] not in used), default=None)
            if first is None:
                return None, used
            used |= {first[2:]}
            over_ms = first[0] + least_ms(asked, self._instance.reply(asked, turn))
        return over_ms, used

    def _openings_for(self, asked: Asked) -> Sequence[_Opening]:
        """Where and when a request could be proposed a place that really is free, if nobody else were there."""
        found = self._openings.get(asked.index)
        if found is None:
            found = self._openings[asked.index] = tuple(self._open_to(asked))
        return found

    def _open_to(self, asked: Asked) -> Iterable[_Opening]:
        size = asked.request.household.size
        for unit in self.fitting(asked):
            visible = self.visible[unit]
            for slot in range(max(0, bisect_right(visible.pubs, asked.arrives_ms) - 1), bisect_left(visible.pubs, asked.needed_by_ms)):
                closings = sorted(visible.closes[place][visible.window_of[place][slot]] for place in visible.open_at[slot])
                if len(closings) < size:
                    continue
                until_ms = min(asked.needed_by_ms, visible.next_ms(slot), closings[-size])
                since_ms = self._allowed(unit, asked, max(asked.arrives_ms, visible.pubs[slot]), until_ms, visible.pubs[slot])
                if since_ms is not None:
                    yield _Opening(since_ms, until_ms, unit, slot)

    def _earliest(self, unit: int, asked: Asked, at_ms: int, last_ms: int, observed_ms: int) -> int | None:
        """The first moment of a slot at which the rules let it be proposed and the answer would be yes; None: none."""
        found = self._allowed(unit, asked, at_ms, last_ms, observed_ms)
        return found if found is not None and accepted_at(asked, self.yes(asked), found) else None

    def _allowed(self, unit: int, asked: Asked, at_ms: int, last_ms: int, observed_ms: int) -> int | None:
        """The first moment of a slot at which the rules let it be proposed; None: none."""
        terms, request = self._instance.terms, asked.request
        place = self._instance.units[unit]
        if request.immediate:
            at_ms = self._awake(place.project_id, at_ms)
        if at_ms >= last_ms:
            return None
        seen = replace(place, free=place.places, observed_at_ms=observed_ms)
        for predicate in (agreement, freshness, on_duty):
            if predicate(request, seen, at_ms, terms) is not None:
                return None
        return at_ms

    def _awake(self, project_id: str, at_ms: int) -> int:
        """The first instant from `at_ms` on at which a project is on duty for long enough."""
        clockwork = self._instance.terms.clockwork
        found = self._awake_from.get((project_id, at_ms))
        if found is None:
            found = at_ms
            hours = clockwork.clock_of(project_id, Urgency.IMMEDIATE)
            while hours is not None and not clockwork.awake(project_id, found):
                opening = hours.next_opening(found)
                if opening is None:
                    found = NEVER
                    break
                found = opening
            self._awake_from[project_id, at_ms] = found
        return found


def _first_ones(starts: Sequence[Start], visible: Visible) -> Iterable[int]:
    """Positions of the starts in which a window is possible for the first time."""
    seen: set[tuple[int, int]] = set()
    for position, start in enumerate(starts):
        windows = {(place, visible.window_of[place][start.slot]) for place in start.places}
        if not windows <= seen:
            seen |= windows
            yield position


def pairs_apart(asked: Iterable[Asked]) -> list[tuple[int, int]]:
    """Pairs of requests that are kept apart, each once, by index."""
    requests = list(asked)
    by_case: dict[str, int] = {one.request.case_id: one.index for one in requests}
    found = {
        (min(one.index, by_case[other]), max(one.index, by_case[other])) for one in requests for other in one.request.apart_from if other in by_case
    }
    return sorted(found)


def lives_near(asked: Asked, unit: int, instance: Instance) -> bool:
    """Whether a unit is near where somebody lived when they asked."""
    lives_in = asked.request.lives_in
    if lives_in is None:
        return False
    index = bisect_left(instance.units, lives_in, key=_UNIT_ID)
    home = instance.units[index] if index < len(instance.units) else None
    return home is not None and home.unit_id == lives_in and near_each_other(home, instance.units[unit], instance)


def near_each_other(one: Place, other: Place, instance: Instance) -> bool:
    """Whether the policy calls two units near."""
    return not set(near_keys(one, instance)).isdisjoint(near_keys(other, instance))


def near_keys(place: Place, instance: Instance) -> tuple[str, ...]:
    """What makes a unit near another one that shares it."""
    policy = instance.terms.policy
    keys = [f"unit:{place.unit_id}"]
    if policy.near_is_same_project:
        keys.append(f"project:{place.project_id}")
    if policy.near_is_same_region:
        keys.append(f"region:{place.region}")
    return tuple(keys)
