"""What fairness costs: policies bound a step more at a time, the share of V that each step loses, and by how much it brings groups together.

Two bindings. `kept_for_families`: places that host parents with children are kept for them, from requests that are less and less planned; households with
children are the group that is placed least. `level_projects`: the weight by which a project that took many people in is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from statistics import fmean, pstdev

from coordinator.matching.best_place import Answer, match
from coordinator.matching.household import is_minor
from coordinator.matching.open_units import OpenUnits
from coordinator.matching.request import Request
from coordinator.matching.terms import Terms
from events.vocabulary import Host, Urgency
from ops.laboratory.experiment import Figures, figures_of
from ops.laboratory.instance import Instance
from ops.laboratory.intervals import Interval, interval_of, paired
from ops.laboratory.policies import Policy, Scene, as_they_ship, with_weights
from ops.laboratory.simulation import simulate

_FAMILIES = frozenset({Host.MOTHERS_WITH_CHILDREN, Host.FATHERS_WITH_CHILDREN})
_KEPT_FROM: tuple[tuple[str, frozenset[Urgency]], ...] = (
    ("nobody", frozenset()),
    ("planned", frozenset({Urgency.PLANNED})),
    ("not immediate", frozenset({Urgency.PLANNED, Urgency.WITHIN_DAYS})),
    ("all others", frozenset(Urgency)),
)
_LEVELLING = (0, 1, 3, 10, 30)
"""Points for each hundredth of a project's places; 1 ships."""


def kept_for_families() -> list[Policy]:
    """The policy as it ships, with places that host parents with children kept from more and more requests without any."""
    return [
        Policy(f"kept from {told}", "places for families are kept for them", as_they_ship, choose=_Kept(urgencies).choose)
        for told, urgencies in _KEPT_FROM
    ]


def level_projects() -> list[Policy]:
    """The policy as it ships, with other weights against projects that took many people in."""

    def levelled(weight: int) -> Policy:
        def terms_of(terms: Terms) -> Terms:
            return with_weights(terms, fairness=weight)

        return Policy(f"weight {weight}", "projects that took many in are passed over", terms_of)

    return [levelled(weight) for weight in _LEVELLING]


class _Kept:
    def __init__(self, urgencies: frozenset[Urgency]) -> None:
        self._urgencies = urgencies

    def choose(self, scene: Scene) -> list[Answer]:
        """Whoever may have any place first, together; then the others, from what is left of the places that are not kept."""
        others = [request for request in scene.requests if self._kept_from(request)]
        first = [request for request in scene.requests if not self._kept_from(request)]
        answers = {answer.case_id: answer for answer in match(first, scene.units, scene.at_ms, scene.terms, scene.loads)} if first else {}
        if others:
            left = _shut(_left(scene.units, answers.values()))
            answers |= {answer.case_id: answer for answer in match(others, left, scene.at_ms, scene.terms, scene.loads)}
        return [answers[request.case_id] for request in scene.requests]

    def _kept_from(self, request: Request) -> bool:
        return request.urgency in self._urgencies and not any(map(is_minor, request.household.members)) and not request.apart_from


def _left(units: OpenUnits, answers: Iterable[Answer]) -> OpenUnits:
    for answer in answers:
        if answer.best is not None:
            place = units.get(answer.best.place.unit_id)
            assert place is not None
            units = units.put(replace(place, free=place.free - answer.weighed.request.household.size))
    return units


def _shut(units: OpenUnits) -> OpenUnits:
    for place in units.residential():
        if place.free and not place.hosts.isdisjoint(_FAMILIES):
            units = units.put(replace(place, free=0))
    return units


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a binding, over futures."""

    name: str
    loses: Interval
    """Share of V, against the first step; paired."""
    apart: Interval
    """How far the groups, or the projects, lie apart."""


def steps(instances: Iterable[Instance], policies: list[Policy], *, of_projects: bool) -> list[Step]:
    """Every step on every instance. `of_projects`: apart are persons taken in a place, by standard deviation over projects; else the shares placed of
    households with children and of adults alone."""
    played: list[list[Figures]] = []
    capacities: list[dict[str, int]] = []
    for instance in instances:
        played.append([figures_of(simulate(instance, policy), instance) for policy in policies])
        capacity: dict[str, int] = {}
        for unit in instance.units:
            capacity[unit.project_id] = capacity.get(unit.project_id, 0) + unit.places
        capacities.append(capacity)
    found: list[Step] = []
    for index, policy in enumerate(policies):
        ours = [each[index] for each in played]
        loses = paired([1.0] * len(ours), [one.worth / each[0].worth for one, each in zip(ours, played, strict=True)])
        apart = [_projects_apart(one, capacity) if of_projects else _ages_apart(one) for one, capacity in zip(ours, capacities, strict=True)]
        found.append(Step(policy.name, loses, interval_of(apart)))
    return found


def _projects_apart(figures: Figures, capacity: dict[str, int]) -> float:
    taken = [figures.by_project.get(project, 0) / places for project, places in capacity.items() if places]
    return pstdev(taken) / fmean(taken) if any(taken) else 0.0


def _ages_apart(figures: Figures) -> float:
    shares = [group.placed / group.asked for (dimension, _), group in figures.groups.items() if dimension == "age" and group.asked]
    return max(shares) - min(shares) if shares else 0.0
