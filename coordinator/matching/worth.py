"""What a placement is worth to the network, in points: a choice of people, stated in the policy. Ten points are one unit of the network's objective."""

from __future__ import annotations

from coordinator.matching.request import URGENCY_RANK, Request
from coordinator.matching.scarcity import in_force
from coordinator.matching.terms import Terms
from events.vocabulary import Urgency

_UNSTATED = {Urgency.IMMEDIATE: 4000, Urgency.WITHIN_DAYS: 2000, Urgency.PLANNED: 1000}
"""Points a person where the policy states none."""


def urgency_value(urgency: Urgency, terms: Terms) -> int:
    """Points for each person placed in time."""
    stated = terms.policy.matching
    return _UNSTATED[urgency] if stated is None else stated.urgency_values[URGENCY_RANK[urgency]]


def may_wait(request: Request, at_ms: int, terms: Terms) -> bool:
    """Whether the policy lets such a request wait for a better place rather than take one that is worth more to others."""
    stated = terms.policy.matching
    if stated is None or stated.hold_back is None or not in_force(terms, at_ms):
        return False
    return request.urgency in stated.hold_back.urgencies and at_ms < request.needed_by_ms - stated.hold_back.until_before_deadline_ms


def worth(request: Request, score: int, terms: Terms) -> int:
    """Points for placing a request where it has this score."""
    return request.household.size * urgency_value(request.urgency, terms) + score
