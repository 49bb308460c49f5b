"""Appending records to a ledger partition: in order, idempotent, acknowledged by every in-sync replica."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from reading import broker
from reading.partition_log import Headers

log = logging.getLogger(__name__)

CLOSES_WITHIN_S = 5.0

Record = tuple[bytes | None, bytes, Headers]
"""Key, value, headers."""


class AppendFailed(Exception):
    """Records may or may not have reached the log: read it."""


class LogAppender(Protocol):
    """Appends to one partition."""

    async def append(self, records: Sequence[Record], timestamp_ms: int | None = None) -> asyncio.Future[None]:
        """Hand over these records in order, after all handed over before. The future is done when all are acknowledged, or fails with AppendFailed.

        A silent broker keeps the future pending; records that may have been lost are never sent again by the appender. Anything else that the
        future fails with is a fault of this process.
        """
        ...

    async def close(self) -> None:
        """Wait for what is under way, if the broker answers, and let go."""
        ...


class KafkaAppender:
    """Appends to one partition of a Kafka topic.

    aiokafka has one batch under way for a partition at a time, and each costs the brokers a flush to disk. So everything handed over while one is
    under way goes into the next together (group commit), packed by us: one future for a batch instead of one for a record. After a failure the
    producer is thrown away, because an idempotent one cannot go on after a gap, and what waited behind it fails as well.
    """

    def __init__(self, bootstrap: str, topic: str, partition: int, max_record_bytes: int) -> None:
        self._bootstrap = bootstrap
        self._max_record_bytes = max_record_bytes
        self._topic = topic
        self._partition = partition
        self._producer: AIOKafkaProducer | None = None
        self._waiting: deque[_Waiting] = deque()
        self._sending: asyncio.Task[None] | None = None

    async def append(self, records: Sequence[Record], timestamp_ms: int | None = None) -> asyncio.Future[None]:
        waiting = _Waiting(deque(records), timestamp_ms, asyncio.get_running_loop().create_future())
        waiting.acknowledged.add_done_callback(_retrieved)
        self._waiting.append(waiting)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send_waiting(), name=f"appending to {self._topic}")
        return waiting.acknowledged

    async def close(self) -> None:
        if self._sending is not None and not self._sending.done():
            await asyncio.wait([self._sending], timeout=CLOSES_WITHIN_S)
            self._sending.cancel()
            await asyncio.wait([self._sending])
        producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)

    async def _send_waiting(self) -> None:
        while self._waiting:
            taken: list[_Waiting] = []
            try:
                producer = self._producer = self._producer or await broker.started_producer(self._bootstrap, self._max_record_bytes)
                batch = producer.create_batch()
                while self._waiting and _pack(batch, self._waiting[0]):
                    taken.append(self._waiting.popleft())
                await (await producer.send_batch(batch, self._topic, partition=self._partition))
            except KafkaError as error:
                log.warning("producer_dropped", extra={"topic": self._topic, "error": type(error).__name__})
                self._fail(taken, AppendFailed(type(error).__name__))
                producer, self._producer = self._producer, None
                if producer is not None:
                    await _stop(producer)
            except BaseException as error:
                self._fail(taken, error)
                raise
            else:
                for waiting in taken:
                    if not waiting.acknowledged.done():
                        waiting.acknowledged.set_result(None)

    def _fail(self, taken: Sequence[_Waiting], error: BaseException) -> None:
        failed = [*taken, *self._waiting]
        self._waiting.clear()
        for waiting in failed:
            if waiting.acknowledged.done():
                continue
            if isinstance(error, asyncio.CancelledError):
                waiting.acknowledged.cancel()
            else:
                waiting.acknowledged.set_exception(error)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Records handed over together."""

    records: deque[Record]
    timestamp_ms: int | None
    acknowledged: asyncio.Future[None]


def _pack(batch: BatchBuilder, waiting: _Waiting) -> bool:
    """Move records into the batch; whether all of them fitted."""
    while waiting.records:
        key, value, headers = waiting.records[0]
        if batch.append(key=key, value=value, timestamp=waiting.timestamp_ms, headers=list(headers)) is None:
            return False
        waiting.records.popleft()
    return True


async def _stop(producer: AIOKafkaProducer) -> None:
    with suppress(TimeoutError, KafkaError):
        async with asyncio.timeout(CLOSES_WITHIN_S):
            await producer.stop()


def _retrieved(future: asyncio.Future[None]) -> None:
    """Look at a failure, so that nobody is warned of one that its owner had no more use for."""
    if not future.cancelled():
        future.exception()
