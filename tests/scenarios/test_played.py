"""Every written scenario holds, teaches something, and plays the same each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.scenario import play, read_script
from tests.scenarios.written import FILES, played


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_holds(file: Path) -> None:
    broken = [
        f"step {step.number}, line {step.line}: {check.what}; instead: {check.found}"
        for step in played(file).steps
        for check in step.checks
        if not check.holds
    ]
    assert broken == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_expects_something_and_teaches_something(file: Path) -> None:
    script = played(file).script
    assert len(script.teaches) > 40
    assert sum(len(step.checks) for step in played(file).steps) >= len(script.steps) // 2


def test_it_plays_the_same_each_time() -> None:
    file = FILES[0]
    assert play(read_script(file.read_text(encoding="utf-8"), file.name)).entries == played(file).entries


def test_no_two_have_one_title() -> None:
    titles = [played(file).script.title for file in FILES]
    assert len(set(titles)) == len(titles)
