"""The policy's clocks made ready: which hours each project keeps, how long it has to answer, and from when on a count is fresh.

Without `clocks` in the policy civil time plays no part: durations are plain and everybody is on duty. What depends on the instant of a decision alone is
computed once for it and kept; it is a function of the instant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from events.calendar import DAY_MS, MINUTE_MS, WHOLE_DAY, Hours, Offset, Window, day_number, weekday_of, working_hours
from events.network import Clocks, DayWindow, DutyException, DutyWindow, PolicyAdopted
from events.vocabulary import Urgency

_LEAST_MET_MS = 60 * MINUTE_MS
"""Of a week: where duty and working hours meet for less, times in working days run in the duty hours."""


class DutyTold(Protocol):
    """When somebody of a project answers, as it was published."""

    @property
    def weekly(self) -> tuple[DutyWindow, ...]: ...
    @property
    def on_holidays(self) -> tuple[DayWindow, ...]: ...
    @property
    def exceptions(self) -> tuple[DutyException, ...]: ...


class Kept(NamedTuple):
    """The hours that a project keeps."""

    duty: Hours
    """When somebody answers. Times in minutes run in these."""
    working: Hours
    """The part of them in the network's working hours. Times in working days run in these, so that no such time runs out in anybody's night; all of
    them, where the two hardly meet."""


class Clockwork:
    """The clocks of one policy and the duty hours published so far. Not changed once it is made, but for what it keeps of its answers."""

    __slots__ = (
        "_at_ms", "_awake", "_calendar", "_fresh_at_ms", "_fresh_since", "_half_fresh_since", "_kept", "_opening", "_policy",
    )  # fmt: skip

    def __init__(self, policy: PolicyAdopted, calendar: Calendar | None, kept: Mapping[str, Kept]) -> None:
        """`kept`: by the projects that published some; empty without a calendar."""
        self._policy = policy
        self._calendar = calendar
        self._kept = kept
        self._at_ms = -1
        self._awake: dict[str, bool] = {}
        self._fresh_at_ms = -1
        self._fresh_since = self._half_fresh_since = 0
        self._opening: tuple[object, int, int, int | None] = (None, 0, 0, None)

    def clock_of(self, project_id: str, urgency: Urgency) -> Hours | None:
        """The hours in which a project's time to answer runs; None: civil time plays no part."""
        if self._calendar is None:
            return None
        kept = self._kept_by(project_id)
        return kept.working if urgency in self._calendar.in_days else kept.duty

    def awake(self, project_id: str, at_ms: int) -> bool:
        """Whether a project is on duty for as long as it has to answer an immediate request, so that the request is not left lying over its night."""
        if self._calendar is None:
            return True
        if self._at_ms != at_ms:
            self._at_ms, self._awake = at_ms, {}
        known = self._awake.get(project_id)
        if known is None:
            known = self._awake[project_id] = self._kept_by(project_id).duty.open_until(at_ms) - at_ms >= self._calendar.answer_ms[Urgency.IMMEDIATE]
        return known

    def next_opening(self, after_ms: int, project_ids: Iterable[str]) -> int | None:
        """When the first of these projects comes on duty after an instant; None: civil time plays no part, or none ever does."""
        if self._calendar is None:
            return None
        # what is kept is for these very projects: a map of them is never changed, another one stands in its place
        projects, since, until, opening = self._opening
        if projects is not project_ids or not since <= after_ms < until:
            found = [opens for project_id in project_ids if (opens := self._kept_by(project_id).duty.next_opening(after_ms)) is not None]
            opening = min(found, default=None)
            self._opening = (project_ids, after_ms, opening if opening is not None else after_ms + DAY_MS, opening)
        return opening

    def _kept_by(self, project_id: str) -> Kept:
        assert self._calendar is not None
        return self._kept.get(project_id, self._calendar.without_duty)

    def answer_until(self, project_id: str, urgency: Urgency, at_ms: int, plain_ms: int) -> tuple[int, tuple[int, ...]]:
        """The deadline of a proposal made now, and its reminders. `plain_ms`: the time to answer where civil time plays no part."""
        hours = self.clock_of(project_id, urgency)
        if self._calendar is None or hours is None:
            return at_ms + plain_ms, ()
        amount, parts = self._calendar.answer_ms[urgency], self._calendar.clocks.reminders + 1
        return hours.after(at_ms, amount), tuple(hours.after(at_ms, amount * part // parts) for part in range(1, parts))

    def pause_ms(self, urgency: Urgency) -> int:
        """For how much duty time in all questions may stop the clock of one proposal."""
        return 0 if self._calendar is None else self._calendar.pause_ms[urgency]

    @property
    def max_pauses(self) -> int:
        """How often they may."""
        return 0 if self._calendar is None else self._calendar.clocks.max_pauses

    def fresh_since(self, at_ms: int) -> int:
        """A count observed after this instant is fresh at `at_ms`."""
        if self._fresh_at_ms != at_ms:
            self._look_back(at_ms)
        return self._fresh_since

    def half_fresh_since(self, at_ms: int) -> int:
        """A count observed after this instant is fresher than half of what counts as fresh."""
        if self._fresh_at_ms != at_ms:
            self._look_back(at_ms)
        return self._half_fresh_since

    def _look_back(self, at_ms: int) -> None:
        self._fresh_at_ms = at_ms
        if self._calendar is None:
            fresh_ms = self._policy.fresh_for_ms
            self._fresh_since, self._half_fresh_since = at_ms - fresh_ms, at_ms - (fresh_ms + 1) // 2
        else:
            fresh_ms = self._calendar.clocks.fresh_working_days * DAY_MS
            days = self._calendar.working_days
            self._fresh_since, self._half_fresh_since = days.before(at_ms, fresh_ms), days.before(at_ms, fresh_ms // 2)

    def with_duty(self, project_id: str, told: DutyTold) -> Clockwork:
        """The same clocks after a project published its hours."""
        if self._calendar is None:
            return self
        return Clockwork(self._policy, self._calendar, {**self._kept, project_id: self._calendar.kept(told)})


def clockwork_of(policy: PolicyAdopted, duty: Mapping[str, DutyTold]) -> Clockwork:
    """The clocks of a policy, with what projects have published."""
    if policy.clocks is None:
        return Clockwork(policy, None, {})
    calendar = Calendar(policy.clocks)
    return Clockwork(policy, calendar, {project_id: calendar.kept(duty[project_id]) for project_id in sorted(duty)})


class Calendar:
    """A policy's civil time and working days."""

    __slots__ = ("_holidays", "_offsets", "_working_windows", "answer_ms", "clocks", "in_days", "pause_ms", "without_duty", "working_days")

    def __init__(self, clocks: Clocks) -> None:
        self.clocks = clocks
        self._offsets: tuple[Offset, ...] = tuple((offset.from_ms, offset.minutes * MINUTE_MS) for offset in clocks.offsets)
        self._holidays = frozenset(day_number(day) for day in clocks.holidays)
        self.working_days = self._working(WHOLE_DAY)
        self._working_windows = ((clocks.working_from_minute * MINUTE_MS, clocks.working_to_minute * MINUTE_MS),)
        working_hours = self._working(self._working_windows)
        self.without_duty = Kept(working_hours, working_hours)
        """The hours of a project that has published none."""
        a_day_ms = (clocks.working_to_minute - clocks.working_from_minute) * MINUTE_MS
        self.answer_ms = {time.urgency: time.working_days * a_day_ms + time.minutes * MINUTE_MS for time in clocks.answer_times}
        self.in_days = frozenset(time.urgency for time in clocks.answer_times if time.working_days)
        """Urgencies whose time to answer is in working days."""
        self.pause_ms = {time.urgency: time.pause_minutes * MINUTE_MS for time in clocks.answer_times}

    def _working(self, windows: tuple[Window, ...]) -> Hours:
        return working_hours(self._offsets, self.clocks.working_weekdays, self.clocks.holidays, windows)

    def kept(self, told: DutyTold) -> Kept:
        """Published duty hours: an exception before a holiday, a holiday before the week."""
        weekly = tuple(_windows(window for window in told.weekly if window.weekday == weekday) for weekday in range(7))
        on_holidays, holidays = _windows(told.on_holidays), self._holidays
        exceptions = {day_number(exception.date): _windows(exception.windows) for exception in told.exceptions}

        def windows_of(day: int) -> tuple[Window, ...]:
            found = exceptions.get(day)
            if found is None:
                found = on_holidays if day in holidays else weekly[weekday_of(day)]
            return found

        duty = Hours(self._offsets, windows_of)
        weekdays, working = frozenset(self.clocks.working_weekdays), self._working_windows
        met = sum(to - since for weekday in weekdays for since, to in _both(weekly[weekday], working))
        if met < _LEAST_MET_MS:
            return Kept(duty, duty)
        return Kept(
            duty, Hours(self._offsets, lambda day: _both(windows_of(day), working) if weekday_of(day) in weekdays and day not in holidays else ())
        )


def _both(one: tuple[Window, ...], other: tuple[Window, ...]) -> tuple[Window, ...]:
    """What lies in both lists of windows."""
    found = [(max(since, begin), min(to, end)) for since, to in one for begin, end in other]
    return tuple((since, to) for since, to in found if since < to)


def _windows(windows: Iterable[DayWindow | DutyWindow]) -> tuple[Window, ...]:
    return tuple((window.from_minute * MINUTE_MS, window.to_minute * MINUTE_MS) for window in windows)
