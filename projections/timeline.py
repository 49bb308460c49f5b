"""View `timeline`: where each fact of one case stands in the ledger, in order.

The facts themselves stay in `entries`, sealed as they came; a case's file keeps their places. So the view adds no second copy of anybody's story, and no
clear column says that two entries are about one case.
"""

from __future__ import annotations

from dataclasses import dataclass

from events.quick import quick

VIEW = "timeline"


@quick
@dataclass(frozen=True, slots=True)
class FactAt:
    """The place of one fact: entry, and -1 for the reported event or the outcome's number."""

    sequence: int
    index: int


def until(facts: tuple[FactAt, ...], sequence: int) -> tuple[FactAt, ...]:
    """The facts up to a sequence, that one included."""
    return tuple(fact for fact in facts if fact.sequence <= sequence)
