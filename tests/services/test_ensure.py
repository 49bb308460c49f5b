"""What the environment names is used and left alone; what it does not name is started once, found by others, and gone afterwards."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from ops.services.ensure import AlreadyRunning, ensure_services, find_services
from ops.services.kafka import live_brokers
from ops.services.process import Identity, identify, spawn
from ops.services.say import Say, quietly
from ops.services.throwaway import throwaway_directory

_NAMED = {
    "KAFKA_BOOTSTRAP_SERVERS": "broker.example:9092",
    "DATABASE_URL": "postgresql://views@db.example/views",
    "KEYSTORE_URL": "postgresql://k@db.example/k",
}


@pytest.fixture
def directory() -> Iterator[Path]:
    with throwaway_directory() as made:
        yield made


def test_what_is_named_is_used_and_nothing_started(tmp_path: Path) -> None:
    with ensure_services(tmp_path, environ=_NAMED, say=quietly) as services:
        assert services.environment() == _NAMED
        assert services.started == ()
        assert not services.development
    assert list(tmp_path.iterdir()) == []


@pytest.mark.edge
async def test_only_what_is_not_named_is_started(directory: Path) -> None:
    named = {name: value for name, value in _NAMED.items() if name != "KEYSTORE_URL"}
    with ensure_services(directory, environ=named, durable=False, say=quietly) as services:
        assert services.bootstrap == named["KAFKA_BOOTSTRAP_SERVERS"]
        assert services.database_url == named["DATABASE_URL"]
        assert [each.what.split(",")[0] for each in services.started] == ["PostgreSQL"]
        connection = await asyncpg.connect(services.keystore_url)
        assert await connection.fetchval("SELECT current_user") == "staffetta_keys"
        await connection.close()


@pytest.mark.edge
def test_one_process_runs_them_others_find_them_or_start_apart(directory: Path) -> None:
    heard: list[str] = []
    with ensure_services(directory, environ={}, durable=False, say=heard.append) as services:
        assert services.development
        assert live_brokers(services.bootstrap) == {1}
        found = find_services(directory)
        assert found is not None
        assert found.environment() == services.environment()
        found.stop()
        assert stat.S_IMODE((directory / "services" / "services.json").stat().st_mode) == 0o600
        with pytest.raises(AlreadyRunning):
            ensure_services(directory, environ={}, when_busy="refuse", say=quietly)
        without_kafka = {"KAFKA_BOOTSTRAP_SERVERS": services.bootstrap}
        with ensure_services(directory, environ=without_kafka, durable=False, say=heard.append) as apart:
            assert apart.database_url != services.database_url
        assert any("apart" in line for line in heard)
        assert find_services(directory) is not None
        assert live_brokers(services.bootstrap) == {1}
        password = services.database_url.split(":")[2].split("@")[0]
        assert not any(password in line for line in [*heard, *services.describe()])
        pids = [child.pid for child in services.kafka.children.values()] if services.kafka is not None else []
    assert find_services(directory) is None
    assert all(identify(pid) is None for pid in pids)


def test_a_stale_record_harms_nobody(directory: Path) -> None:
    """A record whose processes are gone, or whose numbers belong to others now, is no record; what is truly left running is ended."""
    left = spawn(["/bin/sleep", "600"], log=directory / "log")
    bystander = spawn(["/bin/sleep", "600"], log=directory / "log")
    record = {
        "owner": {"pid": os.getpid(), "started": "long ago"},
        "bootstrap": "b",
        "database_url": "d",
        "keystore_url": "k",
        "development": True,
        "processes": [{"pid": left.identity.pid, "started": left.identity.started}, {"pid": bystander.pid, "started": "long ago"}],
    }
    kept = directory / "services" / "services.json"
    kept.parent.mkdir()
    kept.write_text(json.dumps(record))
    assert find_services(directory) is None
    with pytest.raises(RuntimeError, match="enough"):
        ensure_services(directory, environ={}, say=_interrupting("starting"))
    assert not left.alive()
    assert bystander.alive()
    assert not kept.exists()
    bystander.kill()


@pytest.mark.edge
def test_interrupted_while_starting_it_leaves_nothing_running(directory: Path) -> None:
    with pytest.raises(RuntimeError, match="enough"):
        ensure_services(directory, environ={}, durable=False, say=_interrupting("making a data directory"))
    assert _left_running(directory) == []
    with ensure_services(directory, environ={"KAFKA_BOOTSTRAP_SERVERS": "b:1"}, durable=False, say=quietly) as services:
        assert services.started


@pytest.mark.edge
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's leash is Linux's")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_whatever_ends_the_process_ends_its_services(directory: Path, number: signal.Signals) -> None:
    program = (
        "import signal, time; from pathlib import Path; from ops.services.ensure import ensure_services\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # whoever runs the tests in the background has it ignored
        f"with ensure_services(Path({str(directory)!r}), environ={{'KAFKA_BOOTSTRAP_SERVERS': 'b:1'}}, durable=False):\n"
        "    print('ready', flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": os.getcwd()}
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        running = _left_running(directory)
        assert running
        process.send_signal(number)
    for identity in running:
        _wait_until_gone(identity)
    assert _left_running(directory) == []


def _interrupting(at: str) -> Say:
    def say(line: str) -> None:
        if at in line:
            raise RuntimeError("enough")

    return say


def _left_running(directory: Path) -> list[Identity]:
    """Processes whose command line names the directory."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            named = str(directory).encode() in entry.read_bytes()
        except OSError:
            continue
        identity = identify(int(entry.parent.name))
        if named and identity is not None and identity.pid != os.getpid():
            found.append(identity)
    return found


def _wait_until_gone(identity: Identity) -> None:
    end = time.monotonic() + 10
    while identify(identity.pid) == identity:
        assert time.monotonic() < end, "still running"
        time.sleep(0.05)
