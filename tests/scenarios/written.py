"""The scenarios of this room, each played once a run."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from coordinator.scenario import Played, play, read_script

HERE = Path(__file__).parent
FILES = tuple(sorted(HERE.glob("*.toml")))


@cache
def played(file: Path) -> Played:
    """The scenario, played to its end."""
    return play(read_script(file.read_text(encoding="utf-8"), file.name))
