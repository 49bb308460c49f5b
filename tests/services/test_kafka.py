"""Real brokers: killed, frozen, restarted, and what was acknowledged still there."""

from __future__ import annotations

import socket
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient

from events.topics import TopicNames
from ops.services.kafka import KafkaCluster, live_brokers
from ops.services.throwaway import throwaway_directory
from ops.topics import check_topics, create_topics

pytestmark = pytest.mark.edge


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    with throwaway_directory() as made:
        yield made


@pytest.fixture(scope="module")
def cluster(directory: Path) -> Iterator[KafkaCluster]:
    """One broker of our own, because we break it."""
    with KafkaCluster(directory / "one", short_lived=True) as started:
        yield started


def _send(bootstrap: str, topic: str, values: list[bytes], timeout_s: float = 20) -> list[str | None]:
    """The error of each send by name, None where it was acknowledged; in order."""
    outcomes: list[str | None] = []
    producer = Producer(
        {"bootstrap.servers": bootstrap, "acks": "all", "enable.idempotence": True, "delivery.timeout.ms": int(timeout_s * 1000), "log_level": 0}
    )
    for value in values:
        producer.produce(topic, value, partition=0, on_delivery=lambda error, _: outcomes.append(error.name() if error is not None else None))
    producer.flush(timeout_s + 5)
    return outcomes


def _read(bootstrap: str, topic: str, count: int) -> list[bytes | None]:
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": uuid.uuid4().hex, "auto.offset.reset": "earliest", "log_level": 0})
    consumer.subscribe([topic])
    found: list[bytes | None] = []
    end = time.monotonic() + 20
    while len(found) < count and time.monotonic() < end:
        message = consumer.poll(0.5)
        if message is not None and message.error() is None:
            found.append(message.value())
    consumer.close()
    return found


async def test_what_was_acknowledged_outlives_a_kill(cluster: KafkaCluster) -> None:
    names, bootstrap = TopicNames("killed"), cluster.bootstrap
    await create_topics(bootstrap, names, 1, 1, 1)
    assert _send(bootstrap, names.events, [b"one", b"two"]) == [None, None]
    cluster.kill(0)
    assert live_brokers(bootstrap) == set()
    cluster.restart(0)
    assert cluster.bootstrap == bootstrap
    assert _send(bootstrap, names.events, [b"three"]) == [None]
    assert _read(bootstrap, names.events, 3) == [b"one", b"two", b"three"]


async def test_frozen_it_acknowledges_nothing_and_thawed_it_goes_on(cluster: KafkaCluster) -> None:
    names = TopicNames("frozen")
    await create_topics(cluster.bootstrap, names, 1, 1, 1)
    cluster.freeze(0)
    assert _send(cluster.bootstrap, names.events, [b"lost in time"], timeout_s=2) == ["_MSG_TIMED_OUT"]
    cluster.thaw(0)
    assert _send(cluster.bootstrap, names.events, [b"heard"]) == [None]


def test_no_topic_is_made_by_a_mistyped_name(cluster: KafkaCluster) -> None:
    assert _send(cluster.bootstrap, "mistyped", [b"x"], timeout_s=2) != [None]
    assert "mistyped" not in AdminClient({"bootstrap.servers": cluster.bootstrap}).list_topics(timeout=10).topics


async def test_started_again_it_serves_the_same_topics_even_where_its_port_is_taken(directory: Path) -> None:
    names = TopicNames("kept")
    with KafkaCluster(directory / "again", short_lived=True) as first:
        await create_topics(first.bootstrap, names, 1, 1, 1)
        assert _send(first.bootstrap, names.ledger, [b"entry"]) == [None]
        port = int(first.bootstrap.rpartition(":")[2])
    with socket.create_server(("127.0.0.1", port)), KafkaCluster(directory / "again", short_lived=True) as second:
        assert second.bootstrap != f"127.0.0.1:{port}"
        assert await check_topics(second.bootstrap, names, 1, 1, 1) == []
        assert _read(second.bootstrap, names.ledger, 1) == [b"entry"]


async def test_three_brokers_serve_while_one_is_gone(kafka3: KafkaCluster) -> None:
    names = TopicNames(f"test-{uuid.uuid4().hex[:8]}")
    await create_topics(kafka3.bootstrap, names, 1)
    assert await check_topics(kafka3.bootstrap, names, 1) == []
    known = AdminClient({"bootstrap.servers": kafka3.bootstrap}).list_topics(timeout=10)
    leader = known.topics[names.events].partitions[0].leader - 1
    assert _send(kafka3.bootstrap, names.events, [b"before"]) == [None]
    kafka3.kill(leader)
    assert _send(kafka3.bootstrap, names.events, [b"meanwhile"], timeout_s=30) == [None]
    kafka3.restart(leader)
    assert live_brokers(kafka3.bootstrap) == {1, 2, 3}
    assert _read(kafka3.bootstrap, names.events, 2) == [b"before", b"meanwhile"]
