"""What every fact has in common: an actor for events, and the rule that says under whose key its private part is sealed.

A *fact* is a frozen dataclass. Its wire form is two Avro records: a clear one (`avro_schemas/<stream>/<Name>.v<N>.avsc`, with a
`sealed` field where there is a private part) and a private one (`<Name>Private.v<N>.avsc`). Which field goes where is decided by the two schemas alone.

Ids of people's things (case, transfer, proposal, hold, event) are canonical lower-case UUID text; ids of projects, bodies and units are short slugs
(`[a-z0-9-]{1,64}`). Instants are integers, milliseconds since 1970-01-01T00:00:00Z (`*_at_ms`); durations inside policies are `*_ms`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from events.quick import quick
from events.vocabulary import DangerKind, Role


class SealedUnder(StrEnum):
    """Whose key seals the private part of a kind of fact."""

    NOBODY = "nobody"
    """There is no private part."""
    NETWORK = "network"
    """The network's own key: staff, and dangers to units."""
    CASE = "case"
    """The key of the case named by `case_id` (and, where the fact has `other_case_id`, a second copy under that case's key)."""
    CASE_OR_NETWORK = "case_or_network"
    """The case's key where `case_id` names one, else the network's: actions that may be about a case or about none."""
    EXPLANATION = "explanation"
    """A key of its own beside the case's, because explanations have a shorter term."""


@quick
@dataclass(frozen=True, slots=True)
class Actor:
    """Who says so: a person (opaque staff id), the body they act for, and the role they act in."""

    person: str
    body: str
    role: Role


@dataclass(frozen=True, slots=True)
class Danger:
    """A place or an organisation that is dangerous for a case, or for a unit's residents. Areas are codes, never addresses."""

    kind: DangerKind
    value: str
