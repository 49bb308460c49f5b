"""Stream `transfer`: given a network, when something is reported, then this follows."""

from __future__ import annotations

from dataclasses import replace

from coordinator.domain import next_deadline_ms
from events.availability import CapacityChanged
from events.facts import Outcome
from events.person import AgreementGiven
from events.referral import ResponsibilityPassed
from events.transfer import (
    MatchExplained,
    PlaceHeld,
    PlaceKept,
    PlaceKeptFor,
    PlaceOccupied,
    PlaceReleased,
    PlaceReserved,
    ProposalDeclined,
    ProposalEnded,
    ProposalMade,
    TransferClosed,
    TransferEnded,
    TransferEscalated,
    TransferWithdrawn,
)
from events.vocabulary import AgeGroup, DeclineCode, Escalation, ProposalEnd, Reason, Rule, TransferEnd, Urgency
from tests.domain.world import DAY, HELPLINE, HOUR, MINUTE, POLICY, PROGRAMMES_END, World, child, italy, kinds, only, woman


def two_places() -> World:
    """One unit in Naples, full, where Anna lives; one in Rome and one in Turin with places."""
    world = italy()
    world.unit("na-1", "campania", "15", 3, free=0)
    world.unit("rm-1", "lazio", "12", 2)
    world.unit("to-1", "piemonte", "01", 3)
    return world


def anna(world: World) -> str:
    return world.case("anna", hosted="na-1")


def declined(world: World, case_id: str, code: DeclineCode = DeclineCode.PERSON_REFUSED, text: str = "") -> tuple[Outcome, ...]:
    return world.send(ProposalDeclined("", world.asked(case_id), case_id, world.transfer_id(case_id), None, code, text))


def ended(world: World, case_id: str, how: TransferEnd) -> tuple[Outcome, ...]:
    return world.send(TransferEnded("", HELPLINE, case_id, world.transfer_id(case_id), how))


def escalations(outcomes: tuple[Outcome, ...]) -> list[Escalation]:
    return [outcome.why for outcome in outcomes if isinstance(outcome, TransferEscalated)]


# Requested.


def test_a_request_is_proposed_the_best_place_at_once() -> None:
    world = two_places()
    outcomes = world.request(anna(world))
    assert kinds(outcomes) == ["Recorded", "PlaceHeld", "ProposalMade", "MatchExplained", "CapacityChanged"]
    held, made = only(outcomes, PlaceHeld), only(outcomes, ProposalMade)
    assert (held.hold_id, held.unit_id, held.until_ms) == (made.hold_id, made.unit_id, made.deadline_at_ms) == (made.hold_id, "rm-1", world.now + DAY)
    assert only(outcomes, CapacityChanged).held == 1
    assert only(outcomes, CapacityChanged).free == 1


def test_a_proposal_of_an_immediate_request_has_an_hour() -> None:
    world = two_places()
    assert only(world.request(anna(world), urgency=Urgency.IMMEDIATE), PlaceHeld).until_ms == world.now + HOUR


def test_where_nothing_fits_an_operator_is_called_with_reasons() -> None:
    world = italy()
    world.unit("na-1", "campania", "15", 3, free=0)
    world.unit("to-1", "piemonte", "01", 3, free=0)
    outcomes = world.request(anna(world))
    assert kinds(outcomes) == ["Recorded", "TransferEscalated", "MatchExplained"]
    assert escalations(outcomes) == [Escalation.NO_PLACE]
    explained = only(outcomes, MatchExplained)
    assert explained.proposal_id is None
    assert [(group.rule, group.units) for group in explained.excluded] == [(Rule.ONE_PLACE_ONE_CASE, ("na-1", "to-1"))]


def test_a_place_that_comes_free_goes_to_who_waits_and_is_not_explained_in_vain() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2, free=0)
    case = world.case("anna")
    world.request(case)
    world.now += MINUTE
    assert kinds(world.publish("rm-1", occupied=2)) == ["Recorded", "CapacityChanged"]
    outcomes = world.publish("rm-1", occupied=1)
    assert only(outcomes, ProposalMade).case_id == case


def test_one_place_goes_to_the_most_urgent_then_to_who_waited_longest() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2, free=0)
    planned, first, second = (world.case(name) for name in ("planned", "first", "second"))
    world.request(planned, urgency=Urgency.PLANNED)
    world.now += MINUTE
    world.request(first)
    world.now += MINUTE
    world.request(second)
    assert only(world.publish("rm-1", occupied=1), ProposalMade).case_id == first
    urgent = world.case("urgent")
    world.request(urgent, urgency=Urgency.IMMEDIATE)
    assert only(world.publish("rm-1", occupied=0), ProposalMade).case_id == urgent


def test_a_household_needs_all_its_places_in_one_unit() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 4, free=2)
    world.unit("to-1", "piemonte", "01", 4, free=2)
    case = world.case("family", household=(woman("a", parent=True), child("b"), child("c")))
    assert escalations(world.request(case)) == [Escalation.NO_PLACE]
    assert only(world.publish("rm-1", occupied=1), PlaceHeld).places == 3


def test_unaccompanied_minors_are_never_placed_by_the_machine() -> None:
    world = two_places()
    case = world.case("minor", household=(child("a", age_group=AgeGroup.DISPUTED),))
    world.send(AgreementGiven("", HELPLINE, case, "a", world.now + 30 * DAY))
    assert escalations(world.request(case)) == [Escalation.MINOR]
    assert kinds(world.publish("to-1")) == ["Recorded"]


def test_without_every_adults_agreement_nothing_is_proposed_until_it_is_given() -> None:
    world = two_places()
    case = world.case("pair", household=(woman("a"), woman("b")), agreed=False)
    outcomes = world.request(case)
    assert escalations(outcomes) == [Escalation.AGREEMENT_MISSING]
    world.send(AgreementGiven("", HELPLINE, case, "a", world.now + 30 * DAY))
    outcomes = world.send(AgreementGiven("", HELPLINE, case, "b", world.now + 30 * DAY))
    assert only(outcomes, PlaceHeld).places == 2


def test_an_agreement_that_is_about_to_end_does_not_count() -> None:
    world = two_places()
    case = world.case("anna", agreed=False)
    world.send(AgreementGiven("", HELPLINE, case, "a", world.now + HOUR - 1))
    assert escalations(world.request(case)) == [Escalation.AGREEMENT_MISSING]


def test_stale_availability_is_not_proposed_until_it_is_seen_again() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2)
    world.now += 2 * DAY
    case = world.case("anna")
    outcomes = world.request(case)
    assert [group.rule for group in only(outcomes, MatchExplained).excluded] == [Rule.FRESHNESS]
    assert only(world.publish("rm-1"), ProposalMade).case_id == case


# Answered.


def test_an_accepted_proposal_no_longer_runs_out() -> None:
    world = two_places()
    case = anna(world)
    world.request(case)
    outcomes = world.accept(case)
    assert kinds(outcomes) == ["Recorded", "PlaceReserved", "ProposalEnded"]
    assert only(outcomes, ProposalEnded).how is ProposalEnd.ACCEPTED
    assert only(outcomes, PlaceReserved).unit_id == "rm-1"
    assert kinds(world.tick(5 * DAY)) == ["Recorded"]


def test_a_declined_proposal_moves_on_to_the_next_place_in_the_same_entry() -> None:
    world = two_places()
    case = anna(world)
    world.request(case)
    outcomes = declined(world, case)
    assert [outcome.unit_id for outcome in outcomes if isinstance(outcome, PlaceReleased | PlaceHeld)] == ["rm-1", "to-1"]
    explained = only(outcomes, MatchExplained)
    assert (Rule.DECLINED_BEFORE, ("rm-1",)) in [(group.rule, group.units) for group in explained.excluded]


def test_a_unit_that_declined_is_offered_again_once_it_has_changed() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2)
    case = world.case("anna")
    world.request(case)
    assert escalations(declined(world, case)) == [Escalation.NO_PLACE]
    assert kinds(world.publish("rm-1", observed_at_ms=world.now)) == ["Recorded"]
    assert world.proposed_unit(case) is None
    assert only(world.publish("rm-1", occupied=1), ProposalMade).case_id == case


def test_a_unit_that_declined_is_offered_again_after_a_while() -> None:
    world = italy()
    world.send(replace(POLICY, version=2, fresh_for_ms=30 * DAY))
    world.unit("rm-1", "lazio", "12", 2)
    case = world.case("anna")
    world.request(case, needed_by_ms=world.now + 60 * DAY)
    declined(world, case)
    assert next_deadline_ms(world.state) == world.now + POLICY.decline_parks_for_ms
    outcomes = world.tick(POLICY.decline_parks_for_ms)
    assert only(outcomes, ProposalMade).case_id == case


def test_not_free_corrects_the_availability_until_it_is_published_anew() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2)
    case, other = world.case("anna"), world.case("bina")
    world.request(case)
    outcomes = declined(world, case, DeclineCode.PROVIDER_NOT_FREE)
    assert world.state.units["rm-1"].counted.free == 0
    assert not world.state.units["rm-1"].counted.accepting
    assert escalations(outcomes) == [Escalation.NO_PLACE]
    assert escalations(world.request(other)) == [Escalation.NO_PLACE]
    assert {made.case_id for made in world.publish("rm-1") if isinstance(made, ProposalMade)} == {case, other}


def test_after_three_declines_an_operator_decides() -> None:
    world = italy()
    for unit_id in ("u1", "u2", "u3", "u4"):
        world.unit(unit_id, "lazio", "12", 2)
    case = world.case("anna")
    world.request(case)
    assert escalations(declined(world, case)) == []
    assert escalations(declined(world, case)) == []
    assert escalations(declined(world, case)) == [Escalation.DECLINES_USED]
    assert kinds(world.publish("u4")) == ["Recorded"]


def test_silence_is_no_refusal_but_after_three_disclosures_an_operator_decides() -> None:
    world = italy()
    for unit_id in ("u1", "u2", "u3", "u4"):
        world.unit(unit_id, "lazio", "12", 2)
    case = world.case("anna")
    world.request(case, urgency=Urgency.IMMEDIATE)
    first = world.proposed_unit(case)
    outcomes = world.tick(HOUR)
    assert only(outcomes, ProposalEnded).how is ProposalEnd.EXPIRED
    assert world.proposed_unit(case) not in (None, first)
    world.tick(HOUR)
    assert escalations(world.tick(HOUR)) == [Escalation.DISCLOSURES_USED]
    assert world.proposed_unit(case) is None


def test_a_proposal_ends_at_its_deadline_and_not_a_moment_before() -> None:
    world = two_places()
    case = anna(world)
    world.request(case, urgency=Urgency.IMMEDIATE)
    assert next_deadline_ms(world.state) == world.now + HOUR
    assert kinds(world.tick(HOUR - 1)) == ["Recorded"]
    assert only(world.tick(1), ProposalEnded).how is ProposalEnd.EXPIRED


def test_the_requests_own_deadline_calls_an_operator_once_and_closes_nothing() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2, free=0)
    case = world.case("anna")
    world.request(case, needed_by_ms=world.now + HOUR)
    assert escalations(world.tick(HOUR)) == [Escalation.DEADLINE_PASSED]
    assert escalations(world.tick(HOUR)) == []
    assert kinds(world.publish("rm-1")) == ["Recorded", "CapacityChanged"]
    assert world.state.cases[case].transfer is not None


def test_withdrawing_releases_the_hold() -> None:
    world = two_places()
    case = anna(world)
    world.request(case)
    outcomes = world.send(TransferWithdrawn("", HELPLINE, case, world.transfer_id(case)))
    assert kinds(outcomes) == ["Recorded", "ProposalEnded", "PlaceReleased", "CapacityChanged", "TransferClosed"]
    assert len(world.state.holds) == 0
    assert world.state.cases[case].transfer is None


# On the way.


def test_a_departure_keeps_the_place_left_and_names_no_other() -> None:
    world = two_places()
    case = anna(world)
    world.request(case)
    world.accept(case)
    outcomes = world.depart(case)
    assert kinds(outcomes) == ["Recorded", "PlaceKept", "PlaceKeptFor"]
    assert only(outcomes, PlaceKept).unit_id == "na-1"
    assert only(outcomes, PlaceKeptFor).until_ms is None


def test_who_lived_nowhere_in_the_network_leaves_nothing_behind() -> None:
    world = two_places()
    case = world.case("anna")
    world.request(case)
    world.accept(case)
    assert kinds(world.depart(case)) == ["Recorded"]


def test_an_overdue_arrival_is_told_once() -> None:
    world = two_places()
    case = anna(world)
    world.request(case)
    world.accept(case)
    world.depart(case)
    assert next_deadline_ms(world.state) == world.now + 6 * HOUR
    assert kinds(world.tick(6 * HOUR - 1)) == ["Recorded"]
    assert escalations(world.tick(1)) == [Escalation.ARRIVAL_OVERDUE]
    assert kinds(world.tick(HOUR)) == ["Recorded"]


def test_at_arrival_the_place_is_theirs_and_the_project_responsible() -> None:
    world = two_places()
    case = anna(world)
    world.request(case)
    world.accept(case)
    world.depart(case)
    outcomes = world.arrive(case)
    assert kinds(outcomes) == ["Recorded", "PlaceOccupied", "CapacityChanged", "ResponsibilityPassed", "PlaceKeptFor", "TransferClosed"]
    assert only(outcomes, ResponsibilityPassed).project_id == "lazio"
    assert only(outcomes, PlaceKeptFor).until_ms == world.now + 3 * DAY
    assert (only(outcomes, CapacityChanged).occupied, only(outcomes, CapacityChanged).held) == (1, 0)
    assert only(outcomes, TransferClosed).how is TransferEnd.ARRIVED
    assert world.state.cases[case].hosted_unit_id == "rm-1"


def test_the_place_left_ends_three_days_after_the_arrival() -> None:
    world = two_places()
    case = anna(world)
    world.request(case)
    world.accept(case)
    world.depart(case)
    world.arrive(case)
    assert next_deadline_ms(world.state) == world.now + 3 * DAY
    outcomes = world.tick(3 * DAY)
    assert only(outcomes, PlaceReleased).unit_id == "na-1"
    assert next_deadline_ms(world.state) == PROGRAMMES_END


def test_who_comes_back_finds_the_place_and_is_counted_once() -> None:
    world = two_places()
    case = anna(world)
    world.request(case)
    world.accept(case)
    world.depart(case)
    world.publish("na-1", occupied=2)
    assert (world.state.units["na-1"].counted.held, world.state.units["na-1"].counted.free) == (1, 0)
    outcomes = ended(world, case, TransferEnd.RETURNED)
    assert "na-1" not in {outcome.unit_id for outcome in outcomes if isinstance(outcome, PlaceReleased | PlaceOccupied)}
    assert world.state.cases[case].hosted_unit_id == "na-1"
    assert next_deadline_ms(world.state) == world.now
    outcomes = world.tick()
    assert only(outcomes, PlaceOccupied).unit_id == "na-1"
    assert (world.state.units["na-1"].counted.occupied, world.state.units["na-1"].counted.held) == (3, 0)


def test_who_comes_back_before_any_new_count_is_in_the_old_one() -> None:
    world = two_places()
    case = anna(world)
    world.request(case)
    world.accept(case)
    world.depart(case)
    ended(world, case, TransferEnd.RETURNED)
    assert only(world.tick(), PlaceReleased).unit_id == "na-1"
    assert world.state.units["na-1"].counted.occupied == 3


def test_who_goes_missing_can_still_come_back_for_a_while() -> None:
    world = two_places()
    case = anna(world)
    world.request(case)
    world.accept(case)
    world.depart(case)
    outcomes = ended(world, case, TransferEnd.MISSING)
    assert only(outcomes, PlaceReleased).unit_id == "rm-1"
    assert only(outcomes, PlaceKeptFor).until_ms == world.now + 3 * DAY
    assert world.state.cases[case].hosted_unit_id is None
    assert world.state.cases[case].responsible == "campania"


def test_a_kept_place_and_a_new_proposal_of_one_case_never_stand_in_one_entry() -> None:
    world = two_places()
    case = anna(world)
    world.request(case)
    world.accept(case)
    world.depart(case)
    world.publish("na-1", occupied=2)
    ended(world, case, TransferEnd.RETURNED)
    asked = world.request(case, "again")
    assert [outcome.unit_id for outcome in asked if isinstance(outcome, PlaceHeld | PlaceOccupied | PlaceReleased)] == ["rm-1"]
    assert next_deadline_ms(world.state) is not None
    rung = world.tick()
    assert [outcome.unit_id for outcome in rung if isinstance(outcome, PlaceHeld | PlaceOccupied | PlaceReleased)] == ["na-1"]


def test_a_waiting_case_whose_place_left_just_ended_is_matched_in_the_next_entry() -> None:
    world = italy()
    world.unit("na-1", "campania", "15", 3, free=0)
    world.unit("rm-1", "lazio", "12", 2)
    case = anna(world)
    world.request(case)
    world.accept(case)
    world.depart(case)
    world.now += HOUR
    ended(world, case, TransferEnd.LEFT)
    world.publish("rm-1", occupied=2)
    world.request(case, "again", needed_by_ms=world.now + 30 * DAY)
    opened = world.publish("rm-1", occupied=2, free_from_ms=None)
    assert kinds(opened) == ["Recorded"]
    world.now += 3 * DAY
    passed_over = world.publish("rm-1")
    assert [outcome.unit_id for outcome in passed_over if isinstance(outcome, PlaceReleased | PlaceHeld)] == ["na-1"]
    assert next_deadline_ms(world.state) == world.now
    assert only(world.tick(), ProposalMade).unit_id == "rm-1"


def test_a_request_for_safety_goes_nowhere_in_the_territory_being_left() -> None:
    world = italy()
    world.unit("na-1", "campania", "15", 2)
    case = world.case("anna")
    outcomes = world.request(case, reason=Reason.SAFETY, leaving_province="SA")
    assert [(group.rule, group.units) for group in only(outcomes, MatchExplained).excluded] == [("safety", ("na-1",))]
    world.send(TransferWithdrawn("", HELPLINE, case, world.transfer_id(case)))
    assert only(world.request(case, "2", reason=Reason.CAPACITY, leaving_province="SA"), ProposalMade).unit_id == "na-1"
