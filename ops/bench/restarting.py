"""From the start of a worker process to its first decision, with a short and a long ledger behind it; and its memory at both."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from ops.bench.feeding import feed, seal
from ops.demand.agenda import Timed
from ops.services.say import Say
from ops.stage import Stage

STARTS = 5
FED_TOGETHER = 20_000


async def grow(stage: Stage, events: Iterator[Timed], until: int, say: Say) -> None:
    """Feeds events until the ledger holds `until` entries, a running worker deciding them."""
    tail = stage.room.intake.tail
    while (position := tail.position) is not None and position.sequence < until:
        part = list(islice(events, min(FED_TOGETHER, until - position.sequence)))
        await feed(stage.room, await seal(stage.room, part))
        target = position.sequence + len(part)
        while tail.position is not None and tail.position.sequence < target:
            await asyncio.sleep(0.05)
        say(f"restart: the ledger has {target} entries")


async def measure_restart(stage: Stage, events: Iterator[Timed], say: Say) -> dict[str, float]:
    """Median over several starts of a worker process: seconds to the first accepted entry, and megabytes then. No other worker may run."""
    taken, memory = [], []
    for number in range(STARTS):
        await feed(stage.room, await seal(stage.room, [next(events)]))
        before = stage.room.intake.tail.position
        began = time.perf_counter()
        log = (stage.settings.data / "logs" / "restart.log").open("ab")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "coordinator", "worker", env={**os.environ, **stage.environment}, stdout=log, stderr=log
        )
        try:
            while stage.room.intake.tail.position == before:
                if process.returncode is not None:
                    raise RuntimeError(f"the worker ended with status {process.returncode}; its log is {log.name}")
                await asyncio.sleep(0.005)
            taken.append(time.perf_counter() - began)
            memory.append(_rss_mb(process.pid))
        finally:
            process.terminate()
            await process.wait()
            log.close()
        say(f"restart, {number + 1} of {STARTS}: first decision after {taken[-1]:.2f} s, {memory[-1]:.0f} MB")
    return {"seconds": round(statistics.median(taken), 3), "rss_mb": round(statistics.median(memory), 1)}


def _rss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
