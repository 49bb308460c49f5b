"""A frozen future: what happens in some synthetic months whatever a policy does, so that every policy, and hindsight, plays the very same ones.

Frozen are the units and when each of their places would be free without the network (local intake), when projects count and publish, who asks, by when,
what is answered to the first, second and later proposal of each request, who does not turn up, and how long everybody stays. What a policy changes is who
is proposed where, and when.

Answers are frozen by request and turn, not by request and unit. Nobody who does not know the future can tell the two apart, for each answer is drawn alike and
on its own; but hindsight cannot get round a refusal by asking elsewhere. So what separates a policy from hindsight is what will come, and not luck with answers
(an information relaxation: of two ways to freeze the same chances the one whose clairvoyant gains less is the better yardstick).

A place and local intake. Each place has windows in which local people leave it free. The network may take it inside a window only, and keeps it for the
stay, through later windows if need be; local people who would have come meanwhile go elsewhere. When the stay ends inside a window, the place is free for
the rest of it; when it ends outside, local people move in at once, until the next window. So windows never depend on the policy.

All of it is synthetic. Shares and durations that are assumptions are marked so, and `docs/laboratory.md` lists them.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from coordinator.domain.declining import CONSEQUENCES
from coordinator.matching.danger import danger_zone
from coordinator.matching.household import household_of
from coordinator.matching.place import Place
from coordinator.matching.request import NOWHERE, Request
from coordinator.matching.terms import Terms, terms_of
from events.fact import Danger
from events.network import DutyHoursPublished, PolicyAdopted
from events.vocabulary import Consequence, DangerKind, DeclineCode, Level, Reason, Urgency
from ops.demand import figures
from ops.demand.calls import request_plan
from ops.demand.chance import chance, count, pick
from ops.demand.hours import DAY_MS, DAY_STARTS_AT_MS, HOUR_MS, MINUTE_MS, local, moment
from ops.demand.people import could_host, household
from ops.demand.units import Habit, UnitPlan, implementing_bodies, units_of
from ops.networks.loading import Network
from ops.networks.opening import opening_events

LOADS: dict[str, float] = {"ample": 3.0, "slack": 8.0, "tight": 9.0, "double": 11.5}
"""Requests a day, by load. Chosen on tuning seeds 1 to 3 so that hindsight places about 85, 83, 79 and 68 % of all requests of ninety days."""
MOST_A_DAY = 1000.0

_LOCAL_STAY_DAYS = 110.0
"""Mean stay of local people; assumed."""
_STAY_DAYS: dict[Level, float] = {
    Level.EMERGENCY: 30.0,
    Level.FIRST: 90.0,
    Level.SECOND: 150.0,
    Level.SEMI_AUTONOMY: 150.0,
    Level.AUTONOMY: 180.0,
}
"""Median stay of people whom the network sends, by the reception level they need; assumed."""
_STAY_SPREAD = 0.6
_SHARE_NO_SHOW = 0.04
"""Accepted, and does not turn up: the place is free again after a day. Assumed."""
_SHARE_WITHDRAWS = 0.06
"""Withdraws their agreement, or finds a place on their own, before the deadline, if nothing was found by then. Assumed."""
_SHARE_LINKED = 0.06
"""Requests kept apart from an earlier one of the last two weeks. Assumed; a little below the demo's."""
_SHARE_LIVES_IN_A_UNIT = 0.5
_DECLINES: dict[DeclineCode, float] = {code: share for code, share in figures.DECLINES.items() if code is not DeclineCode.PROVIDER_NOT_FREE}
_SHARE_DECLINED = 0.11
"""Of proposals of a place that is free: declined all the same, for a reason of either side. Assumed, with the shares of the demo."""
_SHARE_SILENT = 0.03
_ANSWER_MEDIAN_MINUTES: dict[Urgency, float] = {Urgency.IMMEDIATE: 25.0, Urgency.WITHIN_DAYS: 240.0, Urgency.PLANNED: 600.0}
"""Assumed."""
_ANSWER_MOST_MINUTES: dict[Urgency, int] = {Urgency.IMMEDIATE: 59, Urgency.WITHIN_DAYS: 479, Urgency.PLANNED: 1_439}
"""A minute less than the shortest time to answer under the policy as it ships: whoever answers does so in time, at the last moment if need be."""
_LEAST_SILENCE_MS: dict[Urgency, int] = {urgency: (minutes + 1) * MINUTE_MS for urgency, minutes in _ANSWER_MOST_MINUTES.items()}
"""The shortest time after which a proposal that nobody answers is over."""
_WARM_UP_DAYS = 400


@dataclass(frozen=True, slots=True)
class Window:
    """When one place is free of local people: from `opens_ms` (inclusive) to `closes_ms` (exclusive)."""

    opens_ms: int
    closes_ms: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A transfer request as it will come."""

    index: int
    """Its number in the order of arrival."""
    request: Request
    """As the matcher takes it; `near`, `parked` and `has_live_proposal` are as on arrival, and for whoever plays to keep."""
    urgency: Urgency
    arrives_ms: int
    needed_by_ms: int
    """A proposal made before this and accepted counts as placed."""
    withdraws_ms: int | None
    """Asks no more from here on, unless a proposal was accepted before; None: waits until the deadline."""
    stay_ms: int
    """How long the places stay taken once a proposal is accepted, counted from the proposal. Nobody knows it before. A no-show's is a day."""
    no_show: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """How a proposal of a free place is answered."""

    after_ms: int
    """The hold lasts for this long, unless nobody answers."""
    code: DeclineCode | None
    """None: accepted, if the place was free when it was proposed: one of those published, still free. A place that fell free since is promised to nobody,
    and counts from the next publication on."""
    silent: bool
    """Nobody answers: the proposal expires at its deadline, and nothing is learnt."""


@dataclass(frozen=True, slots=True)
class Yes:
    """The first proposal of a request that is accepted."""

    turn: int
    """How many proposals of free places come before, all in vain."""
    lost_ms: int
    """The least time that those take, one after another."""
    after_ms: int
    """How long the answer takes."""


@dataclass(frozen=True, slots=True)
class Instance:
    """Everything that is frozen. Two instances with the same arguments are equal, on every machine."""

    seed: int
    load: str
    days: int
    start_ms: int
    """Requests come from here, for `days` days; places stay as they are told beyond, until every deadline has passed."""
    terms: Terms
    units: tuple[Place, ...]
    """Residential units, sorted by id, with `free` 0 and never observed; whoever plays fills in what is known."""
    windows: tuple[tuple[tuple[Window, ...], ...], ...]
    """By unit, by place in it: the windows, in order."""
    published: tuple[tuple[int, ...], ...]
    """By unit: the instants at which its project counts and publishes what is free, in order; some lie before the start."""
    asked: tuple[Asked, ...]
    """By arrival."""

    @property
    def end_ms(self) -> int:
        """No request comes from here on."""
        return self.start_ms + self.days * DAY_MS

    @property
    def over_ms(self) -> int:
        """The last deadline."""
        return max((asked.needed_by_ms for asked in self.asked), default=self.end_ms)

    def reply(self, asked: Asked, turn: int) -> Reply:
        """How a request's proposals of free places are answered, from turn 0 on, wherever and whenever they are made.

        A proposal of a place that is not free after all is no turn: it is answered "not free" after as long, and the turn is still to come.
        """
        draw = chance(self.seed, "reply", asked.index, turn)
        minutes = min(draw.lognormvariate(math.log(_ANSWER_MEDIAN_MINUTES[asked.urgency]), 0.6), _ANSWER_MOST_MINUTES[asked.urgency])
        after_ms = max(MINUTE_MS, int(minutes * MINUTE_MS))
        at = draw.random()
        if at < _SHARE_SILENT:
            return Reply(after_ms, None, silent=True)
        if at < _SHARE_SILENT + _SHARE_DECLINED:
            return Reply(after_ms, pick(draw, _DECLINES), silent=False)
        return Reply(after_ms, None, silent=False)

    def yes(self, asked: Asked) -> Yes | None:
        """The first proposal that is accepted; None: the request is handed to a person before there is one, whoever proposes."""
        policy = self.terms.policy
        lost_ms = declines = 0
        for turn in range(policy.max_disclosures):
            reply = self.reply(asked, turn)
            if reply.code is None and not reply.silent:
                return Yes(turn, lost_ms, reply.after_ms)
            lost_ms += least_ms(asked, reply)
            declines += reply.code is not None
            if declines >= policy.max_declines or (reply.code is not None and Consequence.REASSESS in CONSEQUENCES[reply.code]):
                return None
        return None

    def window_at(self, unit: int, place: int, at_ms: int) -> Window | None:
        """The window of a place that an instant lies in; None: local people live there then."""
        windows = self.windows[unit][place]
        after = bisect_left(windows, at_ms + 1, key=lambda window: window.opens_ms)
        if after and at_ms < windows[after - 1].closes_ms:
            return windows[after - 1]
        return None


def least_ms(asked: Asked, reply: Reply) -> int:
    """The least time that a proposal takes which is answered so, or never."""
    return _LEAST_SILENCE_MS[asked.urgency] if reply.silent else reply.after_ms


def requests_a_day(load: str) -> float:
    """What a load means: a key of `LOADS`, or a number written out ("1.5"). ValueError: neither, or not above nought and at most `MOST_A_DAY`."""
    a_day = LOADS.get(load) or float(load)
    if not 0 < a_day <= MOST_A_DAY:
        raise ValueError(f"{load} requests a day: above 0 and at most {MOST_A_DAY:g}")
    return a_day


def instance_of(network: Network, seed: int, load: str, days: int = 90, *, layout: int = 1) -> Instance:
    """The frozen future of one seed under one load (as in `requests_a_day`).

    `layout`: seed of the units themselves, which are the same network in every future unless told otherwise, as the real one is.
    """
    start_ms = DAY_STARTS_AT_MS
    plans = _plans(network, layout)
    terms = lab_terms(network, plans)
    until_ms = start_ms + (days + 21) * DAY_MS
    return Instance(
        seed=seed,
        load=load,
        days=days,
        start_ms=start_ms,
        terms=terms,
        units=tuple(_place(network, plan) for plan in plans),
        windows=tuple(
            tuple(_windows(chance(seed, "local", plan.unit_id, place), start_ms, until_ms) for place in range(plan.places)) for plan in plans
        ),
        published=tuple(tuple(_published(chance(seed, "published", plan.unit_id), plan.habit, start_ms, until_ms)) for plan in plans),
        asked=tuple(_asked(network, plans, terms, seed, start_ms, days, requests_a_day(load))),
    )


def requests_of(network: Network, seed: int, load: str, days: int = 90, *, layout: int = 1) -> tuple[Asked, ...]:
    """The requests of one future alone: those of `instance_of` with the same arguments, by arrival."""
    plans = _plans(network, layout)
    return tuple(_asked(network, plans, lab_terms(network, plans), seed, DAY_STARTS_AT_MS, days, requests_a_day(load)))


def lab_terms(network: Network, plans: tuple[UnitPlan, ...] = ()) -> Terms:
    """The network's own policy and duty hours, as they ship."""
    ids = (f"{number:08d}" for number in range(100_000))
    extra = {project.project: implementing_bodies(project, network) for project in network.projects}
    opening = list(opening_events(network, lambda: next(ids), "administrator-1", extra, suggested=True))
    policy = next(event for event in opening if isinstance(event, PolicyAdopted))
    return terms_of(policy, {event.project_id: event for event in opening if isinstance(event, DutyHoursPublished)})


def _plans(network: Network, layout: int) -> tuple[UnitPlan, ...]:
    return tuple(sorted((unit for unit in units_of(network, layout) if unit.level is not Level.NON_RESIDENTIAL), key=lambda unit: unit.unit_id))


def _place(network: Network, plan: UnitPlan) -> Place:
    project = next(project for project in network.projects if project.project == plan.project_id)
    return Place(
        unit_id=plan.unit_id,
        project_id=plan.project_id,
        body=plan.body,
        bodies=frozenset({*project.bodies, *implementing_bodies(project, network)}),
        region=plan.region,
        level=plan.level,
        places=plan.places,
        hosts=frozenset(plan.hosts),
        offers=frozenset(plan.offers),
        languages=frozenset(plan.languages),
        dangers=plan.dangers,
        accepting=plan.accepting,
        free=0,
        observed_at_ms=None,
    )


def _windows(draw: Random, start_ms: int, until_ms: int) -> tuple[Window, ...]:
    """Alternately lived in and free, from long before the start, so that the start is like any other day."""
    free_days = _LOCAL_STAY_DAYS * (1 - figures.SHARE_OCCUPIED) / figures.SHARE_OCCUPIED
    at_ms = start_ms - _WARM_UP_DAYS * DAY_MS + int(draw.random() * _LOCAL_STAY_DAYS * DAY_MS)
    found: list[Window] = []
    while at_ms < until_ms:
        closes_ms = at_ms + max(2 * HOUR_MS, int(draw.expovariate(1 / free_days) * DAY_MS))
        if closes_ms > start_ms:
            found.append(Window(at_ms, closes_ms))
        at_ms = closes_ms + max(DAY_MS, int(draw.expovariate(1 / _LOCAL_STAY_DAYS) * DAY_MS))
    return tuple(found)


def _published(draw: Random, habit: Habit, start_ms: int, until_ms: int) -> Iterator[int]:
    """Every morning; every few days; or when somebody telephones."""
    least, most = {Habit.PROMPT: (1, 1), Habit.SLOW: (2, 4), Habit.STALE: (6, 19)}[habit]
    day = -draw.randint(0, most)
    while start_ms + day * DAY_MS < until_ms:
        midnight = start_ms + day * DAY_MS - local(start_ms + day * DAY_MS) % DAY_MS
        yield midnight + 7 * HOUR_MS + draw.randrange(4 * HOUR_MS)
        day += draw.randint(least, most)


def _asked(network: Network, plans: tuple[UnitPlan, ...], terms: Terms, seed: int, start_ms: int, days: int, a_day: float) -> list[Asked]:
    total = count(chance(seed, "requests", days, a_day), a_day * days)
    arrivals = sorted(moment(chance(seed, "arrives", number), start_ms, days) for number in range(total))
    found: list[Asked] = []
    for index, arrives_ms in enumerate(arrivals):
        asked = _one(network, plans, terms, seed, index, arrives_ms)
        draw = chance(seed, "link", index)
        if draw.random() < _SHARE_LINKED:
            recent = [other for other in found if other.arrives_ms > arrives_ms - 14 * DAY_MS]
            if recent:
                asked = _linked(asked, draw.choice(recent).request.case_id)
        found.append(asked)
    return found


def _linked(asked: Asked, other: str) -> Asked:
    return replace(asked, request=replace(asked.request, apart_from=asked.request.apart_from | {other}))


def _one(network: Network, plans: tuple[UnitPlan, ...], terms: Terms, seed: int, index: int, arrives_ms: int) -> Asked:
    draw = chance(seed, "request", index)
    members = household(draw)
    project = pick(draw, {project: float(project.residents_thousands) for project in network.projects})
    province = draw.choice(project.provinces)
    lives_in: str | None = None
    if draw.random() < _SHARE_LIVES_IN_A_UNIT:
        fitting = [plan for plan in plans if plan.project_id == project.project and could_host(plan.hosts, members)]
        if fitting:
            home = draw.choice(fitting)
            lives_in = home.unit_id
            province = draw.choice([code for code in project.provinces if network.region_of_province(code).region == home.region])
    told = request_plan(network, plans, draw, arrives_ms, province)
    leaving = (Danger(DangerKind.PROVINCE, province),)
    withdraws_ms = arrives_ms + int(draw.random() * (told.needed_by_ms - arrives_ms)) if draw.random() < _SHARE_WITHDRAWS else None
    level = told.wished_levels[0] if told.wished_levels else pick(draw, figures.LEVELS)
    stay_ms = int(min(draw.lognormvariate(math.log(_STAY_DAYS[level]), _STAY_SPREAD), 720.0) * DAY_MS)
    no_show = draw.random() < _SHARE_NO_SHOW
    request = Request(
        case_id=_opaque(seed, "case", index),
        transfer_id=_opaque(seed, "transfer", index),
        reason=told.reason,
        urgency=told.urgency,
        requested_at_ms=arrives_ms,
        needed_by_ms=told.needed_by_ms,
        household=household_of(members),
        agreed_until_ms=told.needed_by_ms + 60 * DAY_MS,
        zone=danger_zone(told.dangers + leaving if told.reason is Reason.SAFETY else told.dangers, terms),
        dangers=told.dangers + leaving,
        near=NOWHERE,
        apart_from=frozenset(),
        lives_in=lives_in,
        parked=frozenset(),
        wished_levels=told.wished_levels,
        wished_regions=told.wished_regions,
        has_live_proposal=False,
        operator_decides=False,
    )
    return Asked(index, request, told.urgency, arrives_ms, told.needed_by_ms, withdraws_ms, DAY_MS if no_show else stay_ms, no_show)


def _opaque(seed: int, kind: str, index: int) -> str:
    return hashlib.sha256(f"{seed}/{kind}/{index}".encode()).hexdigest()[:32]
