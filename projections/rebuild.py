"""Folds a network's views again from the ledger, beside the ones that serve, and swaps them in when they are level.

The ledger is streamed in large batches; rows that are over go to the shadow schema by COPY while the next batch is being read, rows that still hold are
kept in memory to the end, and each case is sealed once. The swap is one transaction: it holds the live position, so that no runner writes meanwhile, brings
the shadow level with what the live views have reached (a view never goes back), waits for readers under way, and renames.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass

import asyncpg

from projections import schema
from projections.case_file import cases_in
from projections.errors import RebuildRunning
from projections.folding import EMPTY, Batch, Folding
from projections.queries import named_queries
from projections.reported import Effects, effects_of
from projections.runner import Source, apply
from projections.store import CaseRows, Connection, Stand, Store
from reading.collecting import collecting_rarely
from reading.ledger_reader import AcceptedRecord
from reading.vault import Vault

REBUILD_RECORDS = 2_000
PART_RECORDS = 250
"""Entries folded before the connection to the database gets a turn."""
FILES_IN_MEMORY = 50_000
"""Cases beyond these are sealed and written early, and read again when an entry is about them."""
LEVEL_WITHIN_S = 10.0
"""How long the live position is held while the last entries are folded; beyond it the rebuild fails, and the live views stay."""
SWAP_PAUSE_S = 0.2
SWAP_WAITS_MS = 2_000
"""How long the swap waits for readers under way, while new ones wait for it; then it lets them pass and tries again."""
_POSITION = named_queries("position")


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did."""

    network: str
    entries: int
    sequence: int
    """Where the views stand that it swapped in."""
    folding_s: float
    """From the first entry to the last: reading, opening, folding, COPY."""
    finishing_s: float
    """Sealing the cases, indexes, levelling, swap."""


async def rebuild(
    database_url: str, vault: Vault, source: Source, *, max_records: int = REBUILD_RECORDS, files_in_memory: int = FILES_IN_MEMORY
) -> Rebuilt:
    """Rebuilds and swaps in one network's views. A failure or a crash leaves the serving ones as they were, and nothing but a shadow to be dropped.

    Raises RebuildRunning, PlaceHeldTwice, and what the reader and the vault raise.
    """
    with collecting_rarely():  # and until all that was folded is let go: the search that follows would go through every bit of it
        return await _rebuild(database_url, vault, source, max_records, files_in_memory)


async def _rebuild(database_url: str, vault: Vault, source: Source, max_records: int, files_in_memory: int) -> Rebuilt:
    connection, beside = await asyncpg.connect(database_url), await asyncpg.connect(database_url)
    try:
        if not await connection.fetchval("select pg_try_advisory_lock(hashtextextended($1, 0))", schema.shadow_of(source.network)):
            raise RebuildRunning(source.network)
        store = Store(connection, schema.shadow_of(source.network), vault)
        generation = await _fresh_shadow(store)
        began = time.monotonic()
        folding, stand = Folding(EMPTY), Stand(None, generation, schema.SHAPE, -1, b"")
        loader = _Loader(store, folding, beside, files_in_memory)
        async with source.reader(stand) as reader:
            async for records in reader.read_to_end(max_records):
                await loader.take(records)
        folded = time.monotonic()
        stand = await loader.finish(stand)
        stand = await _level(store, folding, source, stand)
        stand = await _swap(store, folding, source, beside, stand)
        await _drop_replaced(connection, source.network)
    finally:
        connection.terminate()
        beside.terminate()
    return Rebuilt(source.network, stand.sequence + 1, stand.sequence, folded - began, time.monotonic() - folded)


async def _fresh_shadow(store: Store) -> int:
    """Makes the shadow schema, whatever a crashed rebuild left there. Gives its generation."""
    live = schema.schema_of(store.network)
    async with store.connection.transaction():
        generation = 1
        if await schema.exists(store.connection, live):
            generation += await store.connection.fetchval(f'select coalesce(max(generation), 0) from "{live}".view_position')
        await store.connection.execute(f'drop schema if exists "{store.schema}" cascade')
        await schema.create(store.connection, store.schema, indexes=False)
        await store.begin(generation)
    return generation


class _Loader:
    """Fills a shadow: folds a batch while the rows of the one before it are being copied, and seals the cases while their indexes are being made."""

    def __init__(self, store: Store, folding: Folding, beside: Connection, files_in_memory: int) -> None:
        self._store = store
        self._beside = beside
        self._folding = folding
        self._files_in_memory = files_in_memory
        self._spilled: set[str] = set()
        self._copying: asyncio.Task[None] | None = None
        self._last: Batch | None = None

    async def take(self, records: list[AcceptedRecord]) -> None:
        """Folds one batch, in parts between which the rows of the one before go on their way."""
        for start in range(0, len(records), PART_RECORDS):
            part = records[start : start + PART_RECORDS]
            opened = await self._store.open(part)
            effects = [effects_of(entry) for entry in opened]
            await self._know(effects)
            for record, entry, effect in zip(part, opened, effects, strict=True):
                self._folding.fold(record, entry, effect)
            await asyncio.sleep(0)
        batch = self._folding.take(current_too=False)
        await self._copied()
        files = self._folding.spill(self._files_in_memory)
        self._spilled.update(files)
        rows = await self._store.seal(files, self._folding.projects()) if files else CaseRows()
        self._last = batch
        self._copying = asyncio.create_task(self._copy(batch, rows))

    async def finish(self, stand: Stand) -> Stand:
        """Writes what was kept back, the position and the indexes."""
        await self._copied()
        if self._last is None:
            return stand
        indexing = asyncio.create_task(schema.add_indexes(self._beside, self._store.schema, complete_first=True))
        try:
            await asyncio.sleep(0)  # so that the server has it before the sealing, which lets nobody else work here
            batch = self._folding.take(current_too=True)
            batch.position = self._last.position
            rows = await self._store.seal(batch.files, self._folding.projects())
            async with self._store.connection.transaction():
                await self._store.connection.execute(f'set local search_path to "{self._store.schema}"')
                if batch.position is not None:
                    stand = await self._store.advance(batch.position, stand)
                await self._store.write_rows(batch, rows, first_cases=not self._spilled)
            await schema.add_indexes(self._store.connection, self._store.schema, complete_first=False)
        finally:
            await indexing
        return stand

    async def _know(self, effects: list[Effects]) -> None:
        needed = {case: None for entry in effects for case in sorted(cases_in(entry))}
        unknown = self._folding.unknown(needed)
        stored = [case for case in unknown if case in self._spilled]
        if stored:
            await self._copied()
        self._folding.know({**dict.fromkeys(unknown), **await self._store.load_files(stored)})

    async def _copied(self) -> None:
        if self._copying is not None:
            copying, self._copying = self._copying, None
            await copying

    async def _copy(self, batch: Batch, rows: CaseRows) -> None:
        batch.changed = {}
        async with self._store.connection.transaction():
            await self._store.connection.execute(f'set local search_path to "{self._store.schema}"')
            await self._store.write_rows(batch, rows)


async def _level(store: Store, folding: Folding, source: Source, stand: Stand) -> Stand:
    """Brings the shadow to the end that the ledger has now. By a new reader: on a connection that waits for new entries, the end is told after the wait."""
    async with source.reader(stand) as reader:
        async for records in reader.read_to_end():
            stand = await apply(store, folding, records, stand)
    return stand


async def _swap(store: Store, folding: Folding, source: Source, connection: Connection, stand: Stand) -> Stand:
    """Puts the shadow in the place of the live views, once it is not behind them. `connection` is not the store's."""
    live, shadow, network = schema.schema_of(store.network), store.schema, store.network
    while True:
        try:
            async with connection.transaction():
                await connection.execute(f"set local lock_timeout = {SWAP_WAITS_MS}")
                if await schema.exists(connection, live):
                    await connection.execute(f'lock table "{live}".view_position in exclusive mode')
                    if await connection.fetchval(f'select sequence from "{live}".view_position') > stand.sequence:
                        async with asyncio.timeout(LEVEL_WITHIN_S):
                            stand = await _level(store, folding, source, stand)
                    await connection.execute(f'lock table "{live}".view_position in access exclusive mode')
                    await connection.execute(f'update "{live}".view_position set generation = -1')
                    await connection.execute(f'drop schema if exists "{_replaced(live)}" cascade')
                    await connection.execute(f'alter schema "{live}" rename to "{_replaced(live)}"')
                await connection.execute(f'alter schema "{shadow}" rename to "{live}"')
                await connection.execute(_POSITION["notify"], schema.channel_of(network), str(stand.sequence))
            return stand
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            await asyncio.sleep(SWAP_PAUSE_S)


async def _drop_replaced(connection: Connection, network: str) -> None:
    """Drops the replaced views when no reader uses them; where that takes long, the next rebuild does it."""
    with contextlib.suppress(asyncpg.LockNotAvailableError):
        async with connection.transaction():
            await connection.execute(f"set local lock_timeout = {10 * SWAP_WAITS_MS}")
            await connection.execute(f'drop schema if exists "{_replaced(schema.schema_of(network))}" cascade')


def _replaced(live: str) -> str:
    return live + "__old"
