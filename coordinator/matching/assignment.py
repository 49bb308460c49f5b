"""Who gets which place where several compete: the assignment worth most, the same whoever computes it.

What is best is decided in stages, each only among what the stages before leave equal:

1. the sum of what the places given are worth;
2. in order of service, that each seeker has a place at all;
3. in order of service, that each has the place of lowest tie-break.

The stages are digits of one integer. Integers here have no width, so that nothing overflows however many compete, and two different assignments are never
worth the same: whoever solves it exactly finds this one. ADR 42 says why no solver of others runs here.

Exact for single people. Households take all their places in one unit, and some seekers must not come near others: that is searched by branch and bound,
over the relaxation in which households may part, within a budget of steps. Where the budget ends, the best found is given, improved while two can exchange
what they have, with a proven bound on what it may fall short.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import lcm

from coordinator.matching.relaxation import Relaxation, Shares

MOST_STEPS = 30_000
"""Choices that one search may look at (`Relaxation.steps`) before it gives the best it has: some 20 ms. Never a clock."""
_MOST_EXCHANGED = 10_000
"""Steps beside the budget, once it has ended, for two who exchange what they have: some 2 ms for each rivalry."""
MOST_TOGETHER = 256
"""Seekers weighed against each other at once; of a larger rivalry, so many are served after so many, in order of service."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A place that a seeker may have."""

    place: int
    worth: int
    """0 or more; by itself, never compared with another seeker's but in the sum."""
    tie_break: bytes


@dataclass(frozen=True, slots=True)
class Seeker:
    """Somebody who needs room for all their people in one place."""

    people: int
    choices: tuple[Choice, ...]
    """Places with room for all of them; each once, worth most first, then lowest tie-break."""
    apart_from: frozenset[int] = frozenset()
    """Seekers (by index) whom this one must not come near; the same said by them."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Who has which place."""

    places: tuple[int | None, ...]
    """Of each seeker; None: none."""
    short_by: tuple[int, ...]
    """By how much, at most, the worth of each seeker's rivals and itself together falls short of the most that is possible; 0: it is proven best."""


@dataclass(frozen=True, slots=True)
class Near:
    """Which places are near which: those that share a neighbourhood."""

    neighbourhoods: Sequence[frozenset[str]]
    """Of each place, itself among them."""

    def __call__(self, one: int, other: int) -> bool:
        return one == other or not self.neighbourhoods[one].isdisjoint(self.neighbourhoods[other])


def assign(
    seekers: Sequence[Seeker], room: Sequence[int], near: Near, most_steps: int = MOST_STEPS, most_together: int = MOST_TOGETHER
) -> Assignment:
    """The best assignment of seekers, given in order of service, to places with so much room each."""
    left = list(room)
    places: list[int | None] = [None] * len(seekers)
    short_by = [0] * len(seekers)
    budget = most_steps
    for rivalry in _rivalries(_pared(_still_open(dict(enumerate(seekers)), left, places, near), left)):
        before = list(left)
        turns = [rivalry] if len(rivalry) <= most_together else list(_turns(rivalry, most_together))
        for turn in turns:
            groups = [turn] if len(turns) == 1 else _rivalries(_pared(_still_open(turn, left, places, near), left))
            for group in groups:
                found, missing, steps = _solved(group, left, near, budget)
                budget -= steps
                for index, place in found.items():
                    places[index] = place
                    left[place] -= group[index].people
                for index in group:
                    short_by[index] = missing
        if len(turns) > 1:
            missing = _most_possible(rivalry, before) - total_worth(rivalry.values(), [places[index] for index in rivalry])
            short_by = [missing if index in rivalry else before_it for index, before_it in enumerate(short_by)]
    return Assignment(tuple(places), tuple(short_by))


Rivals = dict[int, Seeker]
"""Seekers by index, in order of service."""


def _turns(rivals: Rivals, most: int) -> Iterator[Rivals]:
    indices = list(rivals)
    for first in range(0, len(indices), most):
        yield {index: rivals[index] for index in indices[first : first + most]}


def _most_possible(rivals: Rivals, left: Sequence[int]) -> int:
    """More than this no assignment is worth: were households to part, and nobody to be kept apart."""
    parts = lcm(*(seeker.people for seeker in rivals.values()))
    relaxation = Relaxation(left)
    for seeker in rivals.values():
        relaxation.add(seeker.people, [(choice.place, choice.worth * parts // seeker.people) for choice in seeker.choices])
    return relaxation.worth() // parts


def _pared(rivals: Rivals, left: Sequence[int]) -> Rivals:
    """Without seekers and choices that no best assignment has."""
    return _without_the_hopeless(_with_nearest_ample(rivals, left), left)


def _still_open(rivals: Rivals, left: Sequence[int], places: Sequence[int | None], near: Near) -> Rivals:
    """Seekers with the choices that are still possible beside who has a place; without those who have none."""
    found: Rivals = {}
    for index, seeker in rivals.items():
        beside = [place for other in seeker.apart_from if (place := places[other]) is not None]
        people = seeker.people
        choices = tuple([choice for choice in seeker.choices if left[choice.place] >= people])
        if beside:
            choices = tuple([choice for choice in choices if not any(near(choice.place, place) for place in beside)])
        if choices:
            found[index] = seeker if len(choices) == len(seeker.choices) else Seeker(people, choices, seeker.apart_from)
    return found


def _with_nearest_ample(rivals: Rivals, left: Sequence[int]) -> Rivals:
    """Without the choices that rank after a place with room for everybody who would have it: whoever had one of those would rather have this.

    Not for those who must keep apart: them the place may be closed to.
    """
    free = {index: seeker for index, seeker in rivals.items() if seeker.apart_from.isdisjoint(rivals)}
    kept = {index: len(seeker.choices) for index, seeker in rivals.items()}
    wanted: dict[int, int] = {}
    listing: dict[int, list[int]] = {}
    for index, seeker in rivals.items():
        for choice in seeker.choices:
            wanted[choice.place] = wanted.get(choice.place, 0) + seeker.people
            listing.setdefault(choice.place, []).append(index)
    ample = [place for place, people in wanted.items() if people <= left[place]]
    while ample:
        place = ample.pop()
        for index in listing[place]:
            if index not in free:
                continue
            seeker = free[index]
            rank = next((rank for rank in range(kept[index]) if seeker.choices[rank].place == place), None)
            if rank is None:
                continue
            for dropped in seeker.choices[rank + 1 : kept[index]]:
                before = wanted[dropped.place]
                wanted[dropped.place] = before - seeker.people
                if wanted[dropped.place] <= left[dropped.place] < before:
                    ample.append(dropped.place)
            kept[index] = rank + 1
    return {
        index: seeker if kept[index] == len(seeker.choices) else Seeker(seeker.people, seeker.choices[: kept[index]], seeker.apart_from)
        for index, seeker in rivals.items()
    }


def _without_the_hopeless(rivals: Rivals, left: Sequence[int]) -> Rivals:
    """Without seekers of one choice that as many others of their size, worth more there or served before them, have as their only one."""
    only: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for index, seeker in rivals.items():
        if len(seeker.choices) == 1 and seeker.apart_from.isdisjoint(rivals):
            only.setdefault((seeker.choices[0].place, seeker.people), []).append((-seeker.choices[0].worth, index))
    hopeless: set[int] = set()
    for (place, people), found in only.items():
        most = left[place] // people
        if len(found) > most:
            hopeless.update(index for _, index in sorted(found)[most:])
    return {index: seeker for index, seeker in rivals.items() if index not in hopeless} if hopeless else rivals


def _rivalries(rivals: Rivals) -> list[Rivals]:
    """Groups of seekers that have nothing to do with each other: no place in common, nobody to keep apart. In order of their first."""
    group_of: dict[int, int] = {}

    def root(index: int) -> int:
        while group_of[index] != index:
            group_of[index] = group_of[group_of[index]]
            index = group_of[index]
        return index

    first_at: dict[int, int] = {}
    for index, seeker in rivals.items():
        group_of[index] = index
        joined = {first_at.setdefault(choice.place, index) for choice in seeker.choices}
        for other in (*joined, *(other for other in seeker.apart_from if other in group_of)):
            one, two = root(index), root(other)
            group_of[max(one, two)] = min(one, two)
    groups: dict[int, Rivals] = {}
    for index, seeker in rivals.items():
        groups.setdefault(root(index), {})[index] = seeker
    return list(groups.values())


def _solved(group: Rivals, left: Sequence[int], near: Near, budget: int) -> tuple[dict[int, int], int, int]:
    """(place of each seeker that has one, by how much at most it falls short, steps taken) of one rivalry. Its relaxation is solved whatever the budget."""
    if len(group) == 1:
        ((index, seeker),) = group.items()
        return {index: seeker.choices[0].place}, 0, 0
    return _Search(group, left, near).run(budget)


Options = dict[int, int]
"""What each place is worth to a seeker, stages and all; best first."""


@dataclass(frozen=True, slots=True)
class _Node:
    """Part of all assignments: these seekers have these places, and the others only these options."""

    bound: int
    """Nothing in here is worth more, times `_Search.parts`."""
    fixed: dict[int, int]
    worth: int
    """Of what is fixed."""
    options: dict[int, Options]
    room: tuple[int, ...]


class _Search:
    """Branch and bound over one rivalry, depth first."""

    def __init__(self, group: Rivals, left: Sequence[int], near: Near) -> None:
        self._group = group
        self._near = near
        used = sorted({choice.place for seeker in group.values() for choice in seeker.choices})
        self._places = used
        self._room = tuple(left[place] for place in used)
        self._options, self._below_worth = _staged(group, {place: number for number, place in enumerate(used)})
        self._parts = lcm(*(seeker.people for seeker in group.values()))
        """A person's share of a household's worth is whole in this many parts."""
        self._best: dict[int, int] = {}
        self._best_worth = 0
        self._steps = 0

    def run(self, budget: int) -> tuple[dict[int, int], int, int]:
        """As `_solved`."""
        unbounded = self._parts * sum(max(options.values()) for options in self._options.values())
        self._keep(self._improved({}))
        stack = [_Node(unbounded, {}, 0, self._options, self._room)]
        bound, whole = self._best_worth, True
        while stack:
            node = stack.pop()
            if not self._may_be_better(node.bound):
                continue
            if self._steps >= budget and not whole:
                stack.append(node)
                bound = max(each.bound for each in stack) // self._parts
                break
            whole = False
            stack.extend(self._branches(node))
        steps = self._steps
        if bound > self._best_worth:
            self._keep(self._improved(self._best))
            self._keep(self._exchanged(self._best))
        missing = max(0, (bound >> self._below_worth) - (self._best_worth >> self._below_worth))
        return {index: self._places[number] for index, number in self._best.items()}, missing, steps

    def _may_be_better(self, bound: int) -> bool:
        return bound >= self._parts * (self._best_worth + 1)

    def _branches(self, node: _Node) -> list[_Node]:
        """What is left to look at of a part, the last first; none where its relaxation is an assignment, or not better than the best so far.

        Options go by which, whatever the others do, more is lost than separates the bound from the best so far.
        """
        relaxation = Relaxation(node.room)
        rows = list(node.options)
        for index in rows:
            people = self._group[index].people
            share = self._parts // people
            relaxation.add(people, [(number, worth * share) for number, worth in node.options[index].items()])
        self._steps += relaxation.steps
        bound = node.worth * self._parts + relaxation.worth()
        if not self._may_be_better(bound):
            return []
        shares = dict(zip(rows, relaxation.shares, strict=True))
        torn = self._torn(shares)
        whole = {index: next(iter(share)) for index, share in shares.items() if share and index not in torn}
        if not torn:
            self._keep({**node.fixed, **whole})
            return []
        self._keep(self._improved({**node.fixed, **whole}))
        most_lost = bound - self._parts * (self._best_worth + 1)
        if most_lost < 0:
            return []
        first = torn[0]
        options = {
            index: {
                number: worth
                for number, worth in node.options[index].items()
                if self._group[index].people * relaxation.forgone(row, number, worth * (self._parts // self._group[index].people)) <= most_lost
            }
            for row, index in enumerate(rows)
        }
        number = max(shares[first], key=lambda each: (shares[first][each], node.options[first][each]))
        elsewhere = {other: worth for other, worth in options[first].items() if other != number}
        without = _Node(bound, node.fixed, node.worth, {**options, first: elsewhere}, node.room)
        return [without, self._fixed(_Node(bound, node.fixed, node.worth, options, node.room), first, number)]

    def _torn(self, shares: dict[int, Shares]) -> list[int]:
        """Seekers that part, or come near somebody from whom they are kept apart, in order."""
        torn = []
        for index, share in shares.items():
            if not share:
                continue
            seeker = self._group[index]
            number = next(iter(share))
            others = [each for other in seeker.apart_from for each in shares.get(other, ())]
            if share[number] < seeker.people or any(self._near(self._places[number], self._places[each]) for each in others):
                torn.append(index)
        return torn

    def _fixed(self, node: _Node, index: int, number: int) -> _Node:
        """The part in which a seeker has a place, with what follows for the others."""
        seeker = self._group[index]
        room = list(node.room)
        room[number] -= seeker.people
        options: dict[int, Options] = {}
        for other, theirs in node.options.items():
            if other == index:
                continue
            apart = other in seeker.apart_from
            if apart or (number in theirs and self._group[other].people > room[number]):
                theirs = self._left(theirs, self._group[other].people, room, number, apart=apart)
            options[other] = theirs
        return _Node(node.bound, {**node.fixed, index: number}, node.worth + node.options[index][number], options, tuple(room))

    def _left(self, options: Options, people: int, room: Sequence[int], number: int, *, apart: bool) -> Options:
        return {
            each: worth
            for each, worth in options.items()
            if people <= room[each] and not (apart and self._near(self._places[each], self._places[number]))
        }

    def _keep(self, found: dict[int, int]) -> None:
        worth = sum(self._options[index][number] for index, number in found.items())
        if worth > self._best_worth:
            self._best, self._best_worth = found, worth

    def _improved(self, found: dict[int, int]) -> dict[int, int]:
        """The same where each in turn takes the best that the others leave, until nobody can do better alone."""
        now = dict(found)
        room = self._left_by(now)
        moved = True
        while moved:
            moved = False
            for index, options in self._options.items():
                mine = now.get(index)
                for number in options:
                    self._steps += 1
                    if number == mine:
                        break
                    if self._open(index, number, now, room):
                        if mine is not None:
                            room[mine] += self._group[index].people
                        room[number] -= self._group[index].people
                        now[index] = number
                        moved = True
                        break
        return now

    def _exchanged(self, found: dict[int, int]) -> dict[int, int]:
        """The same where one after another has what it likes better although somebody leaves it for that, as long as both together gain; then as `_improved`."""
        now, last = dict(found), self._steps + _MOST_EXCHANGED
        moved = True
        while moved:
            moved = False
            for index in self._options:
                if self._steps >= last:
                    return now
                if self._exchange(index, now):
                    now, moved = self._improved(now), True
        return now

    def _exchange(self, index: int, now: dict[int, int]) -> bool:
        """Whether a seeker was given a place that somebody else left, for another or for none, with a gain; `now` is changed then."""
        options, mine, people, left = self._options[index], now.get(index), self._group[index].people, self._left_by(now)
        for number, worth in options.items():
            if number == mine:
                break
            for other in [each for each, theirs in now.items() if theirs == number]:
                self._steps += 1
                if left[number] + self._group[other].people < people:
                    continue
                self._steps += len(now)
                then = {each: theirs for each, theirs in now.items() if each not in (index, other)}
                if not self._open(index, number, then, self._left_by(then)):
                    continue
                then[index] = number
                room = self._left_by(then)
                elsewhere = next((each for each in self._options[other] if self._open(other, each, then, room)), None)
                if elsewhere is not None:
                    then[other] = elsewhere
                gained = worth - (options[mine] if mine is not None else 0) - self._options[other][number]
                if gained + (self._options[other][elsewhere] if elsewhere is not None else 0) > 0:
                    now.clear()
                    now.update(then)
                    return True
        return False

    def _left_by(self, now: dict[int, int]) -> list[int]:
        """Room beside those who have places."""
        room = list(self._room)
        for index, number in now.items():
            room[number] -= self._group[index].people
        return room

    def _open(self, index: int, number: int, now: dict[int, int], room: Sequence[int]) -> bool:
        seeker = self._group[index]
        if room[number] < seeker.people:
            return False
        return not any(other in now and self._near(self._places[number], self._places[now[other]]) for other in seeker.apart_from)


def _staged(group: Rivals, number_of: dict[int, int]) -> tuple[dict[int, Options], int]:
    """(options of each seeker, bits below the worth): the worth, a bit for having a place, and the rank by tie-break, of each seeker in order of service."""
    ranks = {index: sorted(choice.tie_break for choice in seeker.choices) for index, seeker in group.items()}
    widths = {index: len(sorted_ties).bit_length() for index, sorted_ties in ranks.items()}
    below_having = sum(widths.values())
    below_worth = below_having + len(group)
    options: dict[int, Options] = {}
    having, offset = below_worth, below_having
    for index, seeker in group.items():
        having -= 1
        offset -= widths[index]
        last = len(ranks[index]) - 1
        options[index] = {
            number_of[choice.place]: (choice.worth << below_worth) | (1 << having) | ((last - ranks[index].index(choice.tie_break)) << offset)
            for choice in seeker.choices
        }
    return options, below_worth


def total_worth(seekers: Iterable[Seeker], places: Iterable[int | None]) -> int:
    """What an assignment is worth, stage 1 alone."""
    return sum(
        next(choice.worth for choice in seeker.choices if choice.place == place)
        for seeker, place in zip(seekers, places, strict=True)
        if place is not None
    )
