"""Folds a network's views again from the ledger, beside the ones that serve, and swaps them in when they are level: all of them, or some parts by themselves.

The ledger is streamed in large batches; rows that are over go to the shadow schema by COPY while the next batch is being read, rows that still hold are
kept in memory to the end, and each case is sealed once. Of a long ledger a second process without any key folds the clear half (`projections.clear_half`);
where there is none to fold, it reads ahead (`reading.reading_ahead`).

A rebuild works in a schema of its own name. One that died leaves its schema, and perhaps a second process that was frozen with it and will wake up: what it
still writes goes there or nowhere, and the next rebuild drops that schema, or leaves it to the one after where somebody holds it.

The swap is one transaction: it holds the live position, so that no runner writes meanwhile, brings the shadow level with what the live views have reached
(a view never goes back), waits for readers under way, and renames. Some parts alone are brought level with exactly the entry at which the others stand, for
the views of a network have one position.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass

import asyncpg

from projections import schema
from projections.clear_half import ClearHalf
from projections.errors import RebuildRunning, ViewsApart, ViewsMissing, ViewsOutdated
from projections.folding import EMPTY, Folding
from projections.loading import NOT_FLUSHED, REBUILD_RECORDS, Loader
from projections.parts import ALL, CLEAR, FROM_WHAT_IS_WANTED, VIEWS, Part, tables_of
from projections.queries import named_queries
from projections.runner import Source, apply
from projections.store import HOLDS_AT_MOST, Connection, Stand, Store, read_stand
from reading.collecting import collecting_hardly
from reading.ledger_follower import LedgerFollower
from reading.opening import Wanted
from reading.reading_ahead import Batch, ReadingAhead, WantedHeaders
from reading.vault import Vault
from reading.within import Limit, entries_within

FILES_IN_MEMORY = 50_000
"""Cases beyond these are sealed and written early, and read again when an entry is about them."""
DIVIDED_FROM_RECORDS = 20_000
"""In a ledger from this length on a second process, which takes most of a second to start, is worth it."""
LEVEL_WITHIN_S = 10.0
"""How long the live position is held while the last entries are folded; beyond it the rebuild fails, and the live views stay."""
SWAP_PAUSE_S = 0.2
SWAP_WAITS_MS = 2_000
"""How long the swap waits for readers under way, while new ones wait for it; then it lets them pass and tries again."""
DROP_WAITS_MS = 200
"""How long a new rebuild waits for whoever still holds what another left behind."""
_POSITION = named_queries("position")


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild did."""

    network: str
    views: tuple[str, ...]
    """What was rebuilt, in order."""
    entries: int
    sequence: int
    """Where the views stand that it swapped in."""
    folding_s: float
    """From the first entry to the last: reading, opening, folding, COPY."""
    finishing_s: float
    """Sealing the cases, indexes, levelling, swap."""


async def rebuild(
    database_url: str,
    vault: Vault,
    source: Source,
    *,
    parts: Collection[Part] = ALL,
    max_records: int = REBUILD_RECORDS,
    files_in_memory: int = FILES_IN_MEMORY,
    divided_from: int = DIVIDED_FROM_RECORDS,
) -> Rebuilt:
    """Rebuilds and swaps in one network's views, or these parts of them. A failure or a crash leaves the serving ones as they were, and nothing but a
    shadow to be dropped.

    Raises RebuildRunning, PlaceHeldTwice, HalfLost, and what the reader and the vault raise; for some parts alone ViewsMissing and ViewsOutdated, where
    there are no others to put them beside, and ViewsApart.
    """
    with collecting_hardly():  # and until all that was folded is let go: the search that follows would go through every bit of it
        return await _Rebuild(database_url, vault, source, frozenset(parts)).run(max_records, files_in_memory, divided_from)


class _Rebuild:
    """One rebuild."""

    def __init__(self, database_url: str, vault: Vault, source: Source, parts: frozenset[Part]) -> None:
        self._url = database_url
        self._vault = vault
        self._source = source
        self._parts = parts
        self._live = schema.schema_of(source.network)
        self._shadow = schema.new_shadow(source.network)
        self._stand = Stand(None, 0, schema.SHAPE, -1, b"")
        """Where the shadow stands. A swap that is tried again goes on from here: what brought it level before was not undone with it."""

    async def run(self, max_records: int, files_in_memory: int, divided_from: int) -> Rebuilt:
        connection, beside = (
            await asyncpg.connect(self._url, server_settings=NOT_FLUSHED),
            await asyncpg.connect(self._url, server_settings=HOLDS_AT_MOST),
        )
        try:
            if not await connection.fetchval("select pg_try_advisory_lock(hashtextextended($1, 0))", schema.shadows_of(self._source.network)):
                raise RebuildRunning(self._source.network)
            store = Store(connection, self._shadow, self._vault)
            through = None if self._parts == ALL else await self._others(beside)
            began = time.monotonic()
            folded, folding = await self._load(store, beside, through, max_records, files_in_memory, divided_from)
            if await self._live_sequence(beside) > self._stand.sequence:  # what was decided meanwhile, while nothing is held yet
                await self._level(store, folding, None if through is None else await self._others(beside))
            await self._swap(store, folding, beside)
            await self._drop_replaced(connection)
        finally:
            connection.terminate()
            beside.terminate()
        views = tuple(view for part in Part if part in self._parts for view in VIEWS[part])
        sequence = self._stand.sequence
        return Rebuilt(self._source.network, views, sequence + 1, sequence, folded - began, time.monotonic() - folded)

    async def _others(self, connection: Connection) -> Stand:
        """Where the views stand beside which these parts are to be put. Raises ViewsMissing, ViewsOutdated."""
        if not await schema.exists(connection, self._live):
            raise ViewsMissing(self._source.network)
        stand = await Store(connection, self._live, self._vault).stand()
        if stand is None:
            raise ViewsMissing(self._source.network)
        if stand.shape != schema.SHAPE:
            raise ViewsOutdated(self._source.network, stand.shape, schema.SHAPE)
        return stand

    async def _live_sequence(self, connection: Connection) -> int:
        """Where the live views stand; -1 where there are none."""
        if not await schema.exists(connection, self._live):
            return -1
        return int(await connection.fetchval(f'select coalesce(max(sequence), -1) from "{self._live}".view_position'))

    async def _fresh_shadow(self, store: Store) -> int:
        """Makes the shadow schema, and drops those that crashed rebuilds left. Gives its generation."""
        for left in await schema.shadows_left(store.connection, self._source.network):
            await _drop_unless_held(store.connection, left, DROP_WAITS_MS)
        async with store.connection.transaction():
            generation = 1
            if await schema.exists(store.connection, self._live):
                generation += await store.connection.fetchval(f'select coalesce(max(generation), 0) from "{self._live}".view_position')
            await schema.create(store.connection, self._shadow, indexes=False)
            await store.begin(generation)
        return generation

    async def _load(
        self, store: Store, beside: Connection, through: Stand | None, max_records: int, files_in_memory: int, divided_from: int
    ) -> tuple[float, Folding]:
        """Fills the shadow with what the ledger holds now, or holds up to `through`. Gives when the last entry was folded, and what goes on from there."""
        async with self._source.reader(self._stand) as reader:
            end = await reader.end()
            # without the network's tables in the shadow, what goes on from both halves would know no project
            divided = end >= divided_from and Part.NETWORK in self._parts and not self._parts <= CLEAR
            folding = Folding(EMPTY, self._parts - CLEAR if divided else self._parts)
            loader = Loader(store, folding, beside, files_in_memory)
            limit = Limit(end, None if through is None else through.sequence)
            other = ClearHalf(self._url, self._shadow, self._source, self._parts & CLEAR, limit, max_records) if divided else None
            ahead = self._ahead(folding.wanted, limit, max_records) if end >= divided_from and self._parts <= FROM_WHAT_IS_WANTED else None
            with contextlib.closing(loader):
                async with other or contextlib.nullcontext(), ahead or contextlib.nullcontext():
                    self._stand = Stand(None, await self._fresh_shadow(store), schema.SHAPE, -1, b"")  # while the other process is being started
                    if other is not None:
                        other.begin()
                    async for records, after in self._batches(reader, limit, max_records, ahead):
                        await loader.take(records, after)
                        if other is not None:
                            other.look()
                    folded = time.monotonic()
                    position = await loader.finish(self._stand)
                    if other is not None:
                        await other.done(position)
                        folding = (await store.load(self._parts))[1]  # the rows of both halves that hold
        if position is not None:
            self._stand = self._stand.at(position)
        return folded, folding

    def _ahead(self, wanted: Wanted, limit: Limit, max_records: int) -> ReadingAhead:
        source = self._source
        return ReadingAhead(source.bootstrap, source.names, source.network, source.partition, WantedHeaders(*wanted.headers), limit, max_records)

    async def _batches(self, reader: LedgerFollower, limit: Limit, max_records: int, ahead: ReadingAhead | None) -> AsyncIterator[Batch]:
        """Entries up to the limit: by `reader`, by the process that reads ahead as soon as it is ready, and again by a reader where that ends early."""
        at = reader.position
        async for records in entries_within(reader, limit, max_records):
            at = records[-1].position
            yield records, at
            if ahead is not None and ahead.has_begun(at):
                break
        else:
            return
        assert ahead is not None and at is not None
        async for some, after in ahead.entries_after(at):
            at = after
            yield some, at
        if not ahead.finished:
            async with self._source.reader(self._stand.at(at)) as again:
                async for records in entries_within(again, limit, max_records):
                    yield records, records[-1].position

    async def _level(self, store: Store, folding: Folding, through: Stand | None) -> None:
        """Brings the shadow to the end that the ledger has now, or exactly to the entry of `through`. By a new reader: on a connection that waits for new
        entries, the end is told after the wait. Raises ViewsApart."""
        if through is None or self._stand.sequence < through.sequence:
            async with self._source.reader(self._stand) as reader:
                limit = Limit(None, None if through is None else through.sequence)
                async for records in entries_within(reader, limit):
                    self._stand = await apply(store, folding, records, self._stand)
        if through is not None and (self._stand.sequence, self._stand.hash) != (through.sequence, through.hash):
            raise ViewsApart(self._source.network, through.sequence)

    async def _swap(self, store: Store, folding: Folding, connection: Connection) -> None:
        """Puts the shadow in the place of the live views, once it is not behind them. `connection` is not the store's."""
        while True:
            try:
                async with connection.transaction():
                    await connection.execute(f"set local lock_timeout = {SWAP_WAITS_MS}")
                    if self._parts == ALL:
                        await self._swap_all(store, folding, connection)
                    else:
                        await self._swap_parts(store, folding, connection)
                    await connection.execute(_POSITION["notify"], schema.channel_of(self._source.network), str(self._stand.sequence))
                return
            except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
                await asyncio.sleep(SWAP_PAUSE_S)

    async def _swap_all(self, store: Store, folding: Folding, connection: Connection) -> None:
        live = self._live
        if await schema.exists(connection, live):
            await connection.execute(f'lock table "{live}".view_position in exclusive mode')
            if await self._live_sequence(connection) > self._stand.sequence:
                async with asyncio.timeout(LEVEL_WITHIN_S):
                    await self._level(store, folding, None)
            await connection.execute(f'lock table "{live}".view_position in access exclusive mode')
            await connection.execute(f'update "{live}".view_position set generation = -1')
            await connection.execute(f'drop schema if exists "{_replaced(live)}" cascade')
            await connection.execute(f'alter schema "{live}" rename to "{_replaced(live)}"')
        await connection.execute(f'alter schema "{self._shadow}" rename to "{live}"')

    async def _swap_parts(self, store: Store, folding: Folding, connection: Connection) -> None:
        """The tables of these parts take the place of the live ones; the position stays. A runner finds another generation, and loads what there is."""
        live, shadow = self._live, self._shadow
        if not await schema.exists(connection, live):
            raise ViewsMissing(self._source.network)
        await connection.execute(f'lock table "{live}".view_position in exclusive mode')
        await connection.execute(f'set local search_path to "{live}"')
        through = await read_stand(connection)
        if through is None:
            raise ViewsMissing(self._source.network)
        async with asyncio.timeout(LEVEL_WITHIN_S):
            await self._level(store, folding, through)
        await connection.execute(f'lock table "{live}".view_position in access exclusive mode')
        await connection.execute("update view_position set generation = $1", self._stand.generation)
        for table in sorted(tables_of(self._parts)):
            await connection.execute(f'drop table "{live}".{table}')
            await connection.execute(f'alter table "{shadow}".{table} set schema "{live}"')
        views = [view for part in self._parts for view in VIEWS[part]]
        await connection.execute("delete from view_changed where view = any($1)", views)
        await connection.execute(f'insert into view_changed select view, sequence from "{shadow}".view_changed where view = any($1)', views)
        await connection.execute(f'drop schema "{shadow}" cascade')

    async def _drop_replaced(self, connection: Connection) -> None:
        """Drops the replaced views when no reader uses them; where that takes long, the next rebuild does it."""
        await _drop_unless_held(connection, _replaced(self._live), 10 * SWAP_WAITS_MS)


async def _drop_unless_held(connection: Connection, name: str, waits_ms: int) -> None:
    """Drops a schema; where somebody holds anything in it for so long, it stays."""
    with contextlib.suppress(asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
        async with connection.transaction():
            await connection.execute(f"set local lock_timeout = {waits_ms}")
            await connection.execute(f'drop schema if exists "{name}" cascade')


def _replaced(live: str) -> str:
    return live + "__old"
