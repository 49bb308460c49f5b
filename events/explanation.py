"""The canonical text of a whole explanation, of which `MatchExplained.digest` is the SHA-256. UTF-8, a line for each rule and for each unit that fitted:

    excluded RULE UNIT UNIT …       rules in the order of `Rule`, `safety` in the place of `never_towards_danger`; units sorted by id; no line without units
    scored UNIT TOTAL OBSERVED_AT_MS PART PART …      sorted by unit

Each line ends with a line feed; fields are separated by one space, numbers are decimal. What the ledger shows of an explanation may be shorter: units are only
counted where they are many. The text names every open unit once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from events.transfer import Excluded, Scored


def excluded_head(rule: str) -> bytes:
    """How the line of a rule begins."""
    return f"excluded {rule}".encode()


def scored_line(unit_id: str, total: int, observed_at_ms: int, parts: Sequence[int]) -> bytes:
    """The line of a unit that fitted."""
    return f"scored {unit_id} {total} {observed_at_ms} {' '.join(map(str, parts))}\n".encode()


def explanation_text(excluded: Iterable[Excluded], scored: Iterable[Scored]) -> bytes:
    """The canonical text of an explanation that names everything, its scores in any order."""
    lines = [b"".join((excluded_head(group.rule), *[f" {unit_id}".encode() for unit_id in group.units], b"\n")) for group in excluded]
    lines += [scored_line(each.unit_id, each.total, each.observed_at_ms, each.parts) for each in sorted(scored, key=lambda each: each.unit_id)]
    return b"".join(lines)


def explanation_digest(excluded: Iterable[Excluded], scored: Iterable[Scored]) -> bytes:
    """SHA-256 of that text."""
    return hashlib.sha256(explanation_text(excluded, scored)).digest()
