"""Ledger partitions full of records that are no entries: each breaks exactly one condition of the acceptance rule. And readers that must notice."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from events.codec import encode_body
from events.entry import Decided
from events.envelope import Envelope, hash_of, seal_envelope
from reading.errors import LedgerTailLost, ReadingError
from reading.ledger_chain import accepted_records
from reading.ledger_follower import LedgerFollower
from tests.checker.book import write
from tests.checker.story import story
from tests.ledger.benches import NETWORK, MemoryBench, Running, acknowledged, entries_of
from tests.ledger.memory_log import MemoryLog
from tests.planted.check import Check, Stage
from tests.planted.checks import breaches

_AT = 14
"""Before this entry of the story the rivals' records come."""


def log_with_rivals() -> list[bytes]:
    """A right story, and before one of its entries a record for each way of not being the next one."""
    written = write(story())
    right, before = written[_AT].envelope, written[_AT - 1].envelope
    rivals = [
        seal_envelope(right) + b"\0",
        seal_envelope(replace(right, network="fr")),
        seal_envelope(replace(right, sequence=right.sequence + 1)),
        seal_envelope(replace(right, previous_hash=hash_of(b"another branch"))),
        seal_envelope(replace(right, event_offset=right.event_offset + 1)),
        seal_envelope(replace(right, event_offset=right.event_offset - 1)),
        seal_envelope(replace(right, event_time_ms=before.event_time_ms - 1)),
        written[5].value,
    ]
    values = [entry.value for entry in written]
    return [*values[:_AT], *rivals, *values[_AT:]]


def log_with_false_geneses() -> list[bytes]:
    """A right story, and before its genesis others that each lack one thing of a genesis. After the foreign one comes an entry chained to it."""
    written = write(story())
    right = written[0].envelope
    foreign = seal_envelope(replace(right, network="fr"))
    chained = replace(written[1].envelope, previous_hash=hash_of(foreign))
    decided = encode_body(Decided(b"", (), None, None))
    false = [
        foreign,
        seal_envelope(chained),
        seal_envelope(replace(right, sequence=3)),
        seal_envelope(replace(right, previous_hash=hash_of(b"something"))),
        seal_envelope(replace(right, event_offset=5)),
        seal_envelope(Envelope(right.network, 0, right.previous_hash, -1, right.event_time_ms, decided)),
    ]
    return [*false, *(entry.value for entry in written)]


def _read_and_checked(name: str, values: list[bytes]) -> Check:
    async def find(stage: Stage) -> list[str]:
        return breaches(stage, list(accepted_records("it", enumerate(values))))

    return Check(f"ops.checker over {name}", find)


AMONG_RIVALS = _read_and_checked("what a reader took from a log with rivals", log_with_rivals())
AMONG_FALSE_GENESES = _read_and_checked("what a reader took from a log with false geneses", log_with_false_geneses())


async def _settled(events: int) -> MemoryBench:
    bench = MemoryBench()
    await bench.found()
    await acknowledged(bench, range(events))
    async with Running(bench.worker()) as running:
        await running.until_settled(events - 1)
    return bench


async def _refilled(bench: MemoryBench) -> None:
    """The ledger loses its tail, and other records come in its place and beyond."""
    bench.ledger.lose_tail(20)
    await bench.ledger.add([(None, b"something else", ())] * 30)


async def _live(stage: Stage) -> list[str]:
    bench = await _settled(30)
    reader = LedgerFollower(MemoryLog(bench.ledger), NETWORK, tip_checked_every_s=0.1)
    async for _batch in reader.read_to_end():
        continue
    await _refilled(bench)
    try:
        async with asyncio.timeout(stage.patience_s):
            async for _batch in reader.follow(idle_ms=20):
                continue
    except LedgerTailLost:
        return []
    except TimeoutError:
        return ["a live reader waits for ever"]
    return ["a live reader ended"]


async def _anchored(_: Stage) -> list[str]:
    bench = await _settled(30)
    last = (await entries_of(bench))[-1]
    await _refilled(bench)
    reader = LedgerFollower(MemoryLog(bench.ledger), NETWORK, last.position)
    try:
        async for _batch in reader.read_to_end():
            continue
    except LedgerTailLost:
        return []
    except ReadingError as other:
        return [type(other).__name__]
    return ["a reader goes on from an anchor that is not there"]


LIVE_READER = Check("tests.ledger.test_stops: a live reader of a ledger that lost its tail", _live)
ANCHORED_READER = Check("tests.ledger.test_stops: a reader, or a snapshot, anchored in a ledger that lost its tail", _anchored)
