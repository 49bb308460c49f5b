"""How much is asked in synthetic months, as the command line takes it."""

from __future__ import annotations

from coordinator.cli.not_done import Cannot, NotDone
from ops.laboratory.instance import LOADS, requests_a_day

LOADS_TOLD = f"How much is asked: {', '.join(LOADS)}, or requests a day, such as 1.5."


def known_load(given: str, option: str = "--load") -> str:
    """What was given, if it is a load; `NotDone` otherwise."""
    try:
        requests_a_day(given)
    except ValueError:
        raise NotDone(Cannot.UNKNOWN_LOAD, what=option, name=given, known=", ".join(LOADS)) from None
    return given
