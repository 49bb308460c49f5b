"""The one ledger reader over Kafka: worker, views, gateway, command line and relay all read through it.

Usage, in any of them:

    async with LedgerReader(bootstrap, names, network, partition, anchor) as reader:
        async for batch in reader.follow():          # for ever; [] when idle at the end
            for record in batch: ...                 # record.position, .value, .envelope, .body, .headers

    async for batch in reader.read_to_end(): ...     # up to the end at the time of the call

Store `record.position` with what you derived from the record, and give it back as `anchor`.
"""

from __future__ import annotations

from events.acceptance import Position
from events.topics import MAX_ENTRY_BYTES, TopicNames
from reading.kafka_log import KafkaLog
from reading.ledger_chain import AcceptedRecord, accepted_records
from reading.ledger_follower import LedgerFollower, OnIgnored

__all__ = ["AcceptedRecord", "LedgerReader", "accepted_records", "ledger_log"]

FETCH_BYTES = MAX_ENTRY_BYTES + 1024 * 1024


def ledger_log(bootstrap: str, names: TopicNames, partition: int) -> KafkaLog:
    """The ledger's partition, not yet connected."""
    return KafkaLog(bootstrap, names.ledger, partition, FETCH_BYTES)


class LedgerReader(LedgerFollower):
    """Reads the ledger of `network` from its partition; connects when first used. Not for two tasks at once; close it.

    `anchor`: begin after this entry, which must still be in the log; None: begin at the genesis, and the log must begin at offset 0.
    `on_ignored` is told of each record that is not an entry.
    """

    def __init__(
        self, bootstrap: str, names: TopicNames, network: str, partition: int, anchor: Position | None = None, *, on_ignored: OnIgnored | None = None
    ) -> None:
        super().__init__(ledger_log(bootstrap, names, partition), network, anchor, on_ignored=on_ignored)
