"""Views on real Kafka and PostgreSQL: live and rebuilt alike, whatever the batches; erased alike; reads as of any sequence."""

from __future__ import annotations

import asyncio
import contextlib

import asyncpg
import pytest

from events.topics import TopicNames
from projections import case_file
from projections.case_file import CaseFile
from projections.errors import AsOfAhead, PlaceHeldTwice, PositionMoved, RebuildRunning, ViewsMissing, ViewsOutdated
from projections.moment import AtSequence, AtTime
from projections.reads import open_reads
from projections.rebuild import rebuild
from projections.reported import effects_of
from projections.runner import Source, ViewRunner, apply
from projections.schema import schema_of, shadows_left
from projections.store import Store
from reading.keys import subjects_of_case
from reading.keys_memory import MemoryKeyStore
from reading.vault import Vault
from tests.projections.stored import dump, run_until
from tests.projections.story import Story, Told
from tests.projections.written import opened, published, records, written

SEED = 11
COUNT = 700


class Ledger:
    """A story on a broker, with the keys it was sealed under."""

    def __init__(self, kafka: str, names: TopicNames, story: Story, told: list[Told], values: list[bytes], keystore: MemoryKeyStore) -> None:
        self.source = Source(kafka, names, "it", 0)
        self.story, self.told, self.values, self.keystore = story, told, values, keystore

    def vault(self) -> Vault:
        """A vault that remembers nothing yet, as a process that just began has."""
        return Vault("it", self.keystore)

    @property
    def last(self) -> int:
        return len(self.values) - 1


@pytest.fixture
async def ledger(kafka: str, topic_names: TopicNames) -> Ledger:
    keystore = MemoryKeyStore("it")
    story = Story(SEED, erasures=0.02)
    told = list(story.tell(COUNT))
    values = await written(Vault("it", keystore), told)
    await published(kafka, topic_names, 0, values)
    return Ledger(kafka, topic_names, story, told, values, keystore)


async def forget(ledger: Ledger) -> None:
    """Destroys the keys of every erased case, as erasure does once the entries are settled."""
    await ledger.keystore.destroy([subject for case in ledger.story.erased for subject in subjects_of_case(case)], through=None)


async def test_live_and_rebuilt_views_are_the_same_bytes_in_any_batch_size(ledger: Ledger, postgres_url: str) -> None:
    await run_until(postgres_url, ledger.vault(), ledger.source, ledger.last, max_records=1)
    first = await dump(postgres_url)
    assert all(first[table] for table in first)
    for max_records in (7, 200, 5000):
        await drop(postgres_url)
        await run_until(postgres_url, ledger.vault(), ledger.source, ledger.last, max_records=max_records)
        assert await dump(postgres_url) == first, max_records
    for max_records, files in ((64, 5), (333, 50_000), (4000, 50_000)):
        done = await rebuild(postgres_url, ledger.vault(), ledger.source, max_records=max_records, files_in_memory=files)
        assert done.sequence == ledger.last
        assert await dump(postgres_url) == first, (max_records, files)


async def test_stored_files_are_what_the_pure_fold_gives(ledger: Ledger, postgres_url: str) -> None:
    await run_until(postgres_url, ledger.vault(), ledger.source, ledger.last)
    files: dict[str, CaseFile | None] = {}
    for entry in opened("it", ledger.told):
        files.update(case_file.fold({case: file for case, file in files.items() if file}, effects_of(entry)))
    async with await open_reads(postgres_url, ledger.vault(), clock=None) as reads:
        for case, file in files.items():
            assert (await reads.case(case)).answer == file


async def test_a_rebuild_after_erasure_gives_what_the_live_views_hold(ledger: Ledger, postgres_url: str) -> None:
    assert ledger.story.erased
    await run_until(postgres_url, ledger.vault(), ledger.source, ledger.last)
    live = await dump(postgres_url)
    await forget(ledger)
    await rebuild(postgres_url, ledger.vault(), ledger.source)
    assert await dump(postgres_url) == live


async def test_a_runner_behind_an_erasure_ends_with_the_same_bytes(ledger: Ledger, postgres_url: str) -> None:
    halfway = ledger.last // 2
    await run_until(postgres_url, ledger.vault(), ledger.source, halfway, max_records=10)
    await forget(ledger)
    await run_until(postgres_url, ledger.vault(), ledger.source, ledger.last, max_records=10)
    behind = await dump(postgres_url)
    await rebuild(postgres_url, ledger.vault(), ledger.source)
    assert await dump(postgres_url) == behind


async def test_keys_destroyed_in_the_middle_of_a_batch_and_of_a_rebuild(ledger: Ledger, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    seal, calls = Store.seal, 0

    async def seal_after_destruction(self: Store, *arguments: object) -> object:
        nonlocal calls
        calls += 1
        if calls == 3:
            await forget(ledger)
        return await seal(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Store, "seal", seal_after_destruction)
    await rebuild(postgres_url, ledger.vault(), ledger.source, max_records=100, files_in_memory=10)
    assert calls >= 3
    monkeypatch.undo()
    during = await dump(postgres_url)
    await rebuild(postgres_url, ledger.vault(), ledger.source)
    assert await dump(postgres_url) == during


async def test_a_second_runner_changes_nothing(ledger: Ledger, postgres_url: str) -> None:
    runners = [ViewRunner(postgres_url, ledger.vault(), ledger.source, max_records=9) for _ in range(3)]
    tasks = [asyncio.create_task(runner.run()) for runner in runners]
    async with asyncio.timeout(60):
        while max(runner.sequence for runner in runners) < ledger.last:
            await asyncio.sleep(0.05)
            for task in tasks:
                assert not task.done() or task.result()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    together = await dump(postgres_url)
    await drop(postgres_url)
    await run_until(postgres_url, ledger.vault(), ledger.source, ledger.last)
    assert await dump(postgres_url) == together


async def test_a_write_from_another_position_changes_nothing(ledger: Ledger, postgres_url: str) -> None:
    first, second = [await asyncpg.connect(postgres_url) for _ in range(2)]
    accepted = records("it", ledger.values)
    stores = [Store(connection, schema_of("it"), ledger.vault()) for connection in (first, second)]
    await stores[0].prepare()
    stand, folding = await stores[0].load()
    late_stand, late_folding = await stores[1].load()
    assert stand and late_stand
    stand = await apply(stores[0], folding, accepted[:50], stand)
    before = await dump(postgres_url)
    with pytest.raises(PositionMoved):
        await apply(stores[1], late_folding, accepted[:60], late_stand)
    assert await dump(postgres_url) == before
    await first.close()
    await second.close()


async def test_a_live_runner_goes_on_through_a_rebuild(ledger: Ledger, postgres_url: str) -> None:
    runner = ViewRunner(postgres_url, ledger.vault(), ledger.source, max_records=20)
    live = asyncio.create_task(runner.run())
    async with await open_reads(postgres_url, ledger.vault(), clock=None) as reads:
        reached: list[int] = []

        async def watch() -> None:
            while True:
                with contextlib.suppress(ViewsMissing):
                    seen = await reads.capacity()
                    assert all(unit.figures_sequence is None or unit.figures_sequence <= seen.sequence for unit in seen.answer)
                    reached.append(seen.reached)
                await asyncio.sleep(0)

        watching = asyncio.create_task(watch())
        for _ in range(3):
            await rebuild(postgres_url, ledger.vault(), ledger.source, max_records=150)
        async with asyncio.timeout(60):
            while runner.sequence < ledger.last:
                assert not live.done() or live.result()
                await asyncio.sleep(0.05)
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        assert reached == sorted(reached), "a view went back"
        assert len(reached) > 10
    live.cancel()
    await asyncio.gather(live, return_exceptions=True)
    through = await dump(postgres_url)
    await drop(postgres_url)
    await run_until(postgres_url, ledger.vault(), ledger.source, ledger.last)
    assert await dump(postgres_url) == through


async def test_two_rebuilds_at_once_are_refused(ledger: Ledger, postgres_url: str) -> None:
    results = await asyncio.gather(*(rebuild(postgres_url, ledger.vault(), ledger.source) for _ in range(2)), return_exceptions=True)
    assert sum(isinstance(result, RebuildRunning) for result in results) == 1


async def test_a_place_held_twice_stops_the_runner_and_writes_nothing(ledger: Ledger, postgres_url: str) -> None:
    await run_until(postgres_url, ledger.vault(), ledger.source, 100)
    connection = await asyncpg.connect(postgres_url)
    schema = schema_of("it")
    await connection.execute(f"""
        insert into "{schema}".holds (unit_id, slot, hold_id, stage, until_ms, room, from_sequence)
        select unit_id, slot, gen_random_uuid(), 'held', 0, null, 0
        from "{schema}".units, generate_series(0, 20) as slot
        where units.to_sequence is null
        on conflict do nothing""")
    before = await dump(postgres_url)
    accepted = records("it", ledger.values)
    store = Store(connection, schema, ledger.vault())
    stand, folding = await store.load()
    for known in (folding._histories["holds"].current, folding._histories["holds"].groups):
        known.clear()  # as if the fold did not know of them
    assert stand
    with pytest.raises(PlaceHeldTwice, match="holds_one_per_place"):
        await apply(store, folding, accepted[stand.sequence + 1 :], stand)
    assert await dump(postgres_url) == before
    await connection.close()


async def test_views_of_another_shape_are_left_alone(ledger: Ledger, postgres_url: str) -> None:
    await run_until(postgres_url, ledger.vault(), ledger.source, 50)
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"update \"{schema_of('it')}\".view_position set shape = '0-old'")
    with pytest.raises(ViewsOutdated):
        await run_until(postgres_url, ledger.vault(), ledger.source, ledger.last)
    async with await open_reads(postgres_url, ledger.vault(), clock=None) as reads:
        health = (await reads.health()).answer
        assert health.state == "stopped"
        assert health.problem and health.problem.startswith("ViewsOutdated")
    await rebuild(postgres_url, ledger.vault(), ledger.source)
    await run_until(postgres_url, ledger.vault(), ledger.source, ledger.last)
    await connection.close()


async def test_reads_as_of_every_sequence_are_what_was_read_then(ledger: Ledger, postgres_url: str) -> None:
    stops = [60, 150, 300, 450, 600]
    then = {}
    vault = ledger.vault()
    accepted = records("it", ledger.values)
    connection = await asyncpg.connect(postgres_url)
    store = Store(connection, schema_of("it"), ledger.vault())
    await store.prepare()
    stand, folding = await store.load()
    assert stand
    async with await open_reads(postgres_url, vault, clock=None) as reads:
        erased = set(ledger.story.erased)
        for stop in stops:
            stand = await apply(store, folding, accepted[stand.sequence + 1 : stop + 1], stand)
            then[stop] = (
                (await reads.capacity()).answer,
                {one.transfer.transfer_id: one.state for one in (await reads.transfers()).answer if one.case_id not in erased},
                [(item.kind, item.since_sequence, item.state) for item in (await reads.inbox("project-01")).answer if item.case_id not in erased],
                (await reads.projects()).answer,
                (await reads.audit(limit=20)).answer,
            )
        await apply(store, folding, accepted[stand.sequence + 1 :], stand)
        for stop in stops:
            at = AtSequence(stop)
            capacity, transfers, inbox, projects, audit = then[stop]
            assert (await reads.capacity(at)).answer == capacity
            assert {one.transfer.transfer_id: one.state for one in (await reads.transfers(at)).answer}.items() <= transfers.items()
            now = (await reads.inbox("project-01", at)).answer
            assert all((item.kind, item.since_sequence, item.state) in inbox for item in now)
            assert (await reads.projects(at)).answer == projects
            assert (await reads.audit(at, limit=20)).answer == audit
            moment = accepted[stop].envelope.event_time_ms
            assert (await reads.capacity(AtTime(moment))).sequence == stop
            assert (await reads.capacity(AtTime(moment - 1))).sequence == stop - 1
        with pytest.raises(AsOfAhead):
            await reads.capacity(AtSequence(ledger.last + 1))
    await connection.close()


async def test_reads_of_cases_entries_and_explanations(ledger: Ledger, postgres_url: str) -> None:
    await run_until(postgres_url, ledger.vault(), ledger.source, ledger.last)
    async with await open_reads(postgres_url, ledger.vault(), clock=None) as reads:
        open_now = (await reads.transfers()).answer
        assert open_now
        explained = 0
        for one in open_now:
            told = (await reads.timeline(one.case_id)).answer
            assert [fact.sequence for fact in told] == sorted(fact.sequence for fact in told)
            assert {type(fact.fact).__name__ for fact in told} >= {"ReferralReceived", "TransferRequested"}
            explanations = (await reads.explanations(one.transfer.transfer_id)).answer
            explained += len(explanations.told) if explanations is not None else 0
            assert (await reads.transfer(one.transfer.transfer_id)).answer == one
            if one.state.proposal:
                behind = (await reads.proposal(one.state.proposal.project_id, one.state.proposal.proposal_id)).answer
                assert behind is not None and behind.case_id == one.case_id
                assert (await reads.proposal("project-99", one.state.proposal.proposal_id)).answer is None
        assert explained >= len(open_now)
        event = next(one.event for one in ledger.told if one.event is not None)
        (found,) = (await reads.entries_of_event(event.event_id)).answer
        entry = (await reads.entry(found.stored.sequence)).answer
        assert entry == found
        assert entry is not None and entry.stored.value == ledger.values[entry.stored.sequence]
        assert [one.value for one in await reads.entries_after(9, 5)] == ledger.values[10:15]
        health = (await reads.health(ledger_end=len(ledger.values) + 3)).answer
        assert health.lag == 3
        assert sum(count.entries for count in health.verdicts) == len(ledger.values)
        assert health.refused and health.unreadable
        for band in (await reads.capacity_bands()).answer:
            assert band.band in ("none", "few", "some")
        assert (await reads.timeline(ledger.story.erased[0])).answer == ()


async def test_changes_wake_a_listener(ledger: Ledger, postgres_url: str) -> None:
    await run_until(postgres_url, ledger.vault(), ledger.source, 100)
    async with await open_reads(postgres_url, ledger.vault(), clock=None) as reads:
        told: list[int] = []

        async def listen() -> None:
            async for sequence in reads.changes("capacity", 0):
                told.append(sequence)

        listening = asyncio.create_task(listen())
        await run_until(postgres_url, ledger.vault(), ledger.source, ledger.last, max_records=25)
        async with asyncio.timeout(10):
            while not told or told[-1] < ledger.last - 50:
                await asyncio.sleep(0.02)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        assert told == sorted(set(told))
        assert len(told) > 3


async def drop(url: str) -> None:
    connection = await asyncpg.connect(url)
    for name in (schema_of("it"), *await shadows_left(connection, "it")):
        await connection.execute(f'drop schema if exists "{name}" cascade')
    await connection.close()
