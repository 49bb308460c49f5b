"""Stream `transfer`, amendments: what is needed changes, and what was proposed is looked at again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.domain import next_deadline_ms
from events.facts import Outcome
from events.transfer import ProposalDeclined, ProposalEnded, ProposalMade, TransferAmended, TransferEscalated
from events.vocabulary import DeclineCode, Escalation, ProposalEnd, Reason, Urgency
from tests.domain.world import DAY, HELPLINE, HOUR, MINUTE, World, body, italy, kinds, only


def two_places() -> World:
    """Two units with places, in Rome and in Turin."""
    world = italy()
    world.unit("rm-1", "lazio", "12", 2)
    world.unit("to-1", "piemonte", "01", 3)
    return world


def amend(world: World, case_id: str, **changes: object) -> tuple[Outcome, ...]:
    """The request as it stands, but for these changes."""
    transfer = world.state.cases[case_id].transfer
    assert transfer is not None
    event = TransferAmended(
        "", HELPLINE, case_id, transfer.transfer_id, transfer.urgency, transfer.needed_by_ms, transfer.leaving_province,
        transfer.wished_levels, transfer.wished_regions, None, "",
    )  # fmt: skip
    return world.send(replace(event, **changes))  # type: ignore[arg-type]


def decline(world: World, case_id: str, code: DeclineCode = DeclineCode.PERSON_REFUSED) -> tuple[Outcome, ...]:
    return world.send(ProposalDeclined("", world.asked(case_id), case_id, world.transfer_id(case_id), None, code, "because"))


def test_a_proposal_that_no_longer_holds_is_released_and_the_next_is_made() -> None:
    world = two_places()
    case = world.case("anna")
    world.request(case, reason=Reason.SAFETY)
    assert world.proposed_unit(case) == "rm-1"
    outcomes = amend(world, case, leaving_province="RM")
    assert only(outcomes, ProposalEnded).how is ProposalEnd.RELEASED
    assert only(outcomes, ProposalMade).unit_id == "to-1"


def test_a_proposal_that_still_holds_stays_with_its_deadline() -> None:
    world = two_places()
    case = world.case("anna")
    world.request(case)
    deadline = next_deadline_ms(world.state)
    assert kinds(amend(world, case, urgency=Urgency.IMMEDIATE)) == ["Recorded"]
    assert next_deadline_ms(world.state) == deadline


def test_a_request_that_has_become_urgent_is_served_first() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2, free=0)
    first, second = world.case("first"), world.case("second")
    world.request(first)
    world.now += MINUTE
    world.request(second)
    amend(world, second, urgency=Urgency.IMMEDIATE)
    assert only(world.publish("rm-1", occupied=1), ProposalMade).case_id == second


def test_a_later_date_lifts_the_deadline_and_the_search_goes_on() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2, free=0)
    case = world.case("anna")
    world.request(case, needed_by_ms=world.now + HOUR)
    assert only(world.tick(HOUR), TransferEscalated).why is Escalation.DEADLINE_PASSED
    assert "ProposalMade" not in kinds(world.publish("rm-1"))
    assert only(amend(world, case, needed_by_ms=world.now + 10 * DAY), ProposalMade).case_id == case


def test_the_helpline_asks_anew_after_three_declines_and_a_project_does_not() -> None:
    world = two_places()
    world.unit("rm-2", "lazio", "12")
    world.unit("na-2", "campania", "15")
    case = world.case("anna")
    world.request(case)
    decline(world, case)
    decline(world, case)
    assert Escalation.DECLINES_USED in {outcome.why for outcome in decline(world, case) if isinstance(outcome, TransferEscalated)}
    assert "ProposalMade" not in kinds(amend(world, case, actor=body("campania")))
    assert only(amend(world, case), ProposalMade).case_id == case


def test_an_amendment_ends_a_reassessment() -> None:
    world = two_places()
    case = world.case("anna")
    world.request(case)
    outcomes = decline(world, case, DeclineCode.ELIGIBILITY_NOT_MET)
    assert only(outcomes, TransferEscalated).why is Escalation.REASSESS
    assert "ProposalMade" not in kinds(outcomes)
    assert only(amend(world, case, actor=body("campania")), ProposalMade).case_id == case


def test_an_announced_date_that_moves_moves_the_alert() -> None:
    world = two_places()
    case = world.case("anna")
    world.request(case)
    world.accept(case)
    world.depart(case, expected_arrival_ms=world.now + HOUR)
    world.now += 2 * HOUR
    assert only(world.tick(), TransferEscalated).why is Escalation.ARRIVAL_OVERDUE
    assert kinds(amend(world, case, expected_arrival_ms=world.now + 5 * HOUR)) == ["Recorded"]
    assert next_deadline_ms(world.state) == world.now + 6 * HOUR
    assert only(world.tick(6 * HOUR), TransferEscalated).why is Escalation.ARRIVAL_OVERDUE


@pytest.mark.parametrize("stage", ["accepted", "departed"])
def test_an_accepted_place_that_has_become_dangerous_calls_an_operator(stage: str) -> None:
    world = two_places()
    case = world.case("anna")
    world.request(case, reason=Reason.SAFETY)
    world.accept(case)
    if stage == "departed":
        world.depart(case)
    outcomes = amend(world, case, leaving_province="RM")
    assert Escalation.SAFETY_CHANGED in {outcome.why for outcome in outcomes if isinstance(outcome, TransferEscalated)}
    assert ("ProposalEnded" in kinds(outcomes)) == (stage == "accepted")
