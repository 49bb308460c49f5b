"""What tests may ask for: a real Kafka, fresh topics, fresh databases. Started when first asked for, and only where not configured.

kafka           bootstrap servers of one broker for the whole run (KAFKA_BOOTSTRAP_SERVERS where set)
kafka3          a cluster of three whose brokers can be killed, frozen and restarted; always our own
topic_names     fresh topics on `kafka`, deleted afterwards (2 partitions, CreateTime)
postgres_url    a fresh database, dropped afterwards (on the server of DATABASE_URL where set)
keystore_url    another one, of another role
postgres        the server itself, to kill and restart; always our own
"""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from events.topics import TopicNames
from ops.services.kafka import KafkaCluster
from ops.services.postgres import PostgresServer
from ops.services.throwaway import throwaway_directory
from ops.topics import create_topics, delete_topics

pytest_plugins = ("tests.layers", "tests.witnesses")
PARTITIONS = 2


@pytest.fixture(scope="session")
def services_dir() -> Iterator[Path]:
    """Where this run's services keep their data."""
    with throwaway_directory() as directory:
        yield directory


@pytest.fixture(scope="session")
def kafka(services_dir: Path) -> Iterator[str]:
    """Bootstrap servers of a broker for the whole run."""
    named = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if named:
        yield named
        return
    with KafkaCluster(services_dir / "kafka", short_lived=True) as cluster:
        yield cluster.bootstrap


@pytest.fixture(scope="session")
def kafka3(services_dir: Path) -> Iterator[KafkaCluster]:
    """Three brokers; a test that breaks one restarts it."""
    with KafkaCluster(services_dir / "kafka3", brokers=3, short_lived=True) as cluster:
        yield cluster


@pytest.fixture
async def topic_names(kafka: str) -> AsyncIterator[TopicNames]:
    """Fresh topics of ours, one copy each."""
    names = TopicNames(f"test-{uuid.uuid4().hex[:12]}")
    await create_topics(kafka, names, PARTITIONS, replication=1, min_insync=1, timestamp_type="CreateTime")
    yield names
    await delete_topics(kafka, names)


@pytest.fixture(scope="session")
def postgres(services_dir: Path) -> Iterator[PostgresServer]:
    """A server of our own; a test that kills it restarts it."""
    with PostgresServer(services_dir / "postgres", durable=False) as server:
        yield server


@pytest.fixture
async def postgres_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A fresh, empty database for views."""
    async for url in _fresh_database(request, "DATABASE_URL", "views"):
        yield url


@pytest.fixture
async def keystore_url(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """A fresh, empty database for a key store, of another role than `postgres_url`."""
    async for url in _fresh_database(request, "KEYSTORE_URL", "keys"):
        yield url


async def _fresh_database(request: pytest.FixtureRequest, variable: str, what: str) -> AsyncIterator[str]:
    name = f"test_{what}_{uuid.uuid4().hex[:12]}"
    named = os.environ.get(variable)
    if named:
        connection = await asyncpg.connect(named)
        try:
            await connection.execute(f"CREATE DATABASE {name}")
            yield urlsplit(named)._replace(path=f"/{name}").geturl()
            await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        finally:
            await connection.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    yield server.create_database(name)
    if server.child is not None and server.child.alive():
        server.drop_database(name)
