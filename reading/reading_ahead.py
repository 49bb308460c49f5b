"""A ledger read ahead by a second process, for a reader whose own work takes longer than reading does. It is given no key and no database.

The second process reads by the same acceptance rule (`reading.ledger_reader`), and hands over of each batch the entries that hold anything wanted, still
sealed, and where it stands after the batch. While it is being started the first reads by itself; then it says from which entry the second is to go on. It is
help, and no more: where the second ends early, or says nothing for a while, the first goes on by itself from the last entry that it was given, and meets
whatever stopped the second.

Each batch on the pipe, integers big-endian:

    position    offset, sequence, event offset, event time: 8 bytes each, signed; hash: 32 bytes. Of the last entry of the batch
    sizes       4 bytes each, unsigned: entries E, values V, bytes of all values
    entries     E times: offset, sequence, event offset, event time, number of values: 8 bytes each, signed; then E times the hash
    lengths     V times 4 bytes
    values      of each entry the event, then its outcomes in order; of an outcome that is not wanted its header alone

A position of which every integer is -1 and every byte of the hash zero stands alone: that was all.
"""

from __future__ import annotations

import asyncio
import os
import struct
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from fcntl import fcntl
from itertools import accumulate, islice
from types import TracebackType
from typing import Self

from events.acceptance import Position
from events.compiled import HEADER_BYTES
from events.entry import Decided
from events.envelope import Envelope
from events.topics import TopicNames
from reading.collecting import collect_rarely
from reading.ledger_chain import AcceptedRecord
from reading.ledger_follower import LedgerFollower
from reading.ledger_reader import ledger_log
from reading.second_process import SecondProcess, end_with_the_first, next_task, plain_position, position_from
from reading.within import Limit, entries_within

SILENT_S = 20.0
"""How long the first process waits for a batch before it goes on by itself."""
BUFFERED_BYTES = 4 * 1024 * 1024
"""What the first process takes off the pipe while it is at work on something else."""
_SET_PIPE_SIZE = 1031
"""F_SETPIPE_SZ, of Linux."""
PIPE_BYTES = 1024 * 1024
"""What the second reads ahead of that, where the system grants it: some thousand entries."""
_HASH_BYTES = 32
_POSITION = struct.Struct(f">qqqq{_HASH_BYTES}s")
_SIZES = struct.Struct(">III")
_ENTRY_INTEGERS = 5
_ALL = _POSITION.pack(-1, -1, -1, -1, bytes(_HASH_BYTES))

Batch = tuple[list[AcceptedRecord], Position]
"""Entries of which something is wanted, and where the reader stands after all of them. A record's value, and what of its envelope the body and the hash
before it take, are left empty."""


@dataclass(frozen=True, slots=True)
class WantedHeaders:
    """By what values begin with (`events.codec.headers_of`) it is told what of an entry is wanted."""

    facts: frozenset[bytes]
    recorded: frozenset[bytes]
    """Of the verdict without which nothing is wanted of the event."""


class ReadingAhead:
    """The second process, while it is needed: `async with`."""

    def __init__(
        self, bootstrap: str, names: TopicNames, network: str, partition: int, wanted: WantedHeaders, limit: Limit, max_records: int
    ) -> None:
        self._network = network
        self.finished = False
        """Whether `entries_after` gave all there is within the limit."""
        self._task = {
            "bootstrap": bootstrap, "prefix": names.prefix, "network": network, "partition": partition, "max_records": max_records,
            "limit": [limit.end, limit.sequence], "facts": _hex(wanted.facts), "recorded": _hex(wanted.recorded),
            "pipe_bytes": PIPE_BYTES,
        }  # fmt: skip
        self._process = SecondProcess(__name__, buffered_bytes=BUFFERED_BYTES)
        self._ready: asyncio.Task[bytes] | None = None
        self._first: asyncio.Task[Batch | None] | None = None

    async def __aenter__(self) -> Self:
        await self._process.__aenter__()
        self._process.tell(self._task)
        self._ready = asyncio.create_task(self._process.told.readline())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        waiting = [task for task in (self._ready, self._first) if task is not None]
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await self._process.__aexit__(kind, error, trace)

    @property
    def pid(self) -> int:
        """Of the second process."""
        return self._process.pid

    def has_begun(self, at: Position) -> bool:
        """Whether a batch of it is there. `at`: where the first process stands, which goes on by itself until then; where the second has just become ready,
        it is told to go on from there."""
        if self._first is None and self._ready is not None and self._ready.done() and self._ready.result():
            self._process.tell(plain_position(at))
            self._first = asyncio.create_task(self._batch(at.topic_id))
        return self._first is not None and self._first.done()

    async def entries_after(self, at: Position) -> AsyncIterator[Batch]:
        """What it read after an entry, once it `has_begun`; up to the limit, or to where it ended."""
        assert self._first is not None
        coming: Awaitable[Batch | None] = self._first
        while True:
            try:
                async with asyncio.timeout(SILENT_S):
                    batch = await coming
            except (TimeoutError, asyncio.IncompleteReadError):
                self._process.end()
                return
            if batch is None:
                self.finished = True
                return
            records, after = batch
            if after.sequence > at.sequence:
                yield [record for record in records if record.position.sequence > at.sequence], after
            coming = self._batch(at.topic_id)

    async def _batch(self, topic_id: str) -> Batch | None:
        """The next; None: that was all."""
        told = self._process.told
        head = await told.readexactly(_POSITION.size)
        if head == _ALL:
            return None
        offset, sequence, event_offset, event_time_ms, entry_hash = _POSITION.unpack(head)
        entries, values, size = _SIZES.unpack(await told.readexactly(_SIZES.size))
        integers = struct.unpack(f">{_ENTRY_INTEGERS * entries}q", await told.readexactly(8 * _ENTRY_INTEGERS * entries))
        hashes = await told.readexactly(_HASH_BYTES * entries)
        lengths = struct.unpack(f">{values}I", await told.readexactly(4 * values))
        after = Position(self._network, topic_id, offset, sequence, entry_hash, event_offset, event_time_ms)
        return list(self._records(topic_id, integers, hashes, _cut(await told.readexactly(size), lengths))), after

    def _records(self, topic_id: str, integers: tuple[int, ...], hashes: bytes, values: Iterator[bytes]) -> Iterator[AcceptedRecord]:
        network, each = self._network, iter(integers)
        for at, (offset, sequence, event_offset, event_time_ms, count) in enumerate(zip(each, each, each, each, each, strict=True)):
            entry_hash = hashes[at * _HASH_BYTES : (at + 1) * _HASH_BYTES]
            position = Position(network, topic_id, offset, sequence, entry_hash, event_offset, event_time_ms)
            envelope = Envelope(network, sequence, b"", event_offset, event_time_ms, b"")
            yield AcceptedRecord(position, b"", envelope, Decided(next(values), tuple(islice(values, count - 1)), None, None), ())


def _cut(whole: bytes, lengths: tuple[int, ...]) -> Iterator[bytes]:
    ends = list(accumulate(lengths))
    return (whole[end - length : end] for end, length in zip(ends, lengths, strict=True))


def _hex(headers: frozenset[bytes]) -> list[str]:
    return sorted(header.hex() for header in headers)


def written(records: list[AcceptedRecord], wanted: WantedHeaders) -> bytes:
    """A batch as it goes over the pipe; not empty."""
    facts, whole = wanted.facts, wanted.facts | wanted.recorded
    integers: list[int] = []
    hashes: list[bytes] = []
    values: list[bytes] = []
    for record in records:
        body = record.body
        if not isinstance(body, Decided):
            continue
        headers = [outcome[:HEADER_BYTES] for outcome in body.outcomes]
        if facts.isdisjoint(headers) and (body.event[:HEADER_BYTES] not in facts or wanted.recorded.isdisjoint(headers)):
            continue
        at = record.position
        integers += (at.offset, at.sequence, record.envelope.event_offset, at.event_time_ms, 1 + len(headers))
        hashes.append(at.hash)
        values.append(body.event)
        values += [outcome if header in whole else header for outcome, header in zip(body.outcomes, headers, strict=True)]
    last = records[-1].position
    lengths = [len(value) for value in values]
    return b"".join(
        (
            _POSITION.pack(last.offset, last.sequence, last.event_offset, last.event_time_ms, last.hash),
            _SIZES.pack(len(hashes), len(values), sum(lengths)),
            struct.pack(f">{len(integers)}q", *integers),
            *hashes,
            struct.pack(f">{len(lengths)}I", *lengths),
            *values,
        )
    )


async def _read(bootstrap: str, names: TopicNames, network: str, partition: int, wanted: WantedHeaders, limit: Limit, max_records: int) -> None:
    """Says that it is ready, and hands over what follows the entry that it is told then."""
    log = ledger_log(bootstrap, names, partition)
    await log.bounds()  # connected while the first process still reads by itself
    _write(b"ready\n")
    after = next_task()
    if after is None:
        return
    end_with_the_first()
    async with LedgerFollower(log, network, position_from(after)) as reader:
        async for records in entries_within(reader, limit, max_records):
            _write(written(records, wanted))
    _write(_ALL)


def _write(data: bytes) -> None:
    """All of it, however long the first process does not read: this one has nothing else to do."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(sys.stdout.fileno(), rest) :]


def main() -> int:
    """What the second process runs. Whatever stops it, the first meets it too, and says it."""
    task = next_task()
    if task is None:
        return 1
    collect_rarely()
    with suppress(OSError):
        fcntl(sys.stdout.fileno(), _SET_PIPE_SIZE, task["pipe_bytes"])
    wanted = WantedHeaders(frozenset(map(bytes.fromhex, task["facts"])), frozenset(map(bytes.fromhex, task["recorded"])))
    try:
        asyncio.run(
            _read(
                task["bootstrap"], TopicNames(task["prefix"]), task["network"], task["partition"], wanted, Limit(*task["limit"]), task["max_records"]
            )
        )
    except BrokenPipeError:
        return 1
    except Exception as problem:  # noqa: BLE001 - the first process reads on from where this one ended, and meets it
        print(f"read ahead no further: {type(problem).__name__}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
