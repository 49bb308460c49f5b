"""A network on real Kafka."""

from __future__ import annotations

import pytest

from events.topics import TopicNames
from tests.ledger.benches import KafkaBench


@pytest.fixture
async def on_kafka(kafka: str, topic_names: TopicNames) -> KafkaBench:
    """Founded; partition 1."""
    bench = KafkaBench(kafka, topic_names)
    await bench.found()
    return bench
