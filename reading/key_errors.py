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
from dataclasses import dataclass

_LISTED = 20
"""Entries that a message names."""


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


@dataclass(frozen=True, slots=True)
class LostEntry:
    """An entry that took effect and whose event no key opens, though the store never destroyed one that did. All in clear: it names nobody."""

    sequence: int
    kind: str
    """The event's name, such as `ReferralReceived`."""
    event_id: str
    """By which whoever reported it knows it."""


class KeysLost(KeyStoreError):
    """Keys that the ledger needs are not in this store."""

    def __init__(self, lost: Sequence[LostEntry]) -> None:
        listed = ", ".join(f"{each.kind} {each.event_id} in entry {each.sequence}" for each in lost[:_LISTED])
        super().__init__(
            f"No key of this store opens {len(lost)} events that took effect: {listed}{' and more' if len(lost) > _LISTED else ''}. The store is older than the ledger. "
            "Restore a later copy of it; nothing is decided, shown or taken in until then."
        )
        self.lost = tuple(lost)
        """In the order of the ledger."""

    @property
    def sequences(self) -> tuple[int, ...]:
        """Ledger sequences, ascending."""
        return tuple(each.sequence for each in self.lost)
