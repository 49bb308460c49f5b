"""Stream `availability`: what the network counts on after each count, arrival, departure and correction."""

from __future__ import annotations

from coordinator.domain import next_deadline_ms
from events.availability import AvailabilityReaffirmed, CapacityChanged
from events.transfer import MatchExplained, ProposalMade
from events.vocabulary import Rule
from tests.domain.world import DAY, HELPLINE, HOUR, MINUTE, World, body, italy, kinds, only, woman


def one_unit(places: int = 4) -> World:
    world = italy()
    world.unit("rm-1", "lazio", "12", places)
    return world


def counted(world: World, unit_id: str = "rm-1") -> tuple[int, int, int, int]:
    """Occupied, reserved, held, free."""
    now = world.state.units[unit_id].counted
    return now.occupied, now.reserved, now.held, now.free


def arrived(world: World, name: str = "anna") -> str:
    case = world.case(name)
    world.request(case)
    world.accept(case)
    world.depart(case)
    world.arrive(case)
    return case


def test_a_new_unit_has_nothing_free_until_its_first_count() -> None:
    world = italy()
    outcomes = world.unit("rm-1", "lazio", "12", 4, free=-1)
    assert only(outcomes, CapacityChanged) == CapacityChanged("rm-1", 4, 0, 0, 0, 0, False, None, False)
    explained = only(world.request(world.case("anna")), MatchExplained)
    assert [(group.rule, group.units) for group in explained.excluded] == [(Rule.ACCEPTING, ("rm-1",))]


def test_free_is_what_is_left() -> None:
    world = one_unit()
    outcomes = world.publish("rm-1", occupied=1, reserved=1)
    assert only(outcomes, CapacityChanged) == CapacityChanged("rm-1", 4, 1, 1, 0, 2, True, world.now, False)


def test_not_accepting_has_nothing_free() -> None:
    world = one_unit()
    world.publish("rm-1", accepting=False)
    assert counted(world) == (0, 0, 0, 0)


def test_more_people_than_places_is_accepted_and_flagged() -> None:
    world = one_unit()
    outcomes = world.publish("rm-1", occupied=5)
    assert only(outcomes, CapacityChanged).over_capacity
    assert counted(world) == (5, 0, 0, 0)


def test_the_helpline_may_publish_on_the_telephone() -> None:
    world = one_unit()
    assert kinds(world.publish("rm-1", actor=HELPLINE, occupied=2)) == ["Recorded", "CapacityChanged"]


def test_an_arrival_is_counted_once_whenever_the_count_takes_it_in() -> None:
    world = one_unit()
    before = world.sequence
    arrived(world)
    assert counted(world) == (1, 0, 0, 3)
    world.publish("rm-1", occupied=0, as_of_sequence=before)
    assert counted(world) == (1, 0, 0, 3)
    world.publish("rm-1", occupied=1, as_of_sequence=world.sequence)
    assert counted(world) == (1, 0, 0, 3)
    assert len(world.state.holds) == 0


def test_what_a_count_has_taken_in_stays_taken_in() -> None:
    world = one_unit()
    before = world.sequence
    arrived(world)
    world.publish("rm-1", occupied=1)
    world.publish("rm-1", occupied=1, as_of_sequence=before)
    assert counted(world) == (1, 0, 0, 3)
    assert world.state.units["rm-1"].published is not None
    assert world.state.units["rm-1"].published.as_of_sequence > before


def test_a_kept_place_counts_once_the_count_has_the_departure() -> None:
    world = italy()
    world.unit("na-1", "campania", "15", 3, free=0)
    world.unit("rm-1", "lazio", "12", 2)
    case = world.case("anna", hosted="na-1")
    world.request(case)
    world.accept(case)
    world.depart(case)
    assert counted(world, "na-1") == (3, 0, 0, 0)
    world.publish("na-1", occupied=2)
    assert counted(world, "na-1") == (2, 0, 1, 0)


def test_reaffirming_is_news_and_loses_no_arrival() -> None:
    world = one_unit()
    arrived(world)
    world.now += DAY
    outcomes = world.send(AvailabilityReaffirmed("", body("lazio"), "rm-1", world.now, world.sequence))
    assert only(outcomes, CapacityChanged).observed_at_ms == world.now
    assert counted(world) == (1, 0, 0, 3)


def test_reaffirming_makes_a_stale_unit_fresh_for_who_waits() -> None:
    world = one_unit()
    world.now += 2 * DAY
    case = world.case("anna")
    world.request(case)
    outcomes = world.send(AvailabilityReaffirmed("", body("lazio"), "rm-1", world.now, 0))
    assert only(outcomes, ProposalMade).case_id == case


def test_places_free_from_a_date_count_from_then_on() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2, free=0)
    case = world.case("anna")
    world.request(case)
    soon = world.now + 5 * HOUR
    assert only(world.publish("rm-1", free_from_ms=soon), CapacityChanged).free == 0
    assert next_deadline_ms(world.state) == soon
    assert kinds(world.tick(5 * HOUR - 1)) == ["Recorded"]
    outcomes = world.tick(1)
    assert kinds(outcomes) == ["CapacityChanged", "PlaceHeld", "ProposalMade", "MatchExplained", "CapacityChanged", "Recorded"]
    assert next_deadline_ms(world.state) != soon


def test_a_waiting_household_takes_the_places_it_needs_and_leaves_the_rest() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 4, free=0)
    pair = world.case("pair", household=(woman("a"), woman("b")))
    single, late = world.case("single"), world.case("late")
    for case in (pair, single, late):
        world.now += MINUTE
        world.request(case)
    world.publish("rm-1", occupied=1)
    assert [world.proposed_unit(case) for case in (pair, single, late)] == ["rm-1", "rm-1", None]
    assert counted(world) == (1, 0, 3, 0)
