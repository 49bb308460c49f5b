"""Every schema of this release, acknowledged in its topic before anything is written under one of them: the log describes itself."""

from __future__ import annotations

from coordinator.ledger.log_appender import KafkaAppender
from events.codec import schema_records
from events.topics import TopicNames
from reading.broker import BATCH_BYTES


async def publish_schemas(bootstrap: str, names: TopicNames) -> int:
    """Write every schema (fingerprint -> text), and return how many once all are acknowledged. The topic is compacted: again is the same as once."""
    appender = KafkaAppender(bootstrap, names.schemas, 0, BATCH_BYTES)
    records = schema_records()
    try:
        await (await appender.append([(fingerprint, text.encode(), ()) for fingerprint, text in records]))
    finally:
        await appender.close()
    return len(records)
