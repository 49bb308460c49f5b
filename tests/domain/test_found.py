"""Histories that once broke something are played again, each by the name of what it was."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from coordinator.domain import deadlines
from events.verdict import Recorded
from tests.domain.examples import FOUND, Example, Sent, load, play, save, sent_of, shortened, what_breaks
from tests.domain.nightly import ended
from tests.domain.test_histories import History, folds_agree
from tests.domain.world import World


def finish(world: World, gone: frozenset[str]) -> None:
    folds_agree(world.entries, world.state, gone)


def nothing_more(_world: World, _gone: frozenset[str]) -> None:
    """The entries alone are checked."""


@pytest.mark.parametrize("path", sorted(FOUND.glob("*.jsonl")), ids=lambda path: path.stem)
def test_what_was_once_broken_holds(path: Path) -> None:
    play(load(path).sent, ended)


def test_a_history_that_breaks_something_is_written_down_made_short_and_found_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An agreement that is never asked for: among many events, those that it takes are left."""
    history = History(random.Random(3))
    for _ in range(120):
        history.step()
    whole = sent_of(history.entries)
    assert what_breaks(whole, finish) is None

    monkeypatch.setattr(deadlines, "_happen_all", lambda *_: None)

    def breaks(sent: Sequence[Sent]) -> str | None:
        return what_breaks(sent, nothing_more)

    broke = breaks(whole)
    assert broke is not None and "outlived" in broke
    short = shortened(whole, breaks)
    assert len(short) < 20 and breaks(short) == broke
    save(Example(broke, short), tmp_path / "found.jsonl")
    again = load(tmp_path / "found.jsonl")
    assert breaks(again.sent) == again.broke == broke
    monkeypatch.undo()
    assert any(isinstance(outcome, Recorded) for entry in play(short, nothing_more).entries for outcome in entry.outcomes)
