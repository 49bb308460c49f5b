"""View `transfers`: each case's transfers, step by step, and how each stands at any sequence.

The steps are part of the case's sealed file. The table `transfers` says in clear only on which day a transfer was opened and on which it was closed, so
that the open ones can be found.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from events.facts import Event, Outcome
from events.handover import HandOverAmended, HandOverPrepared
from events.inquiry import InquiryEnded, InquiryOpened
from events.question import InformationGiven, InformationRequested, ProposalPaused, ProposalResumed, ReminderDue
from events.quick import quick
from events.swap import SwapAgreed
from events.transfer import (
    DepartureConfirmed,
    PlaceKeptFor,
    ProposalEnded,
    ProposalMade,
    ProposalPassed,
    ProposalPrepared,
    TransferAmended,
    TransferClosed,
    TransferEscalated,
    TransferRequested,
)
from events.vocabulary import Escalation, Level, ProposalEnd, Reason, Role, TransferEnd, Urgency
from projections.changing import changed
from projections.hand_over import HELPLINE_SPEAKS, Arranged, HandOver, hand_over

VIEW = "transfers"
DAY_MS = 86_400_000


class StepKind(StrEnum):
    """What a step says."""

    PREPARED = "prepared"
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
    AMENDED = "amended"
    INQUIRED = "inquired"
    INQUIRY_ENDED = "inquiry_ended"
    ARRANGED = "arranged"
    SWAP_AGREED = "swap_agreed"
    CLOSED = "closed"


class Stage(StrEnum):
    """Where a transfer stands."""

    REQUESTED = "requested"
    PREPARED = "prepared"
    """A place is held; the helpline has to confirm before its project is asked."""
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DEPARTED = "departed"
    CLOSED = "closed"


@quick
@dataclass(frozen=True, slots=True)
class Asked:
    """What a transfer needs, as it was asked anew."""

    urgency: Urgency
    needed_by_ms: int
    leaving_province: str | None
    wished_levels: tuple[Level, ...]
    wished_regions: tuple[str, ...]
    by_helpline: bool
    """Then earlier disclosures and declines no longer count."""


@quick
@dataclass(frozen=True, slots=True)
class Step:
    """One fact about a transfer. Which of the optional fields are set follows from the kind."""

    sequence: int
    at_ms: int
    kind: StepKind
    proposal_id: str | None = None
    """Of an inquiry: the inquiry's id."""
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
    asked: Asked | None = None
    """Of an amendment."""
    arranged: Arranged | None = None
    """Of a list for the hand-over."""


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
class Inquiry:
    """A question to a project whether it could, which nobody has answered."""

    inquiry_id: str
    unit_id: str
    project_id: str
    opened_sequence: int
    opened_at_ms: int
    deadline_at_ms: int


@quick
@dataclass(frozen=True, slots=True)
class Escalated:
    """An operator was called in, and that stands."""

    why: Escalation
    sequence: int
    at_ms: int


@quick
@dataclass(frozen=True, slots=True)
class TransferState:
    """How a transfer stands after a sequence."""

    stage: Stage
    stage_since_ms: int
    last_sequence: int
    proposal: Proposal | None
    """The prepared, live or accepted one; null: no place is held."""
    expected_arrival_ms: int | None
    kept_until_ms: int | None
    escalation: Escalation | None
    """Why an operator has to act now: the last of `escalations`; null: nobody has to."""
    escalated_sequence: int | None
    escalated_at_ms: int | None
    disclosures: int
    """Projects that were asked so far."""
    declines: int
    how: TransferEnd | None
    """How it ended; null: it is open."""
    escalations: tuple[Escalated, ...] = ()
    """Everything that an operator has to act on now, oldest first. What was said while a place was looked for waits while one is proposed or accepted,
    and stands again where that comes to nothing: it is said once."""
    inquiries: tuple[Inquiry, ...] = ()
    """Open ones, oldest first."""
    hand_over: HandOver | None = None
    """null: no place is accepted, or the transfer is over."""


_FALL_WITH_A_PROPOSAL = frozenset({Escalation.NO_PLACE, Escalation.NO_PROJECT_ON_DUTY, Escalation.PLACES_KEPT, Escalation.AGREEMENT_MISSING})
_FALL_WHEN_ASKED_ANEW = frozenset({Escalation.NO_PLACE, Escalation.NO_PROJECT_ON_DUTY, Escalation.PLACES_KEPT, Escalation.REASSESS})
_FALL_BY_THE_HELPLINE = frozenset({Escalation.DISCLOSURES_USED, Escalation.DECLINES_USED, Escalation.NOT_CONFIRMED})
_WHATEVER_THE_STAGE = frozenset({Escalation.SAFETY_CHANGED, Escalation.ARRIVAL_OVERDUE, Escalation.PROGRAMME_ENDED})
_UNTIL_ACCEPTED = frozenset({Escalation.DEADLINE_PASSED})


READS = frozenset(
    {
        TransferRequested, ProposalMade, ProposalPrepared, TransferAmended, InquiryOpened, InquiryEnded, HandOverPrepared, HandOverAmended, ReminderDue,
        InformationRequested, InformationGiven, ProposalPaused, ProposalResumed, ProposalEnded, ProposalPassed, DepartureConfirmed, PlaceKeptFor,
        SwapAgreed, TransferEscalated, TransferClosed,
    }
)  # fmt: skip
"""Kinds that transfers are folded from. Half of all facts are of others, which would be held against each kind in turn."""


def fold(transfers: tuple[Transfer, ...], fact: Event | Outcome, sequence: int, at_ms: int) -> tuple[Transfer, ...]:
    """The case's transfers after one fact about the case. A fact about a transfer that is not known changes nothing."""
    if type(fact) not in READS:
        return transfers
    match fact:
        case TransferRequested():
            opened = Transfer(
                fact.transfer_id, sequence, at_ms, fact.reason, fact.urgency, fact.needed_by_ms,
                fact.leaving_province, fact.wished_levels, fact.wished_regions,
            )  # fmt: skip
            return (*transfers, opened)
        case ProposalMade():
            step = Step(sequence, at_ms, StepKind.PROPOSED, fact.proposal_id, fact.hold_id, fact.unit_id, fact.project_id, fact.deadline_at_ms)
        case ProposalPrepared():
            step = Step(sequence, at_ms, StepKind.PREPARED, fact.proposal_id, fact.hold_id, fact.unit_id, fact.project_id, fact.deadline_at_ms)
        case TransferAmended():
            asked = Asked(
                fact.urgency, fact.needed_by_ms, fact.leaving_province, fact.wished_levels, fact.wished_regions, fact.actor.role is Role.HELPLINE
            )
            step = Step(sequence, at_ms, StepKind.AMENDED, until_ms=fact.expected_arrival_ms, asked=asked)
        case InquiryOpened():
            step = Step(sequence, at_ms, StepKind.INQUIRED, fact.inquiry_id, None, fact.unit_id, fact.project_id, fact.deadline_at_ms)
        case InquiryEnded():
            step = Step(sequence, at_ms, StepKind.INQUIRY_ENDED, fact.inquiry_id)
        case HandOverPrepared() | HandOverAmended():
            speaker = HELPLINE_SPEAKS if fact.actor.role is Role.HELPLINE else fact.actor.body
            said = Arranged(speaker, isinstance(fact, HandOverPrepared), (*fact.arranged, *fact.not_needed))
            step = Step(sequence, at_ms, StepKind.ARRANGED, arranged=said)
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
        case SwapAgreed():
            step = Step(sequence, at_ms, StepKind.SWAP_AGREED)
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
    called: dict[Escalation, Escalated] = {}
    inquiries: dict[str, Inquiry] = {}
    said: tuple[Arranged, ...] = ()
    disclosures = declines = 0
    how: TransferEnd | None = None
    for step in transfer.steps:
        if step.sequence > sequence:
            break
        last = step.sequence
        match step.kind:
            case StepKind.REMINDED | StepKind.QUESTION | StepKind.ANSWER | StepKind.PAUSED | StepKind.RESUMED:
                proposal = None if proposal is None else _clocked(proposal, step)
            case StepKind.ESCALATED:
                code = Escalation(step.code or "")
                called = {**_without(called, frozenset({code})), code: Escalated(code, step.sequence, step.at_ms)}
            case StepKind.PREPARED | StepKind.PROPOSED:
                proposal, since_ms = _proposal_in(step), step.at_ms
                prepared = step.kind is StepKind.PREPARED
                stage, disclosures = (Stage.PREPARED, disclosures) if prepared else (Stage.PROPOSED, disclosures + 1)
                called = _without(called, _FALL_WITH_A_PROPOSAL)
            case StepKind.PROPOSAL_ENDED:
                if proposal is None or proposal.proposal_id != step.proposal_id:
                    continue
                since_ms = step.at_ms
                if step.code == ProposalEnd.ACCEPTED:
                    stage = Stage.ACCEPTED
                else:
                    stage, proposal, declines, said = Stage.REQUESTED, None, declines + (step.code == ProposalEnd.DECLINED), ()
            case StepKind.PROPOSAL_PASSED:
                proposal = changed(proposal, project_id=step.project_id or "") if proposal is not None else None
            case StepKind.INQUIRED:
                inquiries = {**inquiries, step.proposal_id or "": _inquiry_in(step)}
            case StepKind.INQUIRY_ENDED:
                inquiries = {inquiry_id: one for inquiry_id, one in inquiries.items() if inquiry_id != step.proposal_id}
            case StepKind.ARRANGED:
                said = said if step.arranged is None else (*said, step.arranged)
            case StepKind.AMENDED:
                called = _without(called, _fallen_with(step))
                arrival_ms = arrival_ms if step.until_ms is None else step.until_ms
                if step.asked is not None and step.asked.by_helpline:
                    disclosures = declines = 0
            case StepKind.DEPARTED:
                stage, since_ms, arrival_ms = Stage.DEPARTED, step.at_ms, step.until_ms
            case StepKind.KEPT_FOR:
                kept_until_ms = step.until_ms
            case StepKind.CLOSED:
                stage, since_ms, how, called, inquiries = Stage.CLOSED, step.at_ms, TransferEnd(step.code or ""), {}, {}
    now = tuple(one for one in called.values() if _needs_somebody(one.why, stage))
    why, why_sequence, why_ms = (now[-1].why, now[-1].sequence, now[-1].at_ms) if now else (None, None, None)
    return TransferState(
        stage, since_ms, last, proposal, arrival_ms, kept_until_ms, why, why_sequence, why_ms, disclosures, declines, how, now, tuple(inquiries.values()),
        hand_over(said) if stage in (Stage.ACCEPTED, Stage.DEPARTED) else None,
    )  # fmt: skip


def _without(called: dict[Escalation, Escalated], fallen: frozenset[Escalation]) -> dict[Escalation, Escalated]:
    return {why: one for why, one in called.items() if why not in fallen}


def _fallen_with(step: Step) -> frozenset[Escalation]:
    """What no longer stands once a request was amended."""
    fallen = _FALL_WHEN_ASKED_ANEW
    if step.asked is not None and step.asked.by_helpline:
        fallen |= _FALL_BY_THE_HELPLINE
    if step.asked is not None and step.asked.needed_by_ms > step.at_ms:
        fallen |= {Escalation.DEADLINE_PASSED}
    return fallen if step.until_ms is None else fallen | {Escalation.ARRIVAL_OVERDUE}


def _needs_somebody(why: Escalation, stage: Stage) -> bool:
    if why in _WHATEVER_THE_STAGE or stage is Stage.REQUESTED:
        return True
    return why in _UNTIL_ACCEPTED and stage in (Stage.PREPARED, Stage.PROPOSED)


def asked_now(transfer: Transfer, sequence: int) -> Transfer:
    """The transfer with what was asked last, as known after a sequence."""
    asked = next((step.asked for step in reversed(transfer.steps) if step.asked is not None and step.sequence <= sequence), None)
    if asked is None:
        return transfer
    return changed(
        transfer, urgency=asked.urgency, needed_by_ms=asked.needed_by_ms, leaving_province=asked.leaving_province,
        wished_levels=asked.wished_levels, wished_regions=asked.wished_regions,
    )  # fmt: skip


def gave_its_word(transfer: Transfer, word_sequence: int, sequence: int) -> bool:
    """Whether a project's word for an exchange, given in that entry for its own case in this transfer, stands after a sequence."""
    words = [step.sequence for step in transfer.steps if step.kind is StepKind.SWAP_AGREED and step.sequence <= sequence]
    state = state_of(transfer, sequence)
    return bool(words) and words[-1] == word_sequence and state is not None and state.stage is Stage.REQUESTED


def _inquiry_in(step: Step) -> Inquiry:
    return Inquiry(step.proposal_id or "", step.unit_id or "", step.project_id or "", step.sequence, step.at_ms, step.until_ms or 0)


def _proposal_in(step: Step) -> Proposal:
    return Proposal(
        step.proposal_id or "", step.hold_id or "", step.unit_id or "", step.project_id or "", step.sequence, step.at_ms, step.until_ms or 0
    )


def _clocked(proposal: Proposal, step: Step) -> Proposal:
    """A proposal after something about its clock."""
    match step.kind:
        case StepKind.REMINDED:
            return changed(proposal, reminded=proposal.reminded + 1)
        case StepKind.QUESTION | StepKind.ANSWER:
            return changed(proposal, question_stands=step.kind is StepKind.QUESTION)
        case _:
            return changed(proposal, deadline_at_ms=step.until_ms or proposal.deadline_at_ms, resumes_at_ms=step.resumes_at_ms)


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
