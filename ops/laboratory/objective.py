"""What a schedule is worth: V of the laboratory, in points (10 points are one unit of V), the same for every policy and for hindsight.

V is the sum over placed requests of persons x urgency value + fit, less a small cost of waiting. Placed means proposed before the request's deadline and
accepted. Thrift is a means and fairness an outcome that is reported; neither is in V.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coordinator.matching.place import Place
from coordinator.matching.request import Request
from coordinator.matching.score import score_parts
from coordinator.matching.terms import Terms
from events.vocabulary import Urgency
from ops.demand.hours import DAY_MS
from ops.laboratory.instance import Asked, Instance, Yes

POINTS_A_UNIT = 10
"""Points in one unit of V."""
URGENCY_POINTS: Mapping[Urgency, int] = {Urgency.IMMEDIATE: 4000, Urgency.WITHIN_DAYS: 2000, Urgency.PLANNED: 1000}
"""For each person placed. A choice of people."""
FIT_PARTS = 5
"""The first of the score parts: language, preferred need, level, wished region, distance from danger. The others are thrift, fairness and freshness."""
MOST_FIT_A_PERSON = 200
"""Points."""
WAITING_POINTS_A_DAY = 10
"""For each person and day between the request and the proposal that was accepted: of two equal places the earlier one is better, and no more."""


@dataclass(frozen=True, slots=True, order=True)
class Placement:
    """A proposal that was made and accepted."""

    asked: int
    """Index of the request."""
    unit: int
    """Index of the unit."""
    at_ms: int
    """When it was proposed."""


def fit_points(request: Request, place: Place, terms: Terms) -> int:
    """How well the place suits the people, in points; it depends on neither the instant nor what else is taken."""
    return min(sum(score_parts(request, place, 0, terms, 0, {})[:FIT_PARTS]), MOST_FIT_A_PERSON * request.household.size)


def waiting_points(persons: int, waited_ms: int) -> int:
    """What a wait costs."""
    return persons * WAITING_POINTS_A_DAY * waited_ms // DAY_MS


def placement_points(instance: Instance, asked: Asked, unit: int, at_ms: int, urgency_points: Mapping[Urgency, int] = URGENCY_POINTS) -> int:
    """What it is worth to place a request in a unit by a proposal at an instant."""
    persons = asked.request.household.size
    fit = fit_points(asked.request, instance.units[unit], instance.terms)
    return persons * urgency_points[asked.urgency] + fit - waiting_points(persons, at_ms - asked.arrives_ms)


def schedule_points(instance: Instance, placements: Iterable[Placement], urgency_points: Mapping[Urgency, int] = URGENCY_POINTS) -> int:
    """V of a whole schedule, in points. That it keeps the rules is for others to check."""
    return sum(placement_points(instance, instance.asked[one.asked], one.unit, one.at_ms, urgency_points) for one in placements)


def would_accept(instance: Instance, asked: Asked, at_ms: int) -> bool:
    """Whether a proposal at this instant could end in a yes, if the places are free: made in time, after those that are in vain, and wanted still when it is
    answered."""
    return accepted_at(asked, instance.yes(asked), at_ms)


def accepted_at(asked: Asked, yes: Yes | None, at_ms: int) -> bool:
    """The same, for whoever knows the first yes."""
    if yes is None or not asked.arrives_ms + yes.lost_ms <= at_ms < asked.needed_by_ms:
        return False
    return asked.withdraws_ms is None or at_ms + yes.after_ms <= asked.withdraws_ms
