"""Reminders, and questions that stop the clock of a proposal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.domain import next_deadline_ms
from coordinator.domain.snapshot import parts_of, state_from
from events.facts import Outcome
from events.question import HoldDeadlineMoved, InformationGiven, InformationRequested, ProposalPaused, ProposalResumed, ReminderDue
from events.transfer import PlaceReserved, ProposalEnded, ProposalMade
from events.verdict import Recorded, Refused
from events.vocabulary import ProposalEnd, RefusalCode, Urgency
from tests.domain.test_duty import civil
from tests.domain.world import HELPLINE, HOUR, MINUTE, World, body, duty, kinds, only, rome


def proposed(at: str = "2023-11-14T10:00", urgency: Urgency = Urgency.IMMEDIATE) -> tuple[World, str, ProposalMade]:
    """A place in Rome is proposed to Lazio, on duty from 8 to 20 on weekdays."""
    world = civil(rome(at))
    world.unit("rm-1", "lazio", "12")
    case = world.case("anna")
    return world, case, only(world.request(case, urgency=urgency), ProposalMade)


def ask(world: World, case: str, text: str = "Which languages does she speak?") -> tuple[Outcome, ...]:
    return world.send(InformationRequested("", world.asked(case), case, world.transfer_id(case), None, text))


def answer(world: World, case: str, text: str = "Edo, and some English.") -> tuple[Outcome, ...]:
    return world.send(InformationGiven("", HELPLINE, case, world.transfer_id(case), None, text))


def test_a_project_is_reminded_at_a_third_and_at_two_thirds_of_its_time() -> None:
    world, _, made = proposed()

    assert made.reminders_at_ms == (world.now + 20 * MINUTE, world.now + 40 * MINUTE)
    assert next_deadline_ms(world.state) == world.now + 20 * MINUTE
    assert world.tick(20 * MINUTE - 1) == (Recorded(),)
    assert only(world.tick(1), ReminderDue).number == 1
    assert only(world.tick(20 * MINUTE), ReminderDue).number == 2
    assert only(world.tick(20 * MINUTE), ProposalEnded).how is ProposalEnd.EXPIRED


def test_reminders_run_in_duty_hours() -> None:
    _, _, made = proposed("2023-11-17T12:00", Urgency.PLANNED)

    assert made.reminders_at_ms == (rome("2023-11-20T12:00"), rome("2023-11-21T12:00"))


def test_everything_that_passed_while_the_clock_was_silent_happens_in_order_of_time_once() -> None:
    world, _, _ = proposed()

    outcomes = world.tick(2 * HOUR)

    assert [name for name in kinds(outcomes) if name in ("ReminderDue", "ProposalEnded")] == ["ReminderDue", "ReminderDue", "ProposalEnded"]
    assert not {"ReminderDue", "ProposalEnded"} & set(kinds(world.tick(HOUR)))


def test_an_answered_proposal_is_not_reminded() -> None:
    world, case, _ = proposed()
    world.accept(case)

    assert "ReminderDue" not in kinds(world.tick(HOUR))


def test_a_question_stops_the_clock_and_an_answer_lets_it_go_on() -> None:
    world, case, made = proposed()
    world.now += 10 * MINUTE

    outcomes = ask(world, case)
    paused, moved = only(outcomes, ProposalPaused), only(outcomes, HoldDeadlineMoved)
    assert paused.resumes_at_ms == world.now + 30 * MINUTE
    assert paused.deadline_at_ms == moved.until_ms == made.deadline_at_ms + 30 * MINUTE
    assert paused.reminders_at_ms == tuple(reminder + 30 * MINUTE for reminder in made.reminders_at_ms)
    assert moved.hold_id == made.hold_id

    world.now += 12 * MINUTE
    outcomes = answer(world, case)
    resumed = only(outcomes, ProposalResumed)
    assert (resumed.by_itself, resumed.paused_ms) == (False, 12 * MINUTE)
    assert resumed.deadline_at_ms == only(outcomes, HoldDeadlineMoved).until_ms == made.deadline_at_ms + 12 * MINUTE
    assert resumed.reminders_at_ms == tuple(reminder + 12 * MINUTE for reminder in made.reminders_at_ms)
    assert next_deadline_ms(world.state) == resumed.reminders_at_ms[0]
    ended = only(world.tick(resumed.deadline_at_ms - world.now), ProposalEnded)
    assert ended.how is ProposalEnd.EXPIRED


def test_the_deadline_moves_by_duty_time() -> None:
    world, case, made = proposed("2023-11-14T10:00", Urgency.WITHIN_DAYS)
    assert made.deadline_at_ms == rome("2023-11-15T10:00")
    world.now = rome("2023-11-14T16:00")
    ask(world, case)
    world.now = rome("2023-11-15T09:30")

    assert only(answer(world, case), ProposalResumed).deadline_at_ms == rome("2023-11-15T11:30"), "an hour and a half of working time"


def test_without_an_answer_the_clock_goes_on_by_itself_in_time_order() -> None:
    world, case, made = proposed()
    world.now += 10 * MINUTE
    ask(world, case)

    assert next_deadline_ms(world.state) == world.now + 30 * MINUTE
    outcomes = world.tick(30 * MINUTE)
    resumed = only(outcomes, ProposalResumed)
    assert (resumed.by_itself, resumed.paused_ms, resumed.deadline_at_ms) == (True, 30 * MINUTE, made.deadline_at_ms + 30 * MINUTE)
    assert "HoldDeadlineMoved" not in kinds(outcomes)
    assert code(ask(world, case)) is RefusalCode.QUESTION_STANDS
    assert kinds(answer(world, case)) == ["Recorded"], "late, and still told"
    assert code(ask(world, case)) is RefusalCode.PAUSES_USED


def test_pauses_are_capped_in_number() -> None:
    world, case, _ = proposed()
    for _ in range(2):
        ask(world, case)
        world.now += MINUTE
        answer(world, case)

    assert code(ask(world, case)) is RefusalCode.PAUSES_USED


def test_pauses_are_capped_in_total() -> None:
    world, case, made = proposed()
    ask(world, case)
    world.now += 25 * MINUTE
    answer(world, case)

    paused = only(ask(world, case), ProposalPaused)
    assert paused.resumes_at_ms == world.now + 5 * MINUTE
    assert paused.deadline_at_ms == made.deadline_at_ms + 30 * MINUTE


def test_a_project_may_answer_while_its_clock_stands_still() -> None:
    world, case, _ = proposed()
    ask(world, case)

    assert "PlaceReserved" in kinds(world.accept(case))
    assert "ProposalResumed" not in kinds(world.tick(2 * HOUR))


def test_a_state_with_a_question_comes_back_from_its_snapshot() -> None:
    world, case, _ = proposed()
    ask(world, case)

    again = state_from("it", *parts_of(world.state))

    assert next_deadline_ms(again) == next_deadline_ms(world.state)
    assert again.cases[case].transfer == world.state.cases[case].transfer


def test_hours_published_meanwhile_never_make_it_later_than_promised() -> None:
    world, case, _ = proposed("2023-11-14T10:00", Urgency.WITHIN_DAYS)
    promised = only(ask(world, case), ProposalPaused).deadline_at_ms
    world.send(duty("lazio", 9, 10, weekdays=(0,)))
    world.now += HOUR

    assert world.now < only(answer(world, case), ProposalResumed).deadline_at_ms <= promised


@pytest.mark.parametrize(
    ("actor", "expected"),
    [(body("piemonte"), RefusalCode.NOT_ASKED), (body("campania"), RefusalCode.NOT_ASKED), (HELPLINE, RefusalCode.ROLE_NOT_ALLOWED)],
)
def test_only_the_project_asked_may_ask_back(actor: object, expected: RefusalCode) -> None:
    world, case, _ = proposed()
    event = InformationRequested("", world.asked(case), case, world.transfer_id(case), None, "Why?")

    assert code(world.send(replace(event, actor=actor))) is expected  # type: ignore[arg-type]


def test_whoever_is_responsible_may_answer_and_nobody_else() -> None:
    world, case, _ = proposed()
    ask(world, case)
    event = InformationGiven("", body("piemonte"), case, world.transfer_id(case), None, "Because.")

    assert code(world.send(event)) is RefusalCode.NOT_RESPONSIBLE
    assert "ProposalResumed" in kinds(world.send(replace(event, event_id="", actor=body("campania"))))


@pytest.mark.parametrize(("text", "expected"), [(" ", RefusalCode.TEXT_NEEDED), ("x" * 4001, RefusalCode.TOO_LARGE)])
def test_questions_and_answers_say_something_and_not_too_much(text: str, expected: RefusalCode) -> None:
    world, case, _ = proposed()
    assert code(ask(world, case, text)) is expected
    ask(world, case)
    assert code(answer(world, case, text)) is expected


def test_nothing_is_answered_that_nobody_asked() -> None:
    world, case, _ = proposed()

    assert code(answer(world, case)) is RefusalCode.NO_QUESTION
    world.accept(case)
    assert code(answer(world, case)) is RefusalCode.NO_LIVE_PROPOSAL


def test_another_proposal_starts_anew() -> None:
    world, case, _ = proposed()
    world.unit("to-1", "piemonte", "01")
    ask(world, case)
    outcomes = world.tick(90 * MINUTE)

    made = only(outcomes, ProposalMade)
    assert made.unit_id == "to-1"
    assert made.deadline_at_ms == world.now + HOUR
    assert "ProposalPaused" in kinds(ask(world, case))


def code(outcomes: tuple[Outcome, ...]) -> RefusalCode:
    return only(outcomes, Refused).code


def test_an_accepted_place_has_no_deadline_any_more() -> None:
    world, case, _ = proposed()
    ask(world, case)
    hold = only(world.accept(case), PlaceReserved)

    assert world.state.holds[hold.hold_id].until_ms is None
