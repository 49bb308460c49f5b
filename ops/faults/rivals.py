"""A permanent split brain: two workers of two versions of the rules, both sure that the network is theirs, for the whole run."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from coordinator.domain.state import State
from coordinator.ledger.core import Core, SystemClock, system_randomness
from coordinator.ledger.kafka_worker import worker_on_kafka
from coordinator.ledger.worker import Worker
from coordinator.wiring import ledger_settings
from events.entry import OpenedEvent
from events.facts import Outcome
from events.transfer import ProposalMade
from ops.stage import PLACE, Stage
from reading.vault import Vault


class OtherVersion:
    """The decision core of another release: it scores every proposal one higher, so that its entries are never the same bytes."""

    def __init__(self, core: Core[State]) -> None:
        self._core = core
        self.initial_state = core.initial_state
        self.evolve = core.evolve
        self.cannot_be_new = core.cannot_be_new
        self.next_deadline_ms = core.next_deadline_ms
        self.parts = core.parts
        self.hashed_parts = core.hashed_parts
        self.from_parts = core.from_parts

    def decide(self, state: State, event: OpenedEvent, at_ms: int) -> tuple[Outcome, ...]:
        """As the other core, and every score one higher."""
        decided = self._core.decide(state, event, at_ms)
        return tuple(replace(outcome, score=outcome.score + 1) if isinstance(outcome, ProposalMade) else outcome for outcome in decided)


async def rivals(stage: Stage) -> list[asyncio.Task[None]]:
    """Two workers of one network, of two versions, that never give way for long. Cancel the tasks to end them."""
    core = stage.room.core
    return [asyncio.create_task(_worker(stage, name, each).run()) for name, each in (("ours", core), ("theirs", OtherVersion(core)))]


def _worker(stage: Stage, name: str, core: Core[State]) -> Worker[State]:
    settings = replace(ledger_settings(stage.settings), worker_id=name, build=name, rival_silent_s=(0.0, 0.02))
    vault = Vault(PLACE.name, stage.room.keystore)
    return worker_on_kafka(stage.kafka.bootstrap, stage.names, PLACE.name, PLACE.partition, core, vault, SystemClock(), system_randomness(), settings)
