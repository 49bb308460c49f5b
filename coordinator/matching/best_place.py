"""The matcher: each request to the best place that is left beside what the others are given, all of them weighed together where they compete.

`Matcher` is the interface. It promises one answer a request, in the order given, which otherwise says nothing; that no two answers take the same place or bring
together cases kept apart; and that every answer can account for every open unit, as all answers together leave it, but that of a request which was looked
for in some units only and has none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from coordinator.matching.accounting import Account, account
from coordinator.matching.competition import Given, given
from coordinator.matching.open_units import OpenUnits
from coordinator.matching.request import Request, kept_apart, looked_for
from coordinator.matching.safety import BINDING_PEOPLE, declined_before, never_with_exploiters
from coordinator.matching.scarcity import pricing_of
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


class Matcher(Protocol):
    """What answers requests."""

    def __call__(
        self, requests: Sequence[Request], units: OpenUnits, at_ms: int, terms: Terms, loads: Mapping[str, int], most: int | None = None, /
    ) -> tuple[Answer, ...]:
        """Requests; every open unit; instant; terms; load of each project in hundredths -> one answer a request.

        `most`: where more than so many (at least one) would be given a place, only the first of the requests are answered, as if they alone were there; None:
        all are.
        """


def first_answers(answers_to: Callable[[Sequence[Request]], tuple[Answer, ...]], requests: Sequence[Request], most: int | None) -> tuple[Answer, ...]:
    """What `most` asks of a `Matcher`, for one that answers whatever it is asked."""
    while True:
        answers = answers_to(requests)
        placed = [index for index, answer in enumerate(answers) if answer.best is not None]
        if most is None or len(placed) <= most:
            return answers
        requests = requests[: placed[most - 1] + 1]


def match(
    requests: Sequence[Request], units: OpenUnits, at_ms: int, terms: Terms, loads: Mapping[str, int], most: int | None = None
) -> tuple[Answer, ...]:
    """Answers, one a request. `loads`: of each project, in hundredths; `most`: as a `Matcher` promises."""
    pricing = pricing_of(units, terms, at_ms)

    def weighed_in(request: Request) -> Weighed:
        return weigh(request, units.worth_weighing(request), at_ms, terms, loads, pricing)

    weighed = [weighed_in(request) for request in requests]
    decided = given(weighed, terms)
    while most is not None and len(decided.places) > most:
        placed = [index for index, each in enumerate(weighed) if each.request.case_id in decided.places]
        weighed = weighed[: placed[most - 1] + 1]
        decided = given(weighed, terms)
    answers: list[Answer] = []
    for each in weighed:
        request, own = each.request, decided.places.get(each.request.case_id)
        if request.only is not None:
            if own is None:  # nobody is owed an account of it: somebody else has what it might have had
                answers.append(Answer(each, units, None, decided.short_by.get(request.case_id, 0)))
                continue
            each = weighed_in(looked_for(request, None))  # whoever is given a place is owed an account of every unit
        left = _beside_the_others(each, decided, at_ms, terms) if len(weighed) > 1 else each
        best = (
            left.best() if request.only is None else next((fitting for fitting in left.fitting if own and fitting.place.unit_id == own.unit_id), None)
        )
        answers.append(Answer(left, units, best, decided.short_by.get(request.case_id, 0)))
    return tuple(answers)


def _beside_the_others(weighed: Weighed, decided: Given, at_ms: int, terms: Terms) -> Weighed:
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
    return Weighed(request, excluded, left, weighed.pricing)


def match_by_people(request: Request, units: OpenUnits, at_ms: int, terms: Terms, loads: Mapping[str, int]) -> Answer:
    """How the places rank for a request where people choose: rules 8 and 10 are theirs. A unit that had declined is no better place."""
    roomy, pricing = units.roomy(request.household.size), pricing_of(units, terms, at_ms)
    weighed = weigh(request, roomy, at_ms, terms, loads, pricing, (*BINDING_PEOPLE, declined_before))
    return Answer(weighed, units, weighed.best())
