"""Units, counts and holds: the half of the ledger that stands in clear. Works without any key (deadlines of kept places excepted)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ops.checker.breach import Breach
from ops.checker.entry import Entry, Fact

STAGES = {"PlaceReserved": "reserved", "PlaceOccupied": "occupied", "PlaceReleased": "released"}


@dataclass(slots=True)
class Unit:
    """What the ledger says about a unit."""

    unit_id: str
    project_id: str
    body: str
    region: str
    level: str
    places: int
    hosts: frozenset[str]
    offers: frozenset[str]
    languages: frozenset[str]
    dangers: tuple[tuple[str, str], ...]
    """(kind, value); empty where they are sealed and there is no key."""
    closed: bool = False
    count: dict[str, Any] | None = None
    """Fields of the last published count; None: never published."""
    changed_at: int = -1
    """Sequence of the last count or amendment."""
    observed_at_ms: int | None = None
    """The count's instant, or that of its last reaffirmation."""
    corrected: bool = False
    """A project said that it is not free after all; until the next count."""
    told: dict[str, Any] | None = None
    """Fields of the last CapacityChanged."""


@dataclass(slots=True)
class Hold:
    """Places of one unit kept for one case."""

    hold_id: str
    unit_id: str
    places: int
    stage: str
    """held, reserved, occupied, kept, released."""
    since: int
    """Sequence at which the stage began."""
    until_ms: int | None


@dataclass(slots=True)
class Places:
    """All units and holds, up to an entry."""

    tick_ms: int
    units: dict[str, Unit] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    """Live ones; an occupied hold stays until a count takes it into account."""
    in_unit: dict[str, dict[str, Hold]] = field(default_factory=dict)
    """The same, by unit."""
    used: set[str] = field(default_factory=set)

    def report(self, entry: Entry, event: Fact) -> Iterator[Breach]:
        """An event about a unit takes effect (its clear fields are enough)."""
        fields = event.fields
        if event.name == "UnitOpened":
            unit = Unit(fields["unit_id"], fields["project_id"], fields["body"], fields["region"], "", 0, frozenset(), frozenset(), frozenset(), ())
            _describe(unit, fields)
            self.units[unit.unit_id] = unit
        elif event.name == "UnitAmended" and fields["unit_id"] in self.units:
            _describe(self.units[fields["unit_id"]], fields)
            self.units[fields["unit_id"]].changed_at = entry.sequence
        elif event.name == "UnitClosed" and fields["unit_id"] in self.units:
            self.units[fields["unit_id"]].closed = True
        elif event.name == "AvailabilityPublished":
            yield from self.count(entry, fields)
        elif event.name == "AvailabilityReaffirmed" and fields["unit_id"] in self.units:
            self.units[fields["unit_id"]].observed_at_ms = fields["observed_at_ms"]
        elif event.name == "ClockAdvanced" and fields["deadline_at_ms"] > entry.event_time_ms:
            yield Breach(entry.sequence, "clock.early", f"speaks {fields['deadline_at_ms'] - entry.event_time_ms} ms before the deadline")

    def count(self, entry: Entry, fields: dict[str, Any]) -> Iterator[Breach]:
        """A count takes effect, published or learned."""
        unit = self.units.get(fields["unit_id"])
        wrong = (
            unit is None
            or not 0 <= fields["places"] <= unit.places
            or fields["occupied"] < 0
            or fields["reserved"] < 0
            or fields["observed_at_ms"] > entry.event_time_ms
            or fields["as_of_sequence"] >= entry.sequence
        )
        if wrong or unit is None:
            yield Breach(entry.sequence, "availability.invalid", f"a count of unit {fields['unit_id']} that cannot be")
            return
        unit.count, unit.changed_at, unit.observed_at_ms, unit.corrected = fields, entry.sequence, fields["observed_at_ms"], False
        for hold in self._holds_in(unit):
            if hold.stage == "occupied" and hold.since <= fields["as_of_sequence"]:
                self._end(hold)

    def _holds_in(self, unit: Unit) -> list[Hold]:
        return list(self.in_unit.get(unit.unit_id, {}).values())

    def _end(self, hold: Hold) -> None:
        del self.holds[hold.hold_id]
        del self.in_unit[hold.unit_id][hold.hold_id]

    def follow(self, entry: Entry, outcome: Fact) -> Iterator[Breach]:
        """A clear outcome about a hold or a capacity takes effect."""
        if outcome.name == "UnitPassed" and outcome["unit_id"] in self.units:
            unit = self.units[outcome["unit_id"]]
            unit.project_id, unit.body = outcome["project_id"], outcome["body"]
        elif outcome.name == "HoldDeadlineMoved":
            yield from self._moved(entry, outcome)
        elif outcome.name == "AvailabilityLearned":
            yield from self.count(entry, outcome.fields)
        elif outcome.name in ("PlaceHeld", "PlaceKept"):
            yield from self._begin(entry, outcome)
        elif outcome.name == "HoldDeadlineMoved":
            yield from self._move(entry, outcome.fields)
        elif outcome.name in STAGES:
            yield from self._go_on(entry, outcome, STAGES[outcome.name])
        elif outcome.name == "CapacityChanged":
            yield from self._told(entry, outcome.fields)

    def _move(self, entry: Entry, fields: dict[str, Any]) -> Iterator[Breach]:
        """A hold that somebody has still to answer for runs out at another instant, a later one than now."""
        hold = self.holds.get(fields["hold_id"])
        if hold is None or hold.stage != "held":
            yield Breach(
                entry.sequence, "hold.unknown", f"the deadline moves of hold {fields['hold_id']}, which is {hold.stage if hold else 'not live'}"
            )
        elif fields["until_ms"] <= entry.event_time_ms:
            yield Breach(entry.sequence, "hold.outlived", f"the deadline of hold {hold.hold_id} moves into the past")
        else:
            hold.until_ms = fields["until_ms"]

    def _begin(self, entry: Entry, outcome: Fact) -> Iterator[Breach]:
        at, fields = entry.sequence, outcome.fields
        known = self.holds.get(fields["hold_id"])
        if outcome.name == "PlaceHeld" and known is not None and known.stage == "kept":
            known.until_ms = fields["until_ms"]
            return
        if fields["hold_id"] in self.used:
            yield Breach(at, "hold.twice", f"hold {fields['hold_id']} begins again")
        unit = self.units.get(fields["unit_id"])
        if unit is None:
            yield Breach(at, "hold.unknown", f"a hold in unit {fields['unit_id']}, which nobody opened")
        elif outcome.name == "PlaceHeld":
            yield from self._may_hold(entry, unit, fields["places"])
        kept = outcome.name == "PlaceKept"
        self.used.add(fields["hold_id"])
        stage, until_ms = ("kept", None) if kept else ("held", fields["until_ms"])
        hold = Hold(fields["hold_id"], fields["unit_id"], fields["places"], stage, at, until_ms)
        self.holds[hold.hold_id] = hold
        self.in_unit.setdefault(hold.unit_id, {})[hold.hold_id] = hold

    def _moved(self, entry: Entry, outcome: Fact) -> Iterator[Breach]:
        hold = self.holds.get(outcome["hold_id"])
        if hold is None or hold.stage != "held":
            yield Breach(entry.sequence, "hold.unknown", f"the deadline of hold {outcome['hold_id']} moves, which is not held")
        else:
            hold.until_ms = outcome["until_ms"]

    def _may_hold(self, entry: Entry, unit: Unit, places: int) -> Iterator[Breach]:
        at = entry.sequence
        free = self.free(unit)
        if free < places:
            yield Breach(at, "one_place_one_case", f"{places} places held in unit {unit.unit_id}, where {max(0, free)} are free")
        if unit.closed or unit.level == "non_residential" or unit.corrected or (unit.count is not None and not unit.count["accepting"]):
            yield Breach(at, "accepting", f"a place held in unit {unit.unit_id}, which is closed, not residential or not accepting")

    def _go_on(self, entry: Entry, outcome: Fact, stage: str) -> Iterator[Breach]:
        at, fields = entry.sequence, outcome.fields
        hold = self.holds.get(fields["hold_id"])
        allowed = {"reserved": ("held",), "occupied": ("reserved", "kept"), "released": ("held", "reserved", "kept", "occupied")}[stage]
        if hold is None or hold.stage not in allowed:
            if not (hold is None and stage == "released" and fields["hold_id"] in self.used):
                yield Breach(at, "hold.unknown", f"{outcome.name} of hold {fields['hold_id']}, which is {hold.stage if hold else 'not live'}")
            return
        if (hold.unit_id, hold.places) != (fields["unit_id"], fields["places"]):
            yield Breach(at, "hold.differs", f"{outcome.name} of hold {hold.hold_id} names another unit or number of places")
        if hold.until_ms is not None and hold.until_ms + self.tick_ms < entry.event_time_ms:
            late = entry.event_time_ms - hold.until_ms
            yield Breach(at, "hold.outlived", f"hold {hold.hold_id} in unit {hold.unit_id} ended {late} ms after its deadline")
        hold.stage, hold.since = stage, at
        hold.until_ms = None
        if stage == "released":
            self._end(hold)

    def outlived(self, entry: Entry) -> Iterator[Breach]:
        """Holds that are still live a tick after their deadline; asked when an entry has been taken in."""
        for hold in self.holds.values():
            if hold.until_ms is not None and hold.until_ms + self.tick_ms < entry.event_time_ms:
                yield Breach(entry.sequence, "hold.outlived", f"hold {hold.hold_id} in unit {hold.unit_id} is live after its deadline")
                hold.until_ms = None

    def held(self, unit: Unit, *, leavers_too: bool) -> int:
        """Places under holds. Until a count takes a departure into account, who left is still counted in it, and the kept place is not a second one."""
        as_of = unit.count["as_of_sequence"] if unit.count is not None else -1
        return sum(
            hold.places for hold in self._holds_in(unit) if hold.stage != "occupied" and (leavers_too or hold.stage != "kept" or hold.since <= as_of)
        )

    def occupied(self, unit: Unit) -> int:
        """Counted, and arrived since."""
        arrived = sum(hold.places for hold in self._holds_in(unit) if hold.stage == "occupied")
        return arrived + (unit.count["occupied"] if unit.count is not None else 0)

    def free(self, unit: Unit) -> int:
        """Places nobody is in or will be; negative where the unit is over its capacity; 0 where nobody ever counted."""
        if unit.count is None:
            return 0
        places = min(unit.places, unit.count["places"])
        return int(places - self.occupied(unit) - unit.count["reserved"] - self.held(unit, leavers_too=False))

    def _told(self, entry: Entry, told: dict[str, Any]) -> Iterator[Breach]:
        """The capacity told must be the one that follows from the counts and the holds, or err on the side of fewer free places."""
        unit = self.units.get(told["unit_id"])
        if unit is None:
            yield Breach(entry.sequence, "capacity.mismatch", f"capacity of unit {told['unit_id']}, which nobody opened")
            return
        unit.told = told
        if unit.count is None:
            if told["free"] != 0:
                yield Breach(entry.sequence, "capacity.mismatch", f"unit {unit.unit_id} has free places and was never counted")
            return
        free = max(0, self.free(unit))
        held = self.held(unit, leavers_too=False), self.held(unit, leavers_too=True)
        if told["occupied"] != self.occupied(unit):
            yield Breach(entry.sequence, "capacity.mismatch", f"unit {unit.unit_id}: {told['occupied']} occupied told, {self.occupied(unit)} follow")
        if not held[0] <= told["held"] <= held[1]:
            yield Breach(entry.sequence, "capacity.mismatch", f"unit {unit.unit_id}: {told['held']} held told, {held[0]} follow")
        if told["free"] > free:
            yield Breach(entry.sequence, "capacity.mismatch", f"unit {unit.unit_id}: {told['free']} free told, {free} follow")

    def over_capacity(self, entry: Entry) -> Iterator[Breach]:
        """Units touched by this entry that hold more than they have and are not flagged."""
        for unit_id in {fact.fields["unit_id"] for fact in entry.outcomes if "unit_id" in fact.clear}:
            unit = self.units.get(unit_id)
            if unit is None or unit.count is None or self.free(unit) >= 0:
                continue
            if unit.told is None or not unit.told["over_capacity"]:
                yield Breach(entry.sequence, "capacity.exceeded", f"unit {unit_id} is over its capacity by {-self.free(unit)} and not flagged")


def _describe(unit: Unit, fields: dict[str, Any]) -> None:
    unit.level, unit.places = fields["level"], fields["places"]
    unit.hosts, unit.offers, unit.languages = frozenset(fields["hosts"]), frozenset(fields["offers"]), frozenset(fields["languages"])
    unit.dangers = tuple((danger["kind"], danger["value"]) for danger in fields.get("dangers", ()))
