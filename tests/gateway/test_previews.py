"""Previews that take longer than a request waits: kept for whoever asks the same, for minutes, and never told for another hour."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, cast

import pytest

from coordinator.gateway import previews
from coordinator.gateway.previews import Previews
from coordinator.gateway.problems import Code, Problem
from coordinator.rooms import NetworkRoom

pytestmark = pytest.mark.pure


@dataclass
class Room:
    """All that is asked of a network here."""

    name: str = "it"


ROOM = cast(NetworkRoom, Room())


class Work:
    """Stands for the work: counted, and done when it may be."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()
        self.fails = False
        monkeypatch.setattr(previews, "_worked_out", self._worked_out)

    async def _worked_out(self, *_: Any) -> Any:
        self.begun += 1
        number = self.begun
        await self.may_end.wait()
        if self.fails:
            raise Problem(Code.NO_POLICY)
        return number


async def busy(asked: Previews, changes: dict[str, object]) -> None:
    with pytest.raises(Problem) as raised:
        await asked.preview(ROOM, changes)
    assert raised.value.code is Code.BUSY and raised.value.headers["Retry-After"] == "5"


async def test_what_took_too_long_is_kept_for_whoever_asks_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    work, asked = Work(monkeypatch), Previews(longest_s=0.01)
    await busy(asked, {"max_declines": 4})
    await busy(asked, {"max_declines": 4})
    await busy(asked, {"max_declines": 5})
    work.may_end.set()
    assert cast(Any, await asked.preview(ROOM, {"max_declines": 4})) == 1
    assert cast(Any, await asked.preview(ROOM, {"max_declines": 4})) == 2, "an answer is given once: the ledger goes on"


async def test_an_answer_to_something_else_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    work, asked = Work(monkeypatch), Previews(longest_s=0.01)
    await busy(asked, {})
    work.may_end.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert cast(Any, await asked.preview(ROOM, {"max_declines": 5})) == 2


async def test_an_answer_of_another_hour_is_worked_out_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    work, asked = Work(monkeypatch), Previews(longest_s=0.01)
    monkeypatch.setattr(previews, "KEPT_S", -1.0)
    await busy(asked, {})
    work.may_end.set()
    await asyncio.sleep(0.01)
    assert cast(Any, await asked.preview(ROOM, {})) == 2


async def test_a_problem_is_told_to_whoever_asks_again(monkeypatch: pytest.MonkeyPatch) -> None:
    work, asked = Work(monkeypatch), Previews(longest_s=0.01)
    await busy(asked, {})
    work.fails = True
    work.may_end.set()
    with pytest.raises(Problem) as raised:
        await asked.preview(ROOM, {})
    assert raised.value.code is Code.NO_POLICY
