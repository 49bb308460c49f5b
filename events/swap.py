"""Stream `transfer`, swaps: two cases exchange their places, both or neither. No hold is taken, because nothing becomes free or full by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.fact import Actor, SealedUnder


@dataclass(frozen=True, slots=True)
class SwapAgreed:
    """The project responsible for a case agrees to exchange its place with that of another. It takes effect once the other project has said so too."""

    sealed_under: ClassVar = SealedUnder.CASE
    event_id: str
    actor: Actor
    case_id: str
    """The actor's own case."""
    other_case_id: str
    transfer_id: str
    """The live transfer of `case_id`."""


@dataclass(frozen=True, slots=True)
class PlaceExchanged:
    """(outcome) A case lives in the other's place now. Once for each of the two, under its own key."""

    sealed_under: ClassVar = SealedUnder.CASE
    case_id: str
    transfer_id: str
    unit_id: str
    project_id: str
