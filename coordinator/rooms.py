"""A network with everything opened that a door needs. Made in `coordinator.wiring` alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from coordinator.access_log import AccessLog
from coordinator.domain.state import State
from coordinator.intake.door import Intake
from coordinator.ledger.core import Core
from events.acceptance import Position
from events.topics import MAX_EVENT_BYTES, TopicNames
from projections.reads import Reads
from projections.runner import Source
from reading.kafka_log import KafkaLog
from reading.keys import KeyStore
from reading.ledger_reader import LedgerReader
from reading.vault import Vault


@dataclass(frozen=True, slots=True)
class NetworkRoom:
    """One network's ledger, keys, views and door."""

    name: str
    partition: int
    bootstrap: str
    names: TopicNames
    database_url: str
    """Of the views."""
    own_clock: bool
    """The events topic is on CreateTime: now is the time of the last event."""
    keystore: KeyStore
    vault: Vault
    core: Core[State]
    reads: Reads
    intake: Intake
    """Started where the command or process takes events; else only its parts are connected on use."""
    access: AccessLog
    """Who looked at whose data."""
    reader: Callable[[Position | None], LedgerReader]
    """A new reader of the ledger after an anchor; None: from the genesis. Close it."""

    @property
    def source(self) -> Source:
        """Where the views' runner and rebuild read."""
        return Source(self.bootstrap, self.names, self.name, self.partition)

    @asynccontextmanager
    async def events_log(self) -> AsyncIterator[KafkaLog]:
        """The records of the events topic, for as long as the block runs."""
        log = KafkaLog(self.bootstrap, self.names.events, self.partition, 2 * MAX_EVENT_BYTES)
        try:
            yield log
        finally:
            await log.close()

    async def units_of(self, project_id: str | None) -> frozenset[str]:
        """Units of a project as the views know them; none where there is no project."""
        return frozenset() if project_id is None else await self.reads.units_of(project_id)
