"""Every process decides alike: whatever order its hashes give, from however old a snapshot."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

from coordinator.domain import decide
from coordinator.domain.snapshot import Made, parts_of, state_from
from tests.domain.test_histories import History

ROOT = Path(__file__).parents[2]


def fingerprint(seed: int, steps: int) -> str:
    """A hash over every outcome of a random history and over the state it leads to."""
    history = History(random.Random(seed))
    for _ in range(steps):
        history.step()
    digest = hashlib.sha256()
    for entry in history.entries:
        digest.update(repr(entry.outcomes).encode())
    clear, parts = parts_of(history.state)
    digest.update(clear)
    for subject, content in parts:
        digest.update(subject.encode() + content)
    return digest.hexdigest()


def test_another_order_of_hashes_gives_the_same_outcomes_and_the_same_state() -> None:
    program = "from tests.domain.test_determinism import fingerprint; print(fingerprint(11, 150))"
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "4242")
    }
    assert len(found) == 1


def test_a_worker_that_loads_a_snapshot_at_any_entry_decides_what_follows_alike() -> None:
    history = History(random.Random(5))
    for _ in range(60):
        history.step()
    for index in range(0, len(history.entries), 7):
        state = history.folded(index)
        loaded = state_from("it", *parts_of(state))
        assert parts_of(loaded) == parts_of(state)
        entry = history.entries[index]
        assert decide(loaded, entry.opened, entry.event_time_ms, loaded.policy) == entry.outcomes


def test_what_was_made_of_earlier_states_changes_no_byte() -> None:
    history, made = History(random.Random(7)), Made()
    for number in range(240):
        history.step()
        if number % 9 == 0:
            only_hashed = number % 2 == 0
            assert parts_of(history.state, only_hashed=only_hashed, made=made) == parts_of(history.state, only_hashed=only_hashed)
    assert made.cases
    assert parts_of(history.folded(60), made=made) == parts_of(history.folded(60))
