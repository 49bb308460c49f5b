"""The clairvoyant optimum of a frozen future: what could have been reached by whoever knew all of it, under the same rules.

A mixed-integer program. Each place is a path through the slots in which it may be taken (`starts` says which): one unit of flow that waits from slot to
slot, or serves a stay and is back when the place counts again. Each request starts at most once; a household takes all its places in one unit at once;
requests that are kept apart are never near each other at the same time. The rules are the product's own predicates.

Solved by HiGHS to a relative gap, with limits counted in nodes and never in seconds, so that the result is the same on every machine. `Hindsight.bound`
is never below the optimum: where the gap stays open it is the dual bound, and `relaxation` gives the bound of the linear program.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, linprog, milp
from scipy.sparse import csc_array

from events.vocabulary import Urgency
from ops.laboratory.instance import Asked, Instance
from ops.laboratory.objective import URGENCY_POINTS, Placement
from ops.laboratory.starts import NEVER, Start, Starts, lives_near, near_keys, pairs_apart, whole

RELATIVE_GAP = 1e-4
MOST_NODES = 2_000
_SHARE = 1e-9


@dataclass(frozen=True, slots=True)
class Hindsight:
    """What a clairvoyant could have reached."""

    points: int
    """V of `placements`."""
    bound: int
    """No schedule is worth more."""
    closed: bool
    """Whether the gap between the two is within `RELATIVE_GAP`."""
    placements: tuple[Placement, ...]
    """By request."""


@dataclass(frozen=True, slots=True)
class Relaxation:
    """The linear relaxation."""

    bound: float
    """Points."""
    prices: Mapping[tuple[int, int, int], float]
    """(unit, place, slot) -> points that one more such place, from this slot to the end, would be worth; only slots in which something may start."""
    used: tuple[tuple[Start, float], ...]
    """The starts with a share above 0."""


class Program:
    """The mixed-integer program over some starts."""

    def __init__(self, instance: Instance, starts: Sequence[Start]) -> None:
        self.starts = starts
        self._cost: list[float] = []
        self._start_of: list[int] = []
        """By column: index of the start that it places, or -1."""
        self._rows: list[int] = []
        self._columns: list[int] = []
        self._values: list[float] = []
        self._most: list[float] = []
        self._equal: list[bool] = []
        self.nodes: dict[tuple[int, int, int], int] = {}
        """(unit, place, slot) -> row."""
        self._flow()
        self._apart(instance)

    def _row(self, most: float, *, equal: bool = False) -> int:
        self._most.append(most)
        self._equal.append(equal)
        return len(self._most) - 1

    def _column(self, points: float, start: int) -> int:
        self._cost.append(-points)
        self._start_of.append(start)
        return len(self._cost) - 1

    def _put(self, row: int, column: int, value: float) -> None:
        self._rows.append(row)
        self._columns.append(column)
        self._values.append(value)

    def _flow(self) -> None:
        slots: dict[tuple[int, int], set[int]] = {}
        for start in self.starts:
            for place in start.places:
                slots.setdefault((start.unit, place), set()).add(start.slot)
        order = {key: sorted(found) for key, found in sorted(slots.items())}
        for (unit, place), found in order.items():
            before: int | None = None
            for index, slot in enumerate(found):
                row = self.nodes[unit, place, slot] = self._row(0.0 if index else 1.0)
                if before is not None:
                    idle = self._column(0.0, -1)
                    self._put(before, idle, 1.0)
                    self._put(row, idle, -1.0)
                before = row
        once: dict[int, int] = {}
        for start in self.starts:
            if start.asked not in once:
                once[start.asked] = self._row(1.0)
        for number, start in enumerate(self.starts):
            size = start.persons
            if size == 1:
                for place, again in zip(start.places, start.again, strict=True):
                    column = self._column(start.points, number)
                    self._put(once[start.asked], column, 1.0)
                    self._take(start, place, again, column, order)
                continue
            whole_household = self._column(start.points, number)
            self._put(once[start.asked], whole_household, 1.0)
            if len(start.places) == size:
                for place, again in zip(start.places, start.again, strict=True):
                    self._take(start, place, again, whole_household, order)
                continue
            all_of_it = self._row(0.0, equal=True)
            self._put(all_of_it, whole_household, -float(size))
            for place, again in zip(start.places, start.again, strict=True):
                column = self._column(0.0, -1)
                self._put(all_of_it, column, 1.0)
                self._take(start, place, again, column, order)

    def _take(self, start: Start, place: int, again: int, column: int, order: Mapping[tuple[int, int], list[int]]) -> None:
        self._put(self.nodes[start.unit, place, start.slot], column, 1.0)
        if again == NEVER:
            return
        slots = order[start.unit, place]
        index = int(np.searchsorted(slots, again))
        if index < len(slots):
            self._put(self.nodes[start.unit, place, slots[index]], column, -1.0)

    def _apart(self, instance: Instance) -> None:
        """Of each pair and each thing that makes units near: never both there at the same time; and nobody near where the other still lives."""
        pairs = pairs_apart(instance.asked)
        linked = {index for pair in pairs for index in pair}
        columns: dict[int, list[int]] = {}
        for column, number in enumerate(self._start_of):
            if number >= 0 and self.starts[number].asked in linked:
                columns.setdefault(self.starts[number].asked, []).append(column)
        for one, other in pairs:
            mine, theirs = columns.get(one, []), columns.get(other, [])
            by_key, by_their_key = self._by_near_key(instance, mine), self._by_near_key(instance, theirs)
            for key in sorted(by_key.keys() & by_their_key.keys()):
                for together in self._at_the_same_time(by_key[key], by_their_key[key]):
                    row = self._row(1.0)
                    for column in together:
                        self._put(row, column, 1.0)
            self._after_they_left(instance, mine, instance.asked[other], theirs)
            self._after_they_left(instance, theirs, instance.asked[one], mine)

    def _by_near_key(self, instance: Instance, columns: Iterable[int]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for column in columns:
            for key in near_keys(instance.units[self._stay(column).unit], instance):
                found.setdefault(key, []).append(column)
        return found

    def _stay(self, column: int) -> Start:
        return self.starts[self._start_of[column]]

    def _after_they_left(self, instance: Instance, mine: Sequence[int], other: Asked, theirs: Sequence[int]) -> None:
        """Nobody starts near the place where another, who is known by then, lived before and has not left yet."""
        near = [column for column in mine if self._stay(column).at_ms >= other.arrives_ms and lives_near(other, self._stay(column).unit, instance)]
        for last_ms in sorted({self._stay(column).last_ms for column in near}):
            row = self._row(0.0)
            for column in near:
                if self._stay(column).last_ms <= last_ms:
                    self._put(row, column, 1.0)
            for column in theirs:
                if self._stay(column).gone_ms <= last_ms:
                    self._put(row, column, -1.0)

    def _at_the_same_time(self, mine: Sequence[int], theirs: Sequence[int]) -> Iterable[tuple[int, ...]]:
        """Sets of columns of two requests whose stays run at one instant; each set that matters."""
        columns = [*mine, *theirs]
        stays = {column: self._stay(column) for column in columns}
        found: set[tuple[int, ...]] = set()
        for at_ms in sorted({stay.last_ms for stay in stays.values()}):
            here = tuple(column for column in columns if stays[column].last_ms <= at_ms < stays[column].until_ms)
            if any(column in here for column in mine) and any(column in here for column in theirs):
                found.add(here)
        return sorted(one for one in found if not any(set(one) < set(other) for other in found))

    def _matrix(self) -> csc_array:
        return csc_array((self._values, (self._rows, self._columns)), shape=(len(self._most), len(self._cost)))

    def solve(self, gap: float = RELATIVE_GAP, most_nodes: int = MOST_NODES) -> Hindsight:
        """The best schedule of whole stays, or a good one with a bound where the limits come first."""
        if not self.starts:
            return Hindsight(0, 0, True, ())
        result = self._milp(gap, most_nodes)
        taken = self._taken(result)
        placements = tuple(sorted(Placement(start.asked, start.unit, start.at_ms) for start in taken))
        points = sum(start.points for start in taken)
        dual = result.mip_dual_bound
        bound = points if result.status == 0 and gap == 0 else int(np.floor(1e-6 - dual)) if dual is not None else sum(self._best_of_each())
        return Hindsight(points, max(bound, points), result.status == 0, placements)

    def chosen(self, gap: float, most_nodes: int) -> list[Start]:
        """The starts of the best schedule that was found."""
        return self._taken(self._milp(gap, most_nodes)) if self.starts else []

    def _milp(self, gap: float, most_nodes: int) -> OptimizeResult:
        most = np.array(self._most)
        return milp(
            np.array(self._cost),
            integrality=np.ones(len(self._cost), dtype=np.int64),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(self._matrix(), np.where(self._equal, most, -np.inf), most),
            options={"mip_rel_gap": gap, "node_limit": most_nodes},
        )

    def _taken(self, result: OptimizeResult) -> list[Start]:
        if result.x is None:
            return []
        return [self._stay(int(column)) for column in np.flatnonzero(result.x > 0.5) if self._start_of[column] >= 0]

    def _best_of_each(self) -> Iterable[int]:
        """What each request would be worth if all others stayed away: a bound where there is no better one."""
        best: dict[int, int] = {}
        for start in self.starts:
            best[start.asked] = max(start.points, best.get(start.asked, 0))
        return best.values()

    def relax(self, more: float = 0.0) -> Relaxation:
        """The linear relaxation, with the price of each place at each time.

        `more`: of each place, so much more at every publication. Prices are not unique; with hardly more they are the least, with hardly less the greatest.
        """
        if not self.starts:
            return Relaxation(0.0, {}, ())
        matrix: Any = self._matrix().tocsr()
        equal = np.array(self._equal)
        most = np.array(self._most)
        most[list(self.nodes.values())] += more
        result = linprog(
            np.array(self._cost, dtype=np.float64),
            A_ub=matrix[~equal],
            b_ub=most[~equal],
            A_eq=matrix[equal],
            b_eq=most[equal],
            bounds=(0.0, None),
            method="highs-ipm",  # with crossover: six times as quick as the simplex at ninety days
        )
        assert result.x is not None and result.fun is not None, result.message
        shares = result.x
        marginal = np.zeros(len(most))
        marginal[~equal] = -result.ineqlin.marginals
        prices = {node: float(marginal[row]) for node, row in self.nodes.items()}
        columns = [int(column) for column in np.flatnonzero(shares > _SHARE) if self._start_of[column] >= 0]
        return Relaxation(-float(result.fun), prices, tuple((self.starts[self._start_of[column]], float(shares[column])) for column in columns))


def hindsight(
    instance: Instance, urgency_points: Mapping[Urgency, int] = URGENCY_POINTS, *, gap: float = RELATIVE_GAP, most_nodes: int = MOST_NODES
) -> Hindsight:
    """The clairvoyant optimum of an instance."""
    return Program(instance, Starts(instance, urgency_points).of(whole(instance))).solve(gap, most_nodes)


def relaxation(instance: Instance, urgency_points: Mapping[Urgency, int] = URGENCY_POINTS) -> Relaxation:
    """The bound of the linear program, and what each place is worth in it at each time: quicker than `hindsight`."""
    return Program(instance, Starts(instance, urgency_points).of(whole(instance))).relax()
