"""From send to accepted entry, against a bare consume-produce echo of the same sizes on the same broker, in alternating blocks of one run.

Beside it an echo that commits to PostgreSQL before it produces: the floor for whoever must not send a record before its references are on disk.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from events.codec import event_id_of
from events.entry import Decided
from ops.bench.feeding import seal
from ops.demand.agenda import Timed
from ops.services.say import Say
from ops.stage import Stage

RATE_PER_S = 50
BLOCK_S = 5.0
BLOCKS = 6
"""Counted; one more before them warms worker, echoes and broker alike and is not."""
_A_BLOCK = int(RATE_PER_S * BLOCK_S)
EVENTS = _A_BLOCK * (BLOCKS + 1)
"""How many are sent in all."""
IN, OUT = "bench.echo.in", "bench.echo.out"
COMMITTED_IN, COMMITTED_OUT = "bench.committed.in", "bench.committed.out"


class Stopwatch:
    """When each record was sent and seen again, by its first bytes."""

    def __init__(self) -> None:
        self._sent: dict[str, float] = {}
        self.taken_ms: list[float] = []
        self._all = asyncio.Event()

    def send(self, mark: str) -> None:
        """The record is about to be sent."""
        self._all.clear()
        self._sent[mark] = time.perf_counter()

    def seen(self, mark: str) -> None:
        """It was read back."""
        sent = self._sent.pop(mark, None)
        if sent is not None:
            self.taken_ms.append((time.perf_counter() - sent) * 1000)
        if not self._sent:
            self._all.set()

    async def all_seen(self) -> None:
        """Until nothing is under way. Raises TimeoutError after 30 s."""
        await asyncio.wait_for(self._all.wait(), 30)


async def measure_latency(stage: Stage, timed: list[Timed], entry_bytes: int, say: Say) -> dict[str, float]:
    """`timed` are the events to send (`EVENTS` of them are used), on a network whose worker is level and runs."""
    sealed = await seal(stage.room, timed[:EVENTS])
    await asyncio.to_thread(_create_topics, stage.kafka.bootstrap)
    keys = stage.environment["KEYSTORE_URL"]
    echoes = [await _echo(stage, IN, OUT, str(entry_bytes)), await _echo(stage, COMMITTED_IN, COMMITTED_OUT, str(entry_bytes), keys)]
    await (
        stage.room.intake.stop()
    )  # the harness's own tail, a second reader of every entry in the process that holds the stopwatch; the echoes have one
    ours, bare, committed = Stopwatch(), Stopwatch(), Stopwatch()
    tails = [
        asyncio.create_task(_tail_ledger(stage, ours)),
        asyncio.create_task(_tail_echo(stage, OUT, bare)),
        asyncio.create_task(_tail_echo(stage, COMMITTED_OUT, committed)),
    ]
    producer = AIOKafkaProducer(bootstrap_servers=stage.kafka.bootstrap, acks="all", enable_idempotence=True)
    try:
        async with producer:
            await _warm(producer, IN, bare)
            await _warm(producer, COMMITTED_IN, committed)
            for block in range(BLOCKS + 1):
                part = sealed[block * _A_BLOCK : (block + 1) * _A_BLOCK]
                await _paced(part, ours, lambda at_ms, value: producer.send(stage.names.events, value, partition=0, timestamp_ms=at_ms))
                await _paced(part, bare, lambda at_ms, value: producer.send(IN, value, partition=0))
                await _paced(part, committed, lambda at_ms, value: producer.send(COMMITTED_IN, value, partition=0))
                so_far = f"ours p50 {_p(ours, 50):.1f} ms, echo p50 {_p(bare, 50):.1f} ms, with a commit {_p(committed, 50):.1f} ms"
                say(f"latency, {f'block {block} of {BLOCKS}' if block else 'warming'}: {so_far}")
                if not block:
                    for stopwatch in (ours, bare, committed):
                        stopwatch.taken_ms.clear()
    finally:
        for tail in tails:
            tail.cancel()
        for echo in echoes:
            echo.terminate()
            await echo.wait()
        await asyncio.gather(*tails, return_exceptions=True)
    return {
        "latency_p50_ms": round(_p(ours, 50), 2),
        "latency_p99_ms": round(_p(ours, 99), 2),
        "echo_p50_ms": round(_p(bare, 50), 2),
        "echo_p99_ms": round(_p(bare, 99), 2),
        "committed_echo_p50_ms": round(_p(committed, 50), 2),
        "committed_echo_p99_ms": round(_p(committed, 99), 2),
        "latency_ratio_p50": round(_p(ours, 50) / _p(bare, 50), 2),
        "latency_ratio_p99": round(_p(ours, 99) / _p(bare, 99), 2),
        "latency_floor_ratio_p50": round(_p(ours, 50) / _p(committed, 50), 2),
        "latency_floor_ratio_p99": round(_p(ours, 99) / _p(committed, 99), 2),
    }


def _p(stopwatch: Stopwatch, percent: int) -> float:
    return statistics.quantiles(stopwatch.taken_ms, n=100, method="inclusive")[percent - 1]


async def _paced(part: list[tuple[int, bytes]], stopwatch: Stopwatch, send: Callable[[int, bytes], Awaitable[object]]) -> None:
    """An open loop: every record at its own instant, whether or not the ones before are back."""
    began = time.perf_counter()
    for number, (at_ms, value) in enumerate(part):
        await asyncio.sleep(max(0.0, began + number / RATE_PER_S - time.perf_counter()))
        stopwatch.send(event_id_of(value) or "")
        await send(at_ms, value)
    await stopwatch.all_seen()


async def _echo(stage: Stage, *arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(sys.executable, "-m", "ops.bench.echo", stage.kafka.bootstrap, *arguments)


async def _warm(producer: AIOKafkaProducer, topic: str, stopwatch: Stopwatch) -> None:
    """Until the echo answers."""
    for number in range(20):
        stopwatch.send(f"warm-{number}")
        await producer.send_and_wait(topic, f"warm-{number}".encode(), partition=0)
    await stopwatch.all_seen()
    stopwatch.taken_ms.clear()


async def _tail_ledger(stage: Stage, stopwatch: Stopwatch) -> None:
    position = stage.room.intake.tail.position
    async with stage.room.reader(position) as reader:
        async for batch in reader.follow(idle_ms=200):
            for record in batch:
                if isinstance(record.body, Decided):
                    stopwatch.seen(event_id_of(record.body.event) or "")


async def _tail_echo(stage: Stage, topic: str, stopwatch: Stopwatch) -> None:
    consumer = AIOKafkaConsumer(bootstrap_servers=stage.kafka.bootstrap, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(topic, 0)])
    async with consumer:
        while True:
            for records in (await consumer.getmany(timeout_ms=200)).values():
                for record in records:
                    value = bytes(record.value or b"")
                    stopwatch.seen(event_id_of(value) or value.rstrip(b"\0").decode(errors="replace"))


def _create_topics(bootstrap: str) -> None:
    """With the settings of the events and the ledger."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    wanted = [NewTopic(name, 1, 1, config={"flush.messages": "1", "retention.ms": "-1"}) for name in (IN, OUT, COMMITTED_IN, COMMITTED_OUT)]
    for done in admin.create_topics(wanted).values():
        done.result()
