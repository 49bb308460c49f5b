"""The tail of one network's ledger, kept for answering: which entry decided which event record, and how far the ledger is settled."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from events.acceptance import Position
from events.codec import event_id_of, name_of
from events.entry import Decided
from events.ids import uuid7_at_ms
from events.person import CaseErased, CaseExpired
from reading.ledger_reader import AcceptedRecord, LedgerReader

RECENT_BYTES = 64 * 1024 * 1024
"""Accepted records kept whole, newest first, up to this many bytes of values."""

AHEAD_AT_MOST_MS = 300_000
"""How far an event's id may be ahead of its record, before it is refused."""

FOLLOW_IDLE_MS = 50
FOLLOW_MAX_RECORDS = 500


@dataclass(frozen=True, slots=True)
class Seat:
    """Where the first entry of an event id is."""

    sequence: int
    event_time_ms: int


class TailEnded(Exception):
    """The ledger cannot be followed any more; `__cause__` says why. Nothing is answered until it can be again."""


class LedgerTail:
    """Follows one ledger in the background. One per process and network; used from one event loop."""

    def __init__(self, reader: LedgerReader, ids_kept: int) -> None:
        """`ids_kept`: event ids whose seats are remembered."""
        self._reader = reader
        self._ids_kept = ids_kept
        self._seats: OrderedDict[str, Seat] = OrderedDict()
        self._recent: OrderedDict[int, AcceptedRecord] = OrderedDict()
        self._recent_bytes = 0
        self._waiting: dict[bytes, list[asyncio.Future[AcceptedRecord]]] = {}
        self._failure: BaseException | None = None
        self._task: asyncio.Task[None] | None = None
        self._ends: deque[tuple[int, float]] = deque()
        self._caught_up = asyncio.Event()
        self._covered_from_ms: int | None = None if reader.position is None else reader.position.event_time_ms
        self.on_erasure: Callable[[AcceptedRecord], Awaitable[None]] | None = None
        """Awaited for each entry of a `CaseErased`, before the next is read."""

    async def start(self) -> None:
        """Begins to follow; returns at once. `caught_up` tells when the end of the ledger has been reached for the first time."""
        self._task = asyncio.create_task(self._follow(), name="ledger-tail")

    async def stop(self) -> None:
        """Stops following; whoever waits gets TailEnded."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._reader.close()

    async def caught_up(self) -> None:
        """Returns when the end of the ledger was reached once. Raises TailEnded."""
        await self._caught_up.wait()
        self._check()

    @property
    def has_caught_up(self) -> bool:
        """Whether the end of the ledger was reached once."""
        return self._caught_up.is_set()

    @property
    def position(self) -> Position | None:
        """Where the tail stands; None before the genesis is read."""
        return self._reader.position

    @property
    def failure(self) -> BaseException | None:
        """Why following ended, or None."""
        return self._failure

    def seat_of(self, event_id: str) -> Seat | None:
        """The first entry of an event id, as far back as ids are kept."""
        return self._seats.get(event_id)

    def would_know(self, event_id: str) -> bool:
        """Whether an event of this id, had it an entry, would have its seat here: it was made after everything that is not kept any more.

        An id dates its making, and an event is refused where its id is over five minutes ahead of its record.
        """
        if not self.has_caught_up:
            return False
        if self._covered_from_ms is None:
            return True
        made_ms = uuid7_at_ms(event_id)
        return made_ms is not None and made_ms > self._covered_from_ms + AHEAD_AT_MOST_MS

    def record_at(self, sequence: int) -> AcceptedRecord | None:
        """The accepted record at a sequence, as far back as records are kept whole."""
        return self._recent.get(sequence)

    def expect(self, event_value: bytes) -> asyncio.Future[AcceptedRecord]:
        """A future of the entry that decides exactly this event record. Ask before sending. Raises TailEnded."""
        self._check()
        future: asyncio.Future[AcceptedRecord] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(_key(event_value), []).append(future)
        return future

    def forget(self, event_value: bytes, future: asyncio.Future[AcceptedRecord]) -> None:
        """Nobody waits for this future any more."""
        key = _key(event_value)
        waiting = self._waiting.get(key)
        if waiting is not None and future in waiting:
            waiting.remove(future)
            if not waiting:
                del self._waiting[key]

    def note_end(self, end_offset: int) -> None:
        """The events topic ended at `end_offset` (next offset to be written) when the broker was asked just now."""
        now = asyncio.get_running_loop().time()
        if not self._ends or self._ends[-1][0] < end_offset:
            self._ends.append((end_offset, now))

    def lag_ms(self) -> int:
        """For how long the oldest event known to be in the topic has had no entry; 0 where all have one. Monotonic milliseconds."""
        position = self.position
        settled = -1 if position is None else position.event_offset
        while self._ends and self._ends[0][0] - 1 <= settled:
            self._ends.popleft()
        if not self._ends:
            return 0
        return int((asyncio.get_running_loop().time() - self._ends[0][1]) * 1000)

    def _check(self) -> None:
        if self._failure is not None:
            raise TailEnded("The ledger cannot be followed.") from self._failure

    async def _follow(self) -> None:
        try:
            async for batch in self._reader.follow(max_records=FOLLOW_MAX_RECORDS, idle_ms=FOLLOW_IDLE_MS):
                for record in batch:
                    self._take(record)
                    if self.on_erasure is not None and _is_erasure(record):
                        await self.on_erasure(record)
                if not batch:
                    self._caught_up.set()
        except BaseException as failure:
            self._failure = failure
            raise
        finally:
            if self._failure is None:
                self._failure = TailEnded("The ledger ended.")
            self._caught_up.set()
            for futures in self._waiting.values():
                for future in futures:
                    if not future.done():
                        future.set_exception(TailEnded("The ledger cannot be followed."))
                        future.exception()  # retrieved here: whoever still waits gets it all the same
            self._waiting.clear()

    def _take(self, record: AcceptedRecord) -> None:
        sequence = record.envelope.sequence
        self._recent[sequence] = record
        self._recent_bytes += len(record.value)
        while self._recent_bytes > RECENT_BYTES and len(self._recent) > 1:
            _, dropped = self._recent.popitem(last=False)
            self._recent_bytes -= len(dropped.value)
        if not isinstance(record.body, Decided):
            return
        event_id = event_id_of(record.body.event)
        if event_id is not None and event_id not in self._seats:
            self._seats[event_id] = Seat(sequence, record.envelope.event_time_ms)
            if len(self._seats) > self._ids_kept:
                _, dropped_seat = self._seats.popitem(last=False)
                self._covered_from_ms = max(self._covered_from_ms or 0, dropped_seat.event_time_ms)
        if not self._waiting:
            return
        for future in self._waiting.pop(_key(record.body.event), ()):
            if not future.done():
                future.set_result(record)


def _is_erasure(record: AcceptedRecord) -> bool:
    if not isinstance(record.body, Decided):
        return False
    return name_of(record.body.event) == CaseErased.__name__ or any(name_of(each) == CaseExpired.__name__ for each in record.body.outcomes)


def _key(event_value: bytes) -> bytes:
    return hashlib.sha256(event_value).digest()
