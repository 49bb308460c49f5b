"""Stream `verdict`: what became of the reported event itself. Exactly one of these stands in every decided entry.

Outcomes before it are due deadlines that happened first; outcomes after it follow from the event.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.fact import SealedUnder
from events.vocabulary import RefusalCode


@dataclass(frozen=True, slots=True)
class Recorded:
    """(outcome) The event is accepted as a fact and takes effect here."""

    sealed_under: ClassVar = SealedUnder.NOBODY


@dataclass(frozen=True, slots=True)
class Refused:
    """(outcome) The event changes nothing. The code never describes a person."""

    sealed_under: ClassVar = SealedUnder.NOBODY
    code: RefusalCode
    field: str
    """Name of the offending field, or empty."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """(outcome) The same event id with the same content was decided before; the first entry is the answer."""

    sealed_under: ClassVar = SealedUnder.NOBODY
    of_sequence: int


@dataclass(frozen=True, slots=True)
class Unreadable:
    """(outcome) The record could not be decoded; it changes nothing, and its bytes stay in the entry."""

    sealed_under: ClassVar = SealedUnder.NOBODY
    why: str
    """One of: not_single_object, unknown_schema, malformed, trailing_bytes, empty."""
