"""The events file: plain events as JSON lines, and the same for one event alone. Documented, with examples, in `docs/events-file.md`.

    {"event": "UnitClosed", "event_id": "…", "actor": {"person": "…", "body": "…", "role": "project"}, "unit_id": "…"}

Strict: a missing field, an unknown one, a repeated one, a text for a number, all are errors, with the line's number, the field and what to do. Only a
field that may be null may be left out. What a field *holds* (a negative count, an unknown project) is the network's to refuse, with a code in the ledger.

Error texts never repeat a value of the line: it may describe a person.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError, create_model
from pydantic_core import ErrorDetails

from events.codec import EVENT_NAMES, OUTCOME_NAMES
from events.errors import LineInvalid
from events.facts import EVENT_TYPES, Event
from events.ids import is_uuid
from events.resolution import Schema
from events.schemas import newest
from events.typed import hints_of, record_to_plain

MAX_LINE_BYTES = 262_144
"""Of one line in UTF-8. An event is 65,536 bytes at most in the events topic; JSON with every character escaped may take more."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_LAST_INSTANT_MS = 253_402_300_799_999
"""The last millisecond of the year 9999."""
_MAX_PROBLEMS = 3
_A_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}\Z")
_NOT_IN_TEXT = re.compile("[\0\ud800-\udfff]")


def parse_line(text: str, line: int) -> Event:
    """The event in one line of an events file (or in one JSON object; then `line` is 1). Raises LineInvalid."""
    if len(text) > MAX_LINE_BYTES or len(text.encode("utf-8", "replace")) > MAX_LINE_BYTES:
        raise LineInvalid(line, f"longer than {MAX_LINE_BYTES:,} bytes; an event is one line of at most that, so shorten its texts or split the file")
    name = _event_name(text, line)
    try:
        return _adapter(name).validate_json(text)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False, include_input=False, include_context=True)
        raise LineInvalid(line, f"{name}: " + _problems(name, errors)) from None


def format_line(event: Event) -> str:
    """The event as one line, without its end. `parse_line` gives it back. Instants are integers."""
    name = type(event).__name__
    return json.dumps({"event": name, **_plain(name)(event)}, ensure_ascii=False, separators=(",", ":"))


def _event_name(text: str, line: int) -> str:
    """What the line says it is, having looked for what a JSON parser passes over in silence."""
    try:
        whole = json.loads(text, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except json.JSONDecodeError as problem:
        raise LineInvalid(line, f"not JSON at column {problem.colno}: {problem.msg}; write one object on one line") from None
    except _Strict as problem:
        raise LineInvalid(line, str(problem)) from None
    except (ValueError, RecursionError):
        raise LineInvalid(line, "not JSON that can be read: a number too long or objects too deep; write one plain object") from None
    if not isinstance(whole, dict):
        raise LineInvalid(line, 'not an object; write {"event": "<name>", "event_id": "<uuid>", …}')
    name = whole.get("event")
    if not isinstance(name, str):
        raise LineInvalid(line, 'the field "event" is missing or no text; say which event this is, for example "event": "AvailabilityPublished"')
    if name in OUTCOME_NAMES:
        raise LineInvalid(line, f"{name} is an outcome: the coordinator decides it and nobody reports it; leave the line out")
    if name not in EVENT_NAMES:
        near = difflib.get_close_matches(name, EVENT_NAMES, n=1)
        raise LineInvalid(line, f"unknown event; {f'did you mean {near[0]}?' if near else 'one of: ' + ', '.join(sorted(EVENT_NAMES))}")
    return name


class _Strict(Exception):
    """JSON that is read differently by different readers."""


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _Strict(f"field {_shown(twice)} stands twice in one object; leave one of them out")
    return names


def _no_constant(name: str) -> Any:
    raise _Strict(f"{name} is not JSON; there are only whole numbers here")


def _shown(name: object) -> str:
    """A field's name, if it can be one; a stranger's text is not repeated."""
    return f'"{name}"' if isinstance(name, str) and _A_NAME.match(name) else "with a name that no field has"


# What a field must look like, beyond its JSON type


def _instant(value: Any) -> Any:
    """Integer milliseconds, or ISO 8601 text with an offset, as integer milliseconds."""
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            raise ValueError("is neither milliseconds nor ISO 8601; write for example 2026-03-01T08:30:00+01:00") from None
        if at.tzinfo is None:
            raise ValueError("has no offset from UTC; add one, for example +01:00 or Z")
        if at.microsecond % 1000:
            raise ValueError("is finer than a millisecond; round it")
        value = (at - _EPOCH) // _MILLISECOND
    if type(value) is int and not 0 <= value <= _LAST_INSTANT_MS:
        raise ValueError("is not between the years 1970 and 9999; instants are milliseconds since 1970-01-01T00:00:00Z")
    return value


def _uuid(value: str) -> str:
    if not is_uuid(value):
        raise ValueError("is not a UUID in lower case with hyphens, for example 01956c2e-7d1a-7c3b-8f2e-0123456789ab")
    return value


def _day(value: str) -> str:
    try:
        good = date.fromisoformat(value).isoformat() == value
    except ValueError:
        good = False
    if not good:
        raise ValueError("is not a day; write it as 2026-03-01")
    return value


def _text(value: str) -> str:
    if _NOT_IN_TEXT.search(value):
        raise ValueError("holds U+0000 or half a surrogate pair; leave it out")
    return value


def _whole(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise ValueError("is over 64 bits; use a smaller number")
    return value


_LOGICAL: dict[str, Any] = {
    "uuid": Annotated[str, AfterValidator(_uuid)],
    "timestamp-millis": Annotated[int, BeforeValidator(_instant)],
    "date": Annotated[str, AfterValidator(_day)],
}


def _accepted(hint: Any, schema: Schema) -> Any:
    """The type that pydantic is given for a field: its hint, narrowed by the logical type in its schema."""
    if isinstance(schema, list):
        return _accepted(next(each for each in get_args(hint) if each is not NoneType), schema[1]) | None
    if isinstance(schema, dict) and schema.get("logicalType") in _LOGICAL:
        return _LOGICAL[schema["logicalType"]]
    if get_origin(hint) is tuple:
        return tuple[_accepted(get_args(hint)[0], schema["items"]), ...]  # type: ignore[misc]
    if isinstance(schema, dict) and schema["type"] == "record":
        return _record(hint, {field["name"]: field["type"] for field in schema["fields"]})
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    return {str: Annotated[str, AfterValidator(_text)], int: Annotated[int, AfterValidator(_whole)], bool: bool}[hint]


def _record(kind: type, schemas: dict[str, Schema], event: str | None = None) -> Any:
    """A model that accepts one JSON object and yields the dataclass `kind`."""
    wanted: dict[str, Any] = {} if event is None else {"event": (Literal[event], ...)}
    for name, hint in hints_of(kind).items():
        wanted[name] = (_accepted(hint, schemas[name]), None if NoneType in get_args(hint) else ...)
    names = tuple(hints_of(kind))
    model: type[BaseModel] = create_model(kind.__name__, __config__=ConfigDict(strict=True, extra="forbid"), **wanted)
    return Annotated[model, AfterValidator(lambda read: kind(**{name: getattr(read, name) for name in names}))]


@cache
def _adapter(name: str) -> TypeAdapter[Event]:
    """Made at its first use: a file holds a part of all kinds."""
    kind = _TYPES[name]
    fields = [*newest()[name].schema["fields"], *newest()[f"{name}Private"].schema["fields"]]
    return TypeAdapter(_record(kind, {field["name"]: field["type"] for field in fields}, event=name))


_TYPES: dict[str, type[Event]] = {kind.__name__: kind for kind in EVENT_TYPES}


@cache
def _plain(name: str) -> Callable[[Any], dict[str, Any]]:
    return record_to_plain(_TYPES[name], tuple(hints_of(_TYPES[name])))


# What is said about a line that is not accepted


def _problems(name: str, errors: list[ErrorDetails]) -> str:
    said = [_problem(name, error) for error in errors[:_MAX_PROBLEMS]]
    if len(errors) > _MAX_PROBLEMS:
        said.append(f"and {len(errors) - _MAX_PROBLEMS} more")
    return "; ".join(said)


_SAID = {
    "missing": "is missing; add it",
    "string_type": "must be a text in quotes",
    "int_type": "must be a whole number without quotes",
    "int_from_float": "must be a whole number, without a decimal point",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list in square brackets",
    "model_type": "must be an object in braces",
    "int_parsing_size": "is over 64 bits; use a smaller number",
}


def _problem(name: str, error: ErrorDetails) -> str:
    where = _where(error["loc"])
    match error["type"]:
        case "extra_forbidden":
            known = "" if len(error["loc"]) > 1 else f" ({name} has: {_fields(name)})"
            return f"unknown field {_shown(error['loc'][-1])}{_among(error['loc'][:-1])}; correct its name or leave it out{known}"
        case "enum":
            return f"field {where} must be one of {error['ctx']['expected'].replace(chr(39), '')}"
        case "value_error":
            return f"field {where} {error['ctx']['error']}"
        case "json_invalid":
            return "not JSON that can be read; write one plain object in UTF-8"
        case kind:
            return f"field {where} {_SAID.get(kind, 'is not what its schema says')}"


def _where(location: tuple[int | str, ...]) -> str:
    """`household[0].gender`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location).removeprefix(".")


def _among(location: tuple[int | str, ...]) -> str:
    return f" in {_where(location)}" if location else ""


def _fields(name: str) -> str:
    return ", ".join(hints_of(_TYPES[name]))
