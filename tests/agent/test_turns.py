"""Whose turn it is: a loop beside a thread that computes."""

from __future__ import annotations

import asyncio
import sys
import time

from coordinator.agent.turns import TURN_S, threads_in_short_turns


def test_it_is_as_before_afterwards() -> None:
    before = sys.getswitchinterval()
    with threads_in_short_turns():
        assert abs(sys.getswitchinterval() - TURN_S) < 1e-6
    assert sys.getswitchinterval() == before


async def test_a_loop_beside_a_thread_that_computes_soon_has_its_turn() -> None:
    """Fifty hand-overs of the loop, beside a thread that never gives its turn away by itself; with Python's own turns they take a quarter of a second."""

    async def handed_over_s() -> float:
        until = time.monotonic() + 1.0
        computing = asyncio.create_task(asyncio.to_thread(_compute_until, until))
        await asyncio.sleep(0.05)
        began = time.perf_counter()
        for _ in range(50):
            await asyncio.sleep(0.0001)
        took = time.perf_counter() - began
        await computing
        return took

    long = await handed_over_s()
    with threads_in_short_turns():
        short = await handed_over_s()
    assert short < long / 2, (short, long)


def _compute_until(moment_s: float) -> None:
    while time.monotonic() < moment_s:
        sum(range(100))
