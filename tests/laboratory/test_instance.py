"""The frozen futures: the same for the same seed, and like an ordinary day from the first one on."""

from __future__ import annotations

import itertools

import pytest

from ops.demand.hours import DAY_MS
from ops.laboratory.instance import Instance, instance_of
from ops.networks.loading import load_network


@pytest.fixture(scope="module")
def instance() -> Instance:
    return instance_of(load_network("it"), 7, "tight", days=30)


def test_the_same_seed_gives_the_same_future(instance: Instance) -> None:
    again = instance_of(load_network("it"), 7, "tight", days=30)
    assert again.windows == instance.windows
    assert again.published == instance.published
    assert [(asked.request.case_id, asked.arrives_ms, asked.needed_by_ms, asked.stay_ms) for asked in again.asked] == [
        (asked.request.case_id, asked.arrives_ms, asked.needed_by_ms, asked.stay_ms) for asked in instance.asked
    ]
    assert all(again.reply(asked, 3) == instance.reply(asked, 3) for asked in instance.asked)


def test_another_seed_keeps_the_network_and_changes_the_future(instance: Instance) -> None:
    other = instance_of(load_network("it"), 8, "tight", days=30)
    assert [unit.unit_id for unit in other.units] == [unit.unit_id for unit in instance.units]
    assert other.windows != instance.windows


def test_windows_are_in_order_and_do_not_meet(instance: Instance) -> None:
    for places in instance.windows:
        for windows in places:
            for earlier, later in itertools.pairwise(windows):
                assert earlier.opens_ms < earlier.closes_ms < later.opens_ms


def test_a_place_is_free_inside_its_windows_alone(instance: Instance) -> None:
    found = 0
    for unit, places in enumerate(instance.windows):
        for place, windows in enumerate(places):
            for window in windows:
                assert instance.window_at(unit, place, window.opens_ms) == window
                assert instance.window_at(unit, place, window.closes_ms - 1) == window
                assert instance.window_at(unit, place, window.closes_ms) is None
                found += 1
    assert found > len(instance.units)


def test_about_a_tenth_of_the_places_is_free_on_any_day(instance: Instance) -> None:
    places = sum(unit.places for unit in instance.units)
    for day in (0, 10, 20, 30):
        at_ms = instance.start_ms + day * DAY_MS
        free = sum(instance.window_at(unit, place, at_ms) is not None for unit, told in enumerate(instance.windows) for place in range(len(told)))
        assert 0.05 < free / places < 0.16


def test_requests_come_in_order_and_with_time_left(instance: Instance) -> None:
    assert [asked.index for asked in instance.asked] == list(range(len(instance.asked)))
    assert all(one.arrives_ms <= other.arrives_ms for one, other in zip(instance.asked, instance.asked[1:], strict=False))
    assert all(instance.start_ms <= asked.arrives_ms < instance.end_ms for asked in instance.asked)
    assert all(asked.arrives_ms < asked.needed_by_ms for asked in instance.asked)
