"""`python -m ops.bench [--entries 1000000] [--events 60000]`: latency, throughput, rebuild, restart, growth; every ratio against a yardstick measured in the same run."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import time
from pathlib import Path

from ops.bench.feeding import feed, lively, quiet, seal
from ops.bench.growth import measure_growth
from ops.bench.latency import EVENTS, measure_latency
from ops.bench.rebuilding import measure_rebuild
from ops.bench.restarting import destroy_keys_as_told, grow, measure_restart
from ops.bench.throughput import measure_throughput
from ops.demand.agenda import Timed
from ops.demand.hours import DAY_MS, DAY_STARTS_AT_MS
from ops.services.throwaway import throwaway_directory
from ops.stage import Stage, stage

PARTS = ("throughput", "rebuild", "latency", "restart", "growth")
LIVELY_EVENTS = 12_000
REBUILT_EVENTS = 100_000
"""A rebuild makes and swaps schemas, and of a long ledger begins a second process: in a short one these are all that is measured."""
SHORT = 10_000
DAYS_OF_SHORT = 28
"""The short ledger spans this many simulated days, and the long one goes on at the same pace: the memory of 14 days is full in both."""
STEP_MS = DAYS_OF_SHORT * DAY_MS // SHORT
LATEST_MS = DAY_STARTS_AT_MS + 730 * DAY_MS
"""The long ledger ends by then, however long it is: a broker refuses times in the future. It begins as much earlier."""


class Bench:
    """One run."""

    def __init__(self, directory: Path, entries: int, events: int, parts: frozenset[str]) -> None:
        self._directory = directory
        self._entries = entries
        self._events = events
        self._parts = parts
        self._began = time.monotonic()
        self.figures: dict[str, object] = {}

    def say(self, line: str) -> None:
        """A line of progress."""
        print(f"{time.monotonic() - self._began:7.1f} s  {line}", flush=True)

    async def run(self) -> None:
        """Every part; the figures grow."""
        if "growth" in self._parts:
            self.figures.update(measure_growth(self._events, self.say))
        if self._parts == {"growth"}:
            return
        self.say(f"rehearsing {LIVELY_EVENTS} events of the Italian network")
        timed = lively(LIVELY_EVENTS)
        gc.collect()
        gc.freeze()  # the history is the harness's own weight, not that of what is measured beside it
        if "throughput" in self._parts:
            await self._busy(timed[:-EVENTS])
        if "rebuild" in self._parts:
            await self._rebuilt()
        if "latency" in self._parts:
            await self._paced(timed[:-EVENTS], timed[-EVENTS:])
        if "restart" in self._parts:
            days = -(-self._entries * STEP_MS // DAY_MS)
            start_ms = min(DAY_STARTS_AT_MS, LATEST_MS - days * DAY_MS)
            await self._restart(lively(LIVELY_EVENTS // 4, start_ms))

    async def _busy(self, timed: list[Timed]) -> None:
        async with stage(self._directory / "busy", 1, timed[0].at_ms - 1, self.say, processes=()) as built:
            self.figures.update(await measure_throughput(built, timed, self.say))

    async def _rebuilt(self) -> None:
        self.say(f"rehearsing {REBUILT_EVENTS} events of the Italian network")
        timed = lively(REBUILT_EVENTS)
        gc.collect()
        gc.freeze()
        async with stage(self._directory / "rebuilt", 1, timed[0].at_ms - 1, self.say, processes=()) as built:
            self.figures.update(await measure_rebuild(built, timed, self.say))

    async def _paced(self, before: list[Timed], timed: list[Timed]) -> None:
        async with stage(self._directory / "paced", 1, before[0].at_ms - 1, self.say, processes=("worker-1",)) as built:
            await feed(built.room, await seal(built.room, before))
            await _level(built, len(before))
            entry_bytes = await _mean_entry_bytes(built)
            self.figures.update(await measure_latency(built, timed, entry_bytes, self.say))

    async def _restart(self, opening: list[Timed]) -> None:
        async with stage(self._directory / "long", 1, opening[0].at_ms - 1, self.say, processes=("worker-1",)) as built:
            await feed(built.room, await seal(built.room, opening))
            await _level(built, len(opening))
            destroying = asyncio.create_task(destroy_keys_as_told(built))
            events = quiet(opening, STEP_MS)
            await grow(built, events, SHORT, self.say)
            await self._snapshot_then_stop(built)
            short = await measure_restart(built, events, self.say)
            built.supervisor.start()
            await grow(built, events, self._entries, self.say)
            await self._snapshot_then_stop(built)
            long = await measure_restart(built, events, self.say)
            destroying.cancel()
            await asyncio.gather(destroying, return_exceptions=True)
        self.figures["restart_s"] = {str(SHORT): short["seconds"], str(self._entries): long["seconds"]}
        self.figures["restart_ratio"] = round(long["seconds"] / short["seconds"], 2)
        self.figures["restart_processor_s"] = {str(SHORT): short["processor_s"], str(self._entries): long["processor_s"]}
        self.figures["restart_processor_ratio"] = round(long["processor_s"] / short["processor_s"], 2)
        self.figures["rss_mb"] = {str(SHORT): short["rss_mb"], str(self._entries): long["rss_mb"]}

    async def _snapshot_then_stop(self, built: Stage) -> None:
        """Lets the worker write the snapshot that is due within the minute, then ends it."""
        self.say("restart: waiting for a snapshot")
        await asyncio.sleep(65)
        built.supervisor.stop()


async def _level(built: Stage, events: int) -> None:
    while (position := built.room.intake.tail.position) is None or position.event_offset < events - 1:
        await asyncio.sleep(0.05)


async def _mean_entry_bytes(built: Stage) -> int:
    sizes = []
    async with built.room.reader(None) as reader:
        async for batch in reader.read_to_end():
            sizes += [len(record.value) for record in batch]
    return sum(sizes) // len(sizes)


def main() -> int:
    """Measures, prints, and ends with one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m ops.bench", description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000, help="entries of the long ledger")
    parser.add_argument(
        "--events", type=int, default=60_000, help="events after which growth is measured again (a million takes a quarter of an hour)"
    )
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    chosen = parser.parse_args()
    parts = frozenset(chosen.only.split(","))
    if not parts <= set(PARTS):
        parser.error(f"parts are {', '.join(PARTS)}")
    with throwaway_directory() as directory:
        bench = Bench(directory, chosen.entries, chosen.events, parts)
        asyncio.run(bench.run())
    print(json.dumps(bench.figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
