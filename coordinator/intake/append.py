"""Appends event records to `staffetta.events`: idempotent producer, acknowledged by all in-sync replicas, to the network's own partition."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from events.topics import MAX_EVENT_BYTES, TopicNames
from reading.broker import REQUEST_TIMEOUT_MS
from reading.kafka_log import KafkaLog

SEND_WITHIN = timedelta(seconds=20)
"""How long one send is tried before the caller is told that the brokers do not answer."""

BATCH_BYTES = MAX_EVENT_BYTES - 4_096
"""Records that travel together: the topic's `max.message.bytes` counts the batch, not the record."""

RECONNECT_AFTER = timedelta(milliseconds=500)


class BrokersSilent(Exception):
    """The brokers did not acknowledge; whether the event was stored is unknown. Send the same event again."""


class EventAppender:
    """Sends event records of one network. `start` before, `stop` after; neither waits for a broker."""

    def __init__(self, bootstrap: str, names: TopicNames, partition: int) -> None:
        self._bootstrap = bootstrap
        self._topic = names.events
        self._partition = partition
        self._log = KafkaLog(bootstrap, names.events, partition, MAX_EVENT_BYTES + BATCH_BYTES)
        self._connecting: asyncio.Task[AIOKafkaProducer] | None = None

    async def start(self) -> None:
        """Begins to connect."""
        self._connecting = asyncio.create_task(self._connect(), name="events-producer")

    async def stop(self) -> None:
        """Sends what is still buffered and disconnects."""
        if self._connecting is not None:
            if self._connecting.done() and not self._connecting.cancelled():
                await self._connecting.result().stop()
            self._connecting.cancel()
        await self._log.close()

    async def end_offset(self) -> int:
        """The offset that the next event will have. Waits for a broker that does not answer."""
        return (await self._log.bounds()).end

    async def append(self, values: Sequence[bytes], timestamps_ms: Sequence[int | None]) -> list[int]:
        """Offsets of the records, in order: all are sent, then all acknowledgements awaited.

        Timestamps matter on a CreateTime topic alone. Raises BrokersSilent where one is not acknowledged; any of them may be stored.
        """
        if self._connecting is None:
            raise RuntimeError("start() first")
        try:
            async with asyncio.timeout(SEND_WITHIN.total_seconds()):
                producer = await asyncio.shield(self._connecting)
                futures = [
                    await producer.send(self._topic, value, partition=self._partition, timestamp_ms=at_ms)
                    for value, at_ms in zip(values, timestamps_ms, strict=True)
                ]
                acknowledged = await asyncio.gather(*futures)
        except (KafkaError, TimeoutError) as failure:
            raise BrokersSilent("The brokers did not acknowledge.") from failure
        return [int(metadata.offset) for metadata in acknowledged]

    async def _connect(self) -> AIOKafkaProducer:
        while True:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap,
                acks="all",
                enable_idempotence=True,
                compression_type=None,
                linger_ms=0,
                max_batch_size=BATCH_BYTES,
                max_request_size=8 * MAX_EVENT_BYTES,
                request_timeout_ms=REQUEST_TIMEOUT_MS,
            )
            try:
                await producer.start()
            except KafkaError:
                await producer.stop()
                await asyncio.sleep(RECONNECT_AFTER.total_seconds())
            except BaseException:
                await producer.stop()
                raise
            else:
                return producer
