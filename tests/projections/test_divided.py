"""A rebuild divided over two processes: the same bytes, no key and no secret in the second, and nothing left of it however the first ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import asyncpg
import pytest

from events.availability import CapacityChanged
from events.network import UnitOpened
from events.topics import TopicNames
from events.transfer import PlaceHeld
from events.verdict import Recorded
from projections.clear_half import ClearHalf
from projections.errors import HalfLost, PlaceHeldTwice
from projections.parts import ALL, CLEAR, Part
from projections.rebuild import rebuild
from projections.runner import Source
from projections.schema import new_shadow, shadows_left
from reading.keys_memory import MemoryKeyStore
from reading.keys_postgres import PostgresKeyStore
from reading.keys_schema import migrate
from reading.vault import Vault
from reading.within import Limit
from tests.projections.runner_process import MASTER
from tests.projections.stored import dump, run_until
from tests.projections.story import Story, Told
from tests.projections.written import published, written

ROOT = Path(__file__).parents[2]


class Halves:
    """Second processes as they are started; `began` is set when one is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pids: list[int] = []
        self.began = asyncio.Event()
        enter = ClearHalf.__aenter__

        async def noted(half: ClearHalf) -> ClearHalf:
            entered = await enter(half)
            self.pids.append(half.pid)
            self.began.set()
            return entered

        monkeypatch.setattr(ClearHalf, "__aenter__", noted)

    def living(self) -> list[int]:
        return [pid for pid in self.pids if is_there(pid)]


def is_there(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""


@pytest.fixture
async def source(kafka: str, topic_names: TopicNames) -> Source:
    return Source(kafka, topic_names, "it", 0)


async def told(source: Source, seed: int, count: int = 900) -> tuple[MemoryKeyStore, int]:
    store = MemoryKeyStore("it")
    values = await written(Vault("it", store), Story(seed, erasures=0.02).tell(count))
    await published(source.bootstrap, source.names, 0, values)
    return store, len(values) - 1


async def test_two_processes_write_the_bytes_that_one_writes(source: Source, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    halves = Halves(monkeypatch)
    store, last = await told(source, 31)
    await run_until(postgres_url, Vault("it", store), source, last)
    live = await dump(postgres_url)
    for parts, max_records, files in ((ALL, 1_000, 50_000), (ALL, 64, 5), ({Part.CASES, Part.NETWORK, Part.AUDIT}, 200, 50_000)):
        done = await rebuild(postgres_url, Vault("it", store), source, parts=parts, max_records=max_records, files_in_memory=files, divided_from=0)
        assert done.sequence == last
        assert await dump(postgres_url) == live, (parts, max_records)
    assert len(halves.pids) == 3
    assert not halves.living()
    for parts in (CLEAR, {Part.CASES}, {Part.CASES, Part.CAPACITY}):
        await rebuild(postgres_url, Vault("it", store), source, parts=parts, divided_from=0)
    await rebuild(postgres_url, Vault("it", store), source)
    assert len(halves.pids) == 3, "one half, or a short ledger, needs no second process; and without the network nobody knows the projects afterwards"


async def test_a_second_process_that_is_killed_fails_the_rebuild_and_leaves_the_live_views(
    source: Source, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    halves = Halves(monkeypatch)
    store, last = await told(source, 32)
    await run_until(postgres_url, Vault("it", store), source, last)
    live = await dump(postgres_url)
    for after_s in (0.0, 0.4):
        halves.began.clear()
        rebuilding = asyncio.create_task(rebuild(postgres_url, Vault("it", store), source, max_records=10, divided_from=0))
        await halves.began.wait()
        await asyncio.sleep(after_s)
        os.kill(halves.pids[-1], signal.SIGKILL)
        with pytest.raises(HalfLost, match="said nothing"):
            await rebuilding
        assert not halves.living()
        assert await dump(postgres_url) == live
    await rebuild(postgres_url, Vault("it", store), source, divided_from=0)
    assert await dump(postgres_url) == live


async def test_a_rebuild_that_is_cancelled_leaves_no_process(source: Source, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    halves = Halves(monkeypatch)
    store, _ = await told(source, 33, 300)
    for after_s in (0.0, 0.3, 0.8):
        halves.began.clear()
        rebuilding = asyncio.create_task(rebuild(postgres_url, Vault("it", store), source, max_records=5, divided_from=0))
        await halves.began.wait()
        await asyncio.sleep(after_s)
        rebuilding.cancel()
        await asyncio.gather(rebuilding, return_exceptions=True)
        assert not halves.living()
    assert len(halves.pids) == 3


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
async def test_the_second_process_ends_with_the_first_however_it_ends(
    source: Source, postgres_url: str, keystore_url: str, number: signal.Signals
) -> None:
    await migrate(keystore_url)
    async with await PostgresKeyStore.open(keystore_url, "it", MASTER) as keystore:
        keystore.serve()
        await published(source.bootstrap, source.names, 0, await written(Vault("it", keystore), Story(34).tell(300)))
    arguments = (postgres_url, keystore_url, source.bootstrap, source.names.prefix, "1")
    first = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.projections.rebuild_process", *arguments, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL
    )
    async with asyncio.timeout(30):
        while not (children := [pid for pid in children_of(first.pid) if b"projections.clear_half" in command_of(pid)]):
            await asyncio.sleep(0.02)
        (second,) = children
        assert postgres_url.encode() not in command_of(second), "the database's password stands where every user of the machine may read it"
        first.send_signal(number)
        await first.wait()
        while is_there(second):
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("frozen_at", ["begun", "writing", "in_a_transaction"])
async def test_a_second_process_that_wakes_up_after_the_first_has_died_does_no_harm(
    source: Source, postgres_url: str, keystore_url: str, frozen_at: str
) -> None:
    """Frozen with SIGSTOP, so that it hears nothing of the end of the first; woken while the next rebuild is under way, and after it."""
    await migrate(keystore_url)
    connection = await asyncpg.connect(postgres_url)
    async with await PostgresKeyStore.open(keystore_url, "it", MASTER) as keystore, asyncio.timeout(120):
        keystore.serve()
        vault = Vault("it", keystore)
        values = await written(vault, Story(39, erasures=0.02).tell(600))
        await published(source.bootstrap, source.names, 0, values)
        await run_until(postgres_url, vault, source, len(values) - 1)
        live = await dump(postgres_url)
        arguments = (postgres_url, keystore_url, source.bootstrap, source.names.prefix, "1")
        command = (sys.executable, "-m", "tests.projections.rebuild_process", *arguments)
        first = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stderr=asyncio.subprocess.DEVNULL)
        while not (children := [pid for pid in children_of(first.pid) if b"projections.clear_half" in command_of(pid)]):
            await asyncio.sleep(0.01)
        (second,) = children
        try:
            while not await _frozen(connection, second, frozen_at):
                os.kill(second, signal.SIGCONT)
                await asyncio.sleep(0.005)
            first.kill()
            await first.wait()
            assert await dump(postgres_url) == live
            left = await shadows_left(connection, "it")
            await rebuild(postgres_url, vault, source, divided_from=0)  # while the other is still frozen
            assert await dump(postgres_url) == live
            still = await shadows_left(connection, "it")  # what is held is left; a frozen process may hold something wherever it was frozen
            assert still == left if frozen_at == "in_a_transaction" else set(still) <= set(left)
            rebuilding = asyncio.create_task(rebuild(postgres_url, vault, source, max_records=5, divided_from=0))
            await asyncio.sleep(0.2)
        finally:
            os.kill(second, signal.SIGCONT)
        await rebuilding
        while is_there(second):
            await asyncio.sleep(0.01)
        assert await dump(postgres_url) == live
        while await shadows_left(connection, "it"):  # until the database has noticed that the process is gone
            await rebuild(postgres_url, vault, source)
            assert await dump(postgres_url) == live
    await connection.close()


async def _frozen(connection: asyncpg.Connection[asyncpg.Record], pid: int, where: str) -> bool:
    """Freezes the second process, and says whether that is where it was to be frozen; otherwise it is to go on."""
    os.kill(pid, signal.SIGSTOP)
    if where == "begun":
        return True
    await asyncio.sleep(0.01)  # until the database has done what it was asked for
    locks = "select count(*) filter (where mode = 'RowExclusiveLock') from pg_locks where relation = to_regclass($1)"
    tables = [f'"{shadow}".audit' for shadow in await shadows_left(connection, "it")]  # which only the second process fills
    written_rows = [table for table in tables if await connection.fetchval(f"select count(*) from {table}")]
    if where == "writing":
        return bool(written_rows)
    for pause_s in (0.0, 0.3):  # a commit that was under way would be over by then
        await asyncio.sleep(pause_s)
        if not any([await connection.fetchval(locks, table) for table in tables]):
            return False
    return True


async def test_a_half_that_stands_elsewhere_is_not_swapped_in(source: Source, postgres_url: str) -> None:
    store, last = await told(source, 35, 200)
    await rebuild(postgres_url, Vault("it", store), source)
    live = await dump(postgres_url)
    real = ClearHalf.__init__

    def shorter(half: ClearHalf, url: str, shadow: str, where: Source, parts: frozenset[Part], limit: Limit, max_records: int) -> None:
        real(half, url, shadow, where, parts, Limit(limit.end, last - 1), max_records)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ClearHalf, "__init__", shorter)
        with pytest.raises(HalfLost, match=f"up to entry {last - 1}, and the other half up to entry {last}"):
            await rebuild(postgres_url, Vault("it", store), source, divided_from=0)
    assert await dump(postgres_url) == live


async def test_what_fails_in_the_second_process_is_told_by_the_first(source: Source, postgres_url: str) -> None:
    await told(source, 36, 50)
    async with ClearHalf(postgres_url, new_shadow("nowhere"), source, CLEAR, Limit(None, None), 100) as half:
        half.begin()
        with pytest.raises(HalfLost, match="UndefinedTableError|InvalidSchemaNameError"):
            await half.done(None)


async def test_a_place_held_twice_is_named_whichever_process_finds_it(source: Source, postgres_url: str) -> None:
    story = list(Story(37).tell(200))
    unit = next(one.event.unit_id for one in story if isinstance(one.event, UnitOpened))
    assert any(isinstance(each, CapacityChanged) for one in story for each in one.outcomes)
    held = PlaceHeld("00000000-0000-4000-8000-000000000001", unit, 999, story[-1].at_ms)
    last = story[-1]
    story.append(Told(last.at_ms, next(iter(Story(38).tell(1))).event, (Recorded(), held)))
    store = MemoryKeyStore("it")
    await published(source.bootstrap, source.names, 0, await written(Vault("it", store), story))
    for divided_from in (0, 10**9):
        with pytest.raises(PlaceHeldTwice, match="holds_within_the_room"):
            await rebuild(postgres_url, Vault("it", store), source, divided_from=divided_from)
