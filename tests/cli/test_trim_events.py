"""`staffetta trim-events` against a real network: it asks, it deletes what the ledger has, and everything goes on."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from coordinator.intake.door import Told
from coordinator.ledger.log_appender import KafkaAppender
from events.facts import Event
from events.network import PolicyAdopted, PolicyProposed, Retention
from events.policy_digest import policy_digest
from events.topics import MAX_EVENT_BYTES
from events.two_people import ActionConfirmed
from events.verdict import Recorded
from ops.networks import opening_events
from ops.topics import delete_records
from reading.kafka_log import KafkaLog
from reading.partition_log import Bounds
from tests.cli.conftest import staffetta
from tests.gateway.conftest import Running
from tests.gateway.story import ITALY, event_id, unit_opened

pytestmark = pytest.mark.edge


async def bounds_of(running: Running) -> Bounds:
    log = KafkaLog(running.room.bootstrap, running.room.names.events, running.room.partition, 2 * MAX_EVENT_BYTES)
    try:
        return await log.bounds()
    finally:
        await log.close()


async def adopt(running: Running, version: int, events_ms: int | None) -> None:
    """The network's policy again, with this term for events."""
    first = next(iter(opening_events(ITALY, event_id, "admin-1", {})))
    assert isinstance(first, PolicyAdopted)
    policy = replace(first, version=version, retention=Retention(closed_cases_ms=1_000_000_000, events_ms=events_ms))
    other_body = replace(policy.actor, person="admin-2", body="department")
    proposed = PolicyProposed(event_id(), other_body, version, policy_digest(policy), "another term for events", "")
    events: list[Event] = [proposed, ActionConfirmed(event_id(), policy.actor, None, proposed.event_id), policy]
    for answer in await running.room.intake.submit(events, timedelta(seconds=20)):
        assert isinstance(answer, Told) and isinstance(answer.verdict, Recorded), answer


async def test_events_that_the_ledger_has_are_trimmed_and_everything_goes_on(running: Running, tmp_path: Path) -> None:
    before = await bounds_of(running)
    young = await staffetta(running.settings, "trim-events", "--yes", "--json")
    assert young.status == 0, young.err
    assert young.json == {"verified": before.end, "trimmed_to": None, "kept": before.end, "first_offset": 0}

    await adopt(running, 2, None)
    kept = await staffetta(running.settings, "trim-events", "--yes")
    assert kept.status == 2 and "no term" in kept.err

    await adopt(running, 3, 1)
    last = (await bounds_of(running)).end - 1
    would = await staffetta(running.settings, "trim-events", "--dry-run", "--json")
    assert would.json == {"verified": last + 1, "trimmed_to": last, "kept": 1, "first_offset": 0}, would.err
    unasked = await staffetta(running.settings, "trim-events")
    assert unasked.status != 0 and "Delete the records below" in unasked.err
    assert (await bounds_of(running)).start == 0, "nobody said yes"
    done = await staffetta(running.settings, "trim-events", "--yes", "--json")
    assert done.json == {"verified": last + 1, "trimmed_to": last, "kept": 1, "first_offset": last}, done.err
    assert await bounds_of(running) == Bounds(last, last + 1)

    await running.stop_worker()
    running.start_worker()
    file = tmp_path / "one.jsonl"
    file.write_text(json.dumps(unit_opened("after-the-trim", "alba")), encoding="utf-8")
    sent = await staffetta(running.settings, "submit", str(file), "--json")
    assert sent.json["summary"] == {"recorded": 1}, sent.err
    await running.views_reach(sent.json["answers"][-1]["sequence"])
    again = await staffetta(running.settings, "replay", "--json")
    assert again.status == 0 and again.json["differs"] == again.json["not_redecidable"] == 0
    rebuilt = await staffetta(running.settings, "rebuild", "all", "--json")
    assert rebuilt.status == 0, rebuilt.err
    looked = await staffetta(running.settings, "doctor", "--json")
    assert looked.json["well"], looked.out
    created = await staffetta(running.settings, "network", "create", "--json")
    assert created.status == 0 and created.json["created"] is False, created.err

    await running.stop_worker()
    appender = KafkaAppender(running.room.bootstrap, running.room.names.events, running.room.partition, MAX_EVENT_BYTES)
    await (await appender.append([(None, b"undecided", ())]))
    await appender.close()
    await delete_records(running.room.bootstrap, running.room.names.events, running.room.partition, (await bounds_of(running)).end)
    looked = await staffetta(running.settings, "doctor", "--json")
    assert [finding["name"] for finding in looked.json["findings"] if not finding["well"]] == ["events"], looked.out
    assert "the topic begins at" in looked.out
