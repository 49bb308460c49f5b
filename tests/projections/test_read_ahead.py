"""Views of cases rebuilt while a second process reads ahead: the same bytes, whatever becomes of that process, which has no key and no database."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator

import pytest

from events.acceptance import Position
from events.entry import Decided
from events.envelope import Envelope, hash_of, open_envelope, seal_envelope
from events.topics import TopicNames
from projections.parts import Part, wanted_by
from projections.rebuild import rebuild
from projections.runner import Source
from reading import reading_ahead
from reading.errors import BodyUnreadable
from reading.keys_memory import MemoryKeyStore
from reading.keys_postgres import PostgresKeyStore
from reading.keys_schema import migrate
from reading.ledger_chain import AcceptedRecord
from reading.ledger_follower import LedgerFollower
from reading.reading_ahead import Batch, ReadingAhead, WantedHeaders, written
from reading.vault import Vault
from reading.within import Limit, entries_within
from tests.projections.runner_process import MASTER
from tests.projections.stored import dump, run_until
from tests.projections.story import Story
from tests.projections.test_divided import ROOT, children_of, command_of, is_there
from tests.projections.written import published, records
from tests.projections.written import written as ledger_of

CASES = {Part.CASES}


@pytest.fixture
async def source(kafka: str, topic_names: TopicNames) -> Source:
    return Source(kafka, topic_names, "it", 0)


class Watched:
    """Processes that read ahead: their ids, and how many batches they gave. The first process waits for the second and for what it gives first, however long
    that takes, so that there is a second to be watched."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pids: list[int] = []
        self.batches = 0
        self.finished: list[bool] = []
        enter, after = ReadingAhead.__aenter__, ReadingAhead.entries_after
        watched = self
        entered_last: list[ReadingAhead] = []

        async def entered(ahead: ReadingAhead) -> ReadingAhead:
            await enter(ahead)
            watched.pids.append(ahead.pid)
            assert ahead._ready is not None
            await asyncio.wait([ahead._ready])
            entered_last[:] = [ahead]
            return ahead

        async def read(reader: LedgerFollower, limit: Limit, *how: int) -> AsyncIterator[list[AcceptedRecord]]:
            async for batch in entries_within(reader, limit, *how):
                yield batch
                for ahead in entered_last:
                    if ahead._first is not None:
                        await asyncio.wait([ahead._first])

        async def entries(ahead: ReadingAhead, at: Position) -> AsyncIterator[Batch]:
            async for batch in after(ahead, at):
                watched.batches += 1
                yield batch
                await watched.given(watched.batches)
            watched.finished.append(ahead.finished)

        monkeypatch.setattr(ReadingAhead, "__aenter__", entered)
        monkeypatch.setattr("projections.rebuild.entries_within", read)
        monkeypatch.setattr(ReadingAhead, "entries_after", entries)

    async def given(self, batches: int) -> None:
        """Called when so many batches have been taken."""


async def told(source: Source, seed: int, count: int = 900) -> tuple[MemoryKeyStore, int]:
    store = MemoryKeyStore("it")
    values = await ledger_of(Vault("it", store), Story(seed, erasures=0.02).tell(count))
    await published(source.bootstrap, source.names, 0, values)
    return store, len(values) - 1


async def test_what_was_read_ahead_gives_the_bytes_that_the_first_process_reads(
    source: Source, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, last = await told(source, 41)
    await run_until(postgres_url, Vault("it", store), source, last)
    live = await dump(postgres_url)
    watched = Watched(monkeypatch)
    for max_records, files in ((100, 50_000), (7, 5)):
        done = await rebuild(postgres_url, Vault("it", store), source, parts=CASES, max_records=max_records, files_in_memory=files, divided_from=0)
        assert done.sequence == last
        assert await dump(postgres_url) == live
    assert watched.finished == [True, True]
    assert watched.batches > 50, "the first process did all the reading"
    assert not any(map(is_there, watched.pids))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
async def test_where_it_is_killed_or_frozen_the_first_reads_on(
    source: Source, postgres_url: str, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    store, last = await told(source, 42)
    await run_until(postgres_url, Vault("it", store), source, last)
    live = await dump(postgres_url)
    monkeypatch.setattr(reading_ahead, "SILENT_S", 1.0)
    monkeypatch.setattr(reading_ahead, "BUFFERED_BYTES", 1_000)
    monkeypatch.setattr(reading_ahead, "PIPE_BYTES", 4_096)
    watched = Watched(monkeypatch)

    async def strike(batches: int) -> None:
        if batches == 3:
            os.kill(watched.pids[-1], number)

    monkeypatch.setattr(watched, "given", strike)
    done = await rebuild(postgres_url, Vault("it", store), source, parts=CASES, max_records=5, divided_from=0)
    assert done.sequence == last
    assert watched.finished == [False]
    assert await dump(postgres_url) == live
    assert not is_there(watched.pids[0])


@pytest.mark.parametrize("frozen", [False, True])
async def test_it_ends_with_the_first_and_is_told_no_secret(source: Source, postgres_url: str, keystore_url: str, frozen: bool) -> None:
    """Frozen, it ends when it wakes up; the next rebuild does not wait for that."""
    await migrate(keystore_url)
    async with await PostgresKeyStore.open(keystore_url, "it", MASTER) as keystore:
        keystore.serve()
        vault = Vault("it", keystore)
        values = await ledger_of(vault, Story(43).tell(600))
        await published(source.bootstrap, source.names, 0, values)
        await run_until(postgres_url, vault, source, len(values) - 1)
    live = await dump(postgres_url)
    arguments = (postgres_url, keystore_url, source.bootstrap, source.names.prefix, "1", Part.CASES)
    first = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.projections.rebuild_process", *arguments),
        cwd=ROOT, stderr=asyncio.subprocess.DEVNULL, env={**os.environ, "KEYSTORE_URL": keystore_url, "DATABASE_URL": postgres_url},
    )  # fmt: skip
    async with asyncio.timeout(30):
        while not (children := [pid for pid in children_of(first.pid) if b"reading.reading_ahead" in command_of(pid)]):
            await asyncio.sleep(0.01)
        (second,) = children
        known = command_of(second) + _environment_of(second)
        assert keystore_url.encode() not in known
        assert postgres_url.encode() not in known
        if frozen:
            os.kill(second, signal.SIGSTOP)
        first.kill()
        await first.wait()
        try:
            assert await dump(postgres_url) == live
            async with await PostgresKeyStore.open(keystore_url, "it", MASTER) as keystore:
                keystore.serve()
                await rebuild(postgres_url, Vault("it", keystore), source, parts=CASES, divided_from=0)
            assert await dump(postgres_url) == live
        finally:
            if frozen:
                os.kill(second, signal.SIGCONT)
        while is_there(second):
            await asyncio.sleep(0.01)


async def test_what_stops_it_stops_the_first_which_says_what_it_is(source: Source, postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = MemoryKeyStore("it")
    values = await ledger_of(Vault("it", store), Story(45).tell(400))
    last = open_envelope(values[-1])
    unreadable = Envelope("it", last.sequence + 1, hash_of(values[-1]), last.event_offset + 1, last.event_time_ms, b"no body")
    await published(source.bootstrap, source.names, 0, values)
    await run_until(postgres_url, Vault("it", store), source, len(values) - 1)
    live = await dump(postgres_url)
    await published(source.bootstrap, source.names, 0, [seal_envelope(unreadable)])
    watched = Watched(monkeypatch)
    monkeypatch.setattr(reading_ahead, "SILENT_S", 5.0)
    with pytest.raises(BodyUnreadable):
        await rebuild(postgres_url, Vault("it", store), source, parts=CASES, max_records=20, divided_from=0)
    assert watched.finished == [False]
    assert await dump(postgres_url) == live


def _environment_of(pid: int) -> bytes:
    with open(f"/proc/{pid}/environ", "rb") as file:
        return file.read()


async def test_nothing_is_handed_over_that_nobody_wants() -> None:
    store = MemoryKeyStore("it")
    accepted = records("it", await ledger_of(Vault("it", store), Story(44).tell(300)))
    wanted = wanted_by(CASES)
    batch = written(accepted, WantedHeaders(*wanted.headers))
    whole = sum(len(record.value) for record in accepted)
    touched = [record.body for record in accepted if isinstance(record.body, Decided) and wanted.touches(record.body)]
    assert 0 < len(touched) < len(accepted)
    assert len(batch) < whole
    unwanted = [record.body.event for record in accepted if isinstance(record.body, Decided) and not wanted.touches(record.body)]
    assert not any(event in batch for event in unwanted if len(event) > 40)
