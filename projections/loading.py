"""Fills a shadow schema from the ledger: what a rebuild does in its own process, and what `projections.clear_half` does in a second one."""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import Any

from events.acceptance import Position
from events.entry import OpenedEntry
from projections import schema
from projections.case_file import cases_of
from projections.folding import Batch, Folding
from projections.parts import Part, tables_of
from projections.reported import Effects, effects_of
from projections.store import CaseRows, Connection, Stand, Store, held_once
from reading.ledger_reader import AcceptedRecord

REBUILD_RECORDS = 1_000
"""Entries opened and folded at once. Between batches the connections to database and key store get their turn."""
NOT_FLUSHED = {"synchronous_commit": "off"}
"""Settings of a connection that fills a shadow. The swap's commit waits for the disk, and with it for all that was written before, for the log is one."""
_OF_CASES = tables_of({Part.CASES})
SEALED_AT_ONCE = 20
"""Cases, some two milliseconds: between them what is being copied to the database takes its next step."""


class Loader:
    """Folds a batch while the keys of the next are being fetched and the rows of the one before are being copied; seals the cases while indexes are made."""

    def __init__(self, store: Store, folding: Folding, beside: Connection, files_in_memory: int) -> None:
        self._store = store
        self._beside = beside
        self._folding = folding
        self._files_in_memory = files_in_memory
        self._spilled: set[str] = set()
        self._opening: tuple[list[AcceptedRecord], Position, asyncio.Task[list[OpenedEntry | None]]] | None = None
        self._copying: asyncio.Task[None] | None = None
        self._position: Position | None = None

    async def take(self, records: list[AcceptedRecord], after: Position) -> None:
        """Begins to open this batch, and folds the one before it. `after`: where a reader stands after the batch, in which entries may be left out of which
        nothing is wanted."""
        before = self._opening
        self._opening = records, after, asyncio.create_task(self._store.open(records, self._folding.wanted))
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
        assert self._position is not None
        tables = tables_of(self._folding.parts)
        indexing = asyncio.create_task(schema.add_indexes(self._beside, self._store.schema, tables & schema.ROW_AN_ENTRY))
        try:
            if Part.CASES in self._folding.parts:  # before the rows: the server keeps the indexes while the next cases are sealed
                await schema.add_indexes(self._store.connection, self._store.schema, _OF_CASES)
            else:
                await asyncio.sleep(0)  # so that the server has the other indexes to make before anything else is done here
            batch = self._folding.take(current_too=True)
            cases, rows = iter(batch.files.items()), CaseRows()
            while files := dict(islice(cases, SEALED_AT_ONCE)):
                rows.add(await self._store.seal(files, self._folding.projects()))
                await asyncio.sleep(0)  # for the next step of what is being copied
                if self._copying is None or self._copying.done():
                    await self._copied()
                    self._copying, rows = asyncio.create_task(self._copy(Batch(), rows)), CaseRows()
            await self._copied()
            with held_once(self._store.network, -1, self._position.sequence):
                async with self._store.connection.transaction():
                    await self._store.connection.execute(f'set local search_path to "{self._store.schema}"')
                    if stand is not None:
                        await self._store.advance(self._position, stand)
                    await self._store.write_rows(batch, rows, first_cases=not self._spilled)
                await schema.add_indexes(self._store.connection, self._store.schema, tables - schema.ROW_AN_ENTRY - _OF_CASES)
        finally:
            await indexing
        return self._position

    def close(self) -> None:
        """Ends what is under way, however the loading ended."""
        for task in (self._opening and self._opening[2], self._copying):
            if task is not None:
                task.cancel()
                task.add_done_callback(_told)

    async def _fold(self, records: list[AcceptedRecord], after: Position, opening: asyncio.Task[list[OpenedEntry | None]]) -> None:
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
        self._position = after
        if batch.rows or files:
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
        with held_once(self._store.network, -1, -1 if self._position is None else self._position.sequence):
            async with self._store.connection.transaction():
                await self._store.connection.execute(f'set local search_path to "{self._store.schema}"')
                await self._store.write_rows(batch, rows, first_cases=not self._spilled)


def _told(task: asyncio.Task[Any]) -> None:
    """What a task that nobody waits for failed of is not told a second time."""
    if not task.cancelled():
        task.exception()
