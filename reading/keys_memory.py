"""A key store in memory: for tests and for a network that is thrown away. Passes the suite that the one on PostgreSQL passes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from events.acceptance import Position
from events.subjects import is_explanation
from reading.keys import Key, new_key, owner_of


class MemoryKeyStore:
    """Forgets everything with the process; so it is never behind the ledger, and serves at once."""

    def __init__(self, network: str) -> None:
        self.network = network
        self._keys: dict[str, Key] = {}
        self._refs: dict[bytes, Key] = {}
        self._destroyed_refs: set[bytes] = set()
        self._destroyed: set[str] = set()
        self._through: Position | None = None

    async def keys(self, subjects: Collection[str], *, create: bool) -> Mapping[str, Key]:
        """See `KeyStore.keys`."""
        if create:
            for subject in subjects:
                if subject not in self._keys and subject not in self._destroyed:
                    self._keys[subject] = new_key(subject)
        return {subject: self._keys[subject] for subject in subjects if subject in self._keys}

    async def register(self, refs: Mapping[bytes, tuple[str, int]], new: Collection[Key] = ()) -> frozenset[str]:
        """See `KeyStore.register`."""
        gone = {key.subject for key in new if key.subject in self._keys or key.subject in self._destroyed or self._is_orphan(key.subject)}
        self._keys |= {key.subject: key for key in new if key.subject not in gone}
        for ref, (subject, version) in refs.items():
            key = self._keys.get(subject)
            if subject in gone or key is None or key.version != version:
                gone.add(subject)
            else:
                self._refs.setdefault(ref, key)
        return frozenset(gone)

    def _is_orphan(self, subject: str) -> bool:
        owner = owner_of(subject)
        return owner is not None and owner not in self._keys

    async def resolve(self, refs: Collection[bytes]) -> Mapping[bytes, Key]:
        """See `KeyStore.resolve`."""
        return {ref: self._refs[ref] for ref in refs if ref in self._refs}

    async def destroy(self, subjects: Collection[str], *, through: Position | None, refs: Collection[bytes] = ()) -> None:
        """See `KeyStore.destroy`."""
        for subject in subjects:
            self._keys.pop(subject, None)
            self._destroyed.add(subject)
        self._destroyed_refs.update(refs)
        if subjects:
            gone = {ref: key for ref, key in self._refs.items() if key.subject in self._destroyed}
            self._destroyed_refs.update(ref for ref, key in gone.items() if not is_explanation(key.subject))
            self._refs = {ref: key for ref, key in self._refs.items() if key.subject not in self._destroyed}
        if through is not None and (self._through is None or through.sequence > self._through.sequence):
            self._through = through

    async def were_destroyed(self, refs: Collection[bytes]) -> frozenset[bytes]:
        """See `KeyStore.were_destroyed`."""
        return frozenset(self._destroyed_refs.intersection(refs))

    async def destroyed_through(self) -> Position | None:
        """See `KeyStore.destroyed_through`."""
        return self._through

    async def living_keys(self) -> Sequence[Key]:
        """See `KeyStore.living_keys`."""
        return tuple(self._keys.values())

    @property
    def serving(self) -> bool:
        """See `KeyStore.serving`."""
        return True

    def serve(self) -> None:
        """See `KeyStore.serve`."""
