"""When scarcity weights expire while requests wait for a better place: nothing is kept for others from then on. It stands in no agenda: it follows from the policy."""

from __future__ import annotations

from coordinator.domain.draft import Draft
from coordinator.domain.state import State


def weights_end_ms(state: State | Draft, after_ms: int) -> int | None:
    """When the weights in force expire, if that lies after an instant; None: no request waits, or the policy lets none wait for a better place."""
    matching = state.policy.matching if state.policy is not None else None
    if not state.waiting or matching is None or matching.scarcity is None or matching.hold_back is None:
        return None
    ends_ms = matching.scarcity.valid_until_ms
    return ends_ms if ends_ms > after_ms else None
