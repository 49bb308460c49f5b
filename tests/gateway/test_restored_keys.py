"""A key store restored from an older copy while events wait: what its keys open is decided, and what they do not open stops decisions and is named, for
nobody erased it."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from coordinator import wiring
from coordinator.decision_core import DecisionCore
from coordinator.domain.state import State
from coordinator.intake.door import NotYet, Told
from coordinator.ledger.core import SystemClock, system_randomness
from coordinator.ledger.kafka_worker import worker_on_kafka
from coordinator.ledger.log_appender import KafkaAppender
from events.entry import Decided
from events.lines import parse_line
from events.person import AgreementGiven
from events.topics import MAX_EVENT_BYTES
from events.verdict import Recorded, Refused
from events.vocabulary import RefusalCode
from ops.services.errors import ServiceFailed
from ops.services.postgres import PostgresServer
from reading.errors import EventKeyMissing
from reading.vault import Vault
from tests.cli.conftest import staffetta
from tests.gateway.conftest import Running, a_network
from tests.gateway.story import agreement, case_id, event, helpline, referral, unit_opened
from tests.gateway.test_glass import say

pytestmark = pytest.mark.edge


@pytest.fixture
async def network(kafka: str, postgres: PostgresServer, tmp_path: Path) -> AsyncIterator[Running]:
    """A network of its own: its worker is stopped, and its keys are restored."""
    async with a_network(kafka, postgres, tmp_path) as running:
        yield running


class Copy:
    """The key store's database as it was when this was made."""

    def __init__(self, postgres: PostgresServer, running: Running) -> None:
        before, _, source = (running.settings.keystore_url or "").rpartition("/")
        self._postgres, self._name = postgres, f"restored_{secrets.token_hex(6)}"
        self.settings = running.settings.model_copy(update={"keystore_url": f"{before}/{self._name}"})
        for left in reversed(range(20)):
            try:
                postgres.sql(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{source}'")
                postgres.sql(f"create database {self._name} template {source} owner {source}")
                break
            except ServiceFailed:  # a process of the network has connected again meanwhile
                if not left:
                    raise

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Vault]:
        """Its keys as a process has them that starts after the restore: brought up to the ledger."""
        async with await wiring.open_keystore(self.settings, self.settings.networks[0]) as store:
            yield Vault("it", store)


@asynccontextmanager
async def working(running: Running, vault: Vault) -> AsyncIterator[asyncio.Task[None]]:
    """A worker with these keys."""
    room, settings = running.room, wiring.ledger_settings(running.settings)
    worker = worker_on_kafka(
        room.bootstrap, room.names, "it", room.partition, DecisionCore(), vault, SystemClock(), system_randomness(), settings
    )  # fmt: skip
    task = asyncio.create_task(worker.run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def reported(running: Running, *plain: dict[str, Any]) -> None:
    """Reports events, which wait."""
    answers = await running.room.intake.submit([parse_line(json.dumps(each), 1) for each in plain], timedelta())
    assert all(isinstance(each, NotYet) for each in answers)


async def sent_late(running: Running, values: list[bytes]) -> None:
    """Sealed events, by a door whose keys are not those of the network that runs."""
    room = running.room
    door = KafkaAppender(room.bootstrap, room.names.events, room.partition, MAX_EVENT_BYTES)
    await (await door.append([(None, value, ()) for value in values]))
    await door.close()


async def answer(running: Running, plain: dict[str, Any]) -> Told:
    """The entry of an event, once it is there."""
    async with asyncio.timeout(30):
        while (told := await running.room.intake.answer_of(plain["event_id"])) is None:
            await asyncio.sleep(0.05)
    return told


async def test_events_of_living_cases_are_decided_though_their_references_are_younger_than_the_copy(
    network: Running, postgres: PostgresServer
) -> None:
    case = case_id()
    await say(network, referral(case))
    await network.stop_worker()
    copy = Copy(postgres, network)
    agreed = agreement(case)
    await reported(network, agreed)
    async with copy.opened() as vault, working(network, vault):
        told = await answer(network, agreed)
    assert told.verdict == Recorded(), "it was never erased"
    async with network.room.reader(None) as reader:
        bodies = [record.body async for batch in reader.read_to_end() for record in batch if record.envelope.sequence == told.sequence]
    async with copy.opened() as vault:
        (again,) = await vault.open_events([body.event for body in bodies if isinstance(body, Decided)])
    assert type(again.event) is AgreementGiven, "whoever reads with the copy from now on finds its key"


async def test_an_event_whose_key_is_younger_than_the_copy_stops_decisions_and_is_decided_once_a_later_copy_is_there(
    network: Running, postgres: PostgresServer
) -> None:
    case, younger = case_id(), case_id()
    await say(network, referral(case))
    await network.stop_worker()
    copy = Copy(postgres, network)
    before, lost, after = agreement(case), referral(younger), agreement(younger)
    await reported(network, before, lost, after)
    async with copy.opened() as vault, working(network, vault) as worker:
        with pytest.raises(EventKeyMissing) as missing:
            await asyncio.wait_for(asyncio.shield(worker), 30)
        assert younger not in str(missing.value) and "later copy" in str(missing.value)
    assert (await answer(network, before)).verdict == Recorded(), "what comes before it is decided"
    for each in (lost, after):
        assert await network.room.intake.answer_of(each["event_id"]) is None, "nothing was refused"
    network.start_worker()
    assert [(await answer(network, each)).verdict for each in (lost, after)] == [Recorded(), Recorded()]


async def test_an_event_of_a_case_that_was_erased_while_it_waited_is_refused_as_such(network: Running, postgres: PostgresServer) -> None:
    """Its key is gone and the ledger says why, whatever the copy still held."""
    case, room = case_id(), network.room
    await say(network, referral(case))
    copy = Copy(postgres, network)
    late = parse_line(json.dumps(agreement(case)), 1)
    (value,) = await room.vault.seal_events([late])
    await say(network, event("CaseErased", helpline(), case_id=case))
    await network.stop_worker()
    await sent_late(network, [value])
    async with copy.opened() as vault, working(network, vault):
        told = await answer(network, {"event_id": late.event_id})
    assert told.verdict == Refused(RefusalCode.CASE_ERASED, "")


async def test_somebody_elses_erasure_hides_no_loss(network: Running, postgres: PostgresServer) -> None:
    """Erased moments before the event whose key is lost, and again after it: the store knows that neither was its case's."""
    others, younger = (case_id(), case_id()), case_id()
    for other in others:
        await say(network, referral(other))
    await network.stop_worker()
    copy = Copy(postgres, network)
    before, lost, after = event("CaseErased", helpline(), case_id=others[0]), referral(younger), event("CaseErased", helpline(), case_id=others[1])
    await reported(network, before, lost, after)
    stopped = await stopped_at(network, copy)
    assert (await answer(network, before)).verdict == Recorded()
    for each in (lost, after):
        assert await network.room.intake.answer_of(each["event_id"]) is None, "nothing was refused"
    done = await staffetta(copy.settings, "accept-loss", str(stopped.offset), "--yes")
    assert done.status == 0, done.err
    async with copy.opened() as vault, working(network, vault):
        assert (await answer(network, after)).verdict == Recorded()
    assert (await answer(network, lost)).verdict == Refused(RefusalCode.CASE_ERASED, "")


async def test_a_loss_that_a_person_accepts_is_refused_once_and_decides_alike_ever_after(network: Running, postgres: PostgresServer) -> None:
    case, younger, youngest = case_id(), case_id(), case_id()
    await say(network, referral(case))
    await network.stop_worker()
    copy = Copy(postgres, network)
    before, lost, after, lost_too, last = (
        agreement(case),
        referral(younger),
        unit_opened("u-1", "alba"),
        referral(youngest),
        unit_opened("u-2", "alba"),
    )
    await reported(network, before, lost, after, lost_too, last)
    later = Copy(postgres, network)

    first = await stopped_at(network, copy)
    wrong = await staffetta(copy.settings, "accept-loss", str(first.offset + 1), "--yes")
    assert wrong.status == 2 and f"such events wait at {first.offset}, {first.offset + 2}" in wrong.err
    looked = await staffetta(copy.settings, "accept-loss", str(first.offset), "--dry-run", "--json")
    as_told = [{"offset": first.offset + at, "kind": "ReferralReceived", "event_id": each["event_id"]} for at, each in ((0, lost), (2, lost_too))]
    assert looked.status == 0 and looked.json == {"would_refuse": as_told[:1], "left": as_told[1:]}, looked.err
    unasked = await staffetta(copy.settings, "accept-loss", str(first.offset))
    assert unasked.status != 0 and "Refuse for good ReferralReceived" in unasked.err and younger not in unasked.err
    assert await network.room.intake.answer_of(lost["event_id"]) is None, "nobody said yes"

    command = str(first).split("`")[1].split()
    assert command[0] == "staffetta"
    done = await staffetta(copy.settings, *command[1:], "--yes")
    assert done.status == 0 and "as a new case" in done.err and "workers stop there" in done.err, done.err
    told = await answer(network, lost)
    assert told.verdict == Refused(RefusalCode.CASE_ERASED, "")
    assert (await answer(network, before)).verdict == Recorded()

    assert (await stopped_at(network, copy)).offset == first.offset + 2, "what nobody named stops workers as before"
    assert (await answer(network, after)).verdict == Recorded()
    assert await network.room.intake.answer_of(lost_too["event_id"]) is None

    again = await staffetta(copy.settings, "accept-loss", str(first.offset + 2), "--yes", "--json")
    assert again.status == 0 and again.json == {"refused": as_told[1:], "left": []}, again.err
    async with copy.opened() as vault, working(network, vault):
        assert (await answer(network, last)).verdict == Recorded()

    states = []
    for keys in (copy, later):  # the later one turns up after all, and opens what was refused
        replayed = await staffetta(keys.settings, "replay", "--json")
        assert replayed.status == 0 and (replayed.json["differs"], replayed.json["not_redecidable"]) == (0, 2), replayed.out
        async with keys.opened() as vault:
            states.append(DecisionCore().hashed_parts(await state_of(network, vault)))
    assert states[0] == states[1] and all(case not in part.subject for part in states[0].sealed for case in (younger, youngest))

    anew = referral(case_id())
    async with later.opened() as vault, working(network, vault):
        await sent_late(network, await vault.seal_events([parse_line(json.dumps(anew), 1)]))
        assert (await answer(network, anew)).verdict == Recorded(), "reported again, as a new case"


async def stopped_at(running: Running, copy: Copy) -> EventKeyMissing:
    """What a worker with the copy's keys stops at."""
    async with copy.opened() as vault, working(running, vault) as worker:
        with pytest.raises(EventKeyMissing) as missing:
            await asyncio.wait_for(asyncio.shield(worker), 30)
    return missing.value


async def state_of(running: Running, vault: Vault) -> State:
    """The state that a stranger with these keys folds from the whole ledger."""
    core = DecisionCore()
    state = core.initial_state("it")
    async with running.room.reader(None) as reader:
        async for batch in reader.read_to_end():
            for opened in await vault.open_entries([(record.envelope, record.body) for record in batch]):
                state = core.evolve(state, opened)
    return state
