"""View `transfers`: each case's transfers, step by step, and how each stands at any sequence.

The steps are part of the case's sealed file. The table `transfers` says in clear only on which day a transfer was opened and on which it was closed, so
that the open ones can be found.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from events.facts import Event, Outcome
from events.question import InformationGiven, InformationRequested, ProposalPaused, ProposalResumed, ReminderDue
from events.quick import quick
from events.transfer import (
    DepartureConfirmed,
    PlaceKeptFor,
    ProposalEnded,
    ProposalMade,
    ProposalPassed,
    TransferClosed,
    TransferEscalated,
    TransferRequested,
)
from events.vocabulary import Escalation, Level, ProposalEnd, Reason, TransferEnd, Urgency
from projections.changing import changed

VIEW = "transfers"
DAY_MS = 86_400_000


class StepKind(StrEnum):
    """What a step says."""

    PROPOSED = "proposed"
    PROPOSAL_ENDED = "proposal_ended"
    PROPOSAL_PASSED = "proposal_passed"
    DEPARTED = "departed"
    KEPT_FOR = "kept_for"
    REMINDED = "reminded"
    QUESTION = "question"
    ANSWER = "answer"
    PAUSED = "paused"
    RESUMED = "resumed"
    ESCALATED = "escalated"
    CLOSED = "closed"


class Stage(StrEnum):
    """Where a transfer stands."""

    REQUESTED = "requested"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DEPARTED = "departed"
    CLOSED = "closed"


@quick
@dataclass(frozen=True, slots=True)
class Step:
    """One fact about a transfer. Which of the optional fields are set follows from the kind."""

    sequence: int
    at_ms: int
    kind: StepKind
    proposal_id: str | None = None
    hold_id: str | None = None
    unit_id: str | None = None
    project_id: str | None = None
    until_ms: int | None = None
    """Deadline of a proposal, expected arrival of a departure, end of a kept place (null: not known yet)."""
    resumes_at_ms: int | None = None
    """Of a clock that was stopped: when it goes on by itself."""
    text: str | None = None
    """Of a question and its answer: what was written."""
    code: str | None = None
    """`ProposalEnd`, `Escalation` or `TransferEnd`."""


@quick
@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer of a case with everything that happened to it, in order."""

    transfer_id: str
    requested_sequence: int
    requested_at_ms: int
    reason: Reason
    urgency: Urgency
    needed_by_ms: int
    leaving_province: str | None
    wished_levels: tuple[Level, ...]
    wished_regions: tuple[str, ...]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """The place that is offered to a project, accepted by it, or on the way to which a person is."""

    proposal_id: str
    hold_id: str
    unit_id: str
    project_id: str
    made_sequence: int
    made_at_ms: int
    deadline_at_ms: int
    reminded: int = 0
    """Reminders given so far."""
    resumes_at_ms: int | None = None
    """The clock stands still, and goes on by itself then; null: it runs."""
    question_stands: bool = False
    """The project asked something that nobody has answered."""


@quick
@dataclass(frozen=True, slots=True)
class TransferState:
    """How a transfer stands after a sequence."""

    stage: Stage
    stage_since_ms: int
    last_sequence: int
    proposal: Proposal | None
    """The live or accepted one; null: no project is asked."""
    expected_arrival_ms: int | None
    kept_until_ms: int | None
    escalation: Escalation | None
    """Why an operator is called in; null: nobody is. A new proposal ends it, except where the person's safety or arrival is concerned."""
    escalated_sequence: int | None
    escalated_at_ms: int | None
    disclosures: int
    """Projects that were asked so far."""
    declines: int
    how: TransferEnd | None
    """How it ended; null: it is open."""


_STAYS = frozenset({Escalation.SAFETY_CHANGED, Escalation.ARRIVAL_OVERDUE})
NOT_ESCALATED = (None, None)


def fold(transfers: tuple[Transfer, ...], fact: Event | Outcome, sequence: int, at_ms: int) -> tuple[Transfer, ...]:
    """The case's transfers after one fact about the case. A fact about a transfer that is not known changes nothing."""
    match fact:
        case TransferRequested():
            opened = Transfer(
                fact.transfer_id, sequence, at_ms, fact.reason, fact.urgency, fact.needed_by_ms,
                fact.leaving_province, fact.wished_levels, fact.wished_regions,
            )  # fmt: skip
            return (*transfers, opened)
        case ProposalMade():
            step = Step(sequence, at_ms, StepKind.PROPOSED, fact.proposal_id, fact.hold_id, fact.unit_id, fact.project_id, fact.deadline_at_ms)
        case ReminderDue():
            step = Step(sequence, at_ms, StepKind.REMINDED, fact.proposal_id)
        case InformationRequested():
            step = Step(sequence, at_ms, StepKind.QUESTION, text=fact.text)
        case InformationGiven():
            step = Step(sequence, at_ms, StepKind.ANSWER, text=fact.text)
        case ProposalPaused():
            step = Step(sequence, at_ms, StepKind.PAUSED, fact.proposal_id, until_ms=fact.deadline_at_ms, resumes_at_ms=fact.resumes_at_ms)
        case ProposalResumed():
            step = Step(sequence, at_ms, StepKind.RESUMED, fact.proposal_id, until_ms=fact.deadline_at_ms)
        case ProposalEnded():
            step = Step(sequence, at_ms, StepKind.PROPOSAL_ENDED, fact.proposal_id, fact.hold_id, code=fact.how)
        case ProposalPassed():
            step = Step(sequence, at_ms, StepKind.PROPOSAL_PASSED, fact.proposal_id, project_id=fact.project_id)
        case DepartureConfirmed():
            step = Step(sequence, at_ms, StepKind.DEPARTED, until_ms=fact.expected_arrival_ms)
        case PlaceKeptFor():
            step = Step(sequence, at_ms, StepKind.KEPT_FOR, hold_id=fact.hold_id, until_ms=fact.until_ms)
        case TransferEscalated():
            step = Step(sequence, at_ms, StepKind.ESCALATED, code=fact.why)
        case TransferClosed():
            step = Step(sequence, at_ms, StepKind.CLOSED, code=fact.how)
        case _:
            return transfers
    concerned = fact.transfer_id
    return tuple([changed(each, steps=(*each.steps, step)) if each.transfer_id == concerned else each for each in transfers])


def until(transfers: tuple[Transfer, ...], sequence: int) -> tuple[Transfer, ...]:
    """The transfers as they were after a sequence."""
    return tuple(
        changed(transfer, steps=tuple(step for step in transfer.steps if step.sequence <= sequence))
        for transfer in transfers
        if transfer.requested_sequence <= sequence
    )


def state_of(transfer: Transfer, sequence: int) -> TransferState | None:
    """How a transfer stood after a sequence; None before it was requested."""
    if transfer.requested_sequence > sequence:
        return None
    stage, since_ms, last = Stage.REQUESTED, transfer.requested_at_ms, transfer.requested_sequence
    proposal: Proposal | None = None
    arrival_ms: int | None = None
    kept_until_ms: int | None = None
    escalation: Escalation | None = None
    escalated: tuple[int, int] | tuple[None, None] = NOT_ESCALATED
    disclosures = declines = 0
    how: TransferEnd | None = None
    for step in transfer.steps:
        if step.sequence > sequence:
            break
        last = step.sequence
        match step.kind:
            case StepKind.PROPOSED:
                proposal = _proposal_in(step)
                stage, since_ms, disclosures = Stage.PROPOSED, step.at_ms, disclosures + 1
                if escalation not in _STAYS:
                    escalation, escalated = None, NOT_ESCALATED
            case StepKind.PROPOSAL_ENDED:
                if proposal is None or proposal.proposal_id != step.proposal_id:
                    continue
                since_ms = step.at_ms
                if step.code == ProposalEnd.ACCEPTED:
                    stage = Stage.ACCEPTED
                else:
                    stage, proposal, declines = Stage.REQUESTED, None, declines + (step.code == ProposalEnd.DECLINED)
            case StepKind.PROPOSAL_PASSED:
                proposal = changed(proposal, project_id=step.project_id or "") if proposal is not None else None
            case StepKind.REMINDED | StepKind.QUESTION | StepKind.ANSWER | StepKind.PAUSED | StepKind.RESUMED:
                proposal = None if proposal is None else _clocked(proposal, step)
            case StepKind.DEPARTED:
                stage, since_ms, arrival_ms = Stage.DEPARTED, step.at_ms, step.until_ms
            case StepKind.KEPT_FOR:
                kept_until_ms = step.until_ms
            case StepKind.ESCALATED:
                escalation, escalated = Escalation(step.code or ""), (step.sequence, step.at_ms)
            case StepKind.CLOSED:
                stage, since_ms, how = Stage.CLOSED, step.at_ms, TransferEnd(step.code or "")
                escalation, escalated = None, NOT_ESCALATED
    return TransferState(
        stage, since_ms, last, proposal, arrival_ms, kept_until_ms, escalation, escalated[0], escalated[1], disclosures, declines, how
    )


def _proposal_in(step: Step) -> Proposal:
    return Proposal(
        step.proposal_id or "", step.hold_id or "", step.unit_id or "", step.project_id or "", step.sequence, step.at_ms, step.until_ms or 0
    )


def _clocked(proposal: Proposal, step: Step) -> Proposal:
    """A proposal after something about its clock."""
    match step.kind:
        case StepKind.REMINDED:
            return replace(proposal, reminded=proposal.reminded + 1)
        case StepKind.QUESTION | StepKind.ANSWER:
            return replace(proposal, question_stands=step.kind is StepKind.QUESTION)
        case _:
            return replace(proposal, deadline_at_ms=step.until_ms or proposal.deadline_at_ms, resumes_at_ms=step.resumes_at_ms)


def last_words(transfer: Transfer, sequence: int) -> tuple[str | None, str | None]:
    """The last question about the live proposal and the answer to it, as known after a sequence; null: none."""
    question = answer = None
    for step in transfer.steps:
        if step.sequence > sequence:
            break
        match step.kind:
            case StepKind.PROPOSED:
                question = answer = None
            case StepKind.QUESTION:
                question, answer = step.text, None
            case StepKind.ANSWER:
                answer = step.text
            case _:
                pass
    return question, answer


def days_of(transfers: tuple[Transfer, ...]) -> dict[str, tuple[int, int | None]]:
    """The clear half of the table's rows: by transfer id, the days (since 1970, UTC) it was opened and closed; null: it is open."""
    days: dict[str, tuple[int, int | None]] = {}
    for transfer in transfers:
        closed = next((step.at_ms // DAY_MS for step in transfer.steps if step.kind is StepKind.CLOSED), None)
        days[transfer.transfer_id] = (transfer.requested_at_ms // DAY_MS, closed)
    return days
