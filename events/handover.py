"""Stream `transfer`, the hand-over: what both projects have arranged between acceptance and departure. Where they meet is agreed outside the system."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.fact import Actor, SealedUnder
from events.vocabulary import HandOverItem


@dataclass(frozen=True, slots=True)
class HandOverPrepared:
    """One of the two projects says what it has arranged for the hand-over, for the first time."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str
    arranged: tuple[HandOverItem, ...]
    not_needed: tuple[HandOverItem, ...]
    note: str
    """At most 4,000 characters, and no address."""


@dataclass(frozen=True, slots=True)
class HandOverAmended:
    """One of the two projects says anew what it has arranged; the whole list takes the place of the one before."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    transfer_id: str
    arranged: tuple[HandOverItem, ...]
    not_needed: tuple[HandOverItem, ...]
    note: str
