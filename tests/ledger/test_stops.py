"""What must stop a reader or a worker does, and says which; and a person can set it right."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest

from coordinator.ledger.core import SystemClock
from coordinator.ledger.deciding import Deciding
from coordinator.ledger.events_source import EventsSource
from coordinator.ledger.heal import HealRefused, heal
from coordinator.ledger.operator_entries import OperatorRefused
from coordinator.ledger.proposal import Head
from coordinator.ledger.state_hash import StateHasher
from events.acceptance import Position
from events.codec import decode_fact, encode_body, encode_fact
from events.entry import Decided, NoEvent, OpenedEntry, OpenedEvent, SourceChanged
from events.envelope import Envelope, seal_envelope
from events.fact import Actor
from events.facts import Event
from events.ids import uuid7
from events.person import AgreementGiven, CaseErased
from events.subjects import case_subject
from events.vocabulary import Role
from reading.errors import (
    BodyUnreadable,
    EventDiffers,
    EventFromFuture,
    EventKeyMissing,
    EventsHole,
    EventsTopicChanged,
    EventsTruncated,
    LedgerHeadTrimmed,
    LedgerTailLost,
    ReadingError,
    StateDiverged,
    TopicChanged,
    TopicMissing,
)
from reading.ledger_chain import AcceptedRecord
from reading.ledger_follower import LedgerFollower
from reading.partition_log import LogRecord
from reading.vault import Vault
from tests.ledger.benches import NETWORK, QUICK, MemoryBench, Running, acknowledged, decided_events, end_position, entries_of, folded, reaffirmed
from tests.ledger.memory_log import MemoryAppender, MemoryLog
from tests.ledger.tiny_core import TinyCore, TinyState


async def settled_bench(events: int) -> MemoryBench:
    """A bench whose events are all decided."""
    bench = MemoryBench()
    await bench.found()
    await acknowledged(bench, range(events))
    async with Running(bench.worker()) as running:
        await running.until_settled(events - 1)
    return bench


def follower(bench: MemoryBench, entry: AcceptedRecord | None = None) -> LedgerFollower:
    return LedgerFollower(MemoryLog(bench.ledger), NETWORK, entry.position if entry else None, tip_checked_every_s=0.1)


async def raw(entries: list[AcceptedRecord]) -> AsyncIterator[bytes]:
    for entry in entries:
        yield entry.value


async def died_of(reader: LedgerFollower, timeout_s: float = 8) -> BaseException:
    with pytest.raises(ReadingError) as died:
        async with asyncio.timeout(timeout_s):
            async for _ in reader.follow(idle_ms=20):
                continue
    return died.value


# The ledger


@pytest.mark.parametrize("refilled", [False, True], ids=["shorter", "refilled"])
async def test_live_reader_notices_a_lost_tail(refilled: bool) -> None:
    bench = await settled_bench(50)
    reader = follower(bench)
    async for _ in reader.read_to_end():
        continue
    bench.ledger.lose_tail(40)
    if refilled:
        await bench.ledger.add([(None, b"something else", ())] * 30)
    error = await died_of(reader)
    assert isinstance(error, LedgerTailLost)
    assert error.sequence == 50


async def test_live_reader_notices_a_lost_tail_that_shows_on_no_connection() -> None:
    bench = await settled_bench(50)
    reader = follower(bench)
    async for _ in reader.read_to_end():
        continue
    bench.ledger.lose_tail(40, shows=False)
    await bench.ledger.add([(None, b"something else", ())] * 30)
    error = await died_of(reader)
    assert isinstance(error, LedgerTailLost)
    assert error.sequence == 50


async def test_anchored_reader_notices_a_lost_tail_at_start() -> None:
    bench = await settled_bench(50)
    last = (await entries_of(bench))[-1]
    bench.ledger.lose_tail(40)
    assert isinstance(await died_of(follower(bench, last)), LedgerTailLost)


async def test_worker_stops_when_the_tail_is_lost_and_a_new_one_does_not_fork() -> None:
    bench = await settled_bench(50)
    entries = await entries_of(bench)
    async with Running(bench.worker()) as running:
        await running.until_settled(49)
        bench.ledger.lose_tail(40)
        assert isinstance(await running.failure(), LedgerTailLost)

    async def views() -> list[Position]:
        return [entries[-1].position]

    async with Running(bench.worker(witnesses=views)) as running:
        assert isinstance(await running.failure(), LedgerTailLost)
    assert len(await entries_of(bench)) == 40

    healed = await heal(lambda anchor: LedgerFollower(bench.ledger_log(), NETWORK, anchor), bench.ledger_appender(), raw(entries), "", NETWORK)
    assert healed.appended == 11
    assert [entry.value for entry in await entries_of(bench)] == [entry.value for entry in entries]
    values = decided_events(entries) + await acknowledged(bench, range(50, 60))
    async with Running(bench.worker(witnesses=views)) as running:
        await running.until_settled(59)
    assert decided_events(await entries_of(bench)) == values


async def test_positions_are_found_again_after_a_heal_moved_them() -> None:
    bench = await settled_bench(30)
    entries = await entries_of(bench)
    await bench.ledger.add([(None, b"noise", ())])
    bench.ledger.lose_tail(20)
    await bench.ledger.add([(None, b"noise", ())] * 3)
    await heal(lambda anchor: LedgerFollower(bench.ledger_log(), NETWORK, anchor), bench.ledger_appender(), raw(entries), "", NETWORK)
    reader = follower(bench, entries[-1])
    async for batch in reader.follow(idle_ms=20):
        assert not batch
        break
    assert reader.position is not None
    assert reader.position.offset == entries[-1].position.offset + 3
    assert reader.position.hash == entries[-1].position.hash


async def test_heal_refuses_what_does_not_continue() -> None:
    bench = await settled_bench(30)
    entries = await entries_of(bench)
    other = await settled_bench(40)

    def reader_at(anchor: Position | None) -> LedgerFollower:
        return LedgerFollower(bench.ledger_log(), NETWORK, None)

    with pytest.raises(HealRefused):
        await heal(reader_at, bench.ledger_appender(), raw(await entries_of(other)), "", NETWORK)
    bench.ledger.lose_tail(10)
    with pytest.raises(HealRefused):
        await heal(reader_at, bench.ledger_appender(), raw(entries[15:]), "", NETWORK)
    healed = await heal(reader_at, bench.ledger_appender(), raw(entries), "", NETWORK)
    assert healed.appended == 21
    assert (await heal(reader_at, bench.ledger_appender(), raw(entries), "", NETWORK)).appended == 0


async def test_trimmed_head_stops() -> None:
    bench = await settled_bench(50)
    entries = await entries_of(bench)
    bench.ledger.trim_head(30)
    assert isinstance(await died_of(follower(bench)), LedgerHeadTrimmed)
    assert isinstance(await died_of(follower(bench, entries[10])), LedgerHeadTrimmed)
    rest = [record async for batch in follower(bench, entries[35]).read_to_end() for record in batch]
    assert [record.value for record in rest] == [entry.value for entry in entries[36:]]
    async with Running(bench.worker()) as running:
        assert isinstance(await running.failure(), LedgerHeadTrimmed)


async def test_recreated_ledger_topic_stops() -> None:
    bench = await settled_bench(50)
    entries = await entries_of(bench)
    live = follower(bench)
    async for _ in live.read_to_end():
        continue
    bench.ledger.recreate()
    await bench.ledger.add([(None, entry.value, ()) for entry in entries[:20]])
    assert isinstance(await died_of(live), TopicChanged)
    assert isinstance(await died_of(follower(bench, entries[10])), TopicChanged)
    bench.ledger.exists = False
    assert isinstance(await died_of(follower(bench)), TopicMissing)


async def test_unreadable_body_stops_after_the_entries_before_it() -> None:
    bench = await settled_bench(10)
    last = await end_position(bench)
    broken = seal_envelope(Envelope(NETWORK, last.sequence + 1, last.hash, last.event_offset + 1, last.event_time_ms, b"\xc3\x01nothing"))
    await bench.ledger.add([(None, broken, ())])
    reader, seen = follower(bench), 0
    with pytest.raises(BodyUnreadable):
        async for batch in reader.follow(idle_ms=20):
            seen += len(batch)
    assert seen == 11


@pytest.mark.parametrize("half", ["clear", "sealed"])
async def test_wrong_state_hash_stops(half: str) -> None:
    bench = await settled_bench(999)
    last = await end_position(bench)
    assert last.sequence == 999
    (event,) = await acknowledged(bench, [5000])
    outcomes = (await bench.vault.seal_outcomes([(999, ())]))[0]
    clear, sealed = await StateHasher(TinyCore(), bench.vault).hashes(await folded(bench))
    wrong = hashlib.sha256(b"wrong").digest()
    body = Decided(event, outcomes, wrong if half == "clear" else clear, wrong if half == "sealed" else sealed)
    await bench.ledger.add([(None, seal_envelope(Envelope(NETWORK, 1000, last.hash, 999, last.event_time_ms, encode_body(body))), ())])
    async with Running(bench.worker()) as running:
        error = await running.failure()
    assert isinstance(error, StateDiverged)
    assert error.half == half


async def test_a_core_that_folds_differently_stops_at_the_next_hash() -> None:
    bench = await settled_bench(1500)

    class Forgetful(TinyCore):
        def evolve(self, state: TinyState, entry: OpenedEntry) -> TinyState:
            after = super().evolve(state, entry)
            return replace(after, rolling=bytes(32)) if entry.sequence == 700 else after

    async with Running(bench.worker(core=Forgetful())) as running:
        assert isinstance(await running.failure(), StateDiverged)


# The events


@pytest.mark.parametrize("refill", [0, 5, 30])
async def test_truncated_events_stop_a_live_worker(refill: int) -> None:
    bench = await settled_bench(50)
    async with Running(bench.worker()) as running:
        await running.until_settled(49)
        await asyncio.sleep(0.2)
        bench.events.lose_tail(40)
        if refill:
            await acknowledged(bench, range(100, 100 + refill))
        error = await running.failure()
    assert isinstance(error, EventsTruncated if refill <= 5 else EventDiffers)
    assert len(await entries_of(bench)) == 51


async def test_truncated_events_that_show_on_no_connection_stop_a_live_worker_within_the_time_of_a_look() -> None:
    bench = await settled_bench(50)
    async with Running(bench.worker()) as running:
        await running.until_settled(49)
        await asyncio.sleep(0.2)
        bench.events.lose_tail(40, shows=False)
        await acknowledged(bench, range(100, 110))
        assert isinstance(await running.failure(), EventDiffers)
    assert len(await entries_of(bench)) == 51


async def test_truncated_events_stop_a_worker_at_start() -> None:
    bench = await settled_bench(50)
    bench.events.lose_tail(40)
    await acknowledged(bench, range(100, 120))
    async with Running(bench.worker()) as running:
        assert isinstance(await running.failure(), EventDiffers)
    assert len(await entries_of(bench)) == 51


async def test_recreated_events_stop_until_the_operator_says_so() -> None:
    bench = await settled_bench(50)
    values = decided_events(await entries_of(bench))
    bench.events.recreate()
    values += await acknowledged(bench, range(100, 200))
    async with Running(bench.worker()) as running:
        assert isinstance(await running.failure(), EventsTopicChanged)
    with pytest.raises(OperatorRefused):
        await bench.operator().source_changed(101, "beyond the end")
    changed = await bench.operator().source_changed(0, "restored from the other site")
    assert isinstance(changed.body, SourceChanged)
    async with Running(bench.worker()) as running:
        await running.until_settled(99)
    assert decided_events(await entries_of(bench)) == values


async def test_events_that_were_not_replaced_are_not_decided_again() -> None:
    bench = await settled_bench(50)
    with pytest.raises(OperatorRefused, match="it was not replaced"):
        await bench.operator().source_changed(0, "a slip")
    assert len(await entries_of(bench)) == 51
    bench.events.lose_tail(40)
    assert isinstance((await bench.operator().source_changed(40, "ten events lost")).body, SourceChanged)


async def test_a_hole_stops_until_the_operator_says_so() -> None:
    bench = await settled_bench(20)
    values = decided_events(await entries_of(bench))
    await acknowledged(bench, range(20, 30))
    bench.events.trim_head(25)
    async with Running(bench.worker()) as running:
        error = await running.failure()
    assert isinstance(error, EventsHole)
    assert (error.first, error.last) == (20, 24)
    operator = bench.operator()
    for first, last in ((20, 25), (19, 24), (21, 24), (24, 20)):
        with pytest.raises(OperatorRefused):
            await operator.no_event(first, last, "wrong")
    entry = await operator.no_event(20, 24, "trimmed by mistake")
    assert isinstance(entry.body, NoEvent)
    values += [record.value or b"" for record in bench.events.records]
    values += await acknowledged(bench, range(30, 40))
    async with Running(bench.worker()) as running:
        await running.until_settled(39)
    assert decided_events(await entries_of(bench)) == values


async def test_trimmed_decided_events_stop_nobody() -> None:
    bench = await settled_bench(20)
    bench.events.trim_head(20)
    values = await acknowledged(bench, range(20, 30))
    async with Running(bench.worker()) as running:
        await running.until_settled(29)
    assert decided_events(await entries_of(bench))[20:] == values


async def test_event_from_the_future_stops_undecided() -> None:
    bench = MemoryBench()
    await bench.found()
    values = await bench.vault.seal_events([])
    appender = MemoryAppender(bench.events)
    await acknowledged(bench, range(3))
    await (await appender.append([(None, b"soon", ())], timestamp_ms=SystemClock().now_ms() + 200_000))
    await (await appender.append([(None, b"next year", ())], timestamp_ms=SystemClock().now_ms() + 400_000))
    async with Running(bench.worker(settings=replace(QUICK, ahead_at_most_ms=300_000))) as running:
        error = await running.failure()
    assert isinstance(error, EventFromFuture)
    assert error.offset == 4
    assert len(await entries_of(bench)) == 5
    assert values == []


def agreed(case_id: str, event_id: str) -> AgreementGiven:
    """An event that is sealed under its case's key alone."""
    return AgreementGiven(event_id, Actor("op-1", "helpline", Role.HELPLINE), case_id, "a", 1)


async def with_a_case_unknown_to_the_keys(*more: Event) -> tuple[MemoryBench, str]:
    """Five events, one of a case whose key and references the store does not have any more, then others; and that case's id."""
    bench = await settled_bench(5)
    case_id, appender = str(uuid.uuid4()), MemoryAppender(bench.events)
    values = await bench.vault.seal_events([reaffirmed(5), agreed(case_id, uuid7(SystemClock().now_ms(), 7)), *more])
    bench.keys._keys.pop(case_subject(case_id))
    bench.keys._refs = {ref: key for ref, key in bench.keys._refs.items() if key.subject != case_subject(case_id)}
    await (await appender.append([(None, value, ()) for value in values]))
    return bench, case_id


async def test_an_event_that_no_key_opens_stops_after_the_events_before_it() -> None:
    bench, case_id = await with_a_case_unknown_to_the_keys(reaffirmed(6))
    for _ in range(2):
        async with Running(bench.worker()) as running:
            error = await running.failure()
        assert isinstance(error, EventKeyMissing) and error.offset == 6 and case_id not in str(error)
        assert f"`staffetta accept-loss 6 --network {NETWORK}`" in str(error), "what to type stands there word by word"
        assert len(decided_events(await entries_of(bench))) == 6, "what comes before it is settled, and nothing is refused"


async def erased_while_it_waited() -> MemoryBench:
    """Six events, the last of which erased a case, and one of that case which came too late, and which no key opens."""
    bench = await settled_bench(5)
    case_id, appender = str(uuid.uuid4()), MemoryAppender(bench.events)
    values = await bench.vault.seal_events([agreed(case_id, uuid7(1, 7)), CaseErased(uuid7(1, 8), Actor("op-1", "helpline", Role.HELPLINE), case_id)])
    await (await appender.append([(None, values[1], ())]))
    async with Running(bench.worker()) as running:
        await running.until_settled(5)
    await bench.keys.destroy([case_subject(case_id)], through=None)
    await (await appender.append([(None, values[0], ())]))
    return bench


async def test_an_event_whose_key_went_with_its_case_is_refused() -> None:
    bench = await erased_while_it_waited()
    async with Running(bench.worker()) as running:
        await running.until_settled(6)
    assert len(decided_events(await entries_of(bench))) == 7


async def test_somebody_elses_erasure_hides_no_loss() -> None:
    """Before the event came, after it came, and at any time: the store knows which references went with a key."""
    bench, case_id = await with_a_case_unknown_to_the_keys()
    other = str(uuid.uuid4())
    values = await bench.vault.seal_events([agreed(other, uuid7(SystemClock().now_ms(), 9))])
    await bench.keys.destroy([case_subject(other)], through=None)
    await (await MemoryAppender(bench.events).append([(None, value, ()) for value in values]))
    async with Running(bench.worker()) as running:
        error = await running.failure()
    assert isinstance(error, EventKeyMissing) and error.offset == 6 and case_id not in str(error)


async def test_an_old_event_of_a_case_long_erased_stops_nobody() -> None:
    """The store knows for a day that its key was destroyed, and the ledger shows it to whoever may read: sent again it changes nothing, whatever it holds."""
    bench, _ = await with_a_case_unknown_to_the_keys()

    class Remembers(TinyCore):
        def cannot_be_new(self, state: TinyState, event_id: str, at_ms: int) -> bool:
            return event_id == uuid_of_the_lost

    (uuid_of_the_lost,) = [str(decode_fact(record.value or b"").clear["event_id"]) for record in bench.events.records if record.offset == 6]
    async with Running(bench.worker(core=Remembers())) as running:
        await running.until_settled(6)


async def test_a_batch_is_decided_as_far_as_it_could_be_opened() -> None:
    core, bench = TinyCore(), MemoryBench()

    class Slow(Vault):
        async def open_events(self, values: Sequence[bytes]) -> list[OpenedEvent]:
            return (await super().open_events(values))[:2]

    vault = Slow(NETWORK, bench.keys)
    deciding = Deciding(NETWORK, core, vault, StateHasher(core, vault))
    values = await bench.vault.seal_events([reaffirmed(number) for number in range(5)])
    head = Head(core.initial_state(NETWORK), 4, bytes(32), -1, 0, bytes(32))
    records = [LogRecord(offset, 1_000, None, value, ()) for offset, value in enumerate(values)]
    assert [each.after.event_offset for each in await deciding.propose(head, True, records, lambda: False, 0.0)] == [0, 1]


async def test_an_event_under_a_reference_that_somebody_made_up_stops_nobody() -> None:
    bench = await settled_bench(5)
    (value,) = await bench.vault.seal_events([agreed(str(uuid.uuid4()), uuid7(SystemClock().now_ms(), 7))])
    wire = decode_fact(value)
    forged = encode_fact(wire.name, wire.clear, (replace(wire.sealed[0], ref=bytes(range(16))),))
    await (await MemoryAppender(bench.events).append([(None, forged, ())]))
    async with Running(bench.worker()) as running:
        await running.until_settled(5)


async def test_tombstones_in_the_middle_are_a_hole() -> None:
    bench = await settled_bench(5)
    await acknowledged(bench, range(5, 10))
    source = EventsSource(MemoryLog(bench.events), NETWORK, SystemClock(), checked_every_s=5, ahead_at_most_ms=None)
    record = bench.events.records[6]
    bench.events.records[6] = replace(record, offset=7)
    got = await source.fetch(5, None, "", 10, 50)
    assert [each.offset for each in got] == [5]
    with pytest.raises(EventsHole):
        await source.fetch(6, None, "", 10, 50)


async def test_ring_compares_what_was_decided() -> None:
    bench = await settled_bench(5)
    worker = bench.worker()
    async with Running(worker) as running:
        await running.until_settled(4)
        last = bench.events.records[4].value
        worker.ring(4, last)
        with pytest.raises(EventDiffers):
            worker.ring(4, b"another")
