"""One bench in memory, one on Kafka: tests that take `bench` run on both."""

from __future__ import annotations

import pytest

from events.topics import TopicNames
from tests.ledger.benches import Bench, KafkaBench, MemoryBench


@pytest.fixture
async def memory() -> MemoryBench:
    bench = MemoryBench()
    await bench.found()
    return bench


@pytest.fixture(params=["memory", "kafka"])
def unfounded(request: pytest.FixtureRequest) -> Bench:
    """A bench whose ledger has no genesis yet."""
    if request.param == "memory":
        return MemoryBench()
    bootstrap: str = request.getfixturevalue("kafka")
    names: TopicNames = request.getfixturevalue("topic_names")
    return KafkaBench(bootstrap, names)


@pytest.fixture
async def bench(unfounded: Bench) -> Bench:
    await unfounded.found()
    return unfounded


@pytest.fixture
async def on_kafka(kafka: str, topic_names: TopicNames) -> KafkaBench:
    bench = KafkaBench(kafka, topic_names)
    await bench.found()
    return bench
