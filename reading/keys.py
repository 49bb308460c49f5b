"""The key store as everybody sees it: keys by subject, references to keys, destruction.

A *subject* is text that says whose key it is: `network`, `case:<uuid>`, `explanation:<case uuid>:<month>` (`events.subjects`). A store serves one network.

What every implementation promises (tests/keys runs one suite over all of them):

- A subject has one key for as long as it lives, whoever asks first; two who ask at once get the same one.
- A destroyed subject never gets a key again. What remains of it is a mark made from a keyed hash of the subject, not the subject.
- A reference is known once `register` has returned, and until its key is destroyed; that it was destroyed is known for some time after.
- An answer without a subject or a reference means destroyed or never known. It never means "not reachable": then the operation waits.
- Each call is one round trip, or a small fixed number, whatever the size of the batch.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from events.acceptance import Position
from events.person import ExplanationsExpired
from events.seal import SEAL_KEY_BYTES, SECRET_BYTES
from events.subjects import case_of, case_subject, explained_by, explanation_subject

FIRST_VERSION = 1


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Key:
    """One subject's key. Its text form shows nothing of it, nor whose it is."""

    subject: str = field(repr=False)
    version: int
    seal_key: bytes = field(repr=False)
    """64 bytes, for `cipher`."""
    secret: bytes = field(repr=False)
    """32 bytes, for keyed hashes: references of outcomes; for the network also content hashes and blind tags."""
    _cipher: list[AESSIV] = field(init=False, repr=False, compare=False, default_factory=list)

    @property
    def cipher(self) -> AESSIV:
        """Made when it is first needed: it takes some four kilobytes, and whoever looks through every key for a subject needs none."""
        if not self._cipher:
            self._cipher.append(AESSIV(self.seal_key))
        return self._cipher[0]


def new_key(subject: str) -> Key:
    """A key of fresh randomness."""
    return Key(subject, FIRST_VERSION, secrets.token_bytes(SEAL_KEY_BYTES), secrets.token_bytes(SECRET_BYTES))


def owner_of(subject: str) -> str | None:
    """The subject without whose key this one gets none: of explanations, their case's. Null: there is none."""
    explained = explained_by(subject)
    return None if explained is None else case_subject(explained[0])


def subjects_of_case(case_id: str) -> tuple[str, str]:
    """Subjects that are destroyed when a case is erased, whether or not they ever had a key; beside them go those of its explanations' months."""
    return case_subject(case_id), explanation_subject(case_id, None)


@dataclass(frozen=True, slots=True)
class Gone:
    """Whose keys are destroyed by some entries."""

    cases: tuple[str, ...] = ()
    explanations: tuple[ExplanationsExpired, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.cases or self.explanations)

    def has(self, subject: str) -> bool:
        """Whether the subject's key goes."""
        return case_of(subject) in self.cases or any(_expires(each, subject) for each in self.explanations)


def _expires(expired: ExplanationsExpired, subject: str) -> bool:
    explained = explained_by(subject)
    if explained is None or explained[1] is None or explained[1] > expired.period:
        return False
    return explained[0] not in expired.kept and (expired.only is None or explained[0] in expired.only)


class KeyStore(Protocol):
    """Keys of one network."""

    @property
    def network(self) -> str:
        """The network whose keys these are."""

    async def keys(self, subjects: Collection[str], *, create: bool) -> Mapping[str, Key]:
        """Keys by subject. Without one: destroyed or, where `create` is false, never created."""

    async def register(self, refs: Mapping[bytes, tuple[str, int]], new: Collection[Key] = ()) -> frozenset[str]:
        """Make each reference (16 bytes) name the key of its subject and version. Again is the same as once.

        `new`: keys (`new_key`) that become their subjects' in the same step, where these have none. One for a case's explanations, only while that case
        has its own.

        Gives the subjects whose key is gone, and those of `new` that had one already, are destroyed or may have none (`keys` tells which); their references
        were not registered, and nothing sealed under them may be sent.
        """

    async def resolve(self, refs: Collection[bytes]) -> Mapping[bytes, Key]:
        """The key of each reference. Without one: destroyed or never registered."""

    async def destroy(self, subjects: Collection[str], *, through: Position | None, refs: Collection[bytes] = ()) -> None:
        """Destroy the keys of these subjects and every reference to them, for good; and remember, in the same step, that destruction
        has been applied up to the ledger entry at `through` (never back; None: leave it). No subjects: only remember.

        `refs`: references that the store does not know, and that are known to have been to such keys."""

    async def were_destroyed(self, refs: Collection[bytes]) -> frozenset[bytes]:
        """Those of these references that went with the key of a case or of the network. Known for a day, and until every event that was reported by
        then is decided: so of a reference that waits and that is in neither answer (`resolve`) the store is too old, or it never was one."""

    async def destroyed_through(self) -> Position | None:
        """The last ledger entry up to which destruction has been applied; None: from the genesis on nothing has."""

    async def living_keys(self) -> Sequence[Key]:
        """Every key there is, in no order: for bringing a restored store up to the ledger."""

    @property
    def serving(self) -> bool:
        """Whether the store may be used to seal and open. Not before `serve`, where it lies on disk: it may have been restored from before an erasure,
        and only the ledger can tell. The vault asks before each call; `reading.erasure` alone works on a store that does not serve."""

    def serve(self) -> None:
        """State that destruction has been applied up to the end of the ledger."""
