"""Hashes of events lately decided, for holding against what is offered again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

from reading.errors import EventDiffers

REMEMBERED_EVENTS = 65_536
"""Older ones are left to the comparison before each fetch (`coordinator.ledger.events_source`) and to the topic's id."""


class RecentEvents:
    """Of one network, as the ledger has them: those folded since the snapshot that this process started from, the newest kept."""

    def __init__(self, network: str) -> None:
        self._network = network
        self._hashes: OrderedDict[int, bytes] = OrderedDict()

    def remember(self, offset: int, event_hash: bytes | None) -> None:
        """The event at this offset has this SHA-256; None: no event stands there, and what stood at or after this offset was of another source."""
        if event_hash is None:
            self._hashes.clear()
            return
        self._hashes[offset] = event_hash
        if len(self._hashes) > REMEMBERED_EVENTS:
            self._hashes.popitem(last=False)

    def compare(self, offset: int, value: bytes | None) -> None:
        """Raises EventDiffers where another event is remembered at this offset."""
        known = self._hashes.get(offset)
        if known is not None and known != hashlib.sha256(value or b"").digest():
            raise EventDiffers(self._network, offset)
