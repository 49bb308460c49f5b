"""Stream `transfer`, declines: each code belongs to one of three parties, and each has its consequences. The table is also in docs/declines.md."""

from __future__ import annotations

from collections.abc import Mapping

from coordinator.domain.availability import correct_availability
from coordinator.domain.changing import changed
from coordinator.domain.deciding import Deciding
from coordinator.domain.draft import Draft
from coordinator.domain.state import Case, Parked
from events.transfer import ProposalDeclined
from events.vocabulary import Consequence, DeclineCode, Escalation, ProposalEnd

CONSEQUENCES: Mapping[DeclineCode, tuple[Consequence, ...]] = {
    DeclineCode.PROVIDER_NOT_FREE: (Consequence.CORRECT_AVAILABILITY, Consequence.PARK),
    DeclineCode.PROVIDER_CANNOT_MEET_NEED: (Consequence.NOT_THIS_UNIT,),
    DeclineCode.PROVIDER_SAFETY_CONCERN: (Consequence.NOT_THIS_UNIT,),
    DeclineCode.PERSON_REFUSED: (Consequence.PARK,),
    DeclineCode.PERSON_CHANGED_MIND: (Consequence.PARK,),
    DeclineCode.ELIGIBILITY_NOT_MET: (Consequence.REASSESS, Consequence.NOT_THIS_UNIT),
    DeclineCode.ELIGIBILITY_NOT_THIS_UNIT: (Consequence.NOT_THIS_UNIT,),
    DeclineCode.OTHER: (Consequence.PARK,),
}
"""What follows from each code. No code changes a request's turn: its urgency, and since when it waits, stay as they are."""


# State follows from these.


def evolve_proposal_declined(draft: Draft, event: ProposalDeclined, sequence: int, at_ms: int) -> None:
    """The unit is not offered to the case again: for a time, or until something changes."""
    case = draft.cases[event.case_id]
    if case.transfer is not None and case.transfer.proposal is not None:
        park(draft, case, case.transfer.proposal.unit_id, event.code, sequence, at_ms)


def park(draft: Draft, case: Case, unit_id: str, code: DeclineCode, sequence: int, at_ms: int) -> None:
    """Put a unit that said no aside for a case."""
    newest = Parked(unit_id, at_ms, sequence, Consequence.NOT_THIS_UNIT in CONSEQUENCES[code])
    draft.put_case(changed(case, parked=with_parked(case.parked, newest)))


def with_parked(parked: tuple[Parked, ...], newest: Parked) -> tuple[Parked, ...]:
    """Units put aside, sorted, with one more, each once."""
    others = [each for each in parked if each.unit_id != newest.unit_id]
    return tuple(sorted([*others, newest], key=lambda each: each.unit_id))


# Decisions.


def follow_decline(entry: Deciding, case: Case, unit_id: str, code: DeclineCode) -> None:
    """What a recorded decline brings beside the parking: the place is free for others, unless it is not free at all."""
    if code in entry.policy.not_free_codes:
        correct_availability(entry, entry.draft.units[unit_id])
    entry.release(case, ProposalEnd.DECLINED)
    if Consequence.REASSESS in CONSEQUENCES[code]:
        entry.escalate(entry.draft.cases[case.case_id], Escalation.REASSESS)
