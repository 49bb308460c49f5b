"""Logs that are not what they were: a lost ledger tail and its heal, a truncated and a recreated events topic, a trimmed ledger head.

Each must stop worker and readers, which say which; none may fork in silence.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path

from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from ops.faults.kafka_files import cut_tail
from ops.services.say import Say
from ops.stage import PLACE, Stage
from ops.topics import create_topics
from reading.errors import EventsTopicChanged, EventsTruncated, LedgerHeadTrimmed, LedgerTailLost, ReadingStopped
from reading.ledger_reader import LedgerReader

STOPS_WITHIN_S = 45.0


async def lose_ledger_tail(stage: Stage, say: Say) -> tuple[list[str], int]:
    """Cuts the ledger's last entries while the broker is down; workers and views must stop and say so; heal gives the tail back. What is broken; entries healed."""
    before = await _end_of_ledger(stage.room.reader(None))
    cut = await _cut(stage, stage.names.ledger, before.next_offset - 7)
    say(f"ledger cut from offset {before.next_offset} to {cut}")
    broken = await _all_say(stage, ("worker-1", "worker-2", "projector-1"), LedgerTailLost, say)
    stage.supervisor.stop()
    healed = await _heal(stage)
    say(f"healed: {healed} entries appended verbatim")
    after = await _end_of_ledger(stage.room.reader(None))
    if (after.position is None) or (before.position is None) or after.position.hash != before.position.hash:
        broken.append("7a: the healed ledger does not end with the entry that it ended with")
    stage.supervisor.start()
    return broken, healed


async def truncate_events(stage: Stage, say: Say) -> list[str]:
    """Cuts the events topic's tail while the broker is down; workers must stop and say so. What is broken."""
    ledger = await _end_of_ledger(stage.room.reader(None))
    offset = ledger.position.event_offset + 1 if ledger.position else 0
    cut = await _cut(stage, stage.names.events, offset - 5)
    say(f"events cut from offset {offset} to {cut}")
    return await _all_say(stage, ("worker-1", "worker-2"), EventsTruncated, say)


async def recreate_events(stage: Stage, say: Say) -> list[str]:
    """Deletes the events topic and makes another of the same name; workers must stop and say so. What is broken."""
    admin = AdminClient({"bootstrap.servers": stage.kafka.bootstrap})
    for done in admin.delete_topics([stage.names.events]).values():
        await asyncio.to_thread(done.result)
    await asyncio.sleep(1.0)
    await create_topics(stage.kafka.bootstrap, stage.names, 1, 1, 1, "CreateTime")
    say("events topic deleted and made again")
    return await _all_say(stage, ("worker-1", "worker-2"), EventsTopicChanged, say)


async def trim_ledger_head(stage: Stage, say: Say) -> list[str]:
    """Deletes the first records of the ledger; a reader from the genesis must stop and say so. What is broken."""
    admin = AdminClient({"bootstrap.servers": stage.kafka.bootstrap})
    for done in admin.delete_records([TopicPartition(stage.names.ledger, PLACE.partition, 20)]).values():
        await asyncio.to_thread(done.result)
    try:
        await _end_of_ledger(stage.room.reader(None))
    except LedgerHeadTrimmed as stopped:
        say(f"a reader from the genesis: {stopped}")
        return []
    return ["7a: a reader from the genesis did not notice that the ledger's head was trimmed"]


async def _end_of_ledger(reader: LedgerReader) -> LedgerReader:
    async with reader:
        async for _ in reader.read_to_end():
            continue
    return reader


async def _cut(stage: Stage, topic: str, keep_below: int) -> int:
    await asyncio.to_thread(stage.kafka.kill, 0)
    try:
        return cut_tail(stage.kafka.data_dir / "broker-0" / "data", topic, PLACE.partition, keep_below)
    finally:
        await asyncio.to_thread(stage.kafka.restart, 0)


async def _all_say(stage: Stage, processes: tuple[str, ...], stop: type[ReadingStopped], say: Say) -> list[str]:
    """Waits until each process's log names the stop."""
    until = time.monotonic() + STOPS_WITHIN_S
    waiting = set(processes)
    while waiting and time.monotonic() < until:
        for name in sorted(waiting):
            if stop.__name__ in _log_of(stage, name):
                say(f"{name} stopped: {stop.__name__}")
                waiting.discard(name)
        await asyncio.sleep(0.2)
    return [f"7a: {name} did not say {stop.__name__} within {STOPS_WITHIN_S:.0f} s" for name in sorted(waiting)]


def _log_of(stage: Stage, name: str) -> str:
    path = Path(stage.settings.data) / "logs" / f"{name}.log"
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


async def _heal(stage: Stage) -> int:
    """What an operator does, in a process of its own: how many entries `staffetta heal` appended. Raises RuntimeError where it did not."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "coordinator", "heal", "--json", env={**os.environ, **stage.environment}, stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode != 0:
        raise RuntimeError(f"heal ended with status {process.returncode}: {output.decode(errors='replace')}")
    return int(json.loads(output)["appended"])
