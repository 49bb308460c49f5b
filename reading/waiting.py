"""Waiting for PostgreSQL. A database that is away is not an answer: the operation is repeated, with growing and scattered pauses, until it is back."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_random_exponential

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_AWAY = (
    OSError,  # refused, reset, unreachable; TimeoutError as well
    asyncpg.PostgresConnectionError,  # 08: lost on the way
    asyncpg.InternalClientError,  # asyncpg's own state, where the server is killed in the middle of a statement
    asyncpg.OperatorInterventionError,  # 57: shutting down, starting up, crashed
    asyncpg.InsufficientResourcesError,  # 53: disk full, too many connections
    asyncpg.TransactionRollbackError,  # 40: deadlock, serialisation: nothing happened, again
    asyncpg.IdleInTransactionSessionTimeoutError,  # 25P03: we were frozen, and the server let go of what we held
    asyncpg.ReadOnlySQLTransactionError,  # 25006: still a standby
)

Result = TypeVar("Result")
_log = logging.getLogger(__name__)


async def until_reachable(operation: Callable[[], Awaitable[Result]]) -> Result:
    """What `operation` gives, repeated until the database answers. It must be harmless to repeat. Other errors pass through."""
    try:
        return await operation()  # nearly always it answers, and nothing that repeats has to be made
    except Exception as error:
        if not is_away(error):
            raise
        failed = [error]

    async def again() -> Result:
        if failed:
            raise failed.pop()
        return await operation()

    retrying = AsyncRetrying(
        retry=retry_if_exception(is_away),
        wait=wait_random_exponential(multiplier=_FIRST_PAUSE_SECONDS, max=_LONGEST_PAUSE_SECONDS),
        before_sleep=_say,
    )
    return await retrying(again)


def is_away(error: BaseException) -> bool:
    """Whether this error means that the database cannot be reached now, rather than that it answered."""
    if isinstance(error, asyncpg.InterfaceError):  # the connection closed beneath us; but not a value of the wrong type
        return not isinstance(error, ValueError)
    return isinstance(error, _AWAY)


def _say(state: RetryCallState) -> None:
    """One warning an attempt, with the kind of error and nothing of its text, which may quote values."""
    error = state.outcome.exception() if state.outcome is not None else None
    _log.warning("PostgreSQL is away (%s); attempt %d waits", type(error).__name__, state.attempt_number)
