"""Sustained decisions a second of one worker on a lively history of the Italian network, and where its time goes."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import replace

from coordinator.ledger.core import SystemClock, system_randomness
from coordinator.ledger.kafka_worker import worker_on_kafka
from coordinator.wiring import ledger_settings
from ops.bench.accounting import Account, timed_core, timed_keystore, timed_vault
from ops.bench.feeding import feed, seal
from ops.demand.agenda import Timed
from ops.services.say import Say
from ops.stage import PLACE, Stage
from reading.vault import Vault


async def measure_throughput(stage: Stage, timed: list[Timed], say: Say) -> dict[str, object]:
    """Feeds `timed` into a network whose worker is stopped, then runs one and counts. The stage's worker must not be running."""
    half = len(timed) // 2
    sealed = await seal(stage.room, timed)
    await feed(stage.room, sealed)
    say(f"throughput: {len(sealed)} events wait")
    untold = await _decide_until(stage, Account(), half, instrumented=False)
    account = Account()
    told = await _decide_until(stage, account, len(sealed), instrumented=True)
    shares = {name: round(seconds / told.seconds, 3) for name, seconds in sorted(account.seconds.items())}
    shares["loop_and_kafka"] = round(max(0.0, 1 - sum(shares.values())), 3)
    say(f"throughput: {untold.rate:.0f} decisions/s over {untold.decided}; with stopwatches {told.rate:.0f}/s, of the time: {shares}")
    return {"decisions_per_s": round(untold.rate), "decisions_per_s_with_stopwatches": round(told.rate), "time_shares": shares}


async def decide(stage: Stage, events: int) -> None:
    """Has the first events of the log decided, and measures nothing. The stage's worker must not be running."""
    await _decide_until(stage, Account(), events, instrumented=False)


class _Run:
    """How many were decided in how long."""

    def __init__(self, decided: int, seconds: float) -> None:
        self.decided = decided
        self.seconds = seconds
        self.rate = decided / seconds


async def _decide_until(stage: Stage, account: Account, offset: int, *, instrumented: bool) -> _Run:
    """Runs a worker in this process until the event before `offset` is settled; the clock starts with its first entry."""
    vault = Vault(PLACE.name, timed_keystore(stage.room.keystore, account) if instrumented else stage.room.keystore)
    core = timed_core(stage.room.core, account) if instrumented else stage.room.core
    worker = worker_on_kafka(
        stage.kafka.bootstrap,
        stage.names,
        PLACE.name,
        PLACE.partition,
        core,
        timed_vault(vault, account) if instrumented else vault,
        SystemClock(),
        system_randomness(),
        replace(ledger_settings(stage.settings), snapshot_every_s=3600.0),
    )
    running = asyncio.create_task(worker.run())
    try:
        while worker.status is None:
            await asyncio.sleep(0.001)
            _check(running)
        first = worker.status.event_offset
        began = time.perf_counter()
        while worker.status.event_offset < offset - 1:
            await asyncio.sleep(0.002)
            _check(running)
        return _Run(worker.status.event_offset - first, time.perf_counter() - began)
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


def _check(running: asyncio.Task[None]) -> None:
    if running.done():
        running.result()
