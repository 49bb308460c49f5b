"""Scarcity weights, estimated ahead: what the last places that a kind of request could have are worth to those who are still to come.

From sampled futures comes how many requests of each kind are made a day, by urgency. Over a horizon, as many come as a Poisson number says; if n places are
left that could serve them, the n-th is worth what the n-th most urgent of them is worth, if so many come:

    worth(n) = sum over urgencies of value x (P(at least n come that are this urgent or more) - P(at least n that are more urgent))

This is the expected marginal seat revenue of revenue management (Belobaba 1987; Talluri and van Ryzin, The Theory and Practice of Revenue Management, 2004,
chapter 2), with places for seats and urgencies for fare classes. A place costs the most that any kind it could serve would lose by it.

The horizon stands for how soon places come free again, and the share for how many of a kind's requests could really have the place (dangers, languages,
projects asleep); both are chosen by simulation on tuning seeds. All is rounded to integers before it becomes policy, so that a decision holds no float.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from coordinator.matching.kinds import kind_of_request
from events.network import HoldBack, KindWeights, Matching, ScarcityWeights
from events.vocabulary import Urgency
from ops.demand.hours import HOUR_MS
from ops.laboratory.instance import Asked, requests_of
from ops.laboratory.seeds import tuning
from ops.networks.loading import load_network

TUNED_ON = tuple(range(1, 9))
"""Seeds of the futures that weights are estimated from."""
MOST_PLACES = 60
"""With more places left than this, none is scarce."""
METHOD = "expected marginal worth of the places left, by kind of request (ops.laboratory.estimation)"
LEAST_SCARCE = 100
"""Points; a kind whose last place is worth less is left out: a hundred kinds of which few ever come would explain nothing to anybody."""
_ROUNDED_TO = 10
"""Points; a tenth of what separates two languages. Rounding hides what the last bits of a logarithm differ by from one machine to another."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is chosen when weights are estimated."""

    horizon_days: tuple[float, ...]
    """For how many days ahead requests are counted, by urgency in the order of `Urgency`; 0: such requests are not kept for."""
    share: float = 1.0
    """Of what a place is worth by the formula, what is charged for it."""


BEST = Estimate(horizon_days=(3.0, 3.0, 3.0), share=0.7)
"""What did best on tuning seeds at tight and double load; docs/laboratory.md lists what else was tried."""
URGENCY_VALUES = (4000, 2000, 1000)
"""Points, in the order of `Urgency`: a choice of people, as the network of Italy ships."""
HOLD_BACK = HoldBack((Urgency.WITHIN_DAYS, Urgency.PLANNED), 4 * HOUR_MS)
"""Whoever waits is given whatever fits in the last hours: nobody is turned away beside a place that is free."""
TO_THE_END = HoldBack((Urgency.WITHIN_DAYS, Urgency.PLANNED), 0)
"""What the objective alone asks for: whoever waits, waits to the end, and a place that is worth more to others is never given."""


@cache
def weights_for(
    network: str,
    load: str,
    days: int = 90,
    seeds: tuple[int, ...] = TUNED_ON,
    estimate: Estimate = BEST,
    urgency_values: tuple[int, ...] = URGENCY_VALUES,
) -> tuple[KindWeights, ...]:
    """Weights for a network (by its short name) under a load, from the requests of so many synthetic days of each seed, which must be seeds for tuning."""
    return kind_weights(_rates_of(network, load, days, seeds), urgency_values, estimate)


@cache
def _rates_of(network: str, load: str, days: int, seeds: tuple[int, ...]) -> dict[str, tuple[float, ...]]:
    return rates((requests_of(load_network(network), seed, load, days) for seed in tuning(seeds)), days)


def weights_seen(asked: Sequence[Asked], days: int, urgency_values: Sequence[int], estimate: Estimate = BEST) -> tuple[KindWeights, ...]:
    """Weights from what a network was asked itself in so many days."""
    return kind_weights(rates((asked,), days), urgency_values, estimate)


def matching_for(network: str, load: str, until_ms: int, *, hold_back: HoldBack | None, urgency_values: tuple[int, ...] = URGENCY_VALUES) -> Matching:
    """What a policy with the weights for a load says. They are valid until an instant: until when such requests are made."""
    scarcity = ScarcityWeights(1, until_ms, METHOD, sample_told(load, 90, TUNED_ON, BEST), weights_for(network, load, urgency_values=urgency_values))
    return Matching(urgency_values, scarcity, hold_back)


def sample_told(load: str, days: int, seeds: Sequence[int], estimate: Estimate) -> str:
    """What weights were estimated from, in a line."""
    horizon = "/".join(f"{each:g}" for each in estimate.horizon_days)
    return f"synthetic requests of {days} days, load {load}, seeds {','.join(map(str, seeds))}; horizon {horizon} days, share {estimate.share:g}"


def rates(futures: Iterable[Sequence[Asked]], days: int) -> dict[str, tuple[float, ...]]:
    """Requests a day by kind of request, by urgency in the order of `Urgency`, in futures of so many days each."""
    seen: Counter[tuple[str, Urgency]] = Counter()
    number = 0
    for future in futures:
        number += 1
        for asked in future:
            kind = kind_of_request(asked.request.household)
            if kind is not None:
                seen[kind, asked.urgency] += 1
    if not number:
        raise ValueError("no futures to estimate from: name at least one seed")
    return {kind: tuple(seen[kind, urgency] / (number * days) for urgency in Urgency) for kind in sorted({kind for kind, _ in seen})}


def kind_weights(a_day: Mapping[str, Sequence[float]], urgency_values: Sequence[int], estimate: Estimate) -> tuple[KindWeights, ...]:
    """The weights of every kind of request whose last place is scarce, by kind. `a_day`: what `rates` gives."""
    found: list[KindWeights] = []
    for kind in sorted(a_day):
        weights = worth_of_stock(a_day[kind], urgency_values, estimate)
        if weights and weights[0] >= LEAST_SCARCE:
            found.append(KindWeights(kind, (*weights, 0)))
    return tuple(found)


def rounded(points: float) -> int:
    """To the whole tens that become policy."""
    return round(points / _ROUNDED_TO) * _ROUNDED_TO


def worth_of_stock(a_day: Sequence[float], urgency_values: Sequence[int], estimate: Estimate) -> tuple[int, ...]:
    """Points a person that the n-th place left is worth, from the first on; ends before the first that is worth nothing. Never rises."""
    at_least: list[list[float]] = []
    expected = 0.0
    for often, days in zip(a_day, estimate.horizon_days, strict=True):
        expected += often * days
        at_least.append(_at_least(expected, MOST_PLACES))
    weights: list[int] = []
    for n in range(1, MOST_PLACES + 1):
        worth = before = 0.0
        for value, chances in zip(urgency_values, at_least, strict=True):
            worth += value * (chances[n] - before)
            before = chances[n]
        weight = rounded(estimate.share * worth)
        if weight <= 0:
            break
        weights.append(weight)
    return tuple(weights)


def _at_least(mean: float, most: int) -> list[float]:
    """The chance that a Poisson number is at least n, for n from 0 to `most`."""
    exactly, below = math.exp(-mean), 0.0
    found: list[float] = []
    for n in range(most + 1):
        found.append(max(0.0, 1.0 - below))
        below += exactly
        exactly *= mean / (n + 1)
    return found
