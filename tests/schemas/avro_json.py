"""Plain values as Avro's own JSON encoding, which Apache's library reads and writes: unions are named, bytes are Latin-1 text, dates are days."""

from __future__ import annotations

from datetime import date
from typing import Any

from events.compiled import Plain
from events.resolution import Schema, kind_of


def avro_json(plain: Plain, schema: Schema) -> Any:
    """What `json.dumps` must be given."""
    match kind_of(schema):
        case "record":
            return {field["name"]: avro_json(plain[field["name"]], field["type"]) for field in schema["fields"]}
        case "array":
            return [avro_json(each, schema["items"]) for each in plain]
        case "union":
            return None if plain is None else {_branch(schema[1]): avro_json(plain, schema[1])}
        case "bytes" | "fixed":
            return plain.decode("latin-1")
        case "date":
            return (date.fromisoformat(plain) - date(1970, 1, 1)).days
        case _:
            return plain


def _branch(schema: Schema) -> str:
    kind = kind_of(schema)
    return str(schema["name"]) if kind in ("record", "fixed") else "int" if kind == "date" else kind
