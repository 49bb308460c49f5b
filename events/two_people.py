"""Stream `two_people`: actions that take two people of different bodies. What they wait for, how they end, and who looks at them afterwards.

The action itself is an event of its own stream (`SafetyLowered`, ...); its event id is the id of the action here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.fact import Actor, SealedUnder
from events.vocabulary import ReviewVerdict


@dataclass(frozen=True, slots=True)
class ActionConfirmed:
    """A second person, of another body, confirms an action; it takes effect in this entry."""

    sealed_under: ClassVar = SealedUnder.CASE_OR_NETWORK
    event_id: str
    actor: Actor
    case_id: str | None
    """The case that the action is about; null: none."""
    action_id: str
    """Event id of the event that reported the action."""


@dataclass(frozen=True, slots=True)
class ActionRefused:
    """An action that waits does not happen: refused by a second person, or taken back by the body that reported it."""

    sealed_under: ClassVar = SealedUnder.CASE_OR_NETWORK
    event_id: str
    actor: Actor
    case_id: str | None
    action_id: str
    text: str
    """Why; may be empty, at most 4,000 characters."""


@dataclass(frozen=True, slots=True)
class ActionReviewed:
    """Somebody of another body has looked at an action taken in an emergency, or at one that is always reviewed."""

    sealed_under: ClassVar = SealedUnder.CASE_OR_NETWORK
    event_id: str
    actor: Actor
    case_id: str | None
    action_id: str
    verdict: ReviewVerdict
    text: str
    """Needed where the action is not upheld; at most 4,000 characters."""


@dataclass(frozen=True, slots=True)
class ConfirmationAwaited:
    """(outcome) The action has no effect yet; it waits for its second person."""

    sealed_under: ClassVar = SealedUnder.CASE_OR_NETWORK
    case_id: str | None
    action_id: str
    until_ms: int


@dataclass(frozen=True, slots=True)
class ActionTaken:
    """(outcome) The action takes effect here."""

    sealed_under: ClassVar = SealedUnder.CASE_OR_NETWORK
    case_id: str | None
    action_id: str


@dataclass(frozen=True, slots=True)
class ActionLapsed:
    """(outcome) Nobody confirmed the action in time."""

    sealed_under: ClassVar = SealedUnder.CASE_OR_NETWORK
    case_id: str | None
    action_id: str


@dataclass(frozen=True, slots=True)
class ReviewDue:
    """(outcome) The action has to be reviewed by another body; in the entry in which it takes effect."""

    sealed_under: ClassVar = SealedUnder.CASE_OR_NETWORK
    case_id: str | None
    action_id: str
    due_at_ms: int


@dataclass(frozen=True, slots=True)
class ReviewOverdue:
    """(outcome) The review is not there: the helpline and the department are called in. It can still be given."""

    sealed_under: ClassVar = SealedUnder.CASE_OR_NETWORK
    case_id: str | None
    action_id: str
