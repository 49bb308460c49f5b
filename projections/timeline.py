"""View `timeline`: where each fact of one case stands in the ledger, in order.

The facts themselves stay in `entries`, sealed as they came; a case's file keeps their places. So the view adds no second copy of anybody's story, and no
clear column says that two entries are about one case.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from events.entry import Locked
from events.facts import Event, Outcome
from events.person import CasesFoundSame, KeepApartDeclared, SafetyLowered
from events.transfer import MatchExplained
from projections.reported import Effects

VIEW = "timeline"


@dataclass(frozen=True, slots=True)
class FactAt:
    """The place of one fact: entry, and -1 for the reported event or the outcome's number."""

    sequence: int
    index: int


def case_facts(entry: Effects) -> Iterator[tuple[str, int, Event | Outcome]]:
    """(case id, index, fact) for each fact about a case, in order of effect; a fact about two cases comes once for each.

    Locked facts yield nothing, and an explanation is not a fact of the case: its key has a shorter life, and what is folded from it would not be the same
    after that.
    """
    for index, fact in entry.facts:
        if isinstance(fact, Locked | MatchExplained):
            continue
        case_id = getattr(fact, "case_id", None)
        if case_id is not None:
            yield case_id, index, fact
            if isinstance(fact, KeepApartDeclared | CasesFoundSame | SafetyLowered) and fact.other_case_id is not None:
                yield fact.other_case_id, index, fact


def until(facts: tuple[FactAt, ...], sequence: int) -> tuple[FactAt, ...]:
    """The facts up to a sequence, that one included."""
    return tuple(fact for fact in facts if fact.sequence <= sequence)
