"""The state that a door compares with: from the newest snapshot that the ledger confirms, else from the ledger, and the same either way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from coordinator.decision_core import DecisionCore
from coordinator.domain.state import State
from coordinator.ledger.core import SystemClock
from coordinator.ledger.fold import Settled
from coordinator.ledger.log_appender import KafkaAppender
from coordinator.ledger.settings import LedgerSettings
from coordinator.ledger.snapshots import Snapshots
from coordinator.rooms import NetworkRoom
from coordinator.state_now import instant, state_now
from events.acceptance import Position
from events.topics import MAX_SNAPSHOT_BYTES
from reading.kafka_log import KafkaLog
from reading.ledger_reader import LedgerReader
from tests.gateway.conftest import Running
from tests.gateway.story import case_id, referral
from tests.gateway.test_glass import say

pytestmark = pytest.mark.edge


@asynccontextmanager
async def snapshots(room: NetworkRoom) -> AsyncIterator[Snapshots[State]]:
    """Where the network's snapshots are kept."""
    kept = Snapshots(
        room.name,
        KafkaLog(room.bootstrap, room.names.snapshots, room.partition, MAX_SNAPSHOT_BYTES),
        KafkaAppender(room.bootstrap, room.names.snapshots, room.partition, MAX_SNAPSHOT_BYTES),
        DecisionCore(),
        room.vault,
        SystemClock(),
        LedgerSettings(),
    )
    try:
        yield kept
    finally:
        await kept.close()


def listening(room: NetworkRoom, anchors: list[Position | None]) -> NetworkRoom:
    """The same network; `anchors` hears after which position each reader begins."""

    def reader(anchor: Position | None) -> LedgerReader:
        anchors.append(anchor)
        return room.reader(anchor)

    return replace(room, reader=reader)


async def test_a_snapshot_saves_the_way_and_changes_nothing(running: Running) -> None:
    room, core = running.room, DecisionCore()
    await say(running, referral(case_id()))
    anchors: list[Position | None] = []
    whole = await state_now(listening(room, anchors))
    assert anchors == [None]
    position = room.intake.tail.position
    assert position is not None and position.sequence == whole.sequence
    async with snapshots(room) as kept:
        assert await kept.write(Settled(whole, position, None, "", True))
    answer = await say(running, referral(case_id()))
    now = await state_now(listening(room, anchors))
    assert anchors[1:] == [position], "nothing before the snapshot is read"
    assert now.sequence == answer["sequence"] and instant(room, now) >= now.at_ms
    async with snapshots(room) as kept:
        elsewhere = replace(position, hash=bytes(32))
        assert await kept.write(Settled(whole, elsewhere, None, "", True))
    again = await state_now(listening(room, anchors))
    assert anchors[2:] == [elsewhere, position], "what the ledger does not confirm is not used"
    assert core.parts(again) == core.parts(now)
