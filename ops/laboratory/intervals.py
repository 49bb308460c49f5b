"""Means over seeds with their 95 % intervals, by Student's t. Of two policies on the same futures the difference is taken seed by seed.

Worked out here, so that `staffetta simulate` needs no package of the laboratory; a test holds it against SciPy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from statistics import fmean, stdev

_SURE = 0.95
_STEPS = 2_000


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, and where it lies with 95 % confidence. Of one seed alone the interval is unknown, and infinite."""

    mean: float
    low: float
    high: float


def part_of(part: float, whole: float) -> float:
    """A share of a whole; of nothing, all: where nobody asks, nobody is left without."""
    return part / whole if whole else 1.0


def interval_of(values: Sequence[float]) -> Interval:
    """The mean of what single seeds gave. Raises ValueError without any."""
    if not values:
        raise ValueError("no seed gave a value")
    mean = fmean(values)
    if len(values) == 1:
        return Interval(mean, -math.inf, math.inf)
    margin = t_quantile(len(values) - 1) * stdev(values) / math.sqrt(len(values))
    return Interval(mean, mean - margin, mean + margin)


def paired(ours: Sequence[float], theirs: Sequence[float]) -> Interval:
    """By how much ours are higher, seed by seed in the same order."""
    return interval_of([one - other for one, other in zip(ours, theirs, strict=True)])


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value that a share of all does not pass (nearest rank); None: there are none."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@cache
def t_quantile(degrees: int) -> float:
    """The value that |t| stays under in 95 % of cases, to a millionth."""
    low, high = 0.0, 50.0
    while high - low > 1e-7:
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, degrees) < _SURE else (low, middle)
    return (low + high) / 2


def _within(bound: float, degrees: int) -> float:
    """Probability that |t| is below a bound, by Simpson's rule over the angle whose tangent is t / sqrt(degrees), where the density is smooth."""
    scale = 2 * math.exp(math.lgamma((degrees + 1) / 2) - math.lgamma(degrees / 2)) / math.sqrt(math.pi)
    width = math.atan(bound / math.sqrt(degrees)) / _STEPS
    total = sum((1 if step in (0, _STEPS) else 4 if step % 2 else 2) * math.cos(step * width) ** (degrees - 1) for step in range(_STEPS + 1))
    return scale * total * width / 3
