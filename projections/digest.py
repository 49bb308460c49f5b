"""All bytes of stored views, as one hash a table: what says that two sets of views are the same."""

from __future__ import annotations

import hashlib

import asyncpg

from projections.schema import TABLES, schema_of

ROWS_AT_ONCE = 2_000


async def digest_views(database_url: str, network: str) -> dict[str, str]:
    """SHA-256 (hex) of each folded table's rows in order, by table; `position` of where they stand. All of one moment of the database."""
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            await connection.execute(f'set local search_path to "{schema_of(network)}"')
            await connection.execute("lock table view_position in access share mode")
            digests: dict[str, str] = {}
            for table in TABLES:
                digest = hashlib.sha256()
                async for row in connection.cursor(f"select row::text as row from {table} as row order by 1", prefetch=ROWS_AT_ONCE):
                    digest.update(row["row"].encode() + b"\n")
                digests[table] = digest.hexdigest()
            stands = await connection.fetchval("select row(sequence, hash, ledger_offset, event_offset, event_time_ms)::text from view_position")
            digests["position"] = hashlib.sha256(str(stands).encode()).hexdigest()
            return digests
    finally:
        await connection.close()
