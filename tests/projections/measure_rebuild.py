"""Measures a rebuild against what it cannot do without: `python -m tests.projections.measure_rebuild [ENTRIES]`.

Prints entries a second of: reading and decoding alone; the same and COPY of the same bytes (the raw baseline); opening too; the whole rebuild; live runs.
Its own broker and database, thrown away.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import asyncpg

from events.codec import decode_fact
from events.entry import Decided
from events.errors import Undecodable
from events.topics import TopicNames
from ops.services.kafka import KafkaCluster
from ops.services.postgres import PostgresServer
from ops.services.throwaway import throwaway_directory
from ops.topics import create_topics
from projections import entries
from projections.loading import REBUILD_RECORDS
from projections.rebuild import rebuild
from projections.runner import Source
from projections.schema import create
from projections.store import Stand
from reading.keys_postgres import PostgresKeyStore
from reading.keys_schema import migrate
from reading.ledger_reader import AcceptedRecord
from reading.vault import Vault
from tests.projections.runner_process import MASTER
from tests.projections.stored import run_until
from tests.projections.story import Story
from tests.projections.written import published, written

BEGINNING = Stand(None, 0, "", -1, b"")


def decoded(records: list[AcceptedRecord]) -> None:
    """Decodes every fact, opening none."""
    for record in records:
        if isinstance(record.body, Decided):
            for value in (record.body.event, *record.body.outcomes):
                try:
                    decode_fact(value)
                except Undecodable:
                    continue


async def baseline(source: Source, url: str, vault: Vault | None, *, copying: bool) -> None:
    """Reads, decodes, perhaps opens, and copies the entries' bytes into a table without indexes, one batch behind."""
    connection = await asyncpg.connect(url)
    schema = f"raw_{time.time_ns()}"
    async with connection.transaction():
        await create(connection, schema, indexes=False)
    copied: asyncio.Task[None] | None = None

    async def copy(rows: Sequence[tuple[object, ...]]) -> None:
        await connection.copy_records_to_table("entries", schema_name=schema, columns=list(entries.COLUMNS), records=rows)

    async with source.reader(BEGINNING) as reader:
        async for records in reader.read_to_end(REBUILD_RECORDS):
            if vault is None:
                decoded(records)
            else:
                await vault.open_entries([(record.envelope, record.body) for record in records])
            if copying:
                stored = [entries.fold(record.position, record.envelope, record.body, record.value) for record in records]
                if copied:
                    await copied
                copied = asyncio.create_task(copy(stored))
    if copied:
        await copied
    await connection.close()


async def timed(what: str, count: int, work: Callable[[], Awaitable[object]]) -> float:
    """Entries a second; printed."""
    began = time.perf_counter()
    done = await work()
    rate = count / (time.perf_counter() - began)
    print(f"{what:<58} {rate:>9,.0f} entries/s   {done or ''}", flush=True)
    return rate


async def measure(count: int, directory: Path) -> None:
    with KafkaCluster(directory / "kafka") as kafka, PostgresServer(directory / "postgres") as postgres:
        url, keys_url = postgres.create_database("views"), postgres.create_database("keys")
        await migrate(keys_url)
        names = TopicNames("measured")
        await create_topics(kafka.bootstrap, names, 1, replication=1, min_insync=1, timestamp_type="CreateTime")
        async with await PostgresKeyStore.open(keys_url, "it", MASTER) as keystore:
            keystore.serve()
            values = await written(Vault("it", keystore), Story(1, projects=21, units=120).tell(count))
            await published(kafka.bootstrap, names, 0, values)
            print(f"{len(values)} entries, {sum(map(len, values)) / len(values):,.0f} bytes each", flush=True)
            source = Source(kafka.bootstrap, names, "it", 0)
            for _ in range(2):
                await timed("read, decode", count, lambda: baseline(source, url, None, copying=False))
                raw = await timed("read, decode, COPY of the same bytes (raw)", count, lambda: baseline(source, url, None, copying=True))
                opened = await timed("read, open, COPY of the same bytes", count, lambda: baseline(source, url, Vault("it", keystore), copying=True))
                whole = await timed("rebuild: all views, indexes, swap", count, lambda: rebuild(url, Vault("it", keystore), source))
                print(f"rebuild / raw = {whole / raw:.2f}, rebuild / opened = {whole / opened:.2f}", flush=True)
            connection = await asyncpg.connect(url)
            await connection.execute("drop schema views_it cascade")
            await connection.close()
            await timed(
                "live, at most 200 entries in a transaction", count, lambda: run_until(url, Vault("it", keystore), source, count, within_s=600)
            )


if __name__ == "__main__":
    with throwaway_directory() as place:
        asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, place))
