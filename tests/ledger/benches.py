"""What a test of the loop needs of its surroundings, in memory and on Kafka alike."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol, Self

from coordinator.ledger.core import SystemClock
from coordinator.ledger.kafka_worker import assembled_worker, worker_on_kafka
from coordinator.ledger.loading import Witnesses, no_witnesses
from coordinator.ledger.log_appender import KafkaAppender, LogAppender
from coordinator.ledger.operator_entries import OperatorEntries, create_network, operator_entries
from coordinator.ledger.settings import LedgerSettings
from coordinator.ledger.worker import Worker
from events.acceptance import Position
from events.availability import AvailabilityReaffirmed
from events.entry import Decided, Genesis
from events.fact import Actor
from events.ids import uuid7
from events.topics import MAX_ENTRY_BYTES, MAX_EVENT_BYTES, TopicNames
from events.vocabulary import Role
from reading.kafka_log import KafkaLog
from reading.keys_memory import MemoryKeyStore
from reading.ledger_chain import AcceptedRecord
from reading.ledger_follower import LedgerFollower
from reading.ledger_reader import ledger_log
from reading.partition_log import PartitionLog
from reading.vault import Vault
from tests.ledger.memory_log import MemoryAppender, MemoryLog, MemoryPartition
from tests.ledger.tiny_core import TinyCore, TinyState

NETWORK = "it"
PLAIN = TinyCore()
QUICK = LedgerSettings(rival_silent_s=(0.05, 0.15), clock_events=False, ahead_at_most_ms=None, source_checked_every_s=0.5)


class Bench(Protocol):
    """A network's topics with a genesis, and an endless supply of events, workers and readers."""

    keys: MemoryKeyStore
    vault: Vault

    def worker(
        self, worker_id: str = "w1", core: TinyCore = PLAIN, settings: LedgerSettings = QUICK, witnesses: Witnesses = no_witnesses
    ) -> Worker[TinyState]: ...

    def events_log(self) -> PartitionLog: ...

    def ledger_log(self) -> PartitionLog: ...

    def events_appender(self) -> LogAppender: ...

    def ledger_appender(self) -> LogAppender: ...

    async def found(self) -> None: ...

    def operator(self) -> OperatorEntries: ...

    async def close(self) -> None: ...


class MemoryBench:
    """Everything in memory; `ledger_delay_s` is how long an append takes."""

    def __init__(self, ledger_delay_s: float = 0.002, verdict: Callable[[], str] = lambda: "ok") -> None:
        clock = SystemClock()
        self.events = MemoryPartition("events", now_ms=clock.now_ms)
        self.ledger = MemoryPartition("ledger", now_ms=clock.now_ms)
        self.snapshots = MemoryPartition("snapshots", now_ms=clock.now_ms)
        self.accepted = MemoryPartition("accepted", now_ms=clock.now_ms)
        self.keys = MemoryKeyStore(NETWORK)
        self.vault = Vault(NETWORK, self.keys)
        self.ledger_logs: list[MemoryLog] = []
        """Every reader's log that was handed out."""
        self._delay_s = ledger_delay_s
        self._verdict = verdict

    def worker(
        self, worker_id: str = "w1", core: TinyCore = PLAIN, settings: LedgerSettings = QUICK, witnesses: Witnesses = no_witnesses
    ) -> Worker[TinyState]:
        return assembled_worker(
            NETWORK,
            core,
            Vault(NETWORK, self.keys),
            SystemClock(),
            random.Random(worker_id),
            replace(settings, worker_id=worker_id),
            reader_at=lambda anchor, ear: LedgerFollower(self.ledger_log(), NETWORK, anchor, on_ignored=ear, tip_checked_every_s=0.3),
            events=self.events_log(),
            ledger=MemoryAppender(self.ledger, self._delay_s, self._verdict),
            snapshots=(MemoryLog(self.snapshots), MemoryAppender(self.snapshots)),
            clock_events=MemoryAppender(self.events),
            witnesses=witnesses,
        )

    def events_log(self) -> PartitionLog:
        return MemoryLog(self.events)

    def ledger_log(self) -> PartitionLog:
        self.ledger_logs.append(MemoryLog(self.ledger))
        return self.ledger_logs[-1]

    def events_appender(self) -> LogAppender:
        return MemoryAppender(self.events)

    def ledger_appender(self) -> LogAppender:
        return MemoryAppender(self.ledger)

    async def found(self) -> None:
        await self.operator().genesis(Genesis("memory", self.events.topic_id, self.ledger.topic_id, 0, 0))

    def operator(self) -> OperatorEntries:
        return OperatorEntries(NETWORK, lambda anchor: LedgerFollower(self.ledger_log(), NETWORK, anchor), self.ledger_appender(), self.events_log())

    async def close(self) -> None:
        return None


class KafkaBench:
    """Real topics on a real broker, partition 1."""

    def __init__(self, bootstrap: str, names: TopicNames) -> None:
        self.bootstrap = bootstrap
        self.names = names
        self.keys = MemoryKeyStore(NETWORK)
        self.vault = Vault(NETWORK, self.keys)

    def worker(
        self, worker_id: str = "w1", core: TinyCore = PLAIN, settings: LedgerSettings = QUICK, witnesses: Witnesses = no_witnesses
    ) -> Worker[TinyState]:
        return worker_on_kafka(
            self.bootstrap,
            self.names,
            NETWORK,
            1,
            core,
            Vault(NETWORK, self.keys),
            SystemClock(),
            random.Random(worker_id),
            replace(settings, worker_id=worker_id),
            witnesses,
        )

    def events_log(self) -> PartitionLog:
        return KafkaLog(self.bootstrap, self.names.events, 1, 2 * MAX_EVENT_BYTES)

    def ledger_log(self) -> PartitionLog:
        return ledger_log(self.bootstrap, self.names, 1)

    def events_appender(self) -> LogAppender:
        return KafkaAppender(self.bootstrap, self.names.events, 1, MAX_EVENT_BYTES)

    def ledger_appender(self) -> LogAppender:
        return KafkaAppender(self.bootstrap, self.names.ledger, 1, MAX_ENTRY_BYTES)

    async def found(self) -> None:
        await create_network(self.bootstrap, self.names, NETWORK, 1, 0)

    def operator(self) -> OperatorEntries:
        return operator_entries(self.bootstrap, self.names, NETWORK, 1)

    async def close(self) -> None:
        return None


class Running:
    """Workers in tasks, stopped at the end of the block whatever happens."""

    def __init__(self, *workers: Worker[Any]) -> None:
        self.workers = workers
        self.tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self.tasks = [asyncio.create_task(worker.run()) for worker in self.workers]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self.tasks:
            task.cancel()
        for task in self.tasks:
            with suppress(asyncio.CancelledError, Exception):
                await task

    async def until_settled(self, event_offset: int, timeout_s: float = 30) -> None:
        """Until one of the workers has settled this event. A worker that fails raises here."""
        async with asyncio.timeout(timeout_s):
            while not any(worker.status and worker.status.event_offset >= event_offset for worker in self.workers):
                for task in self.tasks:
                    if task.done():
                        task.result()
                await asyncio.sleep(0.01)

    async def failure(self, timeout_s: float = 15) -> BaseException:
        """What the first worker dies of."""
        done, _ = await asyncio.wait(self.tasks, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
        assert done, "no worker stopped"
        error = next(iter(done)).exception()
        assert error is not None
        return error


def reaffirmed(number: int, at_ms: int = 1_700_000_000_000) -> AvailabilityReaffirmed:
    """Event number so many; the same number gives the same event."""
    event_id = uuid7(at_ms + number, random.Random(number).getrandbits(74))
    return AvailabilityReaffirmed(event_id, Actor("p1", "b1", Role.PROJECT), f"unit-{number % 300}", at_ms, 0)


async def acknowledged(bench: Bench, numbers: Sequence[int]) -> list[bytes]:
    """Seal and append these events; their values, once acknowledged."""
    values = await bench.vault.seal_events([reaffirmed(number) for number in numbers])
    appender = bench.events_appender()
    await (await appender.append([(None, value, ()) for value in values]))
    await appender.close()
    return values


async def entries_of(bench: Bench) -> list[AcceptedRecord]:
    """Every entry of the ledger."""
    async with LedgerFollower(bench.ledger_log(), NETWORK) as reader:
        return [record async for batch in reader.read_to_end() for record in batch]


async def end_position(bench: Bench) -> Position:
    return (await entries_of(bench))[-1].position


def decided_events(entries: Sequence[AcceptedRecord]) -> list[bytes]:
    """The event values that these entries decide, in order."""
    return [record.body.event for record in entries if isinstance(record.body, Decided)]


async def folded(bench: Bench, core: TinyCore = PLAIN) -> TinyState:
    """The state folded from the whole ledger by a stranger."""
    state = core.initial_state(NETWORK)
    entries = await entries_of(bench)
    for opened in await Vault(NETWORK, bench.keys).open_entries([(record.envelope, record.body) for record in entries]):
        state = core.evolve(state, opened)
    return state
