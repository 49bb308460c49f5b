"""What the loop takes as parameters: the decision core, the vault, the clock, the randomness. Wiring brings the real ones; tests may plant bugs."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from events.entry import Body, OpenedEntry, OpenedEvent
from events.envelope import Envelope
from events.facts import Event, Outcome
from reading.keys import Gone
from reading.vault import Row

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class SealedPart:
    """Some of the state, plain, that must never lie anywhere unsealed."""

    subject: str
    """Whose key seals it: `network` or `case:<uuid>`; each subject at most once."""
    plain: bytes


@dataclass(frozen=True, slots=True)
class StateParts:
    """A state as bytes. Equal states give equal parts, in any process."""

    clear: bytes
    """What anybody can compute from the clear fields of the ledger."""
    sealed: tuple[SealedPart, ...]
    """The rest, sorted by subject."""


class Core(Protocol[S]):
    """The pure decision core over a state of type S. No method waits, reads a clock or changes its arguments."""

    def initial_state(self, network: str) -> S:
        """The state before the genesis."""
        ...

    def decide(self, state: S, event: OpenedEvent, at_ms: int) -> tuple[Outcome, ...]:
        """What follows from the event under the policy in the state: due deadlines first, one verdict, consequences."""
        ...

    def evolve(self, state: S, entry: OpenedEntry) -> S:
        """The state after an accepted entry. Never refuses."""
        ...

    def cannot_be_new(self, state: S, event_id: str, at_ms: int) -> bool:
        """Whether an event of this id changes nothing, whatever it holds: it is a repeat, or its id is out of its time."""
        ...

    def next_deadline_ms(self, state: S) -> int | None:
        """The earliest deadline in the state; None where nothing waits for the clock."""
        ...

    def parts(self, state: S) -> StateParts:
        """The state as bytes, for snapshots."""
        ...

    def hashed_parts(self, state: S) -> StateParts:
        """The same for state hashes alone: long runs may stand as their own hashes, so it need not be readable again. Part of the ledger's format."""
        ...

    def from_parts(self, network: str, parts: StateParts) -> S:
        """The state in these bytes, without what had belonged to subjects that are missing. Raises ValueError where another release wrote them."""
        ...


class Sealing(Protocol):
    """What the loop needs of `reading.vault.Vault`. Every method waits for an unreachable key store and never takes that for a missing key."""

    async def seal_events(self, events: Sequence[Event]) -> list[bytes]:
        """Record values of these events, their references registered."""
        ...

    async def open_events(self, values: Sequence[bytes]) -> list[OpenedEvent]:
        """The events in these record values, in order; what has no key comes back locked, what is no event comes back unread. At least the first of them,
        where not all can be given at once."""
        ...

    async def keys_lost(self, values: Sequence[bytes]) -> list[bool]:
        """Of each of these event records, which came back locked: whether a door of this network sealed it and its key is lost, not destroyed."""
        ...

    async def open_entries(self, pairs: Sequence[tuple[Envelope, Body]]) -> list[OpenedEntry]:
        """These entries with everything opened that can be, in order."""
        ...

    async def seal_outcomes(self, batch: Sequence[tuple[int, tuple[Outcome, ...]]], reported: Sequence[bytes] = ()) -> list[tuple[bytes, ...]]:
        """For each (event offset, outcomes) the encoded outcomes, their keys such that every reader finds them. `reported`: the event record of each, in
        order, or nothing: what the opened event tells the key of need not be registered. Raises KeyDestroyed."""
        ...

    async def seal_records(self, rows: Sequence[Row]) -> list[bytes]:
        """Rows sealed under their subjects' keys, in order; the same rows give the same bytes. Raises KeyDestroyed."""
        ...

    async def open_records(self, rows: Sequence[Row]) -> list[bytes | None]:
        """What `seal_records` sealed, in order; None where the subject has no key any more."""
        ...

    def forget(self, gone: Gone) -> None:
        """Keep no key in this process of what was erased or expired."""
        ...


class Clock(Protocol):
    """This machine's time. Decisions never see it: theirs is the record's timestamp."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        ...

    def monotonic_s(self) -> float:
        """Seconds on a clock that never goes back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class Randomness(Protocol):
    """Chance, for waiting times and event ids."""

    def uniform(self, low: float, high: float) -> float:
        """A figure between the two."""
        ...

    def getrandbits(self, bits: int) -> int:
        """An integer of so many random bits."""
        ...


class SystemClock:
    """The machine's own clocks."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def system_randomness() -> Randomness:
    """The operating system's randomness."""
    return random.SystemRandom()
