"""What an entry says took effect: its facts in the order in which they hold, the reported event standing where it was recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.entry import Locked, OpenedDecision, OpenedEntry, Unread
from events.facts import FACT_TYPES, Event, Outcome
from events.person import GroupKeptApart
from events.quick import quick
from events.transfer import MatchExplained
from events.typed import hints_of
from events.verdict import Recorded

EVENT_INDEX = -1
"""The index of the reported event beside the outcomes' 0, 1, ..."""

Effect = tuple[int, Event | Outcome | Locked]
"""Index and fact."""
CaseFact = tuple[int, Event | Outcome]
"""Index and fact, which can be read and is about a case."""

ABOUT_A_CASE = frozenset({kind for kind in FACT_TYPES.values() if "case_id" in hints_of(kind)} - {MatchExplained})
"""An explanation is not a fact of the case: its key has a shorter life, and what is folded from it would not be the same after that."""
_ABOUT_TWO = frozenset(kind for kind in ABOUT_A_CASE if "other_case_id" in hints_of(kind))
_NOTHING: Mapping[str, Sequence[CaseFact]] = {}


@quick
@dataclass(frozen=True, slots=True)
class Effects:
    """What folds take of an entry."""

    sequence: int
    at_ms: int
    event: Event | Locked | None
    """The reported event; null: it is refused, repeated, unreadable, or the entry is an operator's."""
    facts: tuple[Effect, ...]
    """In order of effect, the reported event among them. Empty for a genesis or an operator's entry."""
    by_case: Mapping[str, Sequence[CaseFact]]
    """By case id, those that are about the case, in order of effect; one about two cases stands under both. Locked facts stand nowhere."""


def effects_of(entry: OpenedEntry) -> Effects:
    """What took effect with an entry."""
    if not isinstance(entry, OpenedDecision):
        return Effects(entry.sequence, entry.event_time_ms, None, (), _NOTHING)
    event = entry.opened.event
    recorded: Event | Locked | None = None
    facts: list[Effect] = []
    for index, outcome in enumerate(entry.outcomes):
        if isinstance(outcome, Recorded):
            if not isinstance(event, Unread):
                recorded = event
                facts.append((EVENT_INDEX, event))
        else:
            facts.append((index, outcome))
    return Effects(entry.sequence, entry.event_time_ms, recorded, tuple(facts), _by_case(facts))


def _by_case(facts: list[Effect]) -> Mapping[str, Sequence[CaseFact]]:
    found: dict[str, list[CaseFact]] = {}
    about: Any
    for index, about in facts:
        if type(about) not in ABOUT_A_CASE or about.case_id is None:
            continue
        found.setdefault(about.case_id, []).append((index, about))
        if type(about) in _ABOUT_TWO and about.other_case_id is not None:
            found.setdefault(about.other_case_id, []).append((index, about))
        elif isinstance(about, GroupKeptApart):
            for other in about.other_case_ids:
                found.setdefault(other, []).append((index, about))
    return found
