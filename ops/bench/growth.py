"""What grows with history and what does not: the state and a decision at 10,000 events and at many more, with as many cases open all the time.

The core alone, no broker. A network of Italy's units and 500 open cases lives on: cases come, are placed and depart, arrive or do not, are over and
closed, some erased; units are counted. Both points lie more than 14 days in, so that the memory of event ids is full in both; it is told apart all the
same, and so is that of closed cases, a date each, which is full only when their term (24 months) has passed once.
"""

from __future__ import annotations

import gc
import hashlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random
from statistics import median
from types import FunctionType, ModuleType
from typing import Any

from immutables import Map

from coordinator.domain import State, decide, evolve, initial_state
from coordinator.domain.agenda import Kind
from coordinator.domain.snapshot import parts_of
from coordinator.domain.state import Case
from events.availability import AvailabilityPublished
from events.entry import Genesis, OpenedControl, OpenedDecision, OpenedEvent
from events.fact import Actor, Danger
from events.facts import Event
from events.ids import uuid7
from events.network import ClockAdvanced
from events.person import AgreementGiven, CaseErased, DangerDeclared
from events.referral import Member, ReferralAccepted, ReferralClosed, ReferralReceived
from events.transfer import (
    ArrivalConfirmed,
    DepartureConfirmed,
    ProposalAccepted,
    ProposalDeclined,
    TransferEnded,
    TransferRequested,
    TransferWithdrawn,
)
from events.vocabulary import AgeGroup, DangerKind, DeclineCode, Gender, Need, Reason, ReferralEnd, Role, Source, TransferEnd, TransferStage, Urgency
from ops.demand.day import Day
from ops.demand.hours import DAY_MS, DAY_STARTS_AT_MS, HOUR_MS
from ops.networks.loading import load_network
from ops.services.say import Say
from ops.stage import NETWORK

OPEN_CASES = 500
SHORT = 10_000
STEP_MS = 28 * DAY_MS // SHORT
_WINDOW = 2_000
"""A point is measured over so many events before it."""
_HELPLINE = Actor("op-1", "numero-verde", Role.HELPLINE)
_GENDERS = (Gender.WOMAN,) * 6 + (Gender.MAN, Gender.TRANS_WOMAN)


@dataclass(slots=True)
class Point:
    """What was found after so many events."""

    events: int
    snapshot_bytes: int
    without_ids_bytes: int
    """Of the snapshot, without the memory of event ids and of the cases closed within their term."""
    memory_bytes: int
    """Of everything the state refers to."""
    memory_without_ids_bytes: int
    decide_us: float
    """Median of processor time over the last events, decision and fold."""
    decide_p99_us: float
    sizes: dict[str, int]
    """Items by field of the state."""


@dataclass(slots=True)
class Life:
    """A network that lives on. Takes every next step from the state, so that most of what is reported is accepted."""

    draw: Random
    now_ms: int
    state: State
    took_us: list[float] = field(default_factory=list)
    cases: int = 0
    events: int = 0
    lively: list[str] = field(default_factory=list)
    """Open cases, the oldest first."""

    def report(self, event: Event) -> None:
        """The event decided and folded, timed."""
        event = replace(event, event_id=uuid7(self.now_ms, self.events))
        opened = OpenedEvent(event, hashlib.sha256(event.event_id.encode()).digest()[:16], 400)
        sequence = self.state.sequence + 1
        began = time.thread_time_ns()
        outcomes = decide(self.state, opened, self.now_ms, self.state.policy)
        self.state = evolve(self.state, OpenedDecision(NETWORK, sequence, sequence - 1, self.now_ms, opened, outcomes))
        self.took_us.append((time.thread_time_ns() - began) / 1000)
        del self.took_us[:-_WINDOW]
        self.events += 1

    def live(self, events: int) -> None:
        """Goes on until there have been so many events."""
        while self.events < events:
            for event in self._next():
                self.now_ms += STEP_MS
                self.report(event)

    def _next(self) -> Iterator[Event]:
        if len(self.lively) < OPEN_CASES:
            yield from self._arrives()
        elif self.draw.random() < 0.25:
            yield self._counted()
        elif self.draw.random() < 0.2:
            yield from self._goes()
        elif self.draw.random() < 0.05:
            yield ClockAdvanced("", Actor("clock", "numero-verde", Role.CLOCK), self.now_ms)
        else:
            yield from self._onward(self.draw.choice(self.lively))

    def _arrives(self) -> Iterator[Event]:
        """Somebody new, who needs a place elsewhere."""
        self.cases += 1
        case_id = uuid7(self.now_ms, 1_000_000 + self.cases)
        self.lively.append(case_id)
        draw = self.draw
        needs = (draw.choice(list(Need)),) if draw.random() < 0.15 else ()
        household = tuple(
            Member(person, AgeGroup.ADULT, draw.choice(_GENDERS), False, needs, (), ("eng",), False) for person in "ab"[: 1 + (draw.random() < 0.1)]
        )
        project = draw.choice(sorted(self.state.projects.values(), key=lambda each: each.project_id))
        yield ReferralReceived("", _HELPLINE, case_id, Source.NGO, project.provinces[0], household, "")
        case = self.state.cases.get(case_id)
        if case is None or case.routed_to is None:
            return
        body = self.state.projects[case.routed_to].lead_body
        yield ReferralAccepted("", Actor("staff", body, Role.PROJECT), case_id, case.routed_to, None)
        for member in household:
            yield AgreementGiven("", _HELPLINE, case_id, member.person, self.now_ms + 90 * DAY_MS)

    def _goes(self) -> Iterator[Event]:
        """The oldest case whose transfer is over goes for good."""
        for case_id in self.lively:
            case = self.state.cases.get(case_id)
            if case is None or (case.transfer is None and case.over is not None and not case.kept):
                self.lively.remove(case_id)
                if case is not None:
                    yield from _closed(case)
                return

    def _counted(self) -> Event:
        unit = self.state.units[self.draw.choice(sorted(self.state.units))]
        occupied = self.draw.randrange(unit.places + 1)
        staff = Actor("staff", unit.body, Role.PROJECT)
        return AvailabilityPublished("", staff, unit.unit_id, self.now_ms, unit.places, occupied, 0, True, None, self.state.sequence)

    def _onward(self, case_id: str) -> Iterator[Event]:
        """What comes next for a case."""
        case, draw = self.state.cases.get(case_id), self.draw
        if case is None:
            return
        if case.transfer is None:
            if case.over is None or draw.random() < 0.1:
                transfer_id = uuid7(self.now_ms, 9_000_000 + self.events)
                urgency = draw.choice((Urgency.WITHIN_DAYS, Urgency.PLANNED))
                yield TransferRequested("", _HELPLINE, case_id, transfer_id, Reason.CAPACITY, urgency, self.now_ms + 20 * DAY_MS, None, (), (), "")
            return
        transfer_id, proposal = case.transfer.transfer_id, case.transfer.proposal
        staff = Actor("staff", self.state.projects[proposal.project_id].lead_body, Role.PROJECT) if proposal is not None else _HELPLINE
        match case.transfer.stage:
            case TransferStage.WAITING if case.transfer.escalated and draw.random() < 0.05:
                yield TransferWithdrawn("", _HELPLINE, case_id, transfer_id)
            case TransferStage.WAITING:
                yield DangerDeclared("", _HELPLINE, case_id, Danger(DangerKind.PROVINCE, "NA")) if draw.random() < 0.05 else self._counted()
            case TransferStage.PROPOSED if draw.random() < 0.7:
                yield ProposalAccepted("", staff, case_id, transfer_id, None)
            case TransferStage.PROPOSED:
                yield ProposalDeclined("", staff, case_id, transfer_id, None, DeclineCode.PERSON_REFUSED, "")
            case TransferStage.ACCEPTED:
                yield DepartureConfirmed("", _HELPLINE, case_id, transfer_id, self.now_ms + 8 * HOUR_MS)
            case TransferStage.DEPARTED if draw.random() < 0.9:
                yield ArrivalConfirmed("", staff, case_id, transfer_id)
            case TransferStage.DEPARTED:
                yield TransferEnded("", _HELPLINE, case_id, transfer_id, draw.choice((TransferEnd.RETURNED, TransferEnd.LEFT, TransferEnd.MISSING)))


def _closed(case: Case) -> Iterator[Event]:
    """What has to be said so that a case is over: mostly closed, with its key to live on for its term; now and then erased at once."""
    if int(case.case_id[-2:], 16) % 10 == 0 or case.notifications:
        yield CaseErased("", _HELPLINE, case.case_id)
    else:
        yield ReferralClosed("", _HELPLINE, case.case_id, ReferralEnd.TAKEN_IN_CHARGE_ENDED, "")


def life(seed: int = 1) -> Life:
    """The Italian network before its first case."""
    day = Day(load_network(NETWORK), seed)
    genesis = Genesis("growth", "growth", "growth", 0, 0)
    found = Life(Random(seed), 0, evolve(initial_state(NETWORK), OpenedControl(NETWORK, 0, -1, 0, genesis)))
    for timed in day.before:
        if not isinstance(timed.event, ReferralReceived | ReferralAccepted):
            found.now_ms = timed.at_ms
            found.report(timed.event)
    found.now_ms, found.events = DAY_STARTS_AT_MS, 0
    return found


def measured(living: Life) -> Point:
    """The state as it is, and what its last decisions took."""
    took = sorted(living.took_us)
    agenda = tuple(() if kind == Kind.CLOSED_CASE else items for kind, items in enumerate(living.state.agenda))
    without_ids = replace(living.state, seen_ids=Map(), seen_by_network=Map(), seen_by_case=Map(), closed=Map(), agenda=agenda)
    return Point(
        events=living.events,
        snapshot_bytes=snapshot_bytes(living.state),
        without_ids_bytes=snapshot_bytes(without_ids),
        memory_bytes=memory_bytes(living.state),
        memory_without_ids_bytes=memory_bytes(without_ids),
        decide_us=round(median(took), 1),
        decide_p99_us=round(took[int(len(took) * 0.99)], 1),
        sizes={name: len(value) for name in type(living.state).__slots__ if hasattr(value := getattr(living.state, name), "__len__")},
    )


def snapshot_bytes(state: State) -> int:
    """Of everything in a snapshot, before it is sealed."""
    clear, parts = parts_of(state)
    return len(clear) + sum(len(part) for _, part in parts)


def memory_bytes(root: object) -> int:
    """Of every object that this one leads to, once each; classes, functions and modules belong to the program."""
    seen: set[int] = set()
    waiting: list[Any] = [root]
    total = 0
    while waiting:
        each = waiting.pop()
        if id(each) in seen or isinstance(each, type | FunctionType | ModuleType):
            continue
        seen.add(id(each))
        total += sys.getsizeof(each)
        waiting += gc.get_referents(each)
    return total


def measure_growth(events: int, say: Say) -> dict[str, object]:
    """Figures at `SHORT` and at `events`, their ratios, and the fields of the state that hold more than a tenth more items."""
    living, points = life(), []
    for target in dict.fromkeys((SHORT, events)):
        living.live(target)
        point = measured(living)
        points.append(point)
        say(
            f"growth: at {point.events:,} events snapshot {point.snapshot_bytes / 1024:.0f} KB ({point.without_ids_bytes / 1024:.0f} without the memory of ids and closed cases), "
            f"memory {point.memory_bytes / 2**20:.1f} MB ({point.memory_without_ids_bytes / 2**20:.1f}), a decision {point.decide_us:.0f} us, "
            f"p99 {point.decide_p99_us:.0f} us, {point.sizes['cases']} cases open, {living.cases} since the beginning, {point.sizes['closed']} closed within their term"
        )
    first, last = points[0], points[-1]
    grown = {name: [before, last.sizes[name]] for name, before in first.sizes.items() if last.sizes[name] > max(10, 1.1 * before)}
    say(f"growth: with more than a tenth more items: {grown or 'nothing'}")
    return {
        "growth_events": [first.events, last.events],
        "growth_snapshot_ratio": round(last.without_ids_bytes / first.without_ids_bytes, 2),
        "growth_memory_ratio": round(last.memory_without_ids_bytes / first.memory_without_ids_bytes, 2),
        "growth_decide_ratio": round(last.decide_us / first.decide_us, 2),
        "growth_snapshot_ratio_with_ids": round(last.snapshot_bytes / first.snapshot_bytes, 2),
        "growth_decide_us": [first.decide_us, last.decide_us],
        "growth_more_items": grown,
    }
