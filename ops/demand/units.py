"""Units of a synthetic network: sized to the residents of each territory, hosting whom the published figures say is assisted."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from events.fact import Danger
from events.vocabulary import DangerKind, Host, Level, Need
from ops.demand import figures
from ops.demand.chance import chance, pick
from ops.networks.loading import Network, Project

_REFERENCE_PROJECT = "anello-forte"


class Habit(StrEnum):
    """How a unit's staff keeps its availability."""

    PROMPT = "prompt"
    """Published or reaffirmed every morning."""
    SLOW = "slow"
    """Every few days: ageing."""
    STALE = "stale"
    """Hardly ever; only a telephone call brings news."""


@dataclass(frozen=True, slots=True)
class UnitPlan:
    """A synthetic unit and its state when the day begins."""

    unit_id: str
    project_id: str
    body: str
    region: str
    macro_area: str
    level: Level
    places: int
    hosts: tuple[Host, ...]
    offers: tuple[Need, ...]
    languages: tuple[str, ...]
    dangers: tuple[Danger, ...]
    occupied: int
    reserved: int
    accepting: bool
    habit: Habit
    observed_hours_before: float
    """Age of its last count when the day begins."""


_KINDS: dict[tuple[Host, ...], float] = {
    (Host.WOMEN,): 0.55,
    (Host.MOTHERS_WITH_CHILDREN, Host.WOMEN): 0.10,
    (Host.MOTHERS_WITH_CHILDREN,): 0.12,
    (Host.MEN,): 0.105,
    (Host.FATHERS_WITH_CHILDREN, Host.MEN): 0.015,
    (Host.FATHERS_WITH_CHILDREN, Host.MOTHERS_WITH_CHILDREN): 0.02,
    (Host.NON_BINARY, Host.TRANS_WOMEN): 0.025,
    (Host.MEN, Host.TRANS_MEN): 0.01,
    (Host.NON_BINARY, Host.TRANS_WOMEN, Host.WOMEN): 0.02,
    (Host.UNACCOMPANIED_MINORS,): 0.035,
}
"""Whom units host, by share of units; follows the published shares of people assisted."""

_SIZES: dict[int, float] = {2: 0.20, 3: 0.28, 4: 0.26, 5: 0.14, 6: 0.12}
_HABITS: dict[Habit, float] = {Habit.PROMPT: 0.76, Habit.SLOW: 0.15, Habit.STALE: 0.09}


def places_of(project: Project, network: Network) -> int:
    """Residential places of a project: those of L'Anello Forte, in proportion to residents, at least 6."""
    reference = next(other for other in network.projects if other.project == _REFERENCE_PROJECT)
    return max(6, round(figures.PLACES_OF_ANELLO_FORTE.value * project.residents_thousands / reference.residents_thousands))


def implementing_bodies(project: Project, network: Network) -> tuple[str, ...]:
    """Invented implementing bodies: one for each thirty places, none where the project is small."""
    return tuple(f"{project.project}-attuatore-{number}" for number in range(1, places_of(project, network) // 30 + 1))


def units_of(network: Network, seed: int) -> tuple[UnitPlan, ...]:
    """Every unit of the synthetic network, by project, then number."""
    return tuple(unit for project in network.projects for unit in _units_of_project(project, network, seed))


def _units_of_project(project: Project, network: Network, seed: int) -> list[UnitPlan]:
    draw = chance(seed, "units", project.project)
    regions = [region for region in network.regions if region.region in project.regions]
    weights = {region.region: float(region.residents_thousands) for region in regions}
    macro_area = {region.region: region.macro_area for region in regions}
    bodies = sorted({*project.bodies, *implementing_bodies(project, network)})
    left = places_of(project, network)
    units: list[UnitPlan] = []
    while left > 0:
        places = min(pick(draw, _SIZES), left)
        left -= places
        units.append(_unit(draw, project, len(units) + 1, places, pick(draw, weights), macro_area, bodies))
    if draw.random() < 0.4:
        units.append(_non_residential(draw, project, len(units) + 1, pick(draw, weights), macro_area, bodies))
    return units


def _unit(draw: Random, project: Project, number: int, places: int, region: str, macro_area: dict[str, str], bodies: list[str]) -> UnitPlan:
    kind = pick(draw, _KINDS)
    if places == 1 and Host.MOTHERS_WITH_CHILDREN in kind:
        kind = (Host.WOMEN,)
    women = Host.WOMEN in kind or Host.MOTHERS_WITH_CHILDREN in kind
    offers = {need for need, share in figures.OFFERS.items() if draw.random() < share}
    if women and draw.random() < figures.OFFERS_PREGNANCY_CARE:
        offers.add(Need.PREGNANCY_CARE)
    spoken = {"ita", *(language for language, share in figures.SPEECH.items() if draw.random() < share)}
    taken = sum(draw.random() < figures.SHARE_OCCUPIED for _ in range(places))
    reserved = min(places - taken, int(draw.random() < figures.SHARE_RESERVED * places))
    habit = pick(draw, _HABITS)
    hours = {Habit.PROMPT: draw.uniform(10, 34), Habit.SLOW: draw.uniform(40, 118), Habit.STALE: draw.uniform(130, 460)}[habit]
    dangers = _dangers_to(draw, region)
    return UnitPlan(
        unit_id=f"{project.project}-{number:02d}",
        project_id=project.project,
        body=draw.choice(bodies),
        region=region,
        macro_area=macro_area[region],
        level=pick(draw, figures.LEVELS),
        places=places,
        hosts=tuple(sorted(kind)),
        offers=tuple(sorted(offers)),
        languages=tuple(sorted(spoken)),
        dangers=dangers,
        occupied=taken,
        reserved=reserved,
        accepting=draw.random() >= figures.SHARE_NOT_ACCEPTING,
        habit=habit,
        observed_hours_before=hours,
    )


def _dangers_to(draw: Random, region: str) -> tuple[Danger, ...]:
    """One unit in twenty has a resident threatened from some other region."""
    if draw.random() >= 0.05:
        return ()
    other = draw.choice([code for code in ("01", "03", "05", "08", "12", "15", "16", "18", "19") if code != region])
    return (Danger(DangerKind.REGION, other),)


def _non_residential(draw: Random, project: Project, number: int, region: str, macro_area: dict[str, str], bodies: list[str]) -> UnitPlan:
    """*Presa in carico territoriale*: support without a bed."""
    return UnitPlan(
        unit_id=f"{project.project}-{number:02d}",
        project_id=project.project,
        body=draw.choice(bodies),
        region=region,
        macro_area=macro_area[region],
        level=Level.NON_RESIDENTIAL,
        places=10,
        hosts=(Host.MEN, Host.WOMEN),
        offers=(),
        languages=("eng", "ita"),
        dangers=(),
        occupied=draw.randint(3, 9),
        reserved=0,
        accepting=True,
        habit=Habit.SLOW,
        observed_hours_before=draw.uniform(20, 100),
    )
