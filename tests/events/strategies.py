"""Hypothesis strategies for facts, made from the dataclasses' hints and the newest schemas, so that a new fact is tested the day it is written."""

from __future__ import annotations

from dataclasses import is_dataclass
from datetime import date
from enum import StrEnum
from types import NoneType
from typing import Any, get_args, get_origin

from hypothesis import strategies as st

from events.entry import Body, Decided
from events.facts import EVENT_TYPES, FACT_TYPES, Event, Fact
from events.resolution import Schema
from events.schemas import newest
from events.typed import hints_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=80)
LONGS = st.integers(-(2**63), 2**63 - 1)
INSTANTS = st.integers(0, 253_402_300_799_999)
UUIDS = st.uuids().map(str)
DATES = st.dates(date(1, 1, 1), date(9999, 12, 31)).map(date.isoformat)
_LOGICAL = {"uuid": UUIDS, "timestamp-millis": INSTANTS, "date": DATES}


def _values(hint: Any, schema: Schema) -> st.SearchStrategy[Any]:
    if isinstance(schema, list):
        inner = next(each for each in get_args(hint) if each is not NoneType)
        return st.none() | _values(inner, schema[1])
    if isinstance(schema, dict) and schema.get("logicalType") in _LOGICAL:
        return _LOGICAL[schema["logicalType"]]
    if isinstance(schema, dict) and schema["type"] == "fixed":
        return st.binary(min_size=schema["size"], max_size=schema["size"])
    if get_origin(hint) is tuple:
        return st.lists(_values(get_args(hint)[0], schema["items"]), max_size=4).map(tuple)
    if is_dataclass(hint) and isinstance(hint, type):
        return _records(hint, {field["name"]: field["type"] for field in schema["fields"]})
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    simple: dict[Any, st.SearchStrategy[Any]] = {str: TEXTS, int: LONGS, bool: st.booleans(), bytes: st.binary(max_size=80)}
    return simple[hint]


def _records(kind: type, schemas: dict[str, Schema]) -> st.SearchStrategy[Any]:
    return st.builds(kind, **{name: _values(hint, schemas[name]) for name, hint in hints_of(kind).items()})


def _facts_of(kind: type) -> st.SearchStrategy[Any]:
    names = [name for name in (kind.__name__, f"{kind.__name__}Private") if name in newest()]
    return _records(kind, {field["name"]: field["type"] for name in names for field in newest()[name].schema["fields"]})


def facts() -> st.SearchStrategy[Fact]:
    """Any event or outcome, every kind equally likely."""
    return st.one_of([_facts_of(kind) for kind in FACT_TYPES.values()])


def events() -> st.SearchStrategy[Event]:
    """Any event."""
    return st.one_of([_facts_of(kind) for kind in EVENT_TYPES])


def bodies() -> st.SearchStrategy[Body]:
    """Any body of a ledger entry."""
    return st.one_of([_facts_of(kind) for kind in Body.__args__])


def decided() -> st.SearchStrategy[Decided]:
    """A body that wraps an event."""
    return _facts_of(Decided)
