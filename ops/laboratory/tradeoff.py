"""How many people are placed, and which, when urgency is valued otherwise: so that a network can choose its values with open eyes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from events.vocabulary import Urgency
from ops.laboratory.estimation import TO_THE_END
from ops.laboratory.instance import Instance
from ops.laboratory.policies import Policy, as_they_ship, estimated
from ops.laboratory.simulation import simulate

VALUES: tuple[tuple[int, int, int], ...] = ((8_000, 2_000, 500), (4_000, 2_000, 1_000), (3_000, 2_000, 1_500), (2_000, 2_000, 2_000))
"""Points a person: immediate, within days, planned. From what favours the urgent most to what counts persons alone."""


@dataclass(frozen=True, slots=True)
class Point:
    """What comes of one choice of values, on average a future."""

    values: tuple[int, int, int]
    persons: float
    by_urgency: tuple[float, ...]
    """Persons, in the order of `Urgency`."""


def of_policy(instances: Sequence[Instance], policy: Callable[[tuple[int, int, int]], Policy]) -> list[Point]:
    """The curve of a policy, which is made for each choice of values."""
    found: list[Point] = []
    for values in VALUES:
        played = [simulate(instance, policy(values)) for instance in instances]
        found.append(
            Point(values, fmean(each.persons for each in played), tuple(fmean(each.persons_of(urgency) for each in played) for urgency in Urgency))
        )
    return found


def weighing(values: tuple[int, int, int]) -> Policy:
    """Weights of scarcity estimated for the load and these values; who has time waits to the end."""
    return Policy("scarcity", "weights of scarcity estimated for these values", as_they_ship, estimated=estimated(TO_THE_END, values))


def of_hindsight(instances: Sequence[Instance]) -> list[Point]:
    """The curve of whoever knows the future: nobody can place more at such values."""
    from ops.laboratory.hindsight import hindsight  # SciPy's solvers, which whoever wants no hindsight need not have

    found: list[Point] = []
    for values in VALUES:
        placed = [
            (instance.asked[placement.asked].urgency, instance.asked[placement.asked].request.household.size)
            for instance in instances
            for placement in hindsight(instance, dict(zip(Urgency, values, strict=True))).placements
        ]
        by_urgency = tuple(sum(size for which, size in placed if which is urgency) / len(instances) for urgency in Urgency)
        found.append(Point(values, sum(by_urgency), by_urgency))
    return found
