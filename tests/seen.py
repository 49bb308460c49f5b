"""What decisions really saw: which event was recorded or refused with which code, what followed, and which rule bit while it was decided.

The decision core is watched, not changed: nothing that it is given or gives is touched. What deadlines make happen before an event is the clock's, and
is counted under `ClockAdvanced`, whichever event brought it about.

A rule bites where the matcher excludes a unit by it, where a held place is given up or not gone on towards because of it, and where it keeps the machine
from proposing at all (an operator is called in, a second request is refused).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any

import coordinator.domain  # noqa: F401  # so that its modules are there to be watched
from coordinator.domain.deciding import Deciding
from coordinator.domain.requests import request_of
from coordinator.domain.settling import held_place
from coordinator.domain.state import OPERATOR_DECIDES, Case
from coordinator.matching.safety import never_towards_danger, still_safe
from events.entry import Locked, OpenedEvent, Unread
from events.facts import Outcome
from events.transfer import MatchExplained, ProposalEnded, TransferEscalated
from events.verdict import Duplicate, Refused, Unreadable
from events.vocabulary import Escalation, ProposalEnd, RefusalCode, Rule

CLOCK = "ClockAdvanced"


class Kind(StrEnum):
    """What was seen at an event."""

    RECORDED = "recorded"
    REFUSED = "refused"
    """`word` is the code."""
    ANSWERED = "answered"
    """`duplicate` or `unreadable`."""
    OUTCOME = "outcome"
    """`word` is the outcome's name."""
    RULE = "rule"
    WORD = "word"
    """A member of a closed vocabulary in an outcome or a recorded event: `TransferEnd.arrived`."""


@dataclass(frozen=True, slots=True, order=True)
class Seen:
    """One thing seen while an event was decided."""

    event: str
    kind: Kind
    word: str


_watchers: list[set[Seen]] = []
_current = [""]


@contextmanager
def watching() -> Iterator[set[Seen]]:
    """Everything seen while the block runs; a block inside another sees alone."""
    seen: set[Seen] = set()
    _watchers.append(seen)
    try:
        yield seen
    finally:
        _watchers.pop()


def _note(kind: Kind, word: str) -> None:
    _watchers[-1].add(Seen(_current[0], kind, word))


def _note_words(fact: object) -> None:
    """Every member of a closed vocabulary that a fact holds."""
    if not is_dataclass(fact):
        return
    for field in fields(fact):
        value = getattr(fact, field.name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, StrEnum):
                _note(Kind.WORD, f"{type(one).__name__}.{one.value}")
            elif is_dataclass(one):
                _note_words(one)


def _emitted(entry: Deciding, outcome: Outcome) -> None:
    _note(Kind.OUTCOME, type(outcome).__name__)
    _note_words(outcome)
    match outcome:
        case MatchExplained():
            _explained(entry, outcome)
        case TransferEscalated(why=Escalation.AGREEMENT_MISSING):
            _note(Kind.RULE, Rule.AGREEMENT)
        case TransferEscalated(why=why) if why in OPERATOR_DECIDES:
            _note(Kind.RULE, Rule.PEOPLE_DECIDE)
        case TransferEscalated(why=Escalation.SAFETY_CHANGED, case_id=case_id) | ProposalEnded(how=ProposalEnd.RELEASED, case_id=case_id):
            _held_in_vain(entry, entry.draft.cases.get(case_id))
        case _:
            pass


def _explained(entry: Deciding, outcome: MatchExplained) -> None:
    """Rules 2 and 3 stand together in an explanation; here they are told apart, by asking the second again."""
    case = entry.draft.cases[outcome.case_id]
    for group in outcome.excluded:
        if group.rule != "safety":
            _note(Kind.RULE, group.rule)
            continue
        request = request_of(entry.draft, case, entry.terms, entry.at_ms)
        for unit_id in group.units:
            towards_danger = never_towards_danger(request, entry.draft.places[unit_id], entry.at_ms, entry.terms)
            _note(Kind.RULE, towards_danger or Rule.NEVER_WITH_EXPLOITERS)


def _held_in_vain(entry: Deciding, case: Case | None) -> None:
    """A held place is given up, or an operator called to it: which rule forbids to go on."""
    if case is None or case.transfer is None or case.transfer.proposal is None:
        return
    place = held_place(entry, case.transfer.proposal.unit_id)
    broken = still_safe(request_of(entry.draft, case, entry.terms, entry.at_ms), place, entry.at_ms, entry.terms)
    if broken is not None:
        _note(Kind.RULE, broken)


def _verdict(entry: Deciding, opened: OpenedEvent, refusal: Outcome | None) -> None:
    if refusal is not None:
        _note(Kind.OUTCOME, type(refusal).__name__)
    match refusal:
        case None:
            _note(Kind.RECORDED, "")
            _note_words(opened.event)
        case Refused():
            _note(Kind.REFUSED, refusal.code)
            if refusal.code in (RefusalCode.SAFETY, RefusalCode.AGREEMENT_MISSING):
                _held_in_vain(entry, entry.draft.cases.get(getattr(opened.event, "case_id", "")))
            if refusal.code is RefusalCode.CASE_IN_TRANSFER:
                _note(Kind.RULE, Rule.ONE_LIVE_PROPOSAL)
        case Duplicate():
            _note(Kind.ANSWERED, "duplicate")
        case Unreadable():
            _note(Kind.ANSWERED, "unreadable")
        case _:
            raise AssertionError("no verdict")


def _name(opened: OpenedEvent) -> str:
    match opened.event:
        case Unread():
            return ""
        case Locked():
            return opened.event.name
        case event:
            return type(event).__name__


def watch() -> None:
    """From now on decisions are watched. Called once, before any test."""
    deciding: Any = sys.modules["coordinator.domain.decide"]
    make_due_happen: Callable[..., None] = deciding.make_due_happen
    reported: Callable[..., Outcome | None] = deciding._reported
    emit = Deciding.emit

    def watched_due(*arguments: Any) -> None:
        _current[0] = CLOCK
        make_due_happen(*arguments)

    def watched_reported(entry: Deciding, opened: OpenedEvent) -> Outcome | None:
        _current[0] = _name(opened)
        refusal = reported(entry, opened)
        if _watchers:
            _verdict(entry, opened, refusal)
        return refusal

    def watched_emit(entry: Deciding, outcome: Outcome) -> None:
        if _watchers:
            _emitted(entry, outcome)
        emit(entry, outcome)

    deciding.make_due_happen = watched_due
    deciding._reported = watched_reported
    Deciding.emit = watched_emit  # type: ignore[method-assign, assignment]
