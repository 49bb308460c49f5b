"""A worker process: a worker runs for each network from the start, on standby until Faust says which networks are this process's.

Assignment only settles who goes first: whoever is on standby stands in within seconds where the one that has the network says nothing, and the
acceptance rule keeps two that both go on from doing harm. A stalled or late Faust therefore delays nothing.

Any failure of a worker ends the process; a supervisor starts it again and it loads from the ledger. A network whose ledger or events must be looked at
by a person (`ReadingStopped`) stops alone, loudly, while the process has others to serve.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from coordinator.agent.doorbell import doorbell_app
from coordinator.agent.ending import FAULT, STOPPED, End, end_process
from coordinator.agent.turns import threads_in_short_turns
from coordinator.agent.watchdog import KafkaEndOffsets, Progress, Watchdog
from coordinator.ledger.worker import Worker
from events.topics import TopicNames
from reading.collecting import collecting_young_alone
from reading.errors import ReadingStopped

log = logging.getLogger(__name__)

ASSIGNED_WITHIN_S = 120.0
"""Faust must have told once which partitions are ours (perhaps none) within this time of the start."""
STUCK_AFTER_S = 30.0
"""While events wait, something must be settled within this time."""
STOPS_WITHIN_S = 10.0
SEARCHED_EVERY_S = 3600.0
"""Memory is searched for old reference cycles about so often, in a moment when no network had an event for a while."""
SEARCHED_AT_LATEST_S = 24 * 3600.0
"""Where there is no such moment."""
QUIET_FOR_S = 2.0


@dataclass(frozen=True, slots=True)
class WorkerPlace:
    """One network that this process can serve."""

    network: str
    partition: int
    make: Callable[[], Worker[Any]]
    """A new worker, not yet running."""


@dataclass
class _Serving:
    worker: Worker[Any]
    task: asyncio.Task[None]


@dataclass
class WorkerProcess:
    """Serves networks until cancelled."""

    bootstrap: str
    names: TopicNames
    places: Collection[WorkerPlace]
    stuck_after_s: float = STUCK_AFTER_S
    end: End = end_process
    _serving: dict[int, _Serving] = field(default_factory=dict)
    _told: asyncio.Event = field(default_factory=asyncio.Event)
    _failed: asyncio.Queue[BaseException] = field(default_factory=asyncio.Queue)

    async def run(self) -> None:
        """Serve until cancelled; then stop workers and Faust in order. On any failure `end` is called and, where that returns, the failure raised."""
        app = doorbell_app(self.bootstrap, self.names.events, f"{self.names.prefix}-coordinator", self.ring, self.assign, self._failed.put_nowait)
        watchdog = Watchdog(KafkaEndOffsets(self.bootstrap, self.names.events), self.progress, self.stuck_after_s, end=self.end)
        watchdog.start()
        self._serve()
        parts = (("faust", self._faust(app)), ("told", self._must_be_told()), ("memory", self._search_memory()))
        tasks = [asyncio.create_task(part, name=name) for name, part in parts]
        for task in tasks:
            task.add_done_callback(self._part_ended)
        try:
            with collecting_young_alone(), threads_in_short_turns():
                failure = await self._failed.get()
            self.end(STOPPED if isinstance(failure, ReadingStopped) else FAULT, f"{type(failure).__name__}: {failure}")
            raise failure
        finally:
            watchdog.stop()
            for task in (*tasks, *(serving.task for serving in self._serving.values())):
                task.cancel()
            with suppress(TimeoutError):
                async with asyncio.timeout(STOPS_WITHIN_S):
                    await asyncio.gather(*tasks, *(serving.task for serving in self._serving.values()), return_exceptions=True)
                    await app.stop()

    def ring(self, partition: int, offset: int, value: bytes | None) -> None:
        """An event exists. Where it is not the one that the ledger holds, its network stops."""
        serving = self._serving.get(partition)
        if serving is None:
            return
        try:
            serving.worker.ring(offset, value)
        except ReadingStopped as stopped:
            serving.task.cancel()
            self._network_stopped(partition, stopped)

    async def assign(self, partitions: Collection[int]) -> None:
        """These partitions are this process's now, and no others; the rest is on standby."""
        self._told.set()
        for partition, serving in self._serving.items():
            serving.worker.stand_by(partition not in partitions)
        log.info("networks_assigned", extra={"partitions": sorted(partitions), "serving": sorted(self._serving)})

    def _serve(self) -> None:
        for place in self.places:
            worker = place.make()
            worker.stand_by(True)
            task = asyncio.create_task(worker.run(), name=f"worker of {place.network}")
            self._serving[place.partition] = _Serving(worker, task)
            task.add_done_callback(lambda done, partition=place.partition: self._worker_ended(partition, done))  # type: ignore[misc]

    def progress(self) -> Mapping[int, Progress]:
        """Where every worker is, for the watchdog's thread."""
        return {partition: Progress(*serving.worker.progress) for partition, serving in list(self._serving.items())}

    def _worker_ended(self, partition: int, task: asyncio.Task[None]) -> None:
        serving = self._serving.get(partition)
        if task.cancelled() or serving is None or serving.task is not task:
            return
        error = task.exception() or RuntimeError("the worker ended by itself")
        if isinstance(error, ReadingStopped):
            self._network_stopped(partition, error)
        else:
            self._failed.put_nowait(error)

    def _network_stopped(self, partition: int, stopped: ReadingStopped) -> None:
        """Leave this network stopped; end the process where it has no other."""
        self._serving.pop(partition, None)
        log.critical("network_stopped", extra={"partition": partition, "why": str(stopped)})
        if not self._serving:
            self._failed.put_nowait(stopped)

    async def _faust(self, app: Any) -> None:
        """Run Faust. It is not meant to end."""
        await app.start()
        await app.wait_until_stopped()
        raise app.crash_reason or RuntimeError("Faust stopped by itself")

    def _part_ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed.put_nowait(error)

    async def _search_memory(self) -> None:
        """The search that is not made by itself here: the state of a network is a million objects, and it would stop every decision for a tenth of a second."""
        searched_s, marks = time.monotonic(), self.progress()
        while True:
            await asyncio.sleep(QUIET_FOR_S)
            quiet, marks = marks == self.progress(), self.progress()
            since_s = time.monotonic() - searched_s
            if since_s > SEARCHED_AT_LATEST_S or (quiet and since_s > SEARCHED_EVERY_S):
                gc.collect()
                searched_s = time.monotonic()

    async def _must_be_told(self) -> None:
        try:
            async with asyncio.timeout(ASSIGNED_WITHIN_S):
                await self._told.wait()
        except TimeoutError:
            raise RuntimeError("Faust assigned nothing in time") from None
