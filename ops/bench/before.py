"""The matcher of before, for comparison alone: requests in turn, and for each a list of every unit, of which every rule is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coordinator.matching.best_place import Answer, first_answers
from coordinator.matching.open_units import OpenUnits
from coordinator.matching.place import Place
from coordinator.matching.request import Request, kept_apart
from coordinator.matching.safety import excluded_by
from coordinator.matching.scarcity import Pricing, stock_of
from coordinator.matching.score import score_parts
from coordinator.matching.terms import Terms
from coordinator.matching.weighing import Fitting, Weighed
from events.vocabulary import Rule


def match_as_before(
    requests: Sequence[Request], units: OpenUnits, at_ms: int, terms: Terms, loads: Mapping[str, int], most: int | None = None
) -> tuple[Answer, ...]:
    """See `Matcher`. The same answers."""
    return first_answers(lambda asked: _in_turn(asked, units, at_ms, terms, loads), requests, most)


def _in_turn(requests: Sequence[Request], units: OpenUnits, at_ms: int, terms: Terms, loads: Mapping[str, int]) -> tuple[Answer, ...]:
    stock = stock_of(units, terms, at_ms)
    placed: dict[str, Place] = {}
    answers: list[Answer] = []
    for request in requests:
        apart = request
        for other in sorted(request.apart_from & placed.keys()):
            apart = kept_apart(apart, placed[other], terms.policy)
        weighed = _weigh(replace(apart, only=None), list(units), at_ms, terms, loads, stock)
        best = weighed.best()
        answers.append(Answer(weighed, units, best))
        if best is not None:
            units = units.put(replace(best.place, free=best.place.free - request.household.size))
            placed[request.case_id] = best.place
    return tuple(answers)


def _weigh(request: Request, places: Sequence[Place], at_ms: int, terms: Terms, loads: Mapping[str, int], stock: Mapping[str, int]) -> Weighed:
    excluded: dict[Rule, list[str]] = {}
    fitting: list[Fitting] = []
    for place in places:
        rule = excluded_by(request, place, at_ms, terms)
        if rule is None:
            parts = score_parts(request, place, at_ms, terms, loads.get(place.project_id, 0), stock)
            fitting.append(Fitting(sum(parts), parts, place))
        elif rule is not Rule.ACCEPTING and (rule is not Rule.ONE_PLACE_ONE_CASE or place.unit_id == request.lives_in):
            excluded.setdefault(rule, []).append(place.unit_id)
    return Weighed(request, excluded, fitting, Pricing(stock, terms, at_ms))
