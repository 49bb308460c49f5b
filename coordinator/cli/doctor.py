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

from coordinator.cli import doctor_words as words
from coordinator.cli.command import JsonOption, LanguageOption, NetworkOption, place_of, reporting, settings_of, wires_of
from coordinator.cli.failures import describe
from coordinator.cli.instants import age_said
from coordinator.cli.outcome import Exit, end, out, print_json
from coordinator.rooms import NetworkRoom
from coordinator.settings import Settings
from events.language import Language, Said, filled, in_language
from projections.reporting import draw_up_unserved
from projections.unserved import Unserved

WITHIN = timedelta(seconds=30)
"""How long one look may take before what it asks counts as not answering."""

_NOTHING: Said = ("", "")
CLOCKS_APART = timedelta(seconds=5)
BEHIND = 1_000
"""Entries that views may lack before it is worth a word."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found."""

    name: str
    """Of `doctor_words.NAMES`."""
    well: bool
    found: Said
    what_to_do: Said = ("", "")


def doctor(context: typer.Context, network: NetworkOption = None, as_json: JsonOption = False, language: LanguageOption = Language.ENGLISH) -> None:
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

    with reporting(as_json, language):
        findings = asyncio.run(work())
    if as_json:
        print_json({"well": all(finding.well for finding in findings), "findings": [_finding_json(finding, language) for finding in findings]})
    else:
        for finding in findings:
            _show(finding, language)
    end(Exit.WELL if all(finding.well for finding in findings) else Exit.WRONG)


def _finding_json(finding: Finding, language: Language) -> dict[str, object]:
    found, what_to_do = in_language(finding.found, language), in_language(finding.what_to_do, language)
    return {"name": finding.name, "well": finding.well, "found": found, "what_to_do": what_to_do}


def _show(finding: Finding, language: Language) -> None:
    mark, style = (words.WELL, "green") if finding.well else (words.WRONG, "bold red")
    out.print(
        f"[{style}]{in_language(mark, language):<5}[/]  [bold]{in_language(words.NAMES[finding.name], language)}[/]: {escape(in_language(finding.found, language))}"
    )
    if what_to_do := in_language(finding.what_to_do, language):
        out.print(f"       {escape(what_to_do)}")


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
        return Finding(name, False, known.said, known.said_to_do)
    return Finding(name, False, filled(words.NOT_LOOKED_AT, type(failure).__name__))


async def _topics(settings: Settings, room: NetworkRoom) -> Finding:
    from coordinator.provisioning import topic_problems

    notes: list[str] = []
    problems = await topic_problems(settings, room.bootstrap, notes.append)
    if problems:
        return Finding("topics", False, _alike("; ".join(problems)), words.CORRECT_TOPICS)
    return Finding("topics", True, filled(words.TOPICS_WELL, "".join(f"; {note}" for note in notes)))


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
    found = filled(words.APART, abs(apart), filled(words.AHEAD, ahead_ms) if ahead_ms > 0 else "")
    well = abs(apart) < CLOCKS_APART.total_seconds() and ahead_ms < CLOCKS_APART.total_seconds() * 1000
    return Finding("clocks", well, found, _NOTHING if well else words.SET_CLOCKS)


async def _last_event_ms(room: NetworkRoom) -> int | None:
    async with room.events_log() as log:
        bounds = await log.bounds()
        records = await log.read(bounds.end - 1, 1, 5_000) if bounds.end > bounds.start else []
        return records[-1].timestamp_ms if records else None


async def _keystore(room: NetworkRoom) -> Finding:
    through = await room.keystore.destroyed_through()
    await room.vault.ready()
    return Finding("key store", True, filled(words.KEYS_OPEN, through.sequence if through else words.NO_ENTRY))


async def _ledger(room: NetworkRoom) -> Finding:
    entries = 0
    async with room.reader(None) as reader:
        async for batch in reader.read_to_end():
            entries += len(batch)
        ignored = sum(reader.ignored.values())
        position = reader.position
    if position is None:
        return Finding("ledger", False, words.NO_GENESIS, words.CREATE)
    return Finding("ledger", True, filled(words.CHAINS, entries, position.sequence, ignored))


async def _events(room: NetworkRoom) -> Finding:
    async with room.events_log() as log:
        bounds = await log.bounds()
    async with room.reader(None) as reader:
        async for _ in reader.read_to_end():
            continue
        decided = -1 if reader.position is None else reader.position.event_offset
    if bounds.start > decided + 1:
        return Finding("events", False, filled(words.BEGINS_LATE, bounds.start, decided + 1), words.RESTORE)
    if bounds.end < decided + 1:
        return Finding("events", False, filled(words.ENDS_EARLY, bounds.end, decided), words.REPLACED)
    waiting = bounds.end - decided - 1
    return Finding("events", True, filled(words.UNDECIDED, waiting) if waiting else words.ALL_DECIDED)


async def _views(room: NetworkRoom) -> Finding:
    async with room.reader(None) as reader:
        async for _ in reader.read_to_end():
            continue
        position = reader.position
    health = (await room.reads.health(None if position is None else position.offset + 1)).answer
    behind = (position.sequence if position else -1) - health.sequence
    problem = filled(words.PROBLEM, health.problem) if health.problem else ""
    since = "" if health.since_ms is None else filled(words.FOR_SO_LONG, age_said(time.time_ns() // 1_000_000 - health.since_ms))
    found = filled(words.VIEWS_STAND, health.sequence, behind, words.RUNNERS[health.state], problem, since)
    well = behind < BEHIND and health.state != "stopped"
    return Finding("views", well, found, _NOTHING if well else words.REBUILD)


async def _requests(room: NetworkRoom) -> Finding:
    return requests_finding(await draw_up_unserved(room.reads, a_day_before=True))


def requests_finding(seen: Unserved) -> Finding:
    """Whether requests wait that should not."""
    found = filled(words.WAITING, seen.waiting, seen.late)
    if seen.fitting:
        unserved = filled(words.UNSERVED, found, seen.fitting, age_said(seen.longest_ms or 0))
        return Finding("requests", False, unserved, words.PLACE_BY_HAND)
    if seen.rises:
        return Finding("requests", False, filled(words.RISES, found, seen.late_percent, seen.late_percent_before), words.LOOK_AT_CAPACITY)
    return Finding("requests", True, found)


def _alike(text: str) -> Said:
    """What a part of the program found, and says in English alone."""
    return text, text
