"""View `capacity`: what the network counts on in each unit, and which of its places are held. All of it is clear in the ledger.

`holds` gives each held place of a unit a number (slot), so that the database itself can refuse to hold one place twice: at most one active row a
(unit, slot), and a slot given by a new hold must lie within the room that the unit had. Kept places have numbers apart. The numbers mean nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import assert_never

from events.availability import AvailabilityPublished, AvailabilityReaffirmed, CapacityChanged
from events.network import UnitAmended, UnitClosed
from events.question import HoldDeadlineMoved
from events.quick import quick
from events.transfer import PlaceHeld, PlaceKept, PlaceOccupied, PlaceReleased, PlaceReserved
from projections.changing import changed
from projections.history import Table, differing
from projections.reported import Effects

VIEW = "capacity"


@quick
@dataclass(frozen=True, slots=True)
class Figures:
    """One version of a unit's figures, as `CapacityChanged` gave them."""

    unit_id: str
    places: int
    occupied: int
    reserved: int
    held: int
    free: int
    accepting: bool
    observed_at_ms: int | None
    over_capacity: bool
    from_sequence: int = field(compare=False)


class HoldStage(StrEnum):
    """How firmly a place is held. An occupied place is counted as occupied, and held no more."""

    HELD = "held"
    RESERVED = "reserved"
    KEPT = "kept"


@quick
@dataclass(frozen=True, slots=True)
class Hold:
    """One held place. `room` is the number of places that holds could fill when a new one was made (`_room`); null: not examined."""

    unit_id: str
    slot: int
    hold_id: str
    stage: str
    until_ms: int | None
    room: int | None
    from_sequence: int = field(compare=False)


Slot = tuple[str, int]
HoldFact = HoldDeadlineMoved | PlaceHeld | PlaceReserved | PlaceOccupied | PlaceKept | PlaceReleased

READS = frozenset(
    {
        AvailabilityPublished, AvailabilityReaffirmed, CapacityChanged, UnitAmended, UnitClosed,
        HoldDeadlineMoved, PlaceHeld, PlaceKept, PlaceOccupied, PlaceReleased, PlaceReserved,
    }
)  # fmt: skip
"""Kinds that this view is folded from, by their clear fields."""

FIGURES: Table[str, Figures] = Table("figures", Figures, lambda figures: figures.unit_id, ("unit_id",))
HOLDS: Table[Slot, Hold] = Table("holds", Hold, lambda hold: (hold.unit_id, hold.slot), ("unit_id", "slot"), lambda hold: hold.unit_id)


@quick
@dataclass(frozen=True, slots=True)
class Rows:
    """The current rows of this view."""

    figures: Mapping[str, Figures]
    holds: Mapping[str, Mapping[Slot, Hold]]
    """By unit; a unit without holds may be absent."""


@dataclass(frozen=True, slots=True)
class Changes:
    """New versions by key; None: the place is no longer held."""

    figures: Mapping[str, Figures | None]
    holds: Mapping[Slot, Hold | None]


NOTHING = Changes({}, {})
NO_HOLDS: Mapping[Slot, Hold] = {}
KEPT_FROM = 1_000_000
"""Numbers of kept places begin here: until a count takes the departure into account the place is still counted as occupied, and lies outside the room."""


def fold(rows: Rows, entry: Effects) -> Changes:
    """The versions that begin or end with this entry."""
    figures: dict[str, Figures | None] = {}
    told: list[HoldFact] = []
    counted_after: dict[str, int] = {}
    for _, fact in entry.facts:
        match fact:
            case CapacityChanged():
                figures[fact.unit_id] = Figures(
                    fact.unit_id, fact.places, fact.occupied, fact.reserved, fact.held, fact.free,
                    fact.accepting, fact.observed_at_ms, fact.over_capacity, entry.sequence,
                )  # fmt: skip
            case HoldDeadlineMoved() | PlaceHeld() | PlaceReserved() | PlaceOccupied() | PlaceKept() | PlaceReleased():
                told.append(fact)
            case AvailabilityPublished() | AvailabilityReaffirmed() | UnitAmended() | UnitClosed():
                counted_after[fact.unit_id] = len(told)
            case _:
                pass
    if not told:
        return Changes(differing(rows.figures, figures), {}) if figures else NOTHING
    rooms = [
        rows.figures.get(fact.unit_id) if number < counted_after.get(fact.unit_id, 0) else figures.get(fact.unit_id) or rows.figures.get(fact.unit_id)
        for number, fact in enumerate(told)
    ]
    return Changes(differing(rows.figures, figures), fold_holds(rows.holds, list(zip(told, rooms, strict=True)), entry.sequence))


def _room(figures: Figures | None, held: int) -> int:
    """Places that holds may fill: neither occupied, nor reserved by the unit's project, nor kept for somebody whom the count has seen leave.

    `held`: places that holds fill, the kept ones left out. None were ever counted: no room.
    """
    return max(0, figures.places - figures.occupied - figures.reserved - max(0, figures.held - held)) if figures else 0


def fold_holds(rows: Mapping[str, Mapping[Slot, Hold]], told: Sequence[tuple[HoldFact, Figures | None]], sequence: int) -> dict[Slot, Hold | None]:
    """Holds that begin, change or end. Beside each fact the figures of its unit.

    A hold that a deadline made before the project's own new count is examined against the count it was made under: a count may shrink below what is
    held, a new hold may not exceed it.
    """
    units = dict.fromkeys([fact.unit_id for fact, _ in told])
    before = {slot: hold for unit in units for slot, hold in rows.get(unit, NO_HOLDS).items()}
    active = dict(before)
    made: dict[str, tuple[PlaceHeld, Figures | None]] = {}
    for fact, figures in told:
        mine = [slot for slot, hold in active.items() if hold.hold_id == fact.hold_id]
        match fact:
            case HoldDeadlineMoved():
                for slot in mine:
                    active[slot] = changed(active[slot], until_ms=fact.until_ms, from_sequence=sequence)
            case PlaceHeld() if mine:
                for slot in mine:
                    active[slot] = changed(active[slot], until_ms=fact.until_ms, from_sequence=sequence)
            case PlaceHeld():
                made[fact.hold_id] = (fact, figures)
            case PlaceReserved() | PlaceKept():
                made.pop(fact.hold_id, None)
                stage = HoldStage.RESERVED if isinstance(fact, PlaceReserved) else HoldStage.KEPT
                lowest = KEPT_FROM if stage is HoldStage.KEPT else 0
                for slot in mine or _lowest_free(active, fact.unit_id, fact.places, lowest):
                    active[slot] = Hold(*slot, fact.hold_id, stage, None, None, sequence)
            case PlaceOccupied() | PlaceReleased():
                made.pop(fact.hold_id, None)
                for slot in mine:
                    del active[slot]
            case _:
                assert_never(fact)
    if made:
        to_come: dict[str, int] = {}
        for fact, _ in made.values():
            to_come[fact.unit_id] = to_come.get(fact.unit_id, 0) + fact.places
        held = {unit: _held(active, unit) + places for unit, places in to_come.items()}
        for fact, figures in made.values():
            _make(active, fact, _room(figures, held[fact.unit_id]), sequence)
    after: dict[Slot, Hold | None] = {slot: active.get(slot) for slot in sorted(before.keys() | active.keys())}
    return differing(before, after)


def _make(active: dict[Slot, Hold], fact: PlaceHeld, room: int, sequence: int) -> None:
    """Numbers the places of a new hold. Where the unit has no room left the number lies outside it, and the database refuses the row."""
    for _ in range(fact.places):
        number = _lowest_free(active, fact.unit_id, 1)[0][1]
        if _held(active, fact.unit_id) >= room:
            number = max(number, room)
        active[fact.unit_id, number] = Hold(fact.unit_id, number, fact.hold_id, HoldStage.HELD, fact.until_ms, room, sequence)


def _held(active: Mapping[Slot, Hold], unit_id: str) -> int:
    """Places of a unit that holds fill, the kept ones left out."""
    return sum(1 for unit, number in active if unit == unit_id and number < KEPT_FROM)


def _lowest_free(active: Mapping[Slot, Hold], unit_id: str, places: int, lowest: int = 0) -> list[Slot]:
    free: list[Slot] = []
    number = lowest
    while len(free) < places:
        if (unit_id, number) not in active:
            free.append((unit_id, number))
        number += 1
    return free
