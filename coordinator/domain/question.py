"""Stream `transfer`, questions and reminders while a project has still to answer.

A question stops the clock of its proposal. The deadline is moved at once by all the time that questions may still take, so that the hold always has an
end; an answer moves it back by what was not needed. All of it is counted in the hours in which the project's time to answer runs.
"""

from __future__ import annotations

from dataclasses import replace

from coordinator.domain import rights
from coordinator.domain.changing import changed
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft
from coordinator.domain.live import live_proposal, live_transfer
from coordinator.domain.state import AnswerClock, Case, Proposal, Transfer
from coordinator.domain.wording import LONGEST_TEXT
from events.calendar import Hours
from events.question import HoldDeadlineMoved, InformationGiven, InformationRequested, ProposalPaused, ProposalResumed, ReminderDue
from events.verdict import Refused
from events.vocabulary import RefusalCode, TransferStage

# State follows from these.


def evolve_hold_deadline_moved(draft: Draft, outcome: HoldDeadlineMoved) -> None:
    """A hold runs out at another instant."""
    draft.put_hold(replace(draft.holds[outcome.hold_id], until_ms=outcome.until_ms))


def evolve_information_requested(draft: Draft, event: InformationRequested) -> None:
    """A question stands."""
    _put_clock(draft, draft.cases[event.case_id], question_stands=True)


def evolve_information_given(draft: Draft, event: InformationGiven) -> None:
    """No question stands any more."""
    _put_clock(draft, draft.cases[event.case_id], question_stands=False)


def evolve_reminder_due(draft: Draft, outcome: ReminderDue) -> None:
    """One reminder less to come."""
    case = draft.cases[outcome.case_id]
    clock = _clock(case)
    _put_clock(draft, case, reminded=outcome.number, reminders_at_ms=clock.reminders_at_ms[1:])


def evolve_proposal_paused(draft: Draft, outcome: ProposalPaused, at_ms: int) -> None:
    """The clock stands still."""
    case = draft.cases[outcome.case_id]
    _put_clock(
        draft,
        case,
        outcome.deadline_at_ms,
        pauses=_clock(case).pauses + 1,
        paused_at_ms=at_ms,
        resumes_at_ms=outcome.resumes_at_ms,
        reminders_at_ms=outcome.reminders_at_ms,
    )


def evolve_proposal_resumed(draft: Draft, outcome: ProposalResumed) -> None:
    """The clock runs."""
    _put_clock(
        draft,
        draft.cases[outcome.case_id],
        outcome.deadline_at_ms,
        paused_ms=outcome.paused_ms,
        paused_at_ms=None,
        resumes_at_ms=None,
        reminders_at_ms=outcome.reminders_at_ms,
    )


def _clock(case: Case) -> AnswerClock:
    proposal = case.transfer.proposal if case.transfer is not None else None
    return proposal.clock if proposal is not None and proposal.clock is not None else AnswerClock((), 0, 0, 0, None, None, question_stands=False)


def _put_clock(draft: Draft, case: Case, deadline_at_ms: int | None = None, **changes: object) -> None:
    transfer = case.transfer
    if transfer is None or transfer.proposal is None:
        return
    clock = replace(_clock(case), **changes)  # type: ignore[arg-type]
    until_ms = transfer.proposal.deadline_at_ms if deadline_at_ms is None else deadline_at_ms
    proposal = replace(transfer.proposal, clock=clock, deadline_at_ms=until_ms)
    draft.put_case(changed(case, transfer=changed(transfer, proposal=proposal)))


# Decisions.


def request_information(entry: Deciding, event: InformationRequested) -> Refused | None:
    """The project that was asked wants to know more: the clock of its proposal stops, for as long as questions may still take."""
    found = live_proposal(entry, event.actor, event.case_id, event.transfer_id, event.proposal_id)
    if isinstance(found, Refused):
        return found
    case, transfer, proposal = found
    refusal = _text_refused(event.text)
    if refusal is not None:
        return refusal
    clock, clockwork = _clock(case), entry.terms.clockwork
    if clock.question_stands:
        return refused(RefusalCode.QUESTION_STANDS, "transfer_id")
    hours = clockwork.clock_of(proposal.project_id, transfer.urgency)
    left_ms = clockwork.pause_ms(transfer.urgency) - clock.paused_ms
    if hours is None or left_ms <= 0 or clock.pauses >= clockwork.max_pauses:
        return refused(RefusalCode.PAUSES_USED, "transfer_id")
    entry.record(event)
    deadline_ms = hours.after(proposal.deadline_at_ms, left_ms)
    reminders = tuple(hours.after(reminder_ms, left_ms) for reminder_ms in clock.reminders_at_ms)
    _move_hold(entry, proposal, deadline_ms)
    resumes_ms = hours.after(entry.at_ms, left_ms)
    entry.emit(ProposalPaused(case.case_id, transfer.transfer_id, proposal.proposal_id, resumes_ms, deadline_ms, reminders))
    return None


def give_information(entry: Deciding, event: InformationGiven) -> Refused | None:
    """The question is answered; the clock goes on with the time that was left, where it has not gone on by itself."""
    found = live_transfer(entry, event.case_id, event.transfer_id)
    if isinstance(found, Refused):
        return found
    case, transfer = found
    proposal = transfer.proposal
    refusal = rights.responsible_or_helpline(entry.draft, event.actor, case)
    if refusal is None and (proposal is None or proposal.prepared or transfer.stage is not TransferStage.PROPOSED):
        refusal = refused(RefusalCode.NO_LIVE_PROPOSAL, "transfer_id")
    if refusal is not None or proposal is None:
        return refusal
    if event.proposal_id is not None and event.proposal_id != proposal.proposal_id:
        return refused(RefusalCode.PROPOSAL_SUPERSEDED, "proposal_id")
    refusal = _text_refused(event.text)
    if refusal is None and not _clock(case).question_stands:
        refusal = refused(RefusalCode.NO_QUESTION, "transfer_id")
    if refusal is not None:
        return refusal
    entry.record(event)
    _resume(entry, entry.draft.cases[case.case_id])
    return None


def _text_refused(text: str) -> Refused | None:
    if not text.strip():
        return refused(RefusalCode.TEXT_NEEDED, "text")
    return refused(RefusalCode.TOO_LARGE, "text") if len(text) > LONGEST_TEXT else None


def _resume(entry: Deciding, case: Case) -> None:
    """Let the clock go on before its time: what was not needed is taken off again. Under hours published since, never later than promised."""
    transfer, clock = case.transfer, _clock(case)
    assert transfer is not None and transfer.proposal is not None
    proposal = transfer.proposal
    if clock.paused_at_ms is None or clock.resumes_at_ms is None:
        return
    hours = entry.terms.clockwork.clock_of(proposal.project_id, transfer.urgency)
    used_ms, resumes_ms, deadline_ms, reminders = 0, clock.resumes_at_ms, proposal.deadline_at_ms, clock.reminders_at_ms
    if hours is not None:
        used_ms = hours.between(clock.paused_at_ms, entry.at_ms)
        deadline_ms = _sooner(hours, entry.at_ms, resumes_ms, deadline_ms)
        reminders = tuple(_sooner(hours, entry.at_ms, resumes_ms, reminder_ms) for reminder_ms in reminders)
    _move_hold(entry, proposal, deadline_ms)
    ids = (case.case_id, transfer.transfer_id, proposal.proposal_id)
    entry.emit(ProposalResumed(*ids, by_itself=False, paused_ms=clock.paused_ms + used_ms, deadline_at_ms=deadline_ms, reminders_at_ms=reminders))


def _sooner(hours: Hours, at_ms: int, resumes_ms: int, until_ms: int) -> int:
    """An instant that would have come so long after the clock's going on by itself, when it goes on now; later than now, no later than it was."""
    return min(until_ms, max(at_ms + 1, hours.after(at_ms, hours.between(resumes_ms, until_ms))))


def _move_hold(entry: Deciding, proposal: Proposal, until_ms: int) -> None:
    hold = entry.draft.holds[proposal.hold_id]
    if hold.until_ms != until_ms:
        entry.emit(HoldDeadlineMoved(hold.hold_id, hold.unit_id, hold.places, until_ms))


def resume_by_itself(entry: Deciding, case: Case) -> None:
    """The time for questions is over; the deadline has been put where it belongs already."""
    transfer, clock = case.transfer, _clock(case)
    if transfer is None or transfer.proposal is None or clock.paused_at_ms is None or clock.resumes_at_ms is None:
        return
    proposal = transfer.proposal
    hours = entry.terms.clockwork.clock_of(proposal.project_id, transfer.urgency)
    used_ms = clock.resumes_at_ms - clock.paused_at_ms if hours is None else hours.between(clock.paused_at_ms, clock.resumes_at_ms)
    ids = (case.case_id, transfer.transfer_id, proposal.proposal_id)
    entry.emit(ProposalResumed(*ids, True, clock.paused_ms + used_ms, proposal.deadline_at_ms, clock.reminders_at_ms))


def remind(entry: Deciding, case: Case) -> None:
    """Part of a project's time to answer is over."""
    transfer, clock = case.transfer, _clock(case)
    if not _waits_for_an_answer(transfer) or not clock.reminders_at_ms:
        return
    assert transfer is not None and transfer.proposal is not None
    entry.emit(ReminderDue(case.case_id, transfer.transfer_id, transfer.proposal.proposal_id, clock.reminded + 1))


def _waits_for_an_answer(transfer: Transfer | None) -> bool:
    return transfer is not None and transfer.proposal is not None and transfer.stage is TransferStage.PROPOSED
