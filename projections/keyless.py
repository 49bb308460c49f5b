"""The key store of a process that is given no key, because what it folds is clear in the ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NoReturn

from events.acceptance import Position
from reading.key_errors import KeyStoreError
from reading.keys import Key


class NoKeys:
    """Asked for anything, it fails."""

    def __init__(self, network: str) -> None:
        self.network = network

    @property
    def serving(self) -> bool:
        """Asked before any key is."""
        self._none()

    async def keys(self, subjects: Collection[str], *, create: bool) -> Mapping[str, Key]:
        """See `KeyStore.keys`."""
        self._none()

    async def register(self, refs: Mapping[bytes, tuple[str, int]], new: Collection[Key] = ()) -> frozenset[str]:
        """See `KeyStore.register`."""
        self._none()

    async def resolve(self, refs: Collection[bytes]) -> Mapping[bytes, Key]:
        """See `KeyStore.resolve`."""
        self._none()

    async def destroy(self, subjects: Collection[str], *, through: Position | None, refs: Collection[bytes] = ()) -> None:
        """See `KeyStore.destroy`."""
        self._none()

    async def were_destroyed(self, refs: Collection[bytes]) -> frozenset[bytes]:
        """See `KeyStore.were_destroyed`."""
        self._none()

    async def destroyed_through(self) -> Position | None:
        """See `KeyStore.destroyed_through`."""
        self._none()

    async def living_keys(self) -> Sequence[Key]:
        """See `KeyStore.living_keys`."""
        self._none()

    def serve(self) -> None:
        """See `KeyStore.serve`."""
        self._none()

    def _none(self) -> NoReturn:
        raise KeyStoreError("What is clear in the ledger is folded without keys.")
