"""A network on real Kafka and PostgreSQL with its worker and its views in this process, and the gateway in front of it."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from coordinator import wiring
from coordinator.access import Grant, Standing, new_token, write_tokens
from coordinator.decision_core import DecisionCore
from coordinator.gateway.app import create_app
from coordinator.ledger.core import SystemClock, system_randomness
from coordinator.ledger.kafka_worker import worker_on_kafka
from coordinator.local import local_grants
from coordinator.opening import open_with_file
from coordinator.processes import open_rooms
from coordinator.rooms import NetworkRoom
from coordinator.settings import Settings, load_settings
from ops.services.postgres import PostgresServer
from ops.topics import delete_topics
from projections.runner import run_views
from reading import erasure
from tests.gateway.story import ITALY


@dataclass
class Running:
    """The network, and clients for whoever wants to speak to it."""

    settings: Settings
    room: NetworkRoom
    app: Any
    tokens: dict[str, str]
    """By standing, and by project id."""
    worker: asyncio.Task[None] | None = None
    clients: list[httpx.AsyncClient] = field(default_factory=list)

    def client(self, who: str | None = "helpline") -> httpx.AsyncClient:
        """A client with the token of a standing or a project; None: without one."""
        headers = {} if who is None else {"Authorization": f"Bearer {self.tokens[who]}"}
        client = httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://gateway", headers=headers, timeout=60)
        self.clients.append(client)
        return client

    def start_worker(self) -> None:
        """The loop itself, without the bell."""
        of_the_loop = wiring.ledger_settings(self.settings)
        place = self.settings.networks[0]
        worker = worker_on_kafka(
            self.room.bootstrap,
            self.room.names,
            place.name,
            place.partition,
            DecisionCore(),
            self.room.vault,
            SystemClock(),
            system_randomness(),
            of_the_loop,
        )
        self.worker = asyncio.create_task(worker.run())

    async def stop_worker(self) -> None:
        """Until it is started again nothing is decided."""
        if self.worker is not None:
            self.worker.cancel()
            await asyncio.gather(self.worker, return_exceptions=True)
            self.worker = None

    async def views_reach(self, sequence: int) -> None:
        """Returns when the views stand at this entry or behind it."""
        async with asyncio.timeout(30):
            while (await self.room.reads.units()).reached < sequence:
                await asyncio.sleep(0.05)


def settings_for(kafka: str, postgres: PostgresServer, data: Path, prefix: str, **more: str) -> Settings:
    """Settings of a fresh network on its own clock."""
    return load_settings(
        {
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "DATABASE_URL": postgres.create_database(f"views_{prefix}"),
            "KEYSTORE_URL": postgres.create_database(f"keys_{prefix}"),
            "STAFFETTA_DATA": str(data),
            "STAFFETTA_TOPIC_PREFIX": prefix,
            "STAFFETTA_DEVELOPMENT": "1",
            "STAFFETTA_NETWORKS": "it:0",
            "STAFFETTA_LOG_LEVEL": "warning",
            **more,
        }
    )


def issue_tokens(settings: Settings) -> dict[str, str]:
    """A token for each standing and project; by name."""
    grants = local_grants([ITALY], settings)
    grants.append(Grant("op-1", ITALY.helpline_body, Standing.HELPLINE, None, ("it",)))
    issued = [(new_token(), grant) for grant in grants]
    write_tokens(settings.tokens_path, issued)
    named = {(grant.project_id or ("one operator" if grant.person else str(grant.standing))): token for token, grant in issued}
    return named


@pytest.fixture(scope="module")
async def running(kafka: str, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """A fresh network of its own for a module's tests."""
    async with a_network(kafka, postgres, tmp_path_factory.mktemp("data")) as running:
        yield running


@asynccontextmanager
async def a_network(kafka: str, postgres: PostgresServer, data: Path) -> AsyncIterator[Running]:
    """A fresh network with its worker and views in this process."""
    prefix = f"gw{uuid.uuid4().hex[:10]}"
    settings = settings_for(kafka, postgres, data, prefix)
    said: list[str] = []
    await wiring.create_network(settings, settings.networks[0], said.append)
    tokens = issue_tokens(settings)
    async with AsyncExitStack() as opened:
        rooms = await open_rooms(settings, opened)
        room = rooms.networks["it"]
        running = Running(settings, room, create_app(rooms), tokens)
        running.start_worker()
        assert settings.keystore_url is not None and settings.database_url is not None
        views = asyncio.create_task(run_views(settings.database_url, [(room.source, room.vault)]))
        eraser = room.reader(await room.keystore.destroyed_through())
        erasing = asyncio.create_task(erasure.follow(room.keystore, room.vault, eraser.follow()))
        try:
            await open_with_file(room, None, said.append)
            yield running
        finally:
            await running.stop_worker()
            for task in (views, erasing):
                task.cancel()
            await asyncio.gather(views, erasing, return_exceptions=True)
            await eraser.close()
            for client in running.clients:
                await client.aclose()
    await delete_topics(kafka, room.names)


def problem(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem in a response, which must have this status and code."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    plain: dict[str, Any] = json.loads(response.text)
    assert plain["code"] == code and plain["type"] == f"/problems/{code}" and plain["status"] == status
    return plain
