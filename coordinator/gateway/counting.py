"""Counts, for the metrics, the requests that wait: once a minute at most, and never so that metrics wait for the views."""

from __future__ import annotations

import asyncio
import time

import structlog

from coordinator.gateway import metrics
from coordinator.rooms import NetworkRoom
from projections.reporting import draw_up_unserved

log = structlog.get_logger("staffetta.gateway")

AGAIN_AFTER_S = 60.0
WITHIN_S = 5.0


class RequestCounts:
    """When each network was counted last."""

    def __init__(self) -> None:
        self._begun: dict[str, float] = {}

    async def count(self, room: NetworkRoom) -> None:
        """Set the figures of one network. Where its views cannot be asked, they stay, and the time of the last count tells how old they are."""
        now_s = time.monotonic()
        if now_s - self._begun.get(room.name, now_s - AGAIN_AFTER_S) < AGAIN_AFTER_S:
            return
        self._begun[room.name] = now_s
        try:
            async with asyncio.timeout(WITHIN_S):
                seen = await draw_up_unserved(room.reads, a_day_before=False)
        except Exception as failure:  # noqa: BLE001 - metrics are given whatever the views say
            log.warning("requests not counted", network=room.name, failure=type(failure).__name__)
            return
        metrics.requests_waiting.labels(room.name).set(seen.waiting)
        metrics.requests_late.labels(room.name).set(seen.late)
        metrics.requests_unserved.labels(room.name).set(seen.fitting)
        metrics.requests_counted_at.labels(room.name).set(time.time())


counts = RequestCounts()
"""Of this process, as its metrics are."""
