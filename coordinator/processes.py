"""The four processes, wired: worker, projector, relay, gateway. Part of the composition root, and apart from `coordinator.wiring` because a command
that reads a view need not load Faust and a web framework.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path

import structlog
import uvicorn
from prometheus_client import start_http_server

from coordinator.access import Tokens, TokensInvalid, read_tokens
from coordinator.agent.process import WorkerPlace, WorkerProcess
from coordinator.decision_core import DecisionCore
from coordinator.domain import State
from coordinator.gateway.app import create_app
from coordinator.gateway.rooms import Rooms
from coordinator.ledger.core import SystemClock, system_randomness
from coordinator.ledger.kafka_worker import worker_on_kafka
from coordinator.ledger.relay import relay_on_kafka
from coordinator.ledger.worker import Worker
from coordinator.provisioning import require_topics
from coordinator.settings import NetworkPlace, Settings
from coordinator.wiring import ledger_settings, needed, open_keystore, open_network, witnesses_of
from events.topics import TopicNames
from projections.errors import ProjectionError
from projections.runner import Source, run_views
from reading import erasure
from reading.errors import ReadingError
from reading.key_errors import KeyStoreError
from reading.ledger_reader import LedgerReader
from reading.vault import Vault

log = structlog.get_logger("staffetta.processes")

TOKENS_LOOKED_AT_EVERY = timedelta(seconds=1)


def run_worker(settings: Settings) -> None:
    """Decides the events of every network until it is told to stop; its metrics are served on loopback where a port is set."""
    if settings.worker_port:
        start_http_server(settings.worker_port, addr="127.0.0.1")
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
    store = await opened.enter_async_context(await open_keystore(settings, place))
    vault, witnesses, of_the_loop = Vault(place.name, store), witnesses_of(settings, place), ledger_settings(settings)

    def make() -> Worker[State]:
        return worker_on_kafka(
            bootstrap, names, place.name, place.partition, DecisionCore(), vault, SystemClock(), system_randomness(), of_the_loop, witnesses
        )

    return make


def run_projector(settings: Settings) -> None:
    """Keeps the views of every network level, and destroys the keys of erased cases, until it is told to stop."""
    run_until_told(_project(settings))


async def _project(settings: Settings) -> None:
    bootstrap, names = needed(settings, "kafka_bootstrap_servers"), TopicNames(settings.topic_prefix)
    async with AsyncExitStack() as opened, asyncio.TaskGroup() as tasks:
        for place in settings.networks:
            store = await opened.enter_async_context(await open_keystore(settings, place))
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
            _say_stopped(failures.exceptions[0])
            raise failures.exceptions[0] from None
        except Exception as failure:
            _say_stopped(failure)
            raise

    asyncio.run(whole())


def _say_stopped(failure: BaseException) -> None:
    """Names in the log what ended the process. Our own errors say nothing about a person; of others only the kind is told."""
    ours = isinstance(failure, ReadingError | KeyStoreError | ProjectionError)
    log.critical("process_stopped", kind=type(failure).__name__, why=str(failure) if ours else "")
