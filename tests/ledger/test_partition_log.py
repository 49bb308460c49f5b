"""One suite for every `PartitionLog` with its appender: the in-memory one of the tests behaves like Kafka's."""

from __future__ import annotations

import asyncio
import time

import pytest

from reading.partition_log import Bounds, LogRecord, OutOfRange
from tests.ledger.benches import Bench


async def test_empty(unfounded: Bench) -> None:
    log = unfounded.events_log()
    assert await log.bounds() == Bounds(0, 0)
    began = time.monotonic()
    assert await log.read(0, 10, 200) == []
    assert time.monotonic() - began < 3
    with pytest.raises(OutOfRange):
        for _ in range(20):
            await log.read(5, 10, 300)
    assert await log.topic_id() == await log.topic_id() != ""
    await log.close()


async def test_records_come_back_in_order_and_whole(unfounded: Bench) -> None:
    log, appender = unfounded.events_log(), unfounded.events_appender()
    records = [(None, f"value {number}".encode(), (("worker", str(number).encode()),)) for number in range(300)]
    await (await appender.append(records[:100], timestamp_ms=12345))
    first, second = await appender.append(records[100:200]), await appender.append(records[200:])
    await asyncio.gather(first, second)
    got: list[LogRecord] = []
    while len(got) < 300:
        got += await log.read(len(got), 70, 1000)
    assert [(record.key, record.value, record.headers) for record in got] == records
    assert [record.offset for record in got] == list(range(300))
    assert got[0].timestamp_ms == 12345
    assert await log.bounds() == Bounds(0, 300)
    await log.close()
    await appender.close()


async def test_read_anywhere_and_again(unfounded: Bench) -> None:
    log, appender = unfounded.events_log(), unfounded.events_appender()
    await (await appender.append([(b"k", bytes([number]), ()) for number in range(50)]))
    for offset in (40, 3, 3, 49, 0, 10, 11):
        assert (await log.read(offset, 1, 2000))[0].value == bytes([offset])
    assert await log.read(50, 5, 50) == []
    await log.close()
    await appender.close()


async def test_a_waiting_read_wakes(unfounded: Bench) -> None:
    log, appender = unfounded.events_log(), unfounded.events_appender()
    await log.read(0, 1, 50)
    waiting = asyncio.create_task(log.read(0, 1, 10_000))
    await asyncio.sleep(0.3)
    await (await appender.append([(None, b"x", ())]))
    async with asyncio.timeout(5):
        assert (await waiting)[0].value == b"x"
    await log.close()
    await appender.close()


async def test_a_record_is_looked_at_beside_a_read_that_stands_open(unfounded: Bench) -> None:
    log, appender = unfounded.events_log(), unfounded.events_appender()
    await (await appender.append([(None, bytes([number]), ()) for number in range(30)]))
    assert len(await log.read(29, 5, 2000)) == 1
    waiting = asyncio.create_task(log.read(30, 5, 20_000))
    await asyncio.sleep(0.1)
    for offset in (29, 0, 12, 29):
        async with asyncio.timeout(20):
            while (value := await log.value_beside(offset)) is None:  # a busy machine may not answer in time
                continue
        assert value == bytes([offset])
    assert await log.value_beside(31) is None
    assert not waiting.done()
    await (await appender.append([(None, b"next", ())]))
    async with asyncio.timeout(20):
        assert [record.value for record in await waiting] == [b"next"]
    assert log.upheavals == 0
    await log.close()
    await appender.close()
