"""Each part of the views by itself: what it opens is enough for it, and it is rebuilt beside the others without touching them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Any

import asyncpg
import pytest

from events.availability import AvailabilityPublished
from events.entry import Decided, Locked, OpenedDecision
from events.facts import FACT_TYPES
from events.topics import TopicNames
from projections import answered, capacity, network
from projections import rebuild as rebuild_module
from projections.case_file import to_bytes
from projections.errors import ViewsApart, ViewsMissing, ViewsOutdated
from projections.folding import EMPTY, Batch, Folding
from projections.keyless import NoKeys
from projections.parts import ALL, CLEAR, TABLES, VIEWS, Part, tables_of, wanted_by
from projections.rebuild import rebuild
from projections.reported import effects_of
from projections.runner import Source, ViewRunner
from projections.schema import TABLES as EVERY_TABLE
from projections.schema import schema_of, shadows_left
from projections.store import HOLDS_AT_MOST
from reading.key_errors import KeyStoreError
from reading.keys_memory import MemoryKeyStore
from reading.vault import Vault
from tests.projections.stored import dump, run_until
from tests.projections.story import Story
from tests.projections.written import opened, published, records, written

TOLD = list(Story(21, erasures=0.02).tell(900))
WHOLE = opened("it", TOLD)
"""The story with everything opened, as no view asks for."""


async def sealed_story() -> tuple[MemoryKeyStore, list[bytes]]:
    store = MemoryKeyStore("it")
    return store, await written(Vault("it", store), TOLD)


def folded_from_whole(parts: Collection[Part], values: list[bytes]) -> Batch:
    """What the parts write where every fact comes whole and no fold is spared any, a genesis left out."""
    with pytest.MonkeyPatch.context() as patched:
        for module in (network, capacity, answered):
            patched.setattr(module, "READS", frozenset(FACT_TYPES.values()))
        patched.setattr(answered, "TURNS_ON", frozenset(FACT_TYPES.values()))
        folding = Folding(EMPTY, parts)
        for record, entry in zip(records("it", values)[1:], WHOLE, strict=True):
            effects = effects_of(entry)
            folding.know(dict.fromkeys(folding.unknown(effects.by_case)))
            folding.fold(record, entry, effects)
        return folding.take(current_too=True)


async def folded_as_wanted(parts: Collection[Part], values: list[bytes], vault: Vault) -> Batch:
    """The same from no more than the parts want."""
    folding = Folding(EMPTY, parts)
    accepted = records("it", values)[1:]
    entries = await vault.open_wanted([(record.envelope, record.body) for record in accepted], folding.wanted)
    for record, entry in zip(accepted, entries, strict=True):
        effects = None if entry is None else effects_of(entry)
        folding.know(dict.fromkeys(folding.unknown(effects.by_case if effects else ())))
        folding.fold(record, entry, effects)
    return folding.take(current_too=True)


def rows_of(batch: Batch) -> dict[str, object]:
    return {
        "entries": batch.entries,
        "audit": batch.audit,
        "verdicts": batch.verdicts,
        "versioned": {table.name: (writes.ended, writes.new) for table, writes in batch.versioned},
        "files": {case: after and to_bytes(after) for case, (_, after) in batch.files.items()},
        "changed": batch.changed,
    }


@pytest.mark.parametrize("parts", [ALL, CLEAR, *({part} for part in Part)], ids=["all", "clear", *Part])
async def test_what_a_part_wants_is_enough_for_it(parts: Collection[Part]) -> None:
    store, values = await sealed_story()
    vault = Vault("it", store if Part.CASES in parts else NoKeys("it"))
    wanted = rows_of(await folded_as_wanted(parts, values, vault))
    assert wanted == rows_of(folded_from_whole(parts, values))
    assert any(wanted.values())


async def test_a_part_writes_what_all_of_them_together_write_for_it() -> None:
    store, values = await sealed_story()
    together = folded_from_whole(ALL, values)
    tables = {table.name: writes for table, writes in together.versioned}
    for part in Part:
        alone = await folded_as_wanted({part}, values, Vault("it", store))
        assert {table.name for table, _ in alone.versioned} == set(TABLES[part]) & tables.keys()
        assert all(writes == tables[table.name] for table, writes in alone.versioned)
        assert alone.changed == {view: sequence for view, sequence in together.changed.items() if view in VIEWS[part]}


async def test_a_fact_taken_in_clear_has_no_private_fields() -> None:
    store, values = await sealed_story()
    entries = await Vault("it", store).open_wanted([(record.envelope, record.body) for record in records("it", values)], wanted_by({Part.CAPACITY}))
    events = [entry.opened.event for entry in entries if isinstance(entry, OpenedDecision)]
    published_event = next(event for event in events if isinstance(event, AvailabilityPublished))
    assert published_event.unit_id
    with pytest.raises(AttributeError):
        _ = published_event.actor
    assert all(event.clear == {} for event in events if isinstance(event, Locked))


async def test_nothing_that_is_not_wanted_is_decoded() -> None:
    """A part that no view reads may be of bytes that only a later release can tell apart."""
    store, values = await sealed_story()
    vault = Vault("it", store)
    explained = next(
        record
        for record in records("it", values)
        if isinstance(record.body, Decided)
        and any(FACT_TYPES["MatchExplained"] is type(each) for each in TOLD[record.position.sequence - 1].outcomes)
    )
    assert isinstance(explained.body, Decided)
    index = next(number for number, each in enumerate(TOLD[explained.position.sequence - 1].outcomes) if type(each) is FACT_TYPES["MatchExplained"])
    outcomes = list(explained.body.outcomes)
    outcomes[index] = outcomes[index][:10] + b"\xff\xff"
    broken = Decided(explained.body.event, tuple(outcomes), None, None)
    (entry,) = await vault.open_wanted([(explained.envelope, broken)], wanted_by(ALL))
    assert isinstance(entry, OpenedDecision)
    assert entry.outcomes[index] == Locked("MatchExplained", {})


async def test_a_process_without_keys_asks_for_none_and_gets_none() -> None:
    _, values = await sealed_story()
    without = Vault("it", NoKeys("it"))
    pairs = [(record.envelope, record.body) for record in records("it", values)]
    assert await without.open_wanted(pairs, wanted_by(CLEAR))
    with pytest.raises(KeyStoreError):
        await without.open_wanted(pairs, wanted_by({Part.CASES}))


def test_parts_and_tables_are_the_whole() -> None:
    assert sorted(table for part in Part for table in TABLES[part]) == sorted(set(EVERY_TABLE) - {"view_changed"})
    assert tables_of(ALL) == set(EVERY_TABLE) - {"view_changed"}


class Stored:
    """A story on a broker, and its views."""

    def __init__(self, source: Source, keystore: MemoryKeyStore, url: str, last: int) -> None:
        self.source, self.keystore, self.url, self.last = source, keystore, url, last

    def vault(self) -> Vault:
        return Vault("it", self.keystore)

    async def do(self, statement: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(f'set search_path to "{schema_of("it")}"; {statement}')
        finally:
            await connection.close()


@pytest.fixture
async def stored(kafka: str, topic_names: TopicNames, postgres_url: str) -> Stored:
    keystore, values = await sealed_story()
    await published(kafka, topic_names, 0, values)
    made = Stored(Source(kafka, topic_names, "it", 0), keystore, postgres_url, len(values) - 1)
    await run_until(postgres_url, made.vault(), made.source, made.last)
    return made


async def test_a_part_is_rebuilt_from_nothing_and_the_others_are_left_as_they_were(stored: Stored) -> None:
    before = await dump(stored.url)
    for part in Part:
        for table in TABLES[part]:
            await stored.do(f"delete from {table}")
        await stored.do("update units set region = 'elsewhere'" if part is not Part.NETWORK else "update audit set code = 'other'")
        vault = stored.vault() if part is Part.CASES else Vault("it", NoKeys("it"))
        done = await rebuild(stored.url, vault, stored.source, parts={part}, max_records=130)
        assert (done.views, done.sequence) == (VIEWS[part], stored.last)
        after = await dump(stored.url)
        other = "units" if part is not Part.NETWORK else "audit"
        assert after.pop(other) != before[other], "a rebuild of one part mended another"
        assert after == {table: rows for table, rows in before.items() if table != other}
        await rebuild(stored.url, stored.vault(), stored.source)
        assert await dump(stored.url) == before


async def test_indexes_and_constraints_come_with_the_tables(stored: Stored) -> None:
    query = f"select tablename, indexname, replace(indexdef, '{schema_of('it')}.', '') from pg_indexes where schemaname = '{schema_of('it')}' order by 1, 2"
    connection = await asyncpg.connect(stored.url)
    before = [tuple(row) for row in await connection.fetch(query)]
    for part in Part:
        await rebuild(stored.url, stored.vault(), stored.source, parts={part})
    assert [tuple(row) for row in await connection.fetch(query)] == before
    assert not await shadows_left(connection, "it")
    await connection.close()


async def test_a_live_runner_goes_on_through_rebuilds_of_parts(kafka: str, topic_names: TopicNames, postgres_url: str) -> None:
    keystore, values = await sealed_story()
    source = Source(kafka, topic_names, "it", 0)
    await published(kafka, topic_names, 0, values[:300])
    await run_until(postgres_url, Vault("it", keystore), source, 299)
    runner = ViewRunner(postgres_url, Vault("it", keystore), source, max_records=7)
    live = asyncio.create_task(runner.run())

    async def rest() -> None:
        for start in range(300, len(values), 60):
            await published(kafka, topic_names, 0, values[start : start + 60])
            await asyncio.sleep(0.1)

    publishing = asyncio.create_task(rest())
    stands = [(await rebuild(postgres_url, Vault("it", keystore), source, parts={part})).sequence for part in (*Part, *Part)]
    assert stands == sorted(stands)
    await publishing
    async with asyncio.timeout(60):
        while runner.sequence < len(values) - 1:
            assert not live.done() or live.result()
            await asyncio.sleep(0.05)
    live.cancel()
    await asyncio.gather(live, return_exceptions=True)
    through = await dump(postgres_url)
    await rebuild(postgres_url, Vault("it", keystore), source)
    assert await dump(postgres_url) == through


@pytest.mark.parametrize("parts", [ALL, {Part.CASES}, {Part.AUDIT}], ids=["all", "cases", "audit"])
async def test_a_reader_in_the_way_of_a_swap_that_was_brought_level_is_waited_for(
    kafka: str, topic_names: TopicNames, postgres_url: str, monkeypatch: pytest.MonkeyPatch, parts: Collection[Part]
) -> None:
    """What was folded while the live position was held stays folded when the swap lets readers pass and tries again."""
    keystore, values = await sealed_story()
    source, last = Source(kafka, topic_names, "it", 0), len(values) - 1
    await published(kafka, topic_names, 0, values[:500])
    await run_until(postgres_url, Vault("it", keystore), source, 499)
    reader = await asyncpg.connect(postgres_url)
    swap, tries = rebuild_module._Rebuild._swap, 0
    waits = "_swap_all" if parts == ALL else "_swap_parts"
    attempt = getattr(rebuild_module._Rebuild, waits)

    async def advanced_before(self: Any, *arguments: Any) -> Any:
        await published(kafka, topic_names, 0, values[500:])
        await run_until(postgres_url, Vault("it", keystore), source, last)
        await reader.execute(f'begin; select * from "{schema_of("it")}".view_position')
        return await swap(self, *arguments)

    async def counted(self: Any, *arguments: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries == 3:
            await reader.execute("commit")
        return await attempt(self, *arguments)

    monkeypatch.setattr(rebuild_module, "SWAP_WAITS_MS", 200)
    monkeypatch.setattr(rebuild_module._Rebuild, "_swap", advanced_before)
    monkeypatch.setattr(rebuild_module._Rebuild, waits, counted)
    try:
        done = await rebuild(postgres_url, Vault("it", keystore), source, parts=parts)
    finally:
        await reader.close()
    assert (done.sequence, tries) == (last, 3)
    monkeypatch.undo()
    swapped = await dump(postgres_url)
    await rebuild(postgres_url, Vault("it", keystore), source)
    assert await dump(postgres_url) == swapped


@pytest.mark.parametrize("parts", [ALL, {Part.AUDIT}], ids=["all", "audit"])
async def test_a_rebuild_that_is_frozen_while_it_swaps_holds_nobody_up_for_long(
    stored: Stored, monkeypatch: pytest.MonkeyPatch, parts: Collection[Part]
) -> None:
    """Its clock stands still, the server's does not. What it holds by then is what every reader needs."""
    before = await dump(stored.url)
    monkeypatch.setitem(HOLDS_AT_MOST, "idle_in_transaction_session_timeout", "500ms")
    swap = rebuild_module._Rebuild._swap_all if parts == ALL else rebuild_module._Rebuild._swap_parts
    swapped, woken = asyncio.Event(), asyncio.Event()

    async def frozen_before_it_commits(self: Any, *arguments: Any) -> None:
        await swap(self, *arguments)
        swapped.set()
        await woken.wait()

    monkeypatch.setattr(rebuild_module._Rebuild, swap.__name__, frozen_before_it_commits)
    rebuilding = asyncio.create_task(rebuild(stored.url, stored.vault(), stored.source, parts=parts))
    await swapped.wait()
    try:
        async with asyncio.timeout(5):
            assert await dump(stored.url) == before
    finally:
        woken.set()
        failed = await asyncio.gather(rebuilding, return_exceptions=True)
    assert isinstance(failed[0], (asyncpg.PostgresError, asyncpg.InterfaceError))
    assert await dump(stored.url) == before


async def test_a_part_alone_needs_the_others(stored: Stored) -> None:
    before = await dump(stored.url)
    await stored.do("update view_position set hash = '\\x00'")
    with pytest.raises(ViewsApart):
        await rebuild(stored.url, stored.vault(), stored.source, parts={Part.CAPACITY})
    assert {**await dump(stored.url), "position": before["position"]} == before
    await stored.do("update view_position set shape = '0-old'")
    with pytest.raises(ViewsOutdated):
        await rebuild(stored.url, stored.vault(), stored.source, parts={Part.AUDIT})
    await stored.do(f'drop schema "{schema_of("it")}" cascade')
    with pytest.raises(ViewsMissing):
        await rebuild(stored.url, stored.vault(), stored.source, parts={Part.CASES})


async def test_a_part_that_dies_leaves_the_live_views(stored: Stored) -> None:
    live = await dump(stored.url)
    for after_s in (0.02, 0.1, 0.2):
        dying = asyncio.create_task(rebuild(stored.url, stored.vault(), stored.source, parts={Part.CASES}, max_records=20, files_in_memory=3))
        await asyncio.sleep(after_s)
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        assert await dump(stored.url) == live
    await asyncio.sleep(0.3)
    await rebuild(stored.url, stored.vault(), stored.source, parts={Part.CASES})
    assert await dump(stored.url) == live
