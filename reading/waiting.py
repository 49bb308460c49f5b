"""Waiting for PostgreSQL. A database that is away is not an answer: the operation is repeated, with growing and scattered pauses, until it is back."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_DOUBLED_AT_MOST = 10
_AWAY = (
    OSError,  # refused, reset, unreachable; TimeoutError as well
    asyncpg.PostgresConnectionError,  # 08: lost on the way
    asyncpg.InternalClientError,  # asyncpg's own state, where the server is killed in the middle of a statement
    asyncpg.OperatorInterventionError,  # 57: shutting down, starting up, crashed
    asyncpg.InsufficientResourcesError,  # 53: disk full, too many connections
    asyncpg.TransactionRollbackError,  # 40: deadlock, serialisation: nothing happened, again
    asyncpg.ReadOnlySQLTransactionError,  # 25006: still a standby
)

Result = TypeVar("Result")
_log = logging.getLogger(__name__)
_scattered = random.SystemRandom()


async def until_reachable(operation: Callable[[], Awaitable[Result]]) -> Result:
    """What `operation` gives, repeated until the database answers. It must be harmless to repeat. Other errors pass through."""
    attempt = 0
    while True:
        attempt += 1
        try:
            return await operation()
        except Exception as error:
            if not is_away(error):
                raise
            # the kind of error and nothing of its text, which may quote values
            _log.warning("PostgreSQL is away (%s); attempt %d waits", type(error).__name__, attempt)
        await asyncio.sleep(_scattered.uniform(0, min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** min(attempt - 1, _DOUBLED_AT_MOST))))


def is_away(error: BaseException) -> bool:
    """Whether this error means that the database cannot be reached now, rather than that it answered."""
    if isinstance(error, asyncpg.InterfaceError):  # the connection closed beneath us; but not a value of the wrong type
        return not isinstance(error, ValueError)
    return isinstance(error, _AWAY)
