"""When the clock has to ring next."""

from __future__ import annotations

from coordinator.domain.agenda import next_ms
from coordinator.domain.on_duty import next_opening_ms
from coordinator.domain.state import State
from coordinator.domain.weights_end import weights_end_ms


def next_deadline_ms(state: State) -> int | None:
    """The earliest deadline that has not happened; None: nothing waits for the clock.

    In the past where the last entry left something to the next one; a `ClockAdvanced` naming it is then right at once.
    """
    if state.look_again or (state.crowded and state.waiting):
        return state.at_ms
    found = (next_ms(state.agenda, state.at_ms, state.policy), next_opening_ms(state, state.at_ms), weights_end_ms(state, state.at_ms))
    return min((at_ms for at_ms in found if at_ms is not None), default=None)
