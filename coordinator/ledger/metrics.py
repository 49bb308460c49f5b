"""Figures of the ledger loop, for Prometheus. Every one carries the label `network`; none carries anything about a case.

staffetta_ledger_entries_total            entries accepted, by `how`: settled (this worker's own), adopted (another's or an operator's)
staffetta_ledger_ignored_total            ledger records that were not the next entry, by `why` (`events.acceptance.Ignored`)
staffetta_ledger_conflicts_total          times that the window was dropped and decided again, by `why`: rival, lost, failed, erased
staffetta_ledger_sequence                 sequence of the last settled entry
staffetta_ledger_unsettled_entries        entries proposed and not yet read back
staffetta_ledger_following                1 while this worker waits for a rival to fall silent, else 0
staffetta_ledger_settled_lag_events       events known to this worker and not settled
staffetta_ledger_settle_seconds           from proposing an entry to reading it back, seconds; one observation for each batch read back, its oldest
staffetta_ledger_batch_seconds            opening, deciding and sealing one batch of events, seconds
staffetta_ledger_snapshot_sequence        sequence of the last snapshot written
staffetta_ledger_clock_events_total       `ClockAdvanced` events sent
staffetta_ledger_relayed_sequence         last sequence copied to the accepted topic
"""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

_NETWORK = ("network",)

ENTRIES = Counter("staffetta_ledger_entries_total", "Entries accepted, by how they came.", ("network", "how"))
IGNORED = Counter("staffetta_ledger_ignored_total", "Ledger records that were not the next entry.", ("network", "why"))
CONFLICTS = Counter("staffetta_ledger_conflicts_total", "Times that the window was dropped.", ("network", "why"))
SEQUENCE = Gauge("staffetta_ledger_sequence", "Sequence of the last settled entry.", _NETWORK)
UNSETTLED = Gauge("staffetta_ledger_unsettled_entries", "Entries proposed and not yet read back.", _NETWORK)
FOLLOWING = Gauge("staffetta_ledger_following", "1 while waiting for a rival to fall silent.", _NETWORK)
LAG = Gauge("staffetta_ledger_settled_lag_events", "Events known and not settled.", _NETWORK)
SETTLE_SECONDS = Histogram(
    "staffetta_ledger_settle_seconds",
    "From proposing an entry to reading it back.",
    _NETWORK,
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 15),
)
BATCH_SECONDS = Histogram(
    "staffetta_ledger_batch_seconds",
    "Opening, deciding and sealing one batch.",
    _NETWORK,
    buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5),
)
SNAPSHOT_SEQUENCE = Gauge("staffetta_ledger_snapshot_sequence", "Sequence of the last snapshot written.", _NETWORK)
CLOCK_EVENTS = Counter("staffetta_ledger_clock_events_total", "ClockAdvanced events sent.", _NETWORK)
RELAYED_SEQUENCE = Gauge("staffetta_ledger_relayed_sequence", "Last sequence copied to the accepted topic.", _NETWORK)
