"""The world behind the reports: who really lives where, what each project knows, who speaks."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from events.fact import Actor
from events.vocabulary import Level, Role
from ops.demand.calls import CasePlan, DemandPlan
from ops.demand.people import could_host
from ops.demand.units import UnitPlan
from ops.networks.loading import Network


class Stage(StrEnum):
    """Where a case's transfer stands, as its people see it."""

    NONE = "none"
    WAITING = "waiting"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DEPARTED = "departed"
    OVER = "over"


@dataclass(slots=True)
class UnitNow:
    """A unit with the people in it, as somebody standing in its door would count them."""

    plan: UnitPlan
    occupied: int
    reserved: int
    accepting: bool
    held: dict[str, int] = field(default_factory=dict)
    """Places under holds of the network, by hold id: the project sees them in its inbox."""

    @property
    def free(self) -> int:
        """Places that the project could give to somebody of its own."""
        return self.plan.places - self.occupied - self.reserved - sum(self.held.values())


@dataclass(slots=True)
class CaseNow:
    """A case and what has become of it."""

    plan: CasePlan
    project: str | None
    """Responsible project; None: the helpline."""
    lives_in: str | None
    """Unit, where it is one of the network's."""
    stage: Stage = Stage.NONE
    requested: bool = False
    proposals: int = 0
    proposal_numbers: dict[str, int] = field(default_factory=dict)
    """Which proposal of the case it was, by its id, from 1: chance hangs on the number, for ids hang on the ledger's name and sequence."""
    inquiries: Counter[str] = field(default_factory=Counter)
    """How often each unit was asked about the case."""
    proposal_id: str | None = None
    proposed_unit: str | None = None
    proposed_project: str | None = None
    escalations: int = 0
    routings: int = 0
    """How often the referral was sent to somebody."""
    amended: int = 0
    """How often the request was asked anew."""
    erased: bool = False


def staff_id(project_id: str, number: int) -> str:
    """An opaque id of a member of staff, always the same one."""
    return f"staff-{hashlib.sha256(f'{project_id}/{number}'.encode()).hexdigest()[:10]}"


class World:
    """All units and cases, by id; mutable, for the day changes it."""

    def __init__(self, network: Network, units: tuple[UnitPlan, ...], demand: DemandPlan) -> None:
        self.network = network
        self.demand = demand
        self.units = {unit.unit_id: UnitNow(unit, unit.occupied, unit.reserved, unit.accepting) for unit in units}
        self.cases = {case.case_id: CaseNow(case, case.project, case.hosted) for case in (*demand.residents, *demand.new_cases)}
        self.holds: dict[str, str] = {}
        """Unit of each live hold."""
        self.overrides: set[str] = set()
        """Event ids of choices that the helpline made: another body has to agree to some."""
        self.questions: set[str] = set()
        """Proposals about which the project has asked something."""
        self.inquiries: dict[str, str] = {}
        """Unit of each inquiry that nobody has answered."""

    def helpline(self, draw: Random) -> Actor:
        """One of the operators on shift."""
        return Actor(f"hl-{draw.randrange(1, 13):02d}", self.network.helpline_body, Role.HELPLINE)

    def staff(self, project_id: str, draw: Random, unit_id: str | None = None) -> Actor:
        """Somebody of the project: of the body that runs the unit where one is named, else of the lead body."""
        project = next(project for project in self.network.projects if project.project == project_id)
        body = self.units[unit_id].plan.body if unit_id is not None else project.lead_body
        return Actor(staff_id(project_id, draw.randrange(1, 9)), body, Role.PROJECT)

    def whoever_is_responsible(self, case: CaseNow, draw: Random) -> Actor:
        """The responsible project's staff, or the helpline."""
        return self.helpline(draw) if case.project is None else self.staff(case.project, draw)

    def room_of_its_own(self, project_id: str, case: CaseNow, draw: Random) -> str | None:
        """A unit of the project where it could take the household in without the network; None: there is none."""
        fitting = [
            unit.plan.unit_id
            for unit in self.units.values()
            if unit.plan.project_id == project_id
            and unit.plan.level is not Level.NON_RESIDENTIAL
            and unit.accepting
            and unit.free >= len(case.plan.household)
            and could_host(unit.plan.hosts, case.plan.household)
        ]
        return draw.choice(fitting) if fitting else None

    def same_macro_area(self, case: CaseNow, unit_id: str) -> bool:
        """Whether the unit lies in the macro-area where the case is; False where nobody said where that is."""
        if case.plan.province is None:
            return False
        return self.network.region_of_province(case.plan.province).macro_area == self.units[unit_id].plan.macro_area
