"""A stretch of the ledger: from where a reader stands to an end that was told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from reading.ledger_chain import AcceptedRecord
from reading.ledger_follower import LedgerFollower

WITHIN_RECORDS = 1_000


@dataclass(frozen=True, slots=True)
class Limit:
    """Where reading stops. Null: there is no such limit."""

    end: int | None
    """Entries at this ledger offset and after it are left."""
    sequence: int | None
    """The last entry taken."""

    def takes(self, record: AcceptedRecord) -> bool:
        """Whether an entry lies before the limit."""
        position = record.position
        return (self.end is None or position.offset < self.end) and (self.sequence is None or position.sequence <= self.sequence)


async def entries_within(reader: LedgerFollower, limit: Limit, max_records: int = WITHIN_RECORDS) -> AsyncIterator[list[AcceptedRecord]]:
    """Batches of entries (none empty) up to the end that the ledger has now, those beyond the limit left out. Raises what the reader raises."""
    async for records in reader.read_to_end(max_records):
        taken = [record for record in records if limit.takes(record)]
        if taken:
            yield taken
        if len(taken) < len(records):
            return
