"""Entries in words, for the step log: labels for ids, clock times for instants, nothing that needs no saying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from enum import StrEnum
from zoneinfo import ZoneInfo

from coordinator.scenario import moments
from coordinator.scenario.naming import Names
from coordinator.scenario.telling import key_of
from coordinator.scenario.words import spoken
from events.availability import CapacityChanged
from events.facts import Outcome
from events.transfer import MatchExplained
from events.verdict import Duplicate, Recorded, Refused, Unreadable

_A_LENGTH_MS = 10 * 366 * 86_400_000
"""What is shorter is a length of time, no instant of this century."""
_LEFT_OUT = frozenset({"hold_id", "transfer_id", "proposal_id", "policy_version", "score", "event_id"})


def describe(outcomes: Sequence[Outcome], names: Names, zone: ZoneInfo) -> str:
    """What followed, one thing after another."""
    return "; ".join(words for outcome in outcomes if (words := _words(outcome, names, zone)))


def _words(outcome: Outcome, names: Names, zone: ZoneInfo) -> str:
    match outcome:
        case Recorded():
            return "recorded"
        case Refused():
            return f"refused: {outcome.code}" + (f" ({key_of(outcome.field)})" if outcome.field else "")
        case Duplicate():
            return "a repeat: the first answer stands"
        case Unreadable():
            return f"unreadable ({outcome.why})"
        case MatchExplained():
            fitted = ", ".join(scored.unit_id for scored in outcome.scored)
            excluded = ", ".join(f"{' '.join(group.units)}: {group.rule}" for group in outcome.excluded)
            return f"fitted: {fitted or 'nothing'}" + (f" [{excluded}]" if excluded and len(excluded) < 120 else "")
        case CapacityChanged():
            return f"{outcome.unit_id}: {outcome.free} free of {outcome.places}, {outcome.held} held"
        case _:
            return f"{spoken(type(outcome).__name__)}: " + ", ".join(_values(outcome, names, zone))


def _values(outcome: Outcome, names: Names, zone: ZoneInfo) -> list[str]:
    found = []
    for field in fields(outcome):
        value = getattr(outcome, field.name)
        if field.name in _LEFT_OUT or value is None or value == ():
            continue
        if field.name == "project_id" or isinstance(value, StrEnum):
            found.append(str(value))
        elif field.name.endswith("_ms") and isinstance(value, tuple):
            found.append(f"{key_of(field.name).replace('_', ' ')} {', '.join(moments.told(each, zone) for each in value)}")
        elif field.name.endswith("_ms") and value < _A_LENGTH_MS:
            found.append(f"{key_of(field.name).replace('_', ' ')} {value // 60_000} min")
        elif field.name.endswith("_ms"):
            found.append(f"{key_of(field.name).replace('_', ' ')} {moments.told(value, zone)}")
        elif isinstance(value, str):
            found.append(names.label(value) or value)
        elif field.name == "places":
            found.append(f"{value} place" + ("s" if value != 1 else ""))
    return found
