"""Which frozen futures may be looked at for what. Weights and variants are tuned on some; figures that are reported come from others, never seen before."""

from __future__ import annotations

from collections.abc import Iterable

FIRST_REPORTING = 1_000
FIRST_FRESH = 1_100
"""Those before were looked at while the laboratory was built."""


def tuning(seeds: Iterable[int]) -> tuple[int, ...]:
    """These seeds, all of them for tuning. Raises ValueError where one is kept for reporting."""
    return _all(seeds, of_tuning=True)


def reporting(seeds: Iterable[int]) -> tuple[int, ...]:
    """These seeds, all of them kept for reporting. Raises ValueError where one is for tuning."""
    return _all(seeds, of_tuning=False)


def fresh(number: int) -> tuple[int, ...]:
    """The first `number` seeds that nobody looked at before they were reported."""
    return tuple(range(FIRST_FRESH, FIRST_FRESH + number))


def known(number: int) -> tuple[int, ...]:
    """The first `number` seeds kept for reporting, which were looked at often: to see that all works."""
    return tuple(range(FIRST_REPORTING, FIRST_REPORTING + number))


def _all(seeds: Iterable[int], *, of_tuning: bool) -> tuple[int, ...]:
    found = tuple(seeds)
    wrong = [seed for seed in found if (0 < seed < FIRST_REPORTING) is not of_tuning or seed <= 0]
    if wrong:
        raise ValueError(f"seeds 1 to {FIRST_REPORTING - 1} are for tuning, {FIRST_REPORTING} and up for reporting; not so: {wrong[:5]}")
    return found
