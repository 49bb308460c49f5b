"""Connections to the broker. Raw bytes only: the codec is ours. The one place that knows how aiokafka and librdkafka are set up."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from confluent_kafka import Consumer, KafkaException, TopicCollection
from confluent_kafka import KafkaError as ConfluentError
from confluent_kafka import TopicPartition as ConfluentPartition
from confluent_kafka.admin import AdminClient

from reading.errors import TopicMissing

log = logging.getLogger(__name__)

REQUEST_TIMEOUT_MS = 10_000
RETRY_AFTER_S = 0.5
MISSING_FOR_S = 5.0
"""A topic counts as missing when the cluster has denied it for this long: a broker that has just started may not know it yet."""
ROOM_FOR_HEADERS_BYTES = 64 * 1024
FETCH_BACKOFF_MS = 100
"""After a failed fetch aiokafka waits this long before the next."""
BATCH_BYTES = 1024 * 1024
LOOKED_FOR_S = 1.0
LOOKED_FOR_BYTES = 64 * 1024
"""What one look at a record may bring; a record that is larger comes alone."""

_ABSENT = (ConfluentError.UNKNOWN_TOPIC_OR_PART, ConfluentError.UNKNOWN_TOPIC_ID, ConfluentError.TOPIC_AUTHORIZATION_FAILED)


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """What the cluster says about a topic."""

    name: str
    topic_id: str
    """Kafka's UUID of the topic, as librdkafka writes it (22 characters, base64)."""
    partitions: int


def consumer(bootstrap: str, topic: str, partition: int, max_bytes: int) -> AIOKafkaConsumer:
    """A consumer of one partition without a group; not started. It never chooses an offset by itself.

    `max_bytes` is what one fetch may bring; it must be at least the largest record of the topic. `fetch_max_wait_ms` bounds how long a seek
    may wait behind a fetch already under way to the same broker.
    """
    made = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="none",
        isolation_level="read_uncommitted",
        fetch_max_wait_ms=250,
        max_partition_fetch_bytes=max_bytes,
        fetch_max_bytes=max(max_bytes, 50 * 1024 * 1024),
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        retry_backoff_ms=FETCH_BACKOFF_MS,
        metadata_max_age_ms=30_000,
    )
    made.assign([TopicPartition(topic, partition)])
    return made


def producer(bootstrap: str, max_record_bytes: int, linger_ms: int = 0) -> AIOKafkaProducer:
    """An idempotent producer (acks=all) for records up to `max_record_bytes`; not started. Await every future that it returns.

    `max_record_bytes` is the topic's `max.message.bytes`: Kafka holds a whole batch against it, so batches are kept below it too.
    """
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        enable_idempotence=True,
        acks="all",
        linger_ms=linger_ms,
        max_batch_size=min(BATCH_BYTES, max_record_bytes),
        max_request_size=max_record_bytes + ROOM_FOR_HEADERS_BYTES,
        request_timeout_ms=REQUEST_TIMEOUT_MS,
        metadata_max_age_ms=30_000,
    )


async def started_producer(bootstrap: str, max_record_bytes: int, linger_ms: int = 0) -> AIOKafkaProducer:
    """A started producer. Waits for a broker that does not answer."""
    while True:
        made = producer(bootstrap, max_record_bytes, linger_ms)
        try:
            await made.start()
        except KafkaError as error:
            await made.stop()
            log.warning("broker_unreachable", extra={"error": type(error).__name__})
            await asyncio.sleep(RETRY_AFTER_S)
        except BaseException:
            await made.stop()
            raise
        else:
            return made


async def topic_facts(bootstrap: str, topics: Iterable[str]) -> dict[str, TopicFacts]:
    """What the cluster says about these topics. Raises TopicMissing. Waits for a broker that does not answer. Creates nothing."""
    names = list(topics)
    denied_since: float | None = None
    while True:
        try:
            return await asyncio.to_thread(_describe, bootstrap, names)
        except TopicMissing:
            denied_since = denied_since or time.monotonic()
            if time.monotonic() - denied_since > MISSING_FOR_S:
                raise
        except KafkaException as error:
            log.warning("broker_unreachable", extra={"error": str(error.args[0].name() if error.args else error)})
        await asyncio.sleep(RETRY_AFTER_S)


async def topic_id(bootstrap: str, topic: str) -> str:
    """Kafka's id of one topic; like `topic_facts`."""
    return (await topic_facts(bootstrap, [topic]))[topic].topic_id


async def value_at(bootstrap: str, topic: str, partition: int, offset: int) -> bytes | None:
    """Value of the record at exactly this offset, as the cluster has it now; None where there is none, it has none, or no answer came in a second.

    One connection serves every look of the process, one after the other, and none waits long for those before it; it belongs to librdkafka, whose threads take nothing from the caller's loop.
    """
    return await asyncio.to_thread(_looker(bootstrap).value_at, topic, partition, offset)


async def cluster_id(bootstrap: str) -> str:
    """The cluster's id. Waits for a broker that does not answer."""
    while True:
        try:
            return await asyncio.to_thread(_cluster_id, bootstrap)
        except KafkaException:
            await asyncio.sleep(RETRY_AFTER_S)


@lru_cache(maxsize=4)
def _admin(bootstrap: str) -> AdminClient:
    return AdminClient({"bootstrap.servers": bootstrap, "socket.timeout.ms": REQUEST_TIMEOUT_MS, "log_level": 2})


class _Looker:
    """Looks at single records."""

    def __init__(self, bootstrap: str) -> None:
        self._lock = threading.Lock()
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap,
                "group.id": "unused",
                "enable.auto.commit": False,
                "auto.offset.reset": "error",
                "allow.auto.create.topics": False,
                "isolation.level": "read_uncommitted",
                "fetch.message.max.bytes": LOOKED_FOR_BYTES,
                "log_level": 2,
            }
        )

    def value_at(self, topic: str, partition: int, offset: int) -> bytes | None:
        if not self._lock.acquire(timeout=LOOKED_FOR_S):
            return None
        try:
            self._consumer.assign([ConfluentPartition(topic, partition, offset)])
            message = self._consumer.poll(LOOKED_FOR_S)
            self._consumer.unassign()
        except KafkaException:
            return None
        finally:
            self._lock.release()
        if message is None or message.error() is not None or message.offset() != offset:
            return None
        value = message.value()
        return value if isinstance(value, bytes) else None


@lru_cache(maxsize=4)
def _looker(bootstrap: str) -> _Looker:
    return _Looker(bootstrap)


def _describe(bootstrap: str, names: list[str]) -> dict[str, TopicFacts]:
    found = {}
    for name, future in _admin(bootstrap).describe_topics(TopicCollection(names), request_timeout=REQUEST_TIMEOUT_MS / 1000).items():
        try:
            described = future.result()
        except KafkaException as error:
            if error.args and error.args[0].code() in _ABSENT:
                raise TopicMissing(name) from None
            raise
        found[name] = TopicFacts(name, str(described.topic_id), len(described.partitions))
    return found


def _cluster_id(bootstrap: str) -> str:
    described = _admin(bootstrap).describe_cluster(request_timeout=REQUEST_TIMEOUT_MS / 1000).result()
    return str(described.cluster_id)
