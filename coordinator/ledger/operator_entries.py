"""Entries that no worker ever writes: the genesis, a hole stepped over, a new source. Each is appended, and counts once it is read back.

OperatorRefused    the entry would not be true, or would not fit; nothing was appended
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from coordinator.ledger import refused_words as words
from coordinator.ledger.log_appender import KafkaAppender, LogAppender
from events.acceptance import Position
from events.codec import encode_body
from events.entry import Body, Decided, Genesis, NoEvent, SourceChanged
from events.envelope import GENESIS_PREVIOUS_HASH, Envelope, seal_envelope
from events.language import SaidError, filled
from events.topics import MAX_ENTRY_BYTES, MAX_EVENT_BYTES, TopicNames
from reading import broker
from reading.kafka_log import KafkaLog
from reading.ledger_chain import AcceptedRecord, Headers
from reading.ledger_follower import ReaderAt
from reading.ledger_reader import LedgerReader
from reading.partition_log import PartitionLog

log = logging.getLogger(__name__)

TRIES = 5
HEADERS: Headers = (("worker", b"operator"),)


class OperatorRefused(SaidError):
    """The entry would not be true, or would not fit; nothing was appended."""


class OperatorEntries:
    """Appends to one network's ledger on behalf of an operator. Best while no worker runs: a worker that has stopped at a hole proposes nothing."""

    def __init__(self, network: str, reader_at: ReaderAt, appender: LogAppender, events: PartitionLog) -> None:
        self._network = network
        self._reader_at = reader_at
        self._appender = appender
        self._events = events

    async def genesis(self, body: Genesis) -> AcceptedRecord:
        """Found the ledger. Where it is founded already, the genesis that stands there is returned. Raises OperatorRefused where foreign records stand."""
        standing = await self._first_entry()
        if standing is not None:
            return standing
        envelope = Envelope(self._network, 0, GENESIS_PREVIOUS_HASH, -1, body.created_at_ms, encode_body(body))
        await (await self._appender.append([(None, seal_envelope(envelope), HEADERS)]))
        founded = await self._first_entry()
        if founded is None:
            raise OperatorRefused(filled(words.OTHER_RECORDS, self._network))
        return founded

    async def no_event(self, first_offset: int, last_offset: int, why: str) -> AcceptedRecord:
        """State that these offsets hold no event. Raises OperatorRefused where one of them does, or where they are not the next."""
        if last_offset < first_offset:
            raise OperatorRefused(words.LAST_BEFORE_FIRST)
        bounds = await self._events.bounds()
        if last_offset >= bounds.end:
            raise OperatorRefused(filled(words.NOT_BEFORE, bounds.end))
        if bounds.start <= last_offset and first_offset < bounds.end:
            records = await self._events.read(max(first_offset, bounds.start), 1, 2000)
            if records and records[0].offset <= last_offset:
                raise OperatorRefused(filled(words.AN_EVENT_THERE, records[0].offset))

        async def body(position: Position) -> Body:
            if first_offset != position.event_offset + 1:
                raise OperatorRefused(filled(words.NOT_NEXT, position.event_offset + 1, first_offset))
            return NoEvent(first_offset, last_offset, why)

        return await self._append(body)

    async def source_changed(self, first_new_offset: int, why: str) -> AcceptedRecord:
        """State that the events topic as it is now is the source from here on, beginning at an offset of it.

        Raises OperatorRefused where the topic does not reach there, or where it is the one that the ledger goes by and holds the event decided last.
        """
        bounds = await self._events.bounds()
        if not bounds.start <= first_new_offset <= bounds.end:
            raise OperatorRefused(filled(words.NOT_HELD, bounds.start, bounds.end, first_new_offset))
        topic_id = await self._events.topic_id()
        if await self._is_as_it_was(topic_id):
            raise OperatorRefused(words.NOT_REPLACED)

        async def body(position: Position) -> Body:
            return SourceChanged(topic_id, position.event_offset, first_new_offset, why)

        return await self._append(body)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._appender.close()
        await self._events.close()

    async def _is_as_it_was(self, topic_id: str) -> bool:
        """Whether this topic is the source by the ledger, and the event decided last stands in it where it stood, byte for byte."""
        source, last = "", None
        async with self._reader_at(None) as reader:
            async for batch in reader.read_to_end():
                for record in batch:
                    match record.body:
                        case Genesis(events_topic_id=named) | SourceChanged(events_topic_id=named):
                            source, last = named, None
                        case Decided(event=value):
                            last = (record.position.event_offset, value)
                        case NoEvent():
                            pass
        if last is None or source != topic_id:
            return False
        offset, value = last
        bounds = await self._events.bounds()
        if not bounds.start <= offset < bounds.end:
            return False
        return [(found.offset, found.value) for found in await self._events.read(offset, 1, 2000)] == [(offset, value)]

    async def _first_entry(self) -> AcceptedRecord | None:
        async with self._reader_at(None) as reader:
            async for batch in reader.read_to_end(max_records=1):
                return batch[0]
        return None

    async def _append(self, body_after: Callable[[Position], Awaitable[Body]]) -> AcceptedRecord:
        """Append after the end of the ledger, again where a worker was quicker."""
        async with self._reader_at(None) as reader:
            async for _ in reader.read_to_end():
                continue
            for _ in range(TRIES):
                position = reader.position
                if position is None:
                    raise OperatorRefused(filled(words.NO_GENESIS, self._network))
                body = await body_after(position)
                envelope = Envelope(
                    self._network, position.sequence + 1, position.hash, position.event_offset + 1, position.event_time_ms, encode_body(body)
                )
                value = seal_envelope(envelope)
                await (await self._appender.append([(None, value, HEADERS)]))
                async for batch in reader.read_to_end():
                    for record in batch:
                        if record.value == value:
                            log.warning(
                                "operator_entry", extra={"network": self._network, "kind": type(body).__name__, "sequence": envelope.sequence}
                            )
                            return record
        raise OperatorRefused(words.STILL_APPENDING)


def operator_entries(bootstrap: str, names: TopicNames, network: str, partition: int) -> OperatorEntries:
    """Over Kafka. Close it."""
    return OperatorEntries(
        network,
        lambda anchor: LedgerReader(bootstrap, names, network, partition, anchor),
        KafkaAppender(bootstrap, names.ledger, partition, MAX_ENTRY_BYTES),
        KafkaLog(bootstrap, names.events, partition, 2 * MAX_EVENT_BYTES),
    )


async def create_network(
    bootstrap: str, names: TopicNames, network: str, partition: int, now_ms: int, first_event_offset: int | None = None
) -> AcceptedRecord:
    """Write the genesis of a network whose topics exist; where it exists already, return it.

    `first_event_offset`: the first event that counts; None: the first that the events partition holds now. Raises TopicMissing, OperatorRefused.
    """
    facts = await broker.topic_facts(bootstrap, [names.events, names.ledger])
    operator = operator_entries(bootstrap, names, network, partition)
    events = KafkaLog(bootstrap, names.events, partition, 2 * MAX_EVENT_BYTES)
    try:
        first = (await events.bounds()).start if first_event_offset is None else first_event_offset
        cluster = await broker.cluster_id(bootstrap)
        return await operator.genesis(Genesis(cluster, facts[names.events].topic_id, facts[names.ledger].topic_id, first, now_ms))
    finally:
        await operator.close()
        await events.close()
