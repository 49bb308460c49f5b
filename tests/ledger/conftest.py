"""One bench in memory, one on Kafka: tests that take `bench` run on both."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from events.topics import TopicNames
from tests.ledger.benches import Bench, KafkaBench, MemoryBench


@pytest.fixture
async def memory() -> MemoryBench:
    bench = MemoryBench()
    await bench.found()
    return bench


@pytest.fixture(params=["memory", "kafka"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    made: Bench
    if request.param == "memory":
        made = MemoryBench()
    else:
        names: TopicNames = request.getfixturevalue("topic_names")
        made = KafkaBench(request.getfixturevalue("kafka"), names)
    await made.found()
    yield made
    await made.close()


@pytest.fixture
async def on_kafka(kafka: str, topic_names: TopicNames) -> KafkaBench:
    bench = KafkaBench(kafka, topic_names)
    await bench.found()
    return bench
