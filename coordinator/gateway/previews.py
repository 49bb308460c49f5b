"""Previews of policies, worked out beside the requests: one at a time in each network, off the event loop, and given up after a bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from coordinator.domain.previewing import Preview
from coordinator.gateway.problems import Code, Problem
from coordinator.gateway.telling import verdict_json
from coordinator.policies import PolicyMalformed, WouldBeRefused, candidate_of, previewed
from coordinator.rooms import NetworkRoom
from coordinator.state_now import instant, off_the_loop, state_now
from events.network import PolicyAdopted

LONGEST_S = 60.0
"""Nobody waits longer. What runs in a thread by then is waited for before the next begins."""
RETRY_AFTER_S = 5


class Previews:
    """Those that this process is working out, by network."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._working: dict[str, asyncio.Task[tuple[PolicyAdopted, Preview]]] = {}

    async def preview(self, room: NetworkRoom, changes: Mapping[str, object]) -> tuple[PolicyAdopted, Preview]:
        """The candidate, and who would gain or lose by it on the ledger as it is now. Raises Problem."""
        if room.name in self._working:
            raise _busy()
        task = asyncio.create_task(_worked_out(room, changes), name=f"preview in {room.name}")
        self._working[room.name] = task
        task.add_done_callback(lambda _: self._working.pop(room.name))
        done, _ = await asyncio.wait({task}, timeout=self._longest_s)
        if not done:
            task.cancel()
            raise _busy()
        return task.result()


async def _worked_out(room: NetworkRoom, changes: Mapping[str, object]) -> tuple[PolicyAdopted, Preview]:
    state = await state_now(room)
    if state.policy is None:
        raise Problem(Code.NO_POLICY)
    try:
        candidate = candidate_of(state.policy, changes)
        return candidate, await off_the_loop(previewed, state, candidate, instant(room, state))
    except PolicyMalformed as malformed:
        raise Problem(Code.POLICY_INVALID, str(malformed)) from None
    except WouldBeRefused as would:
        raise Problem(Code.POLICY_REFUSED, more={"refusal": verdict_json(would.refusal)}) from None


def _busy() -> Problem:
    return Problem(Code.BUSY, headers={"Retry-After": str(RETRY_AFTER_S)})
