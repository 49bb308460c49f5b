"""Connections to the key store's database that stay with their user: taken and given back without a task, a reset or a search for a plan.

asyncpg's own pool costs a task and two timers for each statement, and PostgreSQL plans a statement anew each time that it is asked for an array of
unknown length. An event about a case waits for exactly one such statement (docs/adr/0061-a-question-of-one-round-trip.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg

from reading.key_errors import KeyStoreError

_CONNECT_SECONDS = 5.0
_COMMAND_SECONDS = 15.0
_PROVEN_FOR_SECONDS = 60.0
"""A restore need not break connections: one in use is asked again after this time what was asked of it when it was new."""
_AT_MOST = 4
_SESSION = {
    "application_name": "staffetta-keys",
    "synchronous_commit": "on",
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",  # a plan made while a table was small must do when it has grown
    "idle_in_transaction_session_timeout": "10s",  # whoever was frozen in the middle of a destruction holds what others need to start
}


class KeyConnections:
    """At most four connections to one database, made when they are needed and kept. Errors of asyncpg pass through; a connection on which anything
    else than an answer came is not used again.
    """

    def __init__(self, url: str, prove: Callable[[asyncpg.Connection], Awaitable[None]]) -> None:
        """`prove` is asked of each connection before it is used, when it is new and then once a minute; what it raises, whoever needed the connection gets."""
        self._url = url
        self._prove = prove
        self._room = asyncio.Semaphore(_AT_MOST)
        self._idle: list[asyncpg.Connection] = []
        self._open: dict[asyncpg.Connection, float] = {}
        """With the time of the loop (seconds) at which each was proven."""
        self._closed = False

    async def fetch(self, statement: str, *arguments: object) -> list[asyncpg.Record]:
        """Rows of a statement, which stays prepared on its connection. Raises KeyStoreError once closed."""
        async with self.taken() as connection:
            return await connection.fetch(statement, *arguments)

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[asyncpg.Connection]:
        """A connection for nobody else meanwhile. Leave it as it was: nothing set, no transaction open. Raises KeyStoreError once closed."""
        async with self._room:
            connection = self._kept() or await self._connect()
            try:
                await self._proven(connection)
                yield connection
            except asyncpg.PostgresError:
                self._give_back(connection)
                raise
            except Exception:  # timed out in the middle of something, or lost
                self._drop(connection)
                self._drop_idle()
                raise
            except BaseException:  # cancelled
                self._drop(connection)
                raise
            else:
                self._give_back(connection)

    def close(self) -> None:
        """Let go of all, at once. Whoever still waits for an answer gets an error."""
        self._closed = True
        for connection in list(self._open):
            self._drop(connection)

    def _kept(self) -> asyncpg.Connection | None:
        """The one used last, of those that still stand."""
        if self._closed:
            raise KeyStoreError("This key store is closed.")
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._drop(connection)
        return None

    def _give_back(self, connection: asyncpg.Connection) -> None:
        """For the next who needs one, if it still stands and nothing was left open on it."""
        if connection.is_closed() or connection.is_in_transaction():
            self._drop(connection)
        else:
            self._idle.append(connection)

    async def _proven(self, connection: asyncpg.Connection) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._open.get(connection, now_s) >= _PROVEN_FOR_SECONDS:
            await self._prove(connection)
            self._open[connection] = now_s

    async def _connect(self) -> asyncpg.Connection:
        connection = await asyncpg.connect(
            self._url,
            timeout=_CONNECT_SECONDS,
            command_timeout=_COMMAND_SECONDS,
            max_cached_statement_lifetime=0,
            server_settings=_SESSION,
        )
        self._open[connection] = asyncio.get_running_loop().time()
        try:
            await self._prove(connection)
            if self._closed:
                raise KeyStoreError("This key store is closed.")
        except BaseException:
            self._drop(connection)
            raise
        return connection

    def _drop_idle(self) -> None:
        while self._idle:
            self._drop(self._idle.pop())

    def _drop(self, connection: asyncpg.Connection) -> None:
        self._open.pop(connection, None)
        connection.terminate()
