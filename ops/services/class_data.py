"""The broker's classes, loaded once and kept in the form the Java machine maps into memory: a broker then starts with half the work.

    python3 -m ops.services.class_data      resolves the jars and keeps their classes; needs nothing that is not in Python's own library

Made by setup; where there is none, brokers start all the same.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

from ops.services.broker import Node, Runtime, format_command, run_command, write_settings
from ops.services.errors import NotInstalled, StartFailed
from ops.services.jars import kafka_jars
from ops.services.java import find_java
from ops.services.ports import answers, free_ports
from ops.services.process import spawn
from ops.services.say import Say, aloud
from ops.services.throwaway import throwaway_directory

_DEADLINE_S = 180.0


def archive_of(java: Path, jars: Path) -> Path:
    """Where the classes of these jars are kept for exactly this Java."""
    executable = java.resolve()
    which = hashlib.sha256(f"{executable}:{executable.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    return jars.parent / f"{jars.name}-{which}.jsa"


def find_runtime(say: Say, *, short_lived: bool = False) -> Runtime:
    """What a broker can be run with on this machine, resolved where need be. Raises NotInstalled, StartFailed."""
    java, jars = find_java(), kafka_jars(say)
    archive = archive_of(java, jars)
    return Runtime(java, jars, archive if archive.exists() else None, short_lived)


def keep_classes(say: Say) -> None:
    """Run a broker on throw-away data until it serves, and keep what it loaded. Nothing where that is done already. Raises NotInstalled, StartFailed."""
    runtime = replace(find_runtime(say), archive=None)
    archive = archive_of(runtime.java, runtime.jars)
    with archive.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if archive.exists():
            return
        say("kafka: keeping its loaded classes, so that it starts faster")
        with throwaway_directory() as directory:
            unfinished = archive.with_suffix(f".{os.getpid()}")
            try:
                _train(runtime, directory, unfinished)
                unfinished.rename(archive)
            finally:
                unfinished.unlink(missing_ok=True)


def _train(runtime: Runtime, directory: Path, archive: Path) -> None:
    port, controller_port = free_ports(2)
    node = Node(1, port, controller_port, directory / "broker")
    write_settings(node, [node], {})
    spawn(format_command(runtime, node, "A" * 22), log=node.console).wait(_DEADLINE_S)
    child = spawn(run_command(runtime, node, 384, [f"-XX:ArchiveClassesAtExit={archive}"]), log=node.console, directory=node.directory)
    end = time.monotonic() + _DEADLINE_S
    while child.alive() and not answers(port) and time.monotonic() < end:
        time.sleep(0.2)
    time.sleep(1.0)  # the last classes are loaded when it registers with its controller
    if not child.stop(signal.SIGTERM, _DEADLINE_S) or not archive.exists():
        raise StartFailed("kafka: its classes could not be kept", node.console)


if __name__ == "__main__":
    with contextlib.suppress(NotInstalled, StartFailed):  # a matter of speed alone; who needs a broker hears what is missing
        keep_classes(aloud)
