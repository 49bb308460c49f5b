"""Between plain values (dict, list, str, int, ...) and the frozen dataclasses, by their type hints. Compiled once a type.

A vocabulary's symbol becomes a member of its `StrEnum`, a list a tuple, a nested record its dataclass. `None` for a converter means: nothing to do.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, Union, get_args, get_origin, get_type_hints

Converter = Callable[[Any], Any] | None

_hints: dict[type, dict[str, Any]] = {}
_UNCHANGED = (str, int, bool, bytes)


def hints_of(kind: type) -> dict[str, Any]:
    """Name -> type of each field of a dataclass, in order; class variables left out. Not to be changed."""
    known = _hints.get(kind)
    if known is None:
        hints = get_type_hints(kind)
        known = _hints[kind] = {field.name: hints[field.name] for field in fields(kind)}
    return known


def to_typed(hint: Any) -> Converter:
    """Plain -> typed. The converter raises KeyError for a symbol that the vocabulary does not know. Raises TypeError for a hint not used here."""
    if hint in _UNCHANGED:
        return None
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {member.value: member for member in hint}.__getitem__
    if isinstance(hint, type) and is_dataclass(hint):
        return _record_to_typed(hint)
    if get_origin(hint) is tuple:
        item = to_typed(_item_of(hint))
        return tuple if item is None else lambda values: tuple([item(value) for value in values])
    inner = to_typed(optional_of(hint))
    return None if inner is None else lambda value: None if value is None else inner(value)


def to_plain(hint: Any) -> Converter:
    """Typed -> plain. Raises TypeError for a hint not used here."""
    if hint in _UNCHANGED:
        return None
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {member: member.value for member in hint}.__getitem__
    if isinstance(hint, type) and is_dataclass(hint):
        return record_to_plain(hint, tuple(hints_of(hint)))
    if get_origin(hint) is tuple:
        item = to_plain(_item_of(hint))
        return list if item is None else lambda values: [item(value) for value in values]
    inner = to_plain(optional_of(hint))
    return None if inner is None else lambda value: None if value is None else inner(value)


def _item_of(hint: Any) -> Any:
    arguments = get_args(hint)
    if len(arguments) != 2 or arguments[1] is not Ellipsis:
        raise TypeError(f"a tuple here is tuple[X, ...], not {hint}")
    return arguments[0]


def optional_of(hint: Any) -> Any:
    """X of `X | None`. Raises TypeError for another hint."""
    inner = [each for each in get_args(hint) if each is not types.NoneType]
    if get_origin(hint) not in (types.UnionType, Union) or len(inner) != 1 or len(get_args(hint)) != 2:
        raise TypeError(f"a record here does not hold {hint}")
    return inner[0]


def _record_to_typed(kind: type) -> Callable[[Any], Any]:
    convert = fields_to_typed(kind, tuple(hints_of(kind)))
    return lambda record: kind(**convert(dict(record)))


def fields_to_typed(kind: type, names: tuple[str, ...]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A converter of some fields of a dataclass, as a dict. It changes and returns the dict it is given."""
    hints = hints_of(kind)
    changing = tuple((name, convert) for name in names if (convert := to_typed(hints[name])) is not None)

    def typed(record: dict[str, Any]) -> dict[str, Any]:
        for name, convert in changing:
            record[name] = convert(record[name])
        return record

    return typed


def record_to_plain(kind: type, names: tuple[str, ...]) -> Callable[[Any], dict[str, Any]]:
    """A converter of some fields of an instance to a new dict."""
    hints = hints_of(kind)
    steps = tuple((name, to_plain(hints[name])) for name in names)
    unchanged = all(convert is None for _, convert in steps)

    def plain(record: Any) -> dict[str, Any]:
        if unchanged:
            return {name: getattr(record, name) for name in names}
        return {name: getattr(record, name) if convert is None else convert(getattr(record, name)) for name, convert in steps}

    return plain
