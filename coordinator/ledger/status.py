"""Where a worker is, for people, gateways and metrics."""

from __future__ import annotations

from dataclasses import dataclass

from coordinator.ledger import metrics


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """Where a worker is."""

    sequence: int
    """Of the last settled entry."""
    event_offset: int
    """Offset of the last event whose entry is settled."""
    unsettled: int
    """Entries proposed and not yet read back."""
    following: bool
    """Waiting for a rival to fall silent."""
    settled_lag_events: int
    """Events that this worker knows of and that are not settled."""


def show(network: str, status: WorkerStatus) -> None:
    """The status as metrics."""
    metrics.SEQUENCE.labels(network).set(status.sequence)
    metrics.UNSETTLED.labels(network).set(status.unsettled)
    metrics.FOLLOWING.labels(network).set(status.following)
    metrics.LAG.labels(network).set(status.settled_lag_events)
