"""The command line is run as people run it: as a process, against a network whose worker and views live in the test's."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from typing import Any

from coordinator.local import environment_of
from coordinator.settings import Settings
from tests.gateway.conftest import running

__all__ = ["Ended", "running", "staffetta"]


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its standard output, which must be one JSON value and nothing else."""
        return json.loads(self.out)


async def staffetta(settings: Settings | None, *arguments: str, **variables: str) -> Ended:
    """Runs `staffetta` with these settings (None: with an empty environment of ours)."""
    ours = {} if settings is None else environment_of(settings)
    others = {name: text for name, text in os.environ.items() if not name.startswith(("STAFFETTA_", "KAFKA_", "DATABASE_", "KEYSTORE_"))}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "coordinator", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL,
        env={**others, "COLUMNS": "200", **ours, **variables},
    )  # fmt: skip
    out, err = await asyncio.wait_for(process.communicate(), 120)
    return Ended(process.returncode or 0, out.decode(), err.decode())
