"""Progress for people: one line a step, on standard error, so that standard output stays data."""

from __future__ import annotations

import sys
from collections.abc import Callable

Say = Callable[[str], None]


def aloud(line: str) -> None:
    """Print the line at once."""
    print(line, file=sys.stderr, flush=True)


def quietly(_line: str) -> None:
    """Say nothing."""
