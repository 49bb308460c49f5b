"""What a check is here, what a planted bug is, and where checks may work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a check may write."""

    directory: Path
    new_database: Callable[[], str]
    """URL of a fresh, empty PostgreSQL database."""
    patience_s: float = 30.0
    """How long a check waits for a stop that should come: long on a busy machine without a bug, short with one, when it never comes."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check that the project has anyhow, run over a history of its own."""

    name: str
    """Where it lives, and over what it is run."""
    find: Callable[[Stage], Awaitable[list[str]]]
    """What it finds wrong, by name; empty: it is green."""
    on_postgresql: bool = False


@dataclass(frozen=True, slots=True)
class Bug:
    """A way to break the product on purpose."""

    area: str
    name: str
    plant: Callable[[], AbstractContextManager[None]]
    caught_by: tuple[tuple[Check, str], ...]
    """(check, what it must name): every one of them must."""

    @property
    def on_postgresql(self) -> bool:
        """Whether a check of this bug needs a database."""
        return any(check.on_postgresql for check, _ in self.caught_by)
