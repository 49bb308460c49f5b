"""The pure decision core as the loop takes it: `coordinator.domain` behind the loop's `Core`."""

from __future__ import annotations

from coordinator.domain import State, decide, evolve, initial_state, next_deadline_ms, rules_carried
from coordinator.domain.seen_events import cannot_be_new
from coordinator.domain.snapshot import Made, Part, parts_of, state_from
from coordinator.ledger.core import SealedPart, StateParts
from events.entry import OpenedEntry, OpenedEvent
from events.facts import Outcome
from reading.errors import ReadingStopped


class RulesNotCarried(ReadingStopped):
    """The rules in force are not in this release; it must not decide."""

    def __init__(self, network: str, version: int) -> None:
        super().__init__(f"The rules in force in {network} are version {version}, which this release does not carry. Start a release that does.")
        self.network = network
        self.version = version


class DecisionCore:
    """Serves any number of networks, best one: what it made of a state is kept to make the next one's parts sooner, and nothing depends on it."""

    def __init__(self) -> None:
        self._made = Made()

    def initial_state(self, network: str) -> State:
        """See `Core`."""
        return initial_state(network)

    def decide(self, state: State, event: OpenedEvent, at_ms: int) -> tuple[Outcome, ...]:
        """See `Core`. Raises RulesNotCarried."""
        if not rules_carried(state):
            raise RulesNotCarried(state.network, state.rules_version)
        return decide(state, event, at_ms, state.policy)

    def evolve(self, state: State, entry: OpenedEntry) -> State:
        """See `Core`."""
        return evolve(state, entry)

    def cannot_be_new(self, state: State, event_id: str, at_ms: int) -> bool:
        """See `Core`."""
        return cannot_be_new(state, event_id, at_ms)

    def next_deadline_ms(self, state: State) -> int | None:
        """See `Core`."""
        return next_deadline_ms(state)

    def parts(self, state: State) -> StateParts:
        """The whole state as bytes, from which it can be read back."""
        return _parts(*parts_of(state, made=self._made))

    def hashed_parts(self, state: State) -> StateParts:
        """The same for a hash alone: long runs stand as their own hashes, and it cannot be read back."""
        return _parts(*parts_of(state, only_hashed=True, made=self._made))

    def from_parts(self, network: str, parts: StateParts) -> State:
        """See `Core`."""
        return state_from(network, parts.clear, tuple((part.subject, part.plain) for part in parts.sealed))


def _parts(clear: bytes, sealed: tuple[Part, ...]) -> StateParts:
    return StateParts(clear, tuple(SealedPart(subject, plain) for subject, plain in sealed))
