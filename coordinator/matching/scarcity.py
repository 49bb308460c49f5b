"""How scarce a place is: what it is worth to those who may still need it, by the weights of the policy.

The weights are estimated ahead (a policy says when, how and from what) and are read here alone, so that their form can change in this one place.

Weights are by kind of request. What is left for a kind is how many such requests the fresh free places of the network could serve: the first weight holds
while that is one, the second while it is two, the last with more. A place costs the highest weight of all kinds of request that it could serve: who takes it
leaves each of them one fewer. A place that could serve none of them costs nothing, and is counted as unknown in the explanation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coordinator.matching.kinds import kind_of
from coordinator.matching.open_units import OpenUnits
from coordinator.matching.place import Place
from coordinator.matching.prices import Served
from coordinator.matching.terms import Terms
from events.transfer import KindTold, ScarcityTold
from events.vocabulary import ScarcityStanding


def standing_of(terms: Terms, at_ms: int) -> ScarcityStanding | None:
    """Whether scarcity weights play a part now; None: the policy says nothing of them."""
    matching = terms.policy.matching
    if matching is None:
        return None
    if matching.scarcity is None:
        return ScarcityStanding.MISSING
    return ScarcityStanding.IN_FORCE if at_ms < matching.scarcity.valid_until_ms else ScarcityStanding.EXPIRED


def in_force(terms: Terms, at_ms: int) -> bool:
    """Whether places cost what they are worth to others; thrift holds otherwise."""
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


def scarcity_of(place: Place, stock: Mapping[str, int], terms: Terms, at_ms: int) -> int:
    """Points a person and place that the place costs, never negative. `stock`: what is left before anybody is placed there (`stock_of`)."""
    priced = priced_as(place, stock, terms) if in_force(terms, at_ms) else None
    return 0 if priced is None else _weight(priced, stock)


def priced_as(place: Place, stock: Mapping[str, int], terms: Terms) -> Served | None:
    """The kind of request that would lose most by the place, the first of equals; None: it could serve none that has weights."""
    served = [each for each in terms.prices.served_by(kind_of(place.hosts, place.offers)) if each.people <= place.free]
    return max(served, key=lambda each: _weight(each, stock), default=None)


def scarcity_told(places: Iterable[Place], stock: Mapping[str, int], terms: Terms, at_ms: int) -> ScarcityTold | None:
    """What an explanation that scores these places says of scarcity."""
    standing = standing_of(terms, at_ms)
    if standing is None:
        return None
    kinds: dict[str, Served] = {}
    unknown = 0
    if standing is ScarcityStanding.IN_FORCE:
        for place in places:
            priced = priced_as(place, stock, terms)
            if priced is None:
                unknown += 1
            else:
                kinds[priced.kind] = priced
    return ScarcityTold(standing, tuple(KindTold(kind, stock.get(kind, 0), _weight(kinds[kind], stock)) for kind in sorted(kinds)), unknown)


def _weight(served: Served, stock: Mapping[str, int]) -> int:
    return served.weights[min(max(stock.get(served.kind, 0), 1), len(served.weights)) - 1]
