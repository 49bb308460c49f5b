"""Whether data written under one schema can be read under another: Avro's schema resolution, as far as a schema here may go.

Rules from the specification of Apache Avro 1.12, "Schema Resolution". The tests hold this against Apache's own `SchemaCompatibility`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from events.resolution import Schema, kind_of

_PROMOTIONS = {
    "int": frozenset({"long", "float", "double"}),
    "date": frozenset({"long", "float", "double"}),
    "long": frozenset({"float", "double"}),
    "float": frozenset({"double"}),
    "string": frozenset({"bytes"}),
    "bytes": frozenset({"string"}),
}
"""Written as the key, readable as any of these."""


def why_unreadable(reader: Schema, writer: Schema, where: str = "") -> Iterator[str]:
    """Each place where `reader` cannot read what `writer` wrote; nothing where it can. Both inlined."""
    if isinstance(writer, list):
        for branch in writer:
            yield from why_unreadable(reader, branch, where)
        return
    if isinstance(reader, list):
        if not any(next(why_unreadable(branch, writer, where), None) is None for branch in reader):
            yield f"{where or 'the record'}: no branch of the union reads {kind_of(writer)}"
        return
    written, wanted = kind_of(writer), kind_of(reader)
    if written != wanted:
        if wanted not in _PROMOTIONS.get(written, frozenset()):
            yield f"{where or 'the record'}: {written} cannot be read as {wanted}"
        return
    yield from _why_unreadable_same_kind(reader, writer, where, wanted)


def _why_unreadable_same_kind(reader: Any, writer: Any, where: str, kind: str) -> Iterator[str]:
    if kind == "array":
        yield from why_unreadable(reader["items"], writer["items"], f"{where}[]")
    elif kind in ("record", "fixed") and reader["name"] != writer["name"]:
        yield f"{where or 'the record'}: {writer['name']} cannot be read as {reader['name']}"
    elif kind == "fixed" and reader["size"] != writer["size"]:
        yield f"{where}: {writer['size']} bytes cannot be read as {reader['size']}"
    elif kind == "record":
        written = {field["name"]: field for field in writer["fields"]}
        for field in reader["fields"]:
            inside = f"{where}.{field['name']}".removeprefix(".")
            if field["name"] in written:
                yield from why_unreadable(field["type"], written[field["name"]]["type"], inside)
            elif "default" not in field:
                yield f"{inside}: new, and without a default for data written before it"
