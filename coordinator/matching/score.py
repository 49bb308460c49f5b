"""How well a place suits a request, in integers under the policy's weights. Only places that no rule excludes are scored.

Thrift (what a place offers that nobody here needs, and what is left over of places for families) holds beside scarcity weights: they say what is worth much to
others, it decides among places of which they say nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

from coordinator.matching.place import Place
from coordinator.matching.request import Request
from coordinator.matching.scarcity import Pricing
from coordinator.matching.terms import Terms
from events.vocabulary import Host, Need, Reason

_FAMILIES = frozenset({Host.MOTHERS_WITH_CHILDREN, Host.FATHERS_WITH_CHILDREN})


def score_parts(request: Request, place: Place, at_ms: int, terms: Terms, load: int, stock: Mapping[str, int]) -> tuple[int, ...]:
    """Score parts in the order of `Weights`' fields, then `scarcity` where the policy has a `matching` record, then `trust` where it has that, always last;
    signs included.

    `load`: hundredths of the project's capacity that holds and arrivals of this network already take. `stock`: what is left for each kind
    of request before anybody is placed (`coordinator.matching.scarcity.stock_of`).
    """
    return scoring(request, at_ms, terms, Pricing(stock, terms, at_ms))(place, load)


def scoring(request: Request, at_ms: int, terms: Terms, pricing: Pricing) -> Callable[[Place, int], tuple[int, ...]]:
    """The same for many places (and the load of each one's project): what does not depend on the place is worked out once, and what places have in common once
    for all that have it."""
    weights, household, trust = terms.policy.weights, request.household, terms.trust
    needs, size = household.needs, household.size
    spoken = [member.languages for member in household.members]
    preferred_needs = [need for member in household.members for need in member.preferred_needs]
    wished_levels, wished_regions = request.wished_levels, request.wished_regions
    flees, near_danger, macro_area_of = request.reason is Reason.SAFETY, request.zone.macro_areas, terms.macro_area_of
    half_fresh_since = terms.clockwork.half_fresh_since(at_ms)
    has_matching, cost = terms.policy.matching is not None, pricing.cost
    by_languages: dict[frozenset[str], int] = {}
    by_offers: dict[frozenset[Need], tuple[int, int]] = {}
    by_region: dict[str, tuple[int, int]] = {}

    def of_languages(languages: frozenset[str]) -> int:
        understood = 0
        for told in spoken:
            if not languages.isdisjoint(told):
                understood += 1
        found = by_languages[languages] = weights.language * understood
        return found

    def of_offers(offers: frozenset[Need]) -> tuple[int, int]:
        preferred = 0
        for need in preferred_needs:
            if need in offers:
                preferred += 1
        found = by_offers[offers] = weights.preferred_need * preferred, -weights.thrift_per_offer * len(offers - needs)
        return found

    def of_region(region: str) -> tuple[int, int]:
        wished = weights.wished_region if region in wished_regions else 0
        found = by_region[region] = wished, weights.distance_from_danger if flees and macro_area_of.get(region) not in near_danger else 0
        return found

    def parts_of(place: Place, load: int) -> tuple[int, ...]:
        observed_at_ms = place.observed_at_ms
        language = by_languages.get(place.languages)
        if language is None:
            language = of_languages(place.languages)
        preferred, unneeded = by_offers.get(place.offers) or of_offers(place.offers)
        wished, distance = by_region.get(place.region) or of_region(place.region)
        spare = place.free - size if not _FAMILIES.isdisjoint(place.hosts) else 0
        in_common = (
            language,
            preferred,
            weights.level if place.level in wished_levels else 0,
            wished,
            distance,
            weights.fresh if observed_at_ms is not None and observed_at_ms > half_fresh_since else 0,
            unneeded,
            -weights.thrift_per_spare_place * spare,
            -weights.fairness * load,
        )
        trusted = None if trust is None else trust.part(place.project_id, at_ms - observed_at_ms if observed_at_ms is not None else None)
        if not has_matching:
            return in_common if trusted is None else (*in_common, trusted)
        scarce = -size * cost(place)
        return (*in_common, scarce) if trusted is None else (*in_common, scarce, trusted)

    return parts_of


def tie_break(request: Request, place: Place) -> bytes:
    """Breaks ties between equal scores, lowest first: nobody is favoured by a name, and every exact solver gives the same answer."""
    return hashlib.sha256(f"{request.transfer_id}:{place.unit_id}".encode()).digest()
