"""A worker with everything it needs on Kafka."""

from __future__ import annotations

from collections.abc import Callable

from coordinator.ledger.clock_events import ClockEvents
from coordinator.ledger.core import Clock, Core, Randomness, S, Sealing
from coordinator.ledger.events_source import EventsSource
from coordinator.ledger.fold import Folding
from coordinator.ledger.loading import Loading, Witnesses, no_witnesses
from coordinator.ledger.log_appender import KafkaAppender, LogAppender
from coordinator.ledger.recent_events import RecentEvents
from coordinator.ledger.settings import LedgerSettings
from coordinator.ledger.snapshots import Snapshots
from coordinator.ledger.state_hash import StateHasher
from coordinator.ledger.worker import Worker
from events.acceptance import Ignored, Position
from events.topics import MAX_ENTRY_BYTES, MAX_EVENT_BYTES, MAX_SNAPSHOT_BYTES, TopicNames
from reading.kafka_log import KafkaLog
from reading.ledger_follower import LedgerFollower, OnIgnored
from reading.ledger_reader import ledger_log
from reading.partition_log import LogRecord, PartitionLog

ReaderWithEar = Callable[[Position | None, OnIgnored], LedgerFollower]
"""Makes a reader after an anchor, which tells somebody of every record that is not an entry."""
EVENTS_FETCH_BYTES = 16 * MAX_EVENT_BYTES


def worker_on_kafka(
    bootstrap: str,
    names: TopicNames,
    network: str,
    partition: int,
    core: Core[S],
    sealing: Sealing,
    clock: Clock,
    randomness: Randomness,
    settings: LedgerSettings,
    witnesses: Witnesses = no_witnesses,
) -> Worker[S]:
    """A worker of one network, not yet connected. Topics must exist with the right settings, and the genesis be written, before it proposes.

    `witnesses`: positions that somebody durable (the views' database) once read from this ledger; a ledger that lacks one of them has lost its tail.
    """
    return assembled_worker(
        network,
        core,
        sealing,
        clock,
        randomness,
        settings,
        reader_at=lambda anchor, on_ignored: LedgerFollower(ledger_log(bootstrap, names, partition), network, anchor, on_ignored=on_ignored),
        events=KafkaLog(bootstrap, names.events, partition, EVENTS_FETCH_BYTES),
        ledger=KafkaAppender(bootstrap, names.ledger, partition, MAX_ENTRY_BYTES),
        snapshots=(
            KafkaLog(bootstrap, names.snapshots, partition, MAX_SNAPSHOT_BYTES),
            KafkaAppender(bootstrap, names.snapshots, partition, MAX_SNAPSHOT_BYTES),
        ),
        clock_events=KafkaAppender(bootstrap, names.events, partition, MAX_EVENT_BYTES),
        witnesses=witnesses,
    )


def assembled_worker(
    network: str,
    core: Core[S],
    sealing: Sealing,
    clock: Clock,
    randomness: Randomness,
    settings: LedgerSettings,
    *,
    reader_at: ReaderWithEar,
    events: PartitionLog,
    ledger: LogAppender,
    snapshots: tuple[PartitionLog, LogAppender],
    clock_events: LogAppender,
    witnesses: Witnesses = no_witnesses,
) -> Worker[S]:
    """A worker over any logs."""
    kept = Snapshots(network, *snapshots, core, sealing, clock, settings)
    recent = RecentEvents(network)
    folding = Folding(core, sealing, StateHasher(core, sealing))
    source = EventsSource(events, network, clock, checked_every_s=settings.source_checked_every_s, ahead_at_most_ms=settings.ahead_at_most_ms)
    reporting = ClockEvents(network, sealing, clock_events, clock, randomness, settings) if settings.clock_events else None

    def heard(record: LogRecord, why: Ignored) -> None:
        worker.on_ignored(record, why)

    def reader(anchor: Position | None) -> LedgerFollower:
        return reader_at(anchor, heard)

    loading = Loading(network, core, sealing, folding, kept, recent, reader, witnesses)
    worker = Worker(network, core, sealing, clock, randomness, settings, source, ledger, loading, kept, recent, reporting)
    return worker
