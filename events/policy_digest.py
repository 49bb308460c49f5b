"""A digest of what a policy says, so that a second body can confirm the very words that the first one proposed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from events.network import PolicyAdopted

_NOT_OF_THE_POLICY = frozenset({"event_id", "actor"})


def policy_digest(policy: PolicyAdopted) -> str:
    """SHA-256 in hexadecimal over what the policy says, without who adopts it and in which event.

    Fields that say nothing (null, empty) are left out, so that a field added later leaves the digest of older policies as it was.
    """
    said = {name: value for name, value in asdict(policy).items() if name not in _NOT_OF_THE_POLICY}
    text = json.dumps(_without_nothing(said), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _without_nothing(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_nothing(each) for name, each in value.items() if each is not None and each != ()}
    return [_without_nothing(each) for each in value] if isinstance(value, list | tuple) else value
