"""The matcher of this release: requests in turn, each to the best place still free.

`Matcher` is the interface: a matcher that weighs all requests together can take its place. It promises one answer a request, in the order given; that no two answers take the same place or bring together cases kept apart; and that every answer can
account for every open unit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from coordinator.matching.accounting import Account, account
from coordinator.matching.open_units import OpenUnits
from coordinator.matching.place import Place
from coordinator.matching.request import Request, kept_apart
from coordinator.matching.safety import BINDING_PEOPLE, declined_before
from coordinator.matching.scarcity import priced_as, stock_of
from coordinator.matching.terms import Terms
from coordinator.matching.weighing import Fitting, Weighed, weigh


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the matcher says of one request."""

    weighed: Weighed
    """The request against the places that had room."""
    units: OpenUnits
    """Every open unit, as it stood when this request was answered: what requests before it take is taken."""
    best: Fitting | None
    """The place to propose; None: nothing fits."""

    @property
    def case_id(self) -> str:
        """Whose request it is."""
        return self.weighed.request.case_id

    def account(self, *, whole: bool = False) -> Account:
        """Every open unit: excluded by which rule, or scored how. `whole`: everything named."""
        return account(self.weighed, self.units, whole=whole)


Matcher = Callable[[Sequence[Request], OpenUnits, int, Terms, Mapping[str, int]], tuple[Answer, ...]]
"""(requests, most urgent first; every open unit; instant in ms; terms; load of each project in hundredths) -> one answer a request."""


def match(requests: Sequence[Request], units: OpenUnits, at_ms: int, terms: Terms, loads: Mapping[str, int]) -> tuple[Answer, ...]:
    """Answers, one a request. `requests`: most urgent first; `loads`: of each project, in hundredths."""
    stock = stock_of(units, terms, at_ms)
    placed: dict[str, Place] = {}
    answers: list[Answer] = []
    for request in requests:
        apart = request
        for other in sorted(request.apart_from & placed.keys()):
            apart = kept_apart(apart, placed[other], terms.policy)
        weighed = weigh(apart, units.roomy(request.household.size), at_ms, terms, loads, stock)
        best = weighed.best()
        answers.append(Answer(weighed, units, best))
        if best is not None:
            units = units.put(replace(best.place, free=best.place.free - request.household.size))
            placed[request.case_id] = best.place
            kind = priced_as(best.place, terms)
            if kind in stock:
                stock[kind] -= request.household.size
    return tuple(answers)


def match_by_people(request: Request, units: OpenUnits, at_ms: int, terms: Terms, loads: Mapping[str, int]) -> Answer:
    """How the places rank for a request where people choose: rules 8 and 10 are theirs. A unit that had declined is no better place."""
    weighed = weigh(
        request, units.roomy(request.household.size), at_ms, terms, loads, stock_of(units, terms, at_ms), (*BINDING_PEOPLE, declined_before)
    )
    return Answer(weighed, units, weighed.best())
