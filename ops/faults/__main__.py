"""`python -m ops.faults --seed 1 --seconds 120`: every fault, then every invariant. Exit status 0 only if all hold."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import logging
import statistics
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ops.demand.day import Day
from ops.faults import broken_logs
from ops.faults.checks import Held, check
from ops.faults.load import Load
from ops.faults.rivals import rivals
from ops.faults.saboteur import Saboteur
from ops.networks.loading import load_network
from ops.services.throwaway import throwaway_directory
from ops.stage import NETWORK, PROCESSES, Stage, stage

CALM_S = 3.0
SPLIT_BRAIN_S = 15.0
HEAVINESS = 60.0


@dataclass(slots=True)
class Sums:
    """Everything counted, over all parts."""

    held: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    recoveries_s: list[float] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def add(self, part: str, held: Held) -> None:
        """The findings of one part."""
        for name in ("acknowledged", "accepted", "lost", "duplicated", "diverged", "rivals_ignored"):
            self.held[name] += getattr(held, name)
        self.note(f"{part}: {what}" for what in held.broken)

    def note(self, broken: Iterable[str]) -> None:
        """What does not hold; said at once."""
        for what in broken:
            self.broken.append(what)
            print(f"           BROKEN  {what}", flush=True)


class Run:
    """One run of all parts."""

    def __init__(self, seed: int, seconds: float, directory: Path) -> None:
        self.sums = Sums()
        self._seed = seed
        self._seconds = seconds
        self._directory = directory
        self._began = time.monotonic()

    async def all(self) -> None:
        """Every part, one after the other, each on brokers of its own."""
        await self._part("one-broker", lambda: self._under_faults("one-broker", 1, self._seconds / 2))
        await self._part("three-brokers", lambda: self._under_faults("three-brokers", 3, self._seconds / 2))
        await self._part("split-brain", self._split_brain)
        await self._part("ledger-tail", self._ledger_tail)
        await self._part("events-truncated", lambda: self._stopped_by("events-truncated", broken_logs.truncate_events))
        await self._part("events-recreated", lambda: self._stopped_by("events-recreated", broken_logs.recreate_events))
        await self._part("ledger-head", lambda: self._stopped_by("ledger-head", broken_logs.trim_ledger_head))

    async def _part(self, name: str, work: Callable[[], Awaitable[None]]) -> None:
        self.say(f"== {name}")
        try:
            await work()
        except Exception as failure:  # noqa: BLE001  # one part that fails must not hide what the others find
            self.sums.note([f"{name}: {type(failure).__name__}: {failure}"])

    def say(self, line: str) -> None:
        """A line of progress, with the seconds since the start."""
        print(f"{time.monotonic() - self._began:7.1f} s  {line}", flush=True)

    @contextlib.asynccontextmanager
    async def _played(self, name: str, brokers: int, processes: tuple[str, ...] = PROCESSES) -> AsyncIterator[tuple[Stage, Load]]:
        day = Day(load_network(NETWORK), seed=self._seed, days=30, heaviness=HEAVINESS)
        async with stage(self._directory / name, brokers, day.before[0].at_ms - 1, self.say, processes=processes) as built:
            yield built, Load(built.room.intake, day, self._seed)

    async def _under_faults(self, name: str, brokers: int, seconds: float) -> None:
        async with self._played(name, brokers) as (built, load):
            self.say("the network as it was before the day")
            await load.open()
            playing = asyncio.create_task(load.run())
            await asyncio.sleep(CALM_S)
            saboteur = Saboteur(built, load, self._seed, self.say)
            try:
                await saboteur.run(seconds)
            finally:
                self.sums.faults.update(saboteur.faults)
                self.sums.recoveries_s += saboteur.recoveries_s
                load.stop()
            await playing
            self.say(
                f"faults over; {len(load.sent.acknowledged)} events acknowledged, {load.sent.bursts} bursts, {load.sent.repeated} sends repeated"
            )
            self.sums.add(name, await check(built, load.sent, self._directory / name, self.say))

    async def _split_brain(self) -> None:
        async with self._played("split-brain", 1, processes=("projector-1",)) as (built, load):
            workers = await rivals(built)
            try:
                await load.open()
                playing = asyncio.create_task(load.run())
                await asyncio.wait([playing, *workers], timeout=SPLIT_BRAIN_S, return_when=asyncio.FIRST_COMPLETED)
                load.stop()
                await playing
                self.sums.faults["split_brain"] += 1
                held = await check(built, load.sent, self._directory / "split-brain", self.say, decided_by_one_version=False)
                held.must(held.rivals_ignored > 0, "no rival record was written: the two versions never met")
                self.sums.add("split-brain", held)
            finally:
                for worker in workers:
                    worker.cancel()
                await asyncio.gather(*workers, return_exceptions=True)

    async def _ledger_tail(self) -> None:
        async with self._played("ledger-tail", 1) as (built, load):
            await self._some(load)
            broken, healed = await broken_logs.lose_ledger_tail(built, self.say)
            self.sums.faults["ledger_tail_lost"] += 1
            self.sums.note(broken)
            if healed == 0:
                self.sums.note(["7a: nothing was lost, so nothing was healed: the cut did not work"])

    async def _stopped_by(self, name: str, breaking: Callable[[Stage, Callable[[str], None]], Awaitable[list[str]]]) -> None:
        async with self._played(name, 1) as (built, load):
            await self._some(load)
            self.sums.note(await breaking(built, self.say))
            self.sums.faults[name.replace("-", "_")] += 1

    async def _some(self, load: Load) -> None:
        await load.open()
        playing = asyncio.create_task(load.run())
        await asyncio.sleep(CALM_S)
        load.stop()
        await playing


def main() -> int:
    """Runs, prints, and ends with one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m ops.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=120.0, help="time under random faults, half on one broker, half on three")
    chosen = parser.parse_args()
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a broker that was killed on purpose is no news
    logging.getLogger("reading").setLevel(logging.ERROR)
    with throwaway_directory() as directory:
        run = Run(chosen.seed, chosen.seconds, directory)
        asyncio.run(run.all())
    print(json.dumps(_figures(chosen.seed, run.sums)))
    return 1 if run.sums.broken else 0


def _figures(seed: int, sums: Sums) -> dict[str, object]:
    recoveries = sorted(sums.recoveries_s)
    percentiles = statistics.quantiles(recoveries, n=100, method="inclusive") if len(recoveries) > 1 else recoveries * 99
    return {
        "seed": seed,
        **{name: sums.held[name] for name in ("acknowledged", "accepted", "lost", "duplicated", "diverged", "rivals_ignored")},
        "recovery_p50_s": round(percentiles[49], 2) if percentiles else None,
        "recovery_p99_s": round(percentiles[98], 2) if percentiles else None,
        "faults": dict(sorted(sums.faults.items())),
        "broken": sums.broken,
    }


if __name__ == "__main__":
    sys.exit(main())
