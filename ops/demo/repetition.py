"""Whether a live run is what its rehearsal says: the same seed gives the same ledger, whatever batches, retries and processes were in between."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

from coordinator.plain import fact_json
from events.facts import Fact
from ops.demand.day import Day
from ops.demand.rehearsal import Rehearsed, rehearse
from ops.demo.exported import exported_entries


def differences(export: Path, day: Day, network: str) -> tuple[int, list[str]]:
    """(entries compared; for each that differs, one line that says where). `day` has not been played; `network`: the name under which the live run was,
    for ids are derived from it. What the export could not open is compared as far as it is in clear.
    """
    found = []
    compared = 0
    behind_genesis = (record for record in exported_entries(export) if record["sequence"] > 0)
    for live, rehearsed in zip_longest(behind_genesis, _entries(rehearse(day, network))):
        compared += 1
        what = _difference(live, rehearsed)
        if what is not None:
            found.append(f"entry {compared}: {what}")
    return compared, found


def _entries(days: Iterable[Rehearsed]) -> Iterator[Rehearsed]:
    return (each for each in days if each.entry is not None)


def _difference(live: dict[str, Any] | None, rehearsed: Rehearsed | None) -> str | None:
    if live is None or rehearsed is None:
        return "only in the rehearsal" if live is None else "only in the live run"
    if live["plain_event"] is None:
        return "the live run has an operator's entry"
    if live["event_time_ms"] != rehearsed.timed.at_ms:
        return f"reported at {live['event_time_ms']}, in the rehearsal at {rehearsed.timed.at_ms}"
    if not _same(json.loads(live["plain_event"]), rehearsed.timed.event):
        return f"another {type(rehearsed.timed.event).__name__}"
    outcomes = [json.loads(each) for each in live["plain_outcomes"]]
    if len(outcomes) != len(rehearsed.answer.outcomes):
        return f"{len(outcomes)} outcomes, in the rehearsal {len(rehearsed.answer.outcomes)}"
    for told, outcome in zip(outcomes, rehearsed.answer.outcomes, strict=True):
        if not _same(told, outcome):
            return f"another {type(outcome).__name__}"
    return None


def _same(told: dict[str, Any], fact: Fact) -> bool:
    """Whether a fact as exported is this one; a locked one by what it shows in clear."""
    known = fact_json(fact)
    if told.get("locked"):
        return all(known.get(name) == value for name, value in told.items() if name != "locked")
    return told == known
