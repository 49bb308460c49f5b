"""Today's practice as a matcher, to compare with: whoever asked first is served first, with the first place on the list that would do.

Who is told that nothing is free is looked at again the next morning, as the list of free places goes round; whoever had a place proposed to them and
lost it is looked at again at once. Every rule of safety binds it all the same: what differs is the order, and that no place is better than another.
Not part of the product.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from coordinator.matching.best_place import Answer, first_answers, match
from coordinator.matching.open_units import OpenUnits
from coordinator.matching.place import Place
from coordinator.matching.request import Request, kept_apart
from coordinator.matching.terms import Terms
from coordinator.matching.weighing import Fitting
from ops.demand.hours import DAY_MS, HOUR_MS, local

_MORNING_MS = 8 * HOUR_MS
"""Local time at which the list of free places goes round. Assumed."""


class FirstCome:
    """A `Matcher` that remembers who came when, and who was told today that nothing is free. One serves one rehearsal."""

    def __init__(self) -> None:
        self._arrivals: dict[str, int] = {}
        self._nothing_free: dict[str, tuple[int, Answer]] = {}

    def __call__(
        self, requests: Sequence[Request], units: OpenUnits, at_ms: int, terms: Terms, loads: Mapping[str, int], most: int | None = None
    ) -> tuple[Answer, ...]:
        """As `Matcher` promises, but that nobody has looked at more units than the one that would do. Who has been told already today is told the same."""
        return first_answers(lambda asked: self._in_turn(asked, units, at_ms, terms, loads), requests, most)

    def _in_turn(self, requests: Sequence[Request], units: OpenUnits, at_ms: int, terms: Terms, loads: Mapping[str, int]) -> tuple[Answer, ...]:
        for request in requests:
            self._arrivals.setdefault(request.transfer_id, len(self._arrivals))
        placed: dict[str, Place] = {}
        answers: dict[str, Answer] = {}
        for request in sorted(requests, key=lambda request: self._arrivals[request.transfer_id]):
            apart = request
            for other in sorted(request.apart_from & placed.keys()):
                apart = kept_apart(apart, placed[other], terms.policy)
            answer = answers[request.case_id] = self._answer(apart, units, at_ms, terms, loads)
            if answer.best is not None:
                placed[request.case_id] = answer.best.place
                units = units.put(replace(answer.best.place, free=answer.best.place.free - request.household.size))
        return tuple(answers[request.case_id] for request in requests)

    def _answer(self, request: Request, units: OpenUnits, at_ms: int, terms: Terms, loads: Mapping[str, int]) -> Answer:
        today = (local(at_ms) - _MORNING_MS) // DAY_MS
        day, told = self._nothing_free.get(request.transfer_id, (None, None))
        if told is not None and day == today:
            return told
        (answer,) = match([request], units, at_ms, terms, loads)
        if answer.best is None:
            self._nothing_free[request.transfer_id] = (today, answer)
            return answer
        self._nothing_free.pop(request.transfer_id, None)
        first = min(answer.weighed.fitting, key=_on_the_list)
        return replace(answer, weighed=replace(answer.weighed, fitting=(first,)), best=first)


def _on_the_list(fitting: Fitting) -> bytes:
    """Units in an order that nothing about them decides, the same on every day."""
    return hashlib.sha256(fitting.place.unit_id.encode()).digest()
