"""Reports folded when they are asked for, from the entries that the views keep."""

from __future__ import annotations

from projections.indicators import Indicators, IndicatorsFold, Period
from projections.reads import Reads

ENTRIES_AT_ONCE = 2_000


async def draw_up_indicators(reads: Reads, period: Period) -> Indicators:
    """The monitoring indicators of a period, as of the last entry in the views. Reads every entry: some thousands a second."""
    fold, sequence = IndicatorsFold(period), -1
    while batch := await reads.effects_after(sequence, ENTRIES_AT_ONCE):
        for effects in batch:
            fold.take(effects)
        sequence = batch[-1].sequence
    return fold.report()
