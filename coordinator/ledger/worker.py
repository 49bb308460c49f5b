"""The loop of one network: load -> decide -> append, and nothing is true until it is read back.

Two tasks share one window of proposals. The *proposer* takes events from the log by itself (its own consumer, explicit offsets), decides them from
the end of the window and appends the entries. The *tail* reads the ledger: what comes back as proposed is settled; whatever else is accepted is
adopted, and the window is dropped and decided again. Every await in the proposer may be the one during which the ledger goes another way, so it
looks at `_course` after the last one and before it proposes; a change of course there means: throw the batch away.

Nobody needs to ring for events to be decided: the loop's own read stands open, and brings them as soon as they are there. `ring` says how far events
are known to go, and holds one that is offered again against the ledger.

A worker on *standby* tails and folds the ledger as any other, and decides only what nobody else has decided for a second or two. So when the
process that has the network dies or freezes, another goes on long before the group's session has run out; the acceptance rule makes that safe.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from typing import Generic

from coordinator.ledger import metrics
from coordinator.ledger.clock_events import ClockEvents
from coordinator.ledger.core import Clock, Core, Randomness, S, Sealing
from coordinator.ledger.deciding import Deciding
from coordinator.ledger.events_source import READ_WAIT_MS, EventsSource
from coordinator.ledger.fold import Folding, Settled, event_hash_of
from coordinator.ledger.loading import Loading
from coordinator.ledger.log_appender import AppendFailed, LogAppender
from coordinator.ledger.proposal import Head, Proposal, Window, head_at
from coordinator.ledger.recent_events import RecentEvents
from coordinator.ledger.settings import LedgerSettings
from coordinator.ledger.snapshots import Snapshots
from coordinator.ledger.state_hash import StateHasher
from coordinator.ledger.status import WorkerStatus, show
from events.acceptance import Ignored
from events.entry import Decided
from events.envelope import open_envelope
from reading.errors import EventsStopped
from reading.key_errors import KeyDestroyed
from reading.ledger_chain import AcceptedRecord, Headers
from reading.ledger_follower import LedgerFollower
from reading.partition_log import LogRecord

log = logging.getLogger(__name__)

BEHIND_AN_ERASURE_FOR_S = 10.0
AFTER_A_FAILURE_S = 0.2


class Worker(Generic[S]):
    """One network's worker in this process. `run` it in a task; cancel the task to stop it."""

    def __init__(
        self,
        network: str,
        core: Core[S],
        sealing: Sealing,
        clock: Clock,
        randomness: Randomness,
        settings: LedgerSettings,
        source: EventsSource,
        appender: LogAppender,
        loading: Loading[S],
        snapshots: Snapshots[S],
        recent: RecentEvents,
        clock_events: ClockEvents | None,
    ) -> None:
        self.network = network
        self._core = core
        self._sealing = sealing
        self._clock = clock
        self._randomness = randomness
        self._settings = settings
        self._source = source
        self._appender = appender
        self._loading = loading
        self._snapshots = snapshots
        self._clock_events = clock_events
        hasher = StateHasher(core, sealing)
        self._folding = Folding(core, sealing, hasher)
        self._deciding = Deciding(network, core, sealing, hasher, settings.keys_lost_through)
        self._headers: Headers = (("worker", settings.worker_id.encode()), ("build", settings.build.encode()))
        self._window: Window[S] = Window()
        self._loaded: Settled[S] | None = None
        self._course = 0
        self._adopting = False
        self._follow_until_s = float("-inf")
        self._standby = False
        self._standing_in = False
        self._rung_to = -1
        self._moved = asyncio.Event()
        self._dry = False
        self._recent = recent
        self._ignored_own: list[bytes] = []
        self._broken: BaseException | None = None
        self._failed_at_s = float("-inf")

    @property
    def status(self) -> WorkerStatus | None:
        """None until the ledger is loaded."""
        if self._loaded is None:
            return None
        position = self._loaded.position
        known = max(self._rung_to, self._head().event_offset)
        following = self._clock.monotonic_s() < self._follow_until_s
        return WorkerStatus(position.sequence, position.event_offset, len(self._window), following, known - position.event_offset)

    @property
    def progress(self) -> tuple[int | None, int]:
        """(offset of the last settled event, a figure that changes when anything moves); the offset is None while loading. For the watchdog's thread."""
        if self._loaded is None:
            return None, self._loading.loaded_entries
        return self._loaded.position.event_offset, self._loaded.position.sequence

    def ring(self, offset: int, value: bytes | None) -> None:
        """There is an event at this offset. One that the ledger has decided is held against the ledger's copy. Raises EventDiffers."""
        self._recent.compare(offset, value)
        self._rung_to = max(self._rung_to, offset)

    def stand_by(self, standby: bool) -> None:
        """Whether the network is another process's for now (see above). A new worker is not on standby."""
        if standby != self._standby:
            self._standby, self._standing_in = standby, False
            self._moved.set()

    async def run(self) -> None:
        """Work until cancelled. Raises ReadingStopped and TopicMissing; anything else raised is a fault of this process, to be started again."""
        self._loaded, reader = await self._loading.load()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._tail(reader))
                tasks.create_task(self._propose())
                tasks.create_task(self._snapshots.keep(lambda: self._settled))
                if self._clock_events is not None:
                    tasks.create_task(self._report_deadlines(self._clock_events))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None
        finally:
            await reader.close()
            await self._source.close()
            await self._appender.close()
            await self._snapshots.close()
            if self._clock_events is not None:
                await self._clock_events.close()

    def on_ignored(self, record: LogRecord, why: Ignored) -> None:
        """Told by the reader of each record that is not an entry. Ours are looked at once the entries of the same batch are settled."""
        metrics.IGNORED.labels(self.network, why).inc()
        if why is not Ignored.ENVELOPE and record.value is not None and self._headers[0] in record.headers:
            self._ignored_own.append(record.value)

    # The tail

    async def _tail(self, reader: LedgerFollower) -> None:
        async for batch in reader.follow(idle_ms=500):
            oldest, settled = self._window.oldest, 0
            while settled < len(batch) and self._settle(batch[settled]):
                settled += 1
            if settled:
                self._count_settled(settled, oldest)
            if settled < len(batch):
                await self._adopt(batch[settled:])
            self._moved.set()
            self._give_up_lost()
            if self.status is not None:
                show(self.network, self.status)
            if settled and not self._window:
                await self._deciding.look_ahead(self._head())

    def _settle(self, record: AcceptedRecord) -> bool:
        """Whether the record is the entry that this worker proposed next; it is settled then."""
        proposal = self._window.settle(record.value)
        if proposal is None:
            return False
        after = proposal.after
        before = self._settled
        self._loaded = Settled(after.state, record.position, after.event_hash, before.events_topic_id, before.whole)
        self._recent.remember(after.event_offset, after.event_hash)
        if proposal.gone:
            self._sealing.forget(proposal.gone)
        if not self._is_own(record):
            self._follow()
        return True

    async def _adopt(self, records: Sequence[AcceptedRecord]) -> None:
        """Take the ledger's way: forget the window, fold these entries, decide again after them."""
        self._adopting = True
        self._change_course("rival")
        if any(isinstance(record.body, Decided) and not self._is_own(record) for record in records):
            self._standing_in = False
            self._follow()
        self._loaded = await self._folding.adopt(self._settled, records)
        for record in records:
            self._recent.remember(record.position.event_offset, event_hash_of(record.body))
        metrics.ENTRIES.labels(self.network, "adopted").inc(len(records))
        self._course += 1
        self._adopting = False

    def _give_up_lost(self) -> None:
        """Decide again what can no longer become an entry: one of ours was ignored and still is in the window, so its predecessor is lost;
        or one was acknowledged and not read back for too long."""
        ignored, self._ignored_own = self._ignored_own, []
        if any(self._window.holds(value, open_envelope(value).sequence) for value in ignored):
            self._change_course("lost")
        oldest = self._window.oldest
        if oldest is None or self._window.acknowledged_through < oldest.after.sequence:
            return
        if self._clock.monotonic_s() - oldest.sent_at_s > self._settings.given_up_after_s:
            self._change_course("lost")

    def _change_course(self, why: str) -> None:
        """Forget the window; what is being decided from its end is thrown away too, and decided again at once."""
        self._course += 1
        if self._window.drop():
            metrics.CONFLICTS.labels(self.network, why).inc()
            log.info("window_dropped", extra={"network": self.network, "why": why})
        self._window.acknowledged_through = -1
        self._dry = False
        self._moved.set()

    def _follow(self) -> None:
        self._follow_until_s = self._clock.monotonic_s() + self._randomness.uniform(*self._settings.rival_silent_s)

    def _is_own(self, record: AcceptedRecord) -> bool:
        return self._headers[0] in record.headers

    # The proposer

    async def _propose(self) -> None:
        behind_since_s: float | None = None
        while True:
            if self._broken is not None:
                raise self._broken
            self._moved.clear()
            pause_s = self._pause_s()
            if pause_s > 0:
                await _within(self._moved, pause_s)
                continue
            course, head = self._course, self._head()
            room = min(self._settings.batch_events, self._room())
            try:
                records = await self._source.fetch(head.event_offset + 1, head.event_hash, self._settled.events_topic_id, room, READ_WAIT_MS)
            except EventsStopped:
                if not await self._drained():
                    raise
                continue
            self._dry = not records and self._rung_to <= head.event_offset
            if not records or course != self._course:
                continue
            if self._standby and not self._standing_in and await self._somebody_decides(course):
                continue
            try:
                await self._propose_batch(course, head, records)
                behind_since_s = None
            except EventsStopped:
                if not await self._drained():
                    raise
            except KeyDestroyed:
                now_s = self._clock.monotonic_s()
                behind_since_s = behind_since_s or now_s
                if now_s - behind_since_s > BEHIND_AN_ERASURE_FOR_S:
                    raise
                self._change_course("erased")
                await self._clock.sleep(0.2)

    async def _somebody_decides(self, course: int) -> bool:
        """On standby, with events waiting: whether the ledger moves within the time that another process is given. If not, this worker stands in."""
        settled = self._settled.position.sequence
        await self._clock.sleep(self._randomness.uniform(*self._settings.standby_waits_s))
        if self._settled.position.sequence != settled or course != self._course:
            return True
        if self._standby:
            self._standing_in = True
            log.warning("standing_in", extra={"network": self.network})
        return False

    async def _drained(self) -> bool:
        """Before stopping at an event: let what was decided before it settle. Whether something was still on its way."""
        oldest = self._window.oldest
        if oldest is None or self._clock.monotonic_s() - oldest.sent_at_s > self._settings.given_up_after_s:
            return False
        self._moved.clear()
        await _within(self._moved, 1.0)
        return True

    async def _propose_batch(self, course: int, head: Head[S], records: list[LogRecord]) -> None:
        now_s = self._clock.monotonic_s()
        proposals = await self._deciding.propose(head, self._settled.whole, records, lambda: course != self._course, now_s)
        metrics.BATCH_SECONDS.labels(self.network).observe(self._clock.monotonic_s() - now_s)
        if not proposals or course != self._course:
            return
        self._window.extend(proposals)
        acknowledged = await self._appender.append([(None, proposal.value, self._headers) for proposal in proposals])
        acknowledged.add_done_callback(lambda done: self._appended(course, proposals, done))

    def _appended(self, course: int, proposals: Sequence[Proposal[S]], done: asyncio.Future[None]) -> None:
        if done.cancelled():
            return
        error = done.exception()
        if error is not None and not isinstance(error, AppendFailed):
            self._broken = error
            self._moved.set()
        elif course == self._course and error is None:
            self._window.acknowledged_through = proposals[-1].after.sequence
        elif course == self._course:
            self._failed_at_s = self._clock.monotonic_s()
            self._change_course("failed")

    def _pause_s(self) -> float:
        """Seconds for which nothing may be proposed unless something moves; 0: go on."""
        now_s = self._clock.monotonic_s()
        if self._adopting:
            return 1.0
        waits_until_s = max(self._follow_until_s, self._failed_at_s + AFTER_A_FAILURE_S)
        if now_s < waits_until_s:
            return waits_until_s - now_s
        oldest = self._window.oldest
        if oldest is not None and (self._room() < self._settings.batch_events or now_s - oldest.sent_at_s > self._settings.window_s):
            return 1.0
        return 0.0

    def _room(self) -> int:
        """Entries that may still be proposed. Less than a batch of it is not used: batches of one cost more than they hurry."""
        return self._settings.window_entries - len(self._window)

    def _head(self) -> Head[S]:
        newest = self._window.newest
        return newest.after if newest else head_at(self._settled.state, self._settled.position, self._settled.event_hash)

    # Beside the loop

    async def _report_deadlines(self, clock_events: ClockEvents) -> None:
        while True:
            await self._clock.sleep(0.25)
            idle = not self._window and self._dry and self._rung_to <= self._settled.position.event_offset
            if idle and self._pause_s() == 0 and (not self._standby or self._standing_in):
                await clock_events.report(self._core.next_deadline_ms(self._settled.state))

    @property
    def _settled(self) -> Settled[S]:
        if self._loaded is None:
            raise RuntimeError("the ledger is not loaded yet")
        return self._loaded

    def _count_settled(self, count: int, oldest: Proposal[S] | None) -> None:
        metrics.ENTRIES.labels(self.network, "settled").inc(count)
        if oldest is not None:
            metrics.SETTLE_SECONDS.labels(self.network).observe(self._clock.monotonic_s() - oldest.sent_at_s)


async def _within(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, at most so long. Not by `asyncio.wait_for`, which in Python 3.11 can swallow a cancellation."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
