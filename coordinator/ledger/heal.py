"""Giving a ledger its lost tail back, verbatim, from the raw entries that the views keep. The chain proves that it is the same tail."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable
from dataclasses import dataclass

from coordinator.ledger import refused_words as words
from coordinator.ledger.log_appender import KafkaAppender, LogAppender
from events.acceptance import Ignored, Position
from events.envelope import hash_of, open_envelope
from events.errors import EnvelopeUnreadable
from events.language import SaidError, filled
from events.topics import MAX_ENTRY_BYTES, TopicNames
from reading import broker
from reading.ledger_chain import Chain, Headers
from reading.ledger_follower import ReaderAt
from reading.ledger_reader import LedgerReader

log = logging.getLogger(__name__)

HEADERS: Headers = (("worker", b"heal"),)
BATCH = 200


class HealRefused(SaidError):
    """The entries given do not continue this ledger; what was appended before they ceased to chain stays, and nothing else was."""


@dataclass(frozen=True, slots=True)
class Healed:
    """What a heal did."""

    appended: int
    """0: nothing was missing."""
    position: Position | None
    """The end of the ledger now."""


async def heal(reader_at: ReaderAt, appender: LogAppender, raw_entries: AsyncIterable[bytes], topic_id: str, network: str) -> Healed:
    """Append those of `raw_entries` (record values in sequence order, beginning at or before the first missing) that the ledger lacks.

    To be run while no worker proposes. Raises HealRefused where the ledger's last entry is another than theirs, or where one does not chain.
    """
    async with reader_at(None) as reader:
        async for _ in reader.read_to_end():
            continue
        position = reader.position
        chain = Chain(network, topic_id, position)
        pending: list[bytes] = []
        appended = 0
        async for value in raw_entries:
            try:
                sequence = open_envelope(value).sequence
            except EnvelopeUnreadable as unreadable:
                raise HealRefused(filled(words.NO_ENVELOPE, str(unreadable))) from None
            if position is not None and sequence <= position.sequence:
                if sequence == position.sequence and hash_of(value) != position.hash:
                    raise HealRefused(filled(words.ANOTHER_ENTRY, sequence))
                continue
            taken = chain.take(-1, value)
            if isinstance(taken, Ignored):
                raise HealRefused(filled(words.DOES_NOT_CONTINUE, sequence, taken))
            pending.append(value)
            if len(pending) == BATCH:
                appended += await _append(appender, pending)
        appended += await _append(appender, pending)
        async for _ in reader.read_to_end():
            continue
        if chain.position is not None and (reader.position is None or reader.position.hash != chain.position.hash):
            raise HealRefused(words.ENDS_OTHERWISE)
        log.warning("ledger_healed", extra={"network": network, "appended": appended})
        return Healed(appended, reader.position)


async def heal_on_kafka(bootstrap: str, names: TopicNames, network: str, partition: int, raw_entries: AsyncIterable[bytes]) -> Healed:
    """`heal` over Kafka."""
    appender = KafkaAppender(bootstrap, names.ledger, partition, MAX_ENTRY_BYTES)
    try:
        topic_id = await broker.topic_id(bootstrap, names.ledger)
        return await heal(lambda anchor: LedgerReader(bootstrap, names, network, partition, anchor), appender, raw_entries, topic_id, network)
    finally:
        await appender.close()


async def _append(appender: LogAppender, pending: list[bytes]) -> int:
    """Append and forget the pending values; how many they were."""
    if not pending:
        return 0
    await (await appender.append([(None, value, HEADERS) for value in pending]))
    count = len(pending)
    pending.clear()
    return count
