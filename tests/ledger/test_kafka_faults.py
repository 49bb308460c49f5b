"""Faults of a real broker, on one of its own: killed, frozen, its log cut short, its topics trimmed and made anew."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import TopicPartition as Marked
from confluent_kafka.admin import AdminClient

from coordinator.ledger.heal import heal_on_kafka
from events.entry import NoEvent, SourceChanged
from events.topics import TopicNames
from ops.services.kafka import KafkaCluster
from ops.topics import create_topics
from reading.errors import EventsHole, EventsTopicChanged, LedgerHeadTrimmed, LedgerTailLost
from reading.ledger_reader import LedgerReader
from tests.ledger.benches import NETWORK, KafkaBench, Running, acknowledged, decided_events, entries_of
from tests.ledger.test_stops import died_of, raw


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    with KafkaCluster(tmp_path_factory.mktemp("faults")) as started:
        yield started


@pytest.fixture
async def bench(cluster: KafkaCluster) -> KafkaBench:
    names = TopicNames(f"faults-{uuid.uuid4().hex[:8]}")
    await create_topics(cluster.bootstrap, names, 2, replication=1, min_insync=1, timestamp_type="CreateTime")
    made = KafkaBench(cluster.bootstrap, names)
    await made.found()
    return made


def segment_of(cluster: KafkaCluster, topic: str) -> Path:
    """The one log file of a topic's partition 1."""
    return next(cluster.data_dir.glob(f"broker-0/**/{topic}-1/*.log"))


def admin_of(cluster: KafkaCluster) -> AdminClient:
    return AdminClient({"bootstrap.servers": cluster.bootstrap})


def trim(cluster: KafkaCluster, topic: str, before: int) -> None:
    admin = admin_of(cluster)
    for future in admin.delete_records([Marked(topic, 1, before)]).values():
        future.result(30)


async def test_killed_and_frozen_broker_under_load(cluster: KafkaCluster, bench: KafkaBench) -> None:
    values: list[bytes] = []
    async with Running(bench.worker("w1"), bench.worker("w2")) as running:
        for round_ in range(4):
            values += await acknowledged(bench, range(round_ * 200, round_ * 200 + 200))
            if round_ % 2 == 0:
                cluster.kill(0)
                await asyncio.sleep(0.5)
                await asyncio.to_thread(cluster.restart, 0)
            else:
                cluster.freeze(0)
                await asyncio.sleep(2)
                cluster.thaw(0)
        await running.until_settled(799, 60)
    assert decided_events(await entries_of(bench)) == values


async def test_lost_tail_stops_everybody_and_heals(cluster: KafkaCluster, bench: KafkaBench) -> None:
    values = await acknowledged(bench, range(100))
    async with Running(bench.worker()) as running:
        await running.until_settled(99)
        size = segment_of(cluster, bench.names.ledger).stat().st_size
        values += await acknowledged(bench, range(100, 200))
        await running.until_settled(199)
        entries = await entries_of(bench)
        reader = LedgerReader(bench.bootstrap, bench.names, NETWORK, 1)
        async for _ in reader.read_to_end():
            continue
        cluster.kill(0)
        os.truncate(segment_of(cluster, bench.names.ledger), size)
        await asyncio.to_thread(cluster.restart, 0)
        worker_died, reader_died = await asyncio.gather(running.failure(40), died_of(reader, 40))
        assert isinstance(worker_died, LedgerTailLost)
        assert isinstance(reader_died, LedgerTailLost)
        await reader.close()
    anchored = LedgerReader(bench.bootstrap, bench.names, NETWORK, 1, entries[-1].position)
    assert isinstance(await died_of(anchored), LedgerTailLost)
    await anchored.close()
    healed = await heal_on_kafka(bench.bootstrap, bench.names, NETWORK, 1, raw(entries))
    assert 0 < healed.appended <= 101
    values += await acknowledged(bench, range(200, 210))
    async with Running(bench.worker()) as running:
        await running.until_settled(209)
    assert decided_events(await entries_of(bench)) == values


async def test_trimmed_ledger_head(cluster: KafkaCluster, bench: KafkaBench) -> None:
    await acknowledged(bench, range(20))
    async with Running(bench.worker()) as running:
        await running.until_settled(19)
    entries = await entries_of(bench)
    trim(cluster, bench.names.ledger, 10)
    async with Running(bench.worker()) as running:
        assert isinstance(await running.failure(), LedgerHeadTrimmed)
    anchored = LedgerReader(bench.bootstrap, bench.names, NETWORK, 1, entries[15].position)
    rest = [record async for batch in anchored.read_to_end() for record in batch]
    assert [record.value for record in rest] == [entry.value for entry in entries[16:]]
    await anchored.close()


async def test_events_trimmed_too_far(cluster: KafkaCluster, bench: KafkaBench) -> None:
    values = await acknowledged(bench, range(30))
    trim(cluster, bench.names.events, 10)
    async with Running(bench.worker()) as running:
        assert isinstance(await running.failure(), EventsHole)
    operator = bench.operator()
    entry = await operator.no_event(0, 9, "trimmed before they were decided")
    await operator.close()
    assert isinstance(entry.body, NoEvent)
    async with Running(bench.worker()) as running:
        await running.until_settled(29)
    assert decided_events(await entries_of(bench)) == values[10:]


async def test_events_topic_made_anew(cluster: KafkaCluster, bench: KafkaBench) -> None:
    values = await acknowledged(bench, range(30))
    async with Running(bench.worker()) as running:
        await running.until_settled(29)
        admin = admin_of(cluster)
        for future in admin.delete_topics([bench.names.events]).values():
            future.result(30)
        await asyncio.sleep(0.5)
        await create_topics(bench.bootstrap, bench.names, 2, replication=1, min_insync=1, timestamp_type="CreateTime")
        values += await acknowledged(bench, range(30, 80))
        assert isinstance(await running.failure(30), EventsTopicChanged)
    operator = bench.operator()
    entry = await operator.source_changed(0, "made anew")
    await operator.close()
    assert isinstance(entry.body, SourceChanged)
    async with Running(bench.worker()) as running:
        await running.until_settled(49)
    assert decided_events(await entries_of(bench)) == values
