"""View `audit`: for each entry what was reported, how it ended and what followed, as far as the ledger shows it in clear."""

from __future__ import annotations

from dataclasses import dataclass

from events.entry import Locked, OpenedControl, OpenedEntry, Unread
from events.quick import quick
from events.verdict import Duplicate, Recorded, Refused, Unreadable

VIEW = "audit"
COLUMNS = ("sequence", "kind", "verdict", "code", "field", "of_sequence", "outcomes")

VERDICTS = frozenset({Recorded, Refused, Duplicate, Unreadable})
"""Kinds that this view is folded from; of all others it takes the name."""


@quick
@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry."""

    sequence: int
    kind: str | None
    """Of the reported event, or of an operator's entry; null: the record is unreadable."""
    verdict: str | None
    """`Recorded`, `Refused`, `Duplicate`, `Unreadable`; null: an operator's entry."""
    code: str | None
    """Refusal code, or why a record is unreadable."""
    field: str | None
    of_sequence: int | None
    """Of a repeat: the entry that is the answer."""
    outcomes: tuple[str, ...]
    """Kinds in order, the verdict among them."""


def fold(entry: OpenedEntry) -> AuditRow:
    """The entry's row. It is the same with and without keys: an event that was not read has no kind, though without its key it might be given one."""
    if isinstance(entry, OpenedControl):
        return AuditRow(entry.sequence, type(entry.body).__name__, None, None, None, None, ())
    event = entry.opened.event
    kind = None if isinstance(event, Unread) else event.name if isinstance(event, Locked) else type(event).__name__
    outcomes = tuple([outcome.name if isinstance(outcome, Locked) else type(outcome).__name__ for outcome in entry.outcomes])
    for outcome in entry.outcomes:
        match outcome:
            case Recorded():
                return AuditRow(entry.sequence, kind, "Recorded", None, None, None, outcomes)
            case Refused():
                return AuditRow(entry.sequence, kind, "Refused", outcome.code, outcome.field or None, None, outcomes)
            case Duplicate():
                return AuditRow(entry.sequence, kind, "Duplicate", None, None, outcome.of_sequence, outcomes)
            case Unreadable():
                return AuditRow(entry.sequence, None, "Unreadable", outcome.why, None, None, outcomes)
            case _:
                pass
    return AuditRow(entry.sequence, kind, None, None, None, None, outcomes)
