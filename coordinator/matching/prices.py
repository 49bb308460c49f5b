"""The policy's scarcity weights by kind of request, and which of them a place of some kind could serve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from coordinator.matching.kinds import read_kind


class Served(NamedTuple):
    """A kind of request that a place could serve, if it has room for so many people."""

    kind: str
    people: int
    weights: tuple[int, ...]


class PriceList:
    """Scarcity weights, whether or not their time is over. Not changed once it is made, but for what it keeps of its answers."""

    __slots__ = ("_asked", "_served", "weights")

    def __init__(self, weights: Mapping[str, tuple[int, ...]]) -> None:
        """By kind of request, as the policy has them."""
        self.weights = weights
        self._asked = tuple(
            (kind, frozenset(read.hosts), frozenset(read.needs), read.people) for kind in sorted(weights) if (read := read_kind(kind))
        )
        self._served: dict[str, tuple[Served, ...]] = {}

    def served_by(self, kind_of_place: str) -> tuple[Served, ...]:
        """The kinds of request that such a place hosts and whose needs it meets, sorted by kind."""
        known = self._served.get(kind_of_place)
        if known is None:
            place = read_kind(kind_of_place)
            hosts, offers = frozenset(place.hosts), frozenset(place.needs)
            known = self._served[kind_of_place] = tuple(
                Served(kind, people, self.weights[kind]) for kind, wanted, needs, people in self._asked if wanted <= hosts and needs <= offers
            )
        return known


NO_PRICES = PriceList({})
