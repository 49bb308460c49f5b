"""Every bad event at once, through the real loop, vault and decision core: each has its own entry with its code, and the next good event is recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import cast

import pytest

from coordinator.decision_core import DecisionCore
from events.entry import Decided, OpenedDecision
from events.facts import Event
from events.ids import uuid7
from events.network import UnitOpened
from events.transfer import TransferRequested
from events.verdict import Recorded, Refused, Unreadable
from events.vocabulary import Host, Level, Reason, RefusalCode, Urgency
from reading.vault import Vault
from tests.domain.world import DAY, HELPLINE, HOUR, START, body, uuid, woman
from tests.ledger.benches import MemoryBench, Running, decided_events, entries_of
from tests.ledger.tiny_core import TinyCore
from tests.planted.histories import REFERRAL, Past


@dataclass(frozen=True, slots=True)
class Bad:
    """A record that should never have been sent, and what is said of it."""

    reported: Event | bytes
    verdict: Refused | Unreadable


def good_events(past: Past) -> list[Event]:
    """A network with one unit of two places, and a household of four with everybody's agreement."""
    past.unit("rm-1", "lazio", "12")
    past.case("four", household=tuple(woman(f"p{number}") for number in range(4)))
    return [cast(Event, entry.opened.event) for entry in past.entries]


def bad_inputs(past: Past) -> dict[str, Bad]:
    """Each kind of bad event, by what it is."""
    count = replace(past.publishing("rm-1"), event_id=uuid7(START, 900))
    unit = UnitOpened(
        uuid7(START, 901), body("lazio"), "um-1", "umbria", "body-lazio", "12", Level.FIRST, 2, (Host.WOMEN,), (), ("ita",), ()
    )  # fmt: skip
    request = TransferRequested(
        uuid7(START, 902), HELPLINE, uuid("four"), uuid("transfer"), Reason.CAPACITY, Urgency.PLANNED, START + 10 * DAY, None, (), (), ""
    )
    known = cast(Event, past.entries[-1].opened.event)
    return {
        "no bytes": Bad(b"", Unreadable("empty")),
        "garbage": Bad(b"\x00garbage", Unreadable("not_single_object")),
        "plain JSON": Bad(b'{"event": "UnitClosed"}', Unreadable("not_single_object")),
        "a schema nobody knows": Bad(b"\xc3\x01" + bytes(8) + b"x" * 1000, Unreadable("unknown_schema")),
        "an unknown project": Bad(unit, Refused(RefusalCode.UNKNOWN_PROJECT, "project_id")),
        "a known id with other content": Bad(replace(REFERRAL, event_id=known.event_id), Refused(RefusalCode.ID_REUSED, "event_id")),
        "an id of next hour": Bad(replace(REFERRAL, event_id=uuid7(START + HOUR, 903)), Refused(RefusalCode.ID_FROM_FUTURE, "event_id")),
        "an id of 15 days ago": Bad(replace(REFERRAL, event_id=uuid7(START - 15 * DAY, 904)), Refused(RefusalCode.ID_TOO_OLD, "event_id")),
        "a count seen next hour": Bad(replace(count, observed_at_ms=START + HOUR), Refused(RefusalCode.OBSERVED_IN_FUTURE, "observed_at_ms")),
        "four people for places of two": Bad(request, Refused(RefusalCode.HOUSEHOLD_TOO_LARGE, "case_id")),
        "a negative capacity": Bad(replace(count, event_id=uuid7(START, 905), places=-1), Refused(RefusalCode.FIELD_INVALID, "places")),
        "50,000 characters": Bad(replace(REFERRAL, event_id=uuid7(START, 906), note="x" * 50_000), Refused(RefusalCode.TOO_LARGE, "note")),
    }


@pytest.mark.parametrize("times", [1, 3], ids=["once", "each three times"])
async def test_each_has_its_entry_and_the_next_event_is_recorded(times: int) -> None:
    past = Past()
    good, bad = good_events(past), bad_inputs(past)
    last = replace(REFERRAL, event_id=uuid7(START, 999), case_id=uuid("last"))
    bench = MemoryBench()
    bench.events.now_ms = lambda: START
    await bench.found()
    values = await bench.vault.seal_events(good)
    for each in bad.values():
        values += times * ([each.reported] if isinstance(each.reported, bytes) else await bench.vault.seal_events([each.reported]))
    values += await bench.vault.seal_events([last])
    await (await bench.events_appender().append([(None, value, ()) for value in values]))

    async with Running(bench.worker(core=cast(TinyCore, DecisionCore()))) as running:
        await running.until_settled(len(values) - 1)

    entries = await entries_of(bench)
    assert decided_events(entries) == values
    decided = [(entry.envelope, entry.body) for entry in entries if isinstance(entry.body, Decided)]
    opened = [entry for entry in await Vault("it", bench.keys).open_entries(decided) if isinstance(entry, OpenedDecision)]
    assert [entry.outcomes[0] for entry in opened[: len(good)]] == [Recorded()] * len(good)
    first_of_each = opened[len(good) : -1 : times]
    assert {name: entry.outcomes for name, entry in zip(bad, first_of_each, strict=True)} == {name: (each.verdict,) for name, each in bad.items()}
    assert opened[-1].outcomes[0] == Recorded()
