"""The one composition root: where settings become connections, networks, processes, and the command line gets its hands."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import asyncpg
import structlog
import uvicorn

from coordinator.access import Tokens, TokensInvalid, read_tokens
from coordinator.agent.process import WorkerPlace, WorkerProcess
from coordinator.decision_core import DecisionCore
from coordinator.domain import State
from coordinator.gateway.app import create_app
from coordinator.gateway.rooms import Rooms
from coordinator.intake.append import EventAppender
from coordinator.intake.door import Intake
from coordinator.intake.older import EntriesInViews
from coordinator.intake.tail import LedgerTail
from coordinator.ledger import operator_entries
from coordinator.ledger.core import SystemClock, system_randomness
from coordinator.ledger.kafka_worker import worker_on_kafka
from coordinator.ledger.published_schemas import publish_schemas
from coordinator.ledger.relay import relay_on_kafka
from coordinator.ledger.settings import LedgerSettings
from coordinator.ledger.worker import Worker
from coordinator.provisioning import provide_topics, require_topics
from coordinator.rooms import NetworkRoom
from coordinator.running import read_running
from coordinator.settings import NetworkPlace, NotConfigured, Settings, load_settings, variable_of
from events.acceptance import Position
from events.entry import Genesis
from events.topics import TopicNames
from projections.reads import Reads, open_reads
from projections.runner import Source, run_views, wall_clock_ms
from projections.schema import schema_of
from projections.store import Store, read_stand
from reading import erasure, keys_schema
from reading.ledger_reader import LedgerReader
from reading.master_key import MasterKey, create_master_key_file, master_key_from_file
from reading.vault import Vault
from reading.waiting import until_reachable

log = structlog.get_logger("staffetta.wiring")

Say = Callable[[str], None]

TOKENS_LOOKED_AT_EVERY = timedelta(seconds=1)


def settings_here() -> Settings:
    """The environment's settings; what they leave empty is what `staffetta up` runs from the same data directory. Raises SettingsInvalid."""
    settings = load_settings()
    running = read_running(settings.data)
    return settings if running is None else load_settings({**running.environment, **{name: text for name, text in os.environ.items() if text}})


def needed(settings: Settings, field: str) -> str:
    """The value of a setting without which nothing can be reached. Raises NotConfigured."""
    value = getattr(settings, field)
    if value is None:
        raise NotConfigured(f"{variable_of(field)} is not set, and nothing runs from {settings.data}. Set it, or start everything here with `staffetta up`.")
    return str(value)


# One network


@asynccontextmanager
async def open_network(settings: Settings, place: NetworkPlace, *, taking_events: bool = False) -> AsyncIterator[NetworkRoom]:
    """A network with everything opened. Waits for brokers and key store. `taking_events`: its intake is started, and stopped at the end."""
    bootstrap, database_url = needed(settings, "kafka_bootstrap_servers"), needed(settings, "database_url")
    names = TopicNames(settings.topic_prefix)
    own_clock = settings.timestamps == "create"

    def reader(anchor: Position | None) -> LedgerReader:
        return LedgerReader(bootstrap, names, place.name, place.partition, anchor)

    async with AsyncExitStack() as opened:
        store = await opened.enter_async_context(
            await erasure.open_keystore(needed(settings, "keystore_url"), _master_key(settings), bootstrap, names, place.name, place.partition)
        )
        vault = Vault(place.name, store)
        reads: Reads = await opened.enter_async_context(await open_reads(database_url, vault, clock=None if own_clock else wall_clock_ms))
        anchor = await _views_position(database_url, place.name) if taking_events else None
        intake = Intake(
            vault,
            EventAppender(bootstrap, names, place.partition),
            LedgerTail(reader(anchor), settings.answers_kept),
            EntriesInViews(reads),
            own_clock=own_clock,
            max_lag_ms=settings.max_settled_lag_ms,
        )
        if taking_events:
            await intake.start()
            opened.push_async_callback(intake.stop)
        yield NetworkRoom(
            place.name, place.partition, bootstrap, names, database_url, own_clock, store, vault, DecisionCore(), reads, intake, reader
        )


async def create_network(settings: Settings, place: NetworkPlace, say: Say, *, created_at_ms: int | None = None) -> bool:
    """Topics, schemas, key store, views and genesis, where they are missing; says each step. True where the genesis is new.

    Raises NotConfigured, and what topics and databases raise.
    """
    bootstrap = needed(settings, "kafka_bootstrap_servers")
    names = TopicNames(settings.topic_prefix)
    made = await provide_topics(settings, bootstrap)
    await require_topics(settings, bootstrap, say)
    if made:
        say(f"topics made: {', '.join(made)}")
    schemas = await publish_schemas(bootstrap, names)
    say(f"{schemas} schemas stand in {names.schemas}")
    if not settings.master_key_path.exists() and settings.master_key_file is None:
        create_master_key_file(settings.master_key_path)
        say(f"master key made: {settings.master_key_path}; without it no sealed part can ever be opened again, so keep a copy apart from the databases")
    applied = await keys_schema.migrate(needed(settings, "keystore_url"))
    await _prepare_views(settings, place, bootstrap, names)
    say(f"key store and views are ready{', brought up to ' + applied[-1] if applied else ''}")
    at_ms = created_at_ms if created_at_ms is not None else wall_clock_ms()
    standing = await operator_entries.create_network(bootstrap, names, place.name, place.partition, at_ms)
    new = isinstance(standing.body, Genesis) and standing.position.offset == 0 and standing.body.created_at_ms == at_ms
    say(f"network {place.name}: its ledger {'begins' if new else 'began before'}, partition {place.partition}")
    return new


async def _prepare_views(settings: Settings, place: NetworkPlace, bootstrap: str, names: TopicNames) -> None:
    """The views' schema, empty, so that doors can read before the projector runs."""
    master = _master_key(settings)
    store = await erasure.open_keystore(needed(settings, "keystore_url"), master, bootstrap, names, place.name, place.partition)
    try:
        connection = await until_reachable(partial(asyncpg.connect, needed(settings, "database_url"), timeout=10))
        try:
            await Store(connection, schema_of(place.name), Vault(place.name, store)).prepare()
        finally:
            await connection.close()
    finally:
        await store.close()


async def _views_position(database_url: str, network: str) -> Position | None:
    """Where the views stand: what came before is found in them. None where there are none."""

    async def read() -> Position | None:
        connection = await asyncpg.connect(database_url, timeout=10)
        try:
            async with connection.transaction(readonly=True):
                await connection.execute(f'set local search_path to "{schema_of(network)}"')
                stand = await read_stand(connection)
                return None if stand is None else stand.position
        except asyncpg.UndefinedTableError:
            return None
        finally:
            await connection.close()

    return await until_reachable(read)


def _master_key(settings: Settings) -> MasterKey:
    return master_key_from_file(settings.master_key_path)


# The processes


def run_worker(settings: Settings) -> None:
    """Decides the events of every network until it is told to stop."""
    run_until_told(_work(settings))


async def _work(settings: Settings) -> None:
    bootstrap, names = needed(settings, "kafka_bootstrap_servers"), TopicNames(settings.topic_prefix)
    await require_topics(settings, bootstrap, lambda line: log.warning("development_broker", note=line))
    async with AsyncExitStack() as opened:
        places = [
            WorkerPlace(place.name, place.partition, await _worker_maker(settings, place, bootstrap, names, opened)) for place in settings.networks
        ]
        await WorkerProcess(bootstrap, names, places).run()


async def _worker_maker(
    settings: Settings, place: NetworkPlace, bootstrap: str, names: TopicNames, opened: AsyncExitStack
) -> Callable[[], Worker[State]]:
    """Makes a network's worker, each time that it comes to this process."""
    store = await opened.enter_async_context(
        await erasure.open_keystore(needed(settings, "keystore_url"), _master_key(settings), bootstrap, names, place.name, place.partition)
    )
    vault, witnesses, of_the_loop = Vault(place.name, store), _witnesses(settings, place), ledger_settings(settings)

    def make() -> Worker[State]:
        return worker_on_kafka(
            bootstrap, names, place.name, place.partition, DecisionCore(), vault, SystemClock(), system_randomness(), of_the_loop, witnesses
        )

    return make


def ledger_settings(settings: Settings) -> LedgerSettings:
    """What the loop takes of the settings."""
    own_clock = settings.timestamps == "create"
    worker_id = f"{socket.gethostname()}-{os.getpid()}-{time.time_ns() // 1_000_000 % 1_000_000}"
    return LedgerSettings(worker_id, _build(), ahead_at_most_ms=None if own_clock else 300_000, clock_events=not own_clock)


def _witnesses(settings: Settings, place: NetworkPlace) -> Callable[[], Awaitable[Sequence[Position]]]:
    """The views' position: durable, and once read from the ledger."""

    async def seen() -> Sequence[Position]:
        position = await _views_position(needed(settings, "database_url"), place.name)
        return () if position is None else (position,)

    return seen


def run_projector(settings: Settings) -> None:
    """Keeps the views of every network level, and destroys the keys of erased cases, until it is told to stop."""
    run_until_told(_project(settings))


async def _project(settings: Settings) -> None:
    bootstrap, names = needed(settings, "kafka_bootstrap_servers"), TopicNames(settings.topic_prefix)
    async with AsyncExitStack() as opened, asyncio.TaskGroup() as tasks:
        for place in settings.networks:
            store = await opened.enter_async_context(
                await erasure.open_keystore(needed(settings, "keystore_url"), _master_key(settings), bootstrap, names, place.name, place.partition)
            )
            source, vault = Source(bootstrap, names, place.name, place.partition), Vault(place.name, store)
            tasks.create_task(run_views(needed(settings, "database_url"), [(source, vault)]), name=f"views of {place.name}")
            eraser = await opened.enter_async_context(LedgerReader(bootstrap, names, place.name, place.partition, await store.destroyed_through()))
            tasks.create_task(erasure.follow(store, vault, eraser.follow()), name=f"erasure of {place.name}")


def run_relay(settings: Settings) -> None:
    """Copies the accepted entries of every network until it is told to stop."""
    run_until_told(_relay(settings))


async def _relay(settings: Settings) -> None:
    bootstrap = needed(settings, "kafka_bootstrap_servers")
    async with asyncio.TaskGroup() as tasks:
        for place in settings.networks:
            relay = relay_on_kafka(bootstrap, TopicNames(settings.topic_prefix), place.name, place.partition)
            tasks.create_task(relay.run(), name=f"relay of {place.name}")


def run_gateway(settings: Settings) -> None:
    """Serves HTTP until it is told to stop."""
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    async with AsyncExitStack() as opened:
        rooms = await open_rooms(settings, opened)
        config = uvicorn.Config(
            create_app(rooms),
            host=settings.gateway_host,
            port=settings.gateway_port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
            server_header=False,
            date_header=True,
        )
        await uvicorn.Server(config).serve()


async def open_rooms(settings: Settings, opened: AsyncExitStack) -> Rooms:
    """The gateway's rooms, closed with `opened`."""
    networks = {place.name: await opened.enter_async_context(open_network(settings, place, taking_events=True)) for place in settings.networks}
    tokens = WatchedTokens(settings.tokens_path, settings.development)
    return Rooms(networks, tokens.current, settings.default_wait_ms, settings.max_settled_lag_ms, settings.development)


class WatchedTokens:
    """The tokens of a file, read again when it changes: a revoked one is shut out within a second."""

    def __init__(self, path: Path, development: bool) -> None:
        self._path = path
        self._development = development
        self._stamp: tuple[int, int] | None = None
        self._looked_at = float("-inf")
        self._tokens = Tokens({})

    def current(self) -> Tokens:
        """The tokens now. A file that cannot be used lets nobody in, and is said in the log."""
        now = time.monotonic()
        if now - self._looked_at >= TOKENS_LOOKED_AT_EVERY.total_seconds():
            self._looked_at = now
            self._look()
        return self._tokens

    def _look(self) -> None:
        stamp: tuple[int, int] | None = None
        with suppress(OSError):
            stat = self._path.stat()
            stamp = stat.st_mtime_ns, stat.st_size
        if stamp == self._stamp and stamp is not None:
            return
        self._stamp = stamp
        try:
            self._tokens = read_tokens(self._path, development=self._development)
        except (TokensInvalid, OSError) as invalid:
            log.error("tokens_unusable", why=str(invalid) if isinstance(invalid, TokensInvalid) else type(invalid).__name__)
            self._tokens = Tokens({})


def run_until_told(work: Awaitable[None]) -> None:
    """Runs to the end, or until SIGTERM or ctrl-C, which end it in order. Raises what ends the work, alone where it was one of several tasks."""

    async def whole() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            log.info("told_to_stop")
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None

    asyncio.run(whole())


def _build() -> str:
    try:
        return version("staffetta")
    except PackageNotFoundError:
        return "unreleased"

