"""The matcher: each request to the best place that is left beside what the others are given, all of them weighed together where they compete.

`Matcher` is the interface. It promises one answer a request, in the order given, which otherwise says nothing; that no two answers take the same place or bring
together cases kept apart; and that every answer can account for every open unit, as all answers together leave it, but that of a request which was looked
for in some units only and has none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from coordinator.matching.accounting import Account, account
from coordinator.matching.competition import Given, given
from coordinator.matching.open_units import OpenUnits
from coordinator.matching.request import Request, kept_apart
from coordinator.matching.safety import BINDING_PEOPLE, declined_before, never_with_exploiters
from coordinator.matching.scarcity import scarcity_told, stock_of
from coordinator.matching.terms import Terms
from coordinator.matching.weighing import Fitting, Weighed, weigh
from events.vocabulary import Rule


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What the matcher says of one request."""

    weighed: Weighed
    """The request against the places that had room: those that go to others in the same decision are excluded as taken."""
    units: OpenUnits
    """Every open unit, as it stood before anybody was given anything."""
    best: Fitting | None
    """The place to propose; None: nothing fits, or others take what does."""
    short_by: int = 0
    """By how many points at most the answers to this request and its rivals together fall short of the best; 0: they are proven best."""

    @property
    def case_id(self) -> str:
        """Whose request it is."""
        return self.weighed.request.case_id

    def account(self, *, whole: bool = False) -> Account:
        """Every open unit: excluded by which rule, or scored how. `whole`: everything named."""
        return account(self.weighed, self.units, whole=whole)


Matcher = Callable[[Sequence[Request], OpenUnits, int, Terms, Mapping[str, int]], tuple[Answer, ...]]
"""(requests; every open unit; instant in ms; terms; load of each project in hundredths) -> one answer a request."""


def match(requests: Sequence[Request], units: OpenUnits, at_ms: int, terms: Terms, loads: Mapping[str, int]) -> tuple[Answer, ...]:
    """Answers, one a request. `loads`: of each project, in hundredths."""
    stock = stock_of(units, terms, at_ms)

    def weighed_in(request: Request) -> Weighed:
        return weigh(request, units.worth_weighing(request), at_ms, terms, loads, stock)

    weighed = [weighed_in(request) for request in requests]
    decided = given(weighed, terms)
    answers: list[Answer] = []
    for each in weighed:
        request, own = each.request, decided.places.get(each.request.case_id)
        if request.only is not None and own is not None:
            each = weighed_in(replace(request, only=None))  # whoever is given a place is owed an account of every unit
        left = _beside_the_others(each, decided, at_ms, terms, stock) if len(weighed) > 1 else each
        best = (
            left.best() if request.only is None else next((fitting for fitting in left.fitting if own and fitting.place.unit_id == own.unit_id), None)
        )
        answers.append(Answer(left, units, best, decided.short_by.get(request.case_id, 0)))
    return tuple(answers)


def _beside_the_others(weighed: Weighed, decided: Given, at_ms: int, terms: Terms, stock: Mapping[str, int]) -> Weighed:
    """A request beside what the others are given: places that would fit and are theirs now, or near somebody to keep apart, are excluded as such."""
    request = weighed.request
    size, own = request.household.size, decided.places.get(request.case_id)
    apart = request
    for other in sorted(request.apart_from & decided.places.keys()):
        apart = kept_apart(apart, decided.places[other], terms.policy)
    left: list[Fitting] = []
    lost: dict[Rule, list[str]] = {}
    for fitting in weighed.fitting:
        place = fitting.place
        others = decided.taken.get(place.unit_id, 0) - (size if own is not None and own.unit_id == place.unit_id else 0)
        rule = Rule.TAKEN_BY_ANOTHER if others and place.free - others < size else None
        if rule is None and apart is not request:
            rule = never_with_exploiters(apart, place, at_ms, terms)
        if rule is None:
            left.append(fitting)
        else:
            lost.setdefault(rule, []).append(place.unit_id)
    if not lost:
        return weighed
    excluded = {**weighed.excluded, **{rule: sorted([*weighed.excluded.get(rule, ()), *units]) for rule, units in lost.items()}}
    return Weighed(request, excluded, left, scarcity_told([fitting.place for fitting in left], stock, terms, at_ms))


def match_by_people(request: Request, units: OpenUnits, at_ms: int, terms: Terms, loads: Mapping[str, int]) -> Answer:
    """How the places rank for a request where people choose: rules 8 and 10 are theirs. A unit that had declined is no better place."""
    weighed = weigh(
        request, units.roomy(request.household.size), at_ms, terms, loads, stock_of(units, terms, at_ms), (*BINDING_PEOPLE, declined_before)
    )
    return Answer(weighed, units, weighed.best())
