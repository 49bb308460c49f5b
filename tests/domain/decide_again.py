"""`python decide_again.py LEDGER`: decides every entry of a written ledger again and prints what came of it, as bytes. Run by other interpreters.

It imports the decision core, the codec and nothing else of the project, so that an interpreter without the project's environment can run it; what it needs
beside them (`immutables`, `fastavro`) is pure Python where no compiled form fits.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from coordinator.domain import decide, evolve, initial_state
from coordinator.domain.snapshot import parts_of
from events.codec import decode_fact, encode_fact, join, split
from events.entry import Genesis, Locked, OpenedControl, OpenedDecision, OpenedEvent
from events.facts import Event, Outcome

NETWORK = "it"
_STATE_EVERY = 250
"""Entries between two hashes of the state."""


def written(entries: Iterable[OpenedDecision]) -> Iterator[str]:
    """A line for each entry: its instant, its event, the hash of its content."""
    for entry in entries:
        event = entry.opened.event
        assert isinstance(event, Event)
        clear, private = fact_bytes(event)
        yield json.dumps([entry.event_time_ms, clear.hex(), private.hex(), entry.opened.content_hash.hex(), entry.opened.size_bytes])


def fact_bytes(fact: Event | Outcome) -> tuple[bytes, bytes]:
    """(the clear part, the private part) as they are written, the latter before it is sealed."""
    clear, private = split(fact)
    return encode_fact(type(fact).__name__, clear, ()), private or b""


def read(line: str) -> tuple[int, OpenedEvent]:
    """An event with its instant."""
    at_ms, clear, private, content_hash, size = json.loads(line)
    event = join(decode_fact(bytes.fromhex(clear)), bytes.fromhex(private) or None)
    assert isinstance(event, Event) and not isinstance(event, Locked)
    return at_ms, OpenedEvent(event, bytes.fromhex(content_hash), size)


def decided_again(lines: Iterable[str]) -> Iterator[str]:
    """For each entry the hash of its outcomes' bytes, now and then with that of the state before it, and at the end that of the state."""
    state = evolve(initial_state(NETWORK), OpenedControl(NETWORK, 0, -1, 0, Genesis("again", "again", "again", 0, 0)))
    for line in lines:
        at_ms, opened = read(line)
        sequence = state.sequence + 1
        outcomes = decide(state, opened, at_ms, state.policy)
        told = hashlib.sha256()
        for outcome in outcomes:
            for part in fact_bytes(outcome):
                told.update(len(part).to_bytes(4, "big") + part)
        yield f"{sequence} {told.hexdigest()}" + (f" {state_hash(state)}" if sequence % _STATE_EVERY == 0 else "")
        state = evolve(state, OpenedDecision(NETWORK, sequence, sequence - 1, at_ms, opened, outcomes))
    yield f"end {state_hash(state)}"


def state_hash(state: object) -> str:
    """Over the clear half and every sealed part."""
    clear, parts = parts_of(state)  # type: ignore[arg-type]
    told = hashlib.sha256(clear)
    for subject, part in parts:
        told.update(subject.encode() + len(part).to_bytes(4, "big") + part)
    return told.hexdigest()


if __name__ == "__main__":
    with Path(sys.argv[1]).open(encoding="utf-8") as ledger:
        for found in decided_again(ledger):
            print(found)
