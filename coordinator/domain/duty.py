"""Stream `network`, duty hours: when somebody of a project answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

from coordinator.domain import rights
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft
from coordinator.domain.state import DutyHours
from events.network import DayWindow, DutyHoursPublished
from events.verdict import Refused
from events.vocabulary import RefusalCode

DAY_MINUTES = 1_440
LEAST_WEEKLY_MINUTES = 60
"""Less is no duty, and a deadline counted in it would hardly come."""
MOST_EXCEPTIONS = 400
MOST_WINDOWS_A_DAY = 8


def evolve_duty_hours_published(draft: Draft, event: DutyHoursPublished) -> None:
    """The project's hours are as the event says."""
    draft.put_duty(DutyHours(event.project_id, event.weekly, event.on_holidays, event.exceptions))


def publish_duty_hours(entry: Deciding, event: DutyHoursPublished) -> Refused | None:
    """A project's hours change. Deadlines already set stay; requests that found nobody on duty are looked at again."""
    draft = entry.draft
    if event.project_id not in draft.projects:
        return refused(RefusalCode.UNKNOWN_PROJECT, "project_id")
    refusal = rights.staff_for(draft, event.actor, event.project_id)
    if refusal is not None:
        return refusal
    field = _invalid_field(event)
    if field is not None:
        return refused(RefusalCode.FIELD_INVALID, field)
    entry.record(event)
    entry.to_match.update(case_id for *_, case_id in draft.waiting)
    return None


def _invalid_field(event: DutyHoursPublished) -> str | None:
    weekly = event.weekly
    by_weekday = [[DayWindow(window.from_minute, window.to_minute) for window in weekly if window.weekday == weekday] for weekday in range(7)]
    if sum(map(len, by_weekday)) != len(weekly) or not all(map(are_windows, by_weekday)):
        return "weekly"
    if list(weekly) != sorted(weekly, key=lambda window: (window.weekday, window.from_minute)):
        return "weekly"
    if sum(window.to_minute - window.from_minute for window in weekly) < LEAST_WEEKLY_MINUTES:
        return "weekly"
    if not are_windows(event.on_holidays):
        return "on_holidays"
    dates = [exception.date for exception in event.exceptions]
    if len(dates) > MOST_EXCEPTIONS or not are_dates(dates) or not all(are_windows(exception.windows) for exception in event.exceptions):
        return "exceptions"
    return None


def are_windows(windows: Sequence[DayWindow]) -> bool:
    """Whether these are parts of one day, in order and apart; none are, too."""
    each = all(0 <= window.from_minute < window.to_minute <= DAY_MINUTES for window in windows)
    apart = all(one.to_minute <= other.from_minute for one, other in pairwise(windows))
    return len(windows) <= MOST_WINDOWS_A_DAY and each and apart


def are_dates(dates: Iterable[str]) -> bool:
    """Whether these are ISO 8601 dates, in order, each once; none are, too."""
    before = ""
    for day in dates:
        try:
            if day <= before or date.fromisoformat(day).isoformat() != day:
                return False
        except ValueError:
            return False
        before = day
    return True
