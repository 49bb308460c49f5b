"""Supervision of real processes: started again when they end, none left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from coordinator.running import Running, clear_running, only_one, process_started, read_running, write_running
from coordinator.supervisor import Child, Supervisor

SLEEPER = (sys.executable, "-c", "import time; time.sleep(600)")
STUBBORN = (sys.executable, "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)")
ORPHAN = """
import sys, time
sys.path.insert(0, {root!r})
from pathlib import Path
from coordinator.supervisor import Child, Supervisor
child = Child("child", (sys.executable, "-c", "import sys, time; sys.path.insert(0, {root!r}); from coordinator.supervisor import end_with_parent; end_with_parent(); time.sleep(600)"), Path({log!r}))
supervisor = Supervisor([child])
supervisor.start()
print(supervisor.pids()["child"], flush=True)
time.sleep(600)
"""
ROOT = str(Path(__file__).parents[2])


def wait_until(holds: Callable[[], bool], for_s: float = 20.0) -> None:
    """Returns when it holds; fails where it does not in time."""
    until = time.monotonic() + for_s
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_ends_is_started_again(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    supervisor = Supervisor([Child("one", SLEEPER, tmp_path / "logs" / "one.log")], lambda child, status, wait: told.append((child.name, status)))
    supervisor.start()
    try:
        first = supervisor.pids()["one"]
        os.kill(first, signal.SIGKILL)

        def again() -> bool:
            supervisor.tend()
            return supervisor.pids()["one"] != first

        wait_until(again)
        assert told == [("one", -signal.SIGKILL)]
    finally:
        supervisor.stop()
    assert process_started(first) is None


def test_stopping_leaves_nothing_not_even_the_deaf_and_the_frozen(tmp_path: Path) -> None:
    import coordinator.supervisor as module

    before, module.STOP_GRACE = module.STOP_GRACE, timedelta(seconds=1)
    supervisor = Supervisor([Child("deaf", STUBBORN, tmp_path / "deaf.log"), Child("frozen", SLEEPER, tmp_path / "frozen.log")])
    supervisor.start()
    try:
        pids = supervisor.pids()
        os.kill(pids["frozen"], signal.SIGSTOP)
        wait_until(lambda: "deaf" in (tmp_path / "deaf.log").read_text())
        supervisor.stop()
        supervisor.stop()
        assert [process_started(pid) for pid in pids.values()] == [None, None]
    finally:
        module.STOP_GRACE = before


def test_children_end_with_a_killed_supervisor(tmp_path: Path) -> None:
    program = ORPHAN.format(root=ROOT, log=str(tmp_path / "child.log"))
    supervisor = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert supervisor.stdout is not None
    child = int(supervisor.stdout.readline())
    time.sleep(1.0)
    supervisor.kill()
    supervisor.wait()
    supervisor.stdout.close()
    wait_until(lambda: process_started(child) is None)


def test_one_data_directory_runs_once(tmp_path: Path) -> None:
    with only_one(tmp_path) as first, only_one(tmp_path) as second:
        assert first and not second
    with only_one(tmp_path) as free:
        assert free


def test_what_runs_is_known_only_while_it_runs(tmp_path: Path) -> None:
    assert read_running(tmp_path) is None
    mine = Running(os.getpid(), process_started(os.getpid()) or "", "2026-01-01T00:00:00+00:00", "http://127.0.0.1:1", ("a",), {"DATABASE_URL": "x"})
    write_running(tmp_path, mine)
    assert read_running(tmp_path) == mine
    assert (tmp_path / "running.json").stat().st_mode & 0o077 == 0
    write_running(tmp_path, Running(mine.supervisor_pid, "another process", mine.started_at, "", (), {}))
    assert read_running(tmp_path) is None
    clear_running(tmp_path)
    assert read_running(tmp_path) is None
