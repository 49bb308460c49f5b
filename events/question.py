"""Stream `transfer`, what happens while a project has still to answer: reminders, and questions that stop its clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.fact import Actor, SealedUnder


@dataclass(frozen=True, slots=True)
class InformationRequested:
    """The project asked needs to know more before it can answer; the clock of its proposal stops, as far as policy allows."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str
    proposal_id: str | None
    """null: the transfer's live proposal."""
    text: str
    """What it needs to know; needed, at most 4,000 characters, without names."""


@dataclass(frozen=True, slots=True)
class InformationGiven:
    """The question is answered by whoever is responsible for the case, or the helpline; the clock goes on."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str
    proposal_id: str | None
    text: str
    """The answer; needed, at most 4,000 characters, without names."""


@dataclass(frozen=True, slots=True)
class ReminderDue:
    """(outcome) A project has still to answer, and part of its time is over."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    proposal_id: str
    number: int
    """Which of the proposal's reminders it is, from 1."""


@dataclass(frozen=True, slots=True)
class ProposalPaused:
    """(outcome) The clock of a proposal stops: deadline and reminders are where they will be if nobody answers."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    proposal_id: str
    resumes_at_ms: int
    """When it goes on by itself."""
    deadline_at_ms: int
    reminders_at_ms: tuple[int, ...]
    """Those still to come, in order."""


@dataclass(frozen=True, slots=True)
class ProposalResumed:
    """(outcome) The clock of a proposal goes on."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    proposal_id: str
    by_itself: bool
    """Nobody answered, and the time for questions is over."""
    paused_ms: int
    """Duty time for which the clock has stood still for this proposal."""
    deadline_at_ms: int
    reminders_at_ms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class HoldDeadlineMoved:
    """(outcome) Held places are held until another instant. Clear; why is sealed in the outcome beside it."""

    sealed_under: ClassVar = SealedUnder.NOBODY
    hold_id: str
    unit_id: str
    places: int
    until_ms: int
