"""What tests ask of stored views: all of their bytes, and runners that stop at a sequence."""

from __future__ import annotations

import asyncio
import time

import asyncpg

from projections.runner import Source, ViewRunner
from projections.schema import TABLES, schema_of
from reading.vault import Vault


async def dump(url: str, network: str = "it") -> dict[str, list[str]]:
    """Every folded table of a network's views, row by row as text, in order; and where they stand."""
    connection = await asyncpg.connect(url)
    try:
        schema = schema_of(network)
        found = {table: [row[0] for row in await connection.fetch(f'select row::text from "{schema}".{table} as row order by 1')] for table in TABLES}
        query = f'select row(sequence, hash, ledger_offset, event_offset, event_time_ms)::text from "{schema}".view_position'
        found["position"] = [await connection.fetchval(query)]
        return found
    finally:
        await connection.close()


async def run_until(url: str, vault: Vault, source: Source, sequence: int, *, max_records: int = 200, within_s: float = 60) -> None:
    """Runs a live runner until it has written this sequence, then stops it. Raises what stops it before."""
    runner = ViewRunner(url, vault, source, max_records=max_records)
    task = asyncio.create_task(runner.run())
    began = time.monotonic()
    try:
        while runner.sequence < sequence:
            if task.done():
                task.result()
            assert time.monotonic() - began < within_s, f"at {runner.sequence} of {sequence}"
            await asyncio.sleep(0.02)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
