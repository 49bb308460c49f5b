"""A schema's parsed JSON, made easy to walk: names replaced by what they name, and each type's kind told in one word."""

from __future__ import annotations

from typing import Any

Schema = Any
"""Parsed JSON of one schema or of a part of one. `Any`: its form is checked where it is compiled."""

_PRIMITIVES = frozenset({"null", "boolean", "int", "long", "string", "bytes", "float", "double"})


def inlined(schema: Schema, namespace: str = "", known: dict[str, Schema] | None = None) -> Schema:
    """The schema with each reference to a name replaced by its definition, and each definition under its full name.

    Raises KeyError for a name not defined before its use, a recursive one included.
    """
    known = {} if known is None else known
    if isinstance(schema, str):
        return schema if schema in _PRIMITIVES else known[schema if "." in schema else f"{namespace}.{schema}"]
    if isinstance(schema, list):
        return [inlined(branch, namespace, known) for branch in schema]
    kind = schema["type"]
    if kind == "array":
        return {**schema, "items": inlined(schema["items"], namespace, known)}
    if kind not in ("record", "fixed"):
        return schema
    namespace = schema.get("namespace", namespace)
    name = schema["name"] if "." in schema["name"] else f"{namespace}.{schema['name']}"
    whole = {**schema, "name": name}
    if kind == "record":
        whole["fields"] = [{**field, "type": inlined(field["type"], name.rpartition(".")[0], known)} for field in schema["fields"]]
    known[name] = whole
    return whole


def kind_of(schema: Schema) -> str:
    """`union`, `record`, `array`, `fixed`, `date` (an int with that logical type) or the name of a primitive type."""
    if isinstance(schema, list):
        return "union"
    if isinstance(schema, str):
        return schema
    return "date" if schema["type"] == "int" and schema.get("logicalType") == "date" else str(schema["type"])


def takes_a_byte(schema: Schema) -> bool:
    """Whether each value of this type has one byte at least."""
    kind = kind_of(schema)
    return kind != "null" and (kind != "record" or any(takes_a_byte(field["type"]) for field in schema["fields"]))
