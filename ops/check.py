"""The one recipe of checks: `make check`, `make test` and continuous integration all run this.

    python -m ops.check             everything
    python -m ops.check --quick     without tests that need a broker or a database

Each step is said with its time; output is shown where a step fails (the tests' output always). Later steps run even so. The last line of
standard output is one JSON object: `passed`, `seconds`, `steps` (name -> seconds), `failed` (names), `tests` (layer -> outcome -> number).
Exit status 0 only if every step passed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
_BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Step:
    """One check: a name for people and the command that is it."""

    name: str
    command: tuple[str, ...]
    shown: bool = False
    """Its output is progress, and goes to the terminal as it comes."""


def steps(quick: bool) -> tuple[Step, ...]:
    """Every check, cheapest first."""
    python = sys.executable
    chosen = ("-m", "pure") if quick else ()
    return (
        Step("lint", (python, "-m", "ruff", "check", "--quiet", ".")),
        Step("format", (python, "-m", "ruff", "format", "--quiet", "--check", ".")),
        Step("import contracts", (str(_BIN / "lint-imports"),)),
        Step("schemas", (python, "-m", "avro_schemas.check")),
        Step("types", (python, "-m", "mypy")),
        Step("tests", (python, "-m", "pytest", "-q", *chosen), shown=True),
    )


def main() -> int:
    """Run the steps; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ops.check", description="Run every check.")
    parser.add_argument("--quick", action="store_true", help="leave out tests that need a broker or a database")
    quick = parser.parse_args().quick
    began = time.monotonic()
    seconds: dict[str, float] = {}
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as scratch:
        counted = Path(scratch) / "tests.json"
        for step in steps(quick):
            passed, took = _run(step, {**os.environ, "PYTHONPATH": str(ROOT), "TEST_COUNTS_FILE": str(counted)})
            seconds[step.name] = round(took, 1)
            if not passed:
                failed.append(step.name)
        tests = json.loads(counted.read_text()) if counted.exists() else {}
    _say("all checks passed" if not failed else f"FAILED: {', '.join(failed)}", time.monotonic() - began)
    print(json.dumps({"passed": not failed, "seconds": round(time.monotonic() - began, 1), "steps": seconds, "failed": failed, "tests": tests}))
    return 1 if failed else 0


def _run(step: Step, environment: Mapping[str, str]) -> tuple[bool, float]:
    """Whether the step passed, and its seconds."""
    began = time.monotonic()
    if step.shown:
        print(f"  {step.name} ...", file=sys.stderr, flush=True)
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr if step.shown else subprocess.PIPE,
        stderr=sys.stderr if step.shown else subprocess.STDOUT,
        check=False,
    )
    took = time.monotonic() - began
    if done.returncode != 0 and done.stdout:
        print(done.stdout.decode(errors="replace"), file=sys.stderr, flush=True)
    _say(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {step.name}", took)
    return done.returncode == 0, took


def _say(line: str, took: float) -> None:
    print(f"  {line} ({took:.1f} s)", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
