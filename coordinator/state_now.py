"""The state of a network as it stands now, for a door that compares: the newest snapshot that the ledger confirms, and the entries after it.

Nothing is decided by it, so no hash of it is checked. What takes a processor runs in a thread, piece by piece, so that the event loop goes on answering.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from coordinator.domain.state import State
from coordinator.ledger.snapshot_format import Snapshot, open_parts, state_in
from coordinator.ledger.snapshots import newest_confirmed, newest_first
from coordinator.rooms import NetworkRoom
from events.entry import OpenedEntry
from events.topics import MAX_SNAPSHOT_BYTES
from reading.kafka_log import KafkaLog
from reading.ledger_follower import LedgerFollower

P = ParamSpec("P")
T = TypeVar("T")


async def state_now(room: NetworkRoom) -> State:
    """The state after the last accepted entry. Waits for brokers and key store. Raises what readers and vault raise."""
    begun = await _from_snapshot(room)
    state, reader = begun or (room.core.initial_state(room.name), room.reader(None))
    async with reader:
        async for batch in reader.read_to_end():
            entries = await room.vault.open_entries([(record.envelope, record.body) for record in batch], hashed=False)
            state = await off_the_loop(_evolved, room, state, entries)
    return state


def instant(room: NetworkRoom, state: State) -> int:
    """Now, milliseconds since 1970, as the network's clock has it: on its own clock the time of the last event; never before that."""
    return state.at_ms if room.own_clock else max(state.at_ms, time.time_ns() // 1_000_000)


async def off_the_loop(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` gives, from a thread. Whoever is cancelled meanwhile ends only when the thread has: no more than one of them runs for one caller."""
    thread = asyncio.ensure_future(asyncio.to_thread(work, *args, **kwargs))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        await asyncio.wait({thread})
        raise


async def _from_snapshot(room: NetworkRoom) -> tuple[State, LedgerFollower] | None:
    """The state of the newest snapshot whose entry the ledger still has, and a reader after it; None: there is none, and the ledger itself serves."""

    async def opened(snapshot: Snapshot) -> State:
        parts, _ = await open_parts(snapshot, room.vault)
        return await off_the_loop(state_in, snapshot, parts, room.core)

    log = KafkaLog(room.bootstrap, room.names.snapshots, room.partition, MAX_SNAPSHOT_BYTES)
    try:
        return await newest_confirmed(room.name, newest_first(room.name, log), room.reader, opened)
    finally:
        await log.close()


def _evolved(room: NetworkRoom, state: State, entries: list[OpenedEntry]) -> State:
    for entry in entries:
        state = room.core.evolve(state, entry)
    return state
