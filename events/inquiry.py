"""Stream `transfer`, inquiries: a question to a project whose figures are old or unknown ("could you?"). It holds nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.fact import Actor, SealedUnder
from events.vocabulary import DeclineCode, InquiryEnd


@dataclass(frozen=True, slots=True)
class InquiryAnswered:
    """A project says whether it could take somebody in; its yes counts like a publication of what the unit has free."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str
    inquiry_id: str
    could: bool
    code: DeclineCode | None
    """Why not; null: it could."""
    text: str
    """Needed for `OTHER`; at most 4,000 characters."""
    places: int | None
    """How many places of the unit are free beside those that the network holds; null: it could not."""
    free_from_ms: int | None
    """From when they can be entered; null: now."""


@dataclass(frozen=True, slots=True)
class InquiryOpened:
    """(outcome) A project is asked whether it could take somebody in."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    inquiry_id: str
    unit_id: str
    project_id: str
    deadline_at_ms: int
    policy_version: int


@dataclass(frozen=True, slots=True)
class InquiryEnded:
    """(outcome) An inquiry is over."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    inquiry_id: str
    how: InquiryEnd
