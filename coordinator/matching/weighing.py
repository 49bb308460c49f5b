"""One request held against the places that have room for it: the rule that excludes each, or how well it suits.

Rules `accepting` and `one_place_one_case` are answered by `OpenUnits` for most places; what is weighed here are the others. `coordinator.matching.accounting` puts
both together where somebody is owed an account of every unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from coordinator.matching.place import Place
from coordinator.matching.request import Request
from coordinator.matching.safety import Predicate, by_hosts, to_be_asked
from coordinator.matching.scarcity import Pricing
from coordinator.matching.score import scoring, tie_break
from coordinator.matching.terms import Terms
from coordinator.matching.worth import may_wait, worth
from events.transfer import ScarcityTold
from events.vocabulary import Rule


class Fitting(NamedTuple):
    """A place that no rule excludes, with its score."""

    total: int
    parts: tuple[int, ...]
    place: Place


Ranked = tuple[int, bytes, Fitting]


@dataclass(frozen=True, slots=True, eq=False)
class Weighed:
    """What there is to say of the places with room."""

    request: Request
    excluded: Mapping[Rule, Sequence[str]]
    """Units by the rule that excludes them, sorted."""
    fitting: Sequence[Fitting]
    """Sorted by unit."""
    pricing: Pricing
    """What the places cost."""
    _ranked: list[Ranked] = field(init=False, repr=False, default_factory=list)
    """The longest that was asked for of `ranked`: where a decision goes through several rounds, ties are broken once."""

    @property
    def scarcity(self) -> ScarcityTold | None:
        """Whether scarcity weights played a part; None: the policy says nothing of them."""
        return self.pricing.told([fitting.place for fitting in self.fitting])

    def best(self) -> Fitting | None:
        """The place to propose; None: nothing fits."""
        if len(self.fitting) < 2:
            return self.fitting[0] if self.fitting else None
        highest = max([fitting.total for fitting in self.fitting])
        return min((fitting for fitting in self.fitting if fitting.total == highest), key=lambda fitting: tie_break(self.request, fitting.place))

    def in_order(self, most: int | None = None) -> list[Fitting]:
        """Those that fit, best first; at most so many, None: all."""
        return [fitting for *_, fitting in self.ranked(most)]

    def ranked(self, most: int | None = None) -> list[Ranked]:
        """The same, each with its score, negated, and its tie-break: what it is ranked by."""
        wanted = len(self.fitting) if most is None else min(most, len(self.fitting))
        if len(self._ranked) < wanted:
            least = sorted([fitting.total for fitting in self.fitting], reverse=True)[wanted - 1]
            request = self.request
            best = [(-fitting.total, tie_break(request, fitting.place), fitting) for fitting in self.fitting if fitting.total >= least]
            self._ranked[:] = sorted(best)[:wanted]
        return self._ranked[:wanted]


def weigh(
    request: Request,
    roomy: Iterable[Place],
    at_ms: int,
    terms: Terms,
    loads: Mapping[str, int],
    pricing: Pricing,
    asking: Sequence[Predicate] | None = None,
) -> Weighed:
    """A request against places with room for it, sorted by unit.

    `loads`: of each project, in hundredths; `asking`: these predicates, for people to choose by; None: all, and what is worth more to others is kept for
    them where the request may wait.
    """
    excluded: dict[Rule, list[str]] = {}
    fitting: list[Fitting] = []
    waits = asking is None and may_wait(request, at_ms, terms)
    parts_of = scoring(request, at_ms, terms, pricing)
    predicates: Sequence[Predicate] | None = None
    for place in roomy:
        if predicates is None:
            predicates = by_hosts(asking) if asking is not None else to_be_asked(request, place, at_ms, terms, request.only)
        for predicate in predicates:
            rule = predicate(request, place, at_ms, terms)
            if rule is not None:
                excluded.setdefault(rule, []).append(place.unit_id)
                break
        else:
            parts = parts_of(place, loads.get(place.project_id, 0))
            total = sum(parts)
            if waits and worth(request, total, terms) < 0:
                excluded.setdefault(Rule.KEPT_FOR_OTHERS, []).append(place.unit_id)
            else:
                fitting.append(Fitting(total, parts, place))
    return Weighed(request, excluded, fitting, pricing)
