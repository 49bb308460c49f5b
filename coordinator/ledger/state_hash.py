"""Hashes of the folded state, which every 1,000th entry carries: a fold that differs stops."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Generic

from coordinator.ledger.core import Core, S, SealedPart, Sealing
from reading.key_errors import KeyDestroyed
from reading.vault import Row

FIELD = "state"
SEALED_TOGETHER = 128
"""Parts sealed before other tasks of the process get a turn: some milliseconds."""


class StateHasher(Generic[S]):
    """Computes them. Sealed parts that have not changed since the last time are not sealed again."""

    def __init__(self, core: Core[S], sealing: Sealing) -> None:
        self._core = core
        self._sealing = sealing
        self._sealed: dict[str, tuple[bytes, bytes]] = {}

    async def hashes(self, state: S, *, beside: bool = False) -> tuple[bytes, bytes | None]:
        """SHA-256 of the clear half and of the sealed half (sealed parts, sorted, one after the other); None where a key of that half is gone.

        `beside`: whoever asks has time, and others of the process have not.
        """
        parts = await asyncio.to_thread(self._core.hashed_parts, state) if beside else self._core.hashed_parts(state)
        sealed = await self.sealed_parts(parts.sealed)
        sealed_hash = None if sealed is None else hashlib.sha256(b"".join(sorted(sealed))).digest()
        return hashlib.sha256(parts.clear).digest(), sealed_hash

    async def sealed_parts(self, parts: tuple[SealedPart, ...]) -> list[bytes] | None:
        """Each part sealed under its subject's key, in order; None where a key is gone."""
        before = self._sealed
        changed = [part for part in parts if before.get(part.subject, (None,))[0] != part.plain]
        rows = [state_row(part.subject, part.plain) for part in changed]
        sealed: list[bytes] = []
        try:
            for start in range(0, len(rows), SEALED_TOGETHER):
                sealed += await self._sealing.seal_records(rows[start : start + SEALED_TOGETHER])
                await asyncio.sleep(0)
        except KeyDestroyed:
            return None
        new = {part.subject: (part.plain, text) for part, text in zip(changed, sealed, strict=True)}
        self._sealed = {part.subject: new.get(part.subject) or before[part.subject] for part in parts}
        return [text for _, text in self._sealed.values()]


def state_row(subject: str, content: bytes) -> Row:
    """Where a part of the state stands for the vault: the same place in a hash and in a snapshot."""
    return Row(subject, FIELD, subject, content)
