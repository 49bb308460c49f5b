"""View `network`: projects, units and the policy in force, every version with the sequences between which it held. All of it is clear in the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from events.network import (
    Clocks,
    DutyHoursPublished,
    PolicyAdopted,
    ProgrammeTurned,
    ProjectAmended,
    ProjectRegistered,
    Trust,
    UnitAmended,
    UnitClosed,
    UnitOpened,
    UnitPassed,
)
from events.typed import hints_of, record_to_plain
from events.vocabulary import Programme
from projections.history import Table, differing
from projections.reported import Effects

VIEW = "network"


@dataclass(frozen=True, slots=True)
class Project:
    """One version of a project."""

    project_id: str
    name: str
    lead_body: str
    bodies: tuple[str, ...]
    provinces: tuple[str, ...]
    valid_from: str
    valid_to: str
    programme: str
    """Where it stands in its programme: ahead, running, over, ended."""
    from_sequence: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Unit:
    """One version of what a unit is; what is free in it stands in `capacity`."""

    unit_id: str
    project_id: str
    body: str
    region: str
    level: str
    hosts: tuple[str, ...]
    offers: tuple[str, ...]
    languages: tuple[str, ...]
    is_open: bool
    from_sequence: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Policy:
    """What of a policy the views need: how availability ages, and which region lies in which macro-area (parallel, by province)."""

    version: int
    fresh_for_ms: int
    ageing_for_ms: int
    provinces: tuple[str, ...]
    regions: tuple[str, ...]
    macro_areas: tuple[str, ...]
    clocks: str | None
    """The calendar as JSON, in the fields of `events.network.Clocks`; null: civil time plays no part."""
    trust: str | None
    """How far published places are trusted, as JSON, in the fields of `events.network.Trust`; null: alike."""
    from_sequence: int = field(compare=False)


@dataclass(frozen=True, slots=True)
class Duty:
    """One version of a project's duty hours."""

    project_id: str
    hours: str
    """As JSON, in the fields of `events.network.DutyHoursPublished`: `weekly`, `on_holidays`, `exceptions`."""
    from_sequence: int = field(compare=False)


POLICY_KEY = "policy"
"""There is one policy in force."""

PROJECTS: Table[str, Project] = Table("projects", Project, lambda project: project.project_id, ("project_id",))
UNITS: Table[str, Unit] = Table("units", Unit, lambda unit: unit.unit_id, ("unit_id",))
POLICIES: Table[str, Policy] = Table("policies", Policy, lambda _: POLICY_KEY, ())
DUTY: Table[str, Duty] = Table("duty", Duty, lambda duty: duty.project_id, ("project_id",))

_CLOCKS_TO_PLAIN = record_to_plain(Clocks, tuple(hints_of(Clocks)))
_TRUST_TO_PLAIN = record_to_plain(Trust, tuple(hints_of(Trust)))
_DUTY_TO_PLAIN = record_to_plain(DutyHoursPublished, ("weekly", "on_holidays", "exceptions"))


@dataclass(frozen=True, slots=True)
class Rows:
    """The current rows of this view."""

    projects: Mapping[str, Project]
    units: Mapping[str, Unit]
    policies: Mapping[str, Policy]
    duty: Mapping[str, Duty] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """New versions by key."""

    projects: Mapping[str, Project | None]
    units: Mapping[str, Unit | None]
    policies: Mapping[str, Policy | None]
    duty: Mapping[str, Duty | None] = field(default_factory=dict)


NOTHING = Changes({}, {}, {})
READS = frozenset(
    {DutyHoursPublished, PolicyAdopted, ProgrammeTurned, ProjectAmended, ProjectRegistered, UnitAmended, UnitClosed, UnitOpened, UnitPassed}
)
"""Kinds that this view is folded from, by their clear fields."""


def fold(rows: Rows, entry: Effects) -> Changes:
    """The versions that begin with this entry; outcomes may follow upon its event, or upon the clock alone."""
    told = [fact for _, fact in entry.facts if type(fact) in READS]
    if not told:
        return NOTHING
    projects: dict[str, Project] = {}
    units: dict[str, Unit] = {}
    policies: dict[str, Policy] = {}
    duty: dict[str, Duty] = {}
    for fact in told:
        match fact:
            case ProjectRegistered() | ProjectAmended():
                projects[fact.project_id] = _project(projects.get(fact.project_id) or rows.projects.get(fact.project_id), fact, entry.sequence)
            case ProgrammeTurned():
                project = projects.get(fact.project_id) or rows.projects.get(fact.project_id)
                if project is not None:
                    projects[fact.project_id] = replace(project, programme=fact.to.value, from_sequence=entry.sequence)
            case UnitOpened() | UnitAmended() | UnitClosed() | UnitPassed():
                unit = _unit(units.get(fact.unit_id) or rows.units.get(fact.unit_id), fact, entry.sequence)
                if unit is not None:
                    units[fact.unit_id] = unit
            case PolicyAdopted():
                policies[POLICY_KEY] = _policy(fact, entry.sequence)
            case DutyHoursPublished():
                duty[fact.project_id] = Duty(fact.project_id, json.dumps(_DUTY_TO_PLAIN(fact), separators=(",", ":")), entry.sequence)
            case _:
                pass
    return Changes(differing(rows.projects, projects), differing(rows.units, units), differing(rows.policies, policies), differing(rows.duty, duty))


def _project(before: Project | None, told: ProjectRegistered | ProjectAmended, sequence: int) -> Project:
    programme = before.programme if before is not None else Programme.RUNNING.value
    return Project(
        told.project_id, told.name, told.lead_body, told.bodies, told.provinces, told.valid_from, told.valid_to, programme, sequence
    )  # fmt: skip


def _unit(before: Unit | None, told: UnitOpened | UnitAmended | UnitClosed | UnitPassed, sequence: int) -> Unit | None:
    """None: a unit that is not known."""
    match told:
        case UnitOpened():
            return Unit(told.unit_id, told.project_id, told.body, told.region, told.level, told.hosts, told.offers, told.languages, True, sequence)
        case _ if before is None:
            return None
        case UnitAmended():
            return replace(
                before, level=told.level, hosts=told.hosts, offers=told.offers, languages=told.languages, from_sequence=sequence
            )  # fmt: skip
        case UnitClosed():
            return replace(before, is_open=False, from_sequence=sequence)
        case UnitPassed():
            return replace(before, project_id=told.project_id, body=told.body, from_sequence=sequence)


def _policy(told: PolicyAdopted, sequence: int) -> Policy:
    return Policy(
        told.version,
        told.fresh_for_ms,
        told.ageing_for_ms,
        tuple(area.province for area in told.areas),
        tuple(area.region for area in told.areas),
        tuple(area.macro_area for area in told.areas),
        None if told.clocks is None else json.dumps(_CLOCKS_TO_PLAIN(told.clocks), separators=(",", ":")),
        None if told.trust is None else json.dumps(_TRUST_TO_PLAIN(told.trust), separators=(",", ":")),
        sequence,
    )
