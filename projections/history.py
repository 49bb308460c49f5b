"""Rows that keep their past: every version of a row holds from a sequence (inclusive) to a sequence (exclusive, or none yet).

A fold says which current rows change; a `History` turns that into the writes of a batch. Rows are frozen dataclasses whose last field is
`from_sequence`, left out of comparison: a version equal to the one before it is no change, so applying an entry twice writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar


class Versioned(Protocol):
    """A row of which one version at a time is current."""

    @property
    def from_sequence(self) -> int: ...


K = TypeVar("K", bound=Hashable)
R = TypeVar("R", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Table(Generic[K, R]):
    """A table of versions: its columns are the row's fields in order, then `to_sequence`."""

    name: str
    row: type[R]
    key_of: Callable[[R], K]
    key_columns: tuple[str, ...]
    """Columns of the key, all of them fields of the row."""
    group_of: Callable[[R], str] | None = None
    """By what current rows are looked up together, where they are."""

    @property
    def columns(self) -> tuple[str, ...]:
        return (*(field.name for field in fields(self.row)), "to_sequence")  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Writes:
    """What a batch writes to one table of versions."""

    ended: list[tuple[Any, ...]]
    """(key columns..., to_sequence) of versions that are in the database and are over."""
    new: list[tuple[Any, ...]]
    """Versions not in the database yet, in the columns of the table."""


class History(Generic[K, R]):
    """The current rows of one table, and the versions not written yet."""

    def __init__(self, table: Table[K, R], current: Mapping[K, R]) -> None:
        self.table = table
        self.current: dict[K, R] = {}
        self.groups: dict[str, dict[K, R]] = {}
        """Current rows by `Table.group_of`; empty where the table has none."""
        for key, row in current.items():
            self._set(key, row)
        self._values = attrgetter(*table.columns[:-1])
        self._unwritten: set[K] = set()
        self._ended: list[tuple[Any, ...]] = []
        self._new: list[tuple[Any, ...]] = []

    def apply(self, changes: Mapping[K, R | None], sequence: int) -> bool:
        """Takes what a fold returned for the entry at `sequence`; None ends a row. Says whether anything changed."""
        for key, row in changes.items():
            old = self.current.get(key)
            if old is not None:
                if key in self._unwritten:
                    self._new.append((*self._values(old), sequence))
                else:
                    self._ended.append((*(key if isinstance(key, tuple) else (key,)), sequence))
            if row is None:
                self._unset(key)
                self._unwritten.discard(key)
            else:
                self._set(key, row)
                self._unwritten.add(key)
        return bool(changes)

    def take(self, *, current_too: bool) -> Writes:
        """The writes since the last call. Without `current_too`, versions that still hold are kept back until they are over (a rebuild's way)."""
        ended, new = self._ended, self._new
        self._ended, self._new = [], []
        if current_too:
            new.extend((*self._values(self.current[key]), None) for key in sorted(self._unwritten))  # type: ignore[type-var]
            self._unwritten = set()
        return Writes(ended, new)

    def _set(self, key: K, row: R) -> None:
        self.current[key] = row
        if self.table.group_of is not None:
            self.groups.setdefault(self.table.group_of(row), {})[key] = row

    def _unset(self, key: K) -> None:
        row = self.current.pop(key, None)
        if row is not None and self.table.group_of is not None:
            del self.groups[self.table.group_of(row)][key]


def differing(before: Mapping[K, R], after: Mapping[K, R | None]) -> dict[K, R | None]:
    """The members of `after` that change something in `before`."""
    return {key: row for key, row in after.items() if before.get(key) != row}
