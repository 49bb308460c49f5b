"""A key store opened beside a real ledger: brought up to it from where it stood, and no further reading than that."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from events.network import RulesAdopted
from events.topics import MAX_ENTRY_BYTES, TopicNames
from reading.broker import started_producer
from reading.erasure import events_on_kafka, open_keystore
from reading.errors import LedgerTailLost
from reading.keys import subjects_of_case
from reading.keys_postgres import PostgresKeyStore
from reading.keys_schema import migrate
from reading.ledger_reader import AcceptedRecord

from .test_erasure import ACTOR, CASES, EVENT_ID, MASTER, Ledger


async def append(bootstrap: str, names: TopicNames, records: Sequence[AcceptedRecord]) -> None:
    producer = await started_producer(bootstrap, MAX_ENTRY_BYTES)
    try:
        for record in records:
            await producer.send_and_wait(names.ledger, record.value, partition=0)
    finally:
        await producer.stop()


async def test_a_store_opens_brought_up_to_the_ledger(kafka: str, topic_names: TopicNames, keystore_url: str) -> None:
    await migrate(keystore_url)
    async with await PostgresKeyStore.open(keystore_url, "it", MASTER) as store:
        store.serve()
        ledger = Ledger(store)
        await ledger.record(RulesAdopted(EVENT_ID, ACTOR, 1))
        await ledger.agree(CASES[0])
        await ledger.agree(CASES[1])
        await ledger.erase(CASES[0])
        await append(kafka, topic_names, ledger.records)

        async with await open_keystore(keystore_url, MASTER, kafka, topic_names, "it", 0) as opened:
            assert opened.serving
            assert {key.subject for key in await opened.living_keys()} == {"network", *subjects_of_case(CASES[1])}
            through = await opened.destroyed_through()
            assert through is not None
            assert through.sequence == 4

        await ledger.erase(CASES[1])
        await append(kafka, topic_names, ledger.records[-1:])
        async with await open_keystore(keystore_url, MASTER, kafka, topic_names, "it", 0) as opened:
            assert {key.subject for key in await opened.living_keys()} == {"network"}


async def test_an_events_topic_that_cannot_be_read_keeps_no_store_shut(kafka: str) -> None:
    """Who only reads the ledger may have no right to it, or it is gone: that is for the worker to say."""
    assert [values async for values in events_on_kafka(kafka, TopicNames("nowhere"), 0)(0)] == []


async def test_what_waits_is_read_from_where_the_ledger_ends(kafka: str, topic_names: TopicNames) -> None:
    producer = await started_producer(kafka, MAX_ENTRY_BYTES)
    try:
        for number in range(5):
            await producer.send_and_wait(topic_names.events, bytes([number]), partition=0)
    finally:
        await producer.stop()
    waiting = events_on_kafka(kafka, topic_names, 0)
    for offset in (0, 3, 5, 9):
        assert [value for values in [each async for each in waiting(offset)] for value in values] == [bytes([number]) for number in range(offset, 5)]


async def test_a_ledger_that_lost_what_was_applied_is_noticed(kafka: str, topic_names: TopicNames, keystore_url: str) -> None:
    """Keys were destroyed for an entry that the ledger no longer has: that is for a person, not for a store that serves on."""
    await migrate(keystore_url)
    async with await PostgresKeyStore.open(keystore_url, "it", MASTER) as store:
        store.serve()
        ledger = Ledger(store)
        await ledger.agree(CASES[0])
        await ledger.erase(CASES[0])
        await append(kafka, topic_names, ledger.records[:-1])
        await store.destroy(subjects_of_case(CASES[0]), through=ledger.records[-1].position)
        with pytest.raises(LedgerTailLost):
            await open_keystore(keystore_url, MASTER, kafka, topic_names, "it", 0)
