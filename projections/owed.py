"""What people owe a case beside its transfer: a second person's word, a review, a notification to the authority, a look at who turned eighteen.

Kept in the case's sealed file, fact by fact, so that what was owed after any sequence can be told.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import get_args

from events.facts import Event, Outcome, TwoPersonEvent
from events.person import AgeAssessed, MajorityReviewDue
from events.quick import quick
from events.transfer import AuthorityNotified, NotificationDue
from events.two_people import ActionConfirmed, ActionLapsed, ActionRefused, ActionReviewed, ActionTaken, ConfirmationAwaited, ReviewDue, ReviewOverdue
from projections.changing import changed


class NoteKind(StrEnum):
    """What a note says."""

    REPORTED = "reported"
    AWAITED = "awaited"
    CONFIRMED = "confirmed"
    TAKEN = "taken"
    REFUSED = "refused"
    LAPSED = "lapsed"
    REVIEW_DUE = "review_due"
    REVIEW_OVERDUE = "review_overdue"
    REVIEWED = "reviewed"
    NOTIFY = "notify"
    NOTIFY_OVERDUE = "notify_overdue"
    NOTIFIED = "notified"
    MAJORITY = "majority"
    FOUND_SAME = "found_same"
    """What waited about the other of two names falls: it was about that one."""


@quick
@dataclass(frozen=True, slots=True)
class Note:
    """One fact. `of`: the action, the transfer in which a minor went missing, or the letter of the person who turned eighteen."""

    sequence: int
    at_ms: int
    kind: NoteKind
    of: str
    until_ms: int | None = None
    """Of an assessed age: when the person turns eighteen."""
    what: str | None = None
    """Of an action: the name of its event."""
    body: str | None = None
    """Whose people reported it."""
    person: str | None = None
    """Of an assessed age: the letter of the person."""


class OwedKind(StrEnum):
    """What somebody owes."""

    CONFIRMATION = "confirmation"
    REVIEW = "review"
    NOTIFICATION = "notification"
    MAJORITY = "majority"
    LAPSED = "lapsed"
    """Nothing: an action lapsed, for information."""


@quick
@dataclass(frozen=True, slots=True)
class Owed:
    """Something that stands."""

    kind: OwedKind
    of: str
    since_sequence: int
    since_ms: int
    until_ms: int | None
    overdue: bool
    """The time is over, and people were called in."""
    what: str | None
    body: str | None
    """The body whose people reported the action: none of them confirms or reviews it. null: no action."""


_REPORTED: tuple[type[TwoPersonEvent], ...] = get_args(TwoPersonEvent)
READS = frozenset(
    {
        ConfirmationAwaited, ActionConfirmed, ActionTaken, ActionRefused, ActionLapsed, ReviewDue, ReviewOverdue, ActionReviewed, NotificationDue,
        AuthorityNotified, MajorityReviewDue, *_REPORTED,
    }
)  # fmt: skip
"""Kinds that notes are made of: few facts are of these."""


def fold(notes: tuple[Note, ...], fact: Event | Outcome, sequence: int, at_ms: int) -> tuple[Note, ...]:
    """The notes about a case after one fact about it."""
    note = _note(fact, sequence, at_ms) if type(fact) in READS else None
    return notes if note is None else (*notes, note)


def _note(fact: Event | Outcome, sequence: int, at_ms: int) -> Note | None:
    match fact:
        case ConfirmationAwaited():
            return Note(sequence, at_ms, NoteKind.AWAITED, fact.action_id, fact.until_ms)
        case ActionConfirmed():
            return Note(sequence, at_ms, NoteKind.CONFIRMED, fact.action_id, body=fact.actor.body)
        case ActionTaken():
            return Note(sequence, at_ms, NoteKind.TAKEN, fact.action_id)
        case ActionRefused():
            return Note(sequence, at_ms, NoteKind.REFUSED, fact.action_id)
        case ActionLapsed():
            return Note(sequence, at_ms, NoteKind.LAPSED, fact.action_id)
        case ReviewDue():
            return Note(sequence, at_ms, NoteKind.REVIEW_DUE, fact.action_id, fact.due_at_ms)
        case ReviewOverdue():
            return Note(sequence, at_ms, NoteKind.REVIEW_OVERDUE, fact.action_id)
        case ActionReviewed():
            return Note(sequence, at_ms, NoteKind.REVIEWED, fact.action_id)
        case NotificationDue():
            kind = NoteKind.NOTIFY_OVERDUE if fact.overdue else NoteKind.NOTIFY
            return Note(sequence, at_ms, kind, fact.transfer_id, fact.deadline_at_ms)
        case AuthorityNotified():
            return Note(sequence, at_ms, NoteKind.NOTIFIED, fact.transfer_id)
        case MajorityReviewDue():
            return Note(sequence, at_ms, NoteKind.MAJORITY, fact.person)
        case _ if isinstance(fact, _REPORTED):
            person, adult_from = (fact.person, fact.adult_from_ms) if isinstance(fact, AgeAssessed) else (None, None)
            return Note(sequence, at_ms, NoteKind.REPORTED, fact.event_id, adult_from, type(fact).__name__, fact.actor.body, person)
        case _:
            return None


def until(notes: tuple[Note, ...], sequence: int) -> tuple[Note, ...]:
    """The notes as they were after a sequence."""
    return tuple(note for note in notes if note.sequence <= sequence)


def found_same(stays: tuple[Note, ...], other: tuple[Note, ...], people: frozenset[str], sequence: int, at_ms: int) -> tuple[Note, ...]:
    """The notes of the case that stays, of these people, with those of the other: reviews and notifications go over, what waited for a second person
    falls. Ages go by what is known in the case that stays, and else by the other: what was assessed there says nothing of anybody here.
    """
    owed = owed_at(other, sequence)
    fallen = [Note(sequence, at_ms, NoteKind.FOUND_SAME, one.of) for one in owed if one.kind is OwedKind.CONFIRMATION]
    due = {one.of for one in owed if one.kind is OwedKind.MAJORITY} & (people - _birthdays_known(stays, sequence))
    theirs = [changed(note, person=None) for note in other if note.kind is not NoteKind.MAJORITY or note.of in due]
    return tuple(sorted((*stays, *theirs, *fallen), key=lambda note: note.sequence))


def _birthdays_known(notes: tuple[Note, ...], sequence: int) -> set[str]:
    """People whose month of majority is known, come or not."""
    known: set[str] = {one.of for one in owed_at(notes, sequence) if one.kind is OwedKind.MAJORITY}
    reported = {note.of: note for note in notes if note.kind is NoteKind.REPORTED and note.person is not None}
    for note in notes:
        if note.kind is NoteKind.TAKEN and (age := reported.get(note.of)) is not None and age.person is not None:
            known = known - {age.person} if age.until_ms is None else known | {age.person}
    return known


def owed_at(notes: tuple[Note, ...], sequence: int) -> tuple[Owed, ...]:
    """What is owed after a sequence, in the order in which it came to be owed."""
    reported: dict[str, Note] = {}
    owed: dict[tuple[str, OwedKind], Owed] = {}
    for note in notes:
        if note.sequence > sequence:
            break
        key = note.of
        match note.kind:
            case NoteKind.REPORTED:
                reported[key] = note
            case NoteKind.AWAITED:
                owed[key, OwedKind.CONFIRMATION] = _owed(OwedKind.CONFIRMATION, note, reported.get(key))
            case NoteKind.REVIEW_DUE:
                owed[key, OwedKind.REVIEW] = _owed(OwedKind.REVIEW, note, reported.get(key))
            case NoteKind.REVIEW_OVERDUE:
                _is_overdue(owed, (key, OwedKind.REVIEW))
            case NoteKind.LAPSED:
                owed.pop((key, OwedKind.CONFIRMATION), None)
                owed[key, OwedKind.LAPSED] = _owed(OwedKind.LAPSED, note, reported.get(key))
            case NoteKind.TAKEN:
                owed.pop((key, OwedKind.CONFIRMATION), None)
                action = reported.get(key)
                if action is not None and action.person is not None:
                    owed.pop((action.person, OwedKind.MAJORITY), None)
            case NoteKind.REFUSED | NoteKind.FOUND_SAME:
                owed.pop((key, OwedKind.CONFIRMATION), None)
            case NoteKind.REVIEWED:
                owed.pop((key, OwedKind.REVIEW), None)
            case NoteKind.NOTIFY:
                owed[key, OwedKind.NOTIFICATION] = _owed(OwedKind.NOTIFICATION, note, None)
            case NoteKind.NOTIFY_OVERDUE:
                _is_overdue(owed, (key, OwedKind.NOTIFICATION))
            case NoteKind.NOTIFIED:
                owed.pop((key, OwedKind.NOTIFICATION), None)
            case NoteKind.MAJORITY:
                owed[key, OwedKind.MAJORITY] = _owed(OwedKind.MAJORITY, note, None)
            case NoteKind.CONFIRMED:
                pass
    return tuple(owed.values())


def _owed(kind: OwedKind, note: Note, action: Note | None) -> Owed:
    what, body = (action.what, action.body) if action is not None else (None, None)
    return Owed(kind, note.of, note.sequence, note.at_ms, note.until_ms, False, what, body)


def _is_overdue(owed: dict[tuple[str, OwedKind], Owed], key: tuple[str, OwedKind]) -> None:
    if key in owed:
        owed[key] = changed(owed[key], overdue=True)
