"""A network of its own to be tortured: brokers, a database server, and the product's processes twice over, under a supervisor."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from coordinator.rooms import NetworkRoom
from coordinator.settings import NetworkPlace, Settings, load_settings
from coordinator.supervisor import Child, Supervisor
from coordinator.wiring import create_network, open_network
from events.topics import TopicNames
from ops.services.kafka import KafkaCluster
from ops.services.postgres import PostgresServer
from ops.services.say import Say
from ops.topics import create_topics

NETWORK = "it"
PREFIX = "faults"
PLACE = NetworkPlace(NETWORK, 0)
PROCESSES = ("worker-1", "worker-2", "projector-1", "projector-2", "relay")
TEND_EVERY_S = 0.1


@dataclass(slots=True)
class Stage:
    """What runs. Faults reach for its parts; `room` is the harness's own connection to the network."""

    kafka: KafkaCluster
    postgres: PostgresServer
    settings: Settings
    environment: dict[str, str]
    supervisor: Supervisor
    room: NetworkRoom
    restarts: dict[str, int]
    """Processes started again by the supervisor, by name."""

    @property
    def names(self) -> TopicNames:
        """Names of the stage's topics."""
        return TopicNames(self.settings.topic_prefix)

    def signal(self, process: str, number: signal.Signals) -> None:
        """Sends a signal to a process by its name; nothing where it is just being started again."""
        pid = self.supervisor.pids().get(process)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


@asynccontextmanager
async def stage(directory: Path, brokers: int, created_at_ms: int, say: Say, *, processes: tuple[str, ...] = PROCESSES) -> AsyncIterator[Stage]:
    """Everything started and ready; on leaving, everything ended. `created_at_ms`: the time of the genesis, before any event's."""
    kafka = KafkaCluster(directory / "kafka", brokers, heap_mb=384 if brokers == 1 else 256, say=say)
    postgres = PostgresServer(directory / "postgres", say=say)
    async with AsyncExitStack() as opened:
        opened.callback(kafka.stop)
        opened.callback(postgres.stop)
        await asyncio.to_thread(kafka.start)
        await asyncio.to_thread(postgres.start)
        environment = {
            "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap,
            "DATABASE_URL": postgres.create_database("views"),
            "KEYSTORE_URL": postgres.create_database("keys"),
            "STAFFETTA_DATA": str(directory),
            "STAFFETTA_NETWORKS": f"{NETWORK}:0",
            "STAFFETTA_TOPIC_PREFIX": PREFIX,
            "STAFFETTA_DEVELOPMENT": "true",
            "STAFFETTA_TIMESTAMPS": "create",
        }
        settings = load_settings(environment)
        copies = min(3, brokers)
        await create_topics(kafka.bootstrap, TopicNames(PREFIX), 1, copies, max(1, copies - 1), "CreateTime")
        await create_network(settings, PLACE, lambda _: None, created_at_ms=created_at_ms)
        restarts: dict[str, int] = {}

        def count(child: Child, status: int, wait: object) -> None:
            restarts[child.name] = restarts.get(child.name, 0) + 1

        supervisor = Supervisor(_children(directory, environment, processes), count)
        opened.callback(supervisor.stop)
        supervisor.start()
        room = await opened.enter_async_context(open_network(settings, PLACE, taking_events=True))
        built = Stage(kafka, postgres, settings, environment, supervisor, room, restarts)
        tending = asyncio.create_task(_tend(supervisor))
        opened.callback(tending.cancel)
        yield built


async def _tend(supervisor: Supervisor) -> None:
    while True:
        supervisor.tend()
        await asyncio.sleep(TEND_EVERY_S)


def _children(directory: Path, environment: dict[str, str], processes: tuple[str, ...]) -> list[Child]:
    return [
        Child(name, (sys.executable, "-m", "coordinator", name.split("-")[0]), directory / "logs" / f"{name}.log", environment) for name in processes
    ]
