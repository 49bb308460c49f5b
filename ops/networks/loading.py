"""Reads a network's file (`ops/networks/<network>.json`): territories, projects, bodies, programme period, default policy.

The file is data about public things only: no unit, no address, no person.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any

from events.ids import is_slug


class NetworkFileInvalid(Exception):
    """The network's file contradicts itself; the message says where."""


@dataclass(frozen=True, slots=True)
class Programme:
    """The dated period in which projects and territories are valid."""

    valid_from: str
    """ISO 8601 date, first day."""
    valid_to: str
    """ISO 8601 date, last day."""


@dataclass(frozen=True, slots=True)
class Region:
    """A region with its provinces and the macro-area that holds it."""

    region: str
    name: str
    macro_area: str
    residents_thousands: int
    provinces: tuple[str, ...]
    """Sorted."""


@dataclass(frozen=True, slots=True)
class Project:
    """A regional project as published: who leads it and which provinces it covers."""

    project: str
    name: str
    lead_body: str
    bodies: tuple[str, ...]
    """Bodies known to act for it, the lead body among them, sorted."""
    regions: tuple[str, ...]
    provinces: tuple[str, ...]
    """Sorted."""
    residents_thousands: int
    """Residents of its territory: what synthetic capacity and demand are scaled by."""


@dataclass(frozen=True, slots=True)
class Network:
    """One country's system as data."""

    network: str
    name: str
    programme: Programme
    helpline_body: str
    helpline_languages: tuple[str, ...]
    macro_areas: tuple[tuple[str, str], ...]
    """(code, name), in the file's order."""
    regions: tuple[Region, ...]
    """Sorted by code."""
    projects: tuple[Project, ...]
    """Sorted by id."""
    policy: dict[str, Any]
    """The default policy, durations in hours, as the file has it; `ops.networks.opening` turns it into an event."""

    def project_of_province(self, province: str) -> Project | None:
        """The competent project, or None where no project covers the province."""
        return next((project for project in self.projects if province in project.provinces), None)

    def region_of_province(self, province: str) -> Region:
        """The region that contains the province. Raises KeyError for an unknown province."""
        for region in self.regions:
            if province in region.provinces:
                return region
        raise KeyError(province)


def load_network(network: str) -> Network:
    """The network that ships under this name. Raises FileNotFoundError where there is none, NetworkFileInvalid where it is wrong."""
    if not is_slug(network):
        raise NetworkFileInvalid(f"{network!r} is no name of a network")
    text = files("ops.networks").joinpath(f"{network}.json").read_text(encoding="utf-8")
    return read_network(text)


def shipped_networks() -> list[str]:
    """Names of the networks that ship, sorted."""
    return sorted(file.name.removesuffix(".json") for file in files("ops.networks").iterdir() if file.name.endswith(".json"))


def read_network(text: str) -> Network:
    """The network in this JSON text. Raises NetworkFileInvalid, saying what contradicts what."""
    data = json.loads(text)
    regions = tuple(
        Region(entry["region"], entry["name"], macro["macro_area"], entry["residents_thousands"], tuple(entry["provinces"]))
        for macro in data["macro_areas"]
        for entry in macro["regions"]
    )
    projects = tuple(
        Project(
            entry["project"],
            entry["name"],
            entry["lead_body"],
            tuple(sorted(entry["bodies"])),
            tuple(entry["regions"]),
            tuple(sorted(entry["provinces"])),
            entry["residents_thousands"],
        )
        for entry in data["projects"]
    )
    found = Network(
        network=data["network"],
        name=data["name"],
        programme=Programme(data["programme"]["valid_from"], data["programme"]["valid_to"]),
        helpline_body=data["helpline"]["body"],
        helpline_languages=tuple(data["helpline"]["languages"]),
        macro_areas=tuple((macro["macro_area"], macro["name"]) for macro in data["macro_areas"]),
        regions=tuple(sorted(regions, key=lambda region: region.region)),
        projects=tuple(sorted(projects, key=lambda project: project.project)),
        policy=data["policy"],
    )
    _check(found, {entry["body"] for entry in data["bodies"]})
    return found


def _check(network: Network, bodies: set[str]) -> None:
    """Every province in one region, every project's provinces in its regions, no province in two projects, every body listed."""
    region_of: dict[str, str] = {}
    for region in network.regions:
        for province in region.provinces:
            if province in region_of:
                raise NetworkFileInvalid(f"province {province} lies in {region_of[province]} and in {region.region}")
            region_of[province] = region.region
    covered: dict[str, str] = {}
    for project in network.projects:
        if project.lead_body not in project.bodies:
            raise NetworkFileInvalid(f"project {project.project}: its lead body is not among its bodies")
        for name in (project.project, *project.bodies):
            if not is_slug(name):
                raise NetworkFileInvalid(f"project {project.project}: {name!r} is no slug")
        if unlisted := set(project.bodies) - bodies:
            raise NetworkFileInvalid(f"project {project.project}: unlisted bodies {sorted(unlisted)}")
        for province in project.provinces:
            if region_of.get(province) not in project.regions:
                raise NetworkFileInvalid(f"project {project.project}: province {province} is not in its regions")
            if province in covered:
                raise NetworkFileInvalid(f"province {province} is covered by {covered[province]} and by {project.project}")
            covered[province] = project.project
    if date.fromisoformat(network.programme.valid_from) > date.fromisoformat(network.programme.valid_to):
        raise NetworkFileInvalid("the programme ends before it begins")
