"""How well a place suits a request, in integers under the policy's weights. Only places that no rule excludes are scored.

Where scarcity weights are in force, what is left over of a place costs nothing: what the place is worth to others takes the part of thrift.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

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
    return scoring(request, at_ms, terms, stock)(place, load)


def scoring(request: Request, at_ms: int, terms: Terms, stock: Mapping[str, int]) -> Callable[[Place, int], tuple[int, ...]]:
    """The same for many places (and the load of each one's project): what does not depend on the place is worked out once."""
    weights, household, trust = terms.policy.weights, request.household, terms.trust
    needs, size = household.needs, household.size
    spoken = [member.languages for member in household.members]
    preferred_needs = [need for member in household.members for need in member.preferred_needs]
    flees, near_danger, macro_area_of = request.reason is Reason.SAFETY, request.zone.macro_areas, terms.macro_area_of
    half_fresh_since = terms.clockwork.half_fresh_since(at_ms)
    thrifty, has_matching = not in_force(terms, at_ms), terms.policy.matching is not None

    def parts_of(place: Place, load: int) -> tuple[int, ...]:
        languages, offers, observed_at_ms = place.languages, place.offers, place.observed_at_ms
        understood = 0
        for told in spoken:
            if not languages.isdisjoint(told):
                understood += 1
        preferred = 0
        for need in preferred_needs:
            if need in offers:
                preferred += 1
        spare = place.free - size if thrifty and not _FAMILIES.isdisjoint(place.hosts) else 0
        parts: tuple[int, ...] = (
            weights.language * understood,
            weights.preferred_need * preferred,
            weights.level if place.level in request.wished_levels else 0,
            weights.wished_region if place.region in request.wished_regions else 0,
            weights.distance_from_danger if flees and macro_area_of.get(place.region) not in near_danger else 0,
            weights.fresh if observed_at_ms is not None and observed_at_ms > half_fresh_since else 0,
            -weights.thrift_per_offer * len(offers - needs) if thrifty else 0,
            -weights.thrift_per_spare_place * spare,
            -weights.fairness * load,
        )
        if has_matching:
            parts = (*parts, 0 if thrifty else -size * scarcity_of(place, stock, terms, at_ms))
        if trust is None:
            return parts
        return (*parts, trust.part(place.project_id, at_ms - observed_at_ms if observed_at_ms is not None else None))

    return parts_of


def tie_break(request: Request, place: Place) -> bytes:
    """Breaks ties between equal scores, lowest first: nobody is favoured by a name, and every exact solver gives the same answer."""
    return hashlib.sha256(f"{request.transfer_id}:{place.unit_id}".encode()).digest()
