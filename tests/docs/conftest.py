"""One network for the documents of a test run: `staffetta up`, which dies with the tests however they end, and `staffetta down`."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from coordinator.running import read_running
from events.topics import TopicNames
from ops.services.postgres import PostgresServer
from ops.services.process import Child, spawn
from ops.topics import delete_topics
from tests.docs.shell import ROOT

WITHIN_S = 300

Shell = Callable[[str], "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def shell(kafka: str, postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """Runs a script in an empty directory, beside a network that runs."""
    directory = tmp_path_factory.mktemp("documents")
    prefix = f"docs{uuid.uuid4().hex[:10]}"
    programs = _programs(directory / "bin")
    others = {name: text for name, text in os.environ.items() if not name.startswith(("STAFFETTA_", "KAFKA_", "DATABASE_", "KEYSTORE_"))}
    environment = {
        **others,
        "PATH": f"{programs}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "160",
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "DATABASE_URL": postgres.create_database(f"views_{prefix}"),
        "KEYSTORE_URL": postgres.create_database(f"keys_{prefix}"),
        "STAFFETTA_DATA": str(directory / "data"),
        "STAFFETTA_TOPIC_PREFIX": prefix,
        "STAFFETTA_DEVELOPMENT": "true",
        "STAFFETTA_GATEWAY_PORT": "0",
    }
    runs = 0

    def run(text: str) -> subprocess.CompletedProcess[str]:
        nonlocal runs
        runs += 1
        here = directory / f"run-{runs}"
        here.mkdir()
        return subprocess.run(
            ["bash", "-c", text], cwd=here, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=WITHIN_S, check=False
        )

    log = directory / "up.log"
    up = spawn((sys.executable, "-m", "coordinator", "up"), log=log, environment=environment, directory=directory)
    try:
        _await_ready(up, directory / "data", log)
        yield run
        stopped = run("staffetta down")
        assert stopped.returncode == 0 and not up.alive(), stopped.stderr
    finally:
        up.kill()
        asyncio.run(delete_topics(kafka, TopicNames(prefix)))


def _await_ready(up: Child, data: Path, log: Path) -> None:
    until = time.monotonic() + WITHIN_S
    while read_running(data) is None:
        assert up.alive() and time.monotonic() < until, log.read_text(encoding="utf-8", errors="replace")
        time.sleep(0.1)


def _programs(directory: Path) -> Path:
    """`staffetta` and `python` as an activated environment has them."""
    directory.mkdir()
    for name, what in (("python", sys.executable), ("staffetta", f"{sys.executable} -m coordinator")):
        program = directory / name
        program.write_text(f'#!/bin/sh\nexec {what} "$@"\n', encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return directory
