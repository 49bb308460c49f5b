"""Stream `glass`: somebody opens what their role alone does not show them, with a reason, for a limited time. Takes two people of different bodies.

How such an action waits, is confirmed, lapses and is reviewed is the stream `two_people`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.fact import Actor, SealedUnder
from events.vocabulary import SightPurpose


@dataclass(frozen=True, slots=True)
class GlassBroken:
    """Somebody asks to see what is behind glass. In an emergency they see it at once, and another body reviews it."""

    sealed_under: ClassVar = SealedUnder.CASE_OR_NETWORK
    event_id: str
    actor: Actor
    """Who is to see it: nobody else does."""
    case_id: str | None
    """The case to be looked into; null: the export of the whole network, and nothing else."""
    purpose: SightPurpose
    transfer_id: str | None
    """The transfer whose explanations are asked in detail; null for every other purpose."""
    reason: str
    """Needed, at most 4,000 characters."""
    emergency: str
    """Why nobody else can be asked first, so that one person alone must do; empty: two people. At most 4,000 characters."""


@dataclass(frozen=True, slots=True)
class SightOpened:
    """(outcome) Whoever reported the action sees what they asked for until then, unless a review finds that they should not."""

    sealed_under: ClassVar = SealedUnder.CASE_OR_NETWORK
    case_id: str | None
    action_id: str
    until_ms: int
