"""The simulated days on the decision core alone: no broker, no database, no seal. For calibration, tests, and events files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from coordinator.domain import decide, evolve, initial_state
from events.entry import Genesis, OpenedControl, OpenedDecision, OpenedEvent
from events.facts import Event
from events.lines import format_line
from events.verdict import Duplicate, Recorded, Refused, Unreadable
from ops.demand.agenda import Answer, Timed
from ops.demand.day import Day

_VERDICTS = (Recorded, Refused, Duplicate, Unreadable)


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """An event of the day with what the core made of it."""

    timed: Timed
    answer: Answer
    entry: OpenedDecision


class Rehearsal:
    """A ledger in memory that holds nothing but the folded state."""

    def __init__(self, network: str) -> None:
        self._network = network
        genesis = Genesis("rehearsal", "rehearsal", "rehearsal", 0, 0)
        self.state = evolve(initial_state(network), OpenedControl(network, 0, -1, 0, genesis))

    def report(self, timed: Timed) -> Rehearsed:
        """The event decided, and the state moved past it."""
        sequence = self.state.sequence + 1
        opened = opened_event(timed.event)
        outcomes = decide(self.state, opened, timed.at_ms, self.state.policy)
        entry = OpenedDecision(self._network, sequence, sequence - 1, timed.at_ms, opened, outcomes)
        self.state = evolve(self.state, entry)
        verdict = next(outcome for outcome in outcomes if isinstance(outcome, _VERDICTS))
        return Rehearsed(timed, Answer(sequence, verdict, outcomes), entry)


def opened_event(event: Event) -> OpenedEvent:
    """The event as the core is given it, its content hash without a key."""
    line = format_line(event).encode()
    return OpenedEvent(event, hashlib.sha256(line).digest()[:16], len(line))


def rehearse(day: Day, network: str) -> Iterator[Rehearsed]:
    """Every event of the day in order, each reacting to the last."""
    ledger = Rehearsal(network)
    for timed in day.before:
        rehearsed = ledger.report(timed)
        day.play.sequence = rehearsed.answer.sequence
        yield rehearsed
    while (timed_now := day.next_event()) is not None:
        rehearsed = ledger.report(timed_now)
        day.answered(timed_now, rehearsed.answer)
        yield rehearsed
