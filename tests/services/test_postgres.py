"""A real PostgreSQL: killed, frozen, restarted; its databases closed to each other's roles; its log silent about people."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from ops.services.postgres import PostgresServer
from ops.services.throwaway import throwaway_directory


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    with throwaway_directory() as made:
        yield made


@pytest.fixture(scope="module")
def server(directory: Path) -> Iterator[PostgresServer]:
    with PostgresServer(directory / "own", durable=False) as started:
        yield started


pytestmark = pytest.mark.edge


async def _ask(url: str, statement: str) -> object:
    connection = await asyncpg.connect(url, timeout=5)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_what_was_committed_outlives_a_kill(server: PostgresServer) -> None:
    url = server.create_database("killed")
    await _ask(url, "CREATE TABLE kept AS SELECT 41 + 1 AS answer")
    port = server.port
    server.kill()
    with pytest.raises(OSError):
        await _ask(url, "SELECT 1")
    server.restart()
    assert server.port == port
    assert await _ask(url, "SELECT answer FROM kept") == 42


async def test_a_kill_ends_open_connections_at_once(server: PostgresServer) -> None:
    connection = await asyncpg.connect(server.create_database("cut_off"))
    server.kill()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await connection.fetchval("SELECT 1")
    server.restart()


async def test_frozen_it_neither_answers_nor_refuses(server: PostgresServer) -> None:
    url = server.create_database("frozen")
    connection = await asyncpg.connect(url)
    server.freeze()
    waiting = asyncio.ensure_future(connection.fetchval("SELECT 7"))
    await asyncio.sleep(0.5)
    assert not waiting.done()
    server.thaw()
    assert await asyncio.wait_for(waiting, 5) == 7
    await connection.close()


async def test_a_role_opens_its_own_database_only(server: PostgresServer) -> None:
    views, keys = server.create_database("views"), server.create_database("keys")
    assert await _ask(views, "SELECT current_user = 'views'") is True
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _ask(f"{views.rpartition('/')[0]}/keys", "SELECT 1")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await _ask(keys, "SELECT pg_read_file('postgresql.conf')")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await _ask(views.replace("views:", "views:not"), "SELECT 1")


def test_making_a_database_again_changes_nothing(server: PostgresServer) -> None:
    assert server.create_database("again") == server.create_database("again")
    server.drop_database("again")
    server.drop_database("again")
    assert server.sql("SELECT count(*) FROM pg_database WHERE datname = 'again'") == "0"


@pytest.mark.parametrize("name", ["", "1st", "Upper", "with space", "x; DROP DATABASE postgres", "a" * 64])
def test_a_name_that_is_none_is_refused(server: PostgresServer, name: str) -> None:
    with pytest.raises(ValueError, match="lower-case identifier"):
        server.create_database(name)


async def test_the_log_repeats_neither_statement_nor_row(server: PostgresServer) -> None:
    url = server.create_database("silent")
    await _ask(url, "CREATE TABLE one (id text PRIMARY KEY)")
    await _ask(url, "INSERT INTO one VALUES ('canary-7d1f')")
    with pytest.raises(asyncpg.UniqueViolationError):
        await _ask(url, "INSERT INTO one VALUES ('canary-7d1f')")
    with pytest.raises(asyncpg.PostgresSyntaxError):
        await _ask(url, "SELECT 'canary-7d1f' FORM one")
    said = server.log.read_text()
    assert "duplicate key" in said
    assert "canary" not in said


def test_started_again_it_serves_the_same_data_on_the_same_port_or_another(directory: Path) -> None:
    with PostgresServer(directory / "twice", durable=False) as first:
        first.create_database("kept")
        port = first.port
    with PostgresServer(directory / "twice", durable=False) as second:
        assert second.port == port
        assert second.sql("SELECT 1", "kept") == "1"
    with socket.create_server(("127.0.0.1", port)), PostgresServer(directory / "twice", durable=False) as third:
        assert third.port != port
        assert third.sql("SELECT 1", "kept") == "1"


def test_it_listens_on_loopback_alone(server: PostgresServer) -> None:
    assert server.sql("SHOW listen_addresses") == "127.0.0.1"
    assert server.sql("SHOW unix_socket_directories") == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user, who may be kept out")
def test_data_that_the_other_user_cannot_reach_live_elsewhere_and_say_whose_they_are(directory: Path) -> None:
    closed = directory / "closed"
    closed.mkdir(mode=0o700)
    server = PostgresServer(closed / "data", durable=False)
    assert not server.home.is_relative_to(directory)
    try:
        with server:
            assert server.sql("SELECT 1") == "1"
            assert (server.home / "belongs-to").read_text() == f"{closed / 'data'}\n"
    finally:
        shutil.rmtree(server.home)
    assert PostgresServer(directory / "open").home == directory / "open"
