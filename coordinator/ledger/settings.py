"""What can be set about the loop. The defaults are the production values; each states its unit and why it is what it is."""

from __future__ import annotations

from dataclasses import dataclass

STATE_HASH_EVERY = 1000
"""Entries whose sequence is a multiple of this carry the state's hashes. Part of the ledger's format: not a setting."""


@dataclass(frozen=True, slots=True)
class LedgerSettings:
    """Of one worker."""

    worker_id: str = "worker"
    """Written into each record's headers, outside the hash; different for every process."""
    build: str = "unknown"
    """Release of the software, likewise."""
    window_entries: int = 256
    """Entries proposed and not yet read back, at most."""
    window_s: float = 2.0
    """While the oldest of them is older than this, nothing more is proposed."""
    given_up_after_s: float = 15.0
    """An entry that the broker has acknowledged and that was not read back within this time is taken for lost; everything after it is decided again."""
    batch_events: int = 64
    """Events opened, decided and sealed together, at most. One round trip to the key store serves them all."""
    rival_silent_s: tuple[float, float] = (0.5, 1.0)
    """After another worker's entry was accepted, nothing is proposed until it has been silent for a random time in this range."""
    standby_waits_s: tuple[float, float] = (1.0, 2.0)
    """On standby, events that wait are left to the process that has the network for a random time in this range, before this one stands in."""
    source_checked_every_s: float = 5.0
    """The event before the next is compared with the ledger's copy at least this often, and whenever the connection changed."""
    ahead_at_most_ms: int | None = 300_000
    """An event further ahead of this machine's clock than this stops the worker, undecided. None: the topic's times are somebody's own (CreateTime)."""
    keys_lost_through: int = -1
    """Waiting events up to this offset that no key opens are refused, where a worker would stop: a person has accepted that their keys are lost. Of one
    worker that runs for that alone (`coordinator.ledger.accepting_loss`); -1: none."""
    clock_events: bool = True
    """Whether this worker reports passed deadlines itself (`ClockAdvanced`). Off where whoever feeds the events drives the clock."""
    clock_grace_s: float = 1.0
    """How long after a deadline another event may still come and make it happen."""
    clock_backoff_s: tuple[float, float] = (1.0, 60.0)
    """Pause before the same deadline is reported again: first, and longest; it doubles in between."""
    snapshot_every_entries: int = 10_000
    snapshot_every_s: float = 60.0
    """A snapshot is written when so many entries were settled since the last, or any were and so much time has passed."""
    snapshot_slots: int = 8
    """Snapshots kept for each network."""
