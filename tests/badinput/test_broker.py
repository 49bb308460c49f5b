"""What never reaches a worker, because the events topic is set up so that the broker refuses it: text of 10 MB, and small batches that open to hundreds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from confluent_kafka import KafkaError, Message, Producer

from events.entry import Decided, OpenedDecision
from events.verdict import Unreadable
from reading.vault import Vault
from tests.ledger.benches import KafkaBench, Running, acknowledged, decided_events, entries_of

TEN_MB = 10 * 1024 * 1024


def send(bench: KafkaBench, values: Sequence[bytes], codec: str) -> list[int | None]:
    """Send records as one batch, as any producer may, past whatever our own limits are. Kafka's error code of each; None: it was acknowledged."""
    codes: list[int | None] = []

    def answered(error: KafkaError | None, _: Message) -> None:
        codes.append(None if error is None else error.code())

    producer = Producer(
        {
            "bootstrap.servers": bench.bootstrap,
            "compression.type": codec,
            "message.max.bytes": 1_000_000_000,
            "batch.size": 100_000_000,
            "linger.ms": 500,
            "message.timeout.ms": 60_000,
        }
    )
    for value in values:
        producer.produce(bench.names.events, value, partition=1, on_delivery=answered)
    assert producer.flush(60) == 0, "the broker does not answer"
    return codes


@pytest.mark.parametrize(
    ("values", "codec"),
    [
        ([b"x" * TEN_MB], "none"),
        ([b"x" * (64 * 1024 * 1024)], "zstd"),
        ([b"x" * TEN_MB], "gzip"),
        ([b"x" * 60_000] * 300, "zstd"),
    ],
    ids=["10 MB of text", "64 MB in a few kilobytes", "10 MB in a few kilobytes", "300 records that only together are too much"],
)
async def test_too_much_is_refused_by_the_broker_and_the_worker_goes_on(on_kafka: KafkaBench, values: list[bytes], codec: str) -> None:
    before = await acknowledged(on_kafka, [1])
    async with Running(on_kafka.worker()) as running:
        await running.until_settled(0)
        codes = await asyncio.to_thread(send, on_kafka, values, codec)
        assert set(codes) == {KafkaError.MSG_SIZE_TOO_LARGE}
        after = await acknowledged(on_kafka, [2])
        await running.until_settled(1)
    assert decided_events(await entries_of(on_kafka)) == before + after


async def test_a_compressed_batch_within_the_limit_is_stored_open_and_has_its_entries(on_kafka: KafkaBench) -> None:
    records = [b"a" * 20_000, b"b" * 20_000]
    assert set(await asyncio.to_thread(send, on_kafka, records, "zstd")) == {None}
    after = await acknowledged(on_kafka, [1])
    async with Running(on_kafka.worker()) as running:
        await running.until_settled(2)
    entries = await entries_of(on_kafka)
    assert decided_events(entries) == records + after
    decided = [(entry.envelope, entry.body) for entry in entries if isinstance(entry.body, Decided)]
    opened = [entry for entry in await Vault("it", on_kafka.keys).open_entries(decided) if isinstance(entry, OpenedDecision)]
    assert [entry.outcomes[0] for entry in opened[:2]] == [Unreadable("not_single_object")] * 2
