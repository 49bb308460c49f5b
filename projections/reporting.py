"""Reports folded when they are asked for, from the entries that the views keep."""

from __future__ import annotations

from typing import Protocol

from projections.indicators import Indicators, IndicatorsFold, Period
from projections.moment import AtTime
from projections.reads import OpenTransfer, Reads
from projections.reported import Effects
from projections.terms import Terms, TermsFold
from projections.unserved import Unserved, Waiting, late, may_be_served, plainly_fits, ready_projects, waits

ENTRIES_AT_ONCE = 2_000
MOST_LOOKED_INTO = 20
"""Requests whose facts are read to see whether a place fits: one that does is enough for an alarm."""
DAY_MS = 86_400_000


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


async def draw_up_unserved(reads: Reads, *, a_day_before: bool) -> Unserved:
    """Requests that wait, and whether they should, as of the last entry in the views. `a_day_before`: the day before is looked at as well.

    Opens the open cases, and the facts of those few that nothing is known to keep from a place: `MOST_LOOKED_INTO` at most, the longest waiting first.
    """
    seen = await reads.transfers()
    projects, duty, policy, units = await reads.projects(), await reads.duty(), await reads.policy(), await reads.capacity()
    ready, at_ms = ready_projects(projects.answer, duty.answer, policy.answer, await reads.reported_policy()), seen.at_ms
    requests = [(one.case_id, one) for one in seen.answer]
    waiting = [(case_id, one) for case_id, each in requests if waits(one := _waiting(each))]
    looked_into = sorted(
        ((case_id, one) for case_id, one in waiting if may_be_served(one, units.answer, ready, at_ms)),
        key=lambda each: each[1].transfer.requested_at_ms,
    )[:MOST_LOOKED_INTO]
    fitting: list[Waiting] = []
    for case_id, one in looked_into:
        facts = await reads.timeline(case_id)
        if plainly_fits(one, (each.fact for each in facts.answer), units.answer, ready, at_ms):
            fitting.append(one)
    before = [_waiting(one) for one in (await reads.transfers(AtTime(at_ms - DAY_MS))).answer] if a_day_before else None
    return Unserved(
        at_ms,
        len(waiting),
        len(fitting),
        max((at_ms - one.transfer.requested_at_ms for one in fitting), default=None),
        late((one for _, one in waiting), at_ms),
        None if before is None else late(before, at_ms - DAY_MS),
        None if before is None else sum(map(waits, before)),
    )


def _waiting(one: OpenTransfer) -> Waiting:
    return Waiting(one.household, one.responsible, one.transfer, one.state)


async def _fold(reads: Reads, fold: Fold) -> None:
    sequence = -1
    while batch := await reads.effects_after(sequence, ENTRIES_AT_ONCE):
        for effects in batch:
            fold.take(effects)
        sequence = batch[-1].sequence
