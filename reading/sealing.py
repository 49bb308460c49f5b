"""Facts to record values, their private parts sealed. Keys are given; nothing here waits."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from events.codec import Sealed, encode_fact, split
from events.facts import Event, Outcome
from events.seal import EVENT, NETWORK_REF, NONCE_BYTES, OUTCOME, associated_data, event_place, event_ref, outcome_place, outcome_ref, seal
from events.subjects import NETWORK, subjects_of
from reading.keys import Key


@dataclass(frozen=True, slots=True)
class SealedFact:
    """A record value, and the references that must be registered before it is sent."""

    value: bytes
    refs: Mapping[bytes, Key]


def subjects_to_seal(fact: Event | Outcome) -> tuple[str, ...]:
    """Under whose keys the private part is sealed, each once, in the order of the copies."""
    subjects = subjects_of(fact)
    return subjects if len(subjects) < 2 else tuple(dict.fromkeys(subjects))


def seal_event(network: str, event: Event, keys: Mapping[str, Key], network_secret: bytes) -> SealedFact:
    """A reported event sealed under each of its subjects' keys (all in `keys`), by references of fresh randomness that the network's key marks as its own."""
    where = event_place(event.event_id)
    refs = [(NETWORK_REF if subject == NETWORK else _fresh_ref(network_secret, event.event_id), keys[subject]) for subject in subjects_to_seal(event)]
    return _sealed(event, [(ref, key, associated_data(network, EVENT, key.version, where)) for ref, key in refs])


def seal_outcome(network: str, event_offset: int, index: int, outcome: Outcome, keys: Mapping[str, Key]) -> SealedFact:
    """Outcome number `index` of the entry for the event at `event_offset`. The same arguments give the same bytes."""
    where = outcome_place(event_offset, index)
    refs = [
        (NETWORK_REF if subject == NETWORK else outcome_ref(keys[subject].secret, event_offset, index), keys[subject])
        for subject in subjects_to_seal(outcome)
    ]
    return _sealed(outcome, [(ref, key, associated_data(network, OUTCOME, key.version, where)) for ref, key in refs])


def _fresh_ref(network_secret: bytes, event_id: str) -> bytes:
    return event_ref(network_secret, event_id, secrets.token_bytes(NONCE_BYTES))


def key_told(ref: bytes, event_offset: int, index: int, keys: Iterable[Key]) -> Key | None:
    """The key among `keys` that this reference of outcome number `index` was derived from; None where it was none of them.

    `keys` are those by which the copies of the entry's own event open. So whoever can open the event finds such a key without asking anybody.
    """
    return next((key for key in keys if outcome_ref(key.secret, event_offset, index) == ref), None)


def _sealed(fact: Event | Outcome, copies: list[tuple[bytes, Key, bytes]]) -> SealedFact:
    clear, private = split(fact)
    if (private is None) != (not copies):
        raise TypeError(f"{type(fact).__name__} has a private part and no subject, or the other way round")
    sealed = () if private is None else tuple(Sealed(ref, key.version, seal(key.cipher, bound_to, private)) for ref, key, bound_to in copies)
    return SealedFact(encode_fact(type(fact).__name__, clear, sealed), {ref: key for ref, key, _ in copies if ref != NETWORK_REF})
