"""Which errors mean "away", and what is said while waiting."""

from __future__ import annotations

import asyncio
import logging

import asyncpg
import pytest

from reading.waiting import is_away, until_reachable


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        ConnectionResetError(),
        TimeoutError(),
        asyncpg.ConnectionDoesNotExistError(),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError(),
        asyncpg.AdminShutdownError(),
        asyncpg.CrashShutdownError(),
        asyncpg.CannotConnectNowError(),
        asyncpg.TooManyConnectionsError(),
        asyncpg.DiskFullError(),
        asyncpg.DeadlockDetectedError(),
        asyncpg.SerializationError(),
        asyncpg.ReadOnlySQLTransactionError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_database_that_is_away(error: Exception) -> None:
    assert is_away(error)


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.DataError("a value of the wrong type"),
        asyncpg.InvalidPasswordError(),
        asyncpg.InvalidCatalogNameError(),
        asyncpg.InsufficientPrivilegeError(),
        asyncpg.UndefinedTableError(),
        asyncpg.UniqueViolationError(),
        asyncpg.PostgresSyntaxError(),
        ValueError(),
        asyncio.CancelledError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_database_that_answered(error: BaseException) -> None:
    assert not is_away(error)


async def test_it_waits_and_says_only_the_kind_of_error(caplog: pytest.LogCaptureFixture) -> None:
    errors: list[Exception] = [ConnectionRefusedError("canary"), asyncpg.AdminShutdownError("canary")]

    async def operation() -> str:
        if errors:
            raise errors.pop()
        return "answer"

    with caplog.at_level(logging.DEBUG):
        assert await until_reachable(operation) == "answer"
    assert [record.getMessage() for record in caplog.records] == [
        "PostgreSQL is away (AdminShutdownError); attempt 1 waits",
        "PostgreSQL is away (ConnectionRefusedError); attempt 2 waits",
    ]


async def test_other_errors_pass_through() -> None:
    async def operation() -> None:
        raise asyncpg.UndefinedTableError("no such table")

    with pytest.raises(asyncpg.UndefinedTableError):
        await until_reachable(operation)
