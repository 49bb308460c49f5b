"""Whether two bodies wanted a policy, where the policy before says that it takes two: in time, and in the very words that were confirmed.

A proposal names the words by their digest: SHA-256 over the policy as JSON without who adopts it and in which event, its names sorted, and without what says
nothing (null, an empty list), so that a field added later changes no older digest. It is worked out here from the record that was adopted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ops.checker.breach import Breach
from ops.checker.cases import Network
from ops.checker.entry import Entry, Fact

_NOT_OF_THE_POLICY = frozenset({"event_id", "actor"})


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Words that two bodies wanted, or one in an emergency."""

    version: int
    digest: str
    at_ms: int


@dataclass(slots=True)
class Policies:
    """The policy confirmed last. To be asked about an adoption before the network takes it in."""

    network: Network
    confirmed: Confirmed | None = None
    """None: none was, or it was adopted."""
    unseen: bool = False
    """A proposal came that could not be opened: which words were confirmed is not known from then on."""

    def reported(self, event: Fact) -> None:
        """An event took effect."""
        self.unseen |= event.name == "PolicyProposed" and not event.whole

    def taken(self, entry: Entry, event: Fact) -> None:
        """An action takes effect."""
        if event.name == "PolicyProposed":
            self.confirmed = Confirmed(event["version"], event["digest"], entry.event_time_ms)

    def adopted(self, entry: Entry, event: Fact) -> Iterator[Breach]:
        """A policy is adopted, under the one in force until then."""
        before = self.network.policy
        decisions = None if before is None else before.get("decisions")
        if decisions is not None and decisions["policies_take_two"] and not self.unseen:
            confirmed, version = self.confirmed, event["version"]
            if confirmed is None or confirmed.version != version or entry.event_time_ms >= confirmed.at_ms + decisions["confirm_within_ms"]:
                yield Breach(entry.sequence, "two_people", f"policy {version} is adopted and no second body wanted it in time")
            elif confirmed.digest != digest_of(event.fields):
                yield Breach(entry.sequence, "policy.other_words", f"policy {version} is adopted in other words than were confirmed")
        self.confirmed = None


def digest_of(policy: Mapping[str, Any]) -> str:
    """The digest of a policy's words, in hexadecimal."""
    said = {name: value for name, value in policy.items() if name not in _NOT_OF_THE_POLICY}
    return hashlib.sha256(json.dumps(_said(said), sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")).hexdigest()


def _said(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _said(inner) for name, inner in value.items() if inner is not None and inner != []}
    return [_said(inner) for inner in value] if isinstance(value, list) else value
