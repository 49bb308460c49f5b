"""Fills a shadow schema from the ledger: what a rebuild does in its own process, and what `projections.clear_half` does in a second one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from events.acceptance import Position
from events.entry import OpenedEntry
from projections import schema
from projections.case_file import cases_of
from projections.folding import Batch, Folding
from projections.parts import tables_of
from projections.reported import Effects, effects_of
from projections.store import CaseRows, Connection, Stand, Store, held_once
from reading.ledger_follower import LedgerFollower
from reading.ledger_reader import AcceptedRecord

REBUILD_RECORDS = 1_000
"""Entries opened and folded at once. Between batches the connections to database and key store get their turn."""
LEVEL_RECORDS = 1_000
NOT_FLUSHED = {"synchronous_commit": "off"}
"""Settings of a connection that fills a shadow. The swap's commit waits for the disk, and with it for all that was written before, for the log is one."""
SEALED_AT_ONCE = 400
"""Cases sealed while the database takes in those before them."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Where reading stops. Null: there is no such limit."""

    end: int | None
    """Entries at this ledger offset and after it are left."""
    sequence: int | None
    """The last entry taken."""

    def takes(self, record: AcceptedRecord) -> bool:
        """Whether an entry lies before the limit."""
        position = record.position
        return (self.end is None or position.offset < self.end) and (self.sequence is None or position.sequence <= self.sequence)


async def entries_within(reader: LedgerFollower, limit: Limit, max_records: int = LEVEL_RECORDS) -> AsyncIterator[list[AcceptedRecord]]:
    """Batches of entries (none empty) up to the end that the ledger has now, those beyond the limit left out. Raises what the reader raises."""
    async for records in reader.read_to_end(max_records):
        taken = [record for record in records if limit.takes(record)]
        if taken:
            yield taken
        if len(taken) < len(records):
            return


class Loader:
    """Folds a batch while the keys of the next are being fetched and the rows of the one before are being copied; seals the cases while indexes are made."""

    def __init__(self, store: Store, folding: Folding, beside: Connection, files_in_memory: int) -> None:
        self._store = store
        self._beside = beside
        self._folding = folding
        self._files_in_memory = files_in_memory
        self._spilled: set[str] = set()
        self._opening: tuple[list[AcceptedRecord], asyncio.Task[list[OpenedEntry | None]]] | None = None
        self._copying: asyncio.Task[None] | None = None
        self._position: Position | None = None

    async def take(self, records: list[AcceptedRecord]) -> None:
        """Begins to open this batch, and folds the one before it."""
        before = self._opening
        self._opening = records, asyncio.create_task(self._store.open(records, self._folding.wanted))
        await asyncio.sleep(0)  # so that the keys are asked for, and rows are sent, before the batch before is folded
        if before is not None:
            await self._fold(*before)

    async def finish(self, stand: Stand | None) -> Position | None:
        """Writes what was kept back and the indexes; and moves the position on from `stand`, where one is given. Gives after which entry the rows are; None:
        there was none. Raises PlaceHeldTwice."""
        if self._opening is None:
            return None
        await self._fold(*self._opening)
        await self._copied()
        if self._position is None:
            raise TypeError("a batch was folded, and no position came of it")
        tables = tables_of(self._folding.parts)
        indexing = asyncio.create_task(schema.add_indexes(self._beside, self._store.schema, tables & schema.ROW_AN_ENTRY))
        try:
            await asyncio.sleep(0)  # so that the server has it before the sealing, which lets nobody else work here
            batch = self._folding.take(current_too=True)
            cases = iter(batch.files.items())
            while files := dict(islice(cases, SEALED_AT_ONCE)):
                rows = await self._store.seal(files, self._folding.projects())
                await self._copied()
                self._copying = asyncio.create_task(self._copy(Batch(), rows))
                await asyncio.sleep(0)
            await self._copied()
            with held_once(self._store.network, -1, self._position.sequence):
                async with self._store.connection.transaction():
                    await self._store.connection.execute(f'set local search_path to "{self._store.schema}"')
                    if stand is not None:
                        await self._store.advance(self._position, stand)
                    await self._store.write_rows(batch, CaseRows())
                await schema.add_indexes(self._store.connection, self._store.schema, tables - schema.ROW_AN_ENTRY)
        finally:
            await indexing
        return self._position

    def close(self) -> None:
        """Ends what is under way, however the loading ended."""
        for task in (self._opening and self._opening[1], self._copying):
            if task is not None:
                task.cancel()
                task.add_done_callback(_told)

    async def _fold(self, records: list[AcceptedRecord], opening: asyncio.Task[list[OpenedEntry | None]]) -> None:
        opened = await opening
        effects = [None if entry is None else effects_of(entry) for entry in opened]
        await self._know(effects)
        for record, entry, effect in zip(records, opened, effects, strict=True):
            self._folding.fold(record, entry, effect)
        batch = self._folding.take(current_too=False)
        await self._copied()
        files = self._folding.spill(self._files_in_memory)
        self._spilled.update(files)
        rows = await self._store.seal(files, self._folding.projects())
        self._position = batch.position
        self._copying = asyncio.create_task(self._copy(batch, rows))
        await asyncio.sleep(0)

    async def _know(self, effects: list[Effects | None]) -> None:
        unknown = self._folding.unknown(cases_of(effects))
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
        with held_once(self._store.network, -1, -1 if batch.position is None else batch.position.sequence):
            async with self._store.connection.transaction():
                await self._store.connection.execute(f'set local search_path to "{self._store.schema}"')
                await self._store.write_rows(batch, rows, first_cases=not self._spilled)


def _told(task: asyncio.Task[Any]) -> None:
    """What a task that nobody waits for failed of is not told a second time."""
    if not task.cancelled():
        task.exception()
