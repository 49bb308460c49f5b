"""Policies of play: what may be put against each other in the laboratory. All play by the product's rules; most by its matcher.

A policy is the terms it plays by, who is served when, and who chooses. Whoever writes a new one gives `choose`: a function of the whole scene.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, unique

from coordinator.matching.best_place import Answer, Matcher, match
from coordinator.matching.open_units import OpenUnits
from coordinator.matching.request import Request
from coordinator.matching.terms import Terms, terms_of
from events.network import HoldBack, KindWeights, Matching, PolicyAdopted, Weights
from events.vocabulary import Urgency
from ops.demand.in_turn import match_in_turn
from ops.laboratory.duals import floors_for, with_floors
from ops.laboratory.estimation import HOLD_BACK, TO_THE_END, URGENCY_VALUES, matching_for, weights_seen
from ops.laboratory.instance import Asked, Instance

NETWORK = "it"
"""Whose futures weights are estimated from."""
ANEW_AFTER_DAYS = 30
"""After so many days weights are estimated anew, by whoever does so, and again after as many."""
_FIRST_OF_ALL = 1_000
"""A factor that puts a weight before all others together."""


@unique
class Turns(Enum):
    """When a request that waits is looked at again."""

    AT_ONCE = "at once"
    """As in the product: when something happens that may have made a place possible; the most urgent first."""
    DAILY = "daily"
    """On arrival, and then once every morning; in order of arrival."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits for a place."""

    request: Request
    urgency: Urgency
    arrives_ms: int
    needed_by_ms: int
    turn: int
    """How many of its proposals were of places that were free."""


@dataclass(slots=True)
class Scene:
    """Everything that the network knows at one instant."""

    at_ms: int
    terms: Terms
    requests: Sequence[Request]
    """To be answered now, in the order in which they are served."""
    units: OpenUnits
    """Every unit, sorted, with what is known of it."""
    loads: Mapping[str, int]
    waiting: Mapping[str, Waiting]
    """By case: everybody who waits, those to be answered among them."""
    future: Instance
    """What nobody knows. Only for rungs of the foresight ladder; a policy that looks here is no policy."""
    look_again: dict[str, int] = field(default_factory=dict)
    """By case: the instant from which a request that was not proposed anything is to be looked at again, whatever happens until then."""


Choose = Callable[[Scene], Sequence[Answer]]
"""One answer for each of the scene's requests; the best place of each is proposed, none where there is none."""
Anew = Callable[[Terms, Sequence[Asked], int], Terms]
"""(terms in force, who asked so far, in how many days) -> the terms from then on."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How one network plays."""

    name: str
    told: str
    """What it does, in a line."""
    terms_of: Callable[[Terms], Terms]
    """The terms it plays by, from those of the instance."""
    matcher: Matcher = match
    turns: Turns = Turns.AT_ONCE
    choose: Choose | None = None
    """Takes the matcher's place."""
    estimated: Callable[[Instance, str], Terms] | None = None
    """Takes the place of `terms_of`: the terms for an instance if so much is asked of the network as under a load."""
    weights_for: str | None = None
    """The load that they are estimated for; None: the instance's own."""
    anew: Anew | None = None
    """Estimates the terms again, every `ANEW_AFTER_DAYS`, from what was asked so far; None: they stay as they are."""

    def terms_for(self, instance: Instance) -> Terms:
        """The terms that it plays an instance by, from its start."""
        return self.terms_of(instance.terms) if self.estimated is None else self.estimated(instance, self.weights_for or instance.load)


def as_they_ship(terms: Terms) -> Terms:
    """The terms as they are."""
    return terms


def with_weights(terms: Terms, **weights: int) -> Terms:
    """The terms with some weights changed."""
    return with_policy(terms, replace(terms.policy, weights=replace(terms.policy.weights, **weights)))


def without_prices(terms: Terms) -> Terms:
    """The terms without weights of scarcity, so that thrift holds in their stead."""
    matching = terms.policy.matching
    return terms if matching is None else with_policy(terms, replace(terms.policy, matching=replace(matching, scarcity=None, hold_back=None)))


def _plain(terms: Terms) -> Terms:
    """The terms as before places were trusted by their history, and without weights of scarcity."""
    return with_policy(terms, replace(without_prices(terms).policy, trust=None))


def with_policy(terms: Terms, policy: PolicyAdopted) -> Terms:
    """The terms with another policy of the same clocks."""
    return replace(terms_of(policy, {}), clockwork=terms.clockwork)


def _any_place(terms: Terms) -> Terms:
    """Nothing weighs anything, so that the hash of request and unit decides."""
    return with_policy(terms, replace(_plain(terms).policy, weights=Weights(0, 0, 0, 0, 0, 0, 0, 0, 0)))


def _without_thrift(terms: Terms) -> Terms:
    return with_weights(_plain(terms), thrift_per_offer=0, thrift_per_spare_place=0)


def _thrift_first(terms: Terms) -> Terms:
    weights = terms.policy.weights
    return with_weights(
        _plain(terms),
        thrift_per_offer=weights.thrift_per_offer * _FIRST_OF_ALL,
        thrift_per_spare_place=weights.thrift_per_spare_place * _FIRST_OF_ALL,
    )


def estimated(hold_back: HoldBack | None, urgency_values: tuple[int, ...] = URGENCY_VALUES) -> Callable[[Instance, str], Terms]:
    """Weights for a load and these values of urgency, and who may wait for how long. They expire when the requests end that they were estimated for."""

    def terms_for(instance: Instance, load: str) -> Terms:
        matching = matching_for(NETWORK, load, instance.end_ms, hold_back=hold_back, urgency_values=urgency_values)
        return with_policy(instance.terms, replace(instance.terms.policy, matching=matching))

    return terms_for


def with_duals(instance: Instance, load: str) -> Terms:
    """As `scarcity`, but no place is ever cheaper than a share of what it is worth in hindsight."""
    return _with_kinds(estimated(TO_THE_END)(instance, load), lambda matching, kinds: with_floors(kinds, *floors_for(load)))


def estimated_anew(terms: Terms, asked: Sequence[Asked], days: int) -> Terms:
    """The terms with weights from what was asked so far, for as long as those before would have held. Without weights: as they are."""
    return _with_kinds(terms, lambda matching, kinds: weights_seen(asked, days, matching.urgency_values))


def _with_kinds(terms: Terms, change: Callable[[Matching, tuple[KindWeights, ...]], tuple[KindWeights, ...]]) -> Terms:
    """The terms with the weights that `change` makes of those they have, for as long as those hold. Without weights: as they are."""
    matching = terms.policy.matching
    if matching is None or matching.scarcity is None:
        return terms
    scarcity = replace(matching.scarcity, kinds=change(matching, matching.scarcity.kinds))
    return with_policy(terms, replace(terms.policy, matching=replace(matching, scarcity=scarcity)))


POLICIES: dict[str, Policy] = {
    policy.name: policy
    for policy in (
        Policy("fcfs", "first come, first served, tried again every morning, any place that fits", _any_place, match_in_turn, Turns.DAILY),
        Policy("best_fit", "each in turn the best fit, without thrift", _without_thrift, match_in_turn),
        Policy("thrift", "each in turn the least specialised place that fits, then the best fit", _thrift_first, match_in_turn),
        Policy("exact", "the same, but requests that compete are weighed together", _thrift_first),
        Policy("unpriced", "the product's matcher with its policy as it ships, but without weights of scarcity", without_prices),
        Policy(
            "greedy_prices",
            "weights of scarcity estimated for the load; whatever fits is proposed at once",
            as_they_ship,
            estimated=estimated(None),
        ),
        Policy(
            "gives_in",
            "weights of scarcity estimated for the load; who has time may wait, until four hours before the deadline",
            as_they_ship,
            estimated=estimated(HOLD_BACK),
        ),
        Policy(
            "scarcity",
            "weights of scarcity estimated for the load; who has time waits, to the end if need be",
            as_they_ship,
            estimated=estimated(TO_THE_END),
        ),
        Policy(
            "learns",
            f"the same; every {ANEW_AFTER_DAYS} days the weights are estimated anew from what was asked so far",
            as_they_ship,
            estimated=estimated(TO_THE_END),
            anew=estimated_anew,
        ),
        Policy(
            "duals",
            "as scarcity; no place is cheaper than a share of its worth in hindsight (duals), however many are left",
            as_they_ship,
            estimated=with_duals,
        ),
        Policy("shipped", "the product's matcher with its policy as it ships", as_they_ship),
    )
}
"""By name."""


def _foreseeing(days: int) -> Choose:
    def choose(scene: Scene) -> Sequence[Answer]:
        from ops.laboratory.foresight import foresee  # SciPy's solvers, which whoever plays no rung need not have

        return foresee(scene, days)

    return choose


LADDER: dict[str, Policy] = {
    policy.name: policy
    for policy in (
        *(
            Policy(f"foresight_{days}", f"knows the next {days} days exactly, whoever asks and answers in them", _plain, choose=_foreseeing(days))
            for days in (1, 3, 7)
        ),
        Policy(
            "foresight_7w",
            "the same for 7 days; what is kept beyond them costs its weight of scarcity",
            as_they_ship,
            choose=_foreseeing(7),
            estimated=estimated(None),
        ),
    )
}
"""The rungs of foresight between the policies and hindsight, by name."""


def policy_named(name: str) -> Policy:
    """A policy or a rung of the ladder. Raises KeyError where there is none of that name."""
    return POLICIES[name] if name in POLICIES else LADDER[name]
