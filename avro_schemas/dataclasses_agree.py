"""Rules 5 and 7 of README.md: the dataclasses of the code and the newest schemas say the same, and the clear half tells nothing it must not."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import is_dataclass
from enum import StrEnum
from typing import Any, get_args, get_origin

from avro_schemas.files import current_symbols, path_of
from events import entry
from events.fact import SealedUnder
from events.facts import FACT_TYPES
from events.resolution import Schema, kind_of
from events.schemas import Version
from events.typed import hints_of, optional_of

_CLEAR_OF_A_CASE = {"event_id", "sealed"}
"""All that may be clear in a fact sealed under a case's key or its explanations' key."""
_MODULES = {"ledger": "events.entry", "snapshot": "coordinator.domain.snapshot"}
"""Where the dataclasses of a stream's records stand, for streams that are not facts."""
_SIMPLE = {str: {"string", "date"}, int: {"long"}, bool: {"boolean"}, bytes: {"bytes", "fixed"}}


def dataclasses_agree(versions: tuple[Version, ...]) -> Iterator[str]:
    """Each dataclass has its schema or schemas, each schema its dataclass, and fields and types agree."""
    newest = {version.name: version for version in versions}
    expected: set[str] = set()
    for name, kind in FACT_TYPES.items():
        expected |= {name} if kind.sealed_under is SealedUnder.NOBODY else {name, f"{name}Private"}
        yield from _fact(name, kind, newest)
    for version in newest.values():
        if version.stream in _MODULES:
            expected.add(version.name)
            record = getattr(importlib.import_module(_MODULES[version.stream]), version.name, None)
            if record is None:
                yield f"{path_of(version)}: no dataclass {version.name} in {_MODULES[version.stream]}"
            else:
                yield from _compare(path_of(version), {field["name"]: field["type"] for field in version.schema["fields"]}, hints_of(record))
    for kind in entry.Body.__args__:
        if kind.__name__ not in newest:
            yield f"ledger/{kind.__name__}: the dataclass has no schema"
    for name in newest.keys() - expected:
        yield f"{path_of(newest[name])}: no dataclass of the code goes with it"
    for version in versions:
        if version.name in FACT_TYPES and "event_id" in hints_of(FACT_TYPES[version.name]) and version.schema["fields"][0]["name"] != "event_id":
            yield f"{path_of(version)}: event_id must be the first field of an event, so that it can be read without the rest"


def _fact(name: str, kind: Any, newest: Mapping[str, Version]) -> Iterator[str]:
    if name not in newest:
        yield f"{name}: the dataclass has no schema"
        return
    clear, private = newest[name], newest.get(f"{name}Private")
    in_clear = {field["name"] for field in clear.schema["fields"]}
    in_private = set() if private is None else {field["name"] for field in private.schema["fields"]}
    hints = hints_of(kind)
    sealed = kind.sealed_under is not SealedUnder.NOBODY
    if sealed != (private is not None):
        yield f"{path_of(clear)}: sealed under {kind.sealed_under}, so {'there must be a' if sealed else 'there may be no'} {name}Private"
    if sealed != ("sealed" in in_clear):
        yield f"{path_of(clear)}: a field `sealed` stands in a fact that has a private part, and in no other"
    for field in sorted(in_clear & in_private):
        yield f"{path_of(clear)}: {field} stands in the clear half and in the private one"
    if kind.sealed_under in (SealedUnder.CASE, SealedUnder.CASE_OR_NETWORK, SealedUnder.EXPLANATION):
        for field in sorted(in_clear - _CLEAR_OF_A_CASE):
            yield f"{path_of(clear)}: {field} is clear in a fact about a case; move it to {name}Private"
    if "actor" in in_clear:
        yield f"{path_of(clear)}: actor is clear; who acted is always private"
    both = {field["name"]: field["type"] for version in (clear, private) if version is not None for field in version.schema["fields"]}
    both.pop("sealed", None)
    yield from _compare(path_of(clear), both, hints)


def _compare(where: str, schemas: Mapping[str, Schema], hints: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(schemas.keys() - hints.keys()):
        yield f"{where}: {name} stands in the schema and not in the dataclass"
    for name in sorted(hints.keys() - schemas.keys()):
        yield f"{where}: {name} stands in the dataclass and in no schema"
    for name in schemas.keys() & hints.keys():
        yield from _type_agrees(f"{where}: {name}", schemas[name], hints[name])


def _type_agrees(where: str, schema: Schema, hint: Any) -> Iterator[str]:
    kind = kind_of(schema)
    if kind == "union":
        try:
            yield from _type_agrees(where, schema[1], optional_of(hint))
        except TypeError:
            yield f"{where} may be null in the schema and not in the dataclass"
    elif kind == "array":
        if get_origin(hint) is tuple:
            yield from _type_agrees(f"{where}[]", schema["items"], get_args(hint)[0])
        else:
            yield f"{where} is an array in the schema and no tuple in the dataclass"
    elif kind == "record":
        if is_dataclass(hint) and isinstance(hint, type) and schema["name"].endswith(f".{hint.__name__}"):
            yield from _compare(where, {field["name"]: field["type"] for field in schema["fields"]}, hints_of(hint))
        else:
            yield f"{where} is the record {schema['name']} in the schema and something else in the dataclass"
    elif isinstance(hint, type) and issubclass(hint, StrEnum):
        if kind != "string" or not isinstance(schema, dict) or schema.get("vocabulary") != hint.__name__:
            yield f'{where} must be a string with "vocabulary": "{hint.__name__}"'
    elif kind not in _SIMPLE.get(hint, set()):
        yield f"{where} is {kind} in the schema and {getattr(hint, '__name__', hint)} in the dataclass"
    if isinstance(schema, dict) and schema.get("vocabulary", "Role") not in current_symbols():
        yield f"{where} names a vocabulary that does not exist: {schema['vocabulary']}"
