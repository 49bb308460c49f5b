"""Everything the views keep of one case, in one record, sealed under the case's key: a row of table `cases`.

One record a case, and not a row a fact: an entry that touches a case costs one sealing; a rebuild seals each case once; erasing a case is removing its
rows; and no clear column joins the entries of one case. The past is inside: each part keeps the sequences at which it changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from events.person import AliasErased, CaseErased
from events.quick import quick
from events.referral import ReferralReceived
from projections import inbox, timeline, transfers
from projections.inbox import Care
from projections.reported import CaseFact, Effects
from projections.timeline import FactAt
from projections.transfers import Transfer


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


_ADAPTER: TypeAdapter[CaseFile] = TypeAdapter(CaseFile)


_ERASURES = (CaseErased, AliasErased)


def to_bytes(file: CaseFile) -> bytes:
    """The record's plain bytes; the same file gives the same bytes."""
    return _ADAPTER.dump_json(file, exclude_defaults=True)


def from_bytes(plain: bytes) -> CaseFile:
    """The file in these bytes. Raises ValueError where they are not one."""
    return _ADAPTER.validate_json(plain)


def cases_in(entry: Effects) -> Collection[str]:
    """Cases that an entry has facts about, as far as they can be opened."""
    return entry.by_case.keys()


def fold(files: Mapping[str, CaseFile], entry: Effects) -> dict[str, CaseFile | None]:
    """The files that change with an entry; None: the case is erased, and leaves the views with its past (whether or not its file can still be opened).

    A case begins with its referral. A fact about a case that has no file (it was erased, and another case's fact names it) changes nothing.
    """
    after: dict[str, CaseFile | None] = {}
    for case_id, facts in entry.by_case.items():
        file = files.get(case_id)
        if any(isinstance(fact, _ERASURES) for _, fact in facts):
            after[case_id] = None
        elif file is None or file.sequence < entry.sequence:
            changed = _fold_case(case_id, file, facts, entry)
            if changed is not None:
                after[case_id] = changed
    return after


def _fold_case(case_id: str, file: CaseFile | None, facts: Sequence[CaseFact], entry: Effects) -> CaseFile | None:
    """The file after an entry's facts about the case; None: there is none, and it does not begin."""
    sequence, at_ms = entry.sequence, entry.at_ms
    care, known, places = (file.care, file.transfers, [*file.timeline]) if file else (None, (), [])
    for index, fact in facts:
        if care is None:
            if not isinstance(fact, ReferralReceived):
                continue
            care = inbox.opened(fact, sequence, at_ms)
        care = inbox.fold(care, fact, sequence, at_ms)
        known = transfers.fold(known, fact, sequence, at_ms)
        places.append(FactAt(sequence, index))
    return None if care is None else CaseFile(case_id, sequence, care, known, tuple(places))


def as_of(file: CaseFile, sequence: int) -> CaseFile | None:
    """The file as it was after a sequence, exactly; None before the case began."""
    if file.care.received_sequence > sequence:
        return None
    facts = timeline.until(file.timeline, sequence)
    return CaseFile(file.case_id, facts[-1].sequence, inbox.until(file.care, sequence), transfers.until(file.transfers, sequence), facts)
