"""The loop with the real decision core: erasure, state hashes and restarts together."""

from __future__ import annotations

from dataclasses import replace

from coordinator.decision_core import DecisionCore
from coordinator.domain.state import State
from coordinator.ledger.core import SystemClock, system_randomness
from coordinator.ledger.kafka_worker import assembled_worker
from coordinator.ledger.state_hash import StateHasher
from coordinator.ledger.worker import Worker
from events.entry import Decided
from events.facts import Event
from events.person import CaseErased
from reading.keys import subjects_of_case
from reading.ledger_follower import LedgerFollower
from reading.vault import Vault
from tests.domain.world import HELPLINE, World, italy
from tests.ledger.benches import NETWORK, QUICK, MemoryBench, Running, entries_of
from tests.ledger.memory_log import MemoryAppender, MemoryLog

ERASED = 10
EVENTS = 2600


def history() -> tuple[World, list[str]]:
    """A world of cases that ask, are placed and in part erased, and of counts published again and again."""
    world = italy()
    for number in range(6):
        world.unit(f"unit-{number}", "lazio", "12", 4)
    cases = [world.case(f"case {number}") for number in range(30)]
    for case in cases:
        world.request(case)
    while len(world.entries) < 1200:
        world.now += 60_000
        world.publish(f"unit-{len(world.entries) % 6}", occupied=0)
    for case in cases[:ERASED]:
        world.send(CaseErased("", HELPLINE, case))
    while len(world.entries) < EVENTS:
        world.now += 60_000
        world.publish(f"unit-{len(world.entries) % 6}", occupied=0)
    return world, cases[:ERASED]


def worker_of(bench: MemoryBench, name: str) -> Worker[State]:
    return assembled_worker(
        NETWORK,
        DecisionCore(),
        Vault(NETWORK, bench.keys),
        SystemClock(),
        system_randomness(),
        replace(QUICK, worker_id=name, snapshot_every_entries=1 << 40, snapshot_every_s=1e9),
        reader_at=lambda anchor, ear: LedgerFollower(bench.ledger_log(), NETWORK, anchor, on_ignored=ear),
        events=bench.events_log(),
        ledger=MemoryAppender(bench.ledger),
        snapshots=(MemoryLog(bench.snapshots), MemoryAppender(bench.snapshots)),
        clock_events=MemoryAppender(bench.events),
    )


async def test_erasure_restart_and_hashes_agree() -> None:
    bench = MemoryBench()
    await bench.found()
    world, erased = history()
    facts: list[Event] = [entry.opened.event for entry in world.entries]  # type: ignore[misc]
    values = await bench.vault.seal_events(facts)
    for value, entry in list(zip(values, world.entries, strict=True))[:1500]:
        await bench.events.add([(None, value, ())], timestamp_ms=entry.event_time_ms)
    async with Running(worker_of(bench, "before")) as running:
        await running.until_settled(1499)
        before = running.workers[0]._settled.state
    await bench.keys.destroy([subject for case in erased for subject in subjects_of_case(case)], through=None)
    after = worker_of(bench, "after")
    async with Running(after) as running:
        await running.until_settled(1499)
        assert after._settled.whole
        hasher, blind = StateHasher(DecisionCore(), Vault(NETWORK, bench.keys)), after._settled.state
        assert await hasher.hashes(blind) == await hasher.hashes(before)
        for value, entry in list(zip(values, world.entries, strict=True))[1500:]:
            await bench.events.add([(None, value, ())], timestamp_ms=entry.event_time_ms)
        await running.until_settled(EVENTS - 1)
    hashed = {
        entry.position.sequence: entry.body for entry in await entries_of(bench) if isinstance(entry.body, Decided) and entry.body.clear_state_hash
    }
    assert sorted(hashed) == [1000, 2000]
    assert all(found.sealed_state_hash for found in hashed.values())
    again = worker_of(bench, "again")
    async with Running(again) as running:
        await running.until_settled(EVENTS - 1)
        hasher = StateHasher(DecisionCore(), Vault(NETWORK, bench.keys))
        assert await hasher.hashes(again._settled.state) == await hasher.hashes(after._settled.state)
