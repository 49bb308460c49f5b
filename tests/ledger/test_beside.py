"""What stands beside the loop: the clock's events, the relay, the genesis, the published schemas."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

from coordinator.ledger.operator_entries import create_network
from coordinator.ledger.published_schemas import publish_schemas
from coordinator.ledger.relay import Relay, relay_on_kafka
from coordinator.ledger.settings import LedgerSettings
from events.codec import schema_records
from events.entry import Genesis
from events.network import ClockAdvanced
from reading.kafka_log import KafkaLog
from reading.ledger_follower import LedgerFollower
from tests.ledger.benches import NETWORK, QUICK, Bench, KafkaBench, MemoryBench, Running, acknowledged, decided_events, entries_of
from tests.ledger.memory_log import MemoryAppender, MemoryLog
from tests.ledger.tiny_core import TinyCore

CLOCKED = replace(QUICK, clock_events=True, clock_grace_s=0.2, clock_backoff_s=(0.3, 2.0))


async def clock_events_of(bench: Bench) -> list[ClockAdvanced]:
    opened = await bench.vault.open_events(decided_events(await entries_of(bench)))
    return [each.event for each in opened if isinstance(each.event, ClockAdvanced)]


async def test_a_passed_deadline_is_reported_once(bench: Bench) -> None:
    await acknowledged(bench, range(4))
    core = TinyCore(deadline_every=4, deadline_in_ms=600)
    async with Running(bench.worker(core=core, settings=CLOCKED)) as running:
        await running.until_settled(4)
        await asyncio.sleep(1.5)
    reports = await clock_events_of(bench)
    assert len(reports) == 1
    last = (await entries_of(bench))[-1]
    assert last.envelope.event_time_ms >= reports[0].deadline_at_ms


async def test_another_event_makes_the_report_needless() -> None:
    bench = MemoryBench()
    await bench.found()
    await acknowledged(bench, range(4))
    core = TinyCore(deadline_every=4, deadline_in_ms=300)
    async with Running(bench.worker(core=core, settings=replace(CLOCKED, clock_grace_s=1.0))) as running:
        await running.until_settled(3)
        await asyncio.sleep(0.5)
        await acknowledged(bench, range(4, 7))
        await running.until_settled(6)
        await asyncio.sleep(1.2)
    assert await clock_events_of(bench) == []


async def test_a_broker_whose_clock_is_behind_is_not_flooded() -> None:
    bench = MemoryBench()
    await bench.found()
    behind = bench.events.now_ms
    bench.events.now_ms = lambda: behind() - 3_600_000
    await acknowledged(bench, range(4))
    bench.events.now_ms = lambda: behind() - 3_600_000 - 5_000
    core = TinyCore(deadline_every=4, deadline_in_ms=600)
    async with Running(bench.worker(core=core, settings=CLOCKED)) as running:
        await running.until_settled(3)
        await asyncio.sleep(3.0)
    assert 2 <= len(await clock_events_of(bench)) <= 5


async def test_relay_copies_verbatim_and_resumes() -> None:
    bench = MemoryBench()
    await bench.found()
    await acknowledged(bench, range(300))

    def relay() -> Relay:
        return Relay(
            NETWORK,
            lambda anchor: LedgerFollower(MemoryLog(bench.ledger), NETWORK, anchor),
            MemoryLog(bench.accepted),
            MemoryAppender(bench.accepted),
        )

    async with Running(bench.worker()) as running:
        for round_ in range(3):
            task = asyncio.create_task(relay().run())
            await acknowledged(bench, range(300 + round_ * 50, 350 + round_ * 50))
            await running.until_settled(349 + round_ * 50)
            await asyncio.sleep(0.3)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
    entries = await entries_of(bench)
    assert [record.value for record in bench.accepted.records] == [entry.value for entry in entries]
    assert [int.from_bytes(record.key or b"") for record in bench.accepted.records] == list(range(451))


async def test_relay_on_kafka(on_kafka: KafkaBench) -> None:
    await acknowledged(on_kafka, range(100))
    async with Running(on_kafka.worker()) as running:
        await running.until_settled(99)
    task = asyncio.create_task(relay_on_kafka(on_kafka.bootstrap, on_kafka.names, NETWORK, 1).run())
    log = KafkaLog(on_kafka.bootstrap, on_kafka.names.accepted, 1, 10_000_000)
    async with asyncio.timeout(20):
        while (await log.bounds()).end < 101:
            await asyncio.sleep(0.1)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    relay = relay_on_kafka(on_kafka.bootstrap, on_kafka.names, NETWORK, 1)
    position = await relay.resume_after()
    assert position == (await entries_of(on_kafka))[-1].position
    await log.close()


async def test_genesis_is_written_once(unfounded: Bench) -> None:
    await unfounded.found()
    await unfounded.found()
    entries = await entries_of(unfounded)
    assert len(entries) == 1
    assert isinstance(entries[0].body, Genesis)


async def test_worker_waits_for_the_genesis(unfounded: Bench) -> None:
    await acknowledged(unfounded, range(3))
    async with Running(unfounded.worker()) as running:
        await asyncio.sleep(0.5)
        assert running.workers[0].status is None
        await unfounded.found()
        await running.until_settled(2)


async def test_network_of_an_imported_history_begins_where_it_is_told(kafka: str, on_kafka: KafkaBench) -> None:
    entry = await create_network(kafka, on_kafka.names, "training", 0, 7, first_event_offset=0)
    assert isinstance(entry.body, Genesis)
    assert entry.body.created_at_ms == 7
    assert entry.position.event_offset == -1


async def test_schemas_stand_in_their_topic(on_kafka: KafkaBench) -> None:
    count = await publish_schemas(on_kafka.bootstrap, on_kafka.names)
    assert count == len(schema_records())
    log = KafkaLog(on_kafka.bootstrap, on_kafka.names.schemas, 0, 2_000_000)
    records: list[tuple[bytes | None, bytes | None]] = []
    while len(records) < count:
        records += [(record.key, record.value) for record in await log.read(len(records), 500, 2000)]
    assert records == [(key, text.encode()) for key, text in schema_records()]
    await log.close()


def test_production_defaults() -> None:
    """The figures that the design fixes."""
    settings = LedgerSettings()
    assert (settings.window_entries, settings.window_s, settings.rival_silent_s) == (256, 2.0, (0.5, 1.0))
    assert settings.ahead_at_most_ms == 300_000
