"""A small network to play events against: given a `World`, when an event is sent, then these outcomes follow."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from coordinator.domain import State, decide, evolve, initial_state
from events.availability import AvailabilityPublished, AvailabilityReaffirmed
from events.entry import Genesis, Locked, OpenedControl, OpenedDecision, OpenedEvent, Unread
from events.fact import Actor
from events.facts import Event, Outcome
from events.ids import uuid7
from events.network import (
    Area,
    ClockAdvanced,
    Decisions,
    DutyHoursPublished,
    DutyWindow,
    Inquiries,
    KindWeights,
    Matching,
    PolicyAdopted,
    ProjectRegistered,
    ProposalDeadline,
    ScarcityWeights,
    Transfers,
    Trust,
    TrustBand,
    UnitClosed,
    UnitOpened,
    Weights,
)
from events.person import AgreementGiven
from events.referral import Member, ReferralAccepted, ReferralReceived
from events.transfer import ArrivalConfirmed, DepartureConfirmed, ProposalAccepted, TransferRequested
from events.vocabulary import AgeGroup, DeclineCode, Gender, Host, Level, Reason, Role, Source, Urgency
from ops.networks.loading import load_network
from ops.networks.opening import clocks_of

T = TypeVar("T")

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
START = 1_700_000_000_000
PROGRAMMES_END = 1_798_761_600_000
"""The first millisecond of 2027: after the programmes of this world. Until then that is what the clock waits for where nothing else is due."""

ADMINISTRATOR = Actor("adm-1", "department", Role.ADMINISTRATOR)
HELPLINE = Actor("op-1", "helpline", Role.HELPLINE)
CLOCK = Actor("clock", "service", Role.CLOCK)

AREAS = (
    Area("BO", "08", "north"),
    Area("MI", "03", "north"),
    Area("NA", "15", "south"),
    Area("PA", "19", "islands"),
    Area("RM", "12", "centre"),
    Area("SA", "15", "south"),
    Area("TO", "01", "north"),
)

POLICY = PolicyAdopted(
    event_id="",
    actor=ADMINISTRATOR,
    version=1,
    areas=AREAS,
    fresh_for_ms=2 * DAY,
    ageing_for_ms=5 * DAY,
    proposal_deadlines=(
        ProposalDeadline(Urgency.IMMEDIATE, HOUR),
        ProposalDeadline(Urgency.WITHIN_DAYS, DAY),
        ProposalDeadline(Urgency.PLANNED, 3 * DAY),
    ),
    max_disclosures=3,
    max_declines=3,
    kept_after_arrival_ms=3 * DAY,
    overdue_after_ms=HOUR,
    decline_parks_for_ms=7 * DAY,
    minimum_agreement_left_ms=HOUR,
    near_is_same_project=True,
    near_is_same_region=False,
    weights=Weights(5, 3, 4, 4, 6, 1, 2, 1, 1),
    not_free_codes=(DeclineCode.PROVIDER_NOT_FREE,),
    clocks=None,
)
CLOCKS = clocks_of(load_network("it").policy["clocks"])
"""Working hours 9 to 17, Monday to Friday; 60 minutes, 1 and 3 working days to answer."""


def rome(text: str) -> int:
    """The instant of a local time in Italy, ISO 8601 without an offset."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Rome")).timestamp()) * 1000


def duty(project_id: str, since: int = 8, to: int = 20, *, weekdays: tuple[int, ...] = (0, 1, 2, 3, 4), **changes: object) -> DutyHoursPublished:
    """Duty hours from and to an hour of these weekdays, none on holidays."""
    weekly = tuple(DutyWindow(weekday, since * 60, to * 60) for weekday in weekdays)
    return replace(DutyHoursPublished("", body(project_id), project_id, weekly, (), ()), **changes)  # type: ignore[arg-type]


SCARCITY = ScarcityWeights(
    START,
    START + 30 * DAY,
    "by hand",
    "none",
    (KindWeights("men", (3,)), KindWeights("mothers_with_children*2", (9, 5, 2)), KindWeights("women", (4, 1))),
)
MATCHING = Matching((4000, 2000, 1000), SCARCITY, None)
"""What a placement is worth, and what is scarce; null in `POLICY`."""
TWO_BODIES = Decisions(DAY, DAY, policies_take_two=True)
"""The next policy takes two bodies; null in `POLICY`."""
ASKING = Inquiries(max_at_once=3, answer_within_ms=4 * HOUR)
DUTIES = Transfers((), (), confirm_within_ms=HOUR, notify_missing_minor_within_ms=12 * HOUR)
"""What the policy may hold beside; null in `POLICY`."""
TRUST = Trust(40, (TrustBand(4 * HOUR, 950), TrustBand(12 * HOUR, 900), TrustBand(24 * HOUR, 850), TrustBand(None, 750)), 20, 8)
CONFIRMING = replace(DUTIES, confirm_first_urgencies=(Urgency.WITHIN_DAYS,), confirm_first_reasons=(Reason.SAFETY,))
"""The helpline confirms first what is needed within days, and whatever is asked for safety."""


def body(project_id: str) -> Actor:
    """Somebody of the lead body of a project."""
    return Actor(f"staff-{project_id}", f"body-{project_id}", Role.PROJECT)


def uuid(name: str) -> str:
    """A canonical UUID (version 4) by name."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"


def woman(person: str = "a", **changes: object) -> Member:
    """An adult woman without needs."""
    return replace(Member(person, AgeGroup.ADULT, Gender.WOMAN, False, (), (), ("eng",), False), **changes)  # type: ignore[arg-type]


def child(person: str = "b", **changes: object) -> Member:
    """A child."""
    return woman(person, **{"age_group": AgeGroup.CHILD, **changes})


def founded() -> State:
    """The state after the genesis."""
    return evolve(initial_state("it"), OpenedControl("it", 0, -1, START, Genesis("cluster", "events", "ledger", 0, START)))


class World:
    """One network, its state, and every entry so far."""

    def __init__(self) -> None:
        self.state: State = founded()
        self.entries: list[OpenedDecision] = []
        self.now = START
        self._sent = 0

    @property
    def sequence(self) -> int:
        return self.state.sequence

    def event_id(self, at_ms: int | None = None) -> str:
        """The next event id."""
        self._sent += 1
        return uuid7(self.now if at_ms is None else at_ms, self._sent)

    def stamped(self, event: Event) -> Event:
        """The event with an id of its own, where it has none."""
        return event if event.event_id else replace(event, event_id=self.event_id())

    def send(self, event: Event | Locked | Unread, *, after: int = 0, content_hash: bytes | None = None) -> tuple[Outcome, ...]:
        """Let time pass (ms), send an event, and give what follows."""
        self.now += after
        if not isinstance(event, Locked | Unread):
            event = self.stamped(event)
        opened = OpenedEvent(event, content_hash or content_hash_of(event), 500)
        return self.enter(opened)

    def enter(self, opened: OpenedEvent) -> tuple[Outcome, ...]:
        outcomes = decide(self.state, opened, self.now, self.state.policy)
        entry = OpenedDecision("it", self.state.sequence + 1, len(self.entries), self.now, opened, outcomes)
        self.entries.append(entry)
        self.state = evolve(self.state, entry)
        return outcomes

    def folded(self, entries: int, locked: Callable[[OpenedDecision], OpenedDecision] = lambda entry: entry) -> State:
        """The state folded anew from the first entries."""
        state = founded()
        for entry in self.entries[:entries]:
            state = evolve(state, locked(entry))
        return state

    def tick(self, after: int = 0) -> tuple[Outcome, ...]:
        """Let time pass, and the clock ring."""
        self.now += after
        return self.send(ClockAdvanced("", CLOCK, self.now))

    def project(self, project_id: str, provinces: tuple[str, ...]) -> None:
        self.send(
            ProjectRegistered(
                "",
                ADMINISTRATOR,
                project_id,
                project_id.title(),
                f"body-{project_id}",
                (f"body-{project_id}",),
                provinces,
                "2022-01-01",
                "2026-12-31",
            )
        )

    def unit(self, unit_id: str, project_id: str, region: str, places: int = 2, *, free: int | None = None, **changes: object) -> tuple[Outcome, ...]:
        """Open a unit for women and mothers, and publish what is free in it (all; -1: publish nothing)."""
        opened = UnitOpened(
            "", body(project_id), unit_id, project_id, f"body-{project_id}", region, Level.FIRST, places,
            (Host.MOTHERS_WITH_CHILDREN, Host.WOMEN), (), ("eng", "ita"), (),
        )  # fmt: skip
        outcomes = self.send(replace(opened, **changes))  # type: ignore[arg-type]
        if free != -1:
            outcomes = self.publish(unit_id, occupied=0 if free is None else places - free)
        return outcomes

    def publish(self, unit_id: str, **changes: object) -> tuple[Outcome, ...]:
        """Publish a unit's count, observed now, with everything free unless said otherwise."""
        return self.send(replace(self.publishing(unit_id), **changes))  # type: ignore[arg-type]

    def publishing(self, unit_id: str) -> AvailabilityPublished:
        """A count of a unit, observed now, with everything free."""
        unit = self.state.units[unit_id]
        return AvailabilityPublished("", body(unit.project_id), unit_id, self.now, unit.places, 0, 0, True, None, self.sequence)

    def reaffirm(self, unit_id: str) -> tuple[Outcome, ...]:
        """Say that nothing has changed in a unit."""
        return self.send(AvailabilityReaffirmed("", body(self.state.units[unit_id].project_id), unit_id, self.now, self.sequence))

    def close(self, unit_id: str) -> tuple[Outcome, ...]:
        return self.send(UnitClosed("", body(self.state.units[unit_id].project_id), unit_id))

    def case(
        self,
        name: str,
        project_id: str | None = "campania",
        household: tuple[Member, ...] = (woman(),),
        *,
        hosted: str | None = None,
        agreed: bool = True,
    ) -> str:
        """A case that a project (None: the helpline) is responsible for, with everybody's agreement."""
        case_id = uuid(name)
        province = min(self.state.projects[project_id].provinces) if project_id is not None else None
        self.send(ReferralReceived("", HELPLINE, case_id, Source.SELF, province, household, ""))
        if project_id is not None:
            self.send(ReferralAccepted("", body(project_id), case_id, project_id, hosted))
        for member in household:
            if agreed and member.age_group is AgeGroup.ADULT:
                self.send(AgreementGiven("", HELPLINE, case_id, member.person, self.now + 90 * DAY))
        return case_id

    def agree(self, case_id: str, person: str, for_ms: int = 30 * DAY) -> tuple[Outcome, ...]:
        """Somebody agrees to move."""
        return self.send(AgreementGiven("", HELPLINE, case_id, person, self.now + for_ms))

    def request(self, case_id: str, name: str = "", **changes: object) -> tuple[Outcome, ...]:
        """Ask for a place elsewhere."""
        event = TransferRequested(
            "", HELPLINE, case_id, uuid(f"transfer {name or case_id}"), Reason.CAPACITY, Urgency.WITHIN_DAYS, self.now + 10 * DAY, None, (), (), ""
        )
        return self.send(replace(event, **changes))  # type: ignore[arg-type]

    def transfer_id(self, case_id: str) -> str:
        transfer = self.state.cases[case_id].transfer
        assert transfer is not None
        return transfer.transfer_id

    def proposed_unit(self, case_id: str) -> str | None:
        """The unit proposed to, accepted for or waiting for a case."""
        transfer = self.state.cases[case_id].transfer
        return transfer.proposal.unit_id if transfer is not None and transfer.proposal is not None else None

    def asked(self, case_id: str) -> Actor:
        """Somebody of the project that was asked."""
        transfer = self.state.cases[case_id].transfer
        assert transfer is not None and transfer.proposal is not None
        return body(transfer.proposal.project_id)

    def accept(self, case_id: str) -> tuple[Outcome, ...]:
        return self.send(ProposalAccepted("", self.asked(case_id), case_id, self.transfer_id(case_id), None))

    def depart(self, case_id: str, **changes: object) -> tuple[Outcome, ...]:
        event = DepartureConfirmed("", HELPLINE, case_id, self.transfer_id(case_id), self.now + 5 * HOUR)
        return self.send(replace(event, **changes))  # type: ignore[arg-type]

    def arrive(self, case_id: str) -> tuple[Outcome, ...]:
        return self.send(ArrivalConfirmed("", self.asked(case_id), case_id, self.transfer_id(case_id)))


def content_hash_of(event: Event | Locked | Unread) -> bytes:
    """Stands in for the keyed hash of the plain content: everything but the id."""
    if isinstance(event, Locked | Unread):
        return bytes(16)
    content = {field.name: getattr(event, field.name) for field in fields(event) if field.name != "event_id"}
    return hashlib.sha256(f"{type(event).__name__}{content!r}".encode()).digest()[:16]


def italy() -> World:
    """Three projects, in the south, in the centre and in the north, without units."""
    world = World()
    world.send(POLICY)
    world.project("campania", ("NA", "SA"))
    world.project("lazio", ("RM",))
    world.project("piemonte", ("TO",))
    return world


def kinds(outcomes: tuple[Outcome, ...]) -> list[str]:
    """Names of outcomes, in order."""
    return [type(outcome).__name__ for outcome in outcomes]


def only(outcomes: tuple[Outcome, ...], kind: type[T]) -> T:
    """The one outcome of a kind."""
    (found,) = [outcome for outcome in outcomes if isinstance(outcome, kind)]
    return found
