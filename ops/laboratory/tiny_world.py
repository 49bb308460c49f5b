"""Worlds so small that the best that anybody could do without knowing the future can be worked out exactly, and the product's matcher held against it.

Time goes in steps. In each, at most one request comes, of a few kinds with known chances, and is given a place or none at once; then every kind of place may
get one back. The causal optimum is the value of a dynamic program over what is free (Puterman, Markov Decision Processes, 1994, chapter 4). What the product
would propose in each state is asked of its own matcher, so its expected value is exact as well: no sampling, no error of estimation.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from coordinator.matching.best_place import match
from coordinator.matching.household import household_of
from coordinator.matching.kinds import kind_of_request
from coordinator.matching.open_units import open_units_of
from coordinator.matching.place import Place
from coordinator.matching.request import Request
from coordinator.matching.terms import Terms
from events.network import Matching, ScarcityWeights
from events.referral import Member
from events.vocabulary import AgeGroup, Gender, Host, Need, Urgency
from ops.demand.chance import chance
from ops.demand.hours import DAY_MS, DAY_STARTS_AT_MS, HOUR_MS
from ops.laboratory.estimation import Estimate, kind_weights
from ops.laboratory.instance import Instance
from ops.laboratory.objective import URGENCY_POINTS
from ops.laboratory.policies import with_policy

STEPS = 24
_AT_MS = DAY_STARTS_AT_MS + 5 * HOUR_MS
"""Eleven on a working morning: every figure is fresh and every project awake."""
_OFFERS = (Need.PSYCHIATRIC_CARE, Need.STEP_FREE, Need.PREGNANCY_CARE)
_KINDS_OF_PLACE = 3
_KINDS_OF_REQUEST = 4
_MOST_FREE = 4
_HORIZONS = (1.0, 2.0, 4.0, 8.0, 12.0, 16.0, 24.0)
"""Steps; the weights of a world are estimated with the one that suits it best, as the network's are."""

Free = tuple[int, ...]
"""Free places of each kind."""
Decide = Callable[[int, Free], int | None]
"""(kind of request, what is free) -> the kind of place to propose."""


@dataclass(frozen=True, slots=True)
class TinyWorld:
    """A finite demand on a few kinds of places."""

    places: tuple[Place, ...]
    """One unit of each kind, sorted."""
    requests: tuple[Request, ...]
    """One of each kind."""
    comes: tuple[float, ...]
    """The chance that it comes in a step; together below 1."""
    returns: tuple[float, ...]
    """The chance that a place of a kind is free again after a step."""
    free: Free
    """At the start."""
    terms: Terms

    @property
    def values(self) -> tuple[int, ...]:
        """Points of each kind of request placed."""
        return tuple(request.household.size * URGENCY_POINTS[request.urgency] for request in self.requests)

    def fits(self, request: int, place: int) -> bool:
        """Whether a kind of place will do for a kind of request, if one is free."""
        household, unit = self.requests[request].household, self.places[place]
        return household.hosts <= unit.hosts and household.essential <= unit.offers


@dataclass(frozen=True, slots=True)
class Causal:
    """What is to be expected in a world, in points."""

    optimum: float
    """Of whoever decides best without knowing the future."""
    weighed: float
    """Of the product's matcher with scarcity weights estimated for this world."""
    holding_back: float
    """Of the same, where a request is not proposed a place that is worth more to others than it is itself (persons x urgency value + score below 0)."""
    thrifty: float
    """Of the product's matcher without weights."""
    placing_all: float
    """Of whoever decides best, and never turns away anybody whom a free place would fit."""


def tiny_world(seed: int, instance: Instance, *, urgencies: Sequence[Urgency] = (Urgency.WITHIN_DAYS,)) -> TinyWorld:
    """A world drawn from a seed, with the terms, one unit and one request of an instance for everything that plays no part."""
    draw = chance(seed, "tiny world")
    subsets = [frozenset(chosen) for size in range(3) for chosen in itertools.combinations(_OFFERS, size)]
    offers = draw.sample(subsets, _KINDS_OF_PLACE)
    places = tuple(
        replace(
            instance.units[0],
            unit_id=f"tiny-{number}",
            hosts=frozenset({Host.WOMEN}),
            offers=each,
            languages=frozenset({"eng"}),
            dangers=(),
            places=_MOST_FREE,
            accepting=True,
            observed_at_ms=_AT_MS - HOUR_MS,
        )
        for number, each in enumerate(offers)
    )
    possible = [needs for needs in subsets if any(needs <= each for each in offers)]
    requests = tuple(_request(instance, number, draw.choice(possible), draw.choice(tuple(urgencies))) for number in range(_KINDS_OF_REQUEST))
    comes = [draw.random() for _ in requests]
    return TinyWorld(
        places,
        requests,
        tuple(0.9 * each / sum(comes) for each in comes),
        tuple(0.25 * draw.random() for _ in places),
        tuple(draw.randint(1, _MOST_FREE) for _ in places),
        instance.terms,
    )


def _request(instance: Instance, number: int, needs: frozenset[Need], urgency: Urgency) -> Request:
    member = Member("a", AgeGroup.ADULT, Gender.WOMAN, False, tuple(sorted(needs)), (), ("eng",), False)
    plain = instance.asked[0].request
    return replace(
        plain,
        case_id=f"case-{number}",
        transfer_id=f"transfer-{number}",
        urgency=urgency,
        household=household_of((member,)),
        agreed_until_ms=_AT_MS + 400 * DAY_MS,
        zone=replace(plain.zone, everywhere=False, regions=frozenset(), projects=frozenset(), bodies=frozenset(), units=frozenset()),
        dangers=(),
        apart_from=frozenset(),
        lives_in=None,
        wished_levels=(),
        wished_regions=(),
    )


def causal(world: TinyWorld) -> Causal:
    """The causal optimum of a world, and what the product's matcher makes of it."""
    thrifty = replace(world.terms.policy, matching=None)
    return Causal(
        optimum=value_of(world, None, may_turn_away=True),
        weighed=max(value_of(world, decided_by(world, weighed_terms(world, horizon))) for horizon in _HORIZONS),
        holding_back=max(value_of(world, decided_by(world, weighed_terms(world, horizon), holds_back=True)) for horizon in _HORIZONS),
        thrifty=value_of(world, decided_by(world, with_policy(world.terms, thrifty))),
        placing_all=value_of(world, None, may_turn_away=False),
    )


def weighed_terms(world: TinyWorld, horizon: float) -> Terms:
    """The terms with scarcity weights estimated for the world, a step for a day."""
    a_day: dict[str, list[float]] = {}
    for request, comes in zip(world.requests, world.comes, strict=True):
        kind = kind_of_request(request.household)
        assert kind is not None
        a_day.setdefault(kind, [0.0] * len(Urgency))[tuple(Urgency).index(request.urgency)] += comes
    values = tuple(URGENCY_POINTS[urgency] for urgency in Urgency)
    weights = kind_weights(a_day, values, Estimate((horizon,) * len(Urgency)))
    scarcity = ScarcityWeights(_AT_MS, _AT_MS + 400 * DAY_MS, "expected marginal worth", "a tiny world", weights)
    return with_policy(world.terms, replace(world.terms.policy, matching=Matching(values, scarcity, None)))


def decided_by(world: TinyWorld, terms: Terms, *, holds_back: bool = False) -> Decide:
    """The product's matcher as a decision in each state."""
    known: dict[tuple[int, Free], int | None] = {}

    def decide(request: int, free: Free) -> int | None:
        if (request, free) not in known:
            units = open_units_of([replace(place, free=left) for place, left in zip(world.places, free, strict=True)])
            (answer,) = match([world.requests[request]], units, _AT_MS, terms, {})
            held = answer.best is not None and holds_back and world.values[request] + answer.best.total < 0
            known[request, free] = None if answer.best is None or held else [place.unit_id for place in world.places].index(answer.best.place.unit_id)
        return known[request, free]

    return decide


def value_of(world: TinyWorld, decide: Decide | None, *, may_turn_away: bool = True, steps: int = STEPS) -> float:
    """Expected points from the start to the end, by backward induction; `decide` None: by the best decision in each state."""
    states = list(itertools.product(range(_MOST_FREE + 1), repeat=len(world.places)))
    after = dict.fromkeys(states, 0.0)
    for _ in range(steps):
        later = _returned(world, states, after)
        now: dict[Free, float] = {}
        for free in states:
            worth = (1 - sum(world.comes)) * later[free]
            for request, comes in enumerate(world.comes):
                worth += comes * _served(world, request, free, later, decide, may_turn_away)
            now[free] = worth
        after = now
    return after[world.free]


def _served(world: TinyWorld, request: int, free: Free, later: Mapping[Free, float], decide: Decide | None, may_turn_away: bool) -> float:
    value = world.values[request]
    if decide is not None:
        chosen = decide(request, free)
        return later[free] if chosen is None else value + later[_less(free, chosen)]
    options = [value + later[_less(free, place)] for place, left in enumerate(free) if left and world.fits(request, place)]
    return max([*options, later[free]] if may_turn_away or not options else options)


def _less(free: Free, place: int) -> Free:
    return (*free[:place], free[place] - 1, *free[place + 1 :])


def _returned(world: TinyWorld, states: Sequence[Free], after: Mapping[Free, float]) -> dict[Free, float]:
    """Expected worth before places come back."""
    worth = dict(after)
    for place, chance_of_one in enumerate(world.returns):
        worth = {
            free: (1 - chance_of_one) * worth[free] + chance_of_one * worth[(*free[:place], min(_MOST_FREE, free[place] + 1), *free[place + 1 :])]
            for free in states
        }
    return worth


@dataclass(frozen=True, slots=True)
class Shares:
    """Of the causal optimum, in the mean over worlds."""

    worlds: int
    weighed: float
    least_weighed: float
    """Of the world where it is least."""
    holding_back: float
    thrifty: float
    placing_all: float


def shares(instance: Instance, seeds: Iterable[int], urgencies: Sequence[Urgency] = (Urgency.WITHIN_DAYS,)) -> Shares:
    """Tiny worlds against their causal optima. `seeds` is not empty."""
    found = [causal(tiny_world(seed, instance, urgencies=urgencies)) for seed in seeds]

    def mean(of: Callable[[Causal], float]) -> float:
        return sum(of(each) / each.optimum for each in found) / len(found)

    return Shares(
        worlds=len(found),
        weighed=mean(lambda each: each.weighed),
        least_weighed=min(each.weighed / each.optimum for each in found),
        holding_back=mean(lambda each: each.holding_back),
        thrifty=mean(lambda each: each.thrifty),
        placing_all=mean(lambda each: each.placing_all),
    )
