"""The demand of some days, planned before they are played: contacts, new cases, residents who must move, links between cases."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from events.fact import Danger
from events.referral import Announced, Group, Member
from events.vocabulary import DangerKind, GroupWish, KeepApart, Level, Reason, Source, Urgency
from ops.demand import figures
from ops.demand.chance import chance, count, pick, random_uuid
from ops.demand.hours import DAY_MS, HOUR_MS, MINUTE_MS, moment
from ops.demand.people import could_host, household
from ops.demand.units import UnitPlan
from ops.networks.loading import Network


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """A transfer that somebody will ask for."""

    transfer_id: str
    at_ms: int
    reason: Reason
    urgency: Urgency
    needed_by_ms: int
    wished_levels: tuple[Level, ...]
    wished_regions: tuple[str, ...]
    dangers: tuple[Danger, ...]
    """Known before the request."""
    late_danger: Danger | None
    """Told only while a place is held."""
    agreed_before: bool


@dataclass(frozen=True, slots=True)
class CasePlan:
    """A case: new in these days, or in charge of a project since before."""

    case_id: str
    at_ms: int
    """When it was referred."""
    household: tuple[Member, ...]
    source: Source
    by_helpline: bool
    """Reported by the helpline (else by the competent project)."""
    province: str | None
    hosted: str | None
    """Residents: the unit they live in."""
    project: str | None
    """Residents: the project in charge."""
    request: RequestPlan | None
    contact_id: str | None = None
    """The call that led to the referral; None: none did."""
    group: Group | None = None
    """The people referred together with this case."""
    announced: Announced | None = None
    """An arrival that another state or a border announces."""
    same_as: str | None = None
    """The case of the same person, signalled by somebody else before."""


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """Two cases that must never be near each other."""

    case_id: str
    other_case_id: str
    why: KeepApart
    at_ms: int


@dataclass(frozen=True, slots=True)
class Contacts:
    """Calls to the helpline in these days, how many of each relevance; a relevant one may lead to a referral."""

    relevant: int
    not_pertinent: int
    nuisance: int


@dataclass(frozen=True, slots=True)
class DemandPlan:
    """Everything that will be asked of the network."""

    contacts: Contacts
    new_cases: tuple[CasePlan, ...]
    residents: tuple[CasePlan, ...]
    links: tuple[LinkPlan, ...]


_BY_TELEPHONE = frozenset({Source.SELF, Source.CITIZEN, Source.NGO})
_ANNOUNCES = frozenset({Source.OTHER_STATE, Source.BORDER_TEAM})
_SHARE_SIGNALLED_TWICE = 0.03
_BY_HELPLINE = frozenset({Source.SELF, Source.CITIZEN, Source.NGO, Source.LAW_ENFORCEMENT, Source.OTHER_STATE, Source.HEALTH_SERVICE})


def demand_of(network: Network, units: tuple[UnitPlan, ...], seed: int, start_ms: int, days: int, heaviness: float) -> DemandPlan:
    """The demand of `days` days from `start_ms`, `heaviness` times as much as on an ordinary day of the real network."""
    draw = chance(seed, "demand", days, heaviness)
    yearly = heaviness * days / 365
    contacts = Contacts(
        count(draw, figures.RELEVANT_CALLS_A_YEAR.value * yearly),
        count(draw, figures.NOT_PERTINENT_CALLS_A_YEAR.value * yearly),
        count(draw, figures.NUISANCE_CALLS_A_YEAR.value * yearly),
    )
    new = count(draw, figures.NEW_CASES_A_YEAR.value * yearly)
    requests = figures.REQUESTS_A_DAY * heaviness * days
    inspected = _inspected(network, units, seed, start_ms, days)
    alone = max(0, new - len(inspected))
    share = min(0.9, requests * figures.SHARE_OF_REQUESTS_FROM_NEW_CASES / max(1, alone))
    planned = [_new_case(network, units, chance(seed, "case", number), start_ms, days, share) for number in range(alone)]
    planned += [twice for case in planned if (twice := _signalled_twice(seed, case)) is not None]
    planned += inspected
    new_cases = sorted(planned, key=lambda case: (case.at_ms, case.case_id))
    moving = count(draw, requests * (1 - figures.SHARE_OF_REQUESTS_FROM_NEW_CASES))
    residents = _residents(network, units, seed, start_ms, days, moving)
    return DemandPlan(contacts, tuple(new_cases), tuple(residents), tuple(_links(draw, [*new_cases, *residents])))


def _new_case(network: Network, units: tuple[UnitPlan, ...], draw: Random, start_ms: int, days: int, share: float) -> CasePlan:
    at_ms = moment(draw, start_ms, days)
    project = pick(draw, {project: float(project.residents_thousands) for project in network.projects})
    province = draw.choice(project.provinces)
    source = pick(draw, figures.SOURCES)
    members = household(draw)
    case_id = random_uuid(draw)
    request = None
    if draw.random() < share:
        request = request_plan(network, units, draw, at_ms + draw.randrange(20, 150) * MINUTE_MS, province)
    by_helpline = source in _BY_HELPLINE or draw.random() < 0.25
    said = province if not by_helpline or draw.random() < 0.88 else None
    contact_id = random_uuid(draw) if by_helpline and source in _BY_TELEPHONE else None
    announced = Announced(source, at_ms + draw.randrange(1 * DAY_MS, 6 * DAY_MS)) if source in _ANNOUNCES else None
    return CasePlan(case_id, at_ms, members, source, by_helpline, said, None, None, request, contact_id, announced=announced)


def _inspected(network: Network, units: tuple[UnitPlan, ...], seed: int, start_ms: int, days: int) -> list[CasePlan]:
    """Who is found in inspections: each a case of their own, referred minutes apart, in one group."""
    found: list[CasePlan] = []
    for number in range(math.ceil(days * figures.INSPECTIONS_A_WEEK / 7)):
        draw = chance(seed, "inspection", number)
        first = _new_case(network, units, draw, start_ms, days, 0.0)
        group = Group(random_uuid(draw), draw.choice((GroupWish.TOGETHER, GroupWish.TOGETHER, None, GroupWish.APART)))
        found += [
            CasePlan(
                random_uuid(draw), first.at_ms + at * 4 * MINUTE_MS, household(draw), Source.LABOUR_INSPECTORATE, True, first.province, None, None,
                None, group=group,
            )
            for at in range(draw.randrange(3, 7))
        ]  # fmt: skip
    return found


def _signalled_twice(seed: int, first: CasePlan) -> CasePlan | None:
    """One person in thirty is signalled again by somebody else, under another case."""
    draw = chance(seed, "twice signalled", first.case_id)
    if draw.random() >= _SHARE_SIGNALLED_TWICE or first.request is not None:
        return None
    at_ms = first.at_ms + draw.randrange(2 * HOUR_MS, DAY_MS)
    return CasePlan(random_uuid(draw), at_ms, first.household, Source.NGO, True, first.province, None, None, None, same_as=first.case_id)


def _residents(network: Network, units: tuple[UnitPlan, ...], seed: int, start_ms: int, days: int, moving: int) -> list[CasePlan]:
    """Cases in charge since some days, each living in a unit that hosts them and counted in its occupied places."""
    living: dict[str, int] = {}
    found: list[CasePlan] = []
    for number in range(moving):
        draw = chance(seed, "resident", number)
        members = household(draw)
        fitting = [
            unit
            for unit in units
            if unit.level is not Level.NON_RESIDENTIAL
            and unit.occupied - living.get(unit.unit_id, 0) >= len(members)
            and could_host(unit.hosts, members)
        ]
        if not fitting:
            continue
        unit = draw.choice(fitting)
        living[unit.unit_id] = living.get(unit.unit_id, 0) + len(members)
        project = next(project for project in network.projects if project.project == unit.project_id)
        province = draw.choice([code for code in project.provinces if network.region_of_province(code).region == unit.region])
        request = request_plan(network, units, draw, moment(draw, start_ms, days), province)
        case_id = random_uuid(draw)
        source = pick(draw, figures.SOURCES)
        at_ms = start_ms - draw.randrange(2 * DAY_MS, 18 * DAY_MS)
        found.append(CasePlan(case_id, at_ms, members, source, False, province, unit.unit_id, unit.project_id, request))
    return found


def request_plan(network: Network, units: tuple[UnitPlan, ...], draw: Random, at_ms: int, province: str) -> RequestPlan:
    reason = pick(draw, figures.REASONS)
    urgency = pick(draw, figures.URGENCIES if reason is not Reason.END_OF_PHASE else {Urgency.WITHIN_DAYS: 0.3, Urgency.PLANNED: 0.7})
    within = {
        Urgency.IMMEDIATE: draw.randrange(6 * HOUR_MS, 14 * HOUR_MS),
        Urgency.WITHIN_DAYS: draw.randrange(1 * DAY_MS, 4 * DAY_MS),
        Urgency.PLANNED: draw.randrange(5 * DAY_MS, 20 * DAY_MS),
    }[urgency]
    dangers: list[Danger] = []
    if draw.random() < (0.7 if reason is Reason.SAFETY else 0.1):
        dangers.extend(danger(network, units, draw, province) for _ in range(draw.choice((1, 1, 1, 2))))
    return RequestPlan(
        transfer_id=random_uuid(draw),
        at_ms=at_ms,
        reason=reason,
        urgency=urgency,
        needed_by_ms=at_ms + within,
        wished_levels=(pick(draw, figures.LEVELS),) if draw.random() < 0.3 else (),
        wished_regions=(draw.choice(network.regions).region,) if draw.random() < 0.15 else (),
        dangers=tuple(dict.fromkeys(dangers)),
        late_danger=danger(network, units, draw, province) if draw.random() < 0.06 else None,
        agreed_before=draw.random() < 0.92,
    )


def danger(network: Network, units: tuple[UnitPlan, ...], draw: Random, province: str) -> Danger:
    """Something dangerous for a case: mostly the territory it comes from or another one, now and then a project, a body or one unit."""
    kind = pick(
        draw,
        {
            DangerKind.PROVINCE: 0.48,
            DangerKind.REGION: 0.26,
            DangerKind.MACRO_AREA: 0.05,
            DangerKind.PROJECT: 0.09,
            DangerKind.BODY: 0.05,
            DangerKind.UNIT: 0.07,
        },
    )
    near = draw.random() < 0.5
    region = network.region_of_province(province) if near else draw.choice(network.regions)
    unit = draw.choice(units)
    value = {
        DangerKind.PROVINCE: province if near else draw.choice(region.provinces),
        DangerKind.REGION: region.region,
        DangerKind.MACRO_AREA: region.macro_area,
        DangerKind.PROJECT: unit.project_id,
        DangerKind.BODY: unit.body,
        DangerKind.UNIT: unit.unit_id,
    }[kind]
    return Danger(kind, value)


def _links(draw: Random, cases: list[CasePlan]) -> list[LinkPlan]:
    """One request in eight has a link to another case of these days, half of them told before the request, half after it."""
    asking = [case for case in cases if case.request is not None]
    links: list[LinkPlan] = []
    for case in asking:
        if len(asking) < 2 or draw.random() >= 0.125 or case.request is None:
            continue
        other = draw.choice([candidate for candidate in asking if candidate.case_id != case.case_id])
        known = max(case.at_ms, other.at_ms)
        at_ms = max(known, case.request.at_ms + draw.randrange(-30 * MINUTE_MS, 90 * MINUTE_MS)) + MINUTE_MS
        links.append(LinkPlan(case.case_id, other.case_id, draw.choice(list(KeepApart)), at_ms))
    return links
