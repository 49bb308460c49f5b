"""View `health`: how many entries ended how. Position, lag, age and stale figures are worked out when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from events.quick import quick
from projections.audit import AuditRow

VIEW = "health"


@quick
@dataclass(frozen=True, slots=True)
class VerdictCount:
    """Entries with one verdict and code (empty: none)."""

    verdict: str
    code: str
    entries: int
    last_sequence: int
    """Last entry counted: the same entry again is not."""


def fold(rows: Mapping[tuple[str, str], VerdictCount], entry: AuditRow) -> dict[tuple[str, str], VerdictCount]:
    """The count that grows by this entry; an operator's entry is counted under its kind."""
    key = (entry.verdict or entry.kind or "", entry.code or "")
    known = rows.get(key)
    if known is None:
        return {key: VerdictCount(*key, 1, entry.sequence)}
    if known.last_sequence >= entry.sequence:
        return {}
    return {key: VerdictCount(*key, known.entries + 1, entry.sequence)}
