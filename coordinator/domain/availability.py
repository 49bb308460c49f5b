"""Stream `availability`: what a unit has free, who saw it, and when."""

from __future__ import annotations

from coordinator.domain import rights
from coordinator.domain.changing import changed
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft
from coordinator.domain.network import MOST_PLACES
from coordinator.domain.seen import AHEAD_MS
from coordinator.domain.state import Counted, Published, Unit
from events.availability import AvailabilityLearned, AvailabilityPublished, AvailabilityReaffirmed, CapacityChanged
from events.verdict import Refused
from events.vocabulary import HoldStage, RefusalCode

# State follows from these.


def evolve_availability_published(draft: Draft, event: AvailabilityPublished | AvailabilityLearned, sequence: int) -> None:
    """The count is in force; arrivals that it takes into account are counted in it alone from here on."""
    unit = draft.units[event.unit_id]
    before = unit.published
    as_of = event.as_of_sequence if before is None else max(before.as_of_sequence, event.as_of_sequence)
    published = Published(event.observed_at_ms, event.places, event.occupied, event.reserved, event.accepting, event.free_from_ms, as_of)
    same = before is not None and _offered(before) == _offered(published)
    draft.put_unit(changed(unit, published=published, changed_sequence=unit.changed_sequence if same else sequence))
    for hold_id in draft.holds_in.get(event.unit_id, ()):
        hold = draft.holds[hold_id]
        if hold.stage is HoldStage.OCCUPIED and hold.sequence <= as_of:
            draft.drop_hold(hold_id)


def _offered(published: Published) -> tuple[int, int, int, bool, int | None]:
    return published.places, published.occupied, published.reserved, published.accepting, published.free_from_ms


def evolve_availability_reaffirmed(draft: Draft, event: AvailabilityReaffirmed) -> None:
    """The count was seen again. It keeps what it takes into account: arrivals since are still counted beside it."""
    unit = draft.units[event.unit_id]
    if unit.published is not None:
        draft.put_unit(changed(unit, published=changed(unit.published, observed_at_ms=event.observed_at_ms)))


def evolve_capacity_changed(draft: Draft, outcome: CapacityChanged) -> None:
    """The network counts on this now. An open unit that stops accepting without having published so was corrected after a decline."""
    unit = draft.units[outcome.unit_id]
    published = unit.published
    if published is not None and published.accepting and unit.is_open and not outcome.accepting:
        published = changed(published, accepting=False)
    draft.put_unit(
        changed(
            unit,
            published=published,
            counted=Counted(
                outcome.places,
                outcome.occupied,
                outcome.reserved,
                outcome.held,
                outcome.free,
                outcome.accepting,
                outcome.observed_at_ms,
                outcome.over_capacity,
            ),
        )
    )


# Decisions.


def publish_availability(entry: Deciding, event: AvailabilityPublished) -> Refused | None:
    """A count replaces the one before it. More people than places is accepted and flagged: it is what somebody saw."""
    refusal = _observation_refused(entry, event)
    if refusal is not None:
        return refusal
    for field, number in (("places", event.places), ("occupied", event.occupied), ("reserved", event.reserved)):
        if not 0 <= number <= MOST_PLACES:
            return refused(RefusalCode.FIELD_INVALID, field)
    if event.places > entry.draft.units[event.unit_id].places:
        return refused(RefusalCode.MORE_THAN_PLACES, "places")
    entry.record(event)
    entry.recount(event.unit_id)
    entry.changed_units.add(event.unit_id)
    return None


def reaffirm_availability(entry: Deciding, event: AvailabilityReaffirmed) -> Refused | None:
    """The last count is fresh again."""
    refusal = _observation_refused(entry, event)
    if refusal is not None:
        return refusal
    if entry.draft.units[event.unit_id].published is None:
        return refused(RefusalCode.OBSERVED_OUT_OF_ORDER, "unit_id")
    entry.record(event)
    entry.recount(event.unit_id)
    return None


def _observation_refused(entry: Deciding, event: AvailabilityPublished | AvailabilityReaffirmed) -> Refused | None:
    unit = entry.draft.units.get(event.unit_id)
    if unit is None:
        return refused(RefusalCode.UNKNOWN_UNIT, "unit_id")
    refusal = rights.project_or_helpline(entry.draft, event.actor, unit.project_id)
    if refusal is not None:
        return refusal
    if not unit.is_open:
        return refused(RefusalCode.UNIT_CLOSED, "unit_id")
    if event.observed_at_ms > entry.at_ms + AHEAD_MS:
        return refused(RefusalCode.OBSERVED_IN_FUTURE, "observed_at_ms")
    if event.observed_at_ms < 0:
        return refused(RefusalCode.FIELD_INVALID, "observed_at_ms")
    if unit.published is not None and event.observed_at_ms < unit.published.observed_at_ms:
        return refused(RefusalCode.OBSERVED_OUT_OF_ORDER, "observed_at_ms")
    if event.as_of_sequence >= entry.sequence:
        return refused(RefusalCode.SEQUENCE_AHEAD, "as_of_sequence")
    return None


def enter(entry: Deciding, unit_id: str) -> None:
    """The instant from which a unit's free places can be entered has come."""
    entry.recount(unit_id)


def correct_availability(entry: Deciding, unit: Unit) -> None:
    """A project said that what it published is not free: nothing in the unit counts as free until it publishes anew."""
    now = unit.counted
    entry.emit(CapacityChanged(unit.unit_id, now.places, now.occupied, now.reserved, now.held, 0, False, now.observed_at_ms, now.over_capacity))
