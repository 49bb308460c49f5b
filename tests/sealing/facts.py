"""Any fact, built from its type hints alone: so that a new kind of fact is tested the day it is written."""

from __future__ import annotations

import uuid
from dataclasses import fields
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from events.facts import EVENT_TYPES, FACT_TYPES, Event, Fact, Outcome

UUID_FIELDS = {"event_id", "case_id", "other_case_id", "transfer_id", "proposal_id", "hold_id", "action_id", "contact_id", "group_id"}
DATE_FIELDS = {"valid_from", "valid_to", "date", "holidays"}

_text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
_uuids = st.integers(0, 2**128 - 1).map(lambda number: str(uuid.UUID(int=number)))
_dates = st.dates().map(str)


def facts_of(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Instances of a dataclass, every field drawn by its type."""
    hints = get_type_hints(kind)
    return st.builds(kind, **{field.name: _values(field.name, hints[field.name]) for field in fields(kind)})


def events() -> st.SearchStrategy[Event]:
    """Any event."""
    return st.one_of([facts_of(kind) for kind in EVENT_TYPES])


def outcomes() -> st.SearchStrategy[Outcome]:
    """Any outcome."""
    return st.one_of([facts_of(kind) for kind in FACT_TYPES.values() if kind not in EVENT_TYPES])


def _values(name: str, hint: Any) -> st.SearchStrategy[Any]:
    if get_origin(hint) is tuple:
        return st.lists(_values(name, get_args(hint)[0]), max_size=3).map(tuple)
    if get_origin(hint) in (Union, UnionType):
        return st.one_of([_values(name, each) for each in get_args(hint)])
    if hint is type(None):
        return st.none()
    if hint is bool:
        return st.booleans()
    if hint is bytes:
        return st.binary(max_size=40)
    if hint is int:
        return st.integers(-(2**63), 2**63 - 1)
    if issubclass(hint, StrEnum):
        return st.sampled_from(list(hint))
    if hint is str:
        return _uuids if name in UUID_FIELDS else _dates if name in DATE_FIELDS else _text
    return facts_of(hint)


class Canaries:
    """Builds one instance of a kind of fact in which every text and number is its own, and remembers them by field."""

    def __init__(self) -> None:
        self.texts: dict[str, list[str]] = {}
        self.numbers: dict[str, list[int]] = {}
        self._count = 0

    def fact(self, kind: type[Any]) -> Fact:
        """An instance; `texts` and `numbers` then hold what stands in each of its fields."""
        self.texts, self.numbers = {}, {}
        hints = get_type_hints(kind)
        fact: Fact = kind(**{field.name: self._value(field.name, field.name, hints[field.name]) for field in fields(kind)})
        return fact

    def _value(self, top: str, name: str, hint: Any) -> Any:
        self._count += 1
        if get_origin(hint) is tuple:
            return tuple(self._value(top, name, get_args(hint)[0]) for _ in range(2))
        if get_origin(hint) in (Union, UnionType):
            return self._value(top, name, next(each for each in get_args(hint) if each is not type(None)))
        if hint is bool:
            return True
        if hint is bytes:
            text = f"canary{self._count:06}{name}"
            self.texts.setdefault(top, []).append(text)
            return text.encode()
        if hint is int:
            self.numbers.setdefault(top, []).append(0x5A5A_0000_5A5A_0000 + self._count)
            return self.numbers[top][-1]
        if issubclass(hint, StrEnum):
            return list(hint)[-1]
        if hint is str:
            if name in DATE_FIELDS:
                return "2031-01-01"
            text = str(uuid.UUID(int=0xCAFE_0000 + self._count)) if name in UUID_FIELDS else f"canary{self._count:06}{name}"
            self.texts.setdefault(top, []).append(text)
            return text
        inner = get_type_hints(hint)
        return hint(**{field.name: self._value(top, field.name, inner[field.name]) for field in fields(hint)})
