"""Requests that compete for places at one moment: which gets which, by the assignment that is worth most to the network (`coordinator.matching.assignment`).

A place is worth, to a request, its people times the value of its urgency, and the score. As long as something fits, a request gains by getting it, however
little its score: nobody is left without beside a place that stays free.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from coordinator.matching.assignment import Choice, Near, Seeker, assign
from coordinator.matching.place import Place
from coordinator.matching.request import NOWHERE, URGENCY_RANK, Request, near_also
from coordinator.matching.terms import Terms
from coordinator.matching.weighing import Weighed
from coordinator.matching.worth import worth


@dataclass(frozen=True, slots=True)
class Given:
    """Which request has which place."""

    places: Mapping[str, Place]
    """By case; without those who have none."""
    taken: Mapping[str, int]
    """By unit: people who are given room there."""
    short_by: Mapping[str, int]
    """By case: what the places given to it and its rivals may be worth less than the most possible, in points; 0, or not there: proven."""


def given(weighed: Sequence[Weighed], terms: Terms) -> Given:
    """The assignment of requests to the places that fit each; the order in which they come says nothing."""
    asking = [each for each in weighed if each.fitting]
    firsts = _if_nobody_competes(asking)
    if firsts is not None:
        return firsts
    asking = _without_the_hopeless(asking, terms)
    firsts = _if_one_place_is_left(asking)
    if firsts is not None:
        return firsts
    asking.sort(key=lambda each: order_of_service(each.request))
    index_of = {each.request.case_id: index for index, each in enumerate(asking)}
    places = sorted({fitting.place.unit_id: fitting.place for each in asking for fitting in each.fitting}.items())
    number_of = {unit_id: number for number, (unit_id, _) in enumerate(places)}
    apart: list[set[int]] = [set() for _ in asking]
    for index, each in enumerate(asking):
        for other in each.request.apart_from & index_of.keys():
            apart[index].add(index_of[other])
            apart[index_of[other]].add(index)
    seekers = [
        Seeker(each.request.household.size, _choices(each, None if others else len(asking), terms, number_of), frozenset(others))
        for each, others in zip(asking, apart, strict=True)
    ]
    near = Near([_neighbourhoods(place, terms) for _, place in places] if any(apart) else ())
    found = assign(seekers, [place.free for _, place in places], near)
    given_to: dict[str, Place] = {}
    taken: dict[str, int] = {}
    for each, number in zip(asking, found.places, strict=True):
        if number is not None:
            unit_id, given_to[each.request.case_id] = places[number]
            taken[unit_id] = taken.get(unit_id, 0) + each.request.household.size
    return Given(given_to, taken, {each.request.case_id: short_by for each, short_by in zip(asking, found.short_by, strict=True) if short_by})


def order_of_service(request: Request) -> tuple[int, int, bytes]:
    """Most urgent first, then who has waited longest, then by a hash: nobody is favoured by a name."""
    return URGENCY_RANK[request.urgency], request.requested_at_ms, hashlib.sha256(request.transfer_id.encode()).digest()


def _if_nobody_competes(asking: Sequence[Weighed]) -> Given | None:
    """Everybody has what suits them best, where nothing of it is wanted by more than it has room for, and nobody is kept apart; None: they compete."""
    places: dict[str, Place] = {}
    taken: dict[str, int] = {}
    for each in asking:
        best = each.best()
        assert best is not None
        place = best.place
        places[each.request.case_id] = place
        taken[place.unit_id] = taken.get(place.unit_id, 0) + each.request.household.size
        if taken[place.unit_id] > place.free:
            return None
    if any(not each.request.apart_from.isdisjoint(places) for each in asking):
        return None
    return Given(places, taken, {})


def _without_the_hopeless(asking: Sequence[Weighed], terms: Terms) -> list[Weighed]:
    """Without those whom one place alone fits, where there are as many others of their size whom it alone fits as it has room for, and who are worth more there,
    or as much and are served before. Not those who are kept apart from somebody: to them it may be closed.

    The assignment would find the same; but a place that opens is often all that hundreds of requests could have.
    """
    kept: list[Weighed] = []
    only: dict[tuple[str, int], list[Weighed]] = {}
    apart = {case_id for each in asking for case_id in each.request.apart_from}
    for each in asking:
        request = each.request
        if len(each.fitting) > 1 or request.apart_from or request.case_id in apart:
            kept.append(each)
        else:
            only.setdefault((each.fitting[0].place.unit_id, request.household.size), []).append(each)
    for rivals in only.values():
        place, size = rivals[0].fitting[0].place, rivals[0].request.household.size
        kept += rivals if len(rivals) * size <= place.free else _best(rivals, place.free // size, terms)
    return kept


def _best(rivals: Sequence[Weighed], most: int, terms: Terms) -> list[Weighed]:
    """So many of those whom one and the same place fits: worth most there, then first served. The order of service is worked out only where it may decide."""
    worths = [max(1, worth(each.request, each.fitting[0].total, terms)) for each in rivals]
    least = min(nlargest(most, worths), default=None)
    if least is None:
        return []
    ranked = [(-mine, order_of_service(each.request), each) for each, mine in zip(rivals, worths, strict=True) if mine >= least]
    ranked.sort(key=lambda item: item[:2])
    return [each for *_, each in ranked[:most]]


def _if_one_place_is_left(asking: Sequence[Weighed]) -> Given | None:
    """Everybody has the one place there is; None: there is more to choose from, or not room for all."""
    if not asking:
        return None
    first, people = asking[0].fitting[0].place, 0
    for each in asking:
        request = each.request
        people += request.household.size
        if len(each.fitting) > 1 or each.fitting[0].place.unit_id != first.unit_id or request.apart_from:
            return None
    return Given({each.request.case_id: first for each in asking}, {first.unit_id: people}, {}) if people <= first.free else None


def _choices(weighed: Weighed, most: int | None, terms: Terms, number_of: Mapping[str, int]) -> tuple[Choice, ...]:
    """What the best places are worth; at least one point, so that a request is not left without though a place fits.

    `most`: so many are enough, for each of the others can take no more than one of them away; None: all.
    """
    request = weighed.request
    lift = max(0, 1 - worth(request, min([fitting.total for fitting in weighed.fitting]), terms))
    return tuple(
        [Choice(number_of[fitting.place.unit_id], worth(request, fitting.total, terms) + lift, tie) for _, tie, fitting in weighed.ranked(most)]
    )


def _neighbourhoods(place: Place, terms: Terms) -> frozenset[str]:
    """What must not be shared by two who are kept apart: the unit, and as policy calls it near, the project or region."""
    near = near_also(NOWHERE, place, terms.policy)
    return frozenset({f"{kind} {name}" for kind, names in (("u", near.units), ("p", near.projects), ("r", near.regions)) for name in names})
