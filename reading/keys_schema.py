"""The key store's SQL: its named queries, and bringing its schema to the version of this release.

Migrations are `sql/keys/NNNN_name.sql`, applied in the order of their numbers, each once and in one transaction with its record. A released one is never
edited: its text is compared with what was applied.
"""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files

import asyncpg

from reading.key_errors import KeyStoreError

_FOLDER = files("reading") / "sql" / "keys"
_MIGRATION = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql\Z")
_NAME = re.compile(r"^-- name: ([a-z_]+)$", re.MULTILINE)
_LOCK = 0x5354_4B45
"""Advisory lock under which migrations run, so that two processes that start at once do not both apply one."""


def load_queries() -> dict[str, str]:
    """The text of each query of `queries.sql` by its name."""
    parts = _NAME.split((_FOLDER / "queries.sql").read_text("utf-8"))
    return {name: text.strip() for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def migrations() -> list[tuple[int, str, str]]:
    """Number, name and text of each migration, in order."""
    found = ((_MIGRATION.match(file.name), file) for file in _FOLDER.iterdir())
    return sorted((int(match[1]), match[2], file.read_text("utf-8")) for match, file in found if match)


async def migrate(url: str, *, role: str | None = None) -> tuple[str, ...]:
    """Bring the database at `url` (its owner's) to this release's schema and give the service's `role` its rights. Gives the names applied now.

    Raises KeyStoreError where a migration applied earlier had another text.
    """
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return await _migrate(connection, role)
    finally:
        await connection.close()


async def _migrate(connection: asyncpg.Connection, role: str | None) -> tuple[str, ...]:
    applied_now = []
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1)", _LOCK)
        await connection.execute(
            "create table if not exists public.keystore_migrations "
            "(number integer primary key, name text not null, text_hash text not null, applied_at timestamptz not null default now())"
        )
        applied = {row["number"]: row["text_hash"] for row in await connection.fetch("select number, text_hash from public.keystore_migrations")}
        for number, name, text in migrations():
            text_hash = hashlib.sha256(text.encode()).hexdigest()
            if number not in applied:
                await connection.execute(text)
                await connection.execute(
                    "insert into public.keystore_migrations (number, name, text_hash) values ($1, $2, $3)", number, name, text_hash
                )
                applied_now.append(name)
            elif applied[number] != text_hash:
                raise KeyStoreError(f"Migration {number:04} ({name}) was applied with another text than this release has.")
        if role is not None:
            quoted = await connection.fetchval("select quote_ident($1)", role)
            await connection.execute((_FOLDER / "grants.sql").read_text("utf-8").replace("{role}", quoted))
    return tuple(applied_now)
