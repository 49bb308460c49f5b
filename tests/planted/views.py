"""Checks of the views on a real PostgreSQL: a runner that is not where it thinks, and crashes at every step of a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import asyncpg
import pytest

from events.topics import TopicNames
from projections.runner import apply
from projections.schema import schema_of
from projections.store import Store
from reading.keys_memory import MemoryKeyStore
from reading.ledger_reader import AcceptedRecord
from reading.vault import Vault
from tests.planted.check import Check, Stage
from tests.planted.swapping import patched
from tests.projections.stored import dump
from tests.projections.story import Story
from tests.projections.test_views import Ledger, test_a_write_from_another_position_changes_nothing
from tests.projections.written import records, written

_ENTRIES = 120
_BATCH = 30
_CRASH_IN_BATCH = 2
STEPS = (("advance", "before"), ("advance", "after"), ("write_rows", "before"), ("write_rows", "after"))
"""Where a runner dies: around the two writes of its transaction."""


class Crash(Exception):
    """A runner dies here."""


async def _ledger() -> Ledger:
    """Its records are never published: these checks fold them by hand."""
    keystore = MemoryKeyStore("it")
    story = Story(11)
    told = list(story.tell(_ENTRIES))
    return Ledger("", TopicNames("nowhere"), story, told, await written(Vault("it", keystore), told), keystore)


async def _another_position(stage: Stage) -> list[str]:
    try:
        await test_a_write_from_another_position_changes_nothing(await _ledger(), stage.new_database())
    except (AssertionError, pytest.fail.Exception):
        return ["a write from another position"]
    except asyncpg.PostgresError as refused:
        return ["a write from another position", type(refused).__name__]
    return []


async def _crashes(stage: Stage) -> list[str]:
    ledger = await _ledger()
    accepted = records("it", ledger.values)
    right = await _folded(stage.new_database(), ledger, accepted)
    found = []
    for method, when in STEPS:
        url = stage.new_database()
        with ExitStack() as dying:
            dying.enter_context(patched(Store, method, _dying(vars(Store)[method], when)))
            try:
                await _folded(url, ledger, accepted)
            except Crash:
                pass
            else:
                raise RuntimeError("nobody died")
        try:
            if await _folded(url, ledger, accepted) != right:
                found.append(f"views differ from the fold after a crash {when} {method}")
        except asyncpg.PostgresError as refused:
            found.append(f"{type(refused).__name__} after a crash {when} {method}")
    return found


def _dying(original: Any, when: str) -> Any:
    calls = 0

    async def method(self: Store, *arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == _CRASH_IN_BATCH and when == "before":
            raise Crash
        done = await original(self, *arguments)
        if calls == _CRASH_IN_BATCH:
            raise Crash
        return done

    return method


async def _folded(url: str, ledger: Ledger, accepted: Sequence[AcceptedRecord]) -> dict[str, list[str]]:
    """Everything that is stored once a runner has come to the end from where the views stand."""
    connection = await asyncpg.connect(url)
    try:
        store = Store(connection, schema_of("it"), ledger.vault())
        await store.prepare()
        stand, folding = await store.load()
        assert stand is not None
        while stand.sequence < ledger.last:
            batch = accepted[stand.sequence + 1 : stand.sequence + 1 + _BATCH]
            stand = await apply(store, folding, batch, stand)
    finally:
        await connection.close()
    return await dump(url)


ANOTHER_POSITION = Check("tests.projections.test_views.test_a_write_from_another_position_changes_nothing", _another_position, on_postgresql=True)
CRASHES = Check("tests.projections.test_crashes: views equal the fold after a crash at any step", _crashes, on_postgresql=True)
