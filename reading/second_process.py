"""A second process of ours beside the first, for as long as the first needs it: `async with`. What is to be done comes as lines of JSON on its standard input.

The input stays open: a second process whose first is gone reads its end, and ends, however the first ended. What is told to it stands in no command line; of the
first's environment, where settings and with them keys may stand, it is given what Python and the system read.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from types import TracebackType
from typing import Any, Self

from events.acceptance import Position

Task = Mapping[str, Any]
_OF_THE_SYSTEM = ("PATH", "HOME", "LANG", "TZ", "TMPDIR", "LC_", "PYTHON", "LD_", "DYLD_", "SSL_")
"""What the names of the variables begin with that a second process is given."""


class SecondProcess:
    """`python -m module`, which waits to be told what to do. However this is left, the process has ended."""

    def __init__(self, module: str, *, buffered_bytes: int = 65_536) -> None:
        self._module = module
        self._buffered_bytes = buffered_bytes
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        # in a session of its own: an interrupt from the terminal is for the first process, and the end of the first is heard on the pipe
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", self._module),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, start_new_session=True, limit=self._buffered_bytes,
            env={name: value for name, value in os.environ.items() if name.startswith(_OF_THE_SYSTEM)},
        )  # fmt: skip
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.end()
        assert self._process is not None
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self._process is not None
        return self._process.pid

    @property
    def told(self) -> asyncio.StreamReader:
        """Its standard output."""
        assert self._process is not None and self._process.stdout is not None
        return self._process.stdout

    def tell(self, what: Task) -> None:
        """One line more. Where it has ended, nobody hears it."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")

    def end(self) -> None:
        """Ends it, where it has not ended."""
        if self._process is not None and self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()


def next_task() -> Task | None:
    """In the second process: the next line of its input; None where the first is gone."""
    line = bytearray()
    while not line.endswith(b"\n"):  # byte by byte, so that nothing of what follows is kept in a buffer of this process
        byte = os.read(sys.stdin.fileno(), 1)
        if not byte:
            return None
        line += byte
    task: Task = json.loads(line)
    return task


def end_with_the_first() -> None:
    """In the second process, which expects no further task: from now on it ends as soon as its input does."""
    threading.Thread(target=_wait_for_the_end, daemon=True).start()


def _wait_for_the_end() -> None:
    while os.read(sys.stdin.fileno(), 1):  # not through the buffer, whose lock would be held when the interpreter ends
        pass
    os._exit(1)


def plain_position(position: Position) -> dict[str, Any]:
    """Fit for a line of JSON."""
    return {**asdict(position), "hash": position.hash.hex()}


def position_from(plain: Mapping[str, Any]) -> Position:
    """The position in what `plain_position` gave."""
    return Position(**{**plain, "hash": bytes.fromhex(plain["hash"])})
