"""Failures of this package.

ServiceFailed
+-- NotInstalled     something the machine must have is missing (the message says what to install)
+-- StartFailed      a service did not come up (the message ends with the tail of its log)
"""

from __future__ import annotations

from pathlib import Path


class ServiceFailed(Exception):
    """The root of this tree."""


class NotInstalled(ServiceFailed):
    """Something the machine must have is missing."""


class StartFailed(ServiceFailed):
    """A service did not come up."""

    def __init__(self, what: str, log: Path) -> None:
        super().__init__(f"{what}; its log is {log}\n{tail(log)}")


def tail(log: Path, lines: int = 15) -> str:
    """The last lines of a log, indented; a sentence where there is none."""
    try:
        kept = log.read_text(errors="replace").splitlines()[-lines:]
    except OSError:
        return "    (no log was written)"
    return "\n".join(f"    {line}" for line in kept) or "    (the log is empty)"
