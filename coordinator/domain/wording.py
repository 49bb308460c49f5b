"""Small checks on the words and lists of an event."""

from __future__ import annotations

from collections.abc import Sequence

from events.ids import is_slug

LONGEST_TEXT = 4_000
"""Characters of a free text."""


def each_once(items: Sequence[str]) -> bool:
    """Whether no item stands twice."""
    return len(set(items)) == len(items)


def are_slugs(items: Sequence[str]) -> bool:
    """Whether there are items, all of them slugs."""
    return bool(items) and all(is_slug(item) for item in items)
