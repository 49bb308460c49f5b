"""Reporting that a deadline has passed, for hours in which nothing else happens. Every event makes due deadlines happen, so this one decides nothing new.

A report names its deadline; where the broker's clock is behind ours the core refuses it, and the pause before the next doubles. Two workers that both
report do no harm: the second finds the deadline gone.
"""

from __future__ import annotations

from coordinator.ledger import metrics
from coordinator.ledger.core import Clock, Randomness, Sealing
from coordinator.ledger.log_appender import AppendFailed, LogAppender
from coordinator.ledger.settings import LedgerSettings
from events.fact import Actor
from events.ids import uuid7
from events.network import ClockAdvanced
from events.vocabulary import Role

ACTOR = Actor(person="clock", body="coordinator", role=Role.CLOCK)


class ClockEvents:
    """Sends `ClockAdvanced` for one network."""

    def __init__(self, network: str, sealing: Sealing, appender: LogAppender, clock: Clock, randomness: Randomness, settings: LedgerSettings) -> None:
        self._network = network
        self._sealing = sealing
        self._appender = appender
        self._clock = clock
        self._randomness = randomness
        self._grace_s = settings.clock_grace_s
        self._first_pause_s, self._longest_pause_s = settings.clock_backoff_s
        self._reported: int | None = None
        self._pause_s = 0.0
        self._next_at_s = 0.0

    async def report(self, deadline_ms: int | None) -> None:
        """Report this deadline (the earliest of the settled state) if it has passed by the grace, and was not reported a moment ago."""
        now_ms = self._clock.now_ms()
        if deadline_ms is None or now_ms < deadline_ms + self._grace_s * 1000:
            return
        now_s = self._clock.monotonic_s()
        if deadline_ms != self._reported:
            self._reported, self._pause_s = deadline_ms, self._first_pause_s
        elif now_s < self._next_at_s:
            return
        else:
            self._pause_s = min(self._pause_s * 2, self._longest_pause_s)
        self._next_at_s = now_s + self._pause_s
        event = ClockAdvanced(uuid7(now_ms, self._randomness.getrandbits(74)), ACTOR, deadline_ms)
        values = await self._sealing.seal_events([event])
        try:
            await (await self._appender.append([(None, values[0], ())]))
        except AppendFailed:
            return
        metrics.CLOCK_EVENTS.labels(self._network).inc()

    async def close(self) -> None:
        """Let go of the connection."""
        await self._appender.close()
