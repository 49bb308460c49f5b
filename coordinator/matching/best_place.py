"""The matcher of this release: requests in turn, each to the best place still free.

`Matcher` is the interface; a batch matcher that weighs all requests together can take its place. It promises one answer a request, in the order
given; that no two answers take the same place or bring together cases kept apart; and that every answer accounts for every place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from coordinator.matching.place import Place
from coordinator.matching.request import Request, kept_apart
from coordinator.matching.safety import excluded_by
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


Matcher = Callable[[Sequence[Request], Sequence[Place], int, Terms, Mapping[str, int]], tuple[Answer, ...]]
"""(requests, most urgent first; places, sorted by unit; instant in ms; terms; load of each project in hundredths) -> one answer a request."""


def match(requests: Sequence[Request], places: Sequence[Place], at_ms: int, terms: Terms, loads: Mapping[str, int]) -> tuple[Answer, ...]:
    """Answers, one a request. Every place stands in each answer exactly once."""
    left = {place.unit_id: place for place in places}
    placed: dict[str, Place] = {}
    answers: list[Answer] = []
    for request in requests:
        apart = request
        for other in sorted(request.apart_from & placed.keys()):
            apart = kept_apart(apart, placed[other], terms.policy)
        answer = _answer(apart, left.values(), at_ms, terms, loads)
        if answer.scored:
            chosen = left[answer.scored[0].unit_id]
            left[chosen.unit_id] = replace(chosen, free=chosen.free - request.household.size)
            placed[request.case_id] = chosen
        answers.append(answer)
    return tuple(answers)


def _answer(request: Request, places: Iterable[Place], at_ms: int, terms: Terms, loads: Mapping[str, int]) -> Answer:
    """The answer for one request, from places sorted by unit."""
    excluded: dict[str, list[str]] = {}
    fitting: list[tuple[int, bytes, Scored]] = []
    for place in places:
        rule = excluded_by(request, place, at_ms, terms)
        if rule is not None:
            excluded.setdefault(_SHOWN_AS[rule], []).append(place.unit_id)
            continue
        parts = score_parts(request, place, at_ms, terms, loads.get(place.project_id, 0))
        total = sum(parts)
        fitting.append((-total, tie_break(request, place), Scored(place.unit_id, parts, total, place.observed_at_ms or 0)))
    fitting.sort(key=itemgetter(0, 1))
    return Answer(
        request.case_id,
        tuple(Excluded(shown, tuple(excluded[shown])) for shown in _ORDER_SHOWN if shown in excluded),
        tuple(scored for _, _, scored in fitting),
    )


_SHOWN_AS: dict[Rule, str] = {rule: "safety" if rule in RULES_SHOWN_AS_SAFETY else rule.value for rule in Rule}
"""Rules 2 and 3 are shown together, so that an explanation does not tell a danger from a link."""
_ORDER_SHOWN: tuple[str, ...] = tuple(dict.fromkeys(_SHOWN_AS[rule] for rule in Rule))
