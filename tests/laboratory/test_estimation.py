"""Scarcity weights from sampled futures: what the last places are worth, and never more with more of them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import exp, factorial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinator.matching.kinds import is_kind
from events.vocabulary import Urgency
from ops.laboratory.estimation import (
    BEST,
    METHOD,
    TUNED_ON,
    URGENCY_VALUES,
    Estimate,
    kind_weights,
    rates,
    sample_told,
    weights_for,
    weights_seen,
    worth_of_stock,
)
from ops.laboratory.instance import requests_of
from ops.networks.loading import load_network

RATES = st.tuples(*[st.floats(0, 8)] * len(Urgency))


@given(RATES, st.floats(0.1, 5))
def test_a_place_is_worth_less_the_more_are_left_and_never_more_than_the_most_urgent(a_day: tuple[float, ...], days: float) -> None:
    weights = worth_of_stock(a_day, URGENCY_VALUES, Estimate((days,) * 3))
    assert all(one >= other > 0 for one, other in pairwise((*weights, 1)))
    assert all(weight <= max(URGENCY_VALUES) for weight in weights)


@given(RATES, st.integers(0, 2), st.floats(0.1, 2))
def test_a_place_is_worth_no_less_where_more_is_asked(a_day: tuple[float, ...], urgency: int, more: float) -> None:
    asked = tuple(often + (more if index == urgency else 0) for index, often in enumerate(a_day))
    before, after = (worth_of_stock(each, URGENCY_VALUES, Estimate((3.0,) * 3)) for each in (a_day, asked))
    assert len(after) >= len(before)
    assert all(now >= was for was, now in zip(before, after, strict=False))


def test_the_worth_is_the_expected_value_of_the_last_who_would_come() -> None:
    """Half a request a day of the most urgent kind, three days: the first place is worth 4,000 x P(at least one comes), the second x P(at least two)."""
    mean = 1.5
    exactly = [exp(-mean) * mean**n / factorial(n) for n in range(3)]
    weights = worth_of_stock((0.5, 0.0, 0.0), URGENCY_VALUES, Estimate((3.0, 3.0, 3.0)))
    assert weights[:3] == tuple(round(4000 * (1 - sum(exactly[:n])) / 10) * 10 for n in (1, 2, 3))


def test_whoever_is_not_kept_for_makes_nothing_dear() -> None:
    assert worth_of_stock((0.0, 4.0, 4.0), URGENCY_VALUES, Estimate((3.0, 0.0, 0.0))) == ()
    assert worth_of_stock((0.0, 0.0, 0.0), URGENCY_VALUES, BEST) == ()


def test_rates_count_every_kind_in_every_future_and_leave_minors_to_people() -> None:
    network = load_network("it")
    futures = [requests_of(network, seed, "ample", 30) for seed in (1, 2)]
    told = rates(futures, 30)
    by_machine = sum(not asked.request.household.unaccompanied for future in futures for asked in future)
    assert sum(map(sum, told.values())) * 60 == pytest.approx(by_machine)
    assert all(map(is_kind, told))
    assert list(told) == sorted(told)
    with pytest.raises(ValueError, match="at least one seed"):
        rates([], 30)


def test_what_a_network_saw_itself_is_counted_as_in_sampled_futures() -> None:
    asked = requests_of(load_network("it"), 1, "double", 30)
    seen = weights_seen(asked, 30, URGENCY_VALUES)
    assert seen == kind_weights(rates([asked], 30), URGENCY_VALUES, BEST) != ()
    assert len(weights_seen(asked[:60], 30, URGENCY_VALUES)) < len(seen)
    assert weights_seen((), 30, URGENCY_VALUES) == ()


def test_a_kind_of_which_hardly_any_come_is_left_out() -> None:
    assert kind_weights({"men": (1 / 1000, 0.0, 0.0)}, URGENCY_VALUES, BEST) == ()


def test_seeds_for_reports_are_never_tuned_on() -> None:
    with pytest.raises(ValueError, match="for tuning"):
        weights_for("it", "tight", 30, (1, 1000))


def test_what_ships_for_italy_is_what_the_estimate_gives() -> None:
    shipped = load_network("it").policy["matching"]["suggested"]["scarcity"]
    assert shipped["kinds"] == {each.kind: list(each.weights) for each in weights_for("it", "tight")}
    assert (shipped["method"], shipped["sample"]) == (METHOD, sample_told("tight", 90, TUNED_ON, BEST))


def test_rounding_leaves_no_trace_of_the_machine() -> None:
    assert all(Fraction(weight, 10).denominator == 1 for each in weights_for("it", "tight") for weight in each.weights)
