"""The live picture fits the terminal that it is shown on, and says nothing of a person."""

from __future__ import annotations

import pytest
from rich.console import Console

from ops.demand.day import Day
from ops.demand.rehearsal import rehearse
from ops.demo.player import Played
from ops.demo.screen import Screen
from ops.networks import load_network

NETWORK = load_network("it")


@pytest.mark.parametrize(("width", "height"), [(80, 24), (100, 40), (160, 50)])
def test_the_picture_fits(width: int, height: int) -> None:
    day = Day(NETWORK, 1, 1, 8.0)
    played = Played(day)
    for rehearsed in rehearse(day, "it"):
        played.took(rehearsed.timed, rehearsed.answer)
        played.recent.append((rehearsed.timed.at_ms, rehearsed.timed.event, rehearsed.answer))
    console = Console(width=width, height=height, force_terminal=True, record=True, file=None)
    with console.capture() as shown:
        console.print(Screen(console, NETWORK, played).picture())
    lines = shown.get().splitlines()
    assert len(lines) <= height
    assert "Nord-Ovest" in shown.get()
    assert "open transfers" in shown.get()
    assert not {case.case_id for case in day.demand.new_cases} & set(shown.get().split())
    assert Screen(console, NETWORK, played).line().startswith("Fri 27 Oct")
