"""The one composition root: where settings become connections, networks, processes, and the command line gets its hands."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version

import asyncpg

from coordinator.access_log import AccessLog
from coordinator.decision_core import DecisionCore
from coordinator.intake.append import EventAppender
from coordinator.intake.door import Intake
from coordinator.intake.older import EntriesInViews
from coordinator.intake.tail import LedgerTail
from coordinator.ledger import operator_entries
from coordinator.ledger.accepting_loss import LostEvent, decide_through
from coordinator.ledger.core import SystemClock, system_randomness
from coordinator.ledger.heal import Healed, heal_on_kafka
from coordinator.ledger.kafka_worker import worker_on_kafka
from coordinator.ledger.loading import Witnesses
from coordinator.ledger.log_appender import KafkaAppender
from coordinator.ledger.published_schemas import publish_schemas
from coordinator.ledger.settings import LedgerSettings
from coordinator.provisioning import provide_topics, require_topics
from coordinator.rooms import NetworkRoom
from coordinator.settings import NetworkPlace, NotConfigured, Settings, variable_of
from events.acceptance import Position
from events.entry import Genesis
from events.topics import MAX_ACCESS_BYTES, TopicNames
from projections.kept_entries import kept_entries
from projections.reads import Reads, open_reads
from projections.runner import wall_clock_ms
from projections.schema import schema_of
from projections.store import Store, read_stand
from reading import erasure, keys_schema
from reading.kafka_log import KafkaLog
from reading.keys_postgres import PostgresKeyStore
from reading.ledger_reader import LedgerReader
from reading.master_key import MasterKey, create_master_key_file, master_key_from_file
from reading.vault import Vault
from reading.waiting import until_reachable

Say = Callable[[str], None]


def needed(settings: Settings, field: str) -> str:
    """The value of a setting without which nothing can be reached. Raises NotConfigured."""
    value = getattr(settings, field)
    if value is None:
        raise NotConfigured(variable_of(field), settings.data)
    return str(value)


@asynccontextmanager
async def open_network(settings: Settings, place: NetworkPlace, *, taking_events: bool = False) -> AsyncIterator[NetworkRoom]:
    """A network with everything opened. Waits for brokers and key store. `taking_events`: its intake is started, and stopped at the end."""
    bootstrap, database_url = needed(settings, "kafka_bootstrap_servers"), needed(settings, "database_url")
    names = TopicNames(settings.topic_prefix)
    own_clock = settings.timestamps == "create"

    def reader(anchor: Position | None) -> LedgerReader:
        return LedgerReader(bootstrap, names, place.name, place.partition, anchor)

    async with AsyncExitStack() as opened:
        store = await opened.enter_async_context(await open_keystore(settings, place))
        vault = Vault(place.name, store)
        reads: Reads = await opened.enter_async_context(await open_reads(database_url, vault, clock=None if own_clock else wall_clock_ms))
        anchor = await views_position(database_url, place.name) if taking_events else None
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
        access = AccessLog(
            vault,
            KafkaAppender(bootstrap, names.access, place.partition, MAX_ACCESS_BYTES),
            KafkaLog(bootstrap, names.access, place.partition, MAX_ACCESS_BYTES),
        )
        opened.push_async_callback(access.close)
        yield NetworkRoom(
            place.name, place.partition, bootstrap, names, database_url, own_clock, store, vault, DecisionCore(), reads, intake, access, reader
        )


async def open_keystore(settings: Settings, place: NetworkPlace) -> PostgresKeyStore:
    """A network's key store, brought up to its ledger. Waits for both; close it. Raises NotConfigured, KeyStoreError, ReadingError."""
    return await erasure.open_keystore(
        needed(settings, "keystore_url"),
        master_key(settings),
        needed(settings, "kafka_bootstrap_servers"),
        TopicNames(settings.topic_prefix),
        place.name,
        place.partition,
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
        say(
            f"master key made: {settings.master_key_path}; without it no sealed part can ever be opened again, so keep a copy apart from the databases"
        )
    applied = await keys_schema.migrate(needed(settings, "keystore_url"))
    await _prepare_views(settings, place)
    say(f"key store and views are ready{', brought up to ' + applied[-1] if applied else ''}")
    at_ms = created_at_ms if created_at_ms is not None else wall_clock_ms()
    standing = await operator_entries.create_network(bootstrap, names, place.name, place.partition, at_ms)
    new = isinstance(standing.body, Genesis) and standing.position.offset == 0 and standing.body.created_at_ms == at_ms
    say(f"network {place.name}: its ledger {'begins' if new else 'began before'}, partition {place.partition}")
    return new


async def heal_network(settings: Settings, place: NetworkPlace) -> Healed:
    """Appends a lost tail of the ledger again from what the views keep. Opens no key store: it would stop at the loss. Raises NotConfigured, HealRefused."""
    entries = kept_entries(needed(settings, "database_url"), place.name)
    return await heal_on_kafka(needed(settings, "kafka_bootstrap_servers"), TopicNames(settings.topic_prefix), place.name, place.partition, entries)


async def _prepare_views(settings: Settings, place: NetworkPlace) -> None:
    """The views' schema, empty, so that doors can read before the projector runs."""
    store = await open_keystore(settings, place)
    try:
        connection = await until_reachable(partial(asyncpg.connect, needed(settings, "database_url"), timeout=10))
        try:
            await Store(connection, schema_of(place.name), Vault(place.name, store)).prepare()
        finally:
            await connection.close()
    finally:
        await store.close()


async def views_position(database_url: str, network: str) -> Position | None:
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


def witnesses_of(settings: Settings, place: NetworkPlace) -> Witnesses:
    """The views' position: durable, and once read from the ledger."""

    async def seen() -> Sequence[Position]:
        position = await views_position(needed(settings, "database_url"), place.name)
        return () if position is None else (position,)

    return seen


async def accept_loss(settings: Settings, place: NetworkPlace, room: NetworkRoom, offset: int, accepted: Sequence[LostEvent]) -> None:
    """Decides a network's waiting events through this offset, and refuses those of them that no key opens. Raises what stops a worker."""
    await require_topics(settings, room.bootstrap, lambda _: None)
    as_worker = ledger_settings(settings)
    once = replace(as_worker, worker_id=f"accept-loss-{as_worker.worker_id}", keys_lost_through=offset, clock_events=False)
    worker = worker_on_kafka(
        room.bootstrap,
        room.names,
        room.name,
        room.partition,
        room.core,
        room.vault,
        SystemClock(),
        system_randomness(),
        once,
        witnesses_of(settings, place),
    )
    await decide_through(offset, accepted, worker)


def master_key(settings: Settings) -> MasterKey:
    """The key that wraps the key store's. Raises MasterKeyUnusable."""
    return master_key_from_file(settings.master_key_path)


def ledger_settings(settings: Settings) -> LedgerSettings:
    """What the loop takes of the settings."""
    own_clock = settings.timestamps == "create"
    worker_id = f"{socket.gethostname()}-{os.getpid()}-{time.time_ns() // 1_000_000 % 1_000_000}"
    return LedgerSettings(worker_id, _build(), ahead_at_most_ms=None if own_clock else 300_000, clock_events=not own_clock)


def _build() -> str:
    try:
        return version("staffetta")
    except PackageNotFoundError:
        return "unreleased"
