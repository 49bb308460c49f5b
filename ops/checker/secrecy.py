"""What may stand in clear: capacity and time. Never a case, an actor or an origin together with a unit, nor a code about a person."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from ops.checker.breach import Breach
from ops.checker.entry import Entry

_HOLD = frozenset({"hold_id", "unit_id", "places"})
_PROJECT = frozenset({"event_id", "project_id", "name", "lead_body", "bodies", "provinces", "valid_from", "valid_to"})
_UNIT = frozenset({"event_id", "unit_id", "level", "places", "hosts", "offers", "languages"})
_ID_ALONE = frozenset({"event_id"})
_NOTHING: frozenset[str] = frozenset()

MAY_BE_CLEAR: dict[str, frozenset[str]] = {
    "ExplanationsExpired": frozenset({"period"}),
    "ProjectRegistered": _PROJECT,
    "ProjectAmended": _PROJECT,
    "UnitOpened": _UNIT | {"project_id", "body", "region"},
    "UnitAmended": _UNIT,
    "UnitPassed": frozenset({"unit_id", "project_id", "body"}),
    "ProgrammeEnded": frozenset({"event_id", "project_id", "successor_id"}),
    "ProgrammeTurned": frozenset({"project_id", "to"}),
    "UnitClosed": frozenset({"event_id", "unit_id"}),
    "RulesAdopted": frozenset({"event_id", "rules_version"}),
    "ClockAdvanced": frozenset({"event_id", "deadline_at_ms"}),
    "AvailabilityPublished": frozenset(
        {"event_id", "unit_id", "observed_at_ms", "places", "occupied", "reserved", "accepting", "free_from_ms", "as_of_sequence"}
    ),
    "AvailabilityLearned": frozenset({"unit_id", "observed_at_ms", "places", "occupied", "reserved", "accepting", "free_from_ms", "as_of_sequence"}),
    "AvailabilityReaffirmed": frozenset({"event_id", "unit_id", "observed_at_ms", "as_of_sequence"}),
    "CapacityChanged": frozenset({"unit_id", "places", "occupied", "reserved", "held", "free", "accepting", "observed_at_ms", "over_capacity"}),
    "PlaceHeld": _HOLD | {"until_ms"},
    "PlaceReserved": _HOLD,
    "PlaceOccupied": _HOLD,
    "PlaceKept": _HOLD,
    "PlaceReleased": _HOLD,
    "HoldDeadlineMoved": _HOLD | {"until_ms"},
    "DutyHoursPublished": frozenset({"event_id", "project_id", "weekly", "on_holidays", "exceptions"}),
    "Recorded": _NOTHING,
    "Refused": frozenset({"code", "field"}),
    "Duplicate": frozenset({"of_sequence"}),
    "Unreadable": frozenset({"why"}),
}
"""Clear fields by record. An event not named here shows its id alone, an outcome nothing; `PolicyAdopted` everything but its actor."""

_SHORTEST_TEXT = 8


def check(entry: Entry) -> Iterator[Breach]:
    """What this entry shows that it must not."""
    if entry.body != "Decided":
        return
    event = () if entry.event is None else ((entry.event, _ID_ALONE),)
    for fact, otherwise in (*event, *((outcome, _NOTHING) for outcome in entry.outcomes)):
        if fact.name == "PolicyAdopted":
            shown = {"actor"} & set(fact.clear)
        else:
            shown = set(fact.clear) - MAY_BE_CLEAR.get(fact.name, otherwise)
        for field in sorted(shown):
            yield Breach(entry.sequence, "secrecy.clear_field", f"{fact.name} shows {field} in clear")
    yield from _plaintext(entry)


def _plaintext(entry: Entry) -> Iterator[Breach]:
    """Sealed ids and texts, as they are or as the bytes of a UUID, anywhere in the raw record."""
    facts = [fact for fact in (entry.event, *entry.outcomes) if fact is not None and fact.whole]
    clear = " ".join(str(value) for fact in facts for value in fact.clear.values())
    for fact in facts:
        private = {key: value for key, value in fact.fields.items() if key not in fact.clear}
        for text in set(_texts(private)):
            if len(text) >= _SHORTEST_TEXT and text not in clear and any(form in entry.raw for form in _forms(text)):
                yield Breach(entry.sequence, "secrecy.plaintext", f"a sealed text of {fact.name} stands in the raw record")


def _texts(value: Any) -> Iterator[str]:
    """Ids and free texts; the words of vocabularies, areas and units are no secret by themselves."""
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str) and (key.endswith(("case_id", "transfer_id", "proposal_id")) or key in ("note", "text", "person")):
                yield item
            elif isinstance(item, dict | list):
                yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _forms(text: str) -> Iterator[bytes]:
    yield text.encode()
    try:
        yield uuid.UUID(text).bytes
    except ValueError:
        return


def kept_with_destination(entry: Entry, kept: dict[str, str], destinations: dict[str, str]) -> Iterator[Breach]:
    """`kept`: case of each kept hold known so far; `destinations`: case of each other hold. Both shown in one record tell a person's way."""
    shown: dict[str, set[str]] = {}
    for fact in entry.outcomes:
        hold = fact.clear.get("hold_id")
        if hold in kept:
            shown.setdefault(kept[hold], set()).add("origin")
        if hold in destinations:
            shown.setdefault(destinations[hold], set()).add("destination")
    for case_id, ends in shown.items():
        if len(ends) == 2:
            yield Breach(entry.sequence, "secrecy.together", f"both ends of the way of case {case_id} stand in one record")
