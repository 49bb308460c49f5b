"""The clear half of a rebuild, folded by a second process: everything but the files of cases, from what is clear in the ledger. It is given no key.

Each half reads the ledger by itself, by the same acceptance rule, so that no opened fact goes through a pipe; each writes its own tables of the shadow. After
which entry the second stands, or what failed, goes as one line of JSON to its standard output.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Collection
from contextlib import closing
from dataclasses import astuple
from types import TracebackType
from typing import Self

import asyncpg

from events.acceptance import Position
from events.topics import TopicNames
from projections import schema
from projections.errors import HalfLost, PlaceHeldTwice
from projections.folding import EMPTY, Folding
from projections.keyless import NoKeys
from projections.loading import NOT_FLUSHED, Loader
from projections.parts import Part
from projections.runner import Source
from projections.store import Stand, Store
from reading.collecting import collect_rarely
from reading.second_process import SecondProcess, end_with_the_first, next_task, plain_position, position_from
from reading.vault import Vault
from reading.within import Limit, entries_within


class ClearHalf:
    """The second process, while it is needed: `async with`. However that is left, the process has ended. It waits for `begin`."""

    def __init__(self, database_url: str, shadow: str, source: Source, parts: Collection[Part], limit: Limit, max_records: int) -> None:
        self._network = source.network
        self._task = {
            "database_url": database_url, "shadow": shadow, "bootstrap": source.bootstrap, "prefix": source.names.prefix, "network": source.network,
            "partition": source.partition, "parts": sorted(parts), "limit": astuple(limit), "max_records": max_records,
        }  # fmt: skip
        self._process = SecondProcess(__name__)
        self._told: asyncio.Task[bytes] | None = None

    async def __aenter__(self) -> Self:
        await self._process.__aenter__()
        self._told = asyncio.create_task(self._process.told.read())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._process.__aexit__(kind, error, trace)
        if self._told is not None:
            await asyncio.gather(self._told, return_exceptions=True)

    def begin(self) -> None:
        """The shadow is there."""
        self._process.tell(self._task)

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def look(self) -> None:
        """Raises HalfLost or PlaceHeldTwice where the process has already failed."""
        if self._told is not None and self._told.done():
            self._position(self._told.result())

    async def done(self, position: Position | None) -> None:
        """Waits until the process has written its half. Raises HalfLost where it ended before, or after another entry than this; PlaceHeldTwice."""
        assert self._told is not None
        found = self._position(await self._told)
        if found != position:
            raise HalfLost(self._network, f"it read the ledger up to {_named(found)}, and the other half up to {_named(position)}")

    def _position(self, told: bytes) -> Position | None:
        try:
            answer = json.loads(told)
        except ValueError:
            raise HalfLost(self._network, "it said nothing") from None
        if "held_twice" in answer:
            raise PlaceHeldTwice(self._network, *answer["held_twice"])
        if "failed" in answer:
            raise HalfLost(self._network, answer["failed"])
        at = answer["position"]
        return None if at is None else position_from(at)


def _named(position: Position | None) -> str:
    return "no entry" if position is None else f"entry {position.sequence}"


async def fold_half(database_url: str, shadow: str, source: Source, parts: Collection[Part], limit: Limit, max_records: int) -> Position | None:
    """Fills these parts' tables of the shadow. Gives after which entry they are. Raises PlaceHeldTwice and what the reader raises."""
    connection, beside = [await asyncpg.connect(database_url, server_settings=NOT_FLUSHED) for _ in range(2)]
    try:
        store = Store(connection, shadow, Vault(source.network, NoKeys(source.network)))
        loader = Loader(store, Folding(EMPTY, parts), beside, files_in_memory=0)
        with closing(loader):
            async with source.reader(Stand(None, 0, schema.SHAPE, -1, b"")) as reader:
                async for records in entries_within(reader, limit, max_records):
                    await loader.take(records, records[-1].position)
            return await loader.finish(None)
    finally:
        connection.terminate()
        beside.terminate()


def main() -> int:
    """What the second process runs."""
    task = next_task()
    if task is None:
        return 1
    end_with_the_first()
    collect_rarely()
    source = Source(task["bootstrap"], TopicNames(task["prefix"]), task["network"], task["partition"])
    parts = [Part(part) for part in task["parts"]]
    try:
        position = asyncio.run(fold_half(task["database_url"], task["shadow"], source, parts, Limit(*task["limit"]), task["max_records"]))
    except PlaceHeldTwice as twice:
        answer: dict[str, object] = {"held_twice": [twice.after_sequence, twice.last_sequence, twice.constraint]}
    except Exception as problem:  # noqa: BLE001 - whatever it is, the first process is to say so
        ours = type(problem).__module__.split(".")[0] in ("projections", "reading", "events")
        answer = {"failed": f"{type(problem).__name__}: {problem}" if ours else type(problem).__name__}
    else:
        answer = {"position": None if position is None else plain_position(position)}
    print(json.dumps(answer), flush=True)
    return 0 if "position" in answer else 1


if __name__ == "__main__":
    sys.exit(main())
