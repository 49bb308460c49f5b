"""Python's search for reference cycles, made rare. Facts, entries and rows are trees: they are freed as soon as nobody holds them, without any search.

By default the search runs after every 700 objects, and a batch of entries is a hundred thousand: it took a third of a rebuild's time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

RARELY = (100_000, 20, 20)
"""Objects made before the youngest are searched; searches before those of the next age are."""
YOUNG_ALONE = (1_000, 10, 1_000_000_000)
"""The oldest are never searched by themselves. A search of the two younger ages goes through ten thousand objects at most: a millisecond or two."""
HARDLY = (1_000_000, 20, 20)
"""For a stretch of work that ends, and that keeps most of what it makes until then."""


def collect_rarely() -> None:
    """For the rest of this process, which has imported what it needs: that is never searched again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)


def collecting_hardly() -> AbstractContextManager[None]:
    """For a stretch of work."""
    return _collecting(HARDLY)


def collecting_young_alone() -> AbstractContextManager[None]:
    """For who answers in milliseconds and holds much: a search through all that it holds takes a tenth of a second, in which it answers nobody.

    Cycles that grew old before they were let go of stay until somebody calls `gc.collect`.
    """
    return _collecting(YOUNG_ALONE)


@contextmanager
def _collecting(thresholds: tuple[int, int, int]) -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*thresholds)
    try:
        yield
    finally:
        gc.set_threshold(*before)
