"""Stream `transfer`, its ends: people move on before anything was accepted, nobody is refused by a machine, and a missing minor is never forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.domain import next_deadline_ms
from events.facts import Outcome
from events.referral import Member
from events.transfer import AuthorityNotified, NotificationDue, ProposalEnded, TransferClosed, TransferEnded, TransferEscalated
from events.vocabulary import AgeGroup, Escalation, ProposalEnd, TransferEnd
from tests.domain.world import DUTIES, HELPLINE, HOUR, POLICY, World, body, child, italy, kinds, only, woman

MOTHER = (woman("a", parent=True), child("b"))


def network() -> World:
    """Two places in Rome; a policy that follows notifications."""
    world = italy()
    world.send(replace(POLICY, version=2, transfers=DUTIES))
    world.unit("na-1", "campania", "15", 3, free=0)
    world.unit("rm-1", "lazio", "12", 3)
    return world


def end(world: World, case_id: str, how: TransferEnd) -> tuple[Outcome, ...]:
    return world.send(TransferEnded("", HELPLINE, case_id, world.transfer_id(case_id), how))


@pytest.mark.parametrize("how", [TransferEnd.LEFT, TransferEnd.MISSING, TransferEnd.PLACED_OUTSIDE])
@pytest.mark.parametrize("stage", ["waiting", "proposed", "accepted"])
def test_whoever_moves_on_before_leaving_ends_the_request_and_frees_the_place(how: TransferEnd, stage: str) -> None:
    world = network()
    case = world.case("anna", hosted="na-1")
    if stage == "waiting":
        world.publish("rm-1", occupied=3)
    world.request(case)
    if stage == "accepted":
        world.accept(case)
    outcomes = end(world, case, how)
    assert only(outcomes, TransferClosed).how is how
    if stage != "waiting":
        assert only(outcomes, ProposalEnded).how is ProposalEnd.RELEASED
    assert not world.state.holds
    assert world.state.cases[case].hosted_unit_id is None


def test_after_the_requests_own_deadline_the_helpline_decides_and_may_close_it_as_unmatched() -> None:
    world = network()
    world.publish("rm-1", occupied=3)
    case = world.case("anna", hosted="na-1")
    world.request(case, needed_by_ms=world.now + HOUR)
    assert only(world.tick(HOUR), TransferEscalated).why is Escalation.DEADLINE_PASSED
    assert world.state.cases[case].transfer is not None, "nobody is refused by a machine"
    assert only(end(world, case, TransferEnd.UNMATCHED), TransferClosed).how is TransferEnd.UNMATCHED
    assert world.state.cases[case].hosted_unit_id == "na-1"


def missing(household: tuple[Member, ...], *, departed: bool) -> tuple[World, str, tuple[Outcome, ...]]:
    world = network()
    case = world.case("anna", household=household, hosted="na-1")
    world.request(case, "anna")
    if departed:
        world.accept(case)
        world.depart(case)
    return world, case, end(world, case, TransferEnd.MISSING)


@pytest.mark.parametrize(("household", "departed"), [(MOTHER, False), (MOTHER, True), ((child("a", age_group=AgeGroup.DISPUTED),), False)])
def test_a_missing_minor_opens_a_duty_to_notify(household: tuple[Member, ...], departed: bool) -> None:
    world, case, outcomes = missing(household, departed=departed)
    due = only(outcomes, NotificationDue)
    assert (due.case_id, due.deadline_at_ms, due.overdue) == (case, world.now + 12 * HOUR, False)


def test_a_missing_adult_opens_none() -> None:
    assert "NotificationDue" not in kinds(missing((woman(),), departed=True)[2])


def test_without_a_policy_for_it_no_notification_is_followed() -> None:
    world = italy()
    case = world.case("anna", household=MOTHER)
    world.request(case)
    assert "NotificationDue" not in kinds(end(world, case, TransferEnd.MISSING))


def test_a_notification_that_nobody_makes_calls_an_operator_once_and_can_still_be_made() -> None:
    world, case, _ = missing(MOTHER, departed=False)
    transfer = world.state.cases[case].notifications[0].transfer_id
    assert next_deadline_ms(world.state) == world.now + 12 * HOUR
    assert only(world.tick(12 * HOUR), NotificationDue).overdue
    assert "NotificationDue" not in kinds(world.tick(HOUR))
    assert kinds(world.send(AuthorityNotified("", body("campania"), case, transfer))) == ["Recorded"]
    assert not world.state.cases[case].notifications


def test_a_notification_made_in_time_closes_the_duty() -> None:
    world, case, _ = missing(MOTHER, departed=True)
    world.send(AuthorityNotified("", HELPLINE, case, world.state.cases[case].notifications[0].transfer_id))
    assert not world.state.cases[case].notifications
    assert "NotificationDue" not in kinds(world.tick(13 * HOUR))
