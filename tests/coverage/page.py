"""`docs/reference/coverage.md`: for each cell one witness, a test that fills it. Witnesses stay as long as they see what they are named for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from events.facts import EVENT_TYPES
from events.vocabulary import Rule
from tests.coverage.cells import Cell, every_cell, rule_cells

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "coverage.md"
HOW = "python -m pytest tests/domain tests/scenarios tests/coverage --write-coverage"
_SECTIONS = {
    "recorded": ("Events", "event", "Recorded as a fact in:"),
    "outcome": ("Outcomes", "outcome", "Follows in:"),
    "code": ("Refusal codes", "code", "Given in:"),
    "end": ("Ends and calls", "end", "Reached in:"),
    "rule": ("Rules", "rule", "Bites in:"),
}
_CELL = re.compile(r"^\| `(?P<one>[^`]+)` \|(?: `(?P<other>[^`]+)` \|)? `(?P<test>tests/[^`]+)` \|$")
_NUMBERED = re.compile(r"\[[^\]]*\d\]$")
"""A test told from its likes by a number alone, which another test moves."""
_PAIRS = "Events and rules"


def render(witnesses: Mapping[Cell, str]) -> str:
    """The page."""
    lines = [
        "# Coverage\n",
        f"<!-- Written by `{HOW}`; every run of the tests verifies it. -->\n",
        (
            "Each row names one test that really saw what the row says: decisions are watched while tests run (`tests/seen.py`), and a run in which a witness "
            "no longer sees it, or a new event, code or rule has none, fails. Tests that draw at random are no witnesses. Tests of scenarios are named after "
            "[the story](scenarios.md).\n"
        ),
    ]
    for what, (title, column, _) in _SECTIONS.items():
        lines += [f"## {title}\n", f"| {column} | test |", "|---|---|"]
        lines += [
            f"| `{which}` | `{shown(witnesses[cell])}` |" for cell in every_cell() if cell[0] == what and cell in witnesses and (which := cell[1])
        ]
        lines.append("")
    pairs = rule_cells(set(witnesses))
    lines += [
        f"## {_PAIRS}\n",
        "Which rules bite while which event is decided; what deadlines bring about counts for `ClockAdvanced`. ● a test below; · in none.\n",
        "| event | " + " | ".join(rule.value.replace("_", " ") for rule in Rule) + " |",
        "|---|" + "---|" * len(Rule),
    ]
    for kind in EVENT_TYPES:
        marks = ["●" if (kind.__name__, rule.value) in witnesses else "·" for rule in Rule]
        lines.append(f"| {kind.__name__} | " + " | ".join(marks) + " |")
    lines += ["", "| event | rule | test |", "|---|---|---|"]
    lines += [f"| `{event}` | `{rule}` | `{shown(witnesses[event, rule])}` |" for event, rule in pairs]
    return "\n".join(lines) + "\n"


def written() -> dict[Cell, str]:
    """Witnesses by cell, as the page has them; empty where there is no page."""
    found: dict[Cell, str] = {}
    what = ""
    titles = {title: name for name, (title, _, _) in _SECTIONS.items()} | {_PAIRS: ""}
    for line in PAGE.read_text(encoding="utf-8").splitlines() if PAGE.exists() else []:
        if line.startswith("## "):
            what = titles[line.removeprefix("## ")]
        row = _CELL.match(line)
        if row is not None:
            found[(row["one"], row["other"]) if row["other"] else (what, row["one"])] = row["test"]
    return found


def chosen(cells: Iterable[Cell], by_test: Mapping[str, set[Cell]], before: Mapping[Cell, str]) -> dict[Cell, str]:
    """A witness for each cell that has one: the one of before where it still sees it, else the shortest name, then the first by name."""
    seeing: dict[Cell, list[str]] = {}
    for test, seen in by_test.items():
        for cell in seen:
            seeing.setdefault(cell, []).append(test)
    found = {}
    for cell in cells:
        tests = sorted(seeing.get(cell, ()), key=lambda test: (bool(_NUMBERED.search(test)), len(test), test))
        kept = next((test for test in tests if shown(test) == before.get(cell)), None)
        if tests:
            found[cell] = kept or tests[0]
    return found


def shown(test: str) -> str:
    """A test's name fit for a cell."""
    return test.replace("|", "/").replace("`", "'")
