"""What projects answered when one of their published places was offered: free, or not free after all, by the age of the figure at that time.

Counts are integers in hundredths of an answer, by classes of age that never change; a policy groups the classes into its bands, so that another policy
finds the same history. They do not grow with history: where a cell reaches `FULL` it is halved, so that a project's habits of long ago weigh ever less.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass

_HOUR_MS = 3_600_000

AGE_STEPS_MS = tuple(hours * _HOUR_MS for hours in (1, 2, 4, 8, 12, 24, 48, 96))
"""Upper bounds (inclusive) of the classes of age, in plain time; the last class has none. A policy's bands end at some of these."""

ANSWER = 100
"""What one answer counts, so that halving loses little."""

FULL = 100 * ANSWER
"""A cell that holds so much is halved: after that the last fifty to a hundred answers of the class weigh most."""


@dataclass(frozen=True, slots=True)
class Cell:
    """Answers of one class of age, in hundredths."""

    free: int
    not_free: int


NO_ANSWERS = tuple(Cell(0, 0) for _ in range(len(AGE_STEPS_MS) + 1))


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one project."""

    project_id: str
    cells: tuple[Cell, ...]
    """One for each class of age, the youngest first."""


def age_class(age_ms: int) -> int:
    """The class of an age; a figure observed in the future is as young as can be."""
    return bisect_left(AGE_STEPS_MS, age_ms)


def with_answer(cells: tuple[Cell, ...], number: int, *, free: bool) -> tuple[Cell, ...]:
    """The cells after one more answer in class `number`."""
    cell = cells[number]
    more = Cell(cell.free + ANSWER, cell.not_free) if free else Cell(cell.free, cell.not_free + ANSWER)
    if more.free + more.not_free >= FULL:
        more = Cell(more.free // 2, more.not_free // 2)
    return (*cells[:number], more, *cells[number + 1 :])


def summed(cells: Iterable[Cell]) -> Cell:
    """All of these together."""
    free = not_free = 0
    for cell in cells:
        free += cell.free
        not_free += cell.not_free
    return Cell(free, not_free)


def smoothed(cell: Cell, towards_permille: int, weight: int) -> int:
    """The share of free places in thousandths, rounded down, drawn towards another share as if `weight` answers had given that one (beta-binomial).

    Without answers and without weight: the other share.
    """
    counted = cell.free + cell.not_free + weight * ANSWER
    return (1000 * cell.free + towards_permille * weight * ANSWER) // counted if counted else towards_permille
