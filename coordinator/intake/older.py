"""Entries that the tail no longer keeps, from the base table of the views."""

from __future__ import annotations

from projections.errors import ViewsMissing
from projections.reads import Reads
from reading.waiting import is_away


class EntriesInViews:
    """Looks entries up. Where the views are away or have not come so far, nothing is found: the ledger itself then recognises a repeat."""

    def __init__(self, reads: Reads) -> None:
        self._reads = reads

    async def sequence_of_event(self, event_id: str) -> int | None:
        """See `OlderEntries`."""
        try:
            found = (await self._reads.entries_of_event(event_id)).answer
        except Exception as failure:
            if isinstance(failure, ViewsMissing) or is_away(failure):
                return None
            raise
        return found[0].stored.sequence if found else None

    async def entry_value(self, sequence: int) -> bytes | None:
        """See `OlderEntries`."""
        try:
            found = (await self._reads.entry(sequence)).answer
        except Exception as failure:
            if isinstance(failure, ViewsMissing) or is_away(failure):
                return None
            raise
        return None if found is None else found.stored.value
