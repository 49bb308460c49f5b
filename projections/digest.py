"""A digest of stored views, by which two folds of the same ledger are compared: a rebuild must give what the live runner gave, byte for byte."""

from __future__ import annotations

import hashlib

import asyncpg

from projections.schema import TABLES, schema_of


async def digest_views(database_url: str, network: str) -> dict[str, str]:
    """SHA-256 in hex of every folded table of a network's views, rows as text in order, and of where they stand (`position`).

    Ask while no runner writes, or two digests are of two moments.
    """
    connection = await asyncpg.connect(database_url)
    try:
        schema = schema_of(network)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            found = {}
            for table in TABLES:
                digest = hashlib.sha256()
                async for row in connection.cursor(f'select row::text from "{schema}".{table} as row order by 1'):
                    digest.update(row[0].encode())
                    digest.update(b"\n")
                found[table] = digest.hexdigest()
            position = f'select row(sequence, hash, ledger_offset, event_offset, event_time_ms)::text from "{schema}".view_position'
            found["position"] = hashlib.sha256(str(await connection.fetchval(position)).encode()).hexdigest()
        return found
    finally:
        await connection.close()
