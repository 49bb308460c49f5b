"""Breaks one thing after the other, at random from a seed, mends it, and measures how long until everything is well again."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random

from ops.faults.load import Load
from ops.services.say import Say
from ops.stage import Stage

FREEZE_S = (1.0, 4.0)
LONG_FREEZE_S = (12.0, 14.0)
"""Longer than the worker group's session timeout (10 s): its networks are given to the other worker meanwhile."""
BROKER_DOWN_S = (0.5, 3.0)
POSTGRES_DOWN_S = (0.5, 3.0)
QUIET_S = (0.5, 2.0)
RECOVERY_WITHIN_S = 60.0


class NotRecovered(Exception):
    """After a fault was mended, no new event was decided, or the views did not come level, within the time allowed."""


class Saboteur:
    """One stage's faults."""

    def __init__(self, stage: Stage, load: Load, seed: int, say: Say) -> None:
        self.faults: Counter[str] = Counter()
        self.recoveries_s: list[float] = []
        self._stage = stage
        self._load = load
        self._draw = Random(seed)
        self._say = say

    async def run(self, seconds: float) -> None:
        """Faults until the time is over; every kind at least once where the time allows. Raises NotRecovered."""
        kinds = self._kinds()
        order = self._draw.sample(sorted(kinds), len(kinds))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not order:
                order = self._draw.sample(sorted(kinds), len(kinds))
            kind = order.pop()
            self.faults[kind] += 1
            await kinds[kind]()
            await self._recover(kind)
            await asyncio.sleep(self._draw.uniform(*QUIET_S))

    def _kinds(self) -> dict[str, Callable[[], Awaitable[None]]]:
        return {
            "worker_killed": lambda: self._kill("worker"),
            "worker_frozen": lambda: self._freeze("worker", FREEZE_S),
            "worker_frozen_past_session": lambda: self._freeze("worker", LONG_FREEZE_S),
            "both_workers_killed": self._kill_both,
            "projector_killed": lambda: self._kill("projector"),
            "projector_frozen": lambda: self._freeze("projector", FREEZE_S),
            "broker_killed": self._kill_broker,
            "broker_frozen": self._freeze_broker,
            "postgres_killed": self._kill_postgres,
        }

    async def _kill(self, kind: str) -> None:
        self._stage.signal(f"{kind}-{self._draw.choice((1, 2))}", signal.SIGKILL)

    async def _kill_both(self) -> None:
        for number in (1, 2):
            self._stage.signal(f"worker-{number}", signal.SIGKILL)

    async def _freeze(self, kind: str, seconds: tuple[float, float]) -> None:
        name = f"{kind}-{self._draw.choice((1, 2))}"
        self._stage.signal(name, signal.SIGSTOP)
        await asyncio.sleep(self._draw.uniform(*seconds))
        self._stage.signal(name, signal.SIGCONT)

    async def _kill_broker(self) -> None:
        kafka = self._stage.kafka
        index = self._draw.randrange(kafka.brokers)
        await asyncio.to_thread(kafka.kill, index)
        await asyncio.sleep(self._draw.uniform(*BROKER_DOWN_S))
        await asyncio.to_thread(kafka.restart, index)

    async def _freeze_broker(self) -> None:
        kafka = self._stage.kafka
        index = self._draw.randrange(kafka.brokers)
        kafka.freeze(index)
        await asyncio.sleep(self._draw.uniform(*FREEZE_S))
        kafka.thaw(index)

    async def _kill_postgres(self) -> None:
        await asyncio.to_thread(self._stage.postgres.kill)
        await asyncio.sleep(self._draw.uniform(*POSTGRES_DOWN_S))
        await asyncio.to_thread(self._stage.postgres.restart)

    async def _recover(self, kind: str) -> None:
        """Until an event sent from now on is decided, and the views have it."""
        mended = time.monotonic()
        while self._load.sent.last_answer_s < mended:
            await self._wait(kind, mended, "no event sent since then has been decided")
        target = self._load.sent.last_answer_sequence
        while await view_sequence(self._stage) < target:
            await self._wait(kind, mended, "the views are not level")
        taken = time.monotonic() - mended
        self.recoveries_s.append(taken)
        self._say(f"{kind}: well again after {taken:.2f} s")

    async def _wait(self, kind: str, mended: float, what: str) -> None:
        if time.monotonic() - mended > RECOVERY_WITHIN_S:
            raise NotRecovered(f"{RECOVERY_WITHIN_S:.0f} s after {kind} was mended, {what}")
        await asyncio.sleep(0.02)


async def view_sequence(stage: Stage) -> int:
    """Where the views stand; -1 before the first entry, or while they cannot be asked."""
    try:
        return (await stage.room.reads.health()).sequence
    except Exception:  # noqa: BLE001  # a database that is down, or coming up, answers in many ways; the caller's deadline decides
        return -1
