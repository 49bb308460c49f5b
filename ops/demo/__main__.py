"""`make demo`, or `python -m ops.demo [--seed N] [--days N] [--speed X] [--heaviness X]`: exit status 0 only where everything that must hold holds.

Progress for people on standard error; the last line of standard output is one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import signal
import sys
import time
from collections.abc import Awaitable
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from rich.console import Console

from coordinator.settings import SettingsInvalid
from ops.demand.day import DEFAULT_DAYS, DEFAULT_HEAVINESS, DEFAULT_SEED, Day
from ops.demo.comparison import THIS_POLICY, Outcome, compared_elsewhere, has_weights, outcome_of
from ops.demo.door import Door, NotAccepted
from ops.demo.place import Place, demo_place
from ops.demo.player import Played, play_before, play_days
from ops.demo.screen import Screen, Stopwatch
from ops.demo.summary import comparison_for_people, summary_for_people, verified_for_people
from ops.demo.verification import Verified, verify
from ops.networks import load_network
from ops.services.errors import ServiceFailed

INTERRUPTED = 130
_EXPORT = "ledger.avro"
_WIDTH_ELSEWHERE = 160
"""Columns where there is no terminal: lines of a log are not folded."""


def main(arguments: list[str] | None = None) -> int:
    """Runs the demo from beginning to end."""
    parser = argparse.ArgumentParser(
        prog="python -m ops.demo", description="Plays a synthetic day of a network through everything real, and verifies it."
    )
    parser.add_argument("--network", default="it")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another seed, another day (default: %(default)s)")
    parser.add_argument("--days", type=int, default=DEFAULT_DAYS, help="days with new demand (default: %(default)s)")
    parser.add_argument("--speed", type=float, help="simulated seconds in one real second (default: as fast as it goes)")
    parser.add_argument(
        "--heaviness", type=float, default=DEFAULT_HEAVINESS, help="ordinary days of the real network in one simulated day (default: %(default)s)"
    )
    parser.add_argument("--keep", type=Path, default=Path(".staffetta/demo"), help="directory for the exported ledger (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    console = Console(stderr=True, width=None if sys.stderr.isatty() else _WIDTH_ELSEWHERE)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        result = _run(chosen, console)
    except KeyboardInterrupt:
        console.print("stopped; nothing is left running")
        return INTERRUPTED
    except (ServiceFailed, SettingsInvalid, NotAccepted) as failure:
        console.print(f"[red]the demo could not be played:[/red] {failure}")
        print(json.dumps({"ok": False, "failure": type(failure).__name__}))
        return 1
    print(json.dumps(result))
    return 0 if result["ok"] else 1


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _run(chosen: argparse.Namespace, console: Console) -> dict[str, Any]:
    network = load_network(chosen.network)
    day = Day(network, chosen.seed, chosen.days, chosen.heaviness)
    watch, began = Stopwatch(), time.monotonic()
    console.print(
        f"[bold]{network.name}[/bold]: {len(network.projects)} projects, {len(day.units)} units; {chosen.days} synthetic day(s), seed {chosen.seed}, "
        f"as much as {chosen.heaviness:g} ordinary days each"
    )

    def say(line: str) -> None:
        console.print(f"  {line}", style="dim", highlight=False)

    with demo_place(chosen.network, day.before[0].at_ms, chosen.keep, say) as place:
        for line in place.local.describe():
            say(line)
        say(f"gateway: {place.local.gateway_url}; ctrl-C stops everything and leaves nothing running")
        watch.lap("starting_s")
        played = Played(day)
        found, others = asyncio.run(_play_and_verify(place, played, chosen, console, watch))
        watch.lap("verifying_s")
    watch.lap("stopping_s")
    summary = played.tally.summary()
    others["same"][THIS_POLICY] = outcome_of(played.tally)
    console.print()
    console.print(summary_for_people(summary))
    console.print()
    console.print(comparison_for_people(others["same"], others["heavier"], weighed=has_weights(network)))
    console.print()
    console.print(verified_for_people(found))
    round_trip_ms = round(played.round_trip_s / max(1, played.round_trips) * 1000, 1)
    console.print(
        f"\n{played.tally.events} events in {time.monotonic() - began:.0f} s, {round_trip_ms} ms from report to accepted entry on average; "
        f"the ledger is in {chosen.keep / _EXPORT}: python -m ops.checker {chosen.keep / _EXPORT}",
        highlight=False,
    )
    return {
        "ok": all(each.holds for each in found),
        "seed": chosen.seed,
        "days": chosen.days,
        "summary": summary.as_json(),
        "compared": {name: {policy: asdict(outcome) for policy, outcome in outcomes.items()} for name, outcomes in others.items()},
        "verified": {each.name: {"holds": each.holds, **each.figures} for each in found},
        "round_trip_ms": round_trip_ms,
        "not_stored": played.not_stored,
        "seconds": {**watch.steps, "all": round(time.monotonic() - began, 1)},
    }


async def _play_and_verify(
    place: Place, played: Played, chosen: argparse.Namespace, console: Console, watch: Stopwatch
) -> tuple[list[Verified], dict[str, dict[str, Outcome]]]:
    """What was verified, and what came of the same days, and of heavier ones, under other policies."""
    tending = asyncio.create_task(_tend(place), name="supervisor")
    try:
        async with Door(place.local.gateway_url, place.network.name, place.token) as door:
            await _shown(_play(played, door, chosen.speed, watch), Screen(console, played.day.play.world.network, played), door)
        chosen.keep.mkdir(parents=True, exist_ok=True)
        part = chosen.keep / f"{place.network.name}.avro"
        comparing = asyncio.create_task(compared_elsewhere(chosen.network, chosen.seed, chosen.days, chosen.heaviness), name="comparison")
        try:
            found = await verify(place, played, part, lambda line: console.print(f"  {line}", style="dim", highlight=False))
            part.replace(chosen.keep / _EXPORT)
            return found, await comparing
        finally:
            comparing.cancel()
    finally:
        tending.cancel()


async def _play(played: Played, door: Door, speed: float | None, watch: Stopwatch) -> None:
    await play_before(played, door)
    watch.lap("before_the_day_s")
    await play_days(played, door, speed)
    watch.lap("playing_s")


async def _shown(playing: Awaitable[None], screen: Screen, door: Door) -> None:
    """Plays while the screen looks and shows."""
    watchers = [asyncio.create_task(screen.look(door), name="look"), asyncio.create_task(screen.show(), name="show")]
    try:
        await playing
    finally:
        for watcher in watchers:
            watcher.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*watchers)


async def _tend(place: Place) -> None:
    """Starts again what has ended."""
    while True:
        place.local.tend()
        await asyncio.sleep(0.3)


if __name__ == "__main__":
    sys.exit(main())
