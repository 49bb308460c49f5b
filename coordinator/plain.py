"""Facts as plain JSON values, for answers, explanations and exports read by people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum

from events.codec import EVENT_NAMES
from events.entry import Locked
from events.facts import Fact


def fact_json(fact: Fact | Locked) -> dict[str, object]:
    """`{"outcome": NAME, <fields>}`, or `{"event": NAME, ...}`; a locked fact has its clear fields and `locked: true`."""
    if isinstance(fact, Locked):
        return {kind_of(fact.name): fact.name, "locked": True, **{name: value_json(value) for name, value in fact.clear.items()}}
    return {kind_of(type(fact).__name__): type(fact).__name__, **fields_json(fact)}


def kind_of(name: str) -> str:
    """`event` or `outcome`, by a fact's name."""
    return "event" if name in EVENT_NAMES else "outcome"


def fields_json(record: object) -> dict[str, object]:
    """The fields of a dataclass by name."""
    if not is_dataclass(record):
        raise TypeError(f"{type(record).__name__} is no record")
    return {field.name: value_json(getattr(record, field.name)) for field in fields(record)}


def value_json(value: object) -> object:
    """Enums as their symbols, tuples as lists, bytes as hex, records as objects."""
    match value:
        case Enum():
            return value.value
        case bytes():
            return value.hex()
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {str(key): value_json(item) for key, item in value.items()}
        case tuple() | list() | frozenset() | set():
            items = [value_json(item) for item in value]
            return sorted(items, key=str) if isinstance(value, frozenset | set) else items
        case _:
            return fields_json(value)
