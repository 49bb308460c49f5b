"""The simulated days on the decision core alone: no broker, no database, no seal. For calibration, tests, comparisons and events files.

It answers as the door of the network does, so that a live run of the same days under the same network name gives the same ledger.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from coordinator.domain import decide, evolve, initial_state
from coordinator.matching.best_place import Matcher, match
from events.entry import Genesis, OpenedControl, OpenedDecision, OpenedEvent
from events.facts import Event
from events.lines import format_line
from events.verdict import Duplicate, Recorded, Refused, Unreadable
from events.vocabulary import RefusalCode
from ops.demand.agenda import Answer, Timed
from ops.demand.day import Day

_VERDICTS = (Recorded, Refused, Duplicate, Unreadable)
_ERASED = Refused(RefusalCode.CASE_ERASED, "")


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A report of the day with what the network made of it."""

    timed: Timed
    answer: Answer
    entry: OpenedDecision | None
    """None: it had been sent before, and was answered with the entry that it has."""


class Rehearsal:
    """A ledger in memory that holds nothing but the folded state, and its door."""

    def __init__(self, network: str, matcher: Matcher = match) -> None:
        self._network = network
        self._matcher = matcher
        self._told: dict[str, tuple[Event, int]] = {}
        """Every event taken, and the sequence of its entry, by event id."""
        genesis = Genesis("rehearsal", "rehearsal", "rehearsal", 0, 0)
        self.state = evolve(initial_state(network), OpenedControl(network, 0, -1, 0, genesis))

    def report(self, timed: Timed) -> Rehearsed | None:
        """The event decided, and the state moved past it; None: its case is erased, and nothing was stored.

        What was sent before, with the same content, makes no entry: the door knows its answer.
        """
        event = timed.event
        told = self._told.get(event.event_id)
        if told is not None and told[0] == event:
            return Rehearsed(timed, Answer(told[1], Duplicate(told[1]), ()), None)
        sequence = self.state.sequence + 1
        opened = opened_event(event)
        outcomes = decide(self.state, opened, timed.at_ms, self.state.policy, self._matcher)
        verdict = next(outcome for outcome in outcomes if isinstance(outcome, _VERDICTS))
        if verdict == _ERASED:
            return None
        entry = OpenedDecision(self._network, sequence, sequence - 1, timed.at_ms, opened, outcomes)
        self.state = evolve(self.state, entry)
        self._told[event.event_id] = (event, sequence)
        return Rehearsed(timed, Answer(sequence, verdict, outcomes), entry)


def opened_event(event: Event) -> OpenedEvent:
    """The event as the core is given it, its content hash without a key."""
    line = format_line(event).encode()
    return OpenedEvent(event, hashlib.sha256(line).digest()[:16], len(line))


def rehearse(day: Day, network: str, matcher: Matcher = match) -> Iterator[Rehearsed]:
    """Every report of the day in order, each reacting to the last."""
    ledger = Rehearsal(network, matcher)
    for timed in day.before:
        rehearsed = ledger.report(timed)
        if rehearsed is not None:
            day.play.sequence = rehearsed.answer.sequence
            yield rehearsed
    while (timed_now := day.next_event()) is not None:
        rehearsed = ledger.report(timed_now)
        if rehearsed is not None:
            day.answered(timed_now, rehearsed.answer)
            yield rehearsed
