"""The Faust app of the coordinator.

Faust gives group membership, assignment of partitions (networks) to processes, and a message for each event. The agent only rings: which events are
decided, in which order and from which state, is up to the worker's own consumer and the ledger. So whatever Faust skips, repeats, commits too early
or stalls costs nothing but a later word of how far events go (the worker's own read stands open), and never content. Group offsets are a hint, and a
new group begins at the end. For the same reason the bell may be late: it asks the broker to gather events for a second, and rings for all of them, because
one that is rung at once takes a quarter of the processor's time from the worker that decides it at that very moment (docs/adr/0055-the-worker-undisturbed.md).

Faust restarts an agent that raises in the same process and acknowledges its event; and `except Exception` would miss the `CancelledError` that
aiokafka's `consumer.stop()` can raise. Therefore any `BaseException` in the agent is handed to `failed`, which ends the process.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path
from tempfile import gettempdir

import faust
from aiokafka import AIOKafkaConsumer
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, StreamT

Ring = Callable[[int, int, bytes | None], None]
"""(partition, offset, value) of an event that exists."""
GATHERED_FOR_MS = 1000
GATHERED_BYTES = 1024 * 1024
"""The bell rings when so much is there, or so much time has passed."""


def doorbell_app(
    bootstrap: str,
    events_topic: str,
    group: str,
    ring: Ring,
    assigned: Callable[[Collection[int]], Awaitable[None]],
    failed: Callable[[BaseException], None],
) -> faust.App:
    """The app, not started. `assigned` is told the events partitions that this process has, after each rebalance; `failed` what the agent died of.

    The topic must exist: the app creates none. No web server: it starts unless it is forbidden, and a second worker on its port would die of it.
    """
    app = faust.App(
        group,
        broker=[f"kafka://{address}" for address in bootstrap.split(",")],
        store="memory://",
        datadir=Path(gettempdir()) / "staffetta-faust",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="latest",
        consumer_connections_max_idle_ms=540_000,
        broker_session_timeout=15.0,
        broker_request_timeout=30.0,
        broker_commit_interval=5.0,
        stream_wait_empty=False,
        autodiscover=False,
        key_serializer="raw",
        value_serializer="raw",
    )
    app.transport = _GatheringTransport(app.conf.broker_consumer, app)
    topic = app.topic(events_topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw", allow_empty=True)

    async def doorbell(stream: StreamT[bytes]) -> None:
        try:
            async for event in stream.events():
                ring(event.message.partition, event.message.offset, event.message.value)
        except asyncio.CancelledError as cancelled:
            if not app.should_stop:
                failed(cancelled)
            raise
        except BaseException as error:
            failed(error)
            raise

    app.agent(topic, name=f"{group}.doorbell", concurrency=1)(doorbell)

    @app.on_partitions_assigned.connect(weak=False)
    async def on_assigned(_app: faust.App, partitions: set[TP], **_: object) -> None:
        await assigned(frozenset(tp.partition for tp in partitions if tp.topic == events_topic))

    return app


class _GatheringThread(driver.AIOKafkaConsumerThread):
    """Faust's consumer. Faust has no setting for what it asks of the broker, so it is set before the consumer starts."""

    def _create_worker_consumer(self, transport: driver.Transport) -> AIOKafkaConsumer:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_min_bytes = GATHERED_BYTES
        consumer._fetch_max_wait_ms = GATHERED_FOR_MS
        return consumer


class _GatheringConsumer(driver.Consumer):
    def _new_consumer_thread(self) -> _GatheringThread:
        return _GatheringThread(self, loop=self.loop, beacon=self.beacon)


class _GatheringTransport(driver.Transport):
    Consumer = _GatheringConsumer
