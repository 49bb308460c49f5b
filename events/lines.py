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

from events import lines_words as words
from events.codec import EVENT_NAMES, OUTCOME_NAMES
from events.errors import LineInvalid
from events.facts import EVENT_TYPES, Event
from events.ids import is_uuid
from events.language import Said, filled, joined
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
        raise LineInvalid(line, filled(words.TOO_LONG, f"{MAX_LINE_BYTES:,}"))
    name = _event_name(text, line)
    try:
        return _adapter(name).validate_json(text)
    except ValidationError as invalid:
        errors = invalid.errors(include_url=False, include_input=False, include_context=True)
        raise LineInvalid(line, filled(("{}: {}", "{}: {}"), name, _problems(name, errors))) from None


def format_line(event: Event) -> str:
    """The event as one line, without its end. `parse_line` gives it back. Instants are integers."""
    name = type(event).__name__
    return json.dumps({"event": name, **_plain(name)(event)}, ensure_ascii=False, separators=(",", ":"))


def _event_name(text: str, line: int) -> str:
    """What the line says it is, having looked for what a JSON parser passes over in silence."""
    try:
        whole = json.loads(text, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except json.JSONDecodeError as problem:
        raise LineInvalid(line, filled(words.NOT_JSON, problem.colno, problem.msg)) from None
    except _Strict as strict:
        raise LineInvalid(line, strict.said) from None
    except (ValueError, RecursionError):
        raise LineInvalid(line, words.NOT_READABLE) from None
    if not isinstance(whole, dict):
        raise LineInvalid(line, filled(words.NO_OBJECT))
    name = whole.get("event")
    if not isinstance(name, str):
        raise LineInvalid(line, words.NO_EVENT)
    if name in OUTCOME_NAMES:
        raise LineInvalid(line, filled(words.AN_OUTCOME, name))
    if name not in EVENT_NAMES:
        near = difflib.get_close_matches(name, EVENT_NAMES, n=1)
        instead = filled(words.DID_YOU_MEAN, near[0]) if near else filled(words.ONE_OF, ", ".join(sorted(EVENT_NAMES)))
        raise LineInvalid(line, filled(words.UNKNOWN_EVENT, instead))
    return name


class _Strict(Exception):
    """JSON that is read differently by different readers."""

    def __init__(self, said: Said) -> None:
        super().__init__(said[0])
        self.said = said


class _Unfit(ValueError):
    """A value that its field cannot have: a sentence's second half, after the field's name."""

    def __init__(self, said: Said) -> None:
        super().__init__(said[0])
        self.said = said


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise _Strict(filled(words.TWICE, _shown(twice)))
    return names


def _no_constant(name: str) -> Any:
    raise _Strict(filled(words.NO_CONSTANT, name))


def _shown(name: object) -> Said:
    """A field's name, if it can be one; a stranger's text is not repeated."""
    return (f'"{name}"', f'"{name}"') if isinstance(name, str) and _A_NAME.match(name) else words.STRANGE_NAME


# What a field must look like, beyond its JSON type


def _instant(value: Any) -> Any:
    """Integer milliseconds, or ISO 8601 text with an offset, as integer milliseconds."""
    if isinstance(value, str):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            raise _Unfit(words.NO_INSTANT) from None
        if at.tzinfo is None:
            raise _Unfit(words.NO_OFFSET)
        if at.microsecond % 1000:
            raise _Unfit(words.TOO_FINE)
        value = (at - _EPOCH) // _MILLISECOND
    if type(value) is int and not 0 <= value <= _LAST_INSTANT_MS:
        raise _Unfit(words.NOT_IN_YEARS)
    return value


def _uuid(value: str) -> str:
    if not is_uuid(value):
        raise _Unfit(words.NO_UUID)
    return value


def _day(value: str) -> str:
    try:
        good = date.fromisoformat(value).isoformat() == value
    except ValueError:
        good = False
    if not good:
        raise _Unfit(words.NO_DAY)
    return value


def _text(value: str) -> str:
    if _NOT_IN_TEXT.search(value):
        raise _Unfit(words.NO_TEXT)
    return value


def _whole(value: int) -> int:
    if not -(2**63) <= value < 2**63:
        raise _Unfit(words.OVER_64_BITS)
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


def _problems(name: str, errors: list[ErrorDetails]) -> Said:
    said = [_problem(name, error) for error in errors[:_MAX_PROBLEMS]]
    if len(errors) > _MAX_PROBLEMS:
        said.append(filled(words.MORE, len(errors) - _MAX_PROBLEMS))
    return joined(said, "; ")


def _problem(name: str, error: ErrorDetails) -> Said:
    where = _where(error["loc"])
    match error["type"]:
        case "extra_forbidden":
            known = ("", "") if len(error["loc"]) > 1 else filled(words.HAS, name, _fields(name))
            return filled(words.UNKNOWN_FIELD, _shown(error["loc"][-1]), _among(error["loc"][:-1]), known)
        case "enum":
            return filled(words.FIELD, where, filled(words.MUST_BE_ONE_OF, _listed(error["ctx"]["expected"])))
        case "value_error":
            unfit = error["ctx"]["error"]
            assert isinstance(unfit, _Unfit), "validators here raise nothing else"
            return filled(words.FIELD, where, unfit.said)
        case "json_invalid":
            return words.NOT_UTF8
        case kind:
            return filled(words.FIELD, where, words.BY_KIND.get(kind, words.OTHERWISE))


def _listed(expected: str) -> Said:
    """Pydantic's `'a', 'b' or 'c'` without its quotation marks."""
    plain = expected.replace("'", "")
    return plain, " o ".join(plain.rsplit(" or ", 1))


def _where(location: tuple[int | str, ...]) -> str:
    """`household[0].gender`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location).removeprefix(".")


def _among(location: tuple[int | str, ...]) -> Said:
    return filled(words.AMONG, _where(location)) if location else ("", "")


def _fields(name: str) -> str:
    return ", ".join(hints_of(_TYPES[name]))
