"""The project's own checks, each over a history of its own. None of them knows of any bug."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import pytest

from coordinator.decision_core import DecisionCore
from coordinator.domain import evolve
from coordinator.domain.snapshot import parts_of
from coordinator.replaying import Replayed, replay
from events.entry import OpenedDecision
from ops.checker.container import open_export
from ops.checker.walk import walk
from reading.export import EntryExport
from reading.keys_memory import MemoryKeyStore
from reading.ledger_chain import AcceptedRecord
from reading.ledger_follower import LedgerFollower
from reading.ledger_reader import LedgerReader
from reading.vault import Vault
from tests.domain.invariants import Invariants
from tests.domain.test_histories import locked
from tests.domain.world import World, founded
from tests.ledger.benches import Running
from tests.ledger.memory_log import MemoryLog, MemoryPartition
from tests.planted.check import Check, Stage
from tests.planted.histories import ANNA
from tests.planted.written import canary_search, records_of, values_of

History = Callable[[], World]


def checker(history: History) -> Check:
    """The independent checker (`ops.checker`) over an export of the history, sealed and chained. Names rules."""

    async def find(stage: Stage) -> list[str]:
        entries = history().entries
        values = await values_of(Vault("it", MemoryKeyStore("it")), entries)
        return breaches(stage, records_of(values), entries)

    return Check(f"ops.checker over {history.__name__}", find)


def breaches(stage: Stage, records: Sequence[AcceptedRecord], entries: Sequence[OpenedDecision] = ()) -> list[str]:
    """Rules that the checker finds broken in an export of these records, sorted. `entries`: the decided ones opened; without them it goes without keys."""
    opened = {entry.sequence: entry for entry in entries}
    path = stage.directory / "ledger.avro"
    with path.open("wb") as out:
        export = EntryExport(out, "it")
        for record in records:
            export.add(record, opened.get(record.envelope.sequence))
        export.finish()
    schemas, exported = open_export(path)
    return sorted({breach.rule for breach in walk(schemas, exported).breaches})


def invariants(history: History) -> Check:
    """What must hold after every entry (`tests.domain.invariants`), over the history. Names the first assertion that fails."""

    async def find(_: Stage) -> list[str]:
        holding = Invariants()
        for entry in history().entries:
            try:
                holding.take(entry)
            except AssertionError as broken:
                return [str(broken).splitlines()[0] if str(broken) else "an invariant"]
        return []

    return Check(f"tests.domain.invariants over {history.__name__}", find)


def decided_again(history: History) -> Check:
    """`staffetta replay` over the history: with keys fetched anew, each event decided again gives the same bytes."""

    async def find(_: Stage) -> list[str]:
        store = MemoryKeyStore("it")
        partition = MemoryPartition("ledger")
        await partition.add([(None, value, ()) for value in await values_of(Vault("it", store), history().entries)])
        done = await replay("it", DecisionCore(), Vault("it", store), lambda: cast(LedgerReader, LedgerFollower(MemoryLog(partition), "it")))
        return _differences(done)

    return Check(f"staffetta replay over {history.__name__}", find)


def _differences(done: Replayed) -> list[str]:
    """No case is erased in these histories, so that every entry can be decided again."""
    found = [what for _, what in done.differences]
    return [*found, f"not re-decidable: {done.not_redecidable}"] if done.not_redecidable else found


def folded_without_the_erased(history: History) -> Check:
    """The fold with an erased case's entries locked, held against the fold that once knew them (as `tests.domain.test_histories` does)."""

    async def find(_: Stage) -> list[str]:
        past = history()
        state = founded()
        for entry in past.entries:
            state = evolve(state, locked(entry, frozenset({ANNA})))
        return [] if parts_of(state) == parts_of(past.state) else ["the folds differ"]

    return Check(f"tests.domain.test_histories: folds around an erasure, over {history.__name__}", find)


async def _canaries(_: Stage) -> list[str]:
    return await canary_search()


CANARIES = Check("tests.sealing.test_canary: search in every record", _canaries)
"""Names kinds of facts."""


def test_of(test: Callable[..., object], *arguments: object, fresh: Callable[[], object] | None = None) -> Check:
    """A test of the project as it stands. Names the test where it fails, the error where something else goes wrong.

    `fresh` makes its first argument anew each time.
    """

    async def find(stage: Stage) -> list[str]:
        with patched_defaults(Running.failure, (stage.patience_s,)):
            try:
                done = test(*arguments) if fresh is None else test(fresh(), *arguments)
                if inspect.isawaitable(done):
                    await done
            except (AssertionError, pytest.fail.Exception):
                return [test.__name__]
            except Exception as broken:  # noqa: BLE001  # whatever a test dies of is a finding
                return [f"{test.__name__}: {type(broken).__name__}"]
        return []

    of = f"[{', '.join(map(str, arguments))}]" if arguments and all(isinstance(each, str | bool | int) for each in arguments) else ""
    return Check(f"{test.__module__}.{test.__name__}{of}", find)


@contextmanager
def patched_defaults(function: Any, defaults: tuple[Any, ...] | None) -> Iterator[None]:
    """The function's positional defaults are others while the block lasts."""
    before = function.__defaults__
    function.__defaults__ = defaults
    try:
        yield
    finally:
        function.__defaults__ = before
