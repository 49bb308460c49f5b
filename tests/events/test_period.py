"""Months, as numbers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from events.period import next_period, period_ends_ms, period_of, previous_period


def test_a_month_is_year_and_number() -> None:
    assert period_of(1_700_000_000_000) == 202311
    assert period_of(0) == 197001
    assert (next_period(202612), previous_period(202701), next_period(202601)) == (202701, 202612, 202602)


@given(st.integers(0, 4_000_000_000_000))
def test_a_month_ends_where_the_next_begins(at_ms: int) -> None:
    period = period_of(at_ms)
    end_ms = period_ends_ms(period)
    assert period_of(end_ms - 1) == period and period_of(end_ms) == next_period(period)
    assert previous_period(next_period(period)) == period
