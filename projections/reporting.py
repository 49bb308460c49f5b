"""Reports folded when they are asked for, from the entries that the views keep."""

from __future__ import annotations

from typing import Protocol

from projections.indicators import Indicators, IndicatorsFold, Period
from projections.reads import Reads
from projections.reported import Effects
from projections.terms import Terms, TermsFold

ENTRIES_AT_ONCE = 2_000


class Fold(Protocol):
    """What takes the effects of every entry, in order."""

    def take(self, effects: Effects) -> None:
        """The effects of the next entry."""
        ...


async def draw_up_indicators(reads: Reads, period: Period) -> Indicators:
    """The monitoring indicators of a period, as of the last entry in the views. Reads every entry: some thousands a second."""
    fold = IndicatorsFold(period)
    await _fold(reads, fold)
    return fold.report()


async def draw_up_terms(reads: Reads, now_ms: int | None) -> Terms:
    """What will go when, as of the last entry in the views; `now_ms` None: the network brings its own clock."""
    fold = TermsFold()
    await _fold(reads, fold)
    return fold.report(now_ms)


async def _fold(reads: Reads, fold: Fold) -> None:
    sequence = -1
    while batch := await reads.effects_after(sequence, ENTRIES_AT_ONCE):
        for effects in batch:
            fold.take(effects)
        sequence = batch[-1].sequence
