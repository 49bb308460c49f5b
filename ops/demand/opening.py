"""What was reported before the simulated day begins: the network, its units, their last counts, the cases already in charge."""

from __future__ import annotations

from random import Random

from events.availability import AvailabilityPublished
from events.network import UnitOpened
from events.referral import ReferralAccepted, ReferralReceived
from ops.demand.agenda import Timed
from ops.demand.calls import CasePlan
from ops.demand.chance import chance, event_id
from ops.demand.hours import DAY_MS, HOUR_MS, MINUTE_MS
from ops.demand.units import UnitPlan, implementing_bodies
from ops.demand.world import World
from ops.networks.opening import opening_events

_OPENS_BEFORE_MS = 21 * DAY_MS


def before_the_day(world: World, units: tuple[UnitPlan, ...], residents: tuple[CasePlan, ...], seed: int, start_ms: int) -> tuple[Timed, ...]:
    """Everything up to `start_ms`, in order of time. Nobody reacts to it."""
    draw = chance(seed, "opening")
    network = world.network
    opens_at = start_ms - _OPENS_BEFORE_MS
    extra = {project.project: implementing_bodies(project, network) for project in network.projects}
    found = [Timed(opens_at, event) for event in opening_events(network, lambda: event_id(draw, opens_at), "administrator-1", extra, suggested=True)]
    found += [Timed(opens_at + HOUR_MS, _opened(world, unit, draw, opens_at + HOUR_MS)) for unit in units]
    for unit in units:
        at_ms = start_ms - int(unit.observed_hours_before * HOUR_MS)
        found.append(Timed(at_ms, _counted(world, unit, draw, at_ms)))
    for case in residents:
        found.append(Timed(case.at_ms, _referred(world, case, draw)))
        found.append(Timed(case.at_ms + 26 * HOUR_MS, _taken_in(world, case, draw, case.at_ms + 26 * HOUR_MS)))
    return tuple(sorted(found, key=lambda timed: timed.at_ms))


def _opened(world: World, unit: UnitPlan, draw: Random, at_ms: int) -> UnitOpened:
    return UnitOpened(
        event_id=event_id(draw, at_ms),
        actor=world.staff(unit.project_id, draw, unit.unit_id),
        unit_id=unit.unit_id,
        project_id=unit.project_id,
        body=unit.body,
        region=unit.region,
        level=unit.level,
        places=unit.places,
        hosts=unit.hosts,
        offers=unit.offers,
        languages=unit.languages,
        dangers=unit.dangers,
    )


def _counted(world: World, unit: UnitPlan, draw: Random, at_ms: int) -> AvailabilityPublished:
    return AvailabilityPublished(
        event_id=event_id(draw, at_ms),
        actor=world.staff(unit.project_id, draw, unit.unit_id),
        unit_id=unit.unit_id,
        observed_at_ms=at_ms - draw.randrange(1, 30) * MINUTE_MS,
        places=unit.places,
        occupied=unit.occupied,
        reserved=unit.reserved,
        accepting=unit.accepting,
        free_from_ms=None,
        as_of_sequence=0,
    )


def _referred(world: World, case: CasePlan, draw: Random) -> ReferralReceived:
    actor = world.helpline(draw) if case.project is None else world.staff(case.project, draw)
    return ReferralReceived(
        event_id=event_id(draw, case.at_ms),
        actor=actor,
        case_id=case.case_id,
        source=case.source,
        province=case.province,
        household=case.household,
        note="",
    )


def _taken_in(world: World, case: CasePlan, draw: Random, at_ms: int) -> ReferralAccepted:
    if case.project is None:
        raise ValueError("a resident is in charge of a project")
    return ReferralAccepted(
        event_id=event_id(draw, at_ms),
        actor=world.staff(case.project, draw),
        case_id=case.case_id,
        project_id=case.project,
        hosted_unit_id=case.hosted,
    )
