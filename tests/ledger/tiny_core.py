"""A decision core small enough to see through: it records what is new, calls a repeat a duplicate, and keeps one deadline."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace

from immutables import Map

from coordinator.ledger.core import SealedPart, StateParts
from events.entry import Locked, OpenedControl, OpenedEntry, OpenedEvent, Unread
from events.facts import Outcome
from events.network import ClockAdvanced
from events.verdict import Duplicate, Recorded, Refused, Unreadable
from events.vocabulary import RefusalCode


@dataclass(frozen=True, slots=True)
class TinyState:
    network: str
    sequence: int
    rolling: bytes
    """SHA-256 over (previous rolling, sequence, event offset, time, names of outcomes): any difference in history shows."""
    seen: Map[str, int]
    deadline_ms: int | None = None


@dataclass(frozen=True, slots=True)
class TinyCore:
    """`taste` makes two cores decide differently (as two versions of the rules would); `deadline_every` sets a deadline at such sequences."""

    taste: str = ""
    deadline_every: int | None = None
    deadline_in_ms: int = 1500

    def initial_state(self, network: str) -> TinyState:
        return TinyState(network, -1, bytes(32), Map())

    def decide(self, state: TinyState, event: OpenedEvent, at_ms: int) -> tuple[Outcome, ...]:
        match event.event:
            case Unread(why):
                return (Unreadable(why),)
            case Locked():
                return (Refused(RefusalCode.CASE_ERASED, ""),)
            case ClockAdvanced(deadline_at_ms=deadline) if deadline > at_ms:
                return (Refused(RefusalCode.DEADLINE_NOT_REACHED, "deadline_at_ms"),)
            case fact:
                known = state.seen.get(fact.event_id)
                if known is not None:
                    return (Duplicate(known),)
                return (Recorded(), Refused(RefusalCode.TEXT_NEEDED, self.taste)) if self.taste else (Recorded(),)

    def evolve(self, state: TinyState, entry: OpenedEntry) -> TinyState:
        if isinstance(entry, OpenedControl):
            return replace(state, sequence=entry.sequence)
        names = [type(outcome).__name__ for outcome in entry.outcomes]
        rolling = hashlib.sha256(state.rolling + repr((entry.sequence, entry.event_offset, entry.event_time_ms, names)).encode()).digest()
        event = entry.opened.event
        seen = state.seen
        if "Recorded" in names and not isinstance(event, Unread | Locked):
            seen = seen.set(event.event_id, entry.sequence)
        deadline = state.deadline_ms
        if deadline is not None and deadline <= entry.event_time_ms:
            deadline = None
        if self.deadline_every and entry.sequence % self.deadline_every == 0 and not isinstance(event, ClockAdvanced):
            deadline = entry.event_time_ms + self.deadline_in_ms
        return TinyState(state.network, entry.sequence, rolling, seen, deadline)

    def cannot_be_new(self, state: TinyState, event_id: str, at_ms: int) -> bool:
        return event_id in state.seen

    def next_deadline_ms(self, state: TinyState) -> int | None:
        return state.deadline_ms

    def parts(self, state: TinyState) -> StateParts:
        clear = json.dumps([state.sequence, state.rolling.hex(), state.deadline_ms]).encode()
        return StateParts(clear, (SealedPart("network", json.dumps(sorted(state.seen.items())).encode()),))

    def hashed_parts(self, state: TinyState) -> StateParts:
        return self.parts(state)

    def from_parts(self, network: str, parts: StateParts) -> TinyState:
        sequence, rolling, deadline = json.loads(parts.clear)
        seen = dict(json.loads(parts.sealed[0].plain)) if parts.sealed else {}
        return TinyState(network, sequence, bytes.fromhex(rolling), Map(seen), deadline)
