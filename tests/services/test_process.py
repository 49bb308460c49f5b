"""Services die with the process that started them, however it ends, and are never mistaken for another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops.services.ports import answers, free_ports, is_free
from ops.services.process import Child, Identity, children_of, identify, spawn

_PARENT = """
import sys, threading, time
from pathlib import Path
from ops.services.process import spawn
children = []
starting = threading.Thread(target=lambda: children.append(spawn(["/bin/sleep", "600"], log=Path(sys.argv[1]))))
starting.start()
starting.join()
time.sleep(0.3)
print(children[0].pid, children[0].alive(), flush=True)
sys.stdin.read() if sys.argv[2] == "wait" else sys.exit(int(sys.argv[2]))
"""


def _gone(pid: int, within_s: float = 5.0) -> bool:
    end = time.monotonic() + within_s
    while identify(pid) is not None:
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's leash is Linux's")
@pytest.mark.parametrize("end", ["kill", "exit"])
@pytest.mark.parametrize("frozen", [False, True])
def test_a_service_ends_with_its_parent_and_not_before(tmp_path: Path, end: str, frozen: bool) -> None:
    """It outlives the thread that asked for it, and dies with the process: killed or ended, and even where it is frozen."""
    command = [sys.executable, "-c", _PARENT, str(tmp_path / "log"), "wait" if end == "kill" else "0"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": os.getcwd()}) as parent:
        assert parent.stdout is not None
        pid, alive = parent.stdout.readline().split()
        assert alive == "True"
        if frozen and end == "kill":
            os.kill(int(pid), signal.SIGSTOP)
        if end == "kill":
            parent.kill()
        assert _gone(int(pid))


def test_ctrl_c_does_not_reach_a_service(tmp_path: Path) -> None:
    """It stands in a session of its own, so the terminal's signal does not find it; its parent decides."""
    child = spawn(["/bin/sleep", "600"], log=tmp_path / "log")
    assert os.getsid(child.pid) == child.pid != os.getsid(0)
    child.kill()


def test_a_number_reused_is_not_the_process(tmp_path: Path) -> None:
    child = spawn(["/bin/sleep", "600"], log=tmp_path / "log")
    namesake = Child(Identity(child.pid, "another start"))
    assert not namesake.alive()
    namesake.kill()
    assert child.alive()
    assert Child(child.identity).alive()
    child.kill()
    assert not child.alive()
    assert identify(child.pid) is None


def test_a_stubborn_service_is_killed_after_the_grace(tmp_path: Path) -> None:
    child = spawn(["/bin/sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"], log=tmp_path / "log")
    time.sleep(0.3)
    assert child.stop(signal.SIGTERM, 0.3) is False
    assert not child.alive()


def test_a_frozen_service_is_stopped(tmp_path: Path) -> None:
    child = spawn(["/bin/sleep", "600"], log=tmp_path / "log")
    child.send(signal.SIGSTOP)
    assert child.stop(signal.SIGTERM, 5) is True


def test_what_does_not_exist_ends_and_says_why(tmp_path: Path) -> None:
    child = spawn(["/nowhere/at/all"], log=tmp_path / "log")
    assert child.wait(5)
    assert "FileNotFoundError" in (tmp_path / "log").read_text()


def test_children_are_found(tmp_path: Path) -> None:
    child = spawn(["/bin/sh", "-c", "sleep 600 & wait"], log=tmp_path / "log")
    time.sleep(0.3)
    below = children_of(child.pid)
    assert len(below) == 1
    child.kill()
    os.kill(below[0], signal.SIGKILL)


def test_ports_are_distinct_free_and_below_those_of_outgoing_connections() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert all(is_free(port) and not answers(port) for port in ports)
    lowest_outgoing = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0]) if sys.platform == "linux" else 32_768
    assert max(ports) < lowest_outgoing
