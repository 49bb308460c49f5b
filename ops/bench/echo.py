"""The yardsticks: a bare aiokafka consumer that produces what it consumes, padded to the size of a ledger entry.

`python -m ops.bench.echo BOOTSTRAP FROM TO BYTES [DATABASE_URL]`. With a database, each batch is committed there before it is produced: one flush more,
the one that the coordinator's way cannot do without, because a reference is registered before the record that holds it is sent.
"""

from __future__ import annotations

import asyncio
import sys

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition


async def echo(bootstrap: str, source: str, sink: str, size_bytes: int, database_url: str | None) -> None:
    """For ever: one record in, one record of `size_bytes` out, which begins with the record that came in."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(source, 0)])
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    connection = None if database_url is None else await asyncpg.connect(database_url)
    if connection is not None:
        await connection.execute("create table if not exists bench_echo (topic text, ref bytea)")
    async with consumer, producer:
        while True:
            fetched = await consumer.getmany(timeout_ms=1000)
            for records in fetched.values():
                values = [record.value or b"" for record in records]
                if connection is not None:
                    await connection.execute("insert into bench_echo select $1, unnest($2::bytea[])", sink, [value[:16] for value in values])
                for value in values:
                    await producer.send(sink, value.ljust(size_bytes, b"\0"), partition=0)


if __name__ == "__main__":
    asyncio.run(echo(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), sys.argv[5] if len(sys.argv) > 5 else None))
