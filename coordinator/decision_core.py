"""The pure decision core as the loop takes it: `coordinator.domain` behind the loop's `Core`."""

from __future__ import annotations

from coordinator.domain.decide import decide
from coordinator.domain.evolve import evolve
from coordinator.domain.state import State, initial_state
from coordinator.domain.upcoming import next_deadline_ms
from coordinator.ledger.core import StateParts
from events.entry import OpenedEntry, OpenedEvent
from events.facts import Outcome


class DecisionCore:
    """Stateless; one serves any number of networks."""

    def initial_state(self, network: str) -> State:
        """See `Core`."""
        return initial_state(network)

    def decide(self, state: State, event: OpenedEvent, at_ms: int) -> tuple[Outcome, ...]:
        """See `Core`."""
        return decide(state, event, at_ms, state.policy)

    def evolve(self, state: State, entry: OpenedEntry) -> State:
        """See `Core`."""
        return evolve(state, entry)

    def next_deadline_ms(self, state: State) -> int | None:
        """See `Core`."""
        return next_deadline_ms(state)

    def parts(self, state: State) -> StateParts:
        """See `Core`."""
        raise NotImplementedError

    def from_parts(self, network: str, parts: StateParts) -> State:
        """See `Core`."""
        raise NotImplementedError
