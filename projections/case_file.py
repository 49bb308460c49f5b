"""Everything the views keep of one case, in one record, sealed under the case's key: a row of table `cases`.

One record a case, and not a row a fact: an entry that touches a case costs one sealing; a rebuild seals each case once; erasing a case is removing its
rows; and no clear column joins the entries of one case. The past is inside: each part keeps the sequences at which it changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter

from events.person import AliasErased, CaseErased
from events.referral import ReferralReceived
from projections import inbox, timeline, transfers
from projections.inbox import Care
from projections.reported import Effects
from projections.timeline import FactAt
from projections.transfers import Transfer


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


def to_bytes(file: CaseFile) -> bytes:
    """The record's plain bytes; the same file gives the same bytes."""
    return _ADAPTER.dump_json(file, exclude_defaults=True)


def from_bytes(plain: bytes) -> CaseFile:
    """The file in these bytes. Raises ValueError where they are not one."""
    return _ADAPTER.validate_json(plain)


def cases_in(entry: Effects) -> set[str]:
    """Cases that an entry has facts about, as far as they can be opened."""
    return {case_id for case_id, _, _ in timeline.case_facts(entry)}


def fold(files: Mapping[str, CaseFile], entry: Effects) -> dict[str, CaseFile | None]:
    """The files that change with an entry; None: the case is erased, and leaves the views with its past (whether or not its file can still be opened).

    A case begins with its referral. A fact about a case that has no file (it was erased, and another case's fact names it) changes nothing.
    """
    changed: dict[str, CaseFile | None] = {}
    erased: set[str] = set()
    for case_id, index, fact in timeline.case_facts(entry):
        if isinstance(fact, CaseErased | AliasErased):
            erased.add(case_id)
            continue
        file = changed[case_id] if case_id in changed else files.get(case_id)
        if file is None:
            if not isinstance(fact, ReferralReceived):
                continue
            file = CaseFile(case_id, -1, inbox.opened(fact, entry.sequence, entry.at_ms))
        elif case_id not in changed and file.sequence >= entry.sequence:
            continue
        changed[case_id] = CaseFile(
            case_id,
            entry.sequence,
            inbox.fold(file.care, fact, entry.sequence, entry.at_ms),
            transfers.fold(file.transfers, fact, entry.sequence, entry.at_ms),
            (*file.timeline, FactAt(entry.sequence, index)),
        )
    return {**changed, **dict.fromkeys(erased)}


def as_of(file: CaseFile, sequence: int) -> CaseFile | None:
    """The file as it was after a sequence, exactly; None before the case began."""
    if file.care.received_sequence > sequence:
        return None
    facts = timeline.until(file.timeline, sequence)
    return CaseFile(file.case_id, facts[-1].sequence, inbox.until(file.care, sequence), transfers.until(file.transfers, sequence), facts)
