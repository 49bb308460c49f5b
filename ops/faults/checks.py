"""What must hold after the faults: invariants 1 to 9, counted. Everything is read again from the log, the database and an export."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

from coordinator.replaying import replay
from events.codec import decode_fact, event_id_of
from events.entry import Decided
from events.errors import Undecodable
from events.topics import MAX_EVENT_BYTES
from ops.checker.container import open_export
from ops.checker.walk import walk
from ops.faults.load import Sent
from ops.faults.saboteur import view_sequence
from ops.services.say import Say
from ops.stage import NETWORK, Stage
from projections.digest import digest_views
from projections.rebuild import rebuild
from reading.export import export_entries
from reading.kafka_log import KafkaLog
from reading.ledger_reader import AcceptedRecord

LEVEL_WITHIN_S = 90.0
SCORED_OTHERWISE = "explained.score"
"""What the checker rightly says of the planted other version of the rules, which scores one higher (`ops.faults.rivals`)."""
_VERDICTS = ("Recorded", "Refused", "Duplicate", "Unreadable")


@dataclass(slots=True)
class Held:
    """What was found. Zero everywhere but in `accepted` and `rivals_ignored`, or something is broken; `broken` says which invariant and what."""

    acknowledged: int = 0
    accepted: int = 0
    lost: int = 0
    duplicated: int = 0
    diverged: int = 0
    rivals_ignored: int = 0
    broken: list[str] = field(default_factory=list)

    def must(self, holds: bool, what: str) -> None:
        """Notes what is broken, unless it holds."""
        if not holds:
            self.broken.append(what)


async def check(stage: Stage, sent: Sent, directory: Path, say: Say, *, decided_by_one_version: bool = True) -> Held:
    """Waits until ledger and views are level with the events, ends the processes, and checks. Raises TimeoutError where they never come level."""
    held = Held(acknowledged=len(sent.acknowledged))
    await _come_level(stage)
    stage.supervisor.stop()
    say("checking: one entry an event, in order, byte for byte (invariants 1, 2, 3)")
    entries, held.rivals_ignored = await _entries(stage)
    again, _ = await _entries(stage)
    if [record.value for record in entries] != [record.value for record in again]:
        held.diverged += 1
        held.broken.append("2: two readers of the same log read different ledgers")
    await _against_events(stage, entries, sent, held)
    if decided_by_one_version:
        say("checking: deciding everything again (invariant 4)")
        await _decide_again(stage, held)
    say("checking: the rules, over an export, with code of its own (invariants 5, 6, 7)")
    await _rules(stage, directory, held, () if decided_by_one_version else (SCORED_OTHERWISE,))
    say("checking: the views against a rebuild (invariants 8, 9)")
    await _views(stage, entries, held)
    return held


async def _come_level(stage: Stage) -> None:
    events = _events_log(stage)
    try:
        end = (await events.bounds()).end
    finally:
        await events.close()
    deadline = time.monotonic() + LEVEL_WITHIN_S
    while True:
        position = stage.room.intake.tail.position
        if position is not None and position.event_offset == end - 1 and await view_sequence(stage) == position.sequence:
            return
        if time.monotonic() > deadline:
            raise TimeoutError(f"{LEVEL_WITHIN_S:.0f} s after the last fault, ledger or views are not level with the {end} events")
        await asyncio.sleep(0.05)


async def _entries(stage: Stage) -> tuple[list[AcceptedRecord], int]:
    async with stage.room.reader(None) as reader:
        entries = [record async for batch in reader.read_to_end() for record in batch]
        return entries, sum(reader.ignored.values())


async def _against_events(stage: Stage, entries: list[AcceptedRecord], sent: Sent, held: Held) -> None:
    decided = {record.envelope.event_offset: record for record in entries if isinstance(record.body, Decided)}
    held.accepted = len(decided)
    held.must([record.envelope.sequence for record in entries] == list(range(len(entries))), "1: sequences have a hole")
    held.must(sorted(decided) == list(range(len(decided))), "1: event offsets and entries do not map one to one")
    events = _events_log(stage)
    effective: dict[str, int] = {}
    try:
        end, offset = (await events.bounds()).end, 0
        while offset < end:
            for record in await events.read(offset, 2000, 1000):
                offset = record.offset + 1
                entry = decided.get(record.offset)
                if entry is None or not isinstance(entry.body, Decided) or entry.body.event != record.value:
                    held.diverged += 1
                    continue
                event_id = event_id_of(entry.body.event)
                if event_id is not None and _verdict(entry.body) != "Duplicate":
                    effective[event_id] = effective.get(event_id, 0) + 1
                    if event_id in sent.answers:
                        held.must(sent.answers[event_id] == entry.envelope.sequence, "3: an answer named another entry than the event's")
    finally:
        await events.close()
    held.lost = sum(1 for event_id in sent.acknowledged if event_id not in effective)
    held.duplicated = sum(count - 1 for count in effective.values()) + sent.contradicted
    held.must(held.lost == 0, "1: acknowledged events without an entry")
    held.must(held.duplicated == 0, "3: an event took effect twice")
    held.must(held.diverged == 0, "1: an entry holds another event than the log")


def _verdict(body: Decided) -> str:
    for outcome in body.outcomes:
        try:
            name = decode_fact(outcome).name
        except Undecodable:
            continue
        if name in _VERDICTS:
            return name
    return ""


async def _decide_again(stage: Stage, held: Held) -> None:
    found = await replay(NETWORK, stage.room.core, stage.room.vault, lambda: stage.room.reader(None))
    held.diverged += found.differs
    held.must(found.differs == 0, f"4: {found.differs} entries are decided otherwise now: {found.differences[:3]}")
    held.must(found.identical > 0, "4: nothing could be decided again")


async def _rules(stage: Stage, directory: Path, held: Held, expected: tuple[str, ...]) -> None:
    path = directory / "export.avro"
    async with stage.room.reader(None) as reader:
        with path.open("wb") as out:
            await export_entries(reader.read_to_end(), stage.room.vault, out, NETWORK)
    findings = walk(*open_export(path))
    breaches = [breach for breach in findings.breaches if breach.rule not in expected]
    held.must(not breaches, f"5-7: {len(breaches)} breaches: {[str(breach) for breach in breaches[:3]]}")
    held.must(findings.proposals > 0, "6: there was no proposal to be checked")


async def _views(stage: Stage, entries: list[AcceptedRecord], held: Held) -> None:
    stored: list[bytes] = []
    after = -1
    while batch := await stage.room.reads.entries_after(after, 1000):
        stored.extend(bytes(entry.value) for entry in batch)
        after = batch[-1].sequence
    held.must(stored == [record.value for record in entries], "8: the views keep other entries than the ledger")
    live = await digest_views(stage.room.database_url, NETWORK)
    await rebuild(stage.room.database_url, stage.room.vault, stage.room.source)
    rebuilt = await digest_views(stage.room.database_url, NETWORK)
    different = sorted(table for table in live if live[table] != rebuilt.get(table))
    held.diverged += len(different)
    held.must(not different, f"8: a rebuild gives other rows in {', '.join(different)}")
    health = await stage.room.reads.health()
    held.must(health.age_ms is not None or stage.room.own_clock, "9: the views do not say how old they are")


def _events_log(stage: Stage) -> KafkaLog:
    return KafkaLog(stage.kafka.bootstrap, stage.names.events, 0, 16 * MAX_EVENT_BYTES)
