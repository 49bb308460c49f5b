"""The rules of README.md, one function each. Every function yields a sentence for each thing that breaks its rule, saying where and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, groupby
from typing import Any

from avro_schemas.compatibility import why_unreadable
from avro_schemas.files import Released, compiled, current_symbols, digest_of, path_of
from events.resolution import Schema, kind_of
from events.schemas import Version

_NAMESPACE = "eu.staffetta"
_SHORTEST_DOC = 12
_HOW = "`python -m avro_schemas.check --release` enters it for ever"


def never_edited(versions: tuple[Version, ...], released: Released) -> Iterator[str]:
    """Rule 1: a released file is there, byte for byte."""
    found = {path_of(version): digest_of(version) for version in versions}
    for path, digest in released.sha256.items():
        if path not in found:
            yield f"{path}: was released and is gone; put it back, for there is data under it"
        elif found[path] != digest:
            yield f"{path}: was released and has been edited since; put it back and write the change as a new version"


def released_before_use(versions: tuple[Version, ...], released: Released) -> Iterator[str]:
    """Rules 1 and 6, the other way: the codec writes the newest version and any symbol, so they must be released ones."""
    for version in versions:
        if path_of(version) not in released.sha256:
            yield f"{path_of(version)}: not released; {_HOW}"
    for name, symbols in current_symbols().items():
        for symbol in symbols:
            if symbol not in released.symbols.get(name, []):
                yield f"vocabulary {name}: {symbol} is not released; {_HOW}"


def fully_compatible(versions: tuple[Version, ...]) -> Iterator[str]:
    """Rule 2: every version of a record reads every other, and no field changes its logical type or vocabulary."""
    for _, group in groupby(versions, key=lambda each: (each.stream, each.name)):
        same = list(group)
        if [each.version for each in same] != list(range(1, len(same) + 1)):
            yield f"{path_of(same[0])}: versions count 1, 2, 3, ... without a gap"
        for older, newer in combinations(same, 2):
            for reader, writer in ((newer, older), (older, newer)):
                for why in why_unreadable(reader.schema, writer.schema):
                    yield f"{path_of(reader)} cannot read what v{writer.version} wrote: {why}"
            for where, before, after in _shared_types(older.schema, newer.schema, ""):
                if _meaning_of(before) != _meaning_of(after):
                    yield f"{path_of(newer)}: {where} means something else than in v{older.version}: a type, its logicalType and vocabulary stay"


def _shared_types(older: Schema, newer: Schema, where: str) -> Iterator[tuple[str, Schema, Schema]]:
    """Every type that both versions have in the same place."""
    yield where or "the record", older, newer
    if kind_of(older) != kind_of(newer):
        return
    match kind_of(older):
        case "union":
            for one, other in zip(older, newer, strict=False):
                yield from _shared_types(one, other, where)
        case "array":
            yield from _shared_types(older["items"], newer["items"], f"{where}[]")
        case "record":
            after = {field["name"]: field["type"] for field in newer["fields"]}
            for field in older["fields"]:
                if field["name"] in after:
                    yield from _shared_types(field["type"], after[field["name"]], f"{where}.{field['name']}".removeprefix("."))


def _meaning_of(schema: Schema) -> tuple[Any, ...]:
    extras = (schema.get("logicalType"), schema.get("vocabulary")) if isinstance(schema, dict) else (None, None)
    return kind_of(schema), *extras


def one_text_a_fingerprint(versions: tuple[Version, ...]) -> Iterator[str]:
    """Rule 3."""
    met: dict[bytes, Version] = {}
    for version in versions:
        other = met.setdefault(version.fingerprint, version)
        if other is not version:
            yield (
                f"{path_of(version)}: has the fingerprint of {path_of(other)} ({version.fingerprint.hex()}); "
                "docs, defaults and logical types alone make no new version"
            )


def documented(versions: tuple[Version, ...]) -> Iterator[str]:
    """Rule 4: a sentence for every record, every fixed and every field."""
    for version in versions:
        for where, doc in _docs(version.schema, version.name):
            if not isinstance(doc, str) or not doc.strip():
                yield f"{path_of(version)}: {where} has no doc; say what it means, and in which unit"
            elif len(doc) < _SHORTEST_DOC or not doc.endswith("."):
                yield f"{path_of(version)}: the doc of {where} is no sentence"


def _docs(schema: Schema, where: str) -> Iterator[tuple[str, object]]:
    match kind_of(schema):
        case "union":
            for branch in schema:
                yield from _docs(branch, where)
        case "array":
            yield from _docs(schema["items"], where)
        case "fixed":
            yield f"{where} (its type)", schema.get("doc")
        case "record":
            yield f"{where} (its type)" if "." in where else where, schema.get("doc")
            for field in schema["fields"]:
                yield f"{where}.{field['name']}", field.get("doc")
                yield from _docs(field["type"], f"{where}.{field['name']}")


def allowed_types(versions: tuple[Version, ...]) -> Iterator[str]:
    """What a schema may use: what the codec compiles; names and namespaces as README.md says; a null default for what may be null."""
    homes: dict[str, str] = {}
    for version in versions:
        path = path_of(version)
        if homes.setdefault(version.name, version.stream) != version.stream:
            yield f"{path}: {version.name} already belongs to the stream {homes[version.name]}"
        if version.schema["name"] != f"{_NAMESPACE}.{version.stream}.{version.name}":
            yield f"{path}: its full name must be {_NAMESPACE}.{version.stream}.{version.name}"
        try:
            compiled(version.text)
        except (TypeError, KeyError) as problem:
            yield f"{path}: {problem}"
            continue
        for field in _fields(version.schema):
            if kind_of(field["type"]) == "union" and field.get("default", "") is not None:
                yield f"{path}: {field['name']} may be null, so its default is null"


def _fields(schema: Schema) -> Iterator[Any]:
    match kind_of(schema):
        case "union":
            for branch in schema:
                yield from _fields(branch)
        case "array":
            yield from _fields(schema["items"])
        case "record":
            for field in schema["fields"]:
                yield field
                yield from _fields(field["type"])


def vocabularies_only_grow(released: Released) -> Iterator[str]:
    """Rule 6."""
    now = current_symbols()
    for name, symbols in released.symbols.items():
        for symbol in symbols:
            if symbol not in now.get(name, []):
                yield f"vocabulary {name}: {symbol} was released and is gone; a symbol stays, under the same word"
