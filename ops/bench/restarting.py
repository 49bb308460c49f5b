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
from reading import erasure

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
    """Median over several starts of a worker process: seconds to the first accepted entry; of the processor, and megabytes, by then.

    No other worker may run. On a machine that others use too, the processor's seconds tell what the ledger's length costs, the clock's what others take.
    """
    taken, worked, memory = [], [], []
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
            worked.append(_processor_s(process.pid))
            memory.append(_rss_mb(process.pid))
        finally:
            process.terminate()
            await process.wait()
            log.close()
        say(
            f"restart, {number + 1} of {STARTS}: first decision after {taken[-1]:.2f} s, {worked[-1]:.2f} s of the processor, load {os.getloadavg()[0]:.1f}, {memory[-1]:.0f} MB"
        )
    return {"seconds": round(statistics.median(taken), 3), "processor_s": statistics.median(worked), "rss_mb": round(statistics.median(memory), 1)}


async def destroy_keys_as_told(stage: Stage) -> None:
    """For ever: what a projector does beside its views, so that the key store knows how far it has come and a worker that starts need not ask the ledger."""
    async with stage.room.reader(await stage.room.keystore.destroyed_through()) as reader:
        await erasure.follow(stage.room.keystore, None, reader.follow())


def _processor_s(pid: int) -> float:
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _rss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
