"""Local process supervision: starts the processes of one machine, starts them again when they end, and leaves none behind.

A process that ends is the normal answer to trouble here (a worker that loses its tail ends itself), so a restart is no alarm; many in a row are.
Children hold the read end of a pipe whose write end only the supervisor has: when the supervisor is gone, however it went, the pipe closes and they end.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

PARENT_PIPE = "STAFFETTA_PARENT_PIPE"
"""Environment variable that names the descriptor of the pipe in a child."""

STOP_GRACE = timedelta(seconds=8)
"""How long a child has to end after SIGTERM, before SIGKILL."""

RESTART_AFTER = (timedelta(milliseconds=200), timedelta(seconds=1), timedelta(seconds=3), timedelta(seconds=8))
"""Wait before the first, second ... restart in a row; the last repeats. A child that ran for `STEADY` starts the row anew."""

STEADY = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Child:
    """One process to keep running."""

    name: str
    command: tuple[str, ...]
    log: Path
    """Where its standard output and error go, appended."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables beside the supervisor's own."""


@dataclass(slots=True)
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    started: float
    row: int = 0
    restart_at: float | None = None


class Supervisor:
    """Keeps children running until `stop`. Not for threads: one caller."""

    def __init__(self, children: Sequence[Child], on_restart: Callable[[Child, int, timedelta], None] | None = None) -> None:
        """`on_restart` is told a child, its exit status (negative: the signal) and the wait before it starts again."""
        self._children = tuple(children)
        self._on_restart = on_restart
        self._running: dict[str, _Running] = {}
        self._pipe: tuple[int, int] | None = None

    def start(self) -> None:
        """Starts every child. Raises OSError where a command cannot be run; what was started before is stopped."""
        self._pipe = os.pipe()
        try:
            for child in self._children:
                self._running[child.name] = _Running(child, self._spawn(child), time.monotonic())
        except OSError:
            self.stop()
            raise

    def pids(self) -> dict[str, int]:
        """Process ids by the children's names."""
        return {name: running.process.pid for name, running in self._running.items()}

    def tend(self) -> None:
        """Looks once: notes who ended, starts again whose wait is over. Call it a few times a second."""
        now = time.monotonic()
        for running in self._running.values():
            if running.restart_at is not None:
                if now >= running.restart_at:
                    running.process, running.started, running.restart_at = self._spawn(running.child), now, None
                continue
            status = running.process.poll()
            if status is None:
                continue
            running.row = 0 if now - running.started > STEADY.total_seconds() else running.row + 1
            wait = RESTART_AFTER[min(running.row, len(RESTART_AFTER)) - 1] if running.row else RESTART_AFTER[0]
            running.restart_at = now + wait.total_seconds()
            if self._on_restart is not None:
                self._on_restart(running.child, status, wait)

    def stop(self) -> None:
        """Ends every child and waits for it; safe to call twice. Last started, first ended."""
        processes = [running.process for running in reversed(self._running.values())]
        for process in processes:
            _signal(process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_GRACE.total_seconds()
        for process in processes:
            try:
                process.wait(max(0.05, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
                process.wait()
        self._running.clear()
        if self._pipe is not None:
            for descriptor in self._pipe:
                os.close(descriptor)
            self._pipe = None

    def _spawn(self, child: Child) -> subprocess.Popen[bytes]:
        assert self._pipe is not None, "start() opens the pipe"
        read_end = self._pipe[0]
        child.log.parent.mkdir(parents=True, exist_ok=True)
        with child.log.open("ab") as log:
            return subprocess.Popen(
                child.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **child.environment, PARENT_PIPE: str(read_end)},
                pass_fds=(read_end,),
                start_new_session=True,  # a ctrl-C at the terminal is the supervisor's to pass on, once, in order
            )


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signals a process unless it is gone; a stopped one is continued so that it can hear."""
    if process.poll() is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)
        process.send_signal(signal.SIGCONT)


def end_with_parent() -> None:
    """In a child: ends this process (SIGTERM to itself, then at once) when the supervisor is gone. Nothing where there is none."""
    text = os.environ.get(PARENT_PIPE)
    if text is None:
        return
    descriptor = int(text)

    def watch() -> None:
        try:
            while os.read(descriptor, 1):
                pass
        except OSError:
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(STOP_GRACE.total_seconds())
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
