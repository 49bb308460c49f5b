"""Plants every bug in turn and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from tests.planted.check import Bug, Check, Stage
from tests.planted.table import BUGS

_PATIENCE_S = 4.0


@dataclass(frozen=True, slots=True)
class Planted:
    """What became of one bug."""

    bug: Bug
    missed: tuple[str, ...]
    """Checks that did not name it, with what they found instead; empty: caught."""


async def plant(bug: Bug, stage: Stage) -> Planted:
    """Plant a bug and run each of its checks."""
    missed = []
    stage = replace(stage, patience_s=_PATIENCE_S)
    for check, name in bug.caught_by:
        with bug.plant():
            found = await check.find(stage)
        if not any(name in each for each in found):
            missed.append(f"{check.name} found {', '.join(found) or 'nothing'}, wanted {name}")
    return Planted(bug, tuple(missed))


def checks(bugs: Iterable[Bug] = BUGS) -> list[Check]:
    """Every check, once."""
    return list({check.name: check for bug in bugs for check, _ in bug.caught_by}.values())


async def planted_summary(stage: Stage, say: Callable[[Planted], None] = lambda _: None) -> dict[str, int]:
    """How many bugs were planted and how many of them caught. `say` is told of each. Raises AssertionError where a check is red without any bug."""
    for check in checks():
        found = await check.find(stage)
        if found:
            raise AssertionError(f"{check.name} is red without a bug: {', '.join(found)}")
    caught = 0
    for bug in BUGS:
        done = await plant(bug, stage)
        caught += not done.missed
        say(done)
    return {"planted": len(BUGS), "caught": caught}
