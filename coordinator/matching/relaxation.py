"""Places divided among people as if households could part: the most that any assignment can be worth, and the assignment itself where nobody had to part.

A transportation problem, solved by shortest augmenting paths with potentials (Jonker and Volgenant 1987; Ahuja, Magnanti and Orlin 1993, chapter 9).
Integers alone, of any width; the same inputs in the same order take the same steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush

Choices = Sequence[tuple[int, int]]
"""(place, worth of each person there); each place at most once."""
Shares = dict[int, int]
"""People of a seeker by place."""


class Relaxation:
    """Seekers are added one by one; after each, what stands is best for those added so far."""

    __slots__ = ("_choices", "_potential", "_price", "_spare", "_within", "shares", "steps")

    def __init__(self, room: Sequence[int]) -> None:
        self.shares: list[Shares] = []
        """Of each seeker in the order added; whoever is not in any place is not counted."""
        self.steps = 0
        """Choices looked at so far: the measure of work."""
        self._spare = list(room)
        self._price = [0] * len(room)
        """What one person's room in each place is worth to the others; 0 while there is room to spare."""
        self._within: list[list[int]] = [[] for _ in room]
        """Seekers with people in each place."""
        self._choices: list[Choices] = []
        self._potential: list[int] = []

    def add(self, people: int, choices: Choices) -> None:
        """One more seeker of so many people."""
        seeker = len(self.shares)
        self.shares.append({})
        self._choices.append(choices)
        price = self._price
        self._potential.append(max([0, *(worth - price[place] for place, worth in choices)]))
        self.steps += len(choices)
        left = people
        while left:
            left -= self._place_some(seeker, left)

    def worth(self) -> int:
        """Of everybody where they are now."""
        total = 0
        for choices, shares in zip(self._choices, self.shares, strict=True):
            if shares:
                total += sum(worth * shares[place] for place, worth in choices if place in shares)
        return total

    def forgone(self, seeker: int, place: int, worth: int) -> int:
        """What is lost at least for each person of a seeker who is at a place where that much is had, whatever the others do."""
        return self._potential[seeker] + self._price[place] - worth

    def _place_some(self, seeker: int, left: int) -> int:
        """Places as many of a seeker's people as one shortest path can take, or none of them anywhere; gives how many are seen to."""
        price, potential, spare = self._price, self._potential, self._spare
        reached: dict[int, int] = {}
        """The least found so far for each place."""
        came_from: dict[int, int] = {}
        scanned: dict[int, int] = {}
        seekers: dict[int, int] = {}
        left_from: dict[int, int] = {}
        """The place that each seeker on a path would leave."""
        heap: list[tuple[int, int]] = []
        nowhere, who_goes_nowhere = potential[seeker], seeker
        """The least at which somebody ends in no place."""
        nearest = nowhere
        """The least found so far at which somebody ends in a place with room to spare."""
        asking, distance = seeker, 0
        seekers[seeker] = 0
        pending: list[tuple[int, int]] = [(asking, distance)]
        end: int | None = None
        while True:
            for asking, distance in pending:
                own = distance + potential[asking]
                if own < nowhere:
                    nowhere, who_goes_nowhere = own, asking
                choices = self._choices[asking]
                self.steps += len(choices)
                for place, worth in choices:
                    new = own + price[place] - worth
                    if new >= nowhere or new > nearest:  # some end is nearer
                        continue
                    if place not in reached or new < reached[place]:
                        reached[place] = new
                        came_from[place] = asking
                        heappush(heap, (new, place))
                        if spare[place]:
                            nearest = new
            pending = []
            while heap and (heap[0][1] in scanned or heap[0][0] > reached[heap[0][1]]):
                heappop(heap)
            if not heap or heap[0][0] >= nowhere:
                break
            distance, place = heappop(heap)
            if spare[place]:
                end = place
                break
            scanned[place] = distance
            for other in self._within[place]:
                if other not in seekers:
                    seekers[other] = distance
                    left_from[other] = place
                    pending.append((other, distance))
        shortest = nowhere if end is None else distance
        for other, at in seekers.items():
            potential[other] -= shortest - at
        for place, at in scanned.items():
            price[place] += shortest - at
        return self._move(seeker, left, end, who_goes_nowhere, came_from, left_from)

    def _move(self, seeker: int, left: int, end: int | None, last: int, came_from: dict[int, int], left_from: dict[int, int]) -> int:
        """Move people along the path that was found, as many as fit all along."""
        path: list[tuple[int, int | None]] = []
        """(seeker, the place that some of its people go to), from the end back."""
        going, to = (last, None) if end is None else (came_from[end], end)
        path.append((going, to))
        while going != seeker:
            to = left_from[going]
            going = came_from[to]
            path.append((going, to))
        people = left if end is None else min(left, self._spare[end])
        for going, _ in path[:-1]:
            people = min(people, self.shares[going][left_from[going]])
        if end is not None:
            self._spare[end] -= people
        for going, to in path:
            if going != seeker:
                self._leave(going, left_from[going], people)
            if to is not None:
                self._enter(going, to, people)
        return people

    def _leave(self, seeker: int, place: int, people: int) -> None:
        shares = self.shares[seeker]
        shares[place] -= people
        if not shares[place]:
            del shares[place]
            self._within[place].remove(seeker)

    def _enter(self, seeker: int, place: int, people: int) -> None:
        shares = self.shares[seeker]
        if place not in shares:
            shares[place] = 0
            self._within[place].append(seeker)
        shares[place] += people
