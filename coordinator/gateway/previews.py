"""Previews of policies, worked out beside the requests: one at a time in each network, off the event loop, for as long as it takes.

At the size of Europe that may be more than a request waits: it is told to ask the same again, and then has what was worked out meanwhile.
"""

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
"""No request waits longer. The work goes on, and whoever asks the same again has its answer."""
KEPT_S = 300.0
"""An answer that nobody waited for is kept so long for whoever asks the same: later it would speak of another hour."""
RETRY_AFTER_S = 5

Answer = tuple[PolicyAdopted, Preview]


class _Work:
    """One preview: what was asked, and the task that works it out."""

    def __init__(self, changes: Mapping[str, object], task: asyncio.Task[Answer]) -> None:
        self.changes = changes
        self.task = task
        self._ended_s: float | None = None
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Answer]) -> None:
        self._ended_s = asyncio.get_running_loop().time()
        if not task.cancelled():
            task.exception()  # which is for whoever asks again, and no fault where nobody does

    def serves(self, changes: Mapping[str, object]) -> bool:
        """Whether this is the answer to these changes, now or soon."""
        return self.changes == changes and not self.task.cancelled() and not self._is_old()

    def is_over(self) -> bool:
        """Whether another may begin."""
        return self.task.done()

    def _is_old(self) -> bool:
        return self._ended_s is not None and asyncio.get_running_loop().time() - self._ended_s > KEPT_S


class Previews:
    """Those that this process is working out, or has worked out and nobody has fetched, by network: one each."""

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._works: dict[str, _Work] = {}

    async def preview(self, room: NetworkRoom, changes: Mapping[str, object]) -> Answer:
        """The candidate, and who would gain or lose by it on the ledger as it was when this was first asked. Raises Problem."""
        work = self._works.get(room.name)
        if work is None or (work.is_over() and not work.serves(changes)):
            task = asyncio.create_task(_worked_out(room, changes), name=f"preview in {room.name}")
            work = self._works[room.name] = _Work(changes, task)
        elif not work.serves(changes):
            raise _busy()
        done, _ = await asyncio.wait({work.task}, timeout=self._longest_s)
        if not done:
            raise _busy()
        if self._works.get(room.name) is work:
            del self._works[room.name]
        return work.task.result()


async def _worked_out(room: NetworkRoom, changes: Mapping[str, object]) -> Answer:
    state = await state_now(room)
    if state.policy is None:
        raise Problem(Code.NO_POLICY)
    try:
        candidate = candidate_of(state.policy, changes)
        return candidate, await off_the_loop(previewed, state, candidate, instant(room, state))
    except PolicyMalformed as malformed:
        raise Problem(Code.POLICY_INVALID, malformed.said) from None
    except WouldBeRefused as would:
        raise Problem(Code.POLICY_REFUSED, more={"refusal": verdict_json(would.refusal)}) from None


def _busy() -> Problem:
    return Problem(Code.BUSY, headers={"Retry-After": str(RETRY_AFTER_S)})
