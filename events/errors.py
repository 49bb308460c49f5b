"""Failures of this package. A refusal is a value (`events.verdict.Refused`); what stands here is raised.

FactError
+-- Undecodable          a record's bytes are not a fact (carries one of the `Unreadable.why` words)
+-- BodyUnreadable       an accepted envelope's body cannot be read: the reader must stop
+-- EnvelopeUnreadable   bytes that are no envelope: garbage, ignored by every reader
+-- SealBroken           sealed bytes do not open under the key named by their reference
+-- LineInvalid          a line of an events file is not an event (carries line number and what to do)
"""

from __future__ import annotations

from events.language import Said


class FactError(Exception):
    """The root of this tree."""


class Undecodable(FactError):
    """The record cannot be decoded."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The record cannot be decoded: {why}.")
        self.why = why


class BodyUnreadable(FactError):
    """An accepted entry's body cannot be read; nothing after it may be."""


class EnvelopeUnreadable(FactError):
    """These bytes are no ledger envelope."""


class SealBroken(FactError):
    """The sealed part does not open: wrong key, wrong place, or changed bytes."""


class LineInvalid(FactError):
    """A line of an events file is not an event."""

    def __init__(self, line: int, said: Said) -> None:
        super().__init__(f"line {line}: {said[0]}")
        self.line = line
        self.said = said
        """What is the matter and what to do, without the line's number."""
