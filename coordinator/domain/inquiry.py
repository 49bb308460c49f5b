"""Stream `transfer`, inquiries: for a request that no fresh place fits, a few projects whose figures are old or unknown are asked. Nothing is held.

Whoever is asked passes every rule of safety; only that nobody has counted lately is overcome by asking. A yes becomes availability, as if the project
had published it, and the matcher does the rest; a no, and silence, park the unit, so that nobody is asked twice in vain.
"""

from __future__ import annotations

from coordinator.domain import rights
from coordinator.domain.changing import changed
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.declining import park, with_parked
from coordinator.domain.draft import Draft
from coordinator.domain.live import live_transfer
from coordinator.domain.requests import request_of
from coordinator.domain.state import Case, Inquiry, Parked, Transfer, Unit
from coordinator.domain.wording import LONGEST_TEXT
from coordinator.matching.place import Place
from coordinator.matching.request import Request
from coordinator.matching.safety import may_be_asked, suits_by_hosts, worth_asking
from coordinator.matching.scarcity import pricing_of
from coordinator.matching.score import scoring, tie_break
from events.availability import AvailabilityLearned
from events.inquiry import InquiryAnswered, InquiryEnded, InquiryOpened
from events.transfer import Scored
from events.verdict import Refused
from events.vocabulary import DeclineCode, HoldStage, InquiryEnd, RefusalCode

# State follows from these.


def evolve_inquiry_opened(draft: Draft, outcome: InquiryOpened) -> None:
    """A project is asked."""
    case = draft.cases[outcome.case_id]
    if case.transfer is not None:
        opened = Inquiry(outcome.inquiry_id, outcome.unit_id, outcome.project_id, outcome.deadline_at_ms)
        inquiries = tuple(sorted((*case.transfer.inquiries, opened), key=lambda inquiry: inquiry.inquiry_id))
        draft.put_case(changed(case, transfer=changed(case.transfer, inquiries=inquiries)))


def evolve_inquiry_answered(draft: Draft, event: InquiryAnswered, sequence: int, at_ms: int) -> None:
    """A no parks the unit as a decline does."""
    case = draft.cases[event.case_id]
    inquiry = _inquiry(case.transfer, event.inquiry_id) if case.transfer is not None else None
    if inquiry is not None and event.code is not None:
        park(draft, case, inquiry.unit_id, event.code, sequence, at_ms)


def evolve_inquiry_ended(draft: Draft, outcome: InquiryEnded, sequence: int, at_ms: int) -> None:
    """A question is no longer open; silence parks the unit for a time."""
    case = draft.cases[outcome.case_id]
    inquiry = _inquiry(case.transfer, outcome.inquiry_id) if case.transfer is not None else None
    if case.transfer is None or inquiry is None:
        return
    parked = case.parked
    if outcome.how is InquiryEnd.EXPIRED:
        parked = with_parked(parked, Parked(inquiry.unit_id, at_ms, sequence, lasts=False))
    left = tuple(each for each in case.transfer.inquiries if each is not inquiry)
    draft.put_case(changed(case, parked=parked, transfer=changed(case.transfer, inquiries=left)))


# Decisions.


def ask(entry: Deciding, case: Case, transfer: Transfer) -> tuple[Scored, ...]:
    """Open as many inquiries as the policy allows at once, one a project, the best units first; gives the units that are asked now."""
    policy = entry.policy.inquiries
    if policy is None or len(transfer.inquiries) >= policy.max_at_once or entry.asks == 0:
        return ()
    asked_already = frozenset(inquiry.project_id for inquiry in transfer.inquiries)
    request = request_of(entry.draft, case, entry.terms, entry.at_ms)
    chosen = _could_be_asked(entry, request, asked_already, policy.max_at_once - len(transfer.inquiries))
    for scored in chosen:
        unit = entry.draft.units[scored.unit_id]
        deadline = entry.at_ms + policy.answer_within_ms
        entry.emit(InquiryOpened(case.case_id, transfer.transfer_id, entry.new_id(), unit.unit_id, unit.project_id, deadline, entry.policy.version))
    entry.asks -= bool(chosen)
    return tuple(chosen)


def _could_be_asked(entry: Deciding, request: Request, asked_already: frozenset[str], most: int) -> list[Scored]:
    """Units that only a fresh figure is missing of, one of each project that is not asked already, best first; at most so many.

    Scores are worked out of all, and rules asked from the best down until no other could be among so many: most are never asked.
    """
    draft, terms, at_ms = entry.draft, entry.terms, entry.at_ms
    pricing = pricing_of(draft.open_units, terms, at_ms)
    parts_of = scoring(request, at_ms, terms, pricing)
    unseen = draft.open_units.unseen(lambda place: suits_by_hosts(request, place, at_ms, terms), terms.clockwork.fresh_since(at_ms))
    by_total: dict[int, list[Place]] = {}
    for place in worth_asking(request, unseen, at_ms, terms):
        if place.project_id not in asked_already:
            by_total.setdefault(sum(parts_of(place, 0)), []).append(place)
    found: list[Scored] = []
    asked = set(asked_already)
    for total in sorted(by_total, reverse=True):
        places = sorted(by_total[total], key=lambda place: tie_break(request, place))
        may_be = may_be_asked(request, places[0], at_ms, terms)
        for place in places:
            if place.project_id in asked or request.household.size > place.places - _held(draft, place.unit_id) or not may_be(place):
                continue
            found.append(Scored(place.unit_id, parts_of(place, 0), total, place.observed_at_ms or 0))
            asked.add(place.project_id)
            if len(found) >= most:
                return found
    return found


def _held(draft: Draft, unit_id: str) -> int:
    """Places of a unit that the network holds, those just arrived included."""
    held = draft.holds_in.get(unit_id)
    return sum([draft.holds[hold_id].places for hold_id in held]) if held else 0


def answer_inquiry(entry: Deciding, event: InquiryAnswered) -> Refused | None:
    """The project that was asked, or the helpline on the telephone with it, says whether it could."""
    found = live_transfer(entry, event.case_id, event.transfer_id)
    if isinstance(found, Refused):
        return found
    case, transfer = found
    inquiry = _inquiry(transfer, event.inquiry_id)
    refusal = rights.any_project_or_helpline(entry.draft, event.actor)
    if refusal is None and inquiry is None:
        refusal = refused(RefusalCode.UNKNOWN_INQUIRY, "inquiry_id")
    if refusal is not None or inquiry is None:
        return refusal
    unit = entry.draft.units[inquiry.unit_id]
    refusal = rights.asked_or_helpline(entry.draft, event.actor, inquiry.project_id) or _answer_refused(entry, event, unit)
    if refusal is not None:
        return refusal
    entry.record(event)
    if event.could and event.places is not None:
        _learn(entry, unit, event.places, event.free_from_ms)
    elif event.code in entry.policy.not_free_codes:
        _learn(entry, unit, 0, None)
    entry.emit(InquiryEnded(case.case_id, transfer.transfer_id, inquiry.inquiry_id, InquiryEnd.YES if event.could else InquiryEnd.NO))
    entry.to_match.add(case.case_id)
    return None


def _answer_refused(entry: Deciding, event: InquiryAnswered, unit: Unit) -> Refused | None:
    if len(event.text) > LONGEST_TEXT:
        return refused(RefusalCode.TOO_LARGE, "text")
    if not event.could:
        if event.code is None:
            return refused(RefusalCode.CODE_NEEDED, "code")
        if event.code is DeclineCode.OTHER and not event.text.strip():
            return refused(RefusalCode.TEXT_NEEDED, "text")
        return refused(RefusalCode.FIELD_INVALID, "places") if event.places is not None or event.free_from_ms is not None else None
    if event.code is not None:
        return refused(RefusalCode.FIELD_INVALID, "code")
    if event.places is None or event.places < 1:
        return refused(RefusalCode.FIELD_INVALID, "places")
    if event.places > unit.places - _held(entry.draft, unit.unit_id):
        return refused(RefusalCode.MORE_THAN_PLACES, "places")
    if event.free_from_ms is not None and event.free_from_ms < 0:
        return refused(RefusalCode.FIELD_INVALID, "free_from_ms")
    return None


def _learn(entry: Deciding, unit: Unit, free: int, free_from_ms: int | None) -> None:
    """Count the answer like a publication of now. Whoever has arrived so far is in it from here on; what the network holds is beside it."""
    holds = [entry.draft.holds[hold_id] for hold_id in entry.draft.holds_in.get(unit.unit_id, ())]
    held = sum(hold.places for hold in holds if hold.stage is not HoldStage.OCCUPIED)
    occupied = unit.places - held - free
    entry.emit(
        AvailabilityLearned(unit.unit_id, entry.at_ms, unit.places, max(0, occupied), 0, accepting=free > 0, free_from_ms=free_from_ms,
                            as_of_sequence=entry.sequence - 1)
    )  # fmt: skip
    entry.recount(unit.unit_id)
    entry.changed_units.add(unit.unit_id)


def expire_inquiries(entry: Deciding, case: Case) -> None:
    """End the inquiries that nobody answered in time; others may be asked in their place."""
    transfer = case.transfer
    for inquiry in transfer.inquiries if transfer is not None else ():
        if transfer is not None and inquiry.deadline_at_ms <= entry.at_ms:
            entry.emit(InquiryEnded(case.case_id, transfer.transfer_id, inquiry.inquiry_id, InquiryEnd.EXPIRED))
    entry.to_match.add(case.case_id)


def _inquiry(transfer: Transfer | None, inquiry_id: str) -> Inquiry | None:
    return next((inquiry for inquiry in transfer.inquiries if inquiry.inquiry_id == inquiry_id), None) if transfer is not None else None
