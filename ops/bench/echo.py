"""The yardstick: a bare aiokafka consumer that produces what it consumes, padded to the size of a ledger entry. `python -m ops.bench.echo BOOTSTRAP FROM TO BYTES`."""

from __future__ import annotations

import asyncio
import sys

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition


async def echo(bootstrap: str, source: str, sink: str, size_bytes: int) -> None:
    """For ever: one record in, one record of `size_bytes` out, which begins with the record that came in."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(source, 0)])
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    async with consumer, producer:
        while True:
            fetched = await consumer.getmany(timeout_ms=1000)
            for records in fetched.values():
                for record in records:
                    await producer.send(sink, (record.value or b"").ljust(size_bytes, b"\0"), partition=0)


if __name__ == "__main__":
    asyncio.run(echo(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
