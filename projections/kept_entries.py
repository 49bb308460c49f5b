"""The accepted entries that the views keep, byte for byte: what `staffetta heal` gives a ledger back. Needs no key and no ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg

from projections.queries import named_queries
from projections.schema import schema_of

_AT_ONCE = 500
_ENTRIES_AFTER = named_queries("entries")["entries_after"]


async def kept_entries(database_url: str, network: str) -> AsyncIterator[bytes]:
    """Record values in sequence order, from the genesis on. Raises asyncpg's errors where the database cannot be asked."""
    connection = await asyncpg.connect(database_url, timeout=10)
    try:
        await connection.execute(f'set search_path to "{schema_of(network)}"')
        last = -1
        while rows := await connection.fetch(_ENTRIES_AFTER, last, _AT_ONCE):
            for row in rows:
                yield row["value"]
            last = rows[-1]["sequence"]
    finally:
        await connection.close()
