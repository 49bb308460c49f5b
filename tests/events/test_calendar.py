"""Arithmetic with open hours: what holds of any calendar, and that it equals walking through time minute by minute."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from importlib.resources import files
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.calendar import DAY_MS, MINUTE_MS, WHOLE_DAY, Hours, Window, day_number, local_ms, weekday_of
from ops.networks.calendar import FIRST_YEAR, LAST_YEAR, easter_sunday, holidays, offsets

pytestmark = pytest.mark.pure

ROME = tuple((since, minutes * MINUTE_MS) for since, minutes in offsets("Europe/Rome"))
HOLIDAYS = frozenset(day_number(day.isoformat()) for year in range(FIRST_YEAR, LAST_YEAR + 1) for day in holidays(year))
HOUR = 60 * MINUTE_MS
SPRING, AUTUMN = 1_711_846_800_000, 1_729_990_800_000
"""31 March 2024, 02:00 becomes 03:00; 27 October 2024, 03:00 becomes 02:00."""


def on_working_days(*windows: Window) -> Hours:
    return Hours(ROME, lambda day: windows if weekday_of(day) < 5 and day not in HOLIDAYS else ())


OFFICE = on_working_days((9 * HOUR, 13 * HOUR), (14 * HOUR, 18 * HOUR))
WORKING_DAYS = on_working_days(*WHOLE_DAY)
AT_NIGHT = Hours(ROME, lambda day: ((0, 4 * HOUR), (22 * HOUR, DAY_MS)) if day % 7 else ((2 * HOUR, 3 * HOUR),))
ALWAYS = Hours(ROME, lambda _: WHOLE_DAY)
ALL = st.sampled_from([OFFICE, WORKING_DAYS, AT_NIGHT, ALWAYS])

_EDGES = [since for since, _ in ROME[1:]] + [
    day_number(f"{year}-{day}") * DAY_MS for year in range(2019, 2030) for day in ("01-01", "12-25", "04-22")
]
INSTANTS = st.builds(lambda edge, apart: edge + apart, st.sampled_from(_EDGES), st.integers(-6 * DAY_MS, 6 * DAY_MS))
AMOUNTS = st.integers(0, 20 * DAY_MS)


def rome(text: str) -> int:
    """The instant of a local time."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Rome")).timestamp()) * 1000


def naive(hours: Hours, windows_of: object, at_ms: int) -> bool:
    local = datetime.fromtimestamp(at_ms / 1000, ZoneInfo("Europe/Rome"))
    minute = (local.hour * 60 + local.minute) * MINUTE_MS
    day = day_number(local.date().isoformat())
    return any(since <= minute < to for since, to in windows_of(day))  # type: ignore[operator]


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from(_EDGES),
    st.integers(-4_000, 4_000),
    st.integers(1, 4_000),
    st.lists(st.integers(0, 24 * 60), min_size=2, max_size=6, unique=True).map(sorted),
    st.sets(st.integers(0, 6), min_size=1),
)
def test_equals_walking_through_time_minute_by_minute(edge: int, apart: int, minutes: int, edges: list[int], weekdays: set[int]) -> None:
    windows = tuple((one * MINUTE_MS, other * MINUTE_MS) for one, other in pairwise(edges))[::2]

    def windows_of(day: int) -> tuple[Window, ...]:
        return windows if weekday_of(day) in weekdays and day not in HOLIDAYS else ()

    hours, start = Hours(ROME, windows_of), (edge // MINUTE_MS + apart) * MINUTE_MS
    walked = [naive(hours, windows_of, start + minute * MINUTE_MS) for minute in range(minutes)]

    assert hours.between(start, start + minutes * MINUTE_MS) == sum(walked) * MINUTE_MS
    assert hours.is_open(start) == walked[0]
    opens = next((minute for minute in range(1, minutes) if walked[minute] and not walked[minute - 1]), None)
    if opens is not None:
        assert hours.next_opening(start) == start + opens * MINUTE_MS
    closed = walked.index(False) if False in walked else None
    if closed is not None:
        assert hours.open_until(start) == start + closed * MINUTE_MS
    if sum(walked):
        last = max(minute for minute in range(minutes) if walked[minute])
        assert hours.after(start, sum(walked) * MINUTE_MS) == start + (last + 1) * MINUTE_MS


@given(ALL, INSTANTS, AMOUNTS)
def test_adding_is_the_inverse_of_the_difference(hours: Hours, at_ms: int, amount: int) -> None:
    later, earlier = hours.after(at_ms, amount), hours.before(at_ms, amount)

    assert hours.between(at_ms, later) == amount == hours.between(earlier, at_ms)
    if amount:
        assert hours.between(at_ms, later - 1) == amount - 1 == hours.between(earlier + 1, at_ms)


@given(ALL, INSTANTS, AMOUNTS, AMOUNTS)
def test_adding_is_additive(hours: Hours, at_ms: int, one: int, other: int) -> None:
    assert hours.after(hours.after(at_ms, one), other) == hours.after(at_ms, one + other)
    assert hours.before(hours.before(at_ms, one), other) == hours.before(at_ms, one + other)


@given(ALL, INSTANTS, st.integers(0, 30 * DAY_MS), AMOUNTS, st.integers(0, DAY_MS))
def test_adding_is_monotone(hours: Hours, at_ms: int, later: int, amount: int, more: int) -> None:
    assert hours.after(at_ms, amount) <= hours.after(at_ms + later, amount)
    assert hours.after(at_ms, amount) <= hours.after(at_ms, amount + more)
    assert hours.before(at_ms, amount) <= hours.before(at_ms + later, amount)


@given(ALL, INSTANTS, st.integers(0, 30 * DAY_MS), st.integers(0, 30 * DAY_MS))
def test_stretches_of_time_add_up(hours: Hours, at_ms: int, one: int, other: int) -> None:
    assert hours.between(at_ms, at_ms + one) + hours.between(at_ms + one, at_ms + one + other) == hours.between(at_ms, at_ms + one + other)
    assert hours.between(at_ms + one, at_ms) == 0 if one else True


@given(ALL, INSTANTS)
def test_an_opening_is_where_closed_hours_open(hours: Hours, at_ms: int) -> None:
    opens = hours.next_opening(at_ms)
    if opens is not None:
        assert opens > at_ms and hours.is_open(opens) and not hours.is_open(opens - 1)
    until = hours.open_until(at_ms)
    assert (until > at_ms) == hours.is_open(at_ms)
    assert hours is ALWAYS or not hours.is_open(until)


def test_the_day_that_springs_forward_is_an_hour_short_and_the_one_that_falls_back_an_hour_long() -> None:
    whole = Hours(ROME, lambda _: WHOLE_DAY)
    assert whole.between(rome("2024-03-31T00:00"), rome("2024-04-01T00:00")) == 23 * HOUR
    assert whole.between(rome("2024-10-27T00:00"), rome("2024-10-28T00:00")) == 25 * HOUR
    two_to_three = Hours(ROME, lambda _: ((2 * HOUR, 3 * HOUR),))
    assert two_to_three.between(SPRING - 3 * HOUR, SPRING + 3 * HOUR) == 0
    assert two_to_three.between(AUTUMN - 3 * HOUR, AUTUMN + 3 * HOUR) == 2 * HOUR


def test_a_time_over_the_change_of_clocks_ends_at_the_same_local_time() -> None:
    assert OFFICE.after(rome("2024-03-29T15:00"), 8 * HOUR) == rome("2024-04-02T15:00"), "Easter Monday is no working day"
    assert OFFICE.after(rome("2024-10-25T15:00"), 8 * HOUR) == rome("2024-10-28T15:00")


def test_two_working_days_back_from_a_tuesday_is_the_friday_before() -> None:
    assert WORKING_DAYS.before(rome("2023-10-17T17:00"), 2 * DAY_MS) == rome("2023-10-13T17:00")
    assert WORKING_DAYS.before(rome("2023-12-27T10:00"), 2 * DAY_MS) == rome("2023-12-21T10:00"), "over Christmas"


def test_hours_that_never_open_end_what_is_counted_in_them_all_the_same() -> None:
    never = Hours(ROME, lambda _: ())
    assert never.next_opening(SPRING) is None
    assert SPRING < never.after(SPRING, 1) < SPRING + 5 * 366 * DAY_MS
    assert never.before(SPRING, 1) < SPRING


@pytest.mark.parametrize("day", ["2018-04-01", "2019-04-21", "2024-03-31", "2025-04-20", "2038-04-25", "2040-04-01"])
def test_easter_is_when_it_was_and_will_be(day: str) -> None:
    assert easter_sunday(int(day[:4])) == date.fromisoformat(day)


def test_the_network_s_file_holds_what_the_generator_makes() -> None:
    told = json.loads(files("ops.networks").joinpath("it.json").read_text(encoding="utf-8"))["policy"]["clocks"]

    assert [tuple(pair) for pair in told["offsets"]] == offsets("Europe/Rome")
    assert told["holidays"] == [day.isoformat() for year in range(FIRST_YEAR, LAST_YEAR + 1) for day in holidays(year)]


@given(st.integers(rome("2018-01-01T00:00"), rome("2040-12-31T00:00")))
def test_the_table_of_offsets_is_civil_time(at_ms: int) -> None:
    local = datetime.fromtimestamp(at_ms // 1000, ZoneInfo("Europe/Rome"))
    assert local_ms(ROME, at_ms) // 1000 == int(local.replace(tzinfo=UTC).timestamp())
