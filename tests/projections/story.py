"""A made-up network's history: events with the outcomes that a coordinator would give them. It keeps count of places; it judges nothing.

Seeded: the same seed tells the same story. Free texts hold `CANARY`, so that a search for it finds whatever is stored open.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from events.availability import AvailabilityPublished, AvailabilityReaffirmed, CapacityChanged
from events.fact import Actor, Danger
from events.facts import Event, Outcome
from events.ids import uuid7
from events.network import (
    Area,
    DayWindow,
    DutyException,
    DutyHoursPublished,
    DutyWindow,
    PolicyAdopted,
    ProjectRegistered,
    ProposalDeadline,
    UnitAmended,
    UnitOpened,
    Weights,
)
from events.person import AgreementGiven, CaseErased, KeepApartDeclared
from events.referral import Member, ReferralAccepted, ReferralReceived, ReferralRouted, ResponsibilityPassed
from events.transfer import (
    ArrivalConfirmed,
    DepartureConfirmed,
    Excluded,
    MatchExplained,
    PlaceHeld,
    PlaceKept,
    PlaceKeptFor,
    PlaceOccupied,
    PlaceReleased,
    PlaceReserved,
    ProposalAccepted,
    ProposalDeclined,
    ProposalEnded,
    ProposalMade,
    Scored,
    TransferClosed,
    TransferEscalated,
    TransferRequested,
)
from events.verdict import Duplicate, Recorded, Refused, Unreadable
from events.vocabulary import (
    AgeGroup,
    DangerKind,
    DeclineCode,
    Escalation,
    Gender,
    Host,
    KeepApart,
    Level,
    Need,
    ProposalEnd,
    Reason,
    RefusalCode,
    Role,
    Source,
    TransferEnd,
    Urgency,
)

CANARY = "canary-7f3a-somebody"
START_MS = 1_767_225_600_000
HOUR_MS = 3_600_000
REGIONS = ("01", "03", "09", "12", "15", "19")
MACRO = {"01": "north-west", "03": "north-west", "09": "centre", "12": "centre", "15": "south", "19": "islands"}


@dataclass(frozen=True, slots=True)
class Told:
    """One event and what follows. `raw`: the record's bytes where no event stands in it."""

    at_ms: int
    event: Event | None
    outcomes: tuple[Outcome, ...]
    raw: bytes | None = None


@dataclass(slots=True)
class _Unit:
    unit_id: str
    project_id: str
    places: int
    occupied: int = 0
    observed_at_ms: int | None = None
    holds: dict[str, int] = field(default_factory=dict)

    @property
    def held(self) -> int:
        return sum(self.holds.values())

    @property
    def free(self) -> int:
        return max(0, self.places - self.occupied - self.held) if self.observed_at_ms is not None else 0

    def told(self) -> CapacityChanged:
        return CapacityChanged(
            self.unit_id, self.places, self.occupied, 0, self.held, self.free, True, self.observed_at_ms,
            self.occupied + self.held > self.places,
        )  # fmt: skip


@dataclass(slots=True)
class _Case:
    case_id: str
    size: int
    project_id: str
    origin: _Unit | None = None
    transfer_id: str | None = None
    proposal_id: str | None = None
    hold_id: str | None = None
    unit: _Unit | None = None
    stage: str = "known"
    kept: str | None = None


class Story:
    """Tells events one after another. Take as many as needed from `tell`."""

    def __init__(self, seed: int, *, projects: int = 4, units: int = 12, cases: float = 0.3, erasures: float = 0.004) -> None:
        self._random = random.Random(seed)
        self._cases_share = cases
        self._erasures = erasures
        self._at_ms = START_MS
        self._projects = [f"project-{number:02}" for number in range(projects)]
        self._units = [_Unit(f"unit-{number:03}", self._projects[number % projects], self._random.randint(2, 8)) for number in range(units)]
        self._open: dict[str, _Case] = {}
        self._last_id: str | None = None
        self.erased: list[str] = []
        self.sequence = 0

    def tell(self, count: int) -> Iterator[Told]:
        """The next `count` events; the first ones found the network."""
        for _ in range(count):
            self.sequence += 1
            self._at_ms += self._random.randint(1, 600_000)
            told = self._founding() if self.sequence <= 1 + len(self._projects) + len(self._units) else self._some_day()
            if told.event is not None:
                self._last_id = told.event.event_id
            yield told

    def _founding(self) -> Told:
        number = self.sequence - 2
        if number < 0:
            return self._told(self._policy(), Recorded())
        if number < len(self._projects):
            project = self._projects[number]
            event = ProjectRegistered(
                self._id(), self._admin(), project, f"Project {number}", project, (project,), ("TO",), "2026-01-01", "2027-12-31"
            )
            return self._told(event, Recorded())
        if number == len(self._projects):
            hours = DayWindow(480, 1200)
            weekly = tuple(DutyWindow(weekday, hours.from_minute, hours.to_minute) for weekday in range(7))
            exceptions = (DutyException("2026-08-15", (hours,)),)
            return self._told(DutyHoursPublished(self._id(), self._admin(), self._projects[0], weekly, (), exceptions), Recorded())
        unit = self._units[number - len(self._projects) - 1]
        return self._told(
            UnitOpened(
                self._id(), self._admin(), unit.unit_id, unit.project_id, unit.project_id, self._random.choice(REGIONS), self._random.choice(list(Level)),
                unit.places, (Host.WOMEN,), (Need.PREGNANCY_CARE,), ("eng", "ita"), (Danger(DangerKind.BODY, CANARY),),
            ),
            Recorded(), unit.told(),
        )  # fmt: skip

    def _some_day(self) -> Told:
        draw = self._random.random()
        if draw < 0.01:
            return Told(self._at_ms, None, (Unreadable("not_single_object"),), self._random.randbytes(40))
        if draw < 0.02 and self._last_id is not None:
            return self._told(self._count(self._random.choice(self._units))[0], Duplicate(max(1, self.sequence - 1)))
        if draw < 0.04:
            return self._told(self._count(self._random.choice(self._units))[0], Refused(RefusalCode.OBSERVED_OUT_OF_ORDER, "observed_at_ms"))
        if draw < 0.04 + self._cases_share:
            return self._about_a_case()
        return self._about_a_unit()

    def _about_a_unit(self) -> Told:
        unit = self._random.choice(self._units)
        if self._random.random() < 0.05:
            unit.places = max(1, unit.places + self._random.randint(-1, 1))
            event: Event = UnitAmended(
                self._id(), self._staff(unit.project_id), unit.unit_id, Level.FIRST, unit.places, (Host.MEN, Host.WOMEN), (), ("ita",), ()
            )
            return self._told(event, Recorded(), unit.told())
        if self._random.random() < 0.3 and unit.observed_at_ms is not None:
            unit.observed_at_ms = self._at_ms
            return self._told(
                AvailabilityReaffirmed(self._id(), self._staff(unit.project_id), unit.unit_id, self._at_ms, self.sequence - 1),
                Recorded(),
                unit.told(),
            )
        event, unit.occupied = self._count(unit)
        unit.observed_at_ms = self._at_ms
        return self._told(event, Recorded(), unit.told())

    def _count(self, unit: _Unit) -> tuple[AvailabilityPublished, int]:
        occupied = self._random.randint(0, unit.places)
        return (
            AvailabilityPublished(
                self._id(), self._staff(unit.project_id), unit.unit_id, self._at_ms, unit.places, occupied, 0, True, None, self.sequence - 1
            ),
            occupied,
        )

    def _about_a_case(self) -> Told:
        if self._open and self._random.random() < self._erasures / max(0.01, self._cases_share):
            return self._erase(self._open[self._random.choice(sorted(self._open))])
        if not self._open or self._random.random() < 0.2:
            return self._refer()
        case = self._open[self._random.choice(sorted(self._open))]
        match case.stage:
            case "known":
                case.stage = "taken"
                case.origin = self._random.choice(self._units)
                case.project_id = case.origin.project_id
                event: Event = ReferralAccepted(self._id(), self._staff(case.project_id), case.case_id, case.project_id, case.origin.unit_id)
                return self._told(event, Recorded(), ResponsibilityPassed(case.case_id, case.project_id))
            case "taken":
                if self._random.random() < 0.3:
                    return self._told(
                        AgreementGiven(self._id(), self._staff(case.project_id), case.case_id, "a", self._at_ms + 90 * 24 * HOUR_MS), Recorded()
                    )
                if self._random.random() < 0.1 and len(self._open) > 1:
                    other = self._random.choice([one for one in sorted(self._open) if one != case.case_id])
                    return self._told(
                        KeepApartDeclared(self._id(), self._staff(case.project_id), case.case_id, other, KeepApart.RECRUITER), Recorded()
                    )
                return self._request(case)
            case "waiting":
                return self._told(
                    AgreementGiven(self._id(), self._staff(case.project_id), case.case_id, "a", self._at_ms + HOUR_MS),
                    Recorded(),
                    *self._propose(case),
                )
            case "proposed":
                return self._answer(case)
            case "accepted":
                return self._depart(case)
            case _:
                return self._arrive(case)

    def _refer(self) -> Told:
        case = _Case(self._uuid(), self._random.choice((1, 1, 1, 2)), self._random.choice(self._projects))
        self._open[case.case_id] = case
        household = tuple(
            Member("ab"[number], AgeGroup.ADULT, Gender.WOMAN, False, (Need.PREGNANCY_CARE,), (), ("eng",), False) for number in range(case.size)
        )
        event = ReferralReceived(self._id(), self._helpline(), case.case_id, Source.NGO, "TO", household, f"{CANARY} called in the morning")
        return self._told(event, Recorded(), ReferralRouted(case.case_id, case.project_id))

    def _request(self, case: _Case) -> Told:
        case.transfer_id = self._uuid()
        event = TransferRequested(
            self._id(), self._staff(case.project_id), case.case_id, case.transfer_id, Reason.SAFETY, self._random.choice(list(Urgency)),
            self._at_ms + 72 * HOUR_MS, "TO", (Level.FIRST,), ("12",), f"{CANARY} is afraid",
        )  # fmt: skip
        return self._told(event, Recorded(), *self._propose(case))

    def _propose(self, case: _Case) -> tuple[Outcome, ...]:
        assert case.transfer_id is not None
        fitting = [unit for unit in self._units if unit.free >= case.size and unit is not case.origin]
        excluded = Excluded("one_place_one_case", tuple(unit.unit_id for unit in self._units if unit not in fitting))
        scored = tuple(Scored(unit.unit_id, (1, 2, 3, 4, 5, 6, -7, -8, -9), 3, unit.observed_at_ms or 0) for unit in fitting)
        if not fitting:
            case.stage = "waiting"
            return (
                TransferEscalated(case.case_id, case.transfer_id, Escalation.NO_PLACE),
                MatchExplained(case.case_id, case.transfer_id, None, 1, (excluded,), scored, ()),
            )
        unit = self._random.choice(fitting)
        case.unit, case.hold_id, case.proposal_id, case.stage = unit, self._uuid(), self._uuid(), "proposed"
        unit.holds[case.hold_id] = case.size
        until = self._at_ms + HOUR_MS
        return (
            ProposalMade(case.case_id, case.transfer_id, case.proposal_id, case.hold_id, unit.unit_id, unit.project_id, until, 3, 1),
            PlaceHeld(case.hold_id, unit.unit_id, case.size, until),
            unit.told(),
            MatchExplained(case.case_id, case.transfer_id, case.proposal_id, 1, (excluded,), scored, ()),
        )

    def _answer(self, case: _Case) -> Told:
        assert case.unit and case.transfer_id and case.proposal_id and case.hold_id
        unit, said = case.unit, (case.case_id, case.transfer_id, case.proposal_id)
        if self._random.random() < 0.3:
            del unit.holds[case.hold_id]
            decline = ProposalDeclined(self._id(), self._staff(unit.project_id), *said, DeclineCode.OTHER, f"{CANARY} cannot come")
            released = (ProposalEnded(*said, case.hold_id, ProposalEnd.DECLINED), PlaceReleased(case.hold_id, unit.unit_id, case.size), unit.told())
            return self._told(decline, Recorded(), *released, *self._propose(case))
        case.stage = "accepted"
        accept = ProposalAccepted(self._id(), self._staff(unit.project_id), *said)
        return self._told(
            accept,
            Recorded(),
            ProposalEnded(*said, case.hold_id, ProposalEnd.ACCEPTED),
            PlaceReserved(case.hold_id, unit.unit_id, case.size),
            unit.told(),
        )

    def _depart(self, case: _Case) -> Told:
        assert case.origin and case.transfer_id
        case.stage, case.kept = "departed", self._uuid()
        case.origin.holds[case.kept] = case.size
        event = DepartureConfirmed(self._id(), self._staff(case.project_id), case.case_id, case.transfer_id, self._at_ms + 5 * HOUR_MS)
        return self._told(
            event, Recorded(), PlaceKept(case.kept, case.origin.unit_id, case.size), PlaceKeptFor(case.case_id, case.transfer_id, case.kept, None),
            case.origin.told(),
        )  # fmt: skip

    def _arrive(self, case: _Case) -> Told:
        assert case.unit and case.origin and case.transfer_id and case.hold_id and case.kept
        unit = case.unit
        del unit.holds[case.hold_id]
        unit.occupied += case.size
        case.origin.holds.pop(case.kept)
        case.stage, case.project_id, kept, case.kept = "taken", unit.project_id, case.kept, None
        event = ArrivalConfirmed(self._id(), self._staff(unit.project_id), case.case_id, case.transfer_id)
        outcomes = (
            PlaceOccupied(case.hold_id, unit.unit_id, case.size),
            ResponsibilityPassed(case.case_id, unit.project_id),
            TransferClosed(case.case_id, case.transfer_id, TransferEnd.ARRIVED),
            PlaceReleased(kept, case.origin.unit_id, case.size),
            unit.told(),
            case.origin.told(),
        )
        case.origin = unit
        return self._told(event, Recorded(), *outcomes)

    def _erase(self, case: _Case) -> Told:
        del self._open[case.case_id]
        self.erased.append(case.case_id)
        outcomes: list[Outcome] = []
        if case.stage in ("proposed", "accepted", "departed") and case.unit and case.hold_id and case.transfer_id:
            del case.unit.holds[case.hold_id]
            outcomes += [PlaceReleased(case.hold_id, case.unit.unit_id, case.size), case.unit.told()]
            outcomes += [TransferClosed(case.case_id, case.transfer_id, TransferEnd.WITHDRAWN)]
        if case.kept and case.origin:
            case.origin.holds.pop(case.kept)
            outcomes += [PlaceReleased(case.kept, case.origin.unit_id, case.size), case.origin.told()]
        return self._told(CaseErased(self._id(), self._helpline(), case.case_id), Recorded(), *outcomes)

    def _policy(self) -> PolicyAdopted:
        return PolicyAdopted(
            self._id(), self._admin(), 1, tuple(Area(f"P{number}", region, MACRO[region]) for number, region in enumerate(REGIONS)),
            48 * HOUR_MS, 120 * HOUR_MS, tuple(ProposalDeadline(urgency, HOUR_MS) for urgency in Urgency), 3, 3, 72 * HOUR_MS, HOUR_MS, 24 * HOUR_MS,
            HOUR_MS, True, False, Weights(1, 2, 3, 4, 5, 6, 7, 8, 9), (DeclineCode.PROVIDER_NOT_FREE,), None,
        )  # fmt: skip

    def _told(self, event: Event, *outcomes: Outcome) -> Told:
        return Told(self._at_ms, event, outcomes)

    def _id(self) -> str:
        return uuid7(self._at_ms, self._random.getrandbits(74))

    def _uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def _admin(self) -> Actor:
        return Actor(f"admin-{CANARY}", "ministry", Role.ADMINISTRATOR)

    def _helpline(self) -> Actor:
        return Actor(f"operator-{CANARY}", "helpline", Role.HELPLINE)

    def _staff(self, project: str) -> Actor:
        return Actor(f"staff-{CANARY}", project, Role.PROJECT)
