"""The matcher of this release: requests in turn, each to the best place still free.

`Matcher` is the interface; a batch matcher that weighs all requests together can take its place. It promises one answer a request, in the order
given; that no two answers take the same place or bring together cases kept apart; and that every answer accounts for every place.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter, itemgetter

from coordinator.matching.place import Place
from coordinator.matching.request import Request, kept_apart
from coordinator.matching.safety import BINDING_PEOPLE, Predicate, declined_before, excluded_for_all, that_may_exclude
from coordinator.matching.score import score_parts, tie_break
from coordinator.matching.terms import Terms
from events.transfer import RULES_SHOWN_AS_SAFETY, Excluded, Scored
from events.vocabulary import Rule


@dataclass(frozen=True, slots=True)
class Answer:
    """What the matcher says of one request: `scored` best first, its first is the place to propose; empty: nothing fits."""

    case_id: str
    excluded: tuple[Excluded, ...]
    scored: tuple[Scored, ...]


_RULES = tuple(Rule)
_UNIT_ID = attrgetter("unit_id")

Matcher = Callable[[Sequence[Request], Sequence[Place], int, Terms, Mapping[str, int]], tuple[Answer, ...]]
"""(requests, most urgent first; places, sorted by unit; instant in ms; terms; load of each project in hundredths) -> one answer a request."""


def match(requests: Sequence[Request], places: Sequence[Place], at_ms: int, terms: Terms, loads: Mapping[str, int]) -> tuple[Answer, ...]:
    """Answers, one a request. Every place stands in each answer exactly once."""
    if not requests:
        return ()
    left, for_all = excluded_for_all(places, min(request.household.size for request in requests))
    placed: dict[str, Place] = {}
    answers: list[Answer] = []
    for request in requests:
        apart = request
        for other in sorted(request.apart_from & placed.keys()):
            apart = kept_apart(apart, placed[other], terms.policy)
        answer = _answer(apart, left, at_ms, terms, loads, for_all)
        if answer.scored:
            index = bisect_left(left, answer.scored[0].unit_id, key=_UNIT_ID)
            chosen = left[index]
            left[index] = replace(chosen, free=chosen.free - request.household.size)
            placed[request.case_id] = chosen
        answers.append(answer)
    return tuple(answers)


def match_by_people(request: Request, places: Sequence[Place], at_ms: int, terms: Terms, loads: Mapping[str, int]) -> Answer:
    """How the places rank for a request where people choose: rules 8 and 10 are theirs. A unit that had declined is no better place."""
    return _answer(request, places, at_ms, terms, loads, {}, (*BINDING_PEOPLE, declined_before))


def _answer(
    request: Request,
    places: Sequence[Place],
    at_ms: int,
    terms: Terms,
    loads: Mapping[str, int],
    for_all: Mapping[Rule, list[str]],
    asking: tuple[Predicate, ...] | None = None,
) -> Answer:
    """The answer for one request, from places sorted by unit, beside those excluded `for_all` requests. `asking`: these predicates; None: all."""
    predicates = asking if asking is not None else (that_may_exclude(request, places[0], at_ms, terms) if places else ())
    excluded = {rule: list(units) for rule, units in for_all.items()}
    fitting: list[tuple[int, bytes, Scored]] = []
    for place in places:
        for predicate in predicates:
            rule = predicate(request, place, at_ms, terms)
            if rule is not None:
                excluded.setdefault(rule, []).append(place.unit_id)
                break
        else:
            parts = score_parts(request, place, at_ms, terms, loads.get(place.project_id, 0))
            total = sum(parts)
            fitting.append((-total, tie_break(request, place), Scored(place.unit_id, parts, total, place.observed_at_ms or 0)))
    fitting.sort(key=itemgetter(0, 1))
    return Answer(request.case_id, _shown(excluded), tuple([scored for _, _, scored in fitting]))


def _shown(excluded: Mapping[Rule, list[str]]) -> tuple[Excluded, ...]:
    """Rules with the units they excluded, in the order of `Rule`. Rules 2 and 3 are one, so that an explanation does not tell a danger from a link."""
    shown: dict[str, list[str]] = {}
    for rule in _RULES:
        if rule in excluded:
            shown.setdefault("safety" if rule in RULES_SHOWN_AS_SAFETY else rule.value, []).extend(excluded[rule])
    return tuple(Excluded(name, tuple(sorted(units))) for name, units in shown.items())
