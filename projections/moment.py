"""One moment of the stored views: which sequence a read is about, where the views stand, how old they are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import asyncpg

from projections.errors import AsOfAhead, ViewsMissing
from projections.queries import named_queries
from projections.schema import schema_of
from projections.store import Pooled, read_stand

_ENTRIES = named_queries("entries")
_HEALTH = named_queries("health")

T = TypeVar("T")
Clock = Callable[[], int]


@dataclass(frozen=True, slots=True)
class AtSequence:
    """As of a ledger sequence: its entry and all before it."""

    sequence: int


@dataclass(frozen=True, slots=True)
class AtTime:
    """As of an instant: every entry whose event time is not after it."""

    at_ms: int


AsOf = AtSequence | AtTime | None
"""None: as far as the views have come."""


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """An answer, and how far it can be relied on."""

    answer: T
    sequence: int
    """The answer is as of this sequence; -1: before the first entry."""
    at_ms: int
    """The instant that ages in the answer are counted to."""
    reached: int
    """Last entry that is in the views."""
    age_ms: int | None
    """Since the views were last known to be level with the ledger; null: not known yet."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A connection on which every statement sees the same state of one network's views."""

    connection: Pooled
    sequence: int
    at_ms: int
    reached: int
    age_ms: int | None

    def seen(self, answer: T) -> Seen[T]:
        """The answer with this moment's place and age."""
        return Seen(answer, self.sequence, self.at_ms, self.reached, self.age_ms)


@asynccontextmanager
async def moment(pool: asyncpg.Pool[asyncpg.Record], network: str, as_of: AsOf, clock: Clock | None) -> AsyncIterator[Moment]:
    """Opens a moment. Raises ViewsMissing, AsOfAhead. `clock`: now, by which what is current ages; None: the time of the network's last event."""
    async with pool.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        await connection.execute(f'set local search_path to "{schema_of(network)}"')
        try:
            # first of all, so that the snapshot is taken when no swap can come between the statements
            await connection.execute("lock table view_position in access share mode")
        except asyncpg.UndefinedTableError:
            raise ViewsMissing(network) from None
        stand = await read_stand(connection)
        if stand is None:
            raise ViewsMissing(network)
        runner = await connection.fetchrow(_HEALTH["runner"])
        last_ms = stand.position.event_time_ms if stand.position else 0
        now_ms = clock() if clock else last_ms
        level_ms = runner["at_end_ms"] if runner else None
        age_ms = None if level_ms is None or clock is None else max(0, now_ms - level_ms)
        sequence, at_ms = stand.sequence, now_ms
        match as_of:
            case AtSequence(asked):
                if asked > stand.sequence:
                    raise AsOfAhead(asked, stand.sequence)
                sequence = asked
                row = await connection.fetchrow(_ENTRIES["time_of_sequence"], asked)
                at_ms = row["event_time_ms"] if row else 0
            case AtTime(asked_ms):
                found = await connection.fetchval(_ENTRIES["sequence_at_time"], asked_ms)
                sequence, at_ms = (-1 if found is None else found), asked_ms
            case None:
                pass
        yield Moment(connection, sequence, at_ms, stand.sequence, age_ms)
