"""How well a place suits a request, in integers under the policy's weights. Only places that no rule excludes are scored.

Where scarcity weights are in force, what is left over of a place costs nothing: what the place is worth to others takes the part of thrift.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from coordinator.matching.place import Place
from coordinator.matching.request import Request
from coordinator.matching.scarcity import in_force, scarcity_of
from coordinator.matching.terms import Terms
from events.vocabulary import Host, Reason

_FAMILIES = frozenset({Host.MOTHERS_WITH_CHILDREN, Host.FATHERS_WITH_CHILDREN})


def score_parts(request: Request, place: Place, at_ms: int, terms: Terms, load: int, stock: Mapping[str, int]) -> tuple[int, ...]:
    """Score parts in the order of `Weights`' fields, then `scarcity` where the policy has a `matching` record, then `trust` where it has that, always last;
    signs included.

    `load`: hundredths of the project's capacity that holds and arrivals of this network already take. `stock`: what is left for each kind
    of request before anybody is placed (`coordinator.matching.scarcity.stock_of`).
    """
    weights = terms.policy.weights
    household = request.household
    understood = preferred = 0
    for member in household.members:
        if not place.languages.isdisjoint(member.languages):
            understood += 1
        for need in member.preferred_needs:
            if need in place.offers:
                preferred += 1
    spare = place.free - household.size if not _FAMILIES.isdisjoint(place.hosts) else 0
    safe_distance = request.reason is Reason.SAFETY and terms.macro_area_of.get(place.region) not in request.zone.macro_areas
    fresh = place.observed_at_ms is not None and place.observed_at_ms > terms.clockwork.half_fresh_since(at_ms)
    thrifty = not in_force(terms, at_ms)
    parts: tuple[int, ...] = (
        weights.language * understood,
        weights.preferred_need * preferred,
        weights.level if place.level in request.wished_levels else 0,
        weights.wished_region if place.region in request.wished_regions else 0,
        weights.distance_from_danger if safe_distance else 0,
        weights.fresh if fresh else 0,
        -weights.thrift_per_offer * len(place.offers - household.needs) if thrifty else 0,
        -weights.thrift_per_spare_place * spare if thrifty else 0,
        -weights.fairness * load,
    )
    if terms.policy.matching is not None:
        parts = (*parts, -household.size * scarcity_of(place, stock, terms, at_ms))
    trust = terms.trust
    if trust is None:
        return parts
    age_ms = at_ms - place.observed_at_ms if place.observed_at_ms is not None else None
    return (*parts, trust.part(place.project_id, age_ms))


def tie_break(request: Request, place: Place) -> bytes:
    """Breaks ties between equal scores, lowest first: nobody is favoured by a name, and every exact solver gives the same answer."""
    return hashlib.sha256(f"{request.transfer_id}:{place.unit_id}".encode()).digest()
