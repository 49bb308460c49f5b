"""Availability through the day: morning rounds, residents who leave, counts after somebody moved, calls by the helpline to those who are stale."""

from __future__ import annotations

from collections.abc import Callable

from events.availability import AvailabilityPublished, AvailabilityReaffirmed
from events.vocabulary import Level
from ops.demand.agenda import Make
from ops.demand.chance import about_ms, count, event_id
from ops.demand.hours import DAY_MS, HOUR_MS, MINUTE_MS, by_day, moment, on_free_day
from ops.demand.people import could_host
from ops.demand.play import Play
from ops.demand.units import Habit
from ops.demand.world import CaseNow, UnitNow

_SHARE_OF_PLACES_LEFT_A_DAY = 0.014
_SHARE_OF_WRONG_COUNTS = 0.008
_SHARE_ON_FREE_DAYS = 0.3
"""Of the counts of a working day, those of a Saturday, a Sunday or a holiday."""


def plan_rounds(play: Play) -> None:
    """Each day: prompt units report in the morning (some forget), some again in the evening; residents move on."""
    for day in range(play.days + 1):
        dawn = play.start_ms + day * DAY_MS
        for unit in play.world.units.values():
            draw = play.draw("round", day, unit.plan.unit_id)
            share = {Habit.PROMPT: 0.86, Habit.SLOW: 0.22, Habit.STALE: 0.04}[unit.plan.habit] * (_SHARE_ON_FREE_DAYS if on_free_day(dawn) else 1)
            if draw.random() < share:
                maker = _reaffirm(play, unit, day) if draw.random() < 0.55 else published(play, unit, ("morning", day))
                play.agenda.plan(dawn + HOUR_MS + draw.randrange(150 * MINUTE_MS), maker)
            if draw.random() < 0.07:
                play.agenda.plan(dawn + 11 * HOUR_MS + draw.randrange(120 * MINUTE_MS), published(play, unit, ("evening", day)))
    _plan_leavings(play)


def _plan_leavings(play: Play) -> None:
    """Residents who were never cases of this network's ledger finish their programme; most units say so at once."""
    units = [unit for unit in play.world.units.values() if unit.plan.level is not Level.NON_RESIDENTIAL]
    places = sum(unit.plan.places for unit in units)
    draw = play.draw("leavings")
    for number in range(count(draw, places * _SHARE_OF_PLACES_LEFT_A_DAY * play.days)):
        unit = draw.choice(units)
        at_ms = by_day(moment(draw, play.start_ms, play.days), draw)
        play.agenda.plan(at_ms, _leaving(play, unit, number))


def _leaving(play: Play, unit: UnitNow, number: int) -> Make:
    def make(at_ms: int) -> AvailabilityPublished | None:
        if unit.occupied == 0:
            return None
        unit.occupied -= 1
        if play.draw("leaving", number).random() < 0.25:
            return None
        return published(play, unit, ("leaving", number))(at_ms)

    return make


def published(play: Play, unit: UnitNow, about: tuple[object, ...]) -> Callable[[int], AvailabilityPublished]:
    """A count of the unit as it is at that moment; a few counts are wrong (more places than the unit has)."""

    def make(at_ms: int) -> AvailabilityPublished:
        draw = play.draw("count", unit.plan.unit_id, *about)
        wrong = 3 if draw.random() < _SHARE_OF_WRONG_COUNTS else 0
        return AvailabilityPublished(
            event_id=event_id(draw, at_ms),
            actor=play.world.staff(unit.plan.project_id, draw, unit.plan.unit_id),
            unit_id=unit.plan.unit_id,
            observed_at_ms=at_ms,
            places=unit.plan.places + wrong,
            occupied=unit.occupied,
            reserved=unit.reserved,
            accepting=unit.accepting,
            free_from_ms=None,
            as_of_sequence=play.sequence,
        )

    return make


def _reaffirm(play: Play, unit: UnitNow, day: int) -> Make:
    def make(at_ms: int) -> AvailabilityReaffirmed:
        draw = play.draw("reaffirm", unit.plan.unit_id, day)
        return AvailabilityReaffirmed(
            event_id=event_id(draw, at_ms),
            actor=play.world.staff(unit.plan.project_id, draw, unit.plan.unit_id),
            unit_id=unit.plan.unit_id,
            observed_at_ms=at_ms,
            as_of_sequence=play.sequence,
        )

    return make


def plan_count_after(play: Play, unit: UnitNow, at_ms: int, share: float, about: tuple[object, ...]) -> None:
    """With this probability somebody counts the unit again within some hours of a move."""
    draw = play.draw("after", unit.plan.unit_id, *about)
    if draw.random() < share:
        play.agenda.plan(by_day(at_ms + about_ms(draw, 75.0), draw), published(play, unit, about))


def plan_telephone_round(play: Play, case: CaseNow, at_ms: int) -> None:
    """The helpline rings one or two units that could host the household and have not reported lately; some find a way to make room."""
    draw = play.draw("telephone", case.plan.case_id, case.escalations)
    rung = [
        unit
        for unit in play.world.units.values()
        if unit.plan.level is not Level.NON_RESIDENTIAL
        and could_host(unit.plan.hosts, case.plan.household)
        and unit.plan.places >= len(case.plan.household)
        and (unit.plan.habit is not Habit.PROMPT or unit.free > 0 or draw.random() < 0.05)
    ]
    for unit in draw.sample(rung, min(len(rung), draw.choice((1, 2, 2)))):
        makes_room = draw.random() < 0.4
        reported_at = by_day(at_ms + about_ms(draw, 50.0), draw)
        play.agenda.plan(reported_at, _after_a_call(play, unit, case, makes_room))


def _after_a_call(play: Play, unit: UnitNow, case: CaseNow, makes_room: bool) -> Make:
    def make(at_ms: int) -> AvailabilityPublished:
        missing = len(case.plan.household) - unit.free
        if makes_room and 0 < missing <= unit.occupied:
            unit.occupied -= missing
        unit.accepting = True
        return published(play, unit, ("call", case.plan.case_id, at_ms))(at_ms)

    return make
