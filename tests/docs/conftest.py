"""One network for the documents of a test run, started and stopped the way they say: `staffetta up --detach`, `staffetta down`."""

from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from events.topics import TopicNames
from ops.services.postgres import PostgresServer
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

    started = run("staffetta up --detach")
    try:
        assert started.returncode == 0, started.stderr
        yield run
    finally:
        stopped = run("staffetta down")
        asyncio.run(delete_topics(kafka, TopicNames(prefix)))
    assert stopped.returncode == 0, stopped.stderr


def _programs(directory: Path) -> Path:
    """`staffetta` and `python` as an activated environment has them."""
    directory.mkdir()
    for name, what in (("python", sys.executable), ("staffetta", f"{sys.executable} -m coordinator")):
        program = directory / name
        program.write_text(f'#!/bin/sh\nexec {what} "$@"\n', encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return directory
