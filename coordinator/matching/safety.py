"""The ten safety rules, and the three that exclude a unit without being about safety, each a named predicate.

A predicate returns its `Rule` where the place is excluded for the request, else None. All take the same four things: the request, the place, the
instant (milliseconds) and the terms in force. The matcher asks all of them, in the order of `Rule`; acceptance and departure ask again those
that can turn (`still_safe`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence

from coordinator.matching.danger import NO_DANGER, overlap
from coordinator.matching.household import Household
from coordinator.matching.place import Place, has_room, takes_in
from coordinator.matching.request import NOWHERE, Request
from coordinator.matching.terms import Terms
from events.vocabulary import Host, Rule

Predicate = Callable[[Request, Place, int, Terms], Rule | None]


def accepting(_request: Request, place: Place, _at_ms: int, _terms: Terms) -> Rule | None:
    """The unit takes people in, and people live in it."""
    return None if takes_in(place) else Rule.ACCEPTING


def one_place_one_case(request: Request, place: Place, _at_ms: int, _terms: Terms) -> Rule | None:
    """Rule 1. The whole household fits in this one unit, and it is not the one that it lives in."""
    return None if has_room(place, request.household.size) and place.unit_id != request.lives_in else Rule.ONE_PLACE_ONE_CASE


def never_towards_danger(request: Request, place: Place, _at_ms: int, terms: Terms) -> Rule | None:
    """Rule 2. Nothing dangerous for the case is at the unit, and the case brings no danger to its residents."""
    zone = request.zone
    if (
        zone.everywhere
        or place.region in zone.regions
        or place.unit_id in zone.units
        or place.project_id in zone.projects
        or (zone.bodies and (place.body in zone.bodies or not zone.bodies.isdisjoint(place.bodies)))
    ):
        return Rule.NEVER_TOWARDS_DANGER
    if place.dangers and any(overlap(own, theirs, terms) for own in request.dangers for theirs in place.dangers):
        return Rule.NEVER_TOWARDS_DANGER
    return None


def never_with_exploiters(request: Request, place: Place, _at_ms: int, _terms: Terms) -> Rule | None:
    """Rule 3. Nobody from whom the case is kept apart is near: living there, expected there, on the way there or able to come back there."""
    near = request.near
    if place.unit_id in near.units or place.project_id in near.projects or place.region in near.regions:
        return Rule.NEVER_WITH_EXPLOITERS
    return None


def minors(request: Request, place: Place, _at_ms: int, _terms: Terms) -> Rule | None:
    """Rule 4. Unaccompanied minors go where they alone are hosted, and no adult does; parents with children go where such families are hosted."""
    household = request.household
    if household.unaccompanied:
        return None if Host.UNACCOMPANIED_MINORS in place.hosts and not household.has_adults else Rule.MINORS
    if Host.UNACCOMPANIED_MINORS in place.hosts:
        return Rule.MINORS
    for wanted in household.family_hosts:
        if wanted.isdisjoint(place.hosts):
            return Rule.MINORS
    return None


def gender(request: Request, place: Place, _at_ms: int, _terms: Terms) -> Rule | None:
    """Rule 5. The unit hosts every adult as the person they say they are."""
    return None if request.household.hosts <= place.hosts else Rule.GENDER


def essential_needs(request: Request, place: Place, _at_ms: int, _terms: Terms) -> Rule | None:
    """Rule 6. Every essential need is met, a language where nobody else could be understood among them."""
    household = request.household
    if not household.essential <= place.offers:
        return Rule.ESSENTIAL_NEEDS
    for spoken in household.only_languages:
        if spoken.isdisjoint(place.languages):
            return Rule.ESSENTIAL_NEEDS
    return None


def agreement(request: Request, _place: Place, at_ms: int, terms: Terms) -> Rule | None:
    """Rule 7. Everybody who must agree does, for long enough still."""
    until = request.agreed_until_ms
    return None if until is not None and until - at_ms >= terms.policy.minimum_agreement_left_ms else Rule.AGREEMENT


def one_live_proposal(request: Request, _place: Place, _at_ms: int, _terms: Terms) -> Rule | None:
    """Rule 8. The case has no live proposal."""
    return Rule.ONE_LIVE_PROPOSAL if request.has_live_proposal else None


def freshness(_request: Request, place: Place, at_ms: int, terms: Terms) -> Rule | None:
    """Rule 9. Somebody has seen the free places not too long ago."""
    observed = place.observed_at_ms
    return None if observed is not None and observed > terms.clockwork.fresh_since(at_ms) else Rule.FRESHNESS


def people_decide(request: Request, _place: Place, _at_ms: int, _terms: Terms) -> Rule | None:
    """Rule 10. No unaccompanied minor is placed by a machine, and nobody for whom an operator was called in."""
    return Rule.PEOPLE_DECIDE if request.operator_decides or request.household.unaccompanied else None


def declined_before(request: Request, place: Place, _at_ms: int, _terms: Terms) -> Rule | None:
    """The unit declined this case, or let its proposal expire, and nothing has changed since."""
    return Rule.DECLINED_BEFORE if place.unit_id in request.parked else None


def on_duty(request: Request, place: Place, at_ms: int, terms: Terms) -> Rule | None:
    """An immediate request goes to projects on duty, for as long as they have to answer. The last rule: whatever it excludes would fit."""
    return None if not request.immediate or terms.clockwork.awake(place.project_id, at_ms) else Rule.ON_DUTY


PREDICATES: tuple[Predicate, ...] = (
    accepting,
    one_place_one_case,
    never_towards_danger,
    never_with_exploiters,
    minors,
    gender,
    essential_needs,
    agreement,
    one_live_proposal,
    freshness,
    people_decide,
    declined_before,
    on_duty,
)
"""In the order of `Rule`: the first that excludes is the one named."""


BINDING_PEOPLE: tuple[Predicate, ...] = tuple(
    predicate for predicate in PREDICATES if predicate not in (one_live_proposal, people_decide, declined_before)
)
"""What no choice of people overrides, in the order of `Rule`."""


_ABOUT_THE_REQUEST: tuple[Predicate, ...] = (agreement, one_live_proposal, people_decide)
"""They say the same of every place."""

_ABOUT_THE_UNIT: tuple[Predicate, ...] = (never_towards_danger, never_with_exploiters, minors, gender, essential_needs)
_BINDING_WHO_ASKS: tuple[Predicate, ...] = (*_ABOUT_THE_UNIT, *_ABOUT_THE_REQUEST, declined_before, on_duty)


def excluded_by(request: Request, place: Place, at_ms: int, terms: Terms) -> Rule | None:
    """The first rule that excludes a place for a request; None: it may be proposed."""
    for predicate in PREDICATES:
        rule = predicate(request, place, at_ms, terms)
        if rule is not None:
            return rule
    return None


_FEW = 4
"""To ask every rule of fewer places than these takes no longer than to find out which rules are worth asking."""


def excluded_among(request: Request, places: Sequence[Place], at_ms: int, terms: Terms) -> list[Rule | None]:
    """The first rule that excludes each place for a request; None: it may be proposed."""
    if not places:
        return []
    predicates = to_be_asked(request, places[0], at_ms, terms, places)
    found: list[Rule | None] = []
    for place in places:
        rule = None
        for predicate in predicates:
            rule = predicate(request, place, at_ms, terms)
            if rule is not None:
                break
        found.append(rule)
    return found


def to_be_asked(request: Request, any_place: Place, at_ms: int, terms: Terms, of: Collection[object] | None) -> tuple[Predicate, ...]:
    """The predicates to ask, in order, of so many places; None: of many."""
    if of is not None and len(of) < _FEW:
        return PREDICATES
    return by_hosts(that_may_exclude(request, any_place, at_ms, terms))


def that_may_exclude(request: Request, place: Place, at_ms: int, terms: Terms) -> tuple[Predicate, ...]:
    """The predicates worth asking of many places, in order: without those that say nothing of any place, as they say nothing of this one."""
    silent = {predicate for predicate in _ABOUT_THE_REQUEST if predicate(request, place, at_ms, terms) is None}
    if not request.parked:
        silent.add(declined_before)
    if not request.immediate:
        silent.add(on_duty)
    if request.near == NOWHERE:
        silent.add(never_with_exploiters)
    if request.zone == NO_DANGER and not request.dangers:
        silent.add(never_towards_danger)
    return tuple(predicate for predicate in PREDICATES if predicate not in silent)


_ABOUT_HOSTS: tuple[Predicate, ...] = (minors, gender)
"""They look at whom a unit hosts and at nothing else of it; one after another in the order of `Rule`."""


def by_hosts(predicates: Sequence[Predicate]) -> tuple[Predicate, ...]:
    """The same in effect, for one request and many places: what follows from whom a unit hosts is asked once for each such set."""
    if not all(predicate in predicates for predicate in _ABOUT_HOSTS):
        return tuple(predicates)
    known: dict[frozenset[Host], Rule | None] = {}

    def of_its_hosts(request: Request, place: Place, at_ms: int, terms: Terms) -> Rule | None:
        hosts = place.hosts
        if hosts in known:
            return known[hosts]
        known[hosts] = rule = minors(request, place, at_ms, terms) or gender(request, place, at_ms, terms)
        return rule

    first = predicates.index(minors)
    return (*predicates[:first], of_its_hosts, *predicates[first + len(_ABOUT_HOSTS) :])


def forbids_people(request: Request, place: Place, at_ms: int, terms: Terms) -> Rule | None:
    """The first rule that forbids even people to propose a place: all but the order in which the matcher would, and what is left to people anyway."""
    for predicate in BINDING_PEOPLE:
        rule = predicate(request, place, at_ms, terms)
        if rule is not None:
            return rule
    return None


def could_host(household: Household, place: Place) -> bool:
    """Whether the needs of a household alone leave the place possible: a necessary part of rules 4, 5 and 6, quick to ask."""
    if not (household.hosts <= place.hosts and household.essential <= place.offers):
        return False
    return not any(spoken.isdisjoint(place.languages) for spoken in household.only_languages)


def suits_by_hosts(request: Request, place: Place, at_ms: int, terms: Terms) -> bool:
    """Whether no rule that looks at whom a unit hosts, and at nothing else of it, excludes the place."""
    return all(predicate(request, place, at_ms, terms) is None for predicate in _ABOUT_HOSTS)


def worth_asking(request: Request, unseen: Iterable[Place], at_ms: int, terms: Terms) -> list[Place]:
    """Of units that suit it by whom they host (`suits_by_hosts`) and that nobody has counted lately (`OpenUnits.unseen`), those that could be asked as far as their size, what they offer
    and whether their project is on duty say: most of what is not asked falls here, so that this is no call of a rule for each."""
    essential, size, lives_in = request.household.essential, request.household.size, request.lives_in
    places = [place for place in unseen if size <= place.places and place.unit_id != lives_in]
    if essential:
        places = [place for place in places if essential <= place.offers]
    if request.immediate:
        awake = terms.clockwork.awake
        on_duty = {project_id for project_id in {place.project_id for place in places} if awake(project_id, at_ms)}
        places = [place for place in places if place.project_id in on_duty]
    return places


def may_be_asked(request: Request, any_place: Place, at_ms: int, terms: Terms) -> Callable[[Place], bool]:
    """Whether no rule forbids to ask a unit by inquiry whether it could take a household, for only a fresh figure is missing; of units that are `worth_asking`.

    Old and unknown figures are overcome by asking, whatever they say; nothing else is. A unit with a fresh figure has said already that it could not.
    """
    asking = by_hosts([predicate for predicate in that_may_exclude(request, any_place, at_ms, terms) if predicate in _BINDING_WHO_ASKS])

    def may_be(place: Place) -> bool:
        for predicate in asking:
            if predicate(request, place, at_ms, terms) is not None:
                return False
        return True

    return may_be


def still_safe(request: Request, place: Place, at_ms: int, terms: Terms) -> Rule | None:
    """The first of rules 2 to 7 that forbids a place already held for the request; an agreement counts to its last instant."""
    for predicate in _ABOUT_THE_UNIT:
        rule = predicate(request, place, at_ms, terms)
        if rule is not None:
            return rule
    return None if still_agreed(request, at_ms) else Rule.AGREEMENT


def still_agreed(request: Request, at_ms: int) -> bool:
    """Whether everybody who must agree does so at this instant."""
    return request.agreed_until_ms is not None and request.agreed_until_ms > at_ms
