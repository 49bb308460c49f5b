"""Keys at hand: what a process remembers of the key store, so that most batches need no round trip.

Only what exists is remembered. "No key" is asked again each time: a key may be created a moment later, and a store restored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from events.person import ExplanationsExpired
from events.seal import NETWORK_REF
from events.subjects import NETWORK, is_explanation
from reading.key_errors import KeyStoreBehind, KeyStoreError
from reading.keys import Gone, Key, KeyStore, subjects_of_case
from reading.recent import Recent

MAX_KEYS = 10_000
"""About 4 KiB each."""
MAX_REFS = 200_000
MAX_FORGOTTEN = 10_000


class Keyring:
    """Keys of one network by subject and by reference. For one event loop."""

    def __init__(self, store: KeyStore, *, max_keys: int = MAX_KEYS, max_refs: int = MAX_REFS) -> None:
        self._store = store
        self._keys: Recent[str, Key] = Recent(max_keys)
        self._refs: Recent[bytes, str] = Recent(max_refs)
        """Reference -> subject: so that a subject forgotten takes its references with it."""
        self._explanations: set[str] = set()
        """Subjects of explanations among those remembered, and some that are no longer: an erasure looks through these, not through every key at hand."""
        self._forgotten: Recent[str, bool] = Recent(MAX_FORGOTTEN)
        self._expired: ExplanationsExpired | None = None
        """The last that was said of every case."""
        self._network: Key | None = None

    @property
    def network_key(self) -> Key:
        """The network's own key. `network` must have been awaited once."""
        if self._network is None:
            raise KeyStoreError("The network's key has not been loaded yet (await Vault.ready()).")
        return self._network

    async def network(self) -> Key:
        """The network's own key, created where there is none yet."""
        if self._network is None:
            found = await self._serving_store().keys([NETWORK], create=True)
            if NETWORK not in found:
                raise KeyStoreError("The network's own key has been destroyed: nothing of this network can be opened any more.")
            self._network = found[NETWORK]
        return self._network

    def __contains__(self, subject: str) -> bool:
        """Whether the subject's key is at hand."""
        return subject in self._keys

    def at_hand(self, ref: bytes) -> Key | None:
        """The key of a reference that was asked for or registered before, without asking; None where it is not at hand. The network's is not given."""
        subject = self._refs.get(ref)
        return None if subject is None else self._keys.get(subject)

    async def by_subject(self, subjects: Iterable[str], *, create: bool) -> Mapping[str, Key]:
        """Keys by subject; one call of the store for all that are not at hand. Without one: destroyed, or not created."""
        found: dict[str, Key] = {}
        missing: dict[str, None] = {}
        for subject in subjects:
            key = await self.network() if subject == NETWORK else self._keys.get(subject)
            if key is None:
                missing[subject] = None
            else:
                found[subject] = key
        if missing:
            fetched = await self._serving_store().keys(list(missing), create=create)
            self._remember(fetched.values())
            found |= fetched
        return found

    async def by_ref(self, refs: Collection[bytes]) -> Mapping[bytes, Key]:
        """Keys by reference; one call of the store for all that are not at hand. Without one: destroyed, or never registered."""
        found: dict[bytes, Key] = {}
        missing: list[bytes] = []
        for ref in dict.fromkeys(refs):
            if ref == NETWORK_REF:
                found[ref] = await self.network()
                continue
            key = self.at_hand(ref)
            if key is None:
                missing.append(ref)
            else:
                found[ref] = key
        if missing:
            resolved = await self._serving_store().resolve(missing)
            self._remember({key.subject: key for key in resolved.values()}.values())
            for ref, key in resolved.items():
                self._refs.put(ref, key.subject)
            found |= resolved
        return found

    async def were_destroyed(self, refs: Collection[bytes]) -> frozenset[bytes]:
        """Those of these references that went with their key; see `KeyStore.were_destroyed`. One round trip."""
        return await self._serving_store().were_destroyed(refs)

    async def living(self) -> Sequence[Key]:
        """Every key that is not destroyed. One round trip; nothing of it is remembered."""
        return await self._serving_store().living_keys()

    async def register(self, refs: Mapping[bytes, Key], new: Collection[Key] = ()) -> frozenset[str]:
        """Register references, and `new` keys with them, in one call; gives what `KeyStore.register` gives. Subjects of keys that were not new and are
        gone are then forgotten here too."""
        if not refs and not new:
            return frozenset()
        gone = await self._serving_store().register({ref: (key.subject, key.version) for ref, key in refs.items()}, new)
        self._remember(key for key in new if key.subject not in gone)
        for ref, key in refs.items():
            if key.subject not in gone:
                self._refs.put(ref, key.subject)
        for subject in gone.difference(key.subject for key in new):
            self._forget(subject)
        return gone

    def forget(self, gone: Gone) -> None:
        """Keep nothing of what was erased or expired, from now on: while such a key still exists it is fetched for each use."""
        subjects = {subject for case_id in gone.cases for subject in subjects_of_case(case_id)}
        for subject in subjects.union(subject for subject in self._explanations if gone.has(subject)):
            self._forget(subject)
        for expired in gone.explanations:
            if expired.only is None and (self._expired is None or expired.period >= self._expired.period):
                self._expired = expired

    def _serving_store(self) -> KeyStore:
        if not self._store.serving:
            raise KeyStoreBehind("The key store has not been brought up to the ledger: it may hold keys of erased cases.")
        return self._store

    def _forget(self, subject: str) -> None:
        self._keys.drop(subject)
        self._forgotten.put(subject, True)

    def _remember(self, keys: Iterable[Key]) -> None:
        for key in keys:
            if key.subject not in self._forgotten and not (self._expired and Gone(explanations=(self._expired,)).has(key.subject)):
                self._keys.put(key.subject, key)
                if is_explanation(key.subject):
                    self._explanations.add(key.subject)
        if len(self._explanations) > 2 * self._keys.capacity:
            self._explanations = {subject for subject in self._explanations if subject in self._keys}
