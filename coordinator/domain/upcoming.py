"""When the clock has to ring next."""

from __future__ import annotations

from coordinator.domain.agenda import next_ms
from coordinator.domain.on_duty import next_opening_ms
from coordinator.domain.state import State


def next_deadline_ms(state: State) -> int | None:
    """The earliest deadline that has not happened; None: nothing waits for the clock.

    In the past where the last entry left something to the next one; a `ClockAdvanced` naming it is then right at once.
    """
    if state.look_again or (state.crowded and state.waiting):
        return state.at_ms
    deadline_ms, opens_ms = next_ms(state.agenda, state.at_ms, state.policy), next_opening_ms(state, state.at_ms)
    return opens_ms if deadline_ms is None or (opens_ms is not None and opens_ms < deadline_ms) else deadline_ms
