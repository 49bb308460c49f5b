"""Accepting that the keys of events that wait are lost for good: a worker of its own decides through the last of them, and refuses those that no key opens.

What it writes are entries as any worker writes them, a refusal among them, so that who reads them need know nothing of the acceptance; and nothing of it is
left when it has run: at the next event that no key opens workers stop as before (docs/adr/0063-a-loss-is-accepted-by-name.md).

LossRefused    there is no such loss to be accepted; nothing was written
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from coordinator.ledger import refused_words as words
from coordinator.ledger.core import S, Sealing
from coordinator.ledger.worker import Worker
from events.codec import event_id_of, name_of
from events.entry import Locked
from events.language import SaidError, filled
from reading.ledger_follower import ReaderAt
from reading.partition_log import LogRecord, OutOfRange, PartitionLog

log = logging.getLogger(__name__)

BATCH = 256
READ_WAIT_MS = 2000
READS_IN_VAIN = 5
LOOKED_EVERY_S = 0.05


class LossRefused(SaidError):
    """There is no such loss to be accepted; nothing was written."""


@dataclass(frozen=True, slots=True)
class LostEvent:
    """An event that waits, that a door of this network sealed and whose key is neither there nor known to be destroyed. All in clear: it names nobody."""

    offset: int
    kind: str
    """Its name, such as `ReferralReceived`."""
    event_id: str
    """By which whoever reported it knows it."""


async def lost_events(reader_at: ReaderAt, events: PartitionLog, sealing: Sealing) -> list[LostEvent]:
    """All of them that wait now, by offset. Reads the ledger and the events after it; waits for key store and brokers. Raises LossRefused where events are
    missing that should wait. One that repeats an event of a case long erased is among them, though no worker stops at it: it is refused in any case."""
    async with reader_at(None) as reader:
        async for _ in reader.read_to_end():
            continue
        position = reader.position
    if position is None:
        return []
    found: list[LostEvent] = []
    offset, end, in_vain = position.event_offset + 1, (await events.bounds()).end, 0
    while offset < end:
        try:
            records = await events.read(offset, BATCH, READ_WAIT_MS)
        except OutOfRange:
            records, in_vain = [], READS_IN_VAIN
        in_vain = 0 if records else in_vain + 1
        if in_vain >= READS_IN_VAIN:
            raise LossRefused(filled(words.NOTHING_THERE, offset))
        opened = await sealing.open_events([record.value or b"" for record in records])
        records = records[: len(opened)]
        locked = [record for record, each in zip(records, opened, strict=True) if isinstance(each.event, Locked)]
        lost = await sealing.keys_lost([record.value or b"" for record in locked]) if locked else []
        found += [_lost(record) for record, is_lost in zip(locked, lost, strict=True) if is_lost]
        offset = records[-1].offset + 1 if records else offset
    return found


def loss_through(offset: int, lost: Sequence[LostEvent]) -> list[LostEvent]:
    """Those of `lost` up to this offset, which must be one's own. Raises LossRefused."""
    if all(each.offset != offset for each in lost):
        standing = ", ".join(str(each.offset) for each in lost[:20])
        raise LossRefused(
            filled(words.LOST_ELSEWHERE, offset, standing, words.AND_MORE if len(lost) > 20 else "") if lost else filled(words.LOST_NOWHERE, offset)
        )
    return [each for each in lost if each.offset <= offset]


async def decide_through(offset: int, accepted: Sequence[LostEvent], worker: Worker[S]) -> None:
    """Run `worker`, whose settings accept the loss through this offset, until the ledger has decided it. Raises what ends the worker before."""
    for each in accepted:
        log.warning("loss_accepted", extra={"network": worker.network, "offset": each.offset, "kind": each.kind})
    task = asyncio.create_task(worker.run(), name=f"accepting a loss in {worker.network}")
    try:
        while not _has_decided(worker, offset):
            if task.done():
                await task
                raise RuntimeError("the worker ended by itself")
            await asyncio.wait([task], timeout=LOOKED_EVERY_S)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _has_decided(worker: Worker[S], offset: int) -> bool:
    return worker.status is not None and worker.status.event_offset >= offset


def _lost(record: LogRecord) -> LostEvent:
    value = record.value or b""
    return LostEvent(record.offset, name_of(value) or "", event_id_of(value) or "")
