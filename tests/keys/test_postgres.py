"""What only the store on PostgreSQL can do wrong: shared by processes, wrapped keys, rights, migrations, a server that goes away."""

from __future__ import annotations

import asyncio
import gc
import itertools
import secrets
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import asyncpg
import pytest

from ops.services.postgres import PostgresServer
from reading import key_connections, keys_schema
from reading.key_errors import KeyStoreBehind, KeyStoreError, MasterKeyWrong
from reading.keys import Key, new_key
from reading.keys_postgres import PostgresKeyStore
from reading.keys_schema import load_queries, migrate
from reading.master_key import MasterKey
from reading.waiting import is_away

from .test_store import SUBJECTS, position

MASTER = MasterKey(bytes(range(64)))


@pytest.fixture
async def url(keystore_url: str) -> str:
    await migrate(keystore_url)
    return keystore_url


@pytest.fixture
async def store(url: str) -> AsyncIterator[PostgresKeyStore]:
    async with await PostgresKeyStore.open(url, "it", MASTER) as opened:
        opened.serve()
        yield opened


async def rows_of(url: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch(query)
    finally:
        await connection.close()


async def test_two_processes_get_one_key(url: str, store: PostgresKeyStore) -> None:
    async with await PostgresKeyStore.open(url, "it", MASTER) as other:
        for turn in range(20):
            one, two = await asyncio.gather(store.keys([f"case:{turn}"], create=True), other.keys([f"case:{turn}"], create=True))
            assert one == two


async def test_two_processes_may_open_first(url: str) -> None:
    stores = await asyncio.gather(*(PostgresKeyStore.open(url, "new", MASTER) for _ in range(5)))
    keys = [await each.keys(["network"], create=True) for each in stores]
    assert all(each == keys[0] for each in keys)
    for each in stores:
        await each.close()


async def test_networks_share_a_database_and_nothing_else(url: str, store: PostgresKeyStore) -> None:
    keys = await store.keys(SUBJECTS[:1], create=True)
    await store.register({b"r" * 16: (SUBJECTS[0], 1)})
    await store.destroy([], through=position(4))
    async with await PostgresKeyStore.open(url, "training", MASTER) as training:
        assert await training.keys(SUBJECTS[:1], create=False) == {}
        assert await training.keys(SUBJECTS[:1], create=True) != keys
        assert await training.resolve([b"r" * 16]) == {}
        assert await training.destroyed_through() is None
        await training.destroy(SUBJECTS[:1], through=None)
    assert await store.keys(SUBJECTS[:1], create=False) == keys


async def test_a_batch_is_one_round_trip(store: PostgresKeyStore) -> None:
    subjects = [f"case:{n}" for n in range(500)]

    async def spent(operation: object) -> int:
        before = store.round_trips
        await operation  # type: ignore[misc]
        return store.round_trips - before

    refs = {secrets.token_bytes(16): (subject, 1) for subject in subjects}
    assert await spent(store.keys(subjects, create=True)) == 2
    assert await spent(store.keys(subjects, create=True)) == 1
    assert await spent(store.register(refs)) == 1
    assert await spent(store.resolve(refs)) == 1


async def test_new_keys_and_references_survive_a_kill_together(store: PostgresKeyStore, postgres: PostgresServer) -> None:
    """Whatever was answered before the server was killed is there after it: keys with their references, in one flush."""
    answered: list[tuple[Key, bytes]] = []

    async def register_for_ever() -> None:
        for n in itertools.count():
            key, ref = new_key(f"case:{n}"), secrets.token_bytes(16)
            if not await store.register({ref: (key.subject, 1)}, [key]):  # else: done, and not heard of, before the kill; asked again
                answered.append((key, ref))

    registering = asyncio.create_task(register_for_ever())
    await asyncio.sleep(0.5)
    await asyncio.to_thread(postgres.kill)
    killed_after = len(answered)
    await asyncio.to_thread(postgres.restart)
    async with asyncio.timeout(20):
        while len(answered) <= killed_after:
            await asyncio.sleep(0.05)
    registering.cancel()
    assert killed_after > 0
    assert await store.resolve([ref for _, ref in answered]) == {ref: key for key, ref in answered}


async def test_another_master_key_is_refused(url: str, store: PostgresKeyStore) -> None:
    with pytest.raises(MasterKeyWrong):
        await PostgresKeyStore.open(url, "it", MasterKey(bytes(64)))


async def test_a_row_moved_over_another_does_not_unwrap(url: str, store: PostgresKeyStore) -> None:
    await store.keys(SUBJECTS[:2], create=True)
    await rows_of(url, "update keystore.keys set wrapped = (select wrapped from keystore.keys order by key_id limit 1)")
    with pytest.raises(MasterKeyWrong):
        await store.keys(SUBJECTS[:2], create=False)


async def test_a_key_that_somebody_holds_is_not_unwrapped_again_and_the_store_holds_none(store: PostgresKeyStore) -> None:
    ref = secrets.token_bytes(16)
    made = await store.keys(SUBJECTS[:1], create=True)
    held = (await store.keys(SUBJECTS[:1], create=False))[SUBJECTS[0]]
    assert held == made[SUBJECTS[0]]
    await store.register({ref: (held.subject, held.version)})
    assert (await store.resolve([ref]))[ref] is held
    await store.destroy(SUBJECTS[:1], through=None)
    assert not await store.resolve([ref])
    let_go = weakref.ref(held)
    del made, held
    gc.collect()
    assert let_go() is None


async def test_the_database_holds_no_key_and_no_subject(url: str, store: PostgresKeyStore) -> None:
    keys = await store.keys(SUBJECTS, create=True)
    await store.register({secrets.token_bytes(16): (subject, 1) for subject in SUBJECTS})
    await store.destroy(SUBJECTS[:1], through=position(1))
    everything = "".join(
        [str([tuple(row) for row in await rows_of(url, f"select t::text from keystore.{table} t")]) for table in ("networks", "keys", "refs")]
    )
    assert len(everything) > 1000
    for key in keys.values():
        for secret in (key.seal_key, key.secret, key.subject.encode(), key.subject[5:].encode(), key.seal_key[:16]):
            assert secret.hex() not in everything
            assert secret.decode("latin-1") not in everything


async def test_nothing_of_a_destroyed_key_is_left_in_its_rows(url: str, store: PostgresKeyStore) -> None:
    await store.keys(SUBJECTS[:2], create=True)
    await store.register({b"r" * 16: (SUBJECTS[0], 1), b"s" * 16: (SUBJECTS[1], 1)})
    await store.destroy(SUBJECTS[:1], through=None)
    assert [row["wrapped"] is None for row in await rows_of(url, "select wrapped from keystore.keys order by wrapped nulls first")] == [True, False]
    assert [bytes(row["ref"]) for row in await rows_of(url, "select ref from keystore.refs")] == [b"s" * 16]


async def test_no_reference_outlives_a_key_destroyed_meanwhile(url: str, store: PostgresKeyStore) -> None:
    """A destruction under way: registering waits for it, then says that the key is gone and leaves no reference in the table."""
    await store.keys(SUBJECTS[:1], create=True)
    destroying = await asyncpg.connect(url)
    try:
        async with destroying.transaction():
            await destroying.execute("update keystore.keys set wrapped = null")
            registering = asyncio.create_task(store.register({b"r" * 16: (SUBJECTS[0], 1)}))
            await asyncio.sleep(0.3)
            assert not registering.done()
        assert await registering == frozenset(SUBJECTS[:1])
        assert await destroying.fetch("select ref from keystore.refs") == []
    finally:
        await destroying.close()


async def test_the_database_itself_refuses_to_bring_a_key_back(url: str, store: PostgresKeyStore) -> None:
    await store.destroy(SUBJECTS[:1], through=None)
    with pytest.raises(asyncpg.RaiseError, match="does not come back"):
        await rows_of(url, "update keystore.keys set wrapped = 'x'")


async def test_a_role_with_the_rights_it_needs_and_no_more(url: str, postgres: PostgresServer) -> None:
    database = url.rpartition("/")[2]
    role = f"service_{secrets.token_hex(4)}"
    postgres.sql(f"create role {role} login password 'p'; grant connect on database {database} to {role}")
    await migrate(url, role=role)
    theirs = f"postgresql://{role}:p@127.0.0.1:{postgres.port}/{database}"
    async with await PostgresKeyStore.open(theirs, "it", MASTER) as store:
        await store.keys(SUBJECTS, create=True)
        assert await store.register({b"r" * 16: (SUBJECTS[0], 1)}) == frozenset()
        await store.destroy(SUBJECTS[:1], through=position(1))
        assert len(await store.living_keys()) == 5
    for forbidden in ("delete from keystore.keys", "update keystore.keys set subject_tag = ''", "truncate keystore.refs", "drop table keystore.refs"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await rows_of(theirs, forbidden)
    postgres.sql(f"drop owned by {role}", database)
    postgres.sql(f"drop owned by {role}; drop role {role}")


async def test_migrations_apply_once_and_are_never_edited(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    once, again = await asyncio.gather(migrate(url), migrate(url))
    assert once == again == ()
    edited = [(number, name, text + "-- edited") for number, name, text in keys_schema.migrations()]
    monkeypatch.setattr(keys_schema, "migrations", lambda: edited)
    with pytest.raises(KeyStoreError, match="another text"):
        await migrate(url)


async def test_a_store_of_an_earlier_release_says_what_to_do(url: str) -> None:
    await rows_of(url, "drop table keystore.destroyed_refs")
    with pytest.raises(KeyStoreError, match="staffetta network create"):
        await PostgresKeyStore.open(url, "it", MASTER)


def test_every_query_has_a_name() -> None:
    assert set(load_queries()) == {
        "schema_is_ours", "network_row", "network_row_held", "add_network", "keys", "living_keys", "create_keys", "register_refs", "resolve_refs", "destroy_keys", "destroy_refs",
        "remember_destroyed", "were_destroyed", "forget_destroyed", "destroyed_through",
    }  # fmt: skip


async def test_a_server_killed_while_resolving_is_waited_for(store: PostgresKeyStore, postgres: PostgresServer) -> None:
    """Killed, kept away and started again while batches are resolved: every answer is complete, none says "missing"."""
    keys = await store.keys(SUBJECTS, create=True)
    refs = {secrets.token_bytes(16): (subject, 1) for subject in SUBJECTS}
    await store.register(refs)
    stop = asyncio.Event()
    answers = 0

    async def resolve_for_ever() -> None:
        nonlocal answers
        while not stop.is_set():
            assert await store.resolve(refs) == {ref: keys[subject] for ref, (subject, _) in refs.items()}
            answers += 1

    resolving = [asyncio.create_task(resolve_for_ever()) for _ in range(3)]
    for _ in range(2):
        await asyncio.sleep(0.2)
        await asyncio.to_thread(postgres.kill)
        await asyncio.sleep(0.5)
        while_away = answers
        await asyncio.sleep(0.5)
        assert answers == while_away
        await asyncio.to_thread(postgres.restart)
        async with asyncio.timeout(20):
            while answers < while_away + 6:
                await asyncio.sleep(0.02)
    stop.set()
    await asyncio.gather(*resolving)


async def test_a_frozen_server_is_waited_for(url: str, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reading.key_connections._COMMAND_SECONDS", 0.5)
    monkeypatch.setattr("reading.key_connections._CONNECT_SECONDS", 0.5)
    async with await PostgresKeyStore.open(url, "it", MASTER) as store:
        keys = await store.keys(SUBJECTS, create=True)
        postgres.freeze()
        try:
            waiting = asyncio.create_task(store.keys(SUBJECTS, create=False))
            await asyncio.sleep(2)
            assert not waiting.done()
        finally:
            postgres.thaw()
        async with asyncio.timeout(20):
            assert await waiting == keys


async def test_a_closed_store_says_so(store: PostgresKeyStore) -> None:
    await store.close()
    with pytest.raises(KeyStoreError, match="closed"):
        await store.living_keys()


async def test_a_store_that_goes_back_beneath_a_process_stops_serving(url: str, store: PostgresKeyStore, postgres: PostgresServer) -> None:
    """What a restore beneath a running process looks like: the connections break, and the new ones know less."""
    await store.destroy(SUBJECTS[:1], through=position(5))
    assert await store.destroyed_through() == position(5)
    database = url.rpartition("/")[2]
    postgres.sql("update keystore.networks set sequence = 4; update keystore.networks set hash = ''", database)
    postgres.sql(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{database}'")
    with pytest.raises(KeyStoreBehind):
        await store.keys(SUBJECTS, create=True)
    assert not store.serving


async def test_a_restore_that_breaks_no_connection_is_noticed_before_anything_is_said_to_be_destroyed(url: str, store: PostgresKeyStore) -> None:
    """The one who follows the ledger is the one who moves the mark: moved over a restored copy it would pass over every erasure since that copy."""
    await store.keys(SUBJECTS, create=True)
    await store.destroy(SUBJECTS[:1], through=position(5))
    await rows_of(url, "update keystore.networks set sequence = 4, hash = ''")
    with pytest.raises(KeyStoreBehind):
        await store.destroy(SUBJECTS[1:2], through=position(6))
    assert not store.serving
    (row,) = await rows_of(url, "select sequence, (select count(*) from keystore.keys where wrapped is not null) as living from keystore.networks")
    assert (row["sequence"], row["living"]) == (4, 5), "nothing was destroyed, and nothing said"


async def test_a_restore_that_breaks_no_connection_is_noticed_by_whoever_only_asks(
    url: str, store: PostgresKeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reading.key_connections._PROVEN_FOR_SECONDS", 0.1)
    async with await PostgresKeyStore.open(url, "it", MASTER) as asking:
        asking.serve()
        await store.destroy(SUBJECTS[:1], through=position(5))
        await asyncio.sleep(0.15)
        await asking.keys(SUBJECTS, create=True)
        await rows_of(url, "update keystore.networks set sequence = 4")
        await asyncio.sleep(0.15)
        with pytest.raises(KeyStoreBehind):
            await asking.keys(SUBJECTS, create=False)
        assert not asking.serving


async def test_what_went_with_a_key_is_forgotten_after_a_day_and_once_the_ledger_is_past_it(url: str, store: PostgresKeyStore) -> None:
    """Rows that came at once tell whose records are one case's; while decisions stand still nobody knows what waits."""
    await store.keys(SUBJECTS[:1], create=True)
    ref = secrets.token_bytes(16)
    await store.register({ref: (SUBJECTS[0], 1)})
    at = position(5)
    await store.destroy(SUBJECTS[:1], through=at)
    past = replace(at, sequence=6, event_time_ms=at.event_time_ms + 3_600_001)
    await store.destroy([], through=past)
    assert await store.were_destroyed([ref]) == {ref}, "a day is not over"
    await rows_of(url, "update keystore.destroyed_refs set destroyed_at = now() - interval '25 hours', ledger_ms = ledger_ms + 1")
    await store.destroy([], through=replace(past, sequence=7))
    assert await store.were_destroyed([ref]) == {ref}, "the ledger has hardly moved"
    await store.destroy([], through=replace(past, sequence=8, event_time_ms=past.event_time_ms + 1))
    assert await store.were_destroyed([ref]) == frozenset()
    assert [row[0] for row in await rows_of(url, "select count(*) from keystore.destroyed_refs")] == [0]


async def test_rivals_who_destroy_at_once_each_have_their_turn(url: str, store: PostgresKeyStore) -> None:
    async with await PostgresKeyStore.open(url, "it", MASTER) as other:
        await asyncio.gather(
            *(each.destroy([f"case:{number}"], through=position(number)) for number in range(20) for each in (store, other)),
            *(each.keys([f"case:{number}"], create=True) for number in range(20) for each in (store, other)),
        )
        assert await store.destroyed_through() == await other.destroyed_through() == position(19)


async def test_it_does_not_serve_unasked(url: str) -> None:
    async with await PostgresKeyStore.open(url, "it", MASTER) as store:
        assert not store.serving
        store.serve()
        assert store.serving


async def test_a_question_is_planned_once_for_tables_of_any_size(url: str, store: PostgresKeyStore) -> None:
    """Asked of tables that are known to be empty, and never planned again: when they have grown, their indexes are used all the same."""
    await rows_of(url, "analyze keystore.keys, keystore.refs")
    for _ in range(10):
        await store.resolve([secrets.token_bytes(16)])
        await store.keys(SUBJECTS, create=False)
        await store.register({secrets.token_bytes(16): (SUBJECTS[0], 1)})
    subjects = [f"case:{n}" for n in range(2000)]
    await store.keys(subjects, create=True)
    await store.register({secrets.token_bytes(16): (subject, 1) for subject in subjects})
    async with store._connections.taken() as connection:
        prepared = await connection.fetch("select name, custom_plans, generic_plans from pg_prepared_statements where statement like '%keystore.%'")
        assert {row["custom_plans"] for row in prepared} == {0}
        assert max(row["generic_plans"] for row in prepared) >= 10
        (resolving,) = await connection.fetch("select name from pg_prepared_statements where statement = $1", load_queries()["resolve_refs"])
        plan = [row[0] for row in await connection.fetch(f"explain execute {resolving['name']} ('it', array['\\x00'::bytea])")]
    assert not any("Seq Scan" in line for line in plan), plan


async def test_many_ask_at_once_over_few_connections_that_stay(url: str, store: PostgresKeyStore) -> None:
    keys = await store.keys(SUBJECTS, create=True)
    answers = await asyncio.gather(*(store.keys(SUBJECTS[:2], create=False) for _ in range(50)))
    assert all(answer == {subject: keys[subject] for subject in SUBJECTS[:2]} for answer in answers)
    served_by = [(await store._connections.fetch("select pg_backend_pid()"))[0][0] for _ in range(5)]
    assert len(set(served_by)) == 1
    ours = "select count(*) from pg_stat_activity where application_name = 'staffetta-keys' and datname = current_database()"
    assert 1 <= (await rows_of(url, ours))[0][0] <= 4


async def test_who_gives_up_waiting_leaves_nothing_behind(store: PostgresKeyStore) -> None:
    """A question cancelled in the middle takes its connection along: the next one gets its own answer."""
    keys = await store.keys(SUBJECTS, create=True)
    for _ in range(6):
        asking = asyncio.create_task(store._connections.fetch("select pg_sleep(5)"))
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        async with asyncio.timeout(4):
            assert await store.keys(SUBJECTS, create=False) == keys


async def test_a_transaction_that_somebody_left_open_is_nobody_elses(store: PostgresKeyStore) -> None:
    keys = await store.keys(SUBJECTS, create=True)
    with pytest.raises(asyncpg.PostgresError):
        async with store._connections.taken() as connection:
            await connection.execute("begin")
            await connection.execute("select 1 / 0")
    assert await store.keys(SUBJECTS, create=False) == keys
    async with store._connections.taken() as connection:
        await connection.execute("begin")
    async with store._connections.taken() as connection:
        assert not connection.is_in_transaction()


async def test_who_is_frozen_in_the_middle_of_a_destruction_holds_nobody_up(
    url: str, store: PostgresKeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever starts meanwhile has to destroy too before it serves."""
    monkeypatch.setitem(key_connections._SESSION, "idle_in_transaction_session_timeout", "500ms")
    await store.keys(SUBJECTS, create=True)
    async with await PostgresKeyStore.open(url, "it", MASTER) as frozen:
        frozen._connections.close()
        frozen._connections = key_connections.KeyConnections(url, frozen._prove_connection)
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)) as told:
            async with frozen._connections.taken() as connection, connection.transaction():
                await connection.fetchrow(load_queries()["network_row_held"], "it")
                async with asyncio.timeout(10):
                    await store.destroy(SUBJECTS[:1], through=position(5))
                await connection.execute("select 1")
        assert is_away(told.value), "it begins again"
        async with asyncio.timeout(10):
            await frozen.destroy(SUBJECTS[1:2], through=position(6))
    assert await store.destroyed_through() == position(6)


async def test_connections_that_went_dead_together_are_found_out_together(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The network between took them and told nobody: one that is not answered tells of those that lie idle beside it."""
    monkeypatch.setattr("reading.key_connections._COMMAND_SECONDS", 1.0)
    async with silent_way(url) as (way, silence), await PostgresKeyStore.open(way, "it", MASTER) as store:
        await asyncio.gather(*(store._connections.fetch("select pg_sleep(0.2)") for _ in range(4)))
        silence()
        began = asyncio.get_running_loop().time()
        assert len(await store.keys(SUBJECTS, create=True)) == len(SUBJECTS)
        assert asyncio.get_running_loop().time() - began < 2.5, "one question that nobody answered, not four"


@asynccontextmanager
async def silent_way(url: str) -> AsyncIterator[tuple[str, Callable[[], None]]]:
    """A way to the database, and what makes every connection that stands on it by then dead without a word; new ones are well."""
    host, port = url.rpartition("@")[2].partition("/")[0].split(":")
    generation, passing, writers = 0, set[asyncio.Task[None]](), list[asyncio.StreamWriter]()

    async def passed_on(source: asyncio.StreamReader, target: asyncio.StreamWriter, of: int) -> None:
        while data := await source.read(65_536):
            if of == generation:
                target.write(data)

    async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(host, int(port))
        writers.extend((writer, back))
        passing.update(asyncio.create_task(passed_on(*pair, generation)) for pair in ((reader, back), (there, writer)))

    def silence() -> None:
        nonlocal generation
        generation += 1

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    try:
        yield url.replace(f"{host}:{port}", f"127.0.0.1:{server.sockets[0].getsockname()[1]}"), silence
    finally:
        server.close()
        for each in passing:
            each.cancel()
        for writer in writers:
            writer.close()
        await asyncio.gather(*passing, return_exceptions=True)


async def test_a_closed_store_answers_nobody(url: str) -> None:
    store = await PostgresKeyStore.open(url, "it", MASTER)
    waiting = asyncio.create_task(store._connections.fetch("select pg_sleep(5)"))
    await asyncio.sleep(0.1)
    await store.close()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await waiting
    with pytest.raises(KeyStoreError, match="closed"):
        await store.keys(SUBJECTS, create=False)
