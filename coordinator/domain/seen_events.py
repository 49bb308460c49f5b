"""Which events were decided before, by whom they are about: how a repeat is told from a rival under one id.

In clear: id and sequence. Sealed: the content hash, with the case that the event is about or with the network; it goes with the case.
"""

from __future__ import annotations

from immutables import Map

from coordinator.domain.draft import Draft
from coordinator.domain.seen import EMPTY_DAY, REMEMBERED_MS, SeenDay, day_of, days_gone, id_bytes, recall, remember
from events.facts import Event
from events.fact import SealedUnder
from events.ids import uuid7_at_ms
from events.person import KeepApartDeclared

_SEQUENCE_BYTES = 8
HASH_BYTES = 16


def cases_of(event: Event) -> tuple[str, ...]:
    """The cases whose key seals the event; empty: the network's does."""
    if event.sealed_under is SealedUnder.NETWORK:
        return ()
    case_id: str = getattr(event, "case_id")
    return (case_id, event.other_case_id) if isinstance(event, KeepApartDeclared) else (case_id,)
