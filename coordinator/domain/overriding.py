"""Stream `transfer`, people's own choice: the helpline confirms a prepared proposal, or proposes a unit that it chose itself.

No choice of people overrides the rules of safety. What it may override is the order: a unit may be proposed before better ones, with a code, by two people
of different bodies; it is reported as out of order. Where nothing better is skipped, the helpline alone may, as for minors, whom no machine places.
"""

from __future__ import annotations

from dataclasses import replace

from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft
from coordinator.domain.live import live_transfer
from coordinator.domain.offering import answer_by_ms, offer
from coordinator.domain.proposing import explain, loads_of
from coordinator.domain.requests import request_of
from coordinator.domain.settling import held_place
from coordinator.domain.state import Case
from coordinator.domain.wording import LONGEST_TEXT
from coordinator.matching.best_place import Answer, match_by_people
from coordinator.matching.place import Place
from coordinator.matching.request import Request
from coordinator.matching.safety import forbids_people, still_agreed, still_safe
from events.question import HoldDeadlineMoved
from events.transfer import MatchOverridden, OutOfOrder, ProposalConfirmed, ProposalMade
from events.verdict import Refused
from events.vocabulary import ProposalEnd, RefusalCode, Role, Rule, TransferStage

_NO_PLACE = frozenset({Rule.ACCEPTING, Rule.ONE_PLACE_ONE_CASE, Rule.FRESHNESS})


def confirm_proposal(entry: Deciding, event: ProposalConfirmed) -> Refused | None:
    """The helpline has looked: the project learns of the proposal, and has its time to answer."""
    if event.actor.role is not Role.HELPLINE:
        return refused(RefusalCode.ROLE_NOT_ALLOWED, "actor")
    found = live_transfer(entry, event.case_id, event.transfer_id)
    if isinstance(found, Refused):
        return found
    case, transfer = found
    proposal = transfer.proposal
    if proposal is None or not proposal.prepared:
        return refused(RefusalCode.NO_LIVE_PROPOSAL, "transfer_id")
    if event.proposal_id is not None and event.proposal_id != proposal.proposal_id:
        return refused(RefusalCode.PROPOSAL_SUPERSEDED, "proposal_id")
    request, place = request_of(entry.draft, case, entry.terms, entry.at_ms), held_place(entry, proposal.unit_id)
    broken = still_safe(request, place, entry.at_ms, entry.terms)
    if broken is not None:
        return refused(RefusalCode.AGREEMENT_MISSING if not still_agreed(request, entry.at_ms) else RefusalCode.SAFETY)
    entry.record(event)
    (deadline, reminders), hold = answer_by_ms(entry, transfer, proposal.project_id), entry.draft.holds[proposal.hold_id]
    entry.emit(HoldDeadlineMoved(hold.hold_id, hold.unit_id, hold.places, deadline))
    entry.emit(
        ProposalMade(
            case.case_id, transfer.transfer_id, proposal.proposal_id, proposal.hold_id, proposal.unit_id, proposal.project_id, deadline,
            proposal.score, entry.policy.version, reminders,
        )
    )  # fmt: skip
    return None


def override_refused(entry: Deciding, event: MatchOverridden) -> Refused | None:
    """Whether such a choice cannot be: nobody overrides safety, and the place must be free."""
    if event.actor.role is not Role.HELPLINE:
        return refused(RefusalCode.ROLE_NOT_ALLOWED, "actor")
    found = live_transfer(entry, event.case_id, event.transfer_id)
    if isinstance(found, Refused):
        return found
    case, transfer = found
    if transfer.stage not in (TransferStage.WAITING, TransferStage.PROPOSED):
        return refused(RefusalCode.NOT_WAITING, "transfer_id")
    if not event.text.strip():
        return refused(RefusalCode.TEXT_NEEDED, "text")
    if len(event.text) > LONGEST_TEXT:
        return refused(RefusalCode.TOO_LARGE, "text")
    unit = entry.draft.units.get(event.unit_id)
    if unit is None:
        return refused(RefusalCode.UNKNOWN_UNIT, "unit_id")
    if not unit.is_open:
        return refused(RefusalCode.UNIT_CLOSED, "unit_id")
    if transfer.proposal is not None and transfer.proposal.unit_id == event.unit_id:
        return refused(RefusalCode.ALREADY_PROPOSED, "unit_id")
    request = _by_people(entry, case)
    broken = forbids_people(request, entry.draft.places[event.unit_id], entry.at_ms, entry.terms)
    if broken is None:
        return None
    if broken is Rule.AGREEMENT:
        return refused(RefusalCode.AGREEMENT_MISSING)
    return refused(RefusalCode.NO_PLACE_FREE if broken in _NO_PLACE else RefusalCode.SAFETY, "unit_id")


def in_order(entry: Deciding, event: MatchOverridden) -> bool:
    """Whether nothing better is skipped, so that the helpline alone may. The choice itself must be possible."""
    return not _better(_ranking(entry, entry.draft.cases[event.case_id]), event.unit_id)[1]


def take_override(entry: Deciding, event: MatchOverridden) -> None:
    """The chosen unit is proposed, in the place of what was; what was skipped is reported."""
    case = entry.draft.cases[event.case_id]
    assert case.transfer is not None
    if case.transfer.proposal is not None:
        entry.release(case, ProposalEnd.RELEASED)
        case = entry.draft.cases[event.case_id]
    transfer = case.transfer
    assert transfer is not None
    answer = _ranking(entry, case)
    rank, better = _better(answer, event.unit_id)
    score = next((fitting.total for fitting in answer.weighed.fitting if fitting.place.unit_id == event.unit_id), 0)
    proposal_id = offer(entry, case, entry.draft.units[event.unit_id], score, confirmed=True)
    if better:
        entry.emit(OutOfOrder(case.case_id, transfer.transfer_id, proposal_id, rank, better, event.code))
    explain(entry, case, transfer, answer, proposal_id)
    entry.recount(event.unit_id)


def _by_people(entry: Deciding, case: Case) -> Request:
    """The request as people look at it: that one is live, or that an operator decides, keeps nothing from them."""
    return replace(request_of(entry.draft, case, entry.terms, entry.at_ms), has_live_proposal=False, operator_decides=False)


def _ranking(entry: Deciding, case: Case) -> Answer:
    """How the units rank for the case, as if nothing were proposed to it."""
    draft = entry.draft
    proposed = case.transfer.proposal if case.transfer is not None else None
    units = draft.open_units
    if proposed is not None and proposed.unit_id in draft.places:
        units = units.put(_let_go(draft, proposed.unit_id, len(case.household)))
    loads = loads_of(draft, {} if proposed is None else {proposed.project_id: len(case.household)})
    return match_by_people(_by_people(entry, case), units, entry.at_ms, entry.terms, loads)


def _let_go(draft: Draft, unit_id: str, people: int) -> Place:
    """A unit as it will be when the places proposed to so many people are free again."""
    now = draft.units[unit_id].counted
    free = max(0, now.places - now.occupied - now.reserved - now.held + people) if now.accepting else 0
    return replace(draft.places[unit_id], free=free)


def _better(answer: Answer, unit_id: str) -> tuple[int, tuple[str, ...]]:
    """(rank of a unit, units before it). One that had declined stands after all others."""
    ranked = [fitting.place.unit_id for fitting in answer.weighed.in_order()]
    rank = ranked.index(unit_id) if unit_id in ranked else len(ranked)
    return rank + 1, tuple(ranked[:rank])
