"""Events go from their topic only once the ledger was found to have them, byte for byte; and whoever reads on does not miss them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest

from coordinator.ledger.trimming import Trimmable, TrimRefused, trimmable
from events.codec import encode_body
from events.entry import Decided
from events.envelope import Envelope, seal_envelope
from events.ids import uuid7
from events.network import Retention
from ops.topics import delete_records
from reading.ledger_follower import LedgerFollower
from tests.domain.world import POLICY
from tests.ledger.benches import NETWORK, Bench, KafkaBench, MemoryBench, Running, acknowledged, decided_events, end_position, entries_of, folded

TERM_MS = 30 * 86_400_000


async def adopt(bench: Bench, events_ms: int | None, at_ms: int = 1) -> bytes:
    """The next event is a policy with this term for events; its value."""
    policy = replace(POLICY, event_id=uuid7(at_ms, 7), retention=Retention(closed_cases_ms=TERM_MS, events_ms=events_ms))
    values = await bench.vault.seal_events([policy])
    appender = bench.events_appender()
    await (await appender.append([(None, value, ()) for value in values]))
    await appender.close()
    return values[0]


async def decided(bench: Bench, events: int) -> None:
    """A policy at offset 0 and so many events behind it, all decided; the ledger is founded where it is not."""
    await bench.found()
    await adopt(bench, TERM_MS)
    await acknowledged(bench, range(events))
    async with Running(bench.worker()) as running:
        await running.until_settled(events)


async def found(bench: Bench, now_ms: int | None) -> Trimmable:
    log = bench.events_log()
    try:
        return await trimmable(NETWORK, lambda: LedgerFollower(bench.ledger_log(), NETWORK), log, bench.vault, now_ms)
    finally:
        await log.close()


def after_the_term() -> int:
    return time.time_ns() // 1_000_000 + TERM_MS + 60_000


async def delete_below(bench: Bench, offset: int) -> None:
    if isinstance(bench, MemoryBench):
        bench.events.trim_head(offset)
    elif isinstance(bench, KafkaBench):
        await delete_records(bench.bootstrap, bench.names.events, 1, offset)


async def refusal(bench: Bench) -> str:
    with pytest.raises(TrimRefused) as refused:
        await found(bench, after_the_term())
    return str(refused.value)


async def aged(bench: MemoryBench, ages_ms: Sequence[int]) -> int:
    """A policy and events that were stamped so long before the instant that is returned, all decided."""
    now_ms = time.time_ns() // 1_000_000
    values = [await adopt(bench, TERM_MS), *await acknowledged(bench, range(len(ages_ms)))]
    bench.events.records.clear()
    for value, age_ms in zip(values, (ages_ms[0], *ages_ms), strict=True):
        await bench.events.add([(None, value, ())], now_ms - age_ms)
    async with Running(bench.worker()) as running:
        await running.until_settled(len(ages_ms))
    return now_ms


async def test_everything_old_goes_but_the_last_and_workers_go_on(bench: Bench) -> None:
    await decided(bench, 20)
    plan = await found(bench, after_the_term())
    assert (plan.verified, plan.first_offset, plan.below, plan.kept) == (21, 0, 20, 1)
    before = await folded(bench)
    async with Running(bench.worker("stayed")) as running:
        await running.until_settled(20)
        await delete_below(bench, 20)
        assert (await bench.events_log().bounds()).start == 20
        await acknowledged(bench, range(20, 25))
        await running.until_settled(25)
        await asyncio.sleep(0.6)  # long enough for the event before the next to be compared again
        await running.until_settled(25)
    assert await folded(bench) != before
    again = await found(bench, after_the_term())
    assert (again.verified, again.first_offset, again.below, again.kept) == (6, 20, 25, 1)
    await delete_below(bench, 25)
    values = await acknowledged(bench, range(25, 30))
    async with Running(bench.worker("started")) as running:
        await running.until_settled(30)
    assert decided_events(await entries_of(bench))[-5:] == values


async def test_another_event_in_the_place_of_one_stops_it(bench: Bench) -> None:
    await decided(bench, 5)
    last = await end_position(bench)
    await acknowledged(bench, [5])
    (other,) = await bench.vault.seal_events([replace(POLICY, event_id=uuid7(2, 8))])
    outcomes = (await bench.vault.seal_outcomes([(6, ())]))[0]
    body = encode_body(Decided(other, outcomes, None, None))
    appender = bench.ledger_appender()
    await (await appender.append([(None, seal_envelope(Envelope(NETWORK, last.sequence + 1, last.hash, 6, last.event_time_ms + 60_000, body)), ())]))
    await appender.close()
    assert "the event at offset 6 is not the one" in await refusal(bench)


async def test_only_what_is_older_than_the_term_goes(memory: MemoryBench) -> None:
    now_ms = await aged(memory, (3 * TERM_MS, 2 * TERM_MS, TERM_MS + 1, TERM_MS, 0))
    plan = await found(memory, now_ms)
    assert (plan.verified, plan.below, plan.kept) == (6, 4, 2), "an event is kept for the whole of its term"
    assert (await found(memory, now_ms - 3 * TERM_MS)).below is None
    assert (await found(memory, None)).below == 4, "on a network with its own clock the last entry says what time it is"


async def test_without_a_term_nothing_goes(memory: MemoryBench) -> None:
    await acknowledged(memory, range(3))
    async with Running(memory.worker()) as running:
        await running.until_settled(2)
    assert "no term" in await refusal(memory)
    await adopt(memory, TERM_MS)
    await adopt(memory, None, at_ms=2)
    async with Running(memory.worker()) as running:
        await running.until_settled(4)
    assert "no term" in await refusal(memory), "the policy in force says, and not the one before it"


async def test_what_no_entry_decided_is_not_deleted(memory: MemoryBench) -> None:
    await decided(memory, 5)
    await acknowledged(memory, range(5, 10))
    lost = list(memory.events.records)
    memory.events.trim_head(8)
    await memory.operator().no_event(6, 7, "lost")
    async with Running(memory.worker()) as running:
        await running.until_settled(10)
    assert (await found(memory, after_the_term())).below == 10
    memory.events.start, memory.events.records = 0, lost
    assert "offset 6 holds a record that no entry decided" in await refusal(memory)


async def test_an_event_that_is_gone_stops_it(memory: MemoryBench) -> None:
    await decided(memory, 5)
    memory.events.lose_tail(5)
    assert "offset 5 holds no record" in await refusal(memory)


async def test_events_of_a_source_that_was_replaced_are_not_looked_for(memory: MemoryBench) -> None:
    await decided(memory, 5)
    memory.events.recreate()
    assert "names events topic" in await refusal(memory)
    await memory.operator().source_changed(0, "made anew")
    await acknowledged(memory, range(100, 103))
    async with Running(memory.worker()) as running:
        await running.until_settled(2)
    plan = await found(memory, after_the_term())
    assert (plan.verified, plan.below, plan.kept) == (3, 2, 1)
