"""A worker in a process of its own, to be killed: `python -m tests.ledger.worker_program BOOTSTRAP PREFIX WORKER_ID TASTE`.

Its key store is its own, so it seals nothing: events are bytes that cannot be decoded, and the core keeps no sealed part.
"""

from __future__ import annotations

import asyncio
import random
import sys
from dataclasses import dataclass, replace

from coordinator.ledger.core import StateParts, SystemClock
from coordinator.ledger.kafka_worker import worker_on_kafka
from events.entry import OpenedEvent
from events.facts import Outcome
from events.topics import TopicNames
from events.verdict import Refused, Unreadable
from events.vocabulary import RefusalCode
from reading.keys_memory import MemoryKeyStore
from reading.vault import Vault
from tests.ledger.benches import NETWORK, QUICK
from tests.ledger.tiny_core import TinyCore, TinyState


@dataclass(frozen=True, slots=True)
class OpenCore(TinyCore):
    """Without a sealed half."""

    def decide(self, state: TinyState, event: OpenedEvent, at_ms: int) -> tuple[Outcome, ...]:
        return (Unreadable("malformed"), *((Refused(RefusalCode.TEXT_NEEDED, self.taste),) if self.taste else ()))

    def parts(self, state: TinyState) -> StateParts:
        return StateParts(super(OpenCore, self).parts(state).clear, ())


async def work(bootstrap: str, prefix: str, worker_id: str, taste: str) -> None:
    settings = replace(QUICK, worker_id=worker_id, rival_silent_s=(0.2, 0.4), snapshot_every_entries=500, snapshot_every_s=1.0)
    vault = Vault(NETWORK, MemoryKeyStore(NETWORK))
    await worker_on_kafka(bootstrap, TopicNames(prefix), NETWORK, 1, OpenCore(taste), vault, SystemClock(), random.SystemRandom(), settings).run()


if __name__ == "__main__":
    asyncio.run(work(*sys.argv[1:5]))
