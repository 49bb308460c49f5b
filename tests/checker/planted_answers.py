"""Breaches of a project's time to answer: deadlines, reminders, who is on duty, and what stops a clock. And of what is behind glass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from events.facts import Outcome
from events.glass import GlassBroken, SightOpened
from events.network import AnswerTime, ClockAdvanced, Clocks, OffsetFrom, PolicyAdopted, Transfers
from events.question import HoldDeadlineMoved, InformationGiven, InformationRequested, ProposalPaused, ProposalResumed, ReminderDue
from events.transfer import Excluded, PlaceHeld, ProposalMade, ProposalPrepared
from events.two_people import ActionConfirmed, ActionTaken, ConfirmationAwaited
from events.verdict import Recorded
from events.vocabulary import Role, SightPurpose, Urgency
from tests.checker.book import Step, event_id
from tests.checker.story import ACCEPTED, CASE, HELPLINE, HOLD, HOUR, MINUTE, PROPOSAL, REQUESTED, TRANSFER, explained, staff

DAY = 24 * HOUR
CLOCKS = Clocks(
    offsets=(OffsetFrom(0, 120),),
    working_weekdays=(0, 1, 2, 3, 4),
    working_from_minute=6 * 60,
    working_to_minute=20 * 60,
    night_from_minute=21 * 60,
    night_to_minute=7 * 60,
    holidays=(),
    fresh_working_days=2,
    ageing_working_days=5,
    answer_times=(AnswerTime(Urgency.IMMEDIATE, 0, 60, 30), AnswerTime(Urgency.WITHIN_DAYS, 1, 0, 240), AnswerTime(Urgency.PLANNED, 3, 0, 480)),
    reminders=2,
    max_pauses=1,
)
"""Projects that have published nothing are on duty from 6 to 20. The story's proposal is made on a Tuesday at 7:10, for an hour."""
LOOKED = event_id(301)

ByStep = Callable[[list[Step]], list[Step]]


def planted_answers() -> dict[str, tuple[str, ByStep]]:
    """By what is wrong: the rule, and how it is broken."""
    return {
        "an hour more to answer": ("answer_time", lambda steps: _proposed(clocked(steps), HOUR)),
        "a minute less to answer": ("answer_time", lambda steps: _proposed(clocked(steps), -MINUTE)),
        "another time where civil time plays no part": ("answer_time", lambda steps: _proposed(steps, MINUTE)),
        "a deadline in everybody's night": ("answer_time", lambda steps: clocked(steps, replace(CLOCKS, working_to_minute=7 * 60 + 30))),
        "no reminders": ("answer_time", lambda steps: _reminded_never(clocked(steps))),
        "another time to confirm": ("answer_time", lambda steps: _prepared(steps, 2 * HOUR)),
        "asked at once before the end of duty": ("on_duty", lambda steps: clocked(steps, replace(CLOCKS, working_to_minute=8 * 60))),
        "asked on a holiday": ("on_duty", lambda steps: clocked(steps, replace(CLOCKS, holidays=("2023-10-17",)))),
        "a project on duty is called asleep": ("on_duty", lambda steps: _called_asleep(clocked(steps))),
        "nobody reminds": ("reminder", lambda steps: _answered_late(clocked(steps), [])),
        "the second reminder first": ("reminder", lambda steps: _answered_late(clocked(steps), [_reminder(2)])),
        "a reminder twice": ("reminder", lambda steps: _answered_late(clocked(steps), [_reminder(1), _reminder(2), _reminder(3)])),
        "a reminder before its time": ("reminder", lambda steps: _said(clocked(steps), REQUESTED, lambda said: [*said, _reminder(1)])),
        "a reminder after the answer": ("reminder", lambda steps: _said(clocked(steps), ACCEPTED, lambda said: [*said, _reminder(2)])),
        "a clock that nobody stops": ("pause", lambda steps: questioned(steps, asked=False)),
        "a clock stopped by a stranger": ("pause", lambda steps: questioned(steps, by="south")),
        "a clock stopped for too long": ("pause", lambda steps: questioned(steps, pause=HOUR)),
        "a clock stopped where none may": ("pause", lambda steps: questioned(steps, clocks=replace(CLOCKS, max_pauses=0))),
        "a clock stopped where there is none": ("pause", lambda steps: questioned(steps, clocks=None)),
        "an answer that leaves more time": ("pause", lambda steps: questioned(steps, given=MINUTE)),
        "a clock that stood still for less": ("pause", lambda steps: questioned(steps, told=-MINUTE)),
        "a clock that goes on by itself too early": ("pause", lambda steps: questioned(steps, by_itself=True)),
        "a clock that goes on and was not stopped": ("pause", lambda steps: _said(clocked(steps), REQUESTED, lambda said: [*said, _resumed(0)])),
        "a clock that does not go on": ("pause", lambda steps: _left_paused(questioned(steps))),
        "glass opened by nobody's word": ("glass", lambda steps: looked(steps, [Recorded(), SightOpened(CASE, LOOKED, _end(steps) + HOUR)])),
        "glass open for two days": ("glass", lambda steps: looked(steps, _opened(steps, 2 * DAY))),
        "glass open to nobody": ("glass", lambda steps: looked(steps, _opened(steps, 0))),
        "glass broken by one body": ("two_people", lambda steps: looked(steps, _opened(steps, HOUR), second="north")),
    }


def clocked(steps: list[Step], clocks: Clocks | None = CLOCKS) -> list[Step]:
    """The same story where time runs by a calendar; its proposal is answered as the first reminder falls due."""
    steps = _policy(steps, clocks=clocks)
    at_ms = steps[REQUESTED].at_ms
    if clocks is None:
        return steps
    steps = _said(steps, REQUESTED, lambda said: [_with_reminders(each, at_ms) if isinstance(each, ProposalMade) else each for each in said])
    return _said(steps, ACCEPTED, lambda said: [_reminder(1), *said])


def questioned(
    steps: list[Step],
    *,
    clocks: Clocks | None = CLOCKS,
    asked: bool = True,
    by: str = "centre",
    pause: int = 30 * MINUTE,
    given: int = 0,
    told: int = 0,
    by_itself: bool = False,
) -> list[Step]:
    """Five minutes after it was asked the project wants to know something, ten minutes later it is told, and accepts. `given`, `told`: how much more time
    it is left, and is said to have waited.
    """
    steps = clocked(steps, clocks)
    first, deadline = steps[REQUESTED].at_ms, steps[REQUESTED].at_ms + HOUR
    asks, answers = first + 5 * MINUTE, first + 15 * MINUTE
    later = tuple(first + part * 20 * MINUTE + pause for part in (1, 2))
    question = InformationRequested(event_id(310, asks), staff(by), CASE, TRANSFER, PROPOSAL, "Serve una mediatrice?")
    stopped = ProposalPaused(CASE, TRANSFER, PROPOSAL, asks + pause, deadline + pause, later)
    answer = InformationGiven(event_id(311, answers), staff("north"), CASE, TRANSFER, PROPOSAL, "No.")
    sooner = tuple(first + part * 20 * MINUTE + 10 * MINUTE for part in (1, 2))
    goes_on = deadline + 10 * MINUTE + given
    resumed = ProposalResumed(CASE, TRANSFER, PROPOSAL, by_itself, 10 * MINUTE + told, goes_on, sooner)
    accepted: list[Outcome] = [outcome for outcome in steps[ACCEPTED].outcomes if not isinstance(outcome, ReminderDue)]
    return [
        *steps[: REQUESTED + 1],
        Step(asks, question if asked else answer, [Recorded(), HoldDeadlineMoved(HOLD, "centre-2", 1, deadline + pause), stopped]),
        Step(answers, answer, [Recorded(), HoldDeadlineMoved(HOLD, "centre-2", 1, goes_on), resumed]),
        replace(steps[ACCEPTED], outcomes=accepted),
    ]


def looked(steps: list[Step], said: list[Outcome], *, second: str = "centre") -> list[Step]:
    """After everything, somebody of the responsible project wants to read what is behind glass, and somebody else agrees."""
    at_ms = _end(steps)
    broken = GlassBroken(LOOKED, HELPLINE if second == "centre" else staff("north"), CASE, SightPurpose.FREE_TEXT, None, "Che cosa le serve?", "")
    awaited: list[Outcome] = [Recorded(), ConfirmationAwaited(CASE, LOOKED, at_ms + DAY)]
    return [*steps, Step(at_ms, broken, awaited), Step(at_ms, ActionConfirmed(event_id(302), staff(second), CASE, LOOKED), said)]


def _end(steps: list[Step]) -> int:
    return steps[-1].at_ms


def _opened(steps: list[Step], for_ms: int) -> list[Outcome]:
    return [Recorded(), ActionTaken(CASE, LOOKED), SightOpened(CASE, LOOKED, _end(steps) + for_ms)]


def _policy(steps: list[Step], **changes: object) -> list[Step]:
    return [
        replace(step, event=replace(step.event, **changes)) if isinstance(step.event, PolicyAdopted) else step  # type: ignore[arg-type]
        for step in steps
    ]


def _said(steps: list[Step], index: int, change: Callable[[list[Outcome]], list[Outcome]]) -> list[Step]:
    return [*steps[:index], replace(steps[index], outcomes=change(list(steps[index].outcomes))), *steps[index + 1 :]]


def _with_reminders(made: ProposalMade, at_ms: int) -> ProposalMade:
    return replace(made, reminders_at_ms=(at_ms + 20 * MINUTE, at_ms + 40 * MINUTE))


def _reminder(number: int) -> ReminderDue:
    return ReminderDue(CASE, TRANSFER, PROPOSAL, number)


def _resumed(paused_ms: int) -> ProposalResumed:
    return ProposalResumed(CASE, TRANSFER, PROPOSAL, False, paused_ms, 0, ())


def _proposed(steps: list[Step], more_ms: int) -> list[Step]:
    """Another deadline, for proposal and hold alike."""
    deadline = steps[REQUESTED].at_ms + HOUR + more_ms

    def later(outcome: Outcome) -> Outcome:
        if isinstance(outcome, ProposalMade):
            return replace(outcome, deadline_at_ms=deadline)
        return replace(outcome, until_ms=deadline) if isinstance(outcome, PlaceHeld) else outcome

    return _said(steps, REQUESTED, lambda said: [later(each) for each in said])


def _reminded_never(steps: list[Step]) -> list[Step]:
    steps = _said(steps, REQUESTED, lambda said: [replace(each, reminders_at_ms=()) if isinstance(each, ProposalMade) else each for each in said])
    return _said(steps, ACCEPTED, lambda said: said[1:])


def _prepared(steps: list[Step], within_ms: int) -> list[Step]:
    """The helpline has to confirm first, and for longer than policy says."""
    deadline = steps[REQUESTED].at_ms + within_ms
    told = Transfers((Urgency.IMMEDIATE,), (), HOUR, DAY)

    def prepared(outcome: Outcome) -> Outcome:
        if isinstance(outcome, ProposalMade):
            return ProposalPrepared(CASE, TRANSFER, PROPOSAL, HOLD, outcome.unit_id, outcome.project_id, deadline, outcome.score, 1)
        return replace(outcome, until_ms=deadline) if isinstance(outcome, PlaceHeld) else outcome

    return _said(_policy(steps, transfers=told), REQUESTED, lambda said: [prepared(each) for each in said])[: REQUESTED + 1]


def _called_asleep(steps: list[Step]) -> list[Step]:
    said = replace(explained(), excluded=(Excluded("safety", ("south-3",)), Excluded("on_duty", ("north-1",))))
    return _said(steps, REQUESTED, lambda outcomes: [*outcomes[:-1], said])


def _answered_late(steps: list[Step], reminders: list[Outcome]) -> list[Step]:
    """The project accepts only after the second reminder was due."""
    late = replace(steps[ACCEPTED], at_ms=steps[REQUESTED].at_ms + 45 * MINUTE, outcomes=[*reminders, *steps[ACCEPTED].outcomes[1:]])
    before = Step(steps[REQUESTED].at_ms + 30 * MINUTE, steps[3].event, [])
    return [*steps[: REQUESTED + 1], late] if reminders else [*steps[: REQUESTED + 1], before, late]


def _left_paused(steps: list[Step]) -> list[Step]:
    """Nobody answers, and half an hour and more goes by."""
    at_ms = steps[REQUESTED].at_ms + 40 * MINUTE
    clock = ClockAdvanced(event_id(312, at_ms), replace(HELPLINE, role=Role.CLOCK), at_ms)
    return [*steps[: REQUESTED + 2], Step(at_ms, clock, [Recorded()])]
