"""Duty hours, and the clocks that run in them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.domain import next_deadline_ms
from events.network import DayWindow, DutyException, DutyWindow
from events.transfer import MatchExplained, PlaceHeld, ProposalEnded, ProposalMade, TransferEscalated
from events.verdict import Recorded
from events.vocabulary import Escalation, ProposalEnd, Urgency
from tests.domain.world import ADMINISTRATOR, CLOCKS, DAY, HELPLINE, HOUR, MINUTE, POLICY, World, duty, italy, kinds, only, rome

TUESDAY = rome("2023-11-14T10:00")


def civil(at_ms: int = TUESDAY) -> World:
    """The three projects under Italy's calendar, Lazio on duty from 8 to 20, Piemonte round the clock; a unit in each of the two."""
    world = italy()
    world.now = at_ms
    world.send(replace(POLICY, version=2, clocks=CLOCKS))
    world.send(duty("lazio"))
    around = (DayWindow(0, 1440),)
    world.send(duty("piemonte", 0, 24, weekdays=tuple(range(7)), on_holidays=around))
    return world


def in_lazio(at_ms: int) -> World:
    world = civil(at_ms)
    world.unit("rm-1", "lazio", "12")
    return world


@pytest.mark.parametrize(
    ("asked", "urgency", "deadline"),
    [
        ("2023-11-14T10:00", Urgency.IMMEDIATE, "2023-11-14T11:00"),
        ("2023-11-14T10:00", Urgency.WITHIN_DAYS, "2023-11-15T10:00"),
        ("2023-11-14T10:00", Urgency.PLANNED, "2023-11-17T10:00"),
        ("2023-11-14T19:00", Urgency.WITHIN_DAYS, "2023-11-15T17:00"),
        ("2023-11-17T12:00", Urgency.WITHIN_DAYS, "2023-11-20T12:00"),
        ("2023-12-22T12:00", Urgency.WITHIN_DAYS, "2023-12-27T12:00"),
        ("2023-12-22T12:00", Urgency.PLANNED, "2023-12-29T12:00"),
        ("2024-03-29T12:00", Urgency.WITHIN_DAYS, "2024-04-02T12:00"),
    ],
)
def test_time_to_answer_runs_in_the_project_s_duty_hours(asked: str, urgency: Urgency, deadline: str) -> None:
    world = in_lazio(rome(asked))

    made = only(world.request(world.case("anna"), urgency=urgency), ProposalMade)

    assert made.deadline_at_ms == rome(deadline)
    assert next_deadline_ms(world.state) is not None
    assert "ProposalEnded" not in kinds(world.tick(made.deadline_at_ms - world.now - 1))
    ended = only(world.tick(1), ProposalEnded)
    assert (ended.how, ended.proposal_id) == (ProposalEnd.EXPIRED, made.proposal_id)


def test_working_days_do_not_run_out_in_the_night_of_a_project_on_call() -> None:
    world = civil(rome("2023-11-14T18:00"))
    world.unit("to-1", "piemonte", "01")

    assert only(world.request(world.case("anna")), ProposalMade).deadline_at_ms == rome("2023-11-15T17:00")


def test_duty_that_never_meets_the_working_hours_counts_by_itself() -> None:
    world = civil()
    world.send(duty("lazio", 18, 22))
    world.unit("rm-1", "lazio", "12")

    assert only(world.request(world.case("anna")), ProposalMade).deadline_at_ms == rome("2023-11-15T22:00")


def test_without_published_hours_the_working_hours_are_kept() -> None:
    world = civil(rome("2023-11-14T17:30"))
    world.unit("na-1", "campania", "15")

    outcomes = world.request(world.case("anna", "lazio"), urgency=Urgency.IMMEDIATE)

    assert only(outcomes, TransferEscalated).why is Escalation.NO_PROJECT_ON_DUTY


def test_an_immediate_request_at_night_calls_the_helpline_and_discloses_nothing() -> None:
    world = in_lazio(rome("2023-11-14T23:00"))
    case = world.case("anna")

    outcomes = world.request(case, urgency=Urgency.IMMEDIATE)

    assert only(outcomes, TransferEscalated).why is Escalation.NO_PROJECT_ON_DUTY
    explained = only(outcomes, MatchExplained)
    assert [(group.rule, group.units) for group in explained.excluded] == [("on_duty", ("rm-1",))]
    assert not {"PlaceHeld", "ProposalMade"} & set(kinds(outcomes))


def test_matching_goes_on_by_itself_when_the_first_fitting_project_comes_on_duty() -> None:
    world = in_lazio(rome("2023-11-14T23:00"))
    case = world.case("anna")
    world.request(case, urgency=Urgency.IMMEDIATE)

    assert next_deadline_ms(world.state) == rome("2023-11-15T08:00")
    assert world.tick(rome("2023-11-15T08:00") - world.now - 1) == (Recorded(),)
    made = only(world.tick(1), ProposalMade)
    transfer = world.state.cases[case].transfer

    assert made.deadline_at_ms == rome("2023-11-15T09:00")
    assert transfer is not None and transfer.escalated == ()


def test_a_project_on_call_is_asked_at_night() -> None:
    world = in_lazio(rome("2023-11-14T23:00"))
    world.unit("to-1", "piemonte", "01")

    outcomes = world.request(world.case("anna"), urgency=Urgency.IMMEDIATE)

    assert only(outcomes, ProposalMade).unit_id == "to-1"
    assert only(outcomes, PlaceHeld).until_ms == world.now + HOUR


def test_a_request_is_not_left_lying_with_a_project_about_to_close() -> None:
    world = in_lazio(rome("2023-11-14T19:01"))

    outcomes = world.request(world.case("anna"), urgency=Urgency.IMMEDIATE)

    assert only(outcomes, TransferEscalated).why is Escalation.NO_PROJECT_ON_DUTY


def test_other_requests_are_asked_at_any_hour() -> None:
    world = in_lazio(rome("2023-11-18T23:00"))

    assert only(world.request(world.case("anna")), ProposalMade).deadline_at_ms == rome("2023-11-20T17:00")


def test_where_nothing_fits_nobody_is_said_to_be_off_duty() -> None:
    world = in_lazio(rome("2023-11-14T23:00"))
    world.publish("rm-1", occupied=2)

    assert only(world.request(world.case("anna"), urgency=Urgency.IMMEDIATE), TransferEscalated).why is Escalation.NO_PLACE


def test_a_place_that_becomes_possible_at_night_is_told_to_the_helpline() -> None:
    world = in_lazio(rome("2023-11-14T23:00"))
    world.publish("rm-1", occupied=2)
    world.request(world.case("anna"), urgency=Urgency.IMMEDIATE)

    assert only(world.publish("rm-1"), TransferEscalated).why is Escalation.NO_PROJECT_ON_DUTY


def test_hours_published_at_night_are_used_at_once() -> None:
    world = in_lazio(rome("2023-11-14T23:00"))
    world.request(world.case("anna"), urgency=Urgency.IMMEDIATE)
    tonight = DutyException("2023-11-14", (DayWindow(22 * 60, 1440),))
    tomorrow = DutyException("2023-11-15", (DayWindow(0, 1440),))

    outcomes = world.send(duty("lazio", exceptions=(tonight, tomorrow)))

    assert only(outcomes, ProposalMade).deadline_at_ms == rome("2023-11-15T00:00")


def test_an_exception_stands_before_a_holiday_and_a_holiday_before_the_week() -> None:
    world = civil(rome("2023-12-24T10:00"))
    christmas = DutyException("2023-12-25", (DayWindow(600, 720),))
    holidays = (DayWindow(660, 780),)
    world.send(duty("lazio", weekdays=tuple(range(7)), on_holidays=holidays, exceptions=(christmas,)))
    world.unit("rm-1", "lazio", "12")
    case = world.case("anna")
    world.now = rome("2023-12-24T21:00")
    world.request(case, urgency=Urgency.IMMEDIATE)

    assert next_deadline_ms(world.state) == rome("2023-12-25T10:00")
    world.now = rome("2023-12-25T13:00")
    world.send(duty("lazio", weekdays=tuple(range(7)), on_holidays=holidays))
    assert next_deadline_ms(world.state) == rome("2023-12-26T11:00")


def test_deadlines_already_set_stay() -> None:
    world = in_lazio(TUESDAY)
    made = only(world.request(world.case("anna")), ProposalMade)

    world.send(duty("lazio", 8, 10))

    world.tick(made.deadline_at_ms - world.now - 1)
    assert next_deadline_ms(world.state) == made.deadline_at_ms


def test_duty_hours_are_published_by_the_project_the_helpline_or_an_administrator() -> None:
    world = civil()
    for actor in (HELPLINE, ADMINISTRATOR, duty("lazio").actor):
        assert kinds(world.send(replace(duty("lazio"), actor=actor))) == ["Recorded"]
        world.now += MINUTE
    assert world.state.duty["lazio"].weekly == duty("lazio").weekly
    assert world.state.duty["lazio"].exceptions == ()


def test_a_count_is_fresh_for_two_working_days() -> None:
    world = in_lazio(rome("2023-11-17T17:00"))
    last = rome("2023-11-21T17:00")
    case = world.case("anna")

    world.now = last - 1
    assert only(world.request(case, urgency=Urgency.PLANNED), ProposalMade).unit_id == "rm-1"

    world = in_lazio(rome("2023-11-17T17:00"))
    case = world.case("anna")
    world.now = last
    outcomes = world.request(case, urgency=Urgency.PLANNED)
    assert [group.rule for group in only(outcomes, MatchExplained).excluded] == ["freshness"]


def test_without_clocks_nothing_of_this_is_asked() -> None:
    world = italy()
    world.now = rome("2023-11-14T23:00")
    world.unit("rm-1", "lazio", "12")
    world.send(duty("lazio"))

    assert only(world.request(world.case("anna"), urgency=Urgency.IMMEDIATE), ProposalMade).deadline_at_ms == world.now + HOUR
    world.now += 2 * DAY
    assert only(world.request(world.case("bea")), TransferEscalated).why is Escalation.NO_PLACE


@pytest.mark.parametrize("minutes", [(DutyWindow(0, 0, 59),), (DutyWindow(0, 0, 1441),), (DutyWindow(7, 0, 600),), ()])
def test_hours_that_cannot_be_are_refused(minutes: tuple[DutyWindow, ...]) -> None:
    assert kinds(civil().send(duty("lazio", weekly=minutes))) == ["Refused"]
