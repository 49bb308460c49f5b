"""Children that die with their parent, and how to know a process again.

A service runs in a session of its own, so that ctrl-C reaches only the process that started it, which then stops its services in order.
Where that process is killed instead, the kernel kills the service (Linux, `PR_SET_PDEATHSIG`).
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

_LEASH = """
import ctypes, os, sys
parent, uid, gid = (int(number) for number in sys.argv[1:4])
libc = ctypes.CDLL(None) if sys.platform == "linux" else None
if uid >= 0:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
if libc is not None:
    libc.prctl(1, 9, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
os.execv(sys.argv[4], sys.argv[4:])
"""
"""Run first in the child: take the other user's identity, ask for SIGKILL at the parent's death, become the service. The user is
changed here and not by `Popen`, because another user need not be able to reach this interpreter."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A process, told apart from a later one with its number."""

    pid: int
    started: str
    """Start time as the system tells it: clock ticks since boot and the boot's id on Linux, else the text of `ps`."""


def identify(pid: int) -> Identity | None:
    """The identity of the process running under this number; None where none runs (a zombie does not run)."""
    if sys.platform == "linux":
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except OSError:
            return None
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] in "ZX" else Identity(pid, f"{fields[19]}@{boot}")
    shown = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.split(None, 1)
    return None if len(shown) < 2 or shown[0].startswith("Z") else Identity(pid, shown[1].strip())


def children_of(pid: int) -> list[int]:
    """Numbers of the direct children of a process; empty off Linux."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(entry.parent.name))
    return found


class Child:
    """A running service: one we spawned, or one that another process of ours left running and whose identity was recorded."""

    def __init__(self, identity: Identity, spawned: subprocess.Popen[bytes] | None = None) -> None:
        self.identity = identity
        self._spawned = spawned

    @property
    def pid(self) -> int:
        """Its process number."""
        return self.identity.pid

    def alive(self) -> bool:
        """Whether this very process runs (or is frozen)."""
        if self._spawned is not None:
            return self._spawned.poll() is None
        return identify(self.pid) == self.identity

    def send(self, number: signal.Signals) -> None:
        """Send a signal, to this process and never to a later one of its number. Nothing where it no longer runs."""
        if self.alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return

    def wait(self, timeout_s: float) -> bool:
        """Whether it ended within the time."""
        end = time.monotonic() + timeout_s
        while self.alive():
            if time.monotonic() > end:
                return False
            time.sleep(0.02)
        return True

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.send(signal.SIGKILL)
        self.wait(10)

    def stop(self, number: signal.Signals, grace_s: float) -> bool:
        """Ask it to end; kill it after the grace. Returns whether it ended by itself. A frozen process is thawed first."""
        self.send(signal.SIGCONT)
        self.send(number)
        if self.wait(grace_s):
            return True
        self.kill()
        return False


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    user: tuple[int, int] | None = None,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
) -> Child:
    """Start a service that dies with this process, however this one ends; its output is appended to `log`.

    `command[0]` is an absolute path; `user` is (uid, gid), for root only.
    """

    def start() -> Child:
        uid, gid = user if user is not None else (-1, -1)
        leash = [sys.executable, "-I", "-S", "-c", _LEASH, str(os.getpid()), str(uid), str(gid)]
        with log.open("ab") as output:
            spawned = subprocess.Popen(
                [*leash, *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=None if environment is None else dict(environment),
                cwd=directory,
            )
        return Child(identify(spawned.pid) or Identity(spawned.pid, "ended at once"), spawned)

    return _in_lasting_thread(start)


_requests: queue.SimpleQueue[tuple[Callable[[], Child], Future[Child]]] = queue.SimpleQueue()
_starting = threading.Lock()
_thread_of_process = 0


def _in_lasting_thread(start: Callable[[], Child]) -> Child:
    """Run `start` in a thread that lives as long as the process: the kernel's leash is tied to the thread that forked, and a worker
    thread of an event loop ends before the process does."""
    global _thread_of_process, _requests
    with _starting:
        if _thread_of_process != os.getpid():
            _requests = queue.SimpleQueue()
            threading.Thread(target=_serve, args=(_requests,), name="spawns services", daemon=True).start()
            _thread_of_process = os.getpid()
    done: Future[Child] = Future()
    _requests.put((start, done))
    return done.result()


def _serve(requests: queue.SimpleQueue[tuple[Callable[[], Child], Future[Child]]]) -> None:
    while True:
        start, done = requests.get()
        try:
            done.set_result(start())
        except BaseException as failure:  # noqa: BLE001 - handed to the caller, who waits for it
            done.set_exception(failure)
