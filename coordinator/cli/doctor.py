"""`doctor`: what a network runs on, looked at one by one; each finding says what to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import asyncpg
import typer
from rich.markup import escape

from coordinator.cli.command import JsonOption, NetworkOption, place_of, reporting, settings_of, wires_of
from coordinator.cli.failures import describe
from coordinator.cli.instants import age_text
from coordinator.cli.outcome import Exit, end, out, print_json
from coordinator.rooms import NetworkRoom
from coordinator.settings import Settings
from projections.reporting import draw_up_unserved
from projections.unserved import Unserved

WITHIN = timedelta(seconds=30)
"""How long one look may take before what it asks counts as not answering."""

CLOCKS_APART = timedelta(seconds=5)
BEHIND = 1_000
"""Entries that views may lack before it is worth a word."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found."""

    name: str
    well: bool
    found: str
    what_to_do: str = ""


def doctor(context: typer.Context, network: NetworkOption = None, as_json: JsonOption = False) -> None:
    """Look at topics, clocks, key store, ledger, events, views and requests that wait. Exit status 1 where something is wrong."""

    async def work() -> list[Finding]:
        settings = settings_of(context)
        place = place_of(settings, network)
        try:
            async with asyncio.timeout(WITHIN.total_seconds()):
                opened = wires_of(context).open_network(settings, place)
                room = await opened.__aenter__()
        except Exception as failure:  # noqa: BLE001 - whatever is wrong is a finding
            return [_failed("network", failure)]
        try:
            looks: tuple[tuple[str, Callable[[], Awaitable[Finding]]], ...] = (
                ("topics", lambda: _topics(settings, room)),
                ("clocks", lambda: _clocks(room)),
                ("key store", lambda: _keystore(room)),
                ("ledger", lambda: _ledger(room)),
                ("events", lambda: _events(room)),
                ("views", lambda: _views(room)),
                ("requests", lambda: _requests(room)),
            )
            return [await _look(name, look) for name, look in looks]
        finally:
            await opened.__aexit__(None, None, None)

    with reporting(as_json):
        findings = asyncio.run(work())
    if as_json:
        print_json({"well": all(finding.well for finding in findings), "findings": findings})
    else:
        for finding in findings:
            mark = "[green]well[/]" if finding.well else "[bold red]wrong[/]"
            out.print(f"{mark}  [bold]{finding.name}[/]: {escape(finding.found)}")
            if finding.what_to_do:
                out.print(f"       {escape(finding.what_to_do)}")
    end(Exit.WELL if all(finding.well for finding in findings) else Exit.WRONG)


async def _look(name: str, look: Callable[[], Awaitable[Finding]]) -> Finding:
    try:
        async with asyncio.timeout(WITHIN.total_seconds()):
            return await look()
    except Exception as failure:  # noqa: BLE001 - whatever is wrong is a finding
        return _failed(name, failure)


def _failed(name: str, failure: Exception) -> Finding:
    """A failure as a finding; its text only where it is one of ours, which say nothing about anybody."""
    known = describe(failure)
    if known is not None:
        return Finding(name, False, known.matter, known.what_to_do)
    return Finding(name, False, f"could not be looked at ({type(failure).__name__})")


async def _topics(settings: Settings, room: NetworkRoom) -> Finding:
    from coordinator.provisioning import topic_problems

    notes: list[str] = []
    problems = await topic_problems(settings, room.bootstrap, notes.append)
    if problems:
        return Finding("topics", False, "; ".join(problems), "Nothing of ours runs on them so. Correct the settings with Kafka's own tools.")
    return Finding("topics", True, "as they must be" + "".join(f"; {note}" for note in notes))


async def _clocks(room: NetworkRoom) -> Finding:
    connection = await asyncpg.connect(room.database_url, timeout=10)
    try:
        before = time.time()
        theirs = (await connection.fetchval("select extract(epoch from clock_timestamp())::float8")) or 0.0
        apart = theirs - (before + time.time()) / 2
    finally:
        await connection.close()
    last = await _last_event_ms(room)
    ahead_ms = 0 if last is None or room.own_clock else last - time.time_ns() // 1_000_000
    found = f"PostgreSQL's and this machine's {abs(apart):.2f} s apart" + (
        f"; the last event is {ahead_ms} ms ahead of this machine" if ahead_ms > 0 else ""
    )
    well = abs(apart) < CLOCKS_APART.total_seconds() and ahead_ms < CLOCKS_APART.total_seconds() * 1000
    return Finding("clocks", well, found, "" if well else "Set the clocks by NTP: deadlines follow the brokers' clocks.")


async def _last_event_ms(room: NetworkRoom) -> int | None:
    async with room.events_log() as log:
        bounds = await log.bounds()
        records = await log.read(bounds.end - 1, 1, 5_000) if bounds.end > bounds.start else []
        return records[-1].timestamp_ms if records else None


async def _keystore(room: NetworkRoom) -> Finding:
    through = await room.keystore.destroyed_through()
    await room.vault.ready()
    return Finding("key store", True, f"opens; erasures applied through entry {through.sequence if through else 'none'}")


async def _ledger(room: NetworkRoom) -> Finding:
    entries = 0
    async with room.reader(None) as reader:
        async for batch in reader.read_to_end():
            entries += len(batch)
        ignored = sum(reader.ignored.values())
        position = reader.position
    if position is None:
        return Finding("ledger", False, "there is no genesis", "Create the network: staffetta network create.")
    return Finding("ledger", True, f"{entries} entries chain from the genesis to {position.sequence}, {ignored} records ignored")


async def _events(room: NetworkRoom) -> Finding:
    async with room.events_log() as log:
        bounds = await log.bounds()
    async with room.reader(None) as reader:
        async for _ in reader.read_to_end():
            continue
        decided = -1 if reader.position is None else reader.position.event_offset
    if bounds.start > decided + 1:
        return Finding(
            "events",
            False,
            f"the topic begins at {bounds.start}, and offset {decided + 1} is next",
            "Restore the records; if there were none, see no-event.",
        )
    if bounds.end < decided + 1:
        return Finding(
            "events",
            False,
            f"the topic ends at {bounds.end}, and offset {decided} was decided",
            "It lost its tail or was replaced; see source-changed.",
        )
    waiting = bounds.end - decided - 1
    return Finding("events", True, f"{waiting} wait for a decision" if waiting else "all are decided")


async def _views(room: NetworkRoom) -> Finding:
    async with room.reader(None) as reader:
        async for _ in reader.read_to_end():
            continue
        position = reader.position
    health = (await room.reads.health(None if position is None else position.offset + 1)).answer
    behind = (position.sequence if position else -1) - health.sequence
    found = f"stand at entry {health.sequence}, {behind} behind; runner {health.state}"
    if health.problem:
        found += f": {health.problem}"
    if health.since_ms is not None:
        found += f" for {age_text(time.time_ns() // 1_000_000 - health.since_ms)}"
    well = behind < BEHIND and health.state != "stopped"
    return Finding("views", well, found, "" if well else "Is a projector running? `staffetta projector`; `staffetta rebuild all` folds them again.")


async def _requests(room: NetworkRoom) -> Finding:
    return requests_finding(await draw_up_unserved(room.reads, a_day_before=True))


def requests_finding(seen: Unserved) -> Finding:
    """Whether requests wait that should not."""
    found = f"{seen.waiting} wait for a place, {seen.late} of them past their limit"
    if seen.fitting:
        longest = age_text(seen.longest_ms)
        return Finding(
            "requests",
            False,
            f"{found}; for {seen.fitting} a fresh place plainly fits and nothing was proposed, the longest for {longest}",
            "The matcher proposes nothing where it should. Place them by hand (`staffetta explain`, `staffetta transfers`), and have the release looked at.",
        )
    if seen.rises:
        return Finding(
            "requests",
            False,
            f"{found} ({seen.late_percent} %; a day before {seen.late_percent_before} %)",
            "More wait too long than yesterday: is capacity published, do projects answer? `staffetta capacity`, `staffetta inbox`.",
        )
    return Finding("requests", True, found)
