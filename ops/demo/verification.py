"""What must hold when the day is over: the rules, by a checker in a process of its own; one entry an event; views that equal the fold."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition

from coordinator.replaying import replay
from coordinator.rooms import NetworkRoom
from coordinator.wiring import open_network
from ops.demo.exported import exported_entries
from ops.demo.place import Place
from ops.demo.player import Played
from ops.demo.repetition import differences
from projections.digest import digest_views
from projections.rebuild import rebuild
from reading.export import export_entries

_LEVEL_WITHIN_S = 60.0

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Verified:
    """One thing that was verified."""

    name: str
    holds: bool
    text: str
    figures: dict[str, Any]


async def verify(place: Place, played: Played, export_to: Path, say: Say) -> list[Verified]:
    """Every check, in order; none stops the others."""
    async with open_network(place.settings, place.network) as room:
        found = [await _level(room, played)]
        say(found[-1].text)
        with export_to.open("wb") as out:
            async with room.reader(None) as reader:
                exported = await export_entries(reader.read_to_end(), room.vault, out, room.name)
        for check in (
            _rules(export_to),
            _one_entry_an_event(room, played, export_to, exported),
            _as_rehearsed(room, played, export_to),
            _views_equal_the_fold(room),
            _decided_again(room),
        ):
            found.append(await check)
            say(found[-1].text)
    return found


async def _level(room: NetworkRoom, played: Played) -> Verified:
    """The views reach the last acknowledged entry."""
    last = max(played.acknowledged.values())
    reached = -1
    for _ in range(int(_LEVEL_WITHIN_S / 0.2)):
        reached = (await room.reads.health(None)).answer.sequence
        if reached >= last:
            break
        await asyncio.sleep(0.2)
    return Verified("views_level", reached >= last, f"views: level with the ledger at entry {reached}", {"sequence": reached, "last": last})


async def _rules(export: Path) -> Verified:
    """The independent checker, which shares no code with what it checks, in another process."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "ops.checker", str(export), "--json", stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    figures = json.loads(out) if out else {"breaches": [{"sequence": -1, "rule": "checker", "text": "the checker did not answer"}]}
    breaches = figures["breaches"]
    for breach in breaches[:20]:
        print(f"  entry {breach['sequence']}: {breach['rule']}: {breach['text']}", file=sys.stderr)
    text = (
        f"rules: {figures.get('proposals_checked', 0)} proposals, {figures.get('arrivals_checked', 0)} arrivals, "
        f"{figures.get('explanations_checked', 0)} explanations checked, {len(breaches)} breaches"
    )
    return Verified("rules", process.returncode == 0 and not breaches, text, {"breaches": len(breaches), "entries": figures.get("entries", 0)})


async def _one_entry_an_event(room: NetworkRoom, played: Played, export: Path, exported: int) -> Verified:
    """Every record of the events topic has its entry (the checker has seen that none is skipped or doubled), and every acknowledged id the entry it was told."""
    events = await _end_of_events(room)
    decided: dict[str, int] = {}
    for record in exported_entries(export):
        event = json.loads(record["plain_event"]) if record["plain_event"] else {}
        if "event_id" in event:
            decided.setdefault(event["event_id"], record["sequence"])
    lost = sum(decided.get(event_id) != sequence for event_id, sequence in played.acknowledged.items())
    holds = lost == 0 and exported == events + 1
    text = f"one entry an event: {events} events, {exported - 1} entries behind the genesis, {len(played.acknowledged)} acknowledged, {lost} lost"
    return Verified(
        "one_entry_an_event", holds, text, {"events": events, "entries": exported - 1, "acknowledged": len(played.acknowledged), "lost": lost}
    )


async def _end_of_events(room: NetworkRoom) -> int:
    """How many records the events partition holds."""
    partition = TopicPartition(room.names.events, room.partition)
    consumer = AIOKafkaConsumer(bootstrap_servers=room.bootstrap)
    await consumer.start()
    try:
        ends = await consumer.end_offsets([partition])
        begins = await consumer.beginning_offsets([partition])
        return int(ends[partition] - begins[partition])
    finally:
        await consumer.stop()


async def _as_rehearsed(room: NetworkRoom, played: Played, export: Path) -> Verified:
    """The same days rehearsed on the core alone under this network's name: the same events, and the same outcomes, wherever the keys are."""
    compared, found = await asyncio.to_thread(differences, export, played.day.again(), room.name)
    for difference in found[:20]:
        print(f"  {difference}", file=sys.stderr)
    text = f"as rehearsed: {compared} entries compared with the same days on the core alone, {len(found)} differ"
    return Verified("as_rehearsed", not found, text, {"compared": compared, "differ": len(found)})


async def _views_equal_the_fold(room: NetworkRoom) -> Verified:
    """The live views and views folded again from the ledger, byte for byte."""
    live = await digest_views(room.database_url, room.name)
    done = await rebuild(room.database_url, room.vault, room.source)
    again = await digest_views(room.database_url, room.name)
    differing = sorted(table for table in live if live[table] != again.get(table))
    text = f"views: {len(live)} tables rebuilt from {done.entries} entries, {f'{differing} differ' if differing else 'equal byte for byte'}"
    return Verified("views_equal_the_fold", not differing, text, {"tables": len(live), "differing": differing})


async def _decided_again(room: NetworkRoom) -> Verified:
    """Every event decided again: the same outcomes, bytes and state hashes, wherever the keys are."""
    sums = await replay(room.name, room.core, room.vault, lambda: room.reader(None))
    for sequence, what in sums.differences:
        print(f"  entry {sequence}: {what}", file=sys.stderr)
    text = f"decided again: {sums.identical} identical, {sums.not_redecidable} without a key, {sums.differs} differ, {sums.state_hashes} state hashes agree"
    return Verified("decided_again", sums.differs == 0 and sums.identical > 0, text, {"identical": sums.identical, "differs": sums.differs})
