"""A person accepts that the keys of named events are lost: those are refused, the others decided, and nothing of the acceptance is left behind."""

from __future__ import annotations

import logging
import uuid
from dataclasses import replace

import pytest

from coordinator.ledger.accepting_loss import LossRefused, LostEvent, decide_through, loss_through, lost_events
from coordinator.ledger.core import SystemClock
from events.codec import name_of
from events.entry import Decided
from events.ids import uuid7
from events.subjects import case_subject
from reading.errors import EventKeyMissing
from reading.ledger_follower import LedgerFollower
from reading.vault import Vault
from tests.ledger.benches import NETWORK, QUICK, MemoryBench, Running, decided_events, entries_of, folded, reaffirmed
from tests.ledger.memory_log import MemoryAppender
from tests.ledger.test_stops import agreed, erased_while_it_waited, with_a_case_unknown_to_the_keys


async def lost_in(bench: MemoryBench) -> list[LostEvent]:
    return await lost_events(lambda anchor: LedgerFollower(bench.ledger_log(), NETWORK, anchor), bench.events_log(), Vault(NETWORK, bench.keys))


async def accepted(bench: MemoryBench, offset: int) -> None:
    """As `staffetta accept-loss` does it."""
    once = bench.worker("accept-loss", settings=replace(QUICK, keys_lost_through=offset))
    await decide_through(offset, loss_through(offset, await lost_in(bench)), once)


async def verdicts(bench: MemoryBench) -> list[str | None]:
    """Of every event that is decided, in order."""
    return [name_of(record.body.outcomes[0]) for record in await entries_of(bench) if isinstance(record.body, Decided)]


async def with_two_lost_events() -> tuple[MemoryBench, str]:
    """Events of which those at offsets 6 and 8 are of cases whose keys are lost, and 9 waits behind them; the id of the second of these cases."""
    bench, _ = await with_a_case_unknown_to_the_keys(reaffirmed(6))
    case_id = str(uuid.uuid4())
    values = await bench.vault.seal_events([agreed(case_id, uuid7(SystemClock().now_ms(), 8)), reaffirmed(9)])
    bench.keys._keys.pop(case_subject(case_id))
    bench.keys._refs = {ref: key for ref, key in bench.keys._refs.items() if key.subject != case_subject(case_id)}
    await (await MemoryAppender(bench.events).append([(None, value, ()) for value in values]))
    return bench, case_id


async def test_the_named_event_is_refused_and_the_next_one_stops_again(caplog: pytest.LogCaptureFixture) -> None:
    bench, case_id = await with_two_lost_events()
    assert [(each.offset, each.kind) for each in await lost_in(bench)] == [(6, "AgreementGiven"), (8, "AgreementGiven")]
    with caplog.at_level(logging.WARNING, logger="coordinator.ledger.accepting_loss"):
        await accepted(bench, 6)
    assert [(each.__dict__["offset"], each.__dict__["kind"]) for each in caplog.records] == [(6, "AgreementGiven")]
    for _ in range(2):
        async with Running(bench.worker()) as running:
            error = await running.failure()
        assert isinstance(error, EventKeyMissing) and error.offset == 8 and case_id not in str(error)
    assert await verdicts(bench) == [*["Recorded"] * 6, "Refused", "Recorded"]


async def test_an_acceptance_ends_with_the_event_that_it_names() -> None:
    """A worker that goes on with it stops at the next, which nobody named."""
    bench, _ = await with_two_lost_events()
    async with Running(bench.worker("accept-loss", settings=replace(QUICK, keys_lost_through=6))) as running:
        error = await running.failure()
    assert isinstance(error, EventKeyMissing) and error.offset == 8


async def test_several_are_accepted_by_the_last_of_them_and_every_worker_goes_on() -> None:
    bench, _ = await with_two_lost_events()
    await accepted(bench, 8)
    async with Running(bench.worker("w1")) as running:
        await running.until_settled(9)
        settled = running.workers[0]._settled.state
    assert await verdicts(bench) == [*["Recorded"] * 6, "Refused", "Recorded", "Refused", "Recorded"]
    assert await folded(bench) == settled, "whoever folds the ledger finds the same state"
    assert await lost_in(bench) == []


async def test_an_acceptance_beside_a_worker_that_runs_writes_each_entry_once() -> None:
    bench, _ = await with_two_lost_events()
    rival = bench.worker("rival", settings=replace(QUICK, keys_lost_through=8))
    async with Running(rival) as running:
        await accepted(bench, 8)
        await running.until_settled(9)
    assert decided_events(await entries_of(bench)) == [record.value for record in bench.events.records]


@pytest.mark.parametrize("offset", [5, 7, 9, 10, 1_000_000])
async def test_only_an_event_whose_key_is_lost_can_be_named(offset: int) -> None:
    bench, _ = await with_two_lost_events()
    with pytest.raises(LossRefused, match="such events wait at 6, 8"):
        loss_through(offset, await lost_in(bench))


async def test_where_nothing_is_lost_nothing_is_accepted() -> None:
    with pytest.raises(LossRefused, match="nor anywhere else"):
        loss_through(6, [])


async def test_an_event_whose_case_was_erased_needs_no_acceptance() -> None:
    bench = await erased_while_it_waited()
    assert await lost_in(bench) == []
    async with Running(bench.worker()) as running:
        await running.until_settled(6)
    assert (await verdicts(bench))[-1] == "Refused"


async def test_an_acceptance_changes_nothing_for_an_event_that_a_key_opens() -> None:
    """Say, because a later copy came back meanwhile."""
    bench, _ = await with_two_lost_events()
    named = loss_through(8, await lost_in(bench))
    fresh = agreed(str(uuid.uuid4()), uuid7(SystemClock().now_ms(), 11))
    await (await MemoryAppender(bench.events).append([(None, value, ()) for value in await bench.vault.seal_events([fresh])]))
    await decide_through(10, named, bench.worker("accept-loss", settings=replace(QUICK, keys_lost_through=10)))
    assert await verdicts(bench) == [*["Recorded"] * 6, "Refused", "Recorded", "Refused", "Recorded", "Recorded"]


async def test_what_ends_the_worker_ends_the_acceptance() -> None:
    bench, _ = await with_two_lost_events()
    with pytest.raises(EventKeyMissing):
        await decide_through(6, [], bench.worker("no acceptance"))
