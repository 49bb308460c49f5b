"""Together the scenarios show every event, outcome, rule, code and end; what they do not is listed, exactly."""

from __future__ import annotations

from tests.coverage.cells import every_cell
from tests.scenarios.covered import HOW, PAGE, UNCOVERED, cells_by_file, render


def test_the_scenarios_show_everything_but_what_is_listed() -> None:
    shown = frozenset[tuple[str, str]]().union(*cells_by_file().values())
    missing = {cell for cell in every_cell() if cell not in shown}
    assert missing - UNCOVERED.keys() == set(), "no scenario shows these: write one, or say in UNCOVERED (tests/scenarios/covered.py) why not"
    assert UNCOVERED.keys() - missing == set(), "shown after all: take them off UNCOVERED"


def test_the_page_is_as_the_scenarios_are() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), f"run {HOW}"
