"""The one way to follow a ledger partition, over any `PartitionLog`. `reading.ledger_reader.LedgerReader` is this over Kafka.

It yields accepted entries and refuses to go on where the log is not what it was: at the start, after any upheaval of the connection, and whenever the
broker says that an offset is out of range, it reads the record at its tip again and compares hashes. Every few seconds it looks at that record over
another connection, beside the read that stands open, and does the same where it finds anything else there. Without that a live reader of a log that lost
its tail waits for ever beside a fresh one that goes on.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from types import TracebackType
from typing import Self

from events.acceptance import Ignored, Position, why_ignored
from events.envelope import hash_of
from reading.errors import BodyUnreadable, LedgerHeadTrimmed, LedgerTailLost, TopicChanged
from reading.ledger_chain import AcceptedRecord, Chain, Rule
from reading.partition_log import LogRecord, OutOfRange, PartitionLog

TIP_CHECKED_EVERY_S = 5.0
"""At the latest, while nothing is wrong."""
TIP_CHECKED_AGAIN_AFTER_S = 1.0
"""At the earliest, while records are being ignored (they may be the ledger's other branch)."""
MISSING_CONFIRMED_AFTER_S = 0.5
"""A missing tip is looked for a second time: a leader just elected may not yet know how far the log is committed."""
MOVED_WITHIN_RECORDS = 20_000
"""How far before its offset an anchor's entry is looked for: `staffetta heal` may have put it there."""

OnIgnored = Callable[[LogRecord, Ignored], None]


class LedgerFollower:
    """Reads one network's ledger in order. Not for two tasks at once.

    Begins after `anchor`, whose entry must still be there, or at offset 0, where the log must still begin.
    """

    def __init__(
        self,
        log: PartitionLog,
        network: str,
        anchor: Position | None = None,
        *,
        on_ignored: OnIgnored | None = None,
        rule: Rule = why_ignored,
        tip_checked_every_s: float = TIP_CHECKED_EVERY_S,
    ) -> None:
        self.network = network
        self.ignored: Counter[Ignored] = Counter()
        """Records that were not entries, by reason, since the start."""
        self._log = log
        self._anchor = anchor
        self._on_ignored = on_ignored
        self._rule = rule
        self._tip_checked_every_s = tip_checked_every_s
        self._chain: Chain | None = None
        self._next = 0
        self._upheavals = 0
        self._tip_checked_at = 0.0
        self._ignored_since_check = False
        self._check_now = False
        self._looking: asyncio.Task[bool] | None = None

    @property
    def position(self) -> Position | None:
        """After the last entry yielded; the anchor before the first; None where the ledger has no genesis yet."""
        return self._chain.position if self._chain else self._anchor

    @property
    def next_offset(self) -> int:
        """Ledger offset of the next record to be looked at."""
        return self._next

    async def begin(self) -> Chain:
        """Connect and check where reading begins, before the first read does so by itself. Raises TopicMissing and ReadingStopped."""
        if self._chain is not None:
            return self._chain
        topic_id = await self._log.topic_id()
        if self._anchor is None:
            start = (await self._log.bounds()).start
            if start > 0:
                raise LedgerHeadTrimmed(self.network, 0, start)
        else:
            if self._anchor.topic_id not in ("", topic_id):
                raise TopicChanged(self._log.topic, self._anchor.topic_id, topic_id)
            self._anchor = replace(self._anchor, topic_id=topic_id)
            self._anchor = await self._where_anchor_stands(self._anchor)
            self._next = self._anchor.offset + 1
        self._chain = Chain(self.network, topic_id, self._anchor, rule=self._rule)
        self._upheavals = self._log.upheavals
        self._tip_checked_at = time.monotonic()
        return self._chain

    async def follow(self, max_records: int = 500, idle_ms: int = 1000) -> AsyncIterator[list[AcceptedRecord]]:
        """Batches of at most `max_records` entries, for ever. An empty list: nothing new came for `idle_ms`.

        Raises TopicMissing and ReadingStopped. A broker that does not answer means empty lists.
        """
        while True:
            batch, failure = await self._step(max_records, idle_ms)
            if batch or failure is None:
                yield batch
            if failure is not None:
                raise failure

    async def end(self) -> int:
        """The offset that the ledger's next record will get, now. Waits for the broker. Raises like `follow`."""
        await self.begin()
        return (await self._log.bounds()).end

    async def read_to_end(self, max_records: int = 1000) -> AsyncIterator[list[AcceptedRecord]]:
        """Batches (none empty) up to the end that the log has when this is called. Waits for the broker. Raises like `follow`."""
        end = await self.end()
        while self._next < end or (self._check_now and self.position is not None):
            batch, failure = await self._step(max_records, 1000)
            if batch:
                yield batch
            if failure is not None:
                raise failure

    async def close(self) -> None:
        """Let go of the connection."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await self._log.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def _where_anchor_stands(self, anchor: Position) -> Position:
        """The anchor at the offset where its entry stands now: its own, or the one that a heal gave it. Raises LedgerTailLost, LedgerHeadTrimmed."""
        bounds = await self._log.bounds()
        if bounds.start > anchor.offset:
            raise LedgerHeadTrimmed(self.network, anchor.offset, bounds.start)
        if anchor.offset < bounds.end and (await self._record_at(anchor.offset, bounds.end)) == anchor.hash:
            return anchor
        offset = max(bounds.start, anchor.offset - MOVED_WITHIN_RECORDS)
        while offset < bounds.end:
            for record in await self._log.read(offset, 1000, 1000):
                if record.value is not None and hash_of(record.value) == anchor.hash:
                    return replace(anchor, offset=record.offset)
                offset = record.offset + 1
        raise LedgerTailLost(self.network, anchor.sequence, anchor.offset, f"it is not in the log, which ends at offset {bounds.end}")

    async def _record_at(self, offset: int, end: int) -> bytes | None:
        """Hash of the record at exactly this offset, which is below `end`; None where there is a hole."""
        while True:
            records = await self._log.read(offset, 1, 1000)
            if records:
                return hash_of(records[0].value or b"") if records[0].offset == offset else None
            if (await self._log.bounds()).end < end:
                return None

    async def _step(self, max_records: int, wait_ms: int) -> tuple[list[AcceptedRecord], Exception | None]:
        """One read. The failure, if any, comes after the entries of the batch."""
        chain = await self.begin()
        await self._look_beside(chain)
        checking = chain.position is not None and self._check_is_due()
        offset = chain.position.offset if checking and chain.position else self._next
        try:
            records = await self._log.read(offset, max_records + checking, wait_ms)
        except OutOfRange:
            await self._look_for_tip(chain)
            self._next = chain.position.offset + 1 if chain.position else 0
            self._check_now = chain.position is not None
            return [], None
        if self._log.upheavals != self._upheavals:
            self._upheavals = self._log.upheavals
            self._check_now = True
        if checking:
            if not records:
                await self._look_for_tip(chain, wait_ms)
                return [], None
            await self._compare_tip(chain, records[0])
        return self._take(chain, records)

    def _take(self, chain: Chain, records: list[LogRecord]) -> tuple[list[AcceptedRecord], Exception | None]:
        batch: list[AcceptedRecord] = []
        for record in records:
            if record.offset < self._next:
                continue
            try:
                taken = chain.take(record.offset, record.value, record.headers)
            except BodyUnreadable as unreadable:
                return batch, unreadable
            self._next = record.offset + 1
            if isinstance(taken, AcceptedRecord):
                batch.append(taken)
            else:
                self.ignored[taken] += 1
                self._ignored_since_check = True
                if self._on_ignored is not None:
                    self._on_ignored(record, taken)
        return batch, None

    def _check_is_due(self) -> bool:
        return self._check_now

    async def _look_beside(self, chain: Chain) -> None:
        """Look at the tip over another connection, where it is due, while reading goes on; what a look found is heard at a later step."""
        if self._looking is not None and self._looking.done():
            looked, self._looking = self._looking, None
            self._check_now = not await looked or self._check_now
        if self._looking is None and chain.position is not None and self._look_is_due():
            self._tip_checked_at = time.monotonic()
            self._ignored_since_check = False
            self._looking = asyncio.create_task(self._tip_stands(chain.position), name=f"looking at {self._log.topic}")

    def _look_is_due(self) -> bool:
        since = time.monotonic() - self._tip_checked_at
        soon = self._ignored_since_check and since > min(TIP_CHECKED_AGAIN_AFTER_S, self._tip_checked_every_s)
        return soon or since > self._tip_checked_every_s

    async def _tip_stands(self, tip: Position) -> bool:
        value = await self._log.value_beside(tip.offset)
        return value is not None and hash_of(value) == tip.hash

    async def _compare_tip(self, chain: Chain, record: LogRecord) -> None:
        position = chain.position
        if position is None:
            return
        if record.offset != position.offset or hash_of(record.value or b"") != position.hash:
            await self._name_other_topic(position)
            raise LedgerTailLost(self.network, position.sequence, position.offset, "another record stands there now")
        self._tip_checked_at = time.monotonic()
        self._check_now = self._ignored_since_check = False

    async def _look_for_tip(self, chain: Chain, wait_ms: int | None = None) -> None:
        """Return where the tip's offset is inside the log (or the broker is silent for `wait_ms`); raise the stop that fits where it is not."""
        position = chain.position
        for attempt in (1, 2):
            try:
                async with asyncio.timeout(None if wait_ms is None else wait_ms / 1000):
                    bounds = await self._log.bounds()
            except TimeoutError:
                return
            if position is None:
                if bounds.start > 0:
                    raise LedgerHeadTrimmed(self.network, 0, bounds.start)
                return
            if bounds.start <= position.offset < bounds.end:
                return
            if attempt == 1:
                await asyncio.sleep(MISSING_CONFIRMED_AFTER_S)
                continue
            await self._name_other_topic(position)
            if bounds.start > position.offset:
                raise LedgerHeadTrimmed(self.network, position.offset, bounds.start)
            raise LedgerTailLost(self.network, position.sequence, position.offset, f"the log ends at offset {bounds.end}")

    async def _name_other_topic(self, position: Position) -> None:
        found = await self._log.topic_id()
        if position.topic_id not in ("", found):
            raise TopicChanged(self._log.topic, position.topic_id, found)


ReaderAt = Callable[[Position | None], LedgerFollower]
"""Makes a reader of a ledger after an anchor; None: from the genesis. Close it."""
