"""Directories for services whose data nobody keeps, removed at the end, or by the next start where the end never came."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "staffetta-throwaway-"
_YOUNG_S = 60


@contextmanager
def throwaway_directory() -> Iterator[Path]:
    """A fresh directory under the system's temporary one, which other users may enter but not list; removed on leaving."""
    _sweep()
    directory = Path(tempfile.mkdtemp(prefix=_PREFIX))
    directory.chmod(0o711)
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)


def _sweep() -> None:
    """Remove what killed processes left: directories of ours, not new, that nobody holds."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if time.time() - left.stat().st_mtime < _YOUNG_S:
                continue
            with (left / "lock").open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
        except OSError:
            continue
