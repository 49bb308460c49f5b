"""The same ledger decided again elsewhere: in another process, under other hash seeds and other Pythons, outcomes and states are the same to the byte.

One ledger is rehearsed days of the Italian network; in the other, places of many units open in one instant and everybody who waits competes for them. No solver of anybody else's runs in a decision (ADR 42), so that
there is none whose version could matter; tests/matching holds the assignment's value against two of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path

import fastavro
import immutables
import pytest

from events.entry import OpenedDecision
from events.transfer import MatchExplained, ProposalMade
from events.vocabulary import Rule
from ops.bench.grown import ITALY, grown, rooms_open_together, wait
from ops.demand.day import Day
from ops.demand.rehearsal import rehearse
from ops.networks.loading import load_network
from tests.domain.decide_again import NETWORK, decided_again, written

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tests/domain/decide_again.py"
ENTRIES = 1_300
HEAVINESS = 8.0
OTHERS = ("3.12", "3.13")
_SEES_A_SET = """
import sys
from coordinator.matching.weighing import Weighed
from tests.domain import decide_again

def any_of_them(self):
    named = {fitting.place.unit_id: fitting for fitting in self.fitting}
    return next((named[unit_id] for unit_id in set(named)), None)

Weighed.best = any_of_them
with open(sys.argv[1], encoding="utf-8") as ledger:
    for found in decide_again.decided_again(ledger):
        print(found)
"""


@pytest.fixture(scope="module", params=["a week", "competing"])
def entries(request: pytest.FixtureRequest) -> list[OpenedDecision]:
    if request.param == "competing":
        found = grown(ITALY, keep=True)
        for _ in range(2):
            found.decided(found.clock(rooms_open_together(found, ITALY.waiting)))
            for event in wait(found):
                found.decided(event)
        made = [sum(isinstance(outcome, ProposalMade) for outcome in entry.outcomes) for entry in found.history]
        told = [outcome for entry in found.history for outcome in entry.outcomes if isinstance(outcome, MatchExplained)]
        assert max(made) > ITALY.waiting // 4, "many are served in one entry"
        assert any(group.rule == Rule.TAKEN_BY_ANOTHER for each in told for group in each.excluded), "they compete"
        return found.history
    day = Day(load_network(NETWORK), 11, days=7, heaviness=HEAVINESS)
    rehearsed = (each.entry for each in rehearse(day, NETWORK))
    return [entry for entry in islice(rehearsed, ENTRIES) if entry is not None]


@pytest.fixture(scope="module")
def ledger(entries: list[OpenedDecision], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("again") / "ledger.jsonl"
    file.write_text("".join(f"{line}\n" for line in written(entries)), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def here(ledger: Path) -> list[str]:
    """What this process makes of the ledger."""
    return list(decided_again(ledger.read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def pure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with the two packages that the core needs, for interpreters without the project's environment."""
    place = tmp_path_factory.mktemp("packages")
    for package in (immutables, fastavro):
        assert package.__file__ is not None
        (place / package.__name__).symlink_to(Path(package.__file__).parent)
    return place


def elsewhere(command: list[str], seed: str, paths: tuple[Path, ...]) -> list[str]:
    """What another process makes of it."""
    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("seed", ["0", "4242"])
def test_another_process_and_hash_seed_decide_alike(seed: str, ledger: Path, here: list[str]) -> None:
    assert elsewhere([sys.executable, str(PROGRAM), str(ledger)], seed, (ROOT,)) == here


@pytest.mark.parametrize("version", OTHERS)
def test_another_python_decides_alike(version: str, ledger: Path, here: list[str], pure: Path) -> None:
    python = python_of(version)
    if python is None:
        pytest.skip(f"no Python {version} on the PATH or under pyenv")
    assert elsewhere([python, "-S", str(PROGRAM), str(ledger)], "7", (ROOT, pure)) == here


def test_an_iteration_over_a_set_is_found(ledger: Path, here: list[str]) -> None:
    found = [elsewhere([sys.executable, "-c", _SEES_A_SET, str(ledger)], seed, (ROOT,)) for seed in ("0", "4242")]
    assert found[0] != found[1] and here not in found


def python_of(version: str) -> str | None:
    """An interpreter of this version that runs; None: there is none."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for candidate in (shutil.which(f"python{version}"), *map(str, sorted(versions.glob(f"{version}.*/bin/python{version}")))):
        if candidate is not None and subprocess.run([candidate, "-c", ""], capture_output=True, check=False).returncode == 0:
            return candidate
    return None
