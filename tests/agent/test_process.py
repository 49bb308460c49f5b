"""A worker process on real Kafka: Faust assigns and rings, workers decide, failures end the process."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from coordinator.agent.ending import FAULT, STOPPED
from coordinator.agent.process import WorkerPlace, WorkerProcess
from coordinator.ledger.settings import LedgerSettings
from events.topics import TopicNames
from tests.ledger.benches import NETWORK, QUICK, KafkaBench, acknowledged, decided_events, entries_of


@pytest.fixture
async def on_kafka(kafka: str, topic_names: TopicNames) -> KafkaBench:
    bench = KafkaBench(kafka, topic_names)
    await bench.found()
    return bench


@asynccontextmanager
async def serving(
    bench: KafkaBench, settings: LedgerSettings, name: str = "p1"
) -> AsyncIterator[tuple[WorkerProcess, asyncio.Task[None], list[int]]]:
    ended: list[int] = []
    place = WorkerPlace(NETWORK, 1, lambda: bench.worker(name, settings=settings))
    process = WorkerProcess(bench.bootstrap, bench.names, [place], end=lambda status, _: ended.append(status))
    task = asyncio.create_task(process.run())
    try:
        yield process, task, ended
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


async def settled(process: WorkerProcess, offset: int, timeout_s: float = 40) -> None:
    async with asyncio.timeout(timeout_s):
        while not has_settled(process, offset):
            await asyncio.sleep(0.005)


def has_settled(process: WorkerProcess, offset: int) -> bool:
    progress = process.progress().get(1)
    return progress is not None and progress.settled_event_offset is not None and progress.settled_event_offset >= offset


async def test_faust_assigns_and_rings(on_kafka: KafkaBench) -> None:
    values = await acknowledged(on_kafka, range(20))
    async with serving(on_kafka, QUICK) as (process, _, ended):
        await settled(process, 19)
        async with asyncio.timeout(60):
            while process._serving[1].worker._standby:
                await asyncio.sleep(0.05)
        await asyncio.sleep(1.5)
        latencies = []
        for number in range(20, 30):
            values += await acknowledged(on_kafka, [number])
            began = time.monotonic()
            await settled(process, number)
            latencies.append(time.monotonic() - began)
        assert max(latencies) < 5, latencies
        assert not ended
    assert decided_events(await entries_of(on_kafka)) == values


async def test_a_worker_that_fails_ends_the_process(on_kafka: KafkaBench, monkeypatch: pytest.MonkeyPatch) -> None:
    async with serving(on_kafka, QUICK) as (process, task, ended):
        await acknowledged(on_kafka, [1])
        await settled(process, 0)
        worker = process._serving[1].worker

        def explode(*_: object) -> None:
            raise RuntimeError("planted")

        monkeypatch.setattr(type(worker._core), "decide", explode)
        await acknowledged(on_kafka, [2])
        await asyncio.wait([task], timeout=10)
        assert task.done() and isinstance(task.exception(), RuntimeError)
        assert ended == [FAULT]


async def test_an_event_that_differs_from_the_ledger_stops_the_network(on_kafka: KafkaBench) -> None:
    async with serving(on_kafka, QUICK) as (process, task, ended):
        values = await acknowledged(on_kafka, [1])
        await settled(process, 0)
        process.ring(1, 0, values[0])
        await asyncio.sleep(0.1)
        assert not ended
        process.ring(1, 0, values[0] + b"!")
        await asyncio.wait([task], timeout=10)
        assert ended == [STOPPED]


async def test_two_processes_share_nothing_but_the_group(on_kafka: KafkaBench) -> None:
    values = await acknowledged(on_kafka, range(50))
    async with serving(on_kafka, QUICK, "p1") as (first, _, _):
        await settled(first, 49)
        async with serving(on_kafka, QUICK, "p2") as (second, _, _):
            values += await acknowledged(on_kafka, range(50, 100))
            async with asyncio.timeout(40):
                while not any(has_settled(each, 99) for each in (first, second)):
                    await asyncio.sleep(0.05)
    assert decided_events(await entries_of(on_kafka)) == values
