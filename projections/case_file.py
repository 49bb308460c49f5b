"""Everything the views keep of one case, in one record, sealed under the case's key: a row of table `cases`.

One record a case, and not a row a fact: an entry that touches a case costs one sealing; a rebuild seals each case once; erasing a case is removing its
rows; and no clear column joins the entries of one case. The past is inside: each part keeps the sequences at which it changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from events.facts import Event, Outcome
from events.person import AliasErased, CaseErased, CaseExpired, CasesFoundSame
from events.quick import quick
from events.referral import ReferralReceived
from projections import inbox, timeline, transfers
from projections.inbox import Care
from projections.reported import CaseFact, Effects
from projections.timeline import FactAt
from projections.transfers import Transfer

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@quick
@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case as the views know it."""

    case_id: str
    sequence: int
    """Last entry that is in it: the same entry again changes nothing."""
    care: Care
    transfers: tuple[Transfer, ...] = ()
    timeline: tuple[FactAt, ...] = ()


_ERASURES: frozenset[type] = frozenset({CaseErased, CaseExpired, AliasErased})


@cache
def _adapter() -> TypeAdapter[CaseFile]:
    """Made, and its library imported, at its first use: most readers of views open no file, and the second process of a rebuild makes haste."""
    from pydantic import TypeAdapter

    return TypeAdapter(CaseFile)


def to_bytes(file: CaseFile) -> bytes:
    """The record's plain bytes; the same file gives the same bytes."""
    return _adapter().dump_json(file, exclude_defaults=True)


def from_bytes(plain: bytes) -> CaseFile:
    """The file in these bytes. Raises ValueError where they are not one."""
    return _adapter().validate_json(plain)


def about(fact: Event | Outcome) -> str | None:
    """The case whose own fact it is, of those that it names."""
    return getattr(fact, "case_id", None)


def cases_of(effects: Iterable[Effects | None]) -> Collection[str]:
    """Cases that these entries have facts about, as far as they can be opened: each once, by entry, those of one entry sorted."""
    return {case: None for entry in effects if entry is not None for case in sorted(entry.by_case)}.keys()


def fold(files: Mapping[str, CaseFile], entry: Effects) -> dict[str, CaseFile | None]:
    """The files that change with an entry; None: the case is erased, and leaves the views with its past (whether or not its file can still be opened).

    A case begins with its referral. A fact about a case that has no file (it was erased, and another case's fact names it) changes nothing.
    """
    after: dict[str, CaseFile | None] = {}
    for case_id, facts in entry.by_case.items():
        file = files.get(case_id)
        if not _ERASURES.isdisjoint([type(fact) for _, fact in facts]):
            after[case_id] = None
        elif file is None or file.sequence < entry.sequence:
            changed = _fold_case(case_id, file, facts, entry, files)
            if changed is not None:
                after[case_id] = changed
    return after


def _fold_case(case_id: str, file: CaseFile | None, facts: Sequence[CaseFact], entry: Effects, files: Mapping[str, CaseFile]) -> CaseFile | None:
    """The file after an entry's facts about the case; None: there is none, and it does not begin."""
    sequence, at_ms = entry.sequence, entry.at_ms
    care, known, places = (file.care, file.transfers, [*file.timeline]) if file else (None, (), [])
    for index, fact in facts:
        if care is None:
            if not isinstance(fact, ReferralReceived):
                continue
            care = inbox.opened(fact, sequence, at_ms)
        if type(fact) is CasesFoundSame:
            other = _before(files, fact.other_case_id, entry) if case_id == fact.case_id else None
            one = _found_same(CaseFile(case_id, sequence, care, known, tuple(places)), other, fact, entry)
            care, known, places = one.care, one.transfers, [*one.timeline]
        care = inbox.fold(care, fact, sequence, at_ms)
        own = about(fact) == case_id
        care = inbox.fold_own(care, fact, sequence, at_ms) if own else inbox.fold_other(care, fact, sequence, at_ms)
        known = transfers.fold(known, fact, sequence, at_ms)
        places.append(FactAt(sequence, index))
    return None if care is None else CaseFile(case_id, sequence, care, known, tuple(places))


def _found_same(file: CaseFile, other: CaseFile | None, fact: CasesFoundSame, entry: Effects) -> CaseFile:
    """The case that stays takes the other's transfers and story; the other keeps its story alone, and the word that it is over.

    What the other had before is shown under the case that stays, also as of a time before they were found the same: it is one person's.
    """
    if file.case_id == fact.other_case_id:
        return CaseFile(
            file.case_id, file.sequence, inbox.over(file.care, file.transfers, fact.case_id, entry.sequence, entry.at_ms), (), file.timeline
        )
    if other is None:
        return file
    moved = sorted((*file.transfers, *other.transfers), key=lambda transfer: transfer.requested_sequence)
    told = sorted({*file.timeline, *other.timeline}, key=lambda at: (at.sequence, at.index))
    care = inbox.found_same(file.care, other.care, entry.sequence, entry.at_ms)
    return CaseFile(file.case_id, file.sequence, care, tuple(moved), tuple(told))


def _before(files: Mapping[str, CaseFile], case_id: str, entry: Effects) -> CaseFile | None:
    """The file of a case that is found to be another, as it is just before that: its deadlines in the same entry, if any, have happened."""
    facts = [(each, fact) for each, fact in entry.by_case.get(case_id, ()) if not isinstance(fact, CasesFoundSame)]
    return _fold_case(case_id, files.get(case_id), facts, entry, files)


def as_of(file: CaseFile, sequence: int) -> CaseFile | None:
    """The file as it was after a sequence, exactly; None before the case began."""
    if file.care.received_sequence > sequence:
        return None
    facts = timeline.until(file.timeline, sequence)
    return CaseFile(file.case_id, facts[-1].sequence, inbox.until(file.care, sequence), transfers.until(file.transfers, sequence), facts)
