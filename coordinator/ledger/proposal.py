"""Entries that were proposed and not yet read back, in order: the window."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic

from coordinator.ledger.core import S
from events.acceptance import Position
from reading.keys import Gone


@dataclass(frozen=True, slots=True)
class Head(Generic[S]):
    """Where the next entry is decided from: the end of the window, or the settled end of the ledger where the window is empty."""

    state: S
    sequence: int
    hash: bytes
    event_offset: int
    event_time_ms: int
    event_hash: bytes | None
    """SHA-256 of the event record's value at `event_offset`; None where no event stands there (a genesis, a hole, a new source)."""


def head_at(state: S, position: Position, event_hash: bytes | None) -> Head[S]:
    """The head with an empty window."""
    return Head(state, position.sequence, position.hash, position.event_offset, position.event_time_ms, event_hash)


@dataclass(frozen=True, slots=True)
class Proposal(Generic[S]):
    """One entry on its way."""

    value: bytes
    """The record's value, as sent."""
    gone: Gone
    """What this entry erases: once it is settled, this process keeps no key of it."""
    after: Head[S]
    sent_at_s: float
    """On the monotonic clock."""


class Window(Generic[S]):
    """Proposals in sequence order. Settling takes from the front, a conflict empties it."""

    def __init__(self) -> None:
        self._proposals: deque[Proposal[S]] = deque()
        self.acknowledged_through = -1
        """Every proposal up to this sequence was acknowledged by the broker."""

    def __len__(self) -> int:
        return len(self._proposals)

    @property
    def oldest(self) -> Proposal[S] | None:
        return self._proposals[0] if self._proposals else None

    @property
    def newest(self) -> Proposal[S] | None:
        return self._proposals[-1] if self._proposals else None

    def extend(self, proposals: Sequence[Proposal[S]]) -> None:
        self._proposals.extend(proposals)

    def settle(self, value: bytes) -> Proposal[S] | None:
        """The oldest proposal, taken out, where it is exactly this record; None where it is not."""
        if self._proposals and self._proposals[0].value == value:
            return self._proposals.popleft()
        return None

    def holds(self, value: bytes, sequence: int) -> bool:
        """Whether this very record is among the proposals."""
        if not self._proposals:
            return False
        index = sequence - self._proposals[0].after.sequence
        return 0 <= index < len(self._proposals) and self._proposals[index].value == value

    def drop(self) -> int:
        """Forget all; how many there were."""
        dropped = len(self._proposals)
        self._proposals.clear()
        return dropped
