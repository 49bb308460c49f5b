"""Stream `availability`: what a unit has free, who saw it, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.fact import Actor, SealedUnder


@dataclass(frozen=True, slots=True)
class AvailabilityPublished:
    """A body counted the places of its unit."""

    sealed_under: ClassVar = SealedUnder.NETWORK
    event_id: str
    actor: Actor
    unit_id: str
    observed_at_ms: int
    places: int
    """Places the unit has now, at least 0 and at most those it was opened or amended with."""
    occupied: int
    reserved: int
    """Kept by the project itself for its own intake."""
    accepting: bool
    free_from_ms: int | None
    """The free places can be entered from this instant; null: now."""
    as_of_sequence: int
    """Last ledger sequence whose arrivals this count takes into account, so that none is counted twice."""


@dataclass(frozen=True, slots=True)
class AvailabilityReaffirmed:
    """Somebody looked and nothing changed, and that is news."""

    sealed_under: ClassVar = SealedUnder.NETWORK
    event_id: str
    actor: Actor
    unit_id: str
    observed_at_ms: int
    as_of_sequence: int


@dataclass(frozen=True, slots=True)
class AvailabilityLearned:
    """(outcome) A project answered what a unit has free; it counts like a publication by that project. Clear: it does not say who asked."""

    sealed_under: ClassVar = SealedUnder.NOBODY
    unit_id: str
    observed_at_ms: int
    places: int
    occupied: int
    """So many that what was answered is free, beside what the network holds."""
    reserved: int
    accepting: bool
    free_from_ms: int | None
    """From when free places can be entered; null: now."""
    as_of_sequence: int
    """The entry before the answer: nothing is counted twice."""


@dataclass(frozen=True, slots=True)
class CapacityChanged:
    """(outcome) What the network now counts on in a unit, after any event that changed it. All in clear; never in one record with a case."""

    sealed_under: ClassVar = SealedUnder.NOBODY
    unit_id: str
    places: int
    occupied: int
    """Published plus arrivals that the published count does not yet take into account."""
    reserved: int
    held: int
    """Places under holds (proposed, accepted, on the way, kept)."""
    free: int
    """max(0, places - occupied - reserved - held) where accepting, open and enterable now, else 0."""
    accepting: bool
    observed_at_ms: int | None
    """When the published count was observed; null: never published."""
    over_capacity: bool
    """occupied + reserved + held > places: the project itself reported it so, or holds outlived a shrinking; flagged."""
