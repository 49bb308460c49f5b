"""A worker on standby leaves events to the process that has the network, and stands in where that one says nothing."""

from __future__ import annotations

from dataclasses import replace

from tests.ledger.benches import QUICK, MemoryBench, Running, acknowledged, decided_events, entries_of
from tests.ledger.tiny_core import TinyCore

PATIENT = replace(QUICK, standby_waits_s=(0.4, 0.5))


async def test_standby_writes_nothing_while_somebody_decides(memory: MemoryBench) -> None:
    values: list[bytes] = []
    standby = memory.worker("standby", TinyCore("other"), PATIENT)
    standby.stand_by(True)
    async with Running(memory.worker("assigned"), standby) as running:
        for burst in range(5):
            values += await acknowledged(memory, range(burst * 40, burst * 40 + 40))
            await running.until_settled(len(values) - 1)
    entries = await entries_of(memory)
    assert decided_events(entries) == values
    assert {dict(entry.headers)["worker"] for entry in entries[1:]} == {b"assigned"}


async def test_standby_stands_in_and_loses_nothing_beside_who_comes_back(memory: MemoryBench) -> None:
    standby = memory.worker("standby", settings=PATIENT)
    standby.stand_by(True)
    async with Running(standby) as alone:
        values = await acknowledged(memory, range(100))
        await alone.until_settled(99)
        async with Running(memory.worker("assigned")) as running:
            values += await acknowledged(memory, range(100, 200))
            await running.until_settled(199)
            values += await acknowledged(memory, range(200, 300))
            await running.until_settled(299)
    entries = await entries_of(memory)
    assert decided_events(entries) == values
    assert dict(entries[1].headers)["worker"] == b"standby"
