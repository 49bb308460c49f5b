"""Keeps one network's views level with its ledger: reads accepted entries, folds them, writes rows and position in one transaction.

Any number of runners may run: a transaction that does not find the position it expects writes nothing, and its runner stays quiet while another moves it.
A database or key store that is away is waited for; nothing is ever skipped.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import asyncpg

from events.topics import TopicNames
from projections.errors import PositionMoved, ViewsOutdated
from projections.folding import Folding
from projections.queries import named_queries
from projections.reported import effects_of
from projections.schema import SHAPE, schema_of
from projections.store import HOLDS_AT_MOST, Connection, Stand, Store
from reading.key_errors import KeyStoreBehind
from reading.ledger_reader import AcceptedRecord, LedgerReader
from reading.vault import Vault
from reading.waiting import is_away, until_reachable

LIVE_RECORDS = 200
"""Entries in one transaction at most."""
IDLE_MS = 500
"""How long an idle runner waits before it says again that it is level with the ledger."""
FILES_IN_MEMORY = 5_000
QUIET_S = (0.5, 1.5)
"""How long a runner that lost to another stays quiet before it looks whether the other still moves."""
SAID_EVERY_S = 1.0
_HEALTH = named_queries("health")

Clock = Callable[[], int]


def wall_clock_ms() -> int:
    """Milliseconds since 1970-01-01T00:00:00Z by this machine's clock."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """Where a network's ledger is read from."""

    bootstrap: str
    names: TopicNames
    network: str
    partition: int

    def reader(self, stand: Stand) -> LedgerReader:
        """A reader that begins where the views stand."""
        return LedgerReader(self.bootstrap, self.names, self.network, self.partition, stand.position)


class ViewRunner:
    """One network's runner. `run` until it is cancelled, or a typed stop (`ReadingStopped`, `ViewsStopped`, `ViewsOutdated`, `SealBroken`) ends it."""

    def __init__(self, database_url: str, vault: Vault, source: Source, *, max_records: int = LIVE_RECORDS, clock: Clock = wall_clock_ms) -> None:
        self._url = database_url
        self._vault = vault
        self._source = source
        self._max_records = max_records
        self._clock = clock
        self._said_at = 0.0
        self.sequence = -1
        """Last entry that this runner knows to be in the views."""

    async def run(self) -> None:
        """Follows the ledger for ever."""
        pause = 0.0
        while True:
            began = time.monotonic()
            connection = await until_reachable(self._connect)
            try:
                await self._follow(connection)
            except PositionMoved:
                await self._stay_quiet(connection)
            except Exception as problem:
                if not is_away(problem) and not isinstance(problem, KeyStoreBehind):
                    await self._say_trouble(connection, "stopped", problem)
                    raise
                await self._say_trouble(connection, "waiting", problem)
                pause = 0.0 if time.monotonic() - began > 10 else min(5.0, pause * 2 + 0.1)
                await asyncio.sleep(pause)
            finally:
                connection.terminate()

    async def _connect(self) -> Connection:
        return await asyncpg.connect(self._url, timeout=10, command_timeout=60, server_settings=HOLDS_AT_MOST)

    async def _follow(self, connection: Connection) -> None:
        store = Store(connection, schema_of(self._source.network), self._vault)
        await store.prepare()
        stand, folding = await store.load()
        if stand is None or stand.shape != SHAPE:
            raise ViewsOutdated(self._source.network, stand.shape if stand else "none", SHAPE)
        self.sequence = stand.sequence
        async with self._source.reader(stand) as reader:
            async for records in reader.follow(self._max_records, IDLE_MS):
                if records:
                    stand = await apply(store, folding, records, stand)
                    self.sequence = stand.sequence
                    folding.spill(FILES_IN_MEMORY)
                await self._say_running(store, at_end=len(records) < self._max_records)

    async def _stay_quiet(self, connection: Connection) -> None:
        """Returns once nobody has moved the position for a while."""
        store = Store(connection, schema_of(self._source.network), self._vault)
        before: Stand | None = None
        try:
            while (now := await store.stand()) != before:
                before = now
                await asyncio.sleep(random.uniform(*QUIET_S))
        except Exception as problem:
            if not is_away(problem):
                raise

    async def _say_running(self, store: Store, *, at_end: bool) -> None:
        now = time.monotonic()
        if now - self._said_at < SAID_EVERY_S:
            return
        self._said_at = now
        clock = self._clock()
        async with store.connection.transaction():
            await store.connection.execute(f'set local search_path to "{store.schema}"')
            await store.connection.execute(_HEALTH["say_running"], clock, clock if at_end else None)

    async def _say_trouble(self, connection: Connection, state: str, problem: Exception) -> None:
        """Leaves word in the database, where it can be reached. Our own errors say nothing about a person; of others only the kind is told."""
        ours = type(problem).__module__.split(".")[0] in ("projections", "reading", "events")
        text = f"{type(problem).__name__}: {problem}" if ours else type(problem).__name__
        try:
            async with connection.transaction():
                await connection.execute(f'set local search_path to "{schema_of(self._source.network)}"')
                await connection.execute(_HEALTH["say_trouble"], state, self._clock(), text)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            return


async def apply(store: Store, folding: Folding, records: Sequence[AcceptedRecord], stand: Stand) -> Stand:
    """Folds accepted entries and writes what changed. After any exception the folding is no longer good: load it again."""
    opened = await store.open(records, folding.wanted)
    effects = [None if entry is None else effects_of(entry) for entry in opened]
    await store.know_cases(folding, effects)
    for record, entry, effect in zip(records, opened, effects, strict=True):
        folding.fold(record, entry, effect)
    batch = folding.take(current_too=True)
    return await store.write(batch, await store.seal(batch.files, folding.projects()), stand)


async def run_views(database_url: str, sources: Sequence[tuple[Source, Vault]]) -> None:
    """Runs the views of several networks in one process. The first that stops ends all of them with its error."""
    async with asyncio.TaskGroup() as group:
        for source, vault in sources:
            group.create_task(ViewRunner(database_url, vault, source).run(), name=f"views of {source.network}")
