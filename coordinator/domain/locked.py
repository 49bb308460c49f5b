"""The clear part of an event whose private part cannot be opened, as far as the clear half of the state follows from it."""

from __future__ import annotations

from typing import Any

from coordinator.domain.network import NOBODY
from events.availability import AvailabilityPublished, AvailabilityReaffirmed
from events.entry import Locked
from events.facts import FACT_TYPES, Event
from events.network import DutyHoursPublished, PolicyAdopted, ProjectAmended, ProjectRegistered, RulesAdopted, UnitAmended, UnitClosed, UnitOpened

_PRIVATE: dict[str, dict[str, Any]] = {
    kind.__name__: {"actor": NOBODY}
    for kind in (
        AvailabilityPublished,
        AvailabilityReaffirmed,
        DutyHoursPublished,
        PolicyAdopted,
        ProjectAmended,
        ProjectRegistered,
        RulesAdopted,
        UnitClosed,
    )
} | {kind.__name__: {"actor": NOBODY, "dangers": ()} for kind in (UnitAmended, UnitOpened)}
"""Stand-ins for the private fields of the events that the clear half follows from."""


def clear_event(locked: Locked) -> Event | None:
    """The event with an unnamed actor and without dangers; None: nothing in the clear half follows from it."""
    private = _PRIVATE.get(locked.name)
    if private is None:
        return None
    kind: Any = FACT_TYPES[locked.name]
    event: Event = kind(**private, **locked.clear)
    return event
