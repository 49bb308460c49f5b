"""What runs on this machine from one data directory: written by `staffetta up`, read by every other command started beside it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from coordinator.private_file import write_private
from coordinator.settings import Settings, load_settings


@dataclass(frozen=True, slots=True)
class Running:
    """The processes of one `staffetta up`, and how to reach what it started."""

    supervisor_pid: int
    supervisor_started: str
    """Start time of the process as its machine counts it: a pid alone may by now be another's."""
    started_at: str
    """ISO 8601, UTC, for people."""
    gateway_url: str
    children: tuple[str, ...]
    environment: Mapping[str, str]
    """Settings by which the services are reached; they stand in for whatever the environment leaves empty."""


def running_path(data: Path) -> Path:
    """Where it is written."""
    return data / "running.json"


def read_running(data: Path) -> Running | None:
    """What `up` wrote and is still so; None where nothing runs."""
    try:
        plain = json.loads(running_path(data).read_text(encoding="utf-8"))
        running = Running(**{**plain, "children": tuple(plain["children"])})
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return running if process_started(running.supervisor_pid) == running.supervisor_started else None


def write_running(data: Path, running: Running) -> None:
    """For the owner alone: addresses carry passwords of local roles."""
    write_private(running_path(data), json.dumps(asdict(running), indent=1) + "\n")


def clear_running(data: Path) -> None:
    """Nothing runs any more."""
    running_path(data).unlink(missing_ok=True)


def process_started(pid: int) -> str | None:
    """When a living process was started, as the machine counts it; None where there is none. Where that cannot be known, only that it lives."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        fields = stat.rpartition(")")[2].split()
        return None if fields[0] == "Z" else fields[19]
    except OSError:
        pass
    if Path("/proc/self/stat").exists():
        return None
    try:
        os.kill(pid, 0)
    except OSError:
        return None
    return "alive"


@contextlib.contextmanager
def only_one(data: Path) -> Iterator[bool]:
    """Whether this process is now the one that runs things from the directory; False where another is. Held until the block ends."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True


def settings_here() -> Settings:
    """The environment's settings; what they leave empty is what `staffetta up` runs from the same data directory. Raises SettingsInvalid."""
    settings = load_settings()
    running = read_running(settings.data)
    return settings if running is None else load_settings({**running.environment, **{name: text for name, text in os.environ.items() if text}})
