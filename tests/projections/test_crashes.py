"""Runners killed at random, PostgreSQL killed under them, rebuilds killed: nothing is lost, nothing twice, nothing goes back."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

import asyncpg
import pytest

from events.topics import TopicNames
from ops.services.postgres import PostgresServer
from projections.moment import AtSequence
from projections.reads import open_reads
from projections.rebuild import rebuild
from projections.runner import Source, ViewRunner
from projections.schema import schema_of
from projections.store import HOLDS_AT_MOST
from reading.keys_memory import MemoryKeyStore
from reading.keys_postgres import PostgresKeyStore
from reading.keys_schema import migrate
from reading.vault import Vault
from tests.projections.runner_process import MASTER
from tests.projections.stored import dump, run_until
from tests.projections.story import Story
from tests.projections.written import published, written

ROOT = Path(__file__).parents[2]
COUNT = 2_500
KILLS = 8


async def sequence_of(url: str) -> int:
    """Where the stored views stand; -1 where there are none, or nobody answers."""
    try:
        connection = await asyncpg.connect(url, timeout=2)
    except (OSError, asyncpg.PostgresError):
        return -1
    try:
        return int(await connection.fetchval(f'select sequence from "{schema_of("it")}".view_position'))
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return -1
    finally:
        connection.terminate()


async def test_a_runner_that_is_frozen_while_it_writes_is_gone_past(
    kafka: str, topic_names: TopicNames, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds the position, and its own clock stands still."""
    monkeypatch.setitem(HOLDS_AT_MOST, "idle_in_transaction_session_timeout", "500ms")
    keystore, source = MemoryKeyStore("it"), Source(kafka, topic_names, "it", 0)
    values = await written(Vault("it", keystore), Story(6).tell(60))
    await published(kafka, topic_names, 0, values[:30])
    await run_until(postgres_url, Vault("it", keystore), source, 29)
    frozen = await ViewRunner(postgres_url, Vault("it", keystore), source)._connect()
    try:
        await frozen.execute(f'begin; select * from "{schema_of("it")}".view_position for update')
        await published(kafka, topic_names, 0, values[30:])
        async with asyncio.timeout(20):
            await run_until(postgres_url, Vault("it", keystore), source, len(values) - 1)
    finally:
        frozen.terminate()


async def test_runners_killed_at_random_lose_and_repeat_nothing(
    kafka: str, topic_names: TopicNames, postgres_url: str, keystore_url: str, postgres: PostgresServer
) -> None:
    await migrate(keystore_url)
    async with await PostgresKeyStore.open(keystore_url, "it", MASTER) as keystore:
        keystore.serve()
        values = await written(Vault("it", keystore), Story(5, erasures=0.01).tell(COUNT))
        chance = random.Random(5)
        publishing = asyncio.create_task(_publish_slowly(kafka, topic_names, values))
        arguments = (postgres_url, keystore_url, kafka, topic_names.prefix, "4")
        reached = [-1]
        for kill in range(KILLS):
            process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.projections.runner_process", *arguments, cwd=ROOT)
            for _ in range(100):
                await asyncio.sleep(0.1)
                if await sequence_of(postgres_url) > reached[-1] >= -1:
                    break
            await asyncio.sleep(chance.uniform(0.0, 0.6))
            if kill % 4 == 3:
                postgres.kill()
                postgres.restart()
                await asyncio.sleep(1.0)
                assert process.returncode is None, "a runner must wait for its database"
            process.kill()
            await process.wait()
            reached.append(await sequence_of(postgres_url))
        assert reached == sorted(reached), "the views went back"
        assert len(set(reached)) > 3, f"the runners were killed before they wrote: {reached}"
        await publishing
        source = Source(kafka, topic_names, "it", 0)
        await run_until(postgres_url, Vault("it", keystore), source, len(values) - 1)
        crashed = await dump(postgres_url)
        assert len(crashed["entries"]) == len(values)
        await rebuild(postgres_url, Vault("it", keystore), source, max_records=700)
        assert await dump(postgres_url) == crashed


async def _publish_slowly(kafka: str, names: TopicNames, values: list[bytes]) -> None:
    for start in range(0, len(values), 100):
        await published(kafka, names, 0, values[start : start + 100])
        await asyncio.sleep(0.2)


async def test_a_runner_waits_while_postgresql_is_away(kafka: str, topic_names: TopicNames, postgres_url: str, postgres: PostgresServer) -> None:
    vault = Vault("it", MemoryKeyStore("it"))
    values = await written(vault, Story(6).tell(600))
    await published(kafka, topic_names, 0, values[:300])
    runner = ViewRunner(postgres_url, vault, Source(kafka, topic_names, "it", 0), max_records=20)
    running = asyncio.create_task(runner.run())
    async with asyncio.timeout(60):
        while runner.sequence < 299:
            await asyncio.sleep(0.05)
        postgres.kill()
        await published(kafka, topic_names, 0, values[300:])
        await asyncio.sleep(1.5)
        assert not running.done()
        postgres.restart()
        while runner.sequence < len(values) - 1:
            assert not running.done(), running.result()
            await asyncio.sleep(0.05)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    async with await open_reads(postgres_url, vault, clock=None) as reads:
        assert (await reads.capacity(AtSequence(len(values) - 1))).reached == len(values) - 1


async def test_a_rebuild_that_dies_leaves_the_live_views_and_the_next_one_succeeds(
    kafka: str, topic_names: TopicNames, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault("it", MemoryKeyStore("it"))
    values = await written(vault, Story(8).tell(600))
    await published(kafka, topic_names, 0, values)
    source = Source(kafka, topic_names, "it", 0)
    await run_until(postgres_url, vault, source, len(values) - 1)
    live = await dump(postgres_url)
    for after_s in (0.05, 0.15, 0.3, 0.5):
        dying = asyncio.create_task(rebuild(postgres_url, vault, source, max_records=40, files_in_memory=5))
        await asyncio.sleep(after_s)
        dying.cancel()
        await asyncio.gather(dying, return_exceptions=True)
        assert await dump(postgres_url) == live
    await asyncio.sleep(0.3)
    await rebuild(postgres_url, vault, source)
    assert await dump(postgres_url) == live
