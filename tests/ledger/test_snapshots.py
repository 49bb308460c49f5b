"""Snapshots make a restart independent of the ledger's length, and are believed only where the ledger confirms them."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from coordinator.ledger.core import SealedPart, StateParts
from coordinator.ledger.snapshot_format import SnapshotUnreadable, pack, unpack
from reading.errors import LedgerTailLost
from tests.ledger.benches import QUICK, MemoryBench, Running, acknowledged, decided_events, entries_of, folded
from tests.ledger.tiny_core import TinyCore, TinyState

EAGER = replace(QUICK, snapshot_every_entries=100, snapshot_every_s=0.5)


async def with_snapshot(events: int) -> MemoryBench:
    """A bench whose events are all decided, with a snapshot at the end."""
    bench = MemoryBench()
    await bench.found()
    await acknowledged(bench, range(events))
    async with Running(bench.worker(settings=EAGER)) as running:
        await running.until_settled(events - 1)
        async with asyncio.timeout(10):
            while not bench.snapshots.records or unpack(bench.snapshots.records[-1].value or b"").position.sequence != events:
                await asyncio.sleep(0.05)
    return bench


async def test_restart_reads_only_what_came_after() -> None:
    bench = await with_snapshot(600)
    values = decided_events(await entries_of(bench)) + await acknowledged(bench, range(600, 650))
    bench.ledger_logs.clear()
    worker = bench.worker()
    async with Running(worker) as running:
        await running.until_settled(649)
    assert min(log.lowest_read for log in bench.ledger_logs) >= 600
    assert decided_events(await entries_of(bench)) == values
    assert worker._settled.state == await folded(bench)


async def test_damaged_and_foreign_snapshots_are_passed_over() -> None:
    bench = await with_snapshot(200)
    good = bench.snapshots.records[-1].value or b""
    wrong = replace(unpack(good), clear=b"not ours")
    await bench.snapshots.add(
        [(b"it/7", b"garbage", ()), (b"it/6", good[:-1], ()), (b"fr/1", good, ()), (b"it/5", pack(wrong), ()), (b"it/4", b"", ())]
    )
    worker = bench.worker()
    async with Running(worker) as running:
        await running.until_settled(199)
        assert worker._settled.state == await folded(bench)


async def test_without_any_good_snapshot_the_genesis_serves() -> None:
    bench = await with_snapshot(200)
    bench.snapshots.records.clear()
    worker = bench.worker()
    async with Running(worker) as running:
        await running.until_settled(199)
        assert worker._settled.state == await folded(bench)


async def test_a_snapshot_beyond_the_ledger_proves_a_lost_tail() -> None:
    bench = await with_snapshot(200)
    bench.ledger.lose_tail(150)
    async with Running(bench.worker()) as running:
        assert isinstance(await running.failure(), LedgerTailLost)
    assert len(await entries_of(bench)) == 150


async def test_a_snapshot_of_another_branch_proves_a_lost_tail() -> None:
    bench = await with_snapshot(200)
    snapshots = list(bench.snapshots.records)
    bench.ledger.lose_tail(150)
    bench.snapshots.records.clear()
    async with Running(bench.worker(core=TinyCore("another taste"))) as running:
        await running.until_settled(199)
    bench.snapshots.records.extend(snapshots)
    async with Running(bench.worker()) as running:
        assert isinstance(await running.failure(), LedgerTailLost)


async def test_format_is_exact() -> None:
    bench = await with_snapshot(100)
    value = bench.snapshots.records[-1].value or b""
    assert pack(unpack(value)) == value
    for broken in (value[:-1], value + b"x", b"STFSNAP2" + value[8:], value[:12] + b"[]" + value[14:], b""):
        try:
            unpack(broken)
        except SnapshotUnreadable:
            continue
        raise AssertionError("a broken snapshot was read")


async def test_no_subject_stands_in_clear() -> None:
    case = "0190b0a0-0000-7000-8000-00000000000a"

    class WithCase(TinyCore):
        def parts(self, state: TinyState) -> StateParts:
            mine = super().parts(state)
            return StateParts(mine.clear, (SealedPart(f"case:{case}", b"canary canary canary"), *mine.sealed))

        def from_parts(self, network: str, parts: StateParts) -> TinyState:
            return super().from_parts(network, StateParts(parts.clear, parts.sealed[1:] if len(parts.sealed) == 2 else parts.sealed))

    bench = MemoryBench()
    await bench.found()
    await bench.keys.keys([f"case:{case}"], create=True)
    await acknowledged(bench, range(120))
    async with Running(bench.worker(core=WithCase(), settings=EAGER)) as running:
        await running.until_settled(119)
        async with asyncio.timeout(10):
            while not bench.snapshots.records:
                await asyncio.sleep(0.05)
    value = bench.snapshots.records[-1].value or b""
    assert len(unpack(value).sealed) == 2
    assert case.encode() not in value
    assert b"canary" not in value
    await bench.keys.destroy([f"case:{case}"], through=None)
    async with Running(bench.worker(core=WithCase(), settings=EAGER)) as running:
        await running.until_settled(119)
        assert running.workers[0]._settled.whole
