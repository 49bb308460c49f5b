"""What a place is worth in hindsight: duals of the linear relaxation over sampled futures, as floors beneath scarcity weights.

The dual of a place at a publication is what one more such place would have been worth from then on (`Relaxation.prices`). Whoever takes it for a stay costs the
others that, less the dual of the same place when it counts again. Duals are not unique: at a little less supply than there is they are the greatest, at a
little more the least, and what is told is the mean of the two, which hardly depends on the vertex that a solver stops at. That price is averaged over all stays that could
begin at a publication, over the publications of a day, over the days and over the futures, by whom the place hosts.

A static price knows nothing of what is left. As a floor it holds where the weights by what is left say that a place is cheap: a kind of request whose last place
costs much may cost little with three left, though in hindsight all three were wanted.

`python -m ops.laboratory.duals LOAD SEED...` works them out: a minute or more for each future.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean
from typing import TYPE_CHECKING

from coordinator.matching.kinds import kind_of
from events.network import KindWeights
from ops.demand.hours import DAY_MS
from ops.laboratory.estimation import rounded
from ops.laboratory.instance import LOADS, Instance, instance_of, requests_a_day
from ops.laboratory.seeds import tuning
from ops.networks.loading import load_network

if TYPE_CHECKING:
    from ops.laboratory.hindsight import Program

SUPPLY = 1e-5
"""Of a place: by so much more and less is it asked what places are worth. Far above what a solver takes for nothing, far below what changes who is placed."""
DAYS = 60
"""Of a future of ninety days, those that are averaged: later, places are cheap because nobody comes any more."""
PRICES: dict[str, dict[str, int]] = {
    "ample": {
        "fathers_with_children+men": 0,
        "fathers_with_children+mothers_with_children": 20,
        "men": 30,
        "men+trans_men": 0,
        "mothers_with_children": 220,
        "mothers_with_children+women": 230,
        "non_binary+trans_women": 0,
        "non_binary+trans_women+women": 140,
        "women": 10,
    },
    "slack": {
        "fathers_with_children+men": 530,
        "fathers_with_children+mothers_with_children": 770,
        "men": 580,
        "men+trans_men": 470,
        "mothers_with_children": 860,
        "mothers_with_children+women": 730,
        "non_binary+trans_women": 40,
        "non_binary+trans_women+women": 330,
        "women": 100,
    },
    "tight": {
        "fathers_with_children+men": 1060,
        "fathers_with_children+mothers_with_children": 1430,
        "men": 1040,
        "men+trans_men": 960,
        "mothers_with_children": 1270,
        "mothers_with_children+women": 1250,
        "non_binary+trans_women": 250,
        "non_binary+trans_women+women": 1080,
        "women": 680,
    },
    "double": {
        "fathers_with_children+men": 2120,
        "fathers_with_children+mothers_with_children": 1870,
        "men": 2070,
        "men+trans_men": 1770,
        "mothers_with_children": 1880,
        "mothers_with_children+women": 2140,
        "non_binary+trans_women": 1180,
        "non_binary+trans_women+women": 1750,
        "women": 1760,
    },
}
"""Points a person and place, by load and by whom a place hosts: `dual_prices` of futures of ninety days (seeds 1 to 3 at tight, 1 and 2 under the other loads)."""
SHARES: dict[str, float] = {"ample": 1.0, "slack": 1.5, "tight": 1.5, "double": 0.75}
"""Of these prices, what does best as a floor on tuning seeds. At tight and at double it comes to about 1,400 points for most: above what a planned request is
worth, below what one within days is."""


def floors_for(load: str) -> tuple[Mapping[str, int], float]:
    """Prices and their share for a load: those of the highest load of `LOADS` that is no higher. None where less is asked than under any."""
    a_day = requests_a_day(load)
    lower = [name for name, asked in LOADS.items() if asked <= a_day]
    return (PRICES[lower[-1]], SHARES[lower[-1]]) if lower else ({}, 1.0)


def place_prices(program: Program) -> dict[tuple[int, int, int], float]:
    """(unit, place, slot) -> points that one more such place is worth from this slot on: the mean of the least dual and the greatest."""
    least, greatest = program.relax(SUPPLY).prices, program.relax(-SUPPLY).prices
    return {node: (least[node] + greatest[node]) / 2 for node in least}


def stay_prices(instance: Instance, days: int = DAYS) -> dict[str, float]:
    """Points a person and place that a stay costs the others, by whom the place hosts, in the mean of a future's first days."""
    from ops.laboratory.hindsight import Program  # SciPy's solvers, which whoever takes prices as they are told need not have
    from ops.laboratory.starts import Starts, whole

    starts = Starts(instance).of(whole(instance))
    prices = place_prices(Program(instance, starts))
    counted: dict[tuple[int, int], list[int]] = {}
    for unit, place, slot in sorted(prices):
        counted.setdefault((unit, place), []).append(slot)
    stays: dict[tuple[int, int, int], list[float]] = {}
    for start in starts:
        for place, again in zip(start.places, start.again, strict=True):
            node = start.unit, place, start.slot
            slots = counted[start.unit, place]
            after = bisect_left(slots, again)
            then = (start.unit, place, slots[after]) if after < len(slots) else None
            stays.setdefault(node, []).append(prices[node] - (prices[then] if then else 0.0))
    by_day: dict[tuple[str, int], list[float]] = {}
    for node in sorted(stays):
        unit, _, slot = node
        day = (instance.published[unit][slot] - instance.start_ms) // DAY_MS
        if day < days:
            by_day.setdefault((kind_of(instance.units[unit].hosts, frozenset()), day), []).append(fmean(stays[node]))
    found: dict[str, list[float]] = {}
    for (kind, _), each in by_day.items():
        found.setdefault(kind, []).append(fmean(each))
    return {kind: fmean(found[kind]) for kind in sorted(found)}


def dual_prices(futures: Iterable[Mapping[str, float]]) -> dict[str, int]:
    """The mean of what `stay_prices` gives for some futures, rounded to ten points, by kind of place without what it offers."""
    found: dict[str, list[float]] = {}
    for prices in futures:
        for kind, price in prices.items():
            found.setdefault(kind, []).append(price)
    return {kind: rounded(fmean(found[kind])) for kind in sorted(found)}


def with_floors(weights: Sequence[KindWeights], prices: Mapping[str, int], share: float) -> tuple[KindWeights, ...]:
    """Weights where no place that hosts as a kind does is ever cheaper than a share of the kind's price, however many are left. By kind."""
    found = {each.kind: each.weights for each in weights}
    for kind, price in prices.items():
        floor = rounded(share * price)
        if floor > 0:
            higher = [max(weight, floor) for weight in found.get(kind, (0,))]
            while len(higher) > 1 and higher[-1] == higher[-2]:
                higher.pop()
            found[kind] = tuple(higher)
    return tuple(KindWeights(kind, found[kind]) for kind in sorted(found))


def main() -> int:
    """Prints the prices of a load."""
    load, *seeds = sys.argv[1:]
    futures = []
    for seed in tuning(map(int, seeds)):
        futures.append(stay_prices(instance_of(load_network("it"), seed, load)))
        print(seed, dual_prices(futures[-1:]), flush=True)
    print(load, dual_prices(futures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
