"""View `network`: projects, units and the policy in force, every version with the sequences between which it held. All of it is clear in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from events.network import PolicyAdopted, ProjectAmended, ProjectRegistered, UnitAmended, UnitClosed, UnitOpened
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
    from_sequence: int = field(compare=False)


POLICY_KEY = "policy"
"""There is one policy in force."""

PROJECTS: Table[str, Project] = Table("projects", Project, lambda project: project.project_id, ("project_id",))
UNITS: Table[str, Unit] = Table("units", Unit, lambda unit: unit.unit_id, ("unit_id",))
POLICIES: Table[str, Policy] = Table("policies", Policy, lambda _: POLICY_KEY, ())


@dataclass(frozen=True, slots=True)
class Rows:
    """The current rows of this view."""

    projects: Mapping[str, Project]
    units: Mapping[str, Unit]
    policies: Mapping[str, Policy]


@dataclass(frozen=True, slots=True)
class Changes:
    """New versions by key."""

    projects: Mapping[str, Project | None]
    units: Mapping[str, Unit | None]
    policies: Mapping[str, Policy | None]


NOTHING = Changes({}, {}, {})


def fold(rows: Rows, entry: Effects) -> Changes:
    """The versions that begin with this entry."""
    match entry.event:
        case ProjectRegistered() | ProjectAmended() as told:
            project = Project(told.project_id, told.name, told.lead_body, told.bodies, told.provinces, told.valid_from, told.valid_to, entry.sequence)
            return Changes(differing(rows.projects, {project.project_id: project}), {}, {})
        case UnitOpened() as told:
            unit = Unit(
                told.unit_id, told.project_id, told.body, told.region, told.level, told.hosts, told.offers, told.languages, True, entry.sequence
            )
            return Changes({}, differing(rows.units, {unit.unit_id: unit}), {})
        case UnitAmended() as told if told.unit_id in rows.units:
            amended = replace(
                rows.units[told.unit_id],
                level=told.level, hosts=told.hosts, offers=told.offers, languages=told.languages, from_sequence=entry.sequence,
            )  # fmt: skip
            return Changes({}, differing(rows.units, {told.unit_id: amended}), {})
        case UnitClosed() as told if told.unit_id in rows.units:
            closed = replace(rows.units[told.unit_id], is_open=False, from_sequence=entry.sequence)
            return Changes({}, differing(rows.units, {told.unit_id: closed}), {})
        case PolicyAdopted() as told:
            policy = Policy(
                told.version,
                told.fresh_for_ms,
                told.ageing_for_ms,
                tuple(area.province for area in told.areas),
                tuple(area.region for area in told.areas),
                tuple(area.macro_area for area in told.areas),
                entry.sequence,
            )
            return Changes({}, {}, differing(rows.policies, {POLICY_KEY: policy}))
        case _:
            return NOTHING
