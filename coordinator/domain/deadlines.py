"""What the clock makes happen before an event: everything due, in order of time, then id."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence

from coordinator.domain import person, question, two_people
from coordinator.domain.agenda import EDGES, Kind, added_ms, due, stands
from coordinator.domain.availability import enter
from coordinator.domain.deciding import Deciding, most_at_once
from coordinator.domain.explaining import expire_explanations
from coordinator.domain.inquiry import expire_inquiries
from coordinator.domain.missing import notification_overdue
from coordinator.domain.on_duty import MOST_URGENT, next_opening_ms
from coordinator.domain.programme import turn_programme
from coordinator.domain.proposing import propose
from coordinator.domain.seen_events import cases_of
from coordinator.domain.state import Case, Kept
from coordinator.domain.weights_end import weights_end_ms
from events.entry import Locked, Unread
from events.facts import Event
from events.network import ClockAdvanced
from events.person import MajorityReviewDue
from events.transfer import PlaceOccupied
from events.vocabulary import Escalation, ProposalEnd, TransferStage

_ON_NO_AGENDA = frozenset({Kind.ON_DUTY, Kind.WEIGHTS_END})


def make_due_happen(entry: Deciding, event: Event | Locked | Unread, last_at_ms: int) -> None:
    """Let everything due happen, each as at the event's own time, then match whoever it concerns. `last_at_ms`: time of the last decided entry.

    Where more is due than fits in one entry, the rest stays due, and the clock rings again at once.
    """
    draft = entry.draft
    entry.to_match.update(draft.look_again)
    draft.look_again = ()
    if draft.crowded:
        entry.to_match.update(case_id for *_, case_id in draft.waiting)
    now_due = due(draft.agenda, last_at_ms, entry.at_ms, draft.policy)
    for kind, at_ms in ((Kind.ON_DUTY, next_opening_ms(draft, last_at_ms)), (Kind.WEIGHTS_END, weights_end_ms(draft, last_at_ms))):
        if at_ms is not None and at_ms <= entry.at_ms:
            insort(now_due, (at_ms, "", kind))
    if now_due:
        _happen_all(entry, event, now_due)
    if draft.terms is not None:
        propose(entry)


def _happen_all(entry: Deciding, event: Event | Locked | Unread, now_due: Sequence[tuple[int, str, Kind]]) -> None:
    expiring = frozenset(item_id for _, item_id, kind in now_due if kind is Kind.PROPOSAL)
    named = frozenset[str]() if isinstance(event, Locked | Unread) else frozenset(cases_of(event))
    happened, most = 0, most_at_once(len(entry.draft.units))
    for due_ms, item_id, kind in now_due:
        if happened >= most and kind not in EDGES:
            continue
        if kind not in _ON_NO_AGENDA and not stands(entry.draft.agenda, kind, (due_ms - added_ms(kind, entry.draft.policy), item_id)):
            continue  # something that was due before has made it void
        happened += _happen(entry, item_id, kind, expiring | named, isinstance(event, ClockAdvanced))


def _happen(entry: Deciding, item_id: str, kind: Kind, busy: frozenset[str], clock: bool) -> bool:
    """Let one deadline happen; False where it has to wait for an entry of its own. `busy`: cases of whose units this entry may tell otherwise."""
    draft = entry.draft
    match kind:
        case Kind.PROPOSAL:
            _run_out(entry, draft.cases[item_id])
        case Kind.NEEDED_BY:
            entry.escalate(draft.cases[item_id], Escalation.DEADLINE_PASSED)
        case Kind.ARRIVAL:
            entry.escalate(draft.cases[item_id], Escalation.ARRIVAL_OVERDUE)
        case Kind.FREE_FROM:
            enter(entry, item_id)
        case Kind.PARKED | Kind.WAITED:
            entry.to_match.add(item_id)
        case Kind.INQUIRY:
            expire_inquiries(entry, draft.cases[item_id])
        case Kind.NOTIFICATION:
            notification_overdue(entry, draft.cases[item_id])
        case Kind.ON_DUTY:
            entry.to_match.update(case_id for rank, _, _, case_id in draft.waiting if rank == MOST_URGENT)
        case Kind.WEIGHTS_END:
            entry.to_match.update(case_id for rank, _, _, case_id in draft.waiting if rank != MOST_URGENT)
        case Kind.REMINDER:
            question.remind(entry, draft.cases[item_id])
        case Kind.PAUSE:
            question.resume_by_itself(entry, draft.cases[item_id])
        case Kind.KEPT_FOR_NOBODY:
            entry.let_go(item_id)
        case Kind.CLOSED_CASE:
            person.expire_case(entry, item_id)
        case Kind.EXPLANATIONS:
            expire_explanations(entry)
        case Kind.MAJORITY:
            case_id, _, member = item_id.partition(" ")
            entry.emit(MajorityReviewDue(case_id, member))
        case Kind.AWAITED:
            two_people.lapse(entry, item_id)
        case Kind.REVIEW:
            two_people.call_in(entry, item_id)
        case Kind.PROGRAMME:
            turn_programme(entry, item_id)
        case Kind.KEPT:
            return _end_kept(entry, item_id, busy, clock)
    return True


def _run_out(entry: Deciding, case: Case) -> None:
    """A proposal was not answered in time, and its unit is parked; or a prepared one not confirmed, which is no project's fault, and an operator decides."""
    prepared = case.transfer is not None and case.transfer.proposal is not None and case.transfer.proposal.prepared
    entry.release(case, ProposalEnd.RELEASED if prepared else ProposalEnd.EXPIRED)
    if prepared:
        entry.escalate(entry.draft.cases[case.case_id], Escalation.NOT_CONFIRMED)


def _end_kept(entry: Deciding, hold_id: str, busy: frozenset[str], clock: bool) -> bool:
    """A kept place ends, in an entry that names no other unit of the same case: where it may, it waits for the clock's own entry."""
    draft = entry.draft
    case = draft.cases[draft.owners[hold_id]]
    holds_another = case.transfer is not None and case.transfer.stage is not TransferStage.WAITING
    if case.case_id in busy or (holds_another and not clock):
        return False
    (kept,) = [place for place in case.kept if place.hold_id == hold_id]
    if kept.returned and _left_the_count(entry, kept):
        hold = draft.holds[hold_id]
        entry.emit(PlaceOccupied(hold.hold_id, hold.unit_id, hold.places))
        entry.recount(hold.unit_id)
    else:
        entry.let_go(hold_id)
    entry.moved(case.case_id)
    return True


def _left_the_count(entry: Deciding, kept: Kept) -> bool:
    """Whether the unit's count no longer has whoever left, so that their return must be counted beside it."""
    published = entry.draft.units[kept.unit_id].published
    return published is not None and published.as_of_sequence >= entry.draft.holds[kept.hold_id].sequence
