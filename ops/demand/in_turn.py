"""A yardstick beside the product's matcher: each request in turn has the best place left, whoever could have gone nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from coordinator.matching.best_place import Answer, first_answers, match
from coordinator.matching.open_units import OpenUnits
from coordinator.matching.place import Place
from coordinator.matching.request import Request, kept_apart
from coordinator.matching.terms import Terms


def match_in_turn(
    requests: Sequence[Request], units: OpenUnits, at_ms: int, terms: Terms, loads: Mapping[str, int], most: int | None = None
) -> tuple[Answer, ...]:
    """A `Matcher` that serves requests one after another, in the order given."""
    return first_answers(lambda asked: _in_turn(asked, units, at_ms, terms, loads), requests, most)


def _in_turn(requests: Sequence[Request], units: OpenUnits, at_ms: int, terms: Terms, loads: Mapping[str, int]) -> tuple[Answer, ...]:
    placed: dict[str, Place] = {}
    answers: list[Answer] = []
    for request in requests:
        apart = request
        for other in sorted(request.apart_from & placed.keys()):
            apart = kept_apart(apart, placed[other], terms.policy)
        (answer,) = match([apart], units, at_ms, terms, loads)
        if answer.best is not None:
            place = answer.best.place
            units = units.put(replace(place, free=place.free - request.household.size))
            placed[request.case_id] = place
        answers.append(answer)
    return tuple(answers)
