"""How scarce a place is: what its kind is worth to those who may still need it, by the weights of the policy.

The weights are estimated ahead (a policy says when, how and from what) and are read here alone, so that their form can change in this one place.

A kind without weights of its own has those of the same people hosted with nothing offered (`women` for `women/step_free`); where there are none either,
the place costs nothing and is counted as unknown in the explanation. Places that are priced by the same element of the policy are one stock: the first
weight holds while one of them is free in the network, the second while two are, the last with more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coordinator.matching.kinds import hosts_alone, kind_of
from coordinator.matching.open_units import OpenUnits
from coordinator.matching.place import Place
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


def priced_as(place: Place, terms: Terms) -> str | None:
    """The kind in the policy whose weights hold for the place; None: there is none."""
    return _known(kind_of(place.hosts, place.offers), terms)


def stock_of(units: OpenUnits, terms: Terms, at_ms: int) -> dict[str, int]:
    """Free places of the network by the kind that they are priced as, in units that take people in; empty where no weights are in force."""
    stock: dict[str, int] = {}
    if in_force(terms, at_ms):
        for kind, free in units.free_by_kind().items():
            known = _known(kind, terms)
            if known is not None:
                stock[known] = stock.get(known, 0) + free
    return stock


def scarcity_of(place: Place, stock: Mapping[str, int], terms: Terms, at_ms: int) -> int:
    """Points a person and place that the place costs, never negative. `stock`: what is free before anybody is placed there (`stock_of`)."""
    kind = priced_as(place, terms) if in_force(terms, at_ms) else None
    return 0 if kind is None else _weight(terms, kind, stock)


def scarcity_told(places: Iterable[Place], stock: Mapping[str, int], terms: Terms, at_ms: int) -> ScarcityTold | None:
    """What an explanation that scores these places says of scarcity."""
    standing = standing_of(terms, at_ms)
    if standing is None:
        return None
    kinds: set[str] = set()
    unknown = 0
    if standing is ScarcityStanding.IN_FORCE:
        for place in places:
            kind = priced_as(place, terms)
            if kind is None:
                unknown += 1
            else:
                kinds.add(kind)
    return ScarcityTold(standing, tuple(KindTold(kind, stock.get(kind, 0), _weight(terms, kind, stock)) for kind in sorted(kinds)), unknown)


def _weight(terms: Terms, kind: str, stock: Mapping[str, int]) -> int:
    weights = terms.scarcity[kind]
    return weights[min(max(stock.get(kind, 0), 1), len(weights)) - 1]


def _known(kind: str, terms: Terms) -> str | None:
    """The kind, or else the same people hosted with nothing offered, if the policy has it."""
    for known in (kind, hosts_alone(kind)):
        if known in terms.scarcity:
            return known
    return None
