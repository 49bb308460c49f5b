"""The one recipe of checks: `make check`, `make test` and continuous integration all run this.

    python -m ops.check             everything
    python -m ops.check --quick     without tests that need a broker or a database

Two lanes run at once: what needs a broker or a database, which mostly waits, and is shown as it goes; and everything else. Each step is said with its
time; its output is shown where it fails (the tests' always). Later steps run even so. The last line of standard output is one JSON object: `passed`, `seconds`, `steps` (name -> seconds), `failed` (names), `tests` (layer -> outcome -> number).
Exit status 0 only if every step passed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent
_BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Step:
    """One check: a name for people and the command that is it."""

    name: str
    command: tuple[str, ...]
    shown: bool = False
    """Its output is shown even where it passes, once it is done."""
    live: bool = False
    """Its output is shown as it comes."""


def lanes(quick: bool) -> tuple[tuple[Step, ...], ...]:
    """Every check, cheapest first within its lane."""
    python = sys.executable
    by_itself = (
        Step("lint", (python, "-m", "ruff", "check", "--quiet", ".")),
        Step("format", (python, "-m", "ruff", "format", "--quiet", "--check", ".")),
        Step("import contracts", (str(_BIN / "lint-imports"),)),
        Step("schemas", (python, "-m", "avro_schemas.check")),
        Step("types", (python, "-m", "mypy")),
        Step("pure tests", (python, "-m", "pytest", "-q", "-m", "pure"), shown=True),
    )
    with_services = (Step("tests with services", (python, "-m", "pytest", "-q", "-m", "not pure"), live=True),)
    return (by_itself,) if quick else (by_itself, with_services)


@dataclass(slots=True)
class Found:
    """What the steps came to."""

    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    tests: dict[str, dict[str, int]] = field(default_factory=dict)
    """Layer -> outcome -> number."""


_SAYING = threading.Lock()


def main() -> int:
    """Run the steps; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ops.check", description="Run every check.")
    parser.add_argument("--quick", action="store_true", help="leave out tests that need a broker or a database")
    chosen = lanes(parser.parse_args().quick)
    began, found = time.monotonic(), Found()
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor(len(chosen)) as pool:
        for done in [pool.submit(_run_lane, steps, Path(scratch), found) for steps in chosen]:
            done.result()
    order = [step.name for steps in chosen for step in steps]
    failed = sorted(found.failed, key=order.index)
    _say("all checks passed" if not failed else f"FAILED: {', '.join(failed)}", time.monotonic() - began)
    seconds = {name: found.seconds[name] for name in order}
    result = {"passed": not failed, "seconds": round(time.monotonic() - began, 1), "steps": seconds, "failed": failed, "tests": found.tests}
    print(json.dumps(result))
    return 1 if failed else 0


def _run_lane(steps: Sequence[Step], scratch: Path, found: Found) -> None:
    for step in steps:
        counted = scratch / f"{step.name}.json"
        passed, took = _run(step, {**os.environ, "PYTHONPATH": str(ROOT), "TEST_COUNTS_FILE": str(counted)}, scratch / f"{step.name}.log")
        found.seconds[step.name] = round(took, 1)
        if not passed:
            found.failed.append(step.name)
        if counted.exists():
            found.tests.update(json.loads(counted.read_text()))


def _run(step: Step, environment: Mapping[str, str], log: Path) -> tuple[bool, float]:
    """Whether the step passed, and its seconds."""
    began = time.monotonic()
    if step.shown:
        _say_line(f"  {step.name} ...")
    with log.open("wb") as output:
        done = subprocess.run(step.command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False)
    took = time.monotonic() - began
    with _SAYING:
        if step.shown or done.returncode != 0:
            print(log.read_text(errors="replace"), file=sys.stderr, flush=True)
        print(f"  {'ok  ' if done.returncode == 0 else 'FAIL'} {step.name} ({took:.1f} s)", file=sys.stderr, flush=True)
    return done.returncode == 0, took


def _say(line: str, took: float) -> None:
    _say_line(f"  {line} ({took:.1f} s)")


def _say_line(line: str) -> None:
    with _SAYING:
        print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
