"""Failures of the key store and the vault.

    KeyStoreError
    +-- KeyDestroyed       something was to be sealed under a key that is destroyed: whoever asked is behind the ledger, or the case is erased
    +-- MasterKeyWrong     the master key given is not the one that wrapped this store
    +-- MasterKeyUnusable  the master key's file or text cannot be used (missing, wrong size, readable by everybody)
    +-- KeyStoreBehind     the store may hold keys that the ledger says are destroyed (restored, or not yet brought up to the ledger): it does not serve
    +-- KeysLost           the ledger holds parts that no key of this store opens though nobody erased them: restore a later copy

A store that cannot be reached is not among them: every operation waits until it can.
"""

from __future__ import annotations

from collections.abc import Sequence


class KeyStoreError(Exception):
    """The root of this tree."""


class KeyDestroyed(KeyStoreError):
    """A key needed for sealing has been destroyed."""

    def __init__(self, indexes: Sequence[int]) -> None:
        super().__init__(f"The key of {len(indexes)} item(s) of the batch has been destroyed.")
        self.indexes = tuple(indexes)
        """Which items of the batch, from 0, in order. The message names no case on purpose."""


class MasterKeyWrong(KeyStoreError):
    """This is not the master key that wrapped the keys of this store."""


class MasterKeyUnusable(KeyStoreError):
    """The master key cannot be used as it is given."""


class KeyStoreBehind(KeyStoreError):
    """The key store must be brought up to the ledger before it serves (`reading.erasure.bring_up_to_ledger`)."""


class KeysLost(KeyStoreError):
    """Keys that the ledger needs are not in this store."""

    def __init__(self, sequences: Sequence[int]) -> None:
        super().__init__(f"{len(sequences)} ledger entries, the first at sequence {sequences[0]}, hold parts that no key here opens.")
        self.sequences = tuple(sequences)
        """Ledger sequences, ascending."""
