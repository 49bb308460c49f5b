"""Which events were decided before, and whom they are about: how a repeat is told from a rival under one id.

In clear: id and sequence. Sealed: the content hash, with the case that the event is about, or with the network; a case's go when it is erased.
"""

from __future__ import annotations

from functools import lru_cache

from immutables import Map

from coordinator.domain.draft import Draft
from coordinator.domain.seen import AHEAD_MS, EMPTY_DAY, REMEMBERED_MS, day_of, days_gone, id_bytes, recall, remember
from coordinator.domain.state import State
from events.availability import AvailabilityPublished, AvailabilityReaffirmed
from events.entry import Locked, OpenedEvent, Unread
from events.facts import Event
from events.ids import uuid7_at_ms
from events.network import (
    ClockAdvanced,
    DutyHoursPublished,
    PolicyAdopted,
    PolicyProposed,
    ProgrammeEnded,
    ProjectAmended,
    ProjectRegistered,
    RulesAdopted,
    UnitAmended,
    UnitClosed,
    UnitOpened,
)
from events.person import CaseErased, CasesFoundSame, GroupKeptApart, KeepApartDeclared, SafetyLowered
from events.referral import ContactLogged
from events.swap import SwapAgreed
from events.verdict import Duplicate, Recorded, Refused, Unreadable
from events.vocabulary import RefusalCode

SEQUENCE_BYTES = 8
HASH_BYTES = 16

_NETWORK_EVENTS = (
    AvailabilityPublished,
    AvailabilityReaffirmed,
    ClockAdvanced,
    DutyHoursPublished,
    ProjectRegistered,
    ProjectAmended,
    UnitOpened,
    UnitAmended,
    UnitClosed,
    PolicyAdopted,
    PolicyProposed,
    RulesAdopted,
    ProgrammeEnded,
    ContactLogged,
    CaseErased,
)
"""Events under the network's key."""
_OF_TWO_CASES = (KeepApartDeclared, CasesFoundSame, SafetyLowered, SwapAgreed)

_at_ms = lru_cache(maxsize=16)(uuid7_at_ms)
_key_of = lru_cache(maxsize=16)(id_bytes)
"""An id is read when its event is decided, and again right after, when the entry takes effect."""

_NOTHING_NEW = (Duplicate, Unreadable)
_NOT_REMEMBERED = frozenset({RefusalCode.ID_MALFORMED, RefusalCode.ID_TOO_OLD, RefusalCode.ID_FROM_FUTURE, RefusalCode.ID_REUSED})


def cases_of(event: Event) -> tuple[str, ...]:
    """The cases whose keys seal the event; empty: the network's does."""
    if isinstance(event, _NETWORK_EVENTS):
        return ()
    if isinstance(event, _OF_TWO_CASES) and event.other_case_id is not None and event.other_case_id != event.case_id:
        return event.case_id, event.other_case_id
    if isinstance(event, GroupKeptApart):
        return tuple(dict.fromkeys((event.case_id, *event.other_case_ids)))
    return () if event.case_id is None else (event.case_id,)


def id_verdict(draft: Draft, event: Event, content_hash: bytes, at_ms: int) -> Refused | Duplicate | None:
    """Whether the id alone decides: out of its time, or known already. None: a new event."""
    id_at_ms = _at_ms(event.event_id)
    if id_at_ms is None:
        return Refused(RefusalCode.ID_MALFORMED, "event_id")
    if id_at_ms < at_ms - REMEMBERED_MS:
        return Refused(RefusalCode.ID_TOO_OLD, "event_id")
    if id_at_ms > at_ms + AHEAD_MS:
        return Refused(RefusalCode.ID_FROM_FUTURE, "event_id")
    day, key = day_of(id_at_ms), _key_of(event.event_id)
    sequence = recall(draft.seen_ids.get(day, EMPTY_DAY), key, SEQUENCE_BYTES)
    if sequence is None:
        return None
    if _hash_of(draft, event, day, key) == content_hash:
        return Duplicate(int.from_bytes(sequence, "big"))
    return Refused(RefusalCode.ID_REUSED, "event_id")


def cannot_be_new(state: State, event_id: str, at_ms: int) -> bool:
    """Whether an event of this id changes nothing at this instant, whatever it holds: its id is out of its time, or known already."""
    id_at_ms = _at_ms(event_id)
    if id_at_ms is None or not at_ms - REMEMBERED_MS <= id_at_ms <= at_ms + AHEAD_MS:
        return True
    return recall(state.seen_ids.get(day_of(id_at_ms), EMPTY_DAY), _key_of(event_id), SEQUENCE_BYTES) is not None


def _hash_of(draft: Draft, event: Event, day: int, key: bytes) -> bytes | None:
    cases = cases_of(event)
    if not cases:
        return recall(draft.seen_by_network.get(day, EMPTY_DAY), key, HASH_BYTES)
    by_case = draft.seen_by_case.get(day)
    if by_case is None:
        return None
    return next((known_hash for known, known_hash, _ in by_case.get(cases[0], ()) if known == key), None)


def remember_event(draft: Draft, opened: OpenedEvent, verdict: Recorded | Refused | Duplicate | Unreadable, sequence: int, at_ms: int) -> None:
    """Keep what is needed to recognise a repeat of this event, if its id may ever be seen again."""
    event = opened.event
    if isinstance(event, Unread) or isinstance(verdict, _NOTHING_NEW):
        return
    if isinstance(verdict, Refused) and verdict.code in _NOT_REMEMBERED:
        return
    event_id = str(event.clear.get("event_id", "")) if isinstance(event, Locked) else event.event_id
    id_at_ms = _at_ms(event_id)
    if id_at_ms is None or not at_ms - REMEMBERED_MS <= id_at_ms <= at_ms + AHEAD_MS:
        return
    day, key = day_of(id_at_ms), _key_of(event_id)
    known = draft.seen_ids.get(day, EMPTY_DAY)
    if recall(known, key, SEQUENCE_BYTES) is not None:
        return
    draft.seen_ids = draft.seen_ids.set(day, remember(known, key, sequence.to_bytes(SEQUENCE_BYTES, "big")))
    if not isinstance(event, Locked):
        _remember_hash(draft, event, opened.content_hash, day, key)


def _remember_hash(draft: Draft, event: Event, content_hash: bytes, day: int, key: bytes) -> None:
    cases = cases_of(event)
    if not cases:
        known = draft.seen_by_network.get(day, EMPTY_DAY)
        draft.seen_by_network = draft.seen_by_network.set(day, remember(known, key, content_hash))
        return
    if any(case_id in draft.erased for case_id in cases):
        return
    by_case = draft.seen_by_case.get(day, Map())
    for case_id in cases:
        other = " ".join(each for each in sorted(cases) if each != case_id)
        by_case = by_case.set(case_id, (*by_case.get(case_id, ()), (key, content_hash, other)))
    draft.seen_by_case = draft.seen_by_case.set(day, by_case)


def forget_case(draft: Draft, case_id: str) -> None:
    """Drop the content hashes of a case's events; of events about several cases, for the others too."""
    for day in sorted(draft.seen_by_case):
        by_case = draft.seen_by_case[day]
        if case_id not in by_case:
            continue
        for key, _, others in by_case[case_id]:
            for other in others.split():
                left = tuple(item for item in by_case.get(other, ()) if item[0] != key)
                if left:
                    by_case = by_case.set(other, left)
                elif other in by_case:
                    by_case = by_case.delete(other)
        if case_id in by_case:
            by_case = by_case.delete(case_id)
        draft.seen_by_case = draft.seen_by_case.set(day, by_case) if by_case else draft.seen_by_case.delete(day)


def forget_old(draft: Draft, before_ms: int, at_ms: int) -> None:
    """Drop what is older than may ever be asked: ids, and erased cases whose keys are long gone. `before_ms`: time of the entry before."""
    first = days_gone(at_ms)
    if first == days_gone(before_ms):
        return
    for day in sorted(day for day in draft.seen_ids if day < first):
        draft.seen_ids = draft.seen_ids.delete(day)
    for day in sorted(day for day in draft.seen_by_network if day < first):
        draft.seen_by_network = draft.seen_by_network.delete(day)
    for day in sorted(day for day in draft.seen_by_case if day < first):
        draft.seen_by_case = draft.seen_by_case.delete(day)
    for case_id in sorted(case_id for case_id, erased_at_ms in draft.erased.items() if day_of(erased_at_ms) < first):
        draft.erased = draft.erased.delete(case_id)
