"""Appending records to a ledger partition: in order, idempotent, acknowledged by every in-sync replica."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from reading import broker
from reading.partition_log import Headers

log = logging.getLogger(__name__)

Record = tuple[bytes | None, bytes, Headers]
"""Key, value, headers."""


class AppendFailed(Exception):
    """Records may or may not have reached the log: read it."""


class LogAppender(Protocol):
    """Appends to one partition."""

    async def append(self, records: Sequence[Record], timestamp_ms: int | None = None) -> asyncio.Future[None]:
        """Hand over these records in order, after all handed over before. The future is done when all are acknowledged, or fails with AppendFailed.

        A silent broker keeps the future pending; records that may have been lost are never sent again by the appender.
        """
        ...

    async def close(self) -> None:
        """Wait for what is under way, if the broker answers, and let go."""
        ...


class KafkaAppender:
    """Appends to one partition of a Kafka topic.

    Records are packed into whole producer batches by us: one future for each batch instead of one for each record, and at 6,000 records a second
    that is half of the processor time. After a failure the producer is thrown away, because an idempotent one cannot go on after a gap.
    """

    def __init__(self, bootstrap: str, topic: str, partition: int, max_record_bytes: int) -> None:
        self._bootstrap = bootstrap
        self._max_record_bytes = max_record_bytes
        self._topic = topic
        self._partition = partition
        self._producer: AIOKafkaProducer | None = None
        self._confirming: set[asyncio.Task[None]] = set()

    async def append(self, records: Sequence[Record], timestamp_ms: int | None = None) -> asyncio.Future[None]:
        producer = self._producer = self._producer or await broker.started_producer(self._bootstrap, self._max_record_bytes)
        acknowledged: list[asyncio.Future[object]] = []
        try:
            batch = producer.create_batch()
            for key, value, headers in records:
                if batch.append(key=key, value=value, timestamp=timestamp_ms, headers=list(headers)) is None:
                    acknowledged.append(await producer.send_batch(batch, self._topic, partition=self._partition))
                    batch = producer.create_batch()
                    batch.append(key=key, value=value, timestamp=timestamp_ms, headers=list(headers))
            if batch.record_count():
                acknowledged.append(await producer.send_batch(batch, self._topic, partition=self._partition))
        except KafkaError as error:
            await self._throw_away(producer, error)
            raise AppendFailed(type(error).__name__) from error
        confirming = asyncio.ensure_future(self._confirm(producer, acknowledged))
        self._confirming.add(confirming)
        confirming.add_done_callback(self._confirming.discard)
        return confirming

    async def close(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(TimeoutError, KafkaError):
                async with asyncio.timeout(5):
                    await producer.stop()

    async def _confirm(self, producer: AIOKafkaProducer, acknowledged: Sequence[asyncio.Future[object]]) -> None:
        results = await asyncio.gather(*acknowledged, return_exceptions=True)
        for result in results:
            if isinstance(result, KafkaError):
                await self._throw_away(producer, result)
                raise AppendFailed(type(result).__name__) from result
            if isinstance(result, BaseException):
                raise result

    async def _throw_away(self, producer: AIOKafkaProducer, error: KafkaError) -> None:
        log.warning("producer_dropped", extra={"topic": self._topic, "error": type(error).__name__})
        if self._producer is producer:
            self._producer = None
        with suppress(TimeoutError, KafkaError):
            async with asyncio.timeout(1):
                await producer.stop()
