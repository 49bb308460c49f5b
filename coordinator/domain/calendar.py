"""Whether the clocks of a policy can be: the calendar that it brings, and the numbers that run by it."""

from __future__ import annotations

from coordinator.domain.duty import DAY_MINUTES, are_dates
from events.network import Clocks
from events.vocabulary import Urgency

_FURTHEST_OFFSET_MINUTES = 16 * 60
_MOST_OFFSETS = 400
_MOST_HOLIDAYS = 1_000
_MOST_DAYS = 366
_MOST_REMINDERS = 10
_MOST_PAUSES = 100


def invalid_clocks_field(clocks: Clocks) -> str | None:
    """The first field that cannot be; None: all can."""
    since = [offset.from_ms for offset in clocks.offsets]
    if not 0 < len(since) <= _MOST_OFFSETS or since != sorted(set(since)):
        return "offsets"
    if any(abs(offset.minutes) > _FURTHEST_OFFSET_MINUTES for offset in clocks.offsets):
        return "offsets"
    weekdays = clocks.working_weekdays
    if not weekdays or list(weekdays) != sorted(set(weekdays)) or not all(0 <= weekday < 7 for weekday in weekdays):
        return "working_weekdays"
    if not 0 <= clocks.working_from_minute < clocks.working_to_minute <= DAY_MINUTES:
        return "working_to_minute"
    if not 0 <= clocks.night_from_minute < DAY_MINUTES:
        return "night_from_minute"
    if not 0 <= clocks.night_to_minute < DAY_MINUTES:
        return "night_to_minute"
    if len(clocks.holidays) > _MOST_HOLIDAYS or not are_dates(clocks.holidays):
        return "holidays"
    if not 0 < clocks.fresh_working_days <= _MOST_DAYS:
        return "fresh_working_days"
    if not clocks.fresh_working_days <= clocks.ageing_working_days <= _MOST_DAYS:
        return "ageing_working_days"
    if tuple(time.urgency for time in clocks.answer_times) != tuple(Urgency):
        return "answer_times"
    for time in clocks.answer_times:
        within = 0 <= time.working_days <= _MOST_DAYS and 0 <= time.minutes <= _MOST_DAYS * DAY_MINUTES
        if not within or time.working_days + time.minutes == 0 or not 0 <= time.pause_minutes <= _MOST_DAYS * DAY_MINUTES:
            return "answer_times"
    if not 0 <= clocks.reminders <= _MOST_REMINDERS:
        return "reminders"
    return None if 0 <= clocks.max_pauses <= _MOST_PAUSES else "max_pauses"
