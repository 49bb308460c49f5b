"""The loop on its own, beside rivals, and killed: every acknowledged event has exactly one entry, in offset order."""

from __future__ import annotations

import asyncio
import hashlib
import random
from dataclasses import replace
from typing import ClassVar

import pytest

from coordinator.ledger.core import StateParts
from coordinator.ledger.deciding import Deciding
from coordinator.ledger.proposal import Head
from coordinator.ledger.state_hash import StateHasher
from events.codec import decode_body
from events.entry import Decided
from events.envelope import open_envelope
from reading.partition_log import LogRecord
from reading.vault import Vault
from tests.ledger.benches import NETWORK, QUICK, Bench, MemoryBench, Running, acknowledged, decided_events, entries_of, folded, reaffirmed
from tests.ledger.tiny_core import TinyCore, TinyState


async def test_every_event_has_one_entry_in_order(bench: Bench) -> None:
    values = await acknowledged(bench, range(500))
    worker = bench.worker()
    async with Running(worker) as running:
        await running.until_settled(499)
        values += await acknowledged(bench, range(500, 700))
        await running.until_settled(699)
        assert worker._settled.state == await folded(bench)
    entries = await entries_of(bench)
    assert decided_events(entries) == values
    assert [entry.envelope.event_offset for entry in entries[1:]] == list(range(700))
    assert [entry.position.sequence for entry in entries] == list(range(701))


@pytest.mark.parametrize("tastes", [("", ""), ("", "other")], ids=["same-rules", "two-versions"])
async def test_split_brain_loses_nothing(bench: Bench, tastes: tuple[str, str]) -> None:
    values: list[bytes] = []
    workers = [bench.worker(f"w{index}", TinyCore(taste)) for index, taste in enumerate(tastes)]
    async with Running(*workers) as running:
        for burst in range(4):
            values += await acknowledged(bench, range(burst * 500, burst * 500 + 500))
            await asyncio.sleep(0.05)
        await running.until_settled(1999)
    entries = await entries_of(bench)
    assert decided_events(entries) == values
    state = await folded(bench)
    assert len(state.seen) == 2000


async def test_rival_that_never_follows_costs_nothing_but_records(bench: Bench) -> None:
    stubborn = replace(QUICK, rival_silent_s=(0.0, 0.0))
    values: list[bytes] = []
    async with Running(bench.worker("w0", TinyCore(), stubborn), bench.worker("w1", TinyCore("b"), stubborn)) as running:
        for burst in range(4):
            values += await acknowledged(bench, range(burst * 250, burst * 250 + 250))
            await asyncio.sleep(random.Random(burst).random() * 0.05)
        await running.until_settled(999)
    assert decided_events(await entries_of(bench)) == values


async def test_killed_at_any_moment(bench: Bench) -> None:
    values = await acknowledged(bench, range(1500))
    chance = random.Random(7)
    for life in range(8):
        async with Running(bench.worker(f"life{life}")):
            await asyncio.sleep(0.02 + chance.random() * 0.1)
    async with Running(bench.worker("last")) as running:
        await running.until_settled(1499)
    assert decided_events(await entries_of(bench)) == values
    assert len((await folded(bench)).seen) == 1500


async def test_same_event_sent_again_has_one_effect(bench: Bench) -> None:
    first = await acknowledged(bench, [1])
    again = await acknowledged(bench, [1])
    async with Running(bench.worker()) as running:
        await running.until_settled(1)
    entries = await entries_of(bench)
    assert decided_events(entries) == first + again
    opened = await Vault("it", bench.keys).open_entries([(entry.envelope, entry.body) for entry in entries[1:]])
    names = [[type(outcome).__name__ for outcome in entry.outcomes] for entry in opened if not hasattr(entry, "body")]
    assert names == [["Recorded"], ["Duplicate"]]


async def test_undecodable_events_get_their_entry(bench: Bench) -> None:
    appender = bench.events_appender()
    hostile = [b"", b"\xc3\x01", b"garbage", b"\xc3\x01" + bytes(8) + b"x" * 60_000, b"{}"]
    await (await appender.append([(None, value, ()) for value in hostile]))
    await appender.close()
    values = await acknowledged(bench, [1])
    async with Running(bench.worker()) as running:
        await running.until_settled(5)
    assert decided_events(await entries_of(bench)) == hostile + values


async def test_garbage_and_late_entries_in_the_ledger_are_ignored(bench: Bench) -> None:
    values = await acknowledged(bench, range(50))
    async with Running(bench.worker()) as running:
        await running.until_settled(49)
        entries = await entries_of(bench)
        appender = bench.ledger_appender()
        noise = [b"", b"x" * 1000, entries[3].value, entries[50].value, entries[50].value[:-1], entries[50].value + b"y", b"STFLEDG1\xff"]
        await (await appender.append([(None, value, ()) for value in noise]))
        values += await acknowledged(bench, range(50, 100))
        await running.until_settled(99)
        await appender.close()
    assert decided_events(await entries_of(bench)) == values


@pytest.mark.parametrize("verdict", ["lost", "failed", "unknown"])
async def test_append_that_goes_wrong_is_decided_again(verdict: str) -> None:
    chance = random.Random(3)
    bench = MemoryBench(verdict=lambda: verdict if chance.random() < 0.2 else "ok")
    await bench.found()
    settings = replace(QUICK, given_up_after_s=0.2, batch_events=8)
    values = await acknowledged(bench, range(400))
    async with Running(bench.worker(settings=settings)) as running:
        await running.until_settled(399)
    entries = await entries_of(bench)
    assert decided_events(entries) == values


async def test_window_is_never_larger_than_allowed(memory: MemoryBench) -> None:
    slow = MemoryBench(ledger_delay_s=0.05)
    await slow.found()
    worker = slow.worker(settings=replace(QUICK, window_entries=40, batch_events=16))
    await acknowledged(slow, range(300))
    largest = 0
    async with Running(worker) as running:
        while not worker.status or worker.status.event_offset < 299:
            largest = max(largest, worker.status.unsettled if worker.status else 0)
            await asyncio.sleep(0.001)
            assert not running.tasks[0].done()
    assert 16 <= largest <= 40


async def test_every_thousandth_entry_carries_the_state_hash(memory: MemoryBench) -> None:
    await acknowledged(memory, range(2100))
    async with Running(memory.worker()) as running:
        await running.until_settled(2099)
    entries = await entries_of(memory)
    hashed = [entry.position.sequence for entry in entries if isinstance(entry.body, Decided) and entry.body.clear_state_hash]
    assert hashed == [1000, 2000]
    assert all(entry.body.sealed_state_hash for entry in entries if isinstance(entry.body, Decided) and entry.body.clear_state_hash)


class Counted(TinyCore):
    """Tells of which states it made the parts to be hashed."""

    hashed: ClassVar[list[int]] = []

    def hashed_parts(self, state: TinyState) -> StateParts:
        self.hashed.append(state.sequence)
        return super().hashed_parts(state)


async def test_the_state_is_hashed_before_the_event_that_carries_its_hash_is_there() -> None:
    bench = MemoryBench()
    await bench.found()
    await acknowledged(bench, range(999))
    Counted.hashed.clear()
    async with Running(bench.worker(core=Counted())) as running:
        await running.until_settled(998)
        async with asyncio.timeout(5):
            while not Counted.hashed:
                await asyncio.sleep(0.01)
        await acknowledged(bench, [999])
        await running.until_settled(999)
    assert Counted.hashed == [999]
    *before, carrying = await entries_of(bench)
    assert isinstance(carrying.body, Decided)
    state = TinyCore().initial_state(NETWORK)
    for opened in await bench.vault.open_entries([(record.envelope, record.body) for record in before]):
        state = TinyCore().evolve(state, opened)
    assert (carrying.body.clear_state_hash, carrying.body.sealed_state_hash) == await StateHasher(TinyCore(), bench.vault).hashes(state)


async def test_a_hash_made_ahead_is_not_taken_for_another_state() -> None:
    """A rival's entry comes in between: the state that was hashed never was, and the one that is, is hashed anew."""
    bench = MemoryBench()
    core = TinyCore()
    deciding = Deciding(NETWORK, core, bench.vault, StateHasher(core, bench.vault))
    state = core.initial_state(NETWORK)
    (event,) = await bench.vault.seal_events([reaffirmed(1)])
    record = LogRecord(999, 1_700_000_000_000, None, event, ())
    heads = [Head(replace(state, sequence=999, rolling=bytes([number]) * 32), 999, bytes(32), 998, 0, bytes(32)) for number in (1, 2)]
    await deciding.look_ahead(heads[0])
    hashes = []
    for head in heads:
        (proposal,) = await deciding.propose(head, True, [record], lambda: False, 0.0)
        body = decode_body(open_envelope(proposal.value).body)
        assert isinstance(body, Decided)
        hashes.append(body.clear_state_hash)
        assert body.clear_state_hash == hashlib.sha256(core.hashed_parts(head.state).clear).digest()
    assert hashes[0] != hashes[1]
