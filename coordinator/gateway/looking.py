"""A look at people's data is recorded before it is served; and a stream ends when its token is no longer in force."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from typing import Annotated

from fastapi import Depends, Request

from coordinator.access import Grant
from coordinator.access_log import NotRecorded, Why
from coordinator.domain.who_may import View
from coordinator.gateway import metrics
from coordinator.gateway.identity import TheGrant, TheRooms, token_of
from coordinator.gateway.problems import Code, Problem
from coordinator.rooms import NetworkRoom

RETRY_AFTER_S = 5
LOOKS_AGAIN_EVERY_S = 0.5
"""How often an open stream asks whether its token is in force."""


async def recorded(
    room: NetworkRoom, grant: Grant, view: View, cases: Iterable[str | None], *, why: Why | None = None, action_id: str | None = None
) -> None:
    """Returns when the look at these cases (None: nobody's) is recorded; then they may be shown. Raises Problem where it cannot be."""
    named = [case for case in cases if case is not None]
    if not named:
        return
    try:
        await room.access.record(grant, view, named, why, action_id=action_id)
    except NotRecorded:
        metrics.looks_not_recorded.labels(room.name, str(view)).inc()
        raise Problem(Code.NOT_RECORDED, headers={"Retry-After": str(RETRY_AFTER_S)}) from None
    metrics.looks_recorded.labels(room.name, str(view)).inc()


def in_force(request: Request, rooms: TheRooms, grant: TheGrant) -> Callable[[], bool]:
    """Tells whether the request's token still gives what it gave when the request began."""
    token = token_of(request)
    return lambda: rooms.tokens().grant_of(token) == grant


InForce = Annotated[Callable[[], bool], Depends(in_force)]


async def turns(changes: AsyncGenerator[int, None], still: Callable[[], bool], due: Callable[[], bool]) -> AsyncGenerator[None, None]:
    """Yields when something has changed, and whenever `due` says so by the clock; ends within a second after `still` says no."""
    waiting = asyncio.ensure_future(anext(changes))
    try:
        while True:
            done, _ = await asyncio.wait({waiting}, timeout=LOOKS_AGAIN_EVERY_S)
            if not still():
                return
            if done:
                waiting.result()
                waiting = asyncio.ensure_future(anext(changes))
                yield
            elif due():
                yield
    finally:
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await changes.aclose()
