"""What the scenarios cover together, and `docs/reference/scenarios.md`: each story with what it teaches and which cells it alone shows best.

python -m tests.scenarios.covered        writes the page
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from coordinator.scenario import play, read_script
from tests import seen
from tests.coverage.cells import Cell, cells_of, every_cell
from tests.scenarios.written import FILES

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "scenarios.md"
HOW = "python -m tests.scenarios.covered"

UNCOVERED: dict[Cell, str] = {}
"""Cells that no scenario shows, each with the reason. Held exact: it can neither grow nor shrink in silence."""

_TITLES = {"recorded": "Events", "outcome": "Outcomes", "code": "Refusal codes", "end": "Ends and calls", "rule": "Rules"}


@cache
def cells_by_file() -> dict[Path, frozenset[Cell]]:
    """What each scenario shows, each played once more under watch."""
    found = {}
    for file in FILES:
        with seen.watching() as watched:
            play(read_script(file.read_text(encoding="utf-8"), file.name))
        found[file] = frozenset(cells_of(watched))
    return found


def render() -> str:
    """The page."""
    lines = [
        "# Written scenarios\n",
        f"<!-- Written by `{HOW}`; a test compares. -->\n",
        "Days of the network with what they expect, in `tests/scenarios`; [how to write one](../guides/training.md). The tests play all of them.\n",
        "| scenario | steps | teaches |",
        "|---|---|---|",
    ]
    for file in FILES:
        script = read_script(file.read_text(encoding="utf-8"), file.name)
        lines.append(f"| **{script.title}** `{file.name}` | {len(script.steps)} | {script.teaches} |")
    for what, title in _TITLES.items():
        lines += ["", f"## {title}\n", "| shown | in |", "|---|---|"]
        for cell in every_cell():
            if cell[0] != what:
                continue
            showing = [file.stem for file in FILES if cell in cells_by_file()[file]]
            rest = f" and {len(showing) - _MOST} more" if len(showing) > _MOST else ""
            lines.append(f"| `{cell[1]}` | {', '.join(showing[:_MOST])}{rest}{UNCOVERED.get(cell, '')} |")
    return "\n".join(lines) + "\n"


_MOST = 3

if __name__ == "__main__":
    seen.watch()
    PAGE.write_text(render(), encoding="utf-8")
