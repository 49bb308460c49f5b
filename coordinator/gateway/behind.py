"""What the views and the services behind them cannot do, as problems."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from coordinator.gateway.problems import Code, Problem
from projections.errors import AsOfAhead, ProjectionError
from reading.waiting import is_away

RETRY_AFTER_S = 2

T = TypeVar("T")


async def behind(answer: Awaitable[T]) -> T:
    """Failures of what stands behind, as problems."""
    try:
        return await answer
    except AsOfAhead as ahead:
        raise Problem(
            Code.AHEAD,
            (f"The views stand at entry {ahead.reached}.", f"Le viste sono alla registrazione {ahead.reached}."),
            {"reached": ahead.reached},
            {"Retry-After": str(RETRY_AFTER_S)},
        ) from None
    except ProjectionError:
        raise Problem(Code.UNAVAILABLE, headers={"Retry-After": str(RETRY_AFTER_S)}) from None
    except Exception as failure:
        if not is_away(failure):
            raise
        raise Problem(Code.UNAVAILABLE, headers={"Retry-After": str(RETRY_AFTER_S)}) from None
