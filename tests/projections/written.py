"""A story written down as a ledger: sealed, enveloped, chained. Records as a broker would hold them, and the same as a reader would give them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aiokafka import AIOKafkaProducer

from events.codec import encode_body
from events.entry import Body, Decided, Genesis, OpenedDecision, OpenedEntry, OpenedEvent, Unread
from events.envelope import GENESIS_PREVIOUS_HASH, Envelope, hash_of, seal_envelope
from events.topics import TopicNames
from reading.ledger_chain import AcceptedRecord, accepted_records
from reading.vault import Vault
from tests.projections.story import START_MS, Told

AT_ONCE = 500


def opened(network: str, told: Sequence[Told]) -> list[OpenedEntry]:
    """The story as entries opened with every key; what pure folds take. Sequences and event offsets from 1 and 0."""
    entries: list[OpenedEntry] = []
    for number, one in enumerate(told):
        event = one.event if one.event is not None else Unread("not_single_object")
        entries.append(OpenedDecision(network, number + 1, number, one.at_ms, OpenedEvent(event, b"", 0), one.outcomes))
    return entries


async def written(vault: Vault, told: Iterable[Told]) -> list[bytes]:
    """Ledger record values from the genesis on. Every other entry as an earlier build wrote it, with the references too of what its event tells the key of."""
    story = list(told)
    bodies: list[tuple[int, int, Body]] = [(-1, START_MS, Genesis("cluster", "events", "ledger", 0, START_MS))]
    for start in range(0, len(story), AT_ONCE):
        part = story[start : start + AT_ONCE]
        sealed = iter(await vault.seal_events([one.event for one in part if one.event is not None]))
        events = [one.raw or b"" if one.event is None else next(sealed) for one in part]
        opened_by_worker = [event if number % 2 else b"" for number, event in enumerate(events)]
        outcomes = await vault.seal_outcomes([(start + number, one.outcomes) for number, one in enumerate(part)], opened_by_worker)
        for number, one in enumerate(part):
            bodies.append((start + number, one.at_ms, Decided(events[number], outcomes[number], None, None)))
    values: list[bytes] = []
    previous = GENESIS_PREVIOUS_HASH
    for sequence, (event_offset, at_ms, body) in enumerate(bodies):
        values.append(seal_envelope(Envelope(vault.network, sequence, previous, event_offset, at_ms, encode_body(body))))
        previous = hash_of(values[-1])
    return values


def records(network: str, values: Sequence[bytes]) -> list[AcceptedRecord]:
    """The same as a reader gives them, at ledger offsets from 0."""
    return list(accepted_records(network, enumerate(values)))


async def published(bootstrap: str, names: TopicNames, partition: int, values: Iterable[bytes]) -> None:
    """Appends record values to the ledger's partition, in order."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, max_request_size=8 * 1024 * 1024, linger_ms=5)
    await producer.start()
    try:
        sent = [await producer.send(names.ledger, value, partition=partition) for value in values]
        for each in sent:
            await each
    finally:
        await producer.stop()
