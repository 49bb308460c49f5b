"""Places in the laboratory: what is really free, and what the network counts on between one publication and the next.

What the network counts on is what the product counts on: the figure published last, less its own holds and the arrivals since; nothing once a project
said that its figure does not hold, until it publishes anew. What is really free follows from the windows and from who is there, and nobody sees it.
"""

from __future__ import annotations

from coordinator.domain.changing import changed
from coordinator.matching.open_units import open_units_of
from coordinator.matching.place import Place
from ops.laboratory.instance import Instance


class Stock:
    """Every unit of one instance while it is played. Units and places by their index."""

    __slots__ = (
        "_arrived", "_capacity", "_counted", "_held", "_inside", "_instance", "_published", "_taken_of_project", "_there", "changes", "loads", "places", "units",
    )  # fmt: skip

    def __init__(self, instance: Instance) -> None:
        units = len(instance.units)
        self._instance = instance
        self.places: list[Place] = list(instance.units)
        """As the network knows them."""
        self.units = open_units_of(self.places)
        """The same, arranged for the matcher."""
        self.changes = [0] * units
        """By unit: the step at which what it offers last changed."""
        self.loads: dict[str, int] = {}
        """Hundredths of each project's capacity that holds and arrivals take, those of its last count not among them."""
        self._there: list[list[int | None]] = [[None] * len(places) for places in instance.windows]
        """By unit and place: the request that has it."""
        self._counted = [0] * units
        """Published as free, holds of the network among it."""
        self._held = [0] * units
        self._arrived = [0] * units
        """People since the last publication."""
        self._inside: list[set[int]] = [set() for _ in range(units)]
        """By unit: places really held for live proposals."""
        self._published: list[set[int]] = [set() for _ in range(units)]
        """By unit: places that the figure published last is about. One that falls free after it is nobody's yet."""
        self._capacity: dict[str, int] = {}
        self._taken_of_project: dict[str, int] = {}
        for unit in instance.units:
            self._capacity[unit.project_id] = self._capacity.get(unit.project_id, 0) + unit.places

    def really_free(self, unit: int, at_ms: int) -> list[int]:
        """Places that nobody has and no local people live in, free for longest first."""
        found: list[tuple[int, int]] = []
        for place, there in enumerate(self._there[unit]):
            if there is None:
                window = self._instance.window_at(unit, place, at_ms)
                if window is not None:
                    found.append((window.opens_ms, place))
        found.sort()
        return [place for _, place in found]

    def publish(self, unit: int, at_ms: int, step: int) -> bool:
        """The project counts. True where the network can count on a place there now."""
        plain = self._instance.units[unit]
        self._published[unit] = {*self.really_free(unit, at_ms), *self._inside[unit]}
        counted = len(self._published[unit])
        before = self.places[unit]
        if before.observed_at_ms is None or counted != self._counted[unit] or before.accepting != plain.accepting or self._arrived[unit]:
            self.changes[unit] = step
        self._counted[unit] = counted
        self._weigh(plain.project_id, -self._arrived[unit])
        self._arrived[unit] = 0
        self._put(unit, changed(before, accepting=plain.accepting, observed_at_ms=at_ms, free=self._left(unit) if plain.accepting else 0))
        return self.places[unit].free > 0

    def hold(self, unit: int, request: int, people: int, at_ms: int) -> tuple[int, ...]:
        """Hold places for a request. The real ones; none where of those published too few are still free, which nobody knows yet."""
        self._held[unit] += people
        self._weigh(self._instance.units[unit].project_id, people)
        free = [place for place in self.really_free(unit, at_ms) if place in self._published[unit]]
        taken = tuple(free[:people]) if len(free) >= people else ()
        for place in taken:
            self._there[unit][place] = request
        self._inside[unit].update(taken)
        self._recount(unit)
        return taken

    def arrive(self, unit: int, taken: tuple[int, ...]) -> None:
        """Who was expected is there: held no longer, and counted beside the figure until the next."""
        self._held[unit] -= len(taken)
        self._inside[unit].difference_update(taken)
        self._published[unit].difference_update(taken)
        self._arrived[unit] += len(taken)

    def release(self, unit: int, people: int, taken: tuple[int, ...]) -> bool:
        """A hold is over. True where the network can count on more than before."""
        before = self.places[unit].free
        self._held[unit] -= people
        self._inside[unit].difference_update(taken)
        self._weigh(self._instance.units[unit].project_id, -people)
        self._recount(unit)
        for place in taken:
            self._there[unit][place] = None
        return self.places[unit].free > before

    def leave(self, unit: int, taken: tuple[int, ...]) -> None:
        """A stay is over. The network hears of it when the project next counts."""
        for place in taken:
            self._there[unit][place] = None

    def correct(self, unit: int) -> None:
        """The project said that its figure does not hold."""
        self._put(unit, changed(self.places[unit], accepting=False, free=0))

    def _left(self, unit: int) -> int:
        return max(0, self._counted[unit] - self._held[unit] - self._arrived[unit])

    def _recount(self, unit: int) -> None:
        if self.places[unit].accepting:
            self._put(unit, changed(self.places[unit], free=self._left(unit)))

    def _put(self, unit: int, place: Place) -> None:
        self.places[unit] = place
        self.units = self.units.put(place)

    def _weigh(self, project_id: str, people: int) -> None:
        if people:
            taken = self._taken_of_project.get(project_id, 0) + people
            self._taken_of_project[project_id] = taken
            self.loads[project_id] = 100 * taken // self._capacity[project_id]
