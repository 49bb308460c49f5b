"""What the views say, as people read it: cells and whole tables, for `coordinator.cli.views`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coordinator.cli.code_words import ROUTED, word_of
from coordinator.cli.facts_told import fact_text
from coordinator.cli.instants import age_text, time_text
from coordinator.cli.outcome import out, print_table
from coordinator.cli.views_words import Words, words_in
from coordinator.viewing import Plain
from events.glass import GlassBroken
from events.happenings import happening
from events.language import Language, in_language
from events.vocabulary import Escalation, Level, Reason, Role, Urgency
from events.words import word
from projections.actions import Action, ActionStage, is_open, overdue, review_open, stage_of
from projections.freshness import UnitCapacity, UnitTrust
from projections.hand_over import HandOver
from projections.inbox import Item, ItemKind
from projections.reads import AuditEntry, OpenTransfer
from projections.transfers import Stage, TransferState

HELPLINE = "helpline"
_WIDE = 120
"""Columns from which the audit trail shows everything side by side."""
_WIDE_FOR_CAPACITY = 150
_ANSWERED_BY_TRANSFER = frozenset(
    {ItemKind.PROPOSAL, ItemKind.INCOMING, ItemKind.ESCALATION, ItemKind.PREPARED, ItemKind.QUESTION, ItemKind.HAND_OVER, ItemKind.NOTIFICATION}
)
"""What is answered, or asked about, by a transfer's id."""
_LONGEST_FACT = 400
"""Characters of a fact's fields in a timeline; `--json` has them all."""


def print_capacity(units: Sequence[UnitCapacity], *, permille_too: bool, language: Language = Language.ENGLISH) -> None:
    """All figures side by side on a wide terminal; on a narrow one those that are not zero, in words."""
    words = words_in(language)
    wide = out.width >= _WIDE_FOR_CAPACITY
    columns: tuple[str, ...] = words.capacity_wide if wide else words.capacity_columns
    if wide:
        rows: list[tuple[object, ...]] = [
            (
                one.unit.project_id, one.unit.unit_id, word_of(Level, one.unit.level, language), one.macro_area, one.unit.region, one.places, one.occupied, one.reserved,
                one.held, one.free, age_text(one.age_ms, language), _freshness_text(one, words),
                answered_text(one.trust, permille_too=permille_too, language=language),
            )
            for one in units
        ]  # fmt: skip
    else:
        rows = [
            (
                one.unit.unit_id if one.unit.unit_id.startswith(one.unit.project_id) else words.of_project.format(one.unit.unit_id, one.unit.project_id),
                word_of(Level, one.unit.level, language), f"{one.macro_area} {one.unit.region}", one.free, _places_text(one, words),
                ", ".join(dict.fromkeys(filter(None, (age_text(one.age_ms, language), _freshness_text(one, words))))),
                answered_text(one.trust, permille_too=permille_too, language=language),
            )
            for one in units
        ]  # fmt: skip
    print_table(words.capacity, columns, rows, right=frozenset(columns[5:11] if wide else columns[3:4]), empty=words.no_unit)


def answered_text(trust: UnitTrust | None, *, permille_too: bool, language: Language = Language.ENGLISH) -> str:
    """What a project answered about places of that age, and, for whoever may see every unit, how far such a place is trusted."""
    words = words_in(language)
    if trust is None:
        return ""
    asked = (trust.free + trust.not_free) / 100
    told = words.answered_free.format(f"{trust.free / 100:.1f}", f"{asked:.1f}") if asked else words.nothing_yet
    return words.trusted.format(told, f"{trust.permille / 10:.0f}") if permille_too else told


def _freshness_text(one: UnitCapacity, words: Words) -> str:
    flags = (words.freshness[one.freshness], words.over if one.over_capacity else "", "" if one.accepting else words.not_accepting)
    return ", ".join(filter(None, flags))


def _places_text(one: UnitCapacity, words: Words) -> str:
    taken = zip((one.occupied, one.reserved, one.held), words.taken, strict=True)
    return ", ".join((str(one.places), *(f"{count} {how}" for count, how in taken if count)))


def print_audit(entries: Sequence[AuditEntry], language: Language = Language.ENGLISH) -> None:
    """Verdict and hash in columns of their own on a wide terminal; on a narrow one below the event, and below the time."""
    wide = out.width >= _WIDE
    rows: list[tuple[object, ...]] = []
    for entry in entries:
        verdict = " ".join(filter(None, (entry.row.verdict, entry.row.code)))
        followed = ", ".join(name for name in entry.row.outcomes if name != entry.row.verdict)
        time, kind, digest = time_text(entry.event_time_ms), entry.row.kind or "?", entry.hash.hex()[:12]
        if wide:
            rows.append((entry.row.sequence, time, kind, verdict, followed, digest))
        else:
            rows.append((entry.row.sequence, f"{time}\n{digest}", kind if verdict == "Recorded" else f"{kind}\n{verdict}", followed))
    words = words_in(language)
    columns: tuple[str, ...] = words.audit_wide if wide else words.audit_columns
    print_table(words.audit, columns, rows, right=frozenset(columns[:1]))


def asked_text(one: OpenTransfer, language: Language = Language.ENGLISH) -> str:
    """How urgent it is, for what, for how many people."""
    urgency, reason = word_of(Urgency, one.transfer.urgency, language), word_of(Reason, one.transfer.reason, language)
    return words_in(language).asked.format(urgency, reason, people_text(len(one.household), language))


def stands_text(one: OpenTransfer, plain: Plain, language: Language = Language.ENGLISH) -> str:
    """How far it is, where to, and who is responsible."""
    place = one.state.proposal.unit_id if one.state.proposal and _told_place(plain) else ""
    return "\n".join(filter(None, (_stage_text(plain, language), place, words_in(language).responsible.format(who_text(one.responsible, language)))))


def to_know_text(one: OpenTransfer, language: Language = Language.ENGLISH) -> str:
    """Until when it is needed, why an operator was called in, and what the hand-over lacks."""
    called = ", ".join(dict.fromkeys(word(called.why, language) for called in one.state.escalations))
    lacks = "" if one.state.hand_over is None else hand_over_text(one.state.hand_over, language)
    return "\n".join(filter(None, (time_text(one.transfer.needed_by_ms), called and words_in(language).called.format(called), lacks)))


def people_text(people: int, language: Language = Language.ENGLISH) -> str:
    """`1 person`, `3 people`."""
    words = words_in(language)
    return words.person if people == 1 else words.people.format(people)


def action_text(action: Action, language: Language = Language.ENGLISH) -> str:
    """What was reported, what somebody is to see by it, and who reported it."""
    event = action.event
    purpose = f"\n{word(event.purpose, language)}" if isinstance(event, GlassBroken) else ""
    return f"{happening(type(event).__name__, language)}{purpose}\n{words_in(language).by.format(event.actor.body)}"


def action_times_text(action: Action, at_ms: int, language: Language = Language.ENGLISH) -> str:
    """How far it is, and by when somebody has to do what, or until when something is open."""
    words, stage = words_in(language), stage_of(action, at_ms)
    lines = [words.stages[stage]]
    if stage is ActionStage.WAITING:
        lines.append(words.confirm_by.format(time_text(action.confirm_until_ms)))
    if review_open(action):
        lines.append(words.review_by.format(time_text(action.review_due_ms)) + (f" {words.overdue}" if overdue(action, at_ms) else ""))
    if is_open(action, at_ms):
        lines.append(words.open_until.format(time_text(action.open_until_ms)))
    return "\n".join(lines)


def day_text(windows: Any, language: Language = Language.ENGLISH) -> str:
    """`08:00-12:00, 14:00-18:00`; nobody: none."""
    hours = ", ".join(f"{_time_of_day(window['from_minute'])}-{_time_of_day(window['to_minute'])}" for window in windows)
    return hours or words_in(language).nobody


def week_text(weekly: Any, language: Language = Language.ENGLISH) -> str:
    """Days with the same hours together, in the order of the week."""
    words = words_in(language)
    days: dict[str, list[str]] = {}
    for weekday, name in enumerate(words.weekdays):
        days.setdefault(day_text([window for window in weekly if window["weekday"] == weekday], language), []).append(name)
    if len(days) == 1:
        return words.every_day.format(next(iter(days)))
    return "; ".join(f"{' '.join(names)} {hours}" for hours, names in days.items())


def exceptions_text(exceptions: Any, language: Language = Language.ENGLISH) -> str:
    """Each day that is otherwise, with its hours."""
    return "; ".join(f"{exception['date']} {day_text(exception['windows'], language)}" for exception in exceptions)


def _time_of_day(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def when_text(item: Item, language: Language = Language.ENGLISH) -> str:
    """Since when, and until when something should be done."""
    words = words_in(language)
    late = f" {words.overdue}" if item.overdue else ""
    until = "" if item.until_ms is None else words.until.format(time_text(item.until_ms)) + late
    return "\n".join(filter(None, (words.since.format(time_text(item.since_ms)), until)))


def place_text(plain: Plain) -> str:
    """The place that a role is told of; empty: none."""
    state = plain["state"]
    proposal = state.get("proposal") if isinstance(state, dict) else None
    return str(proposal["unit_id"]) if isinstance(proposal, dict) else ""


def what_text(item: Item, language: Language = Language.ENGLISH) -> str:
    """Why it stands in the inbox, and how urgent it is."""
    why = ""
    if item.kind is ItemKind.ESCALATION and item.why is not None:
        why = word_of(Escalation, item.why, language)
    elif item.why is not None:
        why = in_language(ROUTED[item.why], language) if item.why in ROUTED else happening(item.why, language)
    urgency = "" if item.urgency is None else word_of(Urgency, item.urgency, language)
    return "\n".join(filter(None, (word_of(ItemKind, item.kind, language), why, urgency)))


def who_text(project_id: str | None, language: Language) -> str:
    """A project by its id; None: the helpline."""
    return word(Role.HELPLINE, language) if project_id is None else project_id


def more_text(item: Item, language: Language = Language.ENGLISH) -> str:
    """What else there is to know: how many people, the clock of the answer, what the hand-over lacks, the ids to answer with, or by which to ask why."""
    words, state = words_in(language), item.state
    lacks = "" if state is None or state.hand_over is None else hand_over_text(state.hand_over, language)
    people = "" if len(item.household) == 1 else people_text(len(item.household), language)
    named = item.kind in _ANSWERED_BY_TRANSFER and item.transfer_id is not None
    asked = words.transfer.format(item.transfer_id) if named else ""
    about = "" if item.of is None else words.about.format(item.of)
    more = ", ".join(filter(None, (people, _clock_text(state, words), lacks, about)))
    return "\n".join(filter(None, (more, asked)))


def hand_over_text(hand_over: HandOver, language: Language = Language.ENGLISH) -> str:
    """What the lists lack; empty: nothing."""
    if hand_over.is_complete:
        return ""
    words = words_in(language)
    return words.hand_over.format(hand_over.sides, ", ".join(word(item, language) for item in hand_over.missing) or words.lacks_nothing)


def _clock_text(state: TransferState | None, words: Words) -> str:
    """How the time to answer runs."""
    if state is None or state.proposal is None:
        return ""
    if state.proposal.resumes_at_ms is not None:
        return words.stopped_until.format(time_text(state.proposal.resumes_at_ms))
    if state.proposal.question_stands:
        return words.question_stands
    return words.reminded.format(state.proposal.reminded) if state.proposal.reminded else ""


def fact_row(plain: Plain, language: Language = Language.ENGLISH) -> tuple[object, ...]:
    """(time, entry, fact, what it says) of one fact in a case's timeline."""
    at_ms, name = plain["at_ms"], str(plain.get("event") or plain["outcome"])
    assert isinstance(at_ms, int)
    return time_text(at_ms), plain["sequence"], name, shorten(fact_text(plain, language), _LONGEST_FACT)


def shorten(text: str, most: int) -> str:
    """The text, cut before the word that would be too much."""
    return text if len(text) <= most else f"{text[: most + 1].rsplit(maxsplit=1)[0]} ..."


def _stage_text(plain: Plain, language: Language) -> str:
    """The stage as the role is told it."""
    state = plain["state"]
    return word_of(Stage, str(state["stage"]), language) if isinstance(state, dict) else ""


def _told_place(plain: Plain) -> bool:
    """Whether the role is told which place is proposed."""
    state = plain.get("state")
    return isinstance(state, dict) and state.get("proposal") is not None
