"""The PostgreSQL schema that holds one network's views: its name, its tables, its shape.

A schema is made by the numbered migrations at once, and never altered afterwards: views can be folded again from the ledger, so a new shape is a rebuild
beside the serving one, and a swap.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection
from pathlib import Path

import asyncpg

FOLD_VERSION = 5
"""Grows whenever a fold gives other rows for the same entries."""

_MIGRATIONS = tuple(sorted((Path(__file__).parent / "migrations").glob("[0-9][0-9][0-9][0-9]_*.sql")))
_AFTER_LOADING = "-- after loading\n"
ROW_AN_ENTRY = frozenset({"entries", "audit"})
"""Tables that a rebuild has filled with its last batch."""
_INDEX_OF = re.compile(r"\b(?:alter table|on) (\w+)\b")
_LONGEST_NAME = 48
"""With what stands after it in the name of a shadow it fills the 63 bytes that PostgreSQL keeps of a name."""

TABLES = (
    "entries",
    "projects",
    "units",
    "policies",
    "duty",
    "figures",
    "holds",
    "asked",
    "answers",
    "cases",
    "transfers",
    "inbox",
    "audit",
    "verdicts",
    "view_changed",
)
"""Every table that is folded from the ledger, with nothing else in it."""


def _texts() -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8") for path in _MIGRATIONS)


SHAPE = f"{FOLD_VERSION}-{hashlib.sha256(''.join(_texts()).encode()).hexdigest()[:12]}"
"""Views of another shape than this are not written to by this release."""


def schema_of(network: str) -> str:
    """The name of the schema that serves a network."""
    name = "views_" + network.replace("-", "_")
    return name if len(name) <= _LONGEST_NAME else f"{name[:30]}_{hashlib.sha256(network.encode()).hexdigest()[:16]}"


def new_shadow(network: str) -> str:
    """A name for the schema in which one rebuild of a network works, and no other: whoever was part of a rebuild that is over, and does not know it yet,
    finds nothing under the name that it writes to."""
    return shadows_of(network) + secrets.token_hex(4)


def shadows_of(network: str) -> str:
    """What the names of all rebuilds' schemas of a network begin with; eight hexadecimal digits follow."""
    return schema_of(network) + "__next_"


async def shadows_left(connection: asyncpg.Connection[asyncpg.Record], network: str) -> list[str]:
    """Schemas of rebuilds of a network, the newest last."""
    rows = await connection.fetch("select nspname from pg_namespace where nspname ~ $1 order by oid", f"^{shadows_of(network)}[0-9a-f]{{8}}$")
    return [row["nspname"] for row in rows]


def channel_of(network: str) -> str:
    """The LISTEN channel on which the position is told after each batch."""
    return schema_of(network)


async def create(connection: asyncpg.Connection[asyncpg.Record], schema: str, *, indexes: bool) -> None:
    """Makes a schema with every table. Without `indexes`, `add_indexes` is to follow once the rows are in. Call it in a transaction."""
    await connection.execute(f'create schema "{schema}"')
    await connection.execute(f'set local search_path to "{schema}"')
    for text in _texts():
        before, _, after = text.partition(_AFTER_LOADING)
        await connection.execute(before)
        if indexes and after:
            await connection.execute(after)


async def add_indexes(connection: asyncpg.Connection[asyncpg.Record], schema: str, tables: Collection[str]) -> None:
    """Adds keys and indexes to these tables, which were loaded without, in a transaction of its own. One message to the server, which then works by itself."""
    statements = [
        statement
        for text in _texts()
        for statement in text.partition(_AFTER_LOADING)[2].split(";")
        if (named := _INDEX_OF.search(statement)) and named[1] in tables
    ]
    await connection.execute(f'begin; set local search_path to "{schema}"; {"; ".join([*statements, "commit"])}')


async def exists(connection: asyncpg.Connection[asyncpg.Record], schema: str) -> bool:
    """Whether the schema is there."""
    return bool(await connection.fetchval("select exists (select from pg_namespace where nspname = $1)", schema))
