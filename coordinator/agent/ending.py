"""Ending this process, so that a supervisor starts it again and it loads from the ledger."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

log = logging.getLogger(__name__)

FAULT = 70
"""Exit status: something broke; starting again may help."""
STOPPED = 78
"""Exit status: a reader or worker found what only a person can resolve (`reading.errors.ReadingStopped`); starting again finds it again."""

End = Callable[[int, str], None]


def end_process(status: int, why: str) -> NoReturn:
    """Say why, flush what was logged, and be gone: no handler, no `finally`, no shutdown that could hang."""
    log.critical("process_ends", extra={"status": status, "why": why})
    with suppress(Exception):
        for handler in logging.getLogger().handlers:
            handler.flush()
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)
