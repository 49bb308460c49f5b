"""Every event, outcome, code, end and rule has a witness, and every witness saw it in this very run. Runs after the tests that it is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from events.transfer import MatchExplained
from tests import witnesses
from tests.coverage.cells import MATCHING, NEVER, UNSEEN, cells_of, every_cell, pairs_wanted, rule_cells
from tests.coverage.page import HOW, PAGE, chosen, render, shown, written
from tests.seen import Kind, Seen


@pytest.fixture
def by_test(request: pytest.FixtureRequest) -> dict[str, set[tuple[str, str]]]:
    """What each test saw. Skips where not all of them ran."""
    if not witnesses.all_ran(request.session):
        pytest.skip("the tests of the core and of the scenarios did not all run")
    return {test: cells_of(seen) for test, seen in witnesses.by_test.items()}


def test_every_cell_has_a_witness(by_test: dict[str, set[tuple[str, str]]]) -> None:
    seen = set().union(*by_test.values())
    assert {cell for cell in every_cell() if cell not in seen} == set(UNSEEN), "no test sees these: write one; or one does, and UNSEEN says otherwise"


def test_every_rule_has_a_witness_at_every_event_at_which_it_may_bite(by_test: dict[str, set[tuple[str, str]]]) -> None:
    seen = set().union(*by_test.values())
    assert [pair for pair in pairs_wanted() if pair not in seen] == [], "no test sees this rule bite at this event"
    assert [pair for pair in NEVER if pair in seen] == [], "it can be after all"


def test_every_event_that_leads_to_matching_is_known_to(by_test: dict[str, set[tuple[str, str]]]) -> None:
    """What tests drawn at random saw counts as well: an event that matches, and is not in the list, is found by either."""
    explained = Seen("", Kind.OUTCOME, MatchExplained.__name__)
    seen = {*witnesses.at_random, *(one for test in by_test for one in witnesses.by_test[test])}
    assert {one.event for one in seen if replace(one, event="") == explained} <= set(MATCHING), (
        "add it to MATCHING, and a play to test_rules_at_events.py"
    )


def test_the_page_is_true(by_test: dict[str, set[tuple[str, str]]], request: pytest.FixtureRequest) -> None:
    """Every cell is on the page, and every witness saw its cell in this run. A new pair of event and rule may wait for the next writing."""
    seen = set().union(*by_test.values())
    before = written()
    now = chosen([*(cell for cell in every_cell() if cell in seen), *rule_cells(seen)], by_test, before)
    if request.config.getoption("--write-coverage"):
        PAGE.write_text(render(now), encoding="utf-8")
        return
    untrue = {cell: test for cell, test in before.items() if shown(now.get(cell, "")) != test}
    assert untrue == {}, f"these tests no longer see what the page says: {HOW}"
    assert [cell for cell in every_cell() if cell in seen and cell not in before] == [], f"not on the page: {HOW}"
    assert PAGE.read_text(encoding="utf-8") == render(before), f"the page was written by hand: {HOW}"
