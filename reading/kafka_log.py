"""A partition of a Kafka topic as a `PartitionLog`. It outlives its brokers: what fails is thrown away and connected again."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.client import ConnectionGroup
from aiokafka.errors import AuthenticationFailedError, KafkaError, OffsetOutOfRangeError, SaslAuthenticationFailed, TopicAuthorizationFailedError

from reading import broker
from reading.partition_log import Bounds, LogRecord, OutOfRange

log = logging.getLogger(__name__)

_NOT_ALLOWED = (AuthenticationFailedError, SaslAuthenticationFailed, TopicAuthorizationFailedError)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where records come from. The same at the end of two reads: nothing happened in between that a log could have lost its end by."""

    leader: int | None
    connection: object
    """aiokafka's: it compares by identity, and is held, so that no other can have its place."""
    metadata_asked_at_ms: int


class KafkaLog:
    """One partition of one topic, read by a consumer of its own without a group. Not for two tasks at once. See `PartitionLog`."""

    def __init__(self, bootstrap: str, topic: str, partition: int, max_bytes: int) -> None:
        self._bootstrap = bootstrap
        self._tp = TopicPartition(topic, partition)
        self._max_bytes = max_bytes
        self._consumer: AIOKafkaConsumer | None = None
        self._expected: int | None = None
        self._heard: _Source | None = None
        self._upheavals = 0

    @property
    def topic(self) -> str:
        return str(self._tp.topic)

    @property
    def upheavals(self) -> int:
        return self._upheavals

    async def topic_id(self) -> str:
        return await broker.topic_id(self._bootstrap, self.topic)

    async def bounds(self) -> Bounds:
        while True:
            consumer = await self._connect()
            if consumer is not None:
                try:
                    start = (await consumer.beginning_offsets([self._tp]))[self._tp]
                    end = (await consumer.end_offsets([self._tp]))[self._tp]
                except KafkaError as error:
                    await self._drop(error)
                else:
                    return Bounds(start, end)
            await asyncio.sleep(broker.RETRY_AFTER_S)

    async def read(self, offset: int, max_records: int, wait_ms: int) -> list[LogRecord]:
        consumer = await self._connect()
        if consumer is None:
            await asyncio.sleep(min(wait_ms / 1000, broker.RETRY_AFTER_S))
            return []
        if offset != self._expected:
            consumer.seek(self._tp, offset)
            self._expected = offset
        try:
            fetched = await consumer.getmany(self._tp, timeout_ms=wait_ms, max_records=max_records)
        except OffsetOutOfRangeError:
            self._expected = None
            raise OutOfRange from None
        except KafkaError as error:
            await self._drop(error)
            return []
        self._watch_source(consumer)
        records = [_record(record) for record in fetched.get(self._tp, ())]
        if records:
            self._expected = records[-1].offset + 1
        return records

    async def value_beside(self, offset: int) -> bytes | None:
        return await broker.value_at(self._bootstrap, self.topic, int(self._tp.partition), offset)

    async def close(self) -> None:
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            with suppress(KafkaError):
                await consumer.stop()

    async def _connect(self) -> AIOKafkaConsumer | None:
        """The consumer; None where no broker answers now. Raises TopicMissing.

        The topic is looked up first, because asking aiokafka for an unknown topic may create it with the broker's settings instead of ours.
        """
        if self._consumer is not None:
            return self._consumer
        await self.topic_id()
        made = broker.consumer(self._bootstrap, self.topic, int(self._tp.partition), self._max_bytes)
        try:
            await made.start()
        except KafkaError as error:
            log.warning("broker_unreachable", extra={"topic": self.topic, "error": type(error).__name__})
            await made.stop()
            return None
        except BaseException:
            await made.stop()
            raise
        self._consumer, self._expected, self._heard = made, None, None
        return made

    async def _drop(self, error: KafkaError) -> None:
        """Throw the connection away, unless waiting cannot help."""
        if isinstance(error, _NOT_ALLOWED):
            raise error
        log.warning("broker_connection_dropped", extra={"topic": self.topic, "error": type(error).__name__})
        self._upheavals += 1
        await self.close()

    def _watch_source(self, consumer: AIOKafkaConsumer) -> None:
        """aiokafka keeps failures of a fetch to itself. What shows of them: the leader in its metadata; the connection to it, which a broker that stops
        takes with it, and which is made anew before anything is fetched again; and that it asks for metadata again, as it does after every other error.
        """
        client = consumer._client
        leader = client.cluster.leader_for_partition(self._tp)
        heard = _Source(leader, client._conns.get((leader, ConnectionGroup.DEFAULT)), client.cluster._last_successful_refresh_ms)
        if heard != self._heard:
            if self._heard is not None:
                self._upheavals += 1
            self._heard = heard


def _record(record: ConsumerRecord[bytes, bytes]) -> LogRecord:
    return LogRecord(record.offset, record.timestamp, record.key, record.value, tuple(record.headers))
