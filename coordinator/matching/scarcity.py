"""How scarce a place is: what it is worth to those who may still need it, by the weights of the policy.

The weights are estimated ahead (a policy says when, how and from what) and are read here alone, so that their form can change in this one place.

Weights are by kind of request. What is left for a kind is how many such requests the fresh free places of the network could serve: the first weight holds
while that is one, the second while it is two, the last with more. A place costs the highest weight of all kinds of request that its unit could serve: who takes
it leaves each of them one fewer. For a household that has not enough free places there yet, the weight is halved for each one missing, so that places for
families are not taken one by one before there are ever two. A place that could serve none of them costs nothing, and is counted as unknown in the explanation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coordinator.matching.kinds import kind_of
from coordinator.matching.open_units import OpenUnits
from coordinator.matching.place import Place
from coordinator.matching.prices import Served
from coordinator.matching.terms import Terms
from events.transfer import KindTold, ScarcityTold
from events.vocabulary import Host, Need, ScarcityStanding


def standing_of(terms: Terms, at_ms: int) -> ScarcityStanding | None:
    """Whether scarcity weights play a part now; None: the policy says nothing of them."""
    matching = terms.policy.matching
    if matching is None:
        return None
    if matching.scarcity is None:
        return ScarcityStanding.MISSING
    return ScarcityStanding.IN_FORCE if at_ms < matching.scarcity.valid_until_ms else ScarcityStanding.EXPIRED


def in_force(terms: Terms, at_ms: int) -> bool:
    """Whether places cost what they are worth to others; thrift alone holds otherwise."""
    return standing_of(terms, at_ms) is ScarcityStanding.IN_FORCE


def stock_of(units: OpenUnits, terms: Terms, at_ms: int) -> dict[str, int]:
    """How many requests of each kind the fresh free places could serve, in units that take people in; empty where no weights are in force."""
    stock: dict[str, int] = {}
    if in_force(terms, at_ms):
        served_by = terms.prices.served_by
        for (kind, free), number in units.free_by_kind(terms.clockwork.fresh_since(at_ms)).items():
            for served in served_by(kind):
                stock[served.kind] = stock.get(served.kind, 0) + number * (free // served.people)
    return stock


class Pricing:
    """What places cost at one moment, before anybody is placed. Not changed once it is made, but for what it keeps of its answers: places of one kind cost the same."""

    __slots__ = ("_in_force", "_known", "_served_by", "_standing", "_stock")

    def __init__(self, stock: Mapping[str, int], terms: Terms, at_ms: int) -> None:
        """`stock`: what is left for each kind of request (`stock_of`)."""
        self._stock = stock
        self._standing = standing_of(terms, at_ms)
        self._in_force = self._standing is ScarcityStanding.IN_FORCE
        self._served_by = terms.prices.served_by
        self._known: dict[tuple[frozenset[Host], frozenset[Need], int, int], tuple[Served | None, int]] = {}

    @property
    def in_force(self) -> bool:
        """Whether places cost what they are worth to others; thrift alone holds otherwise."""
        return self._in_force

    def cost(self, place: Place) -> int:
        """Points a person and place that the place costs, never negative."""
        if not self._in_force:
            return 0
        known = self._known.get((place.hosts, place.offers, place.free, place.places))
        return self._priced(place)[1] if known is None else known[1]

    def told(self, places: Iterable[Place]) -> ScarcityTold | None:
        """What an explanation that scores these places says of scarcity."""
        if self._standing is None:
            return None
        kinds: dict[str, int] = {}
        unknown = 0
        if self._in_force:
            for place in places:
                served, _ = self._priced(place)
                if served is None:
                    unknown += 1
                else:
                    kinds[served.kind] = self._weight(served)
        return ScarcityTold(self._standing, tuple([KindTold(kind, self._stock.get(kind, 0), kinds[kind]) for kind in sorted(kinds)]), unknown)

    def _priced(self, place: Place) -> tuple[Served | None, int]:
        """(the kind of request that would lose most by the place, the first of equals, or None where its unit could serve none that has weights; what it costs)."""
        like = place.hosts, place.offers, place.free, place.places
        known = self._known.get(like)
        if known is None:
            served = [each for each in self._served_by(kind_of(place.hosts, place.offers)) if each.people <= place.places]
            costs = [self._weight(each) >> max(0, each.people - place.free) for each in served]
            cost = max(costs, default=0)
            known = self._known[like] = served[costs.index(cost)] if served else None, cost
        return known

    def _weight(self, served: Served) -> int:
        return served.weights[min(max(self._stock.get(served.kind, 0), 1), len(served.weights)) - 1]


def pricing_of(units: OpenUnits, terms: Terms, at_ms: int) -> Pricing:
    """What places cost beside these units."""
    return Pricing(stock_of(units, terms, at_ms), terms, at_ms)


def scarcity_of(place: Place, stock: Mapping[str, int], terms: Terms, at_ms: int) -> int:
    """`Pricing.cost` of one place."""
    return Pricing(stock, terms, at_ms).cost(place)
