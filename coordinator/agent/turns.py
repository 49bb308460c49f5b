"""How long a thread of this process may compute while another waits for its turn."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

TURN_S = 0.0005
"""Ten times shorter than Python's own. Deciding an event gives its turn away a dozen times (each time that it sends, receives or waits), and beside a thread
that encodes a state for a tenth of a second waits so long to get it back, each time."""


@contextmanager
def threads_in_short_turns() -> Iterator[None]:
    """For a process whose loop answers in milliseconds, and whose threads have time."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(TURN_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
