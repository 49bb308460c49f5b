"""Histories that once broke something: written down as a file of events with their instants, made short, and played again.

One JSON object a line: `at_ms`, and `event` (a line of an events file), `unread` (why) or `locked` (name and event id of an event whose key is gone);
`content` is the hash that stands for the content where it is not the event's own. The first line says in `broke` what was found.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from events.codec import split
from events.entry import Locked, OpenedDecision, OpenedEvent, Unread
from events.lines import format_line, parse_line
from events.person import CaseErased
from events.verdict import Recorded
from tests.domain.invariants import Invariants
from tests.domain.test_histories import key_gone
from tests.domain.world import World

FOUND = Path(__file__).parent / "found"
"""Where they stay."""

Sent = tuple[int, OpenedEvent]
"""(instant in ms, event as its reader opened it)."""


@dataclass(frozen=True, slots=True)
class Example:
    """A history, and what it once broke."""

    broke: str
    sent: tuple[Sent, ...]


def sent_of(entries: Sequence[OpenedDecision]) -> tuple[Sent, ...]:
    """What was sent so that these entries came to be."""
    return tuple((entry.event_time_ms, entry.opened) for entry in entries)


def save(example: Example, path: Path) -> None:
    """Write it down."""
    lines = [{"broke": example.broke}, *(_plain(at_ms, opened) for at_ms, opened in example.sent)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines), encoding="utf-8")


def load(path: Path) -> Example:
    """Read it back. Raises LineInvalid for an event that is none."""
    first, *lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return Example(first["broke"], tuple(_sent(line, number) for number, line in enumerate(lines, start=2)))


def _plain(at_ms: int, opened: OpenedEvent) -> dict[str, object]:
    event = opened.event
    line: dict[str, object] = {"at_ms": at_ms}
    if isinstance(event, Unread):
        line["unread"] = event.why
    elif isinstance(event, Locked):
        line["locked"] = [event.name, dict(event.clear)]
    else:
        line["event"] = json.loads(format_line(event))
    return {**line, "content": opened.content_hash.hex()}


def _sent(line: dict[str, object], number: int) -> Sent:
    event: object
    if "unread" in line:
        event = Unread(str(line["unread"]))
    elif isinstance(locked := line.get("locked"), list):
        event = Locked(*locked)
    else:
        event = parse_line(json.dumps(line["event"]), number)
    return int(str(line["at_ms"])), OpenedEvent(event, bytes.fromhex(str(line["content"])), 400)


def play(sent: Sequence[Sent], finish: Callable[[World, frozenset[str]], None]) -> World:
    """Send it all to an empty network and check what must hold after each entry; `finish` gets the world and the erased cases. Raises whatever breaks."""
    world, invariants = World(), Invariants()
    gone: set[str] = set()
    for at_ms, opened in sent:
        world.now = at_ms
        if not isinstance(opened.event, Locked | Unread) and key_gone(world.state, opened.event, gone, at_ms, at_once=False):
            opened = replace(opened, event=Locked(type(opened.event).__name__, split(opened.event)[0]))
        outcomes = world.enter(opened)
        invariants.take(world.entries[-1])
        if isinstance(opened.event, CaseErased) and any(isinstance(outcome, Recorded) for outcome in outcomes):
            gone.add(opened.event.case_id)
    finish(world, frozenset(gone))
    return world


def what_breaks(sent: Sequence[Sent], finish: Callable[[World, frozenset[str]], None]) -> str | None:
    """What it breaks, in a line; None: nothing."""
    try:
        play(sent, finish)
    except Exception as broken:  # noqa: BLE001  # whatever a history dies of is a finding
        first = str(broken).splitlines()[0] if str(broken) else ""
        return f"{type(broken).__name__}: {first}"
    return None


def shortened(sent: Sequence[Sent], breaks: Callable[[Sequence[Sent]], str | None], attempts: int = 3_000) -> tuple[Sent, ...]:
    """A history that breaks the same and from which no single event may be left out, as far as so many attempts find."""
    wanted, left = breaks(sent), list(sent)
    if wanted is None:
        return tuple(left)
    step = max(1, len(left) // 2)
    while True:
        index, shorter = 0, False
        while index < len(left) and attempts > 0:
            attempts -= 1
            without = left[:index] + left[index + step :]
            if breaks(without) == wanted:
                left, shorter = without, True
            else:
                index += step
        if attempts <= 0 or (step == 1 and not shorter):
            return tuple(left)
        step = max(1, step // 2)
