"""What stands in an envelope's body, and the same opened.

Wire: `avro_schemas/ledger/{Decided,Genesis,NoEvent,SourceChanged}.v1.avsc`, single-object encoding. A `Decided` body holds the event record's value
verbatim and each outcome as its own single-object datum, so the body's schema need not change when an outcome's does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from events.facts import Event, Outcome
from events.quick import quick


@quick
@dataclass(frozen=True, slots=True)
class Decided:
    """One event and what followed from it."""

    event: bytes
    """The value of the record in `staffetta.events`, verbatim, readable or not."""
    outcomes: tuple[bytes, ...]
    """Each a single-object datum, in order."""
    clear_state_hash: bytes | None
    """Every 1,000th sequence: SHA-256 of the clear half of the state before this entry; anybody can compute it. Else null."""
    sealed_state_hash: bytes | None
    """At the same sequences: SHA-256 of the sealed half; only who holds every live key can compute it."""


@dataclass(frozen=True, slots=True)
class Genesis:
    """Sequence 0: which cluster and topics this ledger belongs to. Written by `network create`, never by a worker."""

    cluster_id: str
    events_topic_id: str
    ledger_topic_id: str
    first_event_offset: int
    created_at_ms: int


@dataclass(frozen=True, slots=True)
class NoEvent:
    """An operator states that these offsets hold no event (a hole). The envelope's event offset is `first_offset`."""

    first_offset: int
    last_offset: int
    why: str


@dataclass(frozen=True, slots=True)
class SourceChanged:
    """An operator states that the events topic was replaced or restored; the next event is `first_new_offset` of the new topic.

    The envelope's event offset is the last accepted one plus one, as the acceptance rule wants.
    """

    events_topic_id: str
    last_old_offset: int
    first_new_offset: int
    why: str


Body = Decided | Genesis | NoEvent | SourceChanged


@dataclass(frozen=True, slots=True)
class Unread:
    """An event record that cannot be decoded, opened as far as it can be."""

    why: str


@quick
@dataclass(frozen=True, slots=True)
class Locked:
    """A fact whose private part has no key any more (or never had): its name and clear fields are all there is."""

    name: str
    clear: Mapping[str, object]


@quick
@dataclass(frozen=True, slots=True)
class OpenedEvent:
    """What the decision core is given for one event record."""

    event: Event | Locked | Unread
    content_hash: bytes
    """Keyed hash (HMAC-SHA-256, first 16 bytes) of the plain content, by which a repeat is told from a rival under one id; for `Unread`, of the raw bytes."""
    size_bytes: int


@quick
@dataclass(frozen=True, slots=True)
class OpenedDecision:
    """A `Decided` entry with everything opened that can be: what `evolve` and the views take."""

    network: str
    sequence: int
    event_offset: int
    event_time_ms: int
    opened: OpenedEvent
    outcomes: tuple[Outcome | Locked, ...]


@dataclass(frozen=True, slots=True)
class OpenedControl:
    """A genesis or an operator's entry, opened."""

    network: str
    sequence: int
    event_offset: int
    event_time_ms: int
    body: Genesis | NoEvent | SourceChanged


OpenedEntry = OpenedDecision | OpenedControl
