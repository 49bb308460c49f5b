"""Copying accepted entries, verbatim and at least once, to the topic for everybody outside, who would take a rival record of the ledger for a fact.

Key: the sequence, 8 bytes, big-endian, so that a reader can drop repeats. Headers: `ledger_offset` and `ledger_topic`, by which the relay resumes.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Sequence

from coordinator.ledger import metrics
from coordinator.ledger.log_appender import AppendFailed, KafkaAppender, LogAppender, Record
from events.acceptance import Position, advance
from events.codec import decode_body
from events.envelope import open_envelope
from events.errors import FactError
from events.topics import MAX_ENTRY_BYTES, TopicNames
from reading.kafka_log import KafkaLog
from reading.ledger_chain import AcceptedRecord
from reading.ledger_follower import ReaderAt
from reading.ledger_reader import FETCH_BYTES, LedgerReader
from reading.partition_log import LogRecord, PartitionLog

log = logging.getLogger(__name__)

_KEY = struct.Struct(">Q")


class Relay:
    """Relays one network. `run` it in a task; cancel the task to stop it."""

    def __init__(self, network: str, reader_at: ReaderAt, accepted: PartitionLog, appender: LogAppender) -> None:
        self._network = network
        self._reader_at = reader_at
        self._accepted = accepted
        self._appender = appender

    async def run(self) -> None:
        """Copy until cancelled. Raises ReadingStopped and TopicMissing."""
        try:
            while True:
                try:
                    await self._copy_from(await self.resume_after())
                except AppendFailed as failed:
                    log.warning("relay_append_failed", extra={"network": self._network, "error": str(failed)})
        finally:
            await self._accepted.close()
            await self._appender.close()

    async def resume_after(self) -> Position | None:
        """Position of the last entry copied; None where none was, or where its headers do not tell: then copying begins at the genesis again."""
        bounds = await self._accepted.bounds()
        if bounds.start == bounds.end:
            return None
        records = await self._accepted.read(bounds.end - 1, 1, 5000)
        return _position_of(self._network, records[0]) if records else None

    async def _copy_from(self, anchor: Position | None) -> None:
        async with self._reader_at(anchor) as reader:
            async for batch in reader.follow():
                if batch:
                    await (await self._appender.append(_records(batch)))
                    metrics.RELAYED_SEQUENCE.labels(self._network).set(batch[-1].position.sequence)


def relay_on_kafka(bootstrap: str, names: TopicNames, network: str, partition: int) -> Relay:
    """A relay over Kafka."""
    return Relay(
        network,
        lambda anchor: LedgerReader(bootstrap, names, network, partition, anchor),
        KafkaLog(bootstrap, names.accepted, partition, FETCH_BYTES),
        KafkaAppender(bootstrap, names.accepted, partition, MAX_ENTRY_BYTES),
    )


def _records(batch: Sequence[AcceptedRecord]) -> list[Record]:
    return [
        (
            _KEY.pack(record.position.sequence),
            record.value,
            (("ledger_offset", str(record.position.offset).encode()), ("ledger_topic", record.position.topic_id.encode())),
        )
        for record in batch
    ]


def _position_of(network: str, record: LogRecord) -> Position | None:
    headers = dict(record.headers)
    try:
        offset, topic_id = int(headers["ledger_offset"]), headers["ledger_topic"].decode()
        envelope = open_envelope(record.value or b"")
        body = decode_body(envelope.body)
    except (KeyError, ValueError, FactError):
        return None
    before = Position(network, topic_id, offset - 1, envelope.sequence - 1, envelope.previous_hash, envelope.event_offset - 1, envelope.event_time_ms)
    return advance(before, offset, record.value or b"", envelope, body)
