"""Synthetic networks of any size: Italy's geography several times over, each project with as many more units as it takes, and a folded state to decide on.

Italy itself is the network that ships. A larger one stands for several countries: areas, projects and bodies of each copy have names of their own, and
every project is larger by one factor. Whom units host, what they offer and speak, and how old their figures are, follow `ops.demand`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from random import Random

from coordinator.domain import State, evolve, initial_state
from coordinator.domain.decide import decide
from coordinator.matching.best_place import Matcher, match
from events.availability import AvailabilityPublished
from events.entry import Genesis, OpenedControl, OpenedDecision, OpenedEvent
from events.fact import Actor
from events.facts import Event, Outcome
from events.ids import uuid7
from events.network import ClockAdvanced
from events.person import AgreementGiven, DangerDeclared
from events.referral import ReferralAccepted, ReferralReceived
from events.transfer import ProposalAccepted, ProposalDeclined, TransferRequested
from events.vocabulary import DeclineCode, Level, Reason, Role, Source, TransferStage
from ops.demand.calls import Contacts, DemandPlan, request_plan
from ops.demand.chance import chance
from ops.demand.hours import DAY_MS, DAY_STARTS_AT_MS, HOUR_MS
from ops.demand.opening import before_the_day
from ops.demand.people import adults, household
from ops.demand.units import UnitPlan, units_of
from ops.demand.world import World
from ops.networks.loading import Network, load_network
from ops.stage import NETWORK

_HELPLINE = Actor("op-1", "numero-verde", Role.HELPLINE)
_CLOCK = Actor("clock", "numero-verde", Role.CLOCK)
_STEP_MS = 1_000
_FRESH_SINCE_HOURS = 36
"""Of units counted since then no place is left when the days begin; what older figures say is free can only be asked about."""
_REFERENCE_PROJECT = "anello-forte"
"""Its places are a published figure, to which those of all others are in proportion."""
COPIES_OF_EUROPE = 8


@dataclass(frozen=True, slots=True)
class Size:
    """How large a network, and how many wait."""

    name: str
    copies: int
    factor: float
    """By which each project but the reference is larger than in Italy."""
    waiting: int


ITALY = Size("italy", 1, 1.0, 50)
EUROPE = Size("europe", COPIES_OF_EUROPE, 12.7, 2_000)
SIZES = (ITALY, Size("3 000 units", 2, 5.1, 200), Size("10 000 units", 4, 8.5, 670), EUROPE)


def network_of(size: Size) -> Network:
    """The network of a size. The first copy has Italy's own names."""
    italy = load_network(NETWORK)
    copies = [_copy(italy, number, size.factor) for number in range(size.copies)]
    return replace(
        italy,
        macro_areas=tuple(area for copy in copies for area in copy.macro_areas),
        regions=tuple(sorted((region for copy in copies for region in copy.regions), key=lambda region: region.region)),
        projects=tuple(sorted((project for copy in copies for project in copy.projects), key=lambda project: project.project)),
    )


def _copy(italy: Network, number: int, factor: float) -> Network:
    def named(name: str) -> str:
        return name if number == 0 else f"{name}-{number}"

    return replace(
        italy,
        macro_areas=tuple((named(code), name) for code, name in italy.macro_areas),
        regions=tuple(
            replace(region, region=named(region.region), macro_area=named(region.macro_area), provinces=tuple(map(named, region.provinces)))
            for region in italy.regions
        ),
        projects=tuple(
            replace(
                project,
                project=named(project.project),
                lead_body=named(project.lead_body),
                bodies=tuple(map(named, project.bodies)),
                regions=tuple(map(named, project.regions)),
                provinces=tuple(map(named, project.provinces)),
                residents_thousands=project.residents_thousands
                if named(project.project) == _REFERENCE_PROJECT
                else round(project.residents_thousands * factor),
            )
            for project in italy.projects
        ),
    )


@dataclass(slots=True)
class Grown:
    """A network with its people, decided event by event."""

    size: Size
    network: Network
    units: tuple[UnitPlan, ...]
    draw: Random
    now_ms: int
    state: State
    cases: int = 0
    events: int = 0
    history: list[OpenedDecision] = field(default_factory=list)
    """Every entry so far, if it is to be kept."""
    keep: bool = False

    def opened(self, event: Event) -> OpenedEvent:
        """The event under an id of its own, at the next instant."""
        self.now_ms += _STEP_MS
        self.events += 1
        event = replace(event, event_id=uuid7(self.now_ms, self.events))
        return OpenedEvent(event, hashlib.sha256(event.event_id.encode()).digest()[:16], 400)

    def decided(self, event: Event, matcher: Matcher = match) -> tuple[Outcome, ...]:
        """The event decided and folded."""
        opened = self.opened(event)
        outcomes = decide(self.state, opened, self.now_ms, self.state.policy, matcher)
        self.fold(opened, outcomes)
        return outcomes

    def fold(self, opened: OpenedEvent, outcomes: tuple[Outcome, ...]) -> None:
        """The state moves past an event that was decided."""
        sequence = self.state.sequence + 1
        entry = OpenedDecision(NETWORK, sequence, sequence - 1, self.now_ms, opened, outcomes)
        if self.keep:
            self.history.append(entry)
        self.state = evolve(self.state, entry)

    def referred(self) -> tuple[str, TransferRequested]:
        """A case in charge of its project, agreed and with its dangers told; and the request that it is about to make."""
        self.cases += 1
        draw = chance(1, "grown", self.size.name, self.cases)
        members = household(draw)
        while not adults(members):  # minors alone are for people
            members = household(draw)
        case_id = uuid7(self.now_ms, 1_000_000 + self.cases)
        project = draw.choice(self.network.projects)
        province = draw.choice(project.provinces)
        self.decided(ReferralReceived("", _HELPLINE, case_id, Source.NGO, province, members, ""))
        routed = self.state.cases[case_id].routed_to
        if routed is not None:
            self.decided(ReferralAccepted("", Actor("staff", self.state.projects[routed].lead_body, Role.PROJECT), case_id, routed, None))
        for member in adults(members):
            self.decided(AgreementGiven("", _HELPLINE, case_id, member.person, self.now_ms + 90 * DAY_MS))
        plan = request_plan(self.network, self.units, draw, self.now_ms, province)
        for danger in plan.dangers:
            self.decided(DangerDeclared("", _HELPLINE, case_id, danger))
        leaving = province if plan.reason is Reason.SAFETY else None
        needed_by_ms = self.now_ms + 20 * DAY_MS
        return case_id, TransferRequested(
            "", _HELPLINE, case_id, plan.transfer_id, plan.reason, plan.urgency, needed_by_ms, leaving, plan.wished_levels, plan.wished_regions, ""
        )  # fmt: skip

    def published(self, free: int | None = None, free_from_ms: int | None = None) -> AvailabilityPublished:
        """Some residential unit counts so many places free, as far as it has them beside those held; None: one or two."""
        while True:
            unit = self.state.units[self.draw.choice(self.units).unit_id]
            if unit.level is Level.NON_RESIDENTIAL or unit.counted.free:
                continue
            held = sum(self.state.holds[hold_id].places for hold_id in self.state.holds_in.get(unit.unit_id, ()))
            wanted = free if free is not None else self.draw.choice((1, 1, 2))
            if held + wanted > unit.places:
                continue
            staff = Actor("staff", unit.body, Role.PROJECT)
            occupied = unit.places - held - wanted
            return AvailabilityPublished("", staff, unit.unit_id, self.now_ms, unit.places, occupied, 0, True, free_from_ms, self.state.sequence)

    def answer(self, accepts: bool) -> ProposalAccepted | ProposalDeclined | None:
        """The answer of the project that was asked last and has not answered; None: nobody was."""
        found: list[tuple[str, str]] = []
        for case_id in self.state.transfers.values():
            transfer = self.state.cases[case_id].transfer
            if transfer is not None and transfer.stage is TransferStage.PROPOSED and transfer.proposal is not None:
                found.append((transfer.proposal.proposal_id, case_id))
        if not found:
            return None
        _, case_id = min(found)
        transfer = self.state.cases[case_id].transfer
        assert transfer is not None and transfer.proposal is not None
        staff = Actor("staff", self.state.projects[transfer.proposal.project_id].lead_body, Role.PROJECT)
        if accepts:
            return ProposalAccepted("", staff, case_id, transfer.transfer_id, None)
        return ProposalDeclined("", staff, case_id, transfer.transfer_id, None, DeclineCode.PERSON_REFUSED, "")

    def clock(self, at_ms: int) -> ClockAdvanced:
        """The clock, at an instant."""
        self.now_ms = max(self.now_ms, at_ms)
        return ClockAdvanced("", _CLOCK, at_ms)


def grown(size: Size, *, keep: bool = False) -> Grown:
    """A network of a size in which as many requests wait as its size says: no unit with a fresh figure has a place that one of them could have."""
    network = network_of(size)
    units = tuple(_taken(unit) for unit in units_of(network, 1))
    start = evolve(initial_state(NETWORK), OpenedControl(NETWORK, 0, -1, 0, Genesis("grown", "grown", "grown", 0, 0)))
    found = Grown(size, network, units, Random(1), 0, start, keep=keep)
    nobody = DemandPlan(Contacts(0, 0, 0), (), (), ())
    for timed in before_the_day(World(network, units, nobody), units, (), 1, DAY_STARTS_AT_MS):
        found.now_ms = max(found.now_ms, timed.at_ms - _STEP_MS)
        found.decided(timed.event)
    found.now_ms = max(found.now_ms, DAY_STARTS_AT_MS + 2 * HOUR_MS)
    for event in wait(found):
        found.decided(event)
    return found


def from_here(found: Grown, number: int) -> Grown:
    """The same network with, from here on, other people who ask and other units that open, by number."""
    return replace(found, draw=Random(number), cases=found.cases + 1_000 * (number + 1))


def wait(found: Grown) -> Iterator[TransferRequested]:
    """Requests, until as many wait as the size says. Each is to be decided before the next is asked for."""
    while len(found.state.waiting) < found.size.waiting:
        _, request = found.referred()
        yield request


def _taken(unit: UnitPlan) -> UnitPlan:
    return unit if unit.observed_hours_before > _FRESH_SINCE_HOURS else replace(unit, occupied=unit.places - unit.reserved)


def rooms_open_together(found: Grown, units: int) -> int:
    """So many units publish a place that can be entered from one instant on; gives the instant."""
    at_ms = found.now_ms + HOUR_MS
    for _ in range(units):
        found.decided(found.published(1, at_ms))
    return at_ms


def rounds(found: Grown, count: int) -> Iterable[tuple[str, Event]]:
    """(kind, event) of so many rounds of ordinary work: somebody asks, a place is freed, a project accepts, another declines."""
    for _ in range(count):
        yield "arrival", found.referred()[1]
        yield "publication", found.published()
        for kind, accepts in (("acceptance", True), ("decline", False)):
            event = found.answer(accepts)
            if event is None:
                yield "publication", found.published()
                event = found.answer(accepts)
            if event is not None:
                yield kind, event
