"""Random histories by the hundred thousand steps: `python -m tests.domain.nightly [--steps N] [--seed N] [--length N]`.

After each step the invariants of `tests.domain.invariants`, after each history every way of folding it and the independent checker over an export of
it. What breaks something is made as short as it can be and written into `tests/domain/found`. The last line of standard output is one JSON object:
`seeds`, `steps`, `recorded` and `refused` by event, `refusals` by code, `outcomes`, `not_covered`, `broke`. Exit status 0 only if nothing broke and
every event was recorded and refused at least once.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from events.entry import Locked, OpenedDecision, Unread
from events.facts import EVENT_TYPES, OUTCOME_TYPES
from events.verdict import Recorded, Refused
from tests.checker.book import check_entries
from tests.domain.examples import FOUND, Example, Sent, save, sent_of, shortened, what_breaks
from tests.domain.test_histories import History, finish, folds_agree
from tests.domain.world import DAY, World

LENGTHS = (40, 80, 160, 400)
_SELDOM = 10 * 365 * DAY
"""These histories' clock rings when it happens to, so that nothing is late; how late a deadline is acted on is for `tests.domain.invariants`."""
_CHECKED_SHARE = 3
"""The independent checker reads one history in so many."""


@dataclass(slots=True)
class Tally:
    """What many histories covered, and what they broke."""

    seeds: int = 0
    steps: int = 0
    recorded: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    broke: dict[int, str] = field(default_factory=dict)
    """By seed."""

    def count(self, entries: Sequence[OpenedDecision]) -> None:
        """Add a history."""
        for entry in entries:
            event = entry.opened.event
            for outcome in entry.outcomes:
                self.outcomes[type(outcome).__name__] += 1
                if isinstance(event, Locked | Unread):
                    continue
                if isinstance(outcome, Recorded):
                    self.recorded[type(event).__name__] += 1
                elif isinstance(outcome, Refused):
                    self.refused[type(event).__name__] += 1
                    self.refusals[outcome.code] += 1

    def not_covered(self) -> list[str]:
        """Events never recorded or never refused, outcomes never decided."""
        return [
            *(f"{kind.__name__} recorded" for kind in EVENT_TYPES if not self.recorded[kind.__name__]),
            *(f"{kind.__name__} refused" for kind in EVENT_TYPES if not self.refused[kind.__name__]),
            *(kind.__name__ for kind in OUTCOME_TYPES if not self.outcomes[kind.__name__]),
        ]


def one(seed: int, length: int, tally: Tally, *, checked: bool) -> str | None:
    """One history; what it broke, in a line, or None."""
    history = History(random.Random(seed))
    try:
        for _ in range(length):
            history.step()
        finish(history)
        if checked:
            _check(history.entries)
    except Exception as broken:  # noqa: BLE001  # whatever a history dies of is a finding
        return f"{type(broken).__name__}: {(str(broken) or '?').splitlines()[0]}"
    finally:
        tally.seeds += 1
        tally.steps += length
        tally.count(history.entries)
    return None


def _check(entries: Sequence[OpenedDecision]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        breaches = check_entries(entries, Path(directory), tick_ms=_SELDOM).breaches
    assert not breaches, f"the checker finds {breaches[0].rule}: {breaches[0].text} (entry {breaches[0].sequence} of {len(entries)})"


def ended(world: World, gone: frozenset[str]) -> None:
    """What is checked of a history that is played again while it is made short."""
    folds_agree(world.entries, world.state, gone)
    _check(world.entries)


def write_down(seed: int, length: int, broke: str) -> Path:
    """Play the history of a seed again, make it short, and keep it."""
    history = History(random.Random(seed))
    with suppress(Exception):  # as it did before
        for _ in range(length):
            history.step()
        finish(history)

    def breaks(sent: Sequence[Sent]) -> str | None:
        found = what_breaks(sent, ended)
        return None if found is None else found.split(":")[0] + _kind(found)

    sent = sent_of(history.entries)
    if history.last_sent is not None and (not sent or sent[-1] != history.last_sent):
        sent = (*sent, history.last_sent)
    sent = shortened(sent, breaks)
    path = FOUND / f"seed-{seed}.jsonl"
    save(Example(what_breaks(sent, ended) or broke, sent), path)
    return path


def _kind(found: str) -> str:
    """What breaks without the ids and numbers that differ from one history to another."""
    return " ".join(word for word in found.split() if not any(character.isdigit() for character in word))


def main(arguments: list[str] | None = None) -> int:
    """Run histories until the steps are done; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.domain.nightly", description="Random histories of the decision core.")
    parser.add_argument("--steps", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=None, help="the first seed (default: by the day, so that each night plays others)")
    parser.add_argument("--most", type=int, default=5, help="stop after so many broken histories (default: %(default)s)")
    parser.add_argument("--no-shrink", action="store_true", help="do not write broken histories down")
    chosen = parser.parse_args(arguments)
    seed = chosen.seed if chosen.seed is not None else int(time.time()) // 86_400 * 100_000
    tally = Tally()
    while tally.steps < chosen.steps and len(tally.broke) < chosen.most:
        length = LENGTHS[seed % len(LENGTHS)]
        broke = one(seed, length, tally, checked=tally.seeds % _CHECKED_SHARE == 0)
        if broke is not None:
            tally.broke[seed] = broke
            print(f"seed {seed}, {length} steps: {broke}", file=sys.stderr, flush=True)
            if not chosen.no_shrink:
                print(f"  written to {write_down(seed, length, broke)}", file=sys.stderr, flush=True)
        seed += 1
    said = {
        "seeds": tally.seeds,
        "steps": tally.steps,
        "recorded": dict(sorted(tally.recorded.items())),
        "refused": dict(sorted(tally.refused.items())),
        "refusals": dict(sorted(tally.refusals.items())),
        "outcomes": dict(sorted(tally.outcomes.items())),
        "not_covered": tally.not_covered(),
        "broke": tally.broke,
    }
    print(json.dumps(said))
    return 1 if tally.broke or said["not_covered"] else 0


if __name__ == "__main__":
    sys.exit(main())
