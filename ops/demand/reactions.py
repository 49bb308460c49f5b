"""How the people of the day react to what the ledger says: projects to proposals, cases to acceptances, the helpline to escalations."""

from __future__ import annotations

from events.facts import Event
from events.person import CaseErased, DangerDeclared
from events.referral import AssessmentRecorded, ReferralAccepted, ResponsibilityOffered
from events.transfer import (
    ArrivalConfirmed,
    DepartureConfirmed,
    ProposalAccepted,
    ProposalDeclined,
    ProposalEnded,
    ProposalMade,
    TransferClosed,
    TransferEnded,
    TransferEscalated,
    TransferRequested,
)
from events.vocabulary import DeclineCode, Escalation, Level, TransferEnd
from ops.demand import referrals, reports
from ops.demand.amendments import after_operator_called
from ops.demand.answers import journey, reply
from ops.demand.chance import about_ms
from ops.demand.choices import plan_out_of_order, plan_place_for_minor, plan_swap
from ops.demand.counts import plan_count_after, plan_telephone_round
from ops.demand.handovers import plan_hand_over
from ops.demand.hours import HOUR_MS, MINUTE_MS, by_day
from ops.demand.lowered import plan_lowering
from ops.demand.people import who_must_agree
from ops.demand.play import Play
from ops.demand.questions import plan_question
from ops.demand.world import CaseNow, Stage

_SHARE_ERASED = 0.6
"""Of those whose request was withdrawn; a day has one or two."""


def after_recorded(play: Play, at_ms: int, event: Event) -> None:
    """What follows in the world from a report that took effect."""
    match event:
        case TransferRequested(case_id=case_id):
            case = play.world.cases[case_id]
            case.requested = True
            case.stage = Stage.WAITING if case.stage is Stage.NONE else case.stage
        case ReferralAccepted(case_id=case_id, project_id=project_id, hosted_unit_id=hosted):
            _in_charge(play, at_ms, play.world.cases[case_id], project_id, hosted)
            referrals.after_in_charge(play, at_ms, event)
        case AssessmentRecorded():
            referrals.after_assessed(play, at_ms, event)
        case ResponsibilityOffered():
            referrals.after_offered(play, at_ms, event)
        case ProposalAccepted(case_id=case_id):
            _plan_journey(play, at_ms, play.world.cases[case_id])
        case ProposalDeclined(case_id=case_id, code=DeclineCode.PROVIDER_NOT_FREE, actor=actor):
            _correct_the_count(play, at_ms, play.world.cases[case_id], actor.person)
        case DepartureConfirmed(case_id=case_id):
            _leave(play, at_ms, play.world.cases[case_id])
        case ArrivalConfirmed(case_id=case_id):
            _settle(play, at_ms, play.world.cases[case_id])
        case TransferEnded(case_id=case_id, how=TransferEnd.RETURNED):
            _come_back(play, at_ms, play.world.cases[case_id])
        case DangerDeclared(case_id=case_id, danger=danger):
            plan_lowering(play, play.world.cases[case_id], danger, at_ms)
        case CaseErased(case_id=case_id):
            play.world.cases[case_id].erased = True
        case _:
            pass


def after_proposal(play: Play, at_ms: int, made: ProposalMade) -> None:
    """The project answers in its time; the person may remember a danger meanwhile."""
    case = play.world.cases[made.case_id]
    case.stage = Stage.PROPOSED
    case.proposals += 1
    case.proposal_numbers[made.proposal_id] = case.proposals
    case.proposal_id, case.proposed_unit, case.proposed_project = made.proposal_id, made.unit_id, made.project_id
    request = case.plan.request
    if request is None:
        return
    draw = play.draw("reply", case.plan.case_id, case.proposals)
    answer = reply(draw, at_ms, request.urgency, quiet=made.project_id in play.quiet)
    if answer.at_ms is not None:
        maker = (
            reports.accepted(play, case, made.proposal_id, made.project_id)
            if answer.decline is None
            else reports.declined(play, case, made.proposal_id, made.project_id, answer.decline, answer.text)
        )
        play.agenda.plan(answer.at_ms, maker)
    plan_out_of_order(play, at_ms, made)
    plan_question(play, at_ms, made, answer.at_ms)
    if request.late_danger is not None and case.proposals == 1:
        play.agenda.plan(at_ms + about_ms(draw, 12.0), reports.endangered(play, case, request.late_danger))


def after_proposal_ended(play: Play, ended: ProposalEnded) -> None:
    """The place is no longer offered (an acceptance keeps it)."""
    case = play.world.cases[ended.case_id]
    if ended.how.value != "accepted" and case.proposal_id == ended.proposal_id:
        case.proposal_id = None
        if case.stage in (Stage.PROPOSED, Stage.ACCEPTED):
            case.stage = Stage.WAITING


def after_escalation(play: Play, at_ms: int, escalated: TransferEscalated) -> None:
    """An operator is called in, and does what operators do."""
    case = play.world.cases[escalated.case_id]
    case.escalations += 1
    draw = play.draw("escalated", case.plan.case_id, case.escalations)
    if escalated.why is Escalation.AGREEMENT_MISSING:
        if draw.random() < 0.8:
            when = by_day(at_ms + about_ms(draw, 100.0), draw)
            for number, member in enumerate(who_must_agree(case.plan.household)):
                play.agenda.plan(when + number * MINUTE_MS, reports.agreed(play, case, member.person))
        else:
            play.agenda.plan(at_ms + about_ms(draw, 240.0), reports.withdrawn(play, case, (Stage.WAITING,)))
    elif escalated.why is Escalation.NO_PLACE and case.escalations <= 3:
        plan_telephone_round(play, case, at_ms)
        plan_swap(play, case, at_ms)
    elif escalated.why is Escalation.MINOR:
        plan_place_for_minor(play, case, at_ms)
    after_operator_called(play, at_ms, case, escalated.why)
    if draw.random() < 0.08:
        play.agenda.plan(at_ms + about_ms(draw, 300.0), reports.withdrawn(play, case, (Stage.WAITING, Stage.PROPOSED)))


def after_closed(play: Play, at_ms: int, closed: TransferClosed) -> None:
    """The transfer is over; now and then somebody asks to be forgotten."""
    case = play.world.cases[closed.case_id]
    case.stage = Stage.OVER
    draw = play.draw("closed", case.plan.case_id)
    if closed.how is TransferEnd.WITHDRAWN and draw.random() < _SHARE_ERASED:
        play.agenda.plan(at_ms + about_ms(draw, 60.0), reports.erased(play, case))


def _in_charge(play: Play, at_ms: int, case: CaseNow, project_id: str, hosted: str | None) -> None:
    case.project = project_id
    if hosted is not None and case.lives_in is None:
        case.lives_in = hosted
        unit = play.world.units[hosted]
        unit.occupied += len(case.plan.household)
        plan_count_after(play, unit, at_ms, 0.8, ("took in", case.plan.case_id))


def _plan_journey(play: Play, at_ms: int, case: CaseNow) -> None:
    request, proposal_id, unit_id, project_id = case.plan.request, case.proposal_id, case.proposed_unit, case.proposed_project
    if request is None or proposal_id is None or unit_id is None or project_id is None:
        return
    case.stage = Stage.ACCEPTED
    draw = play.draw("journey", case.plan.case_id, case.proposals)
    plan = journey(draw, at_ms, request.urgency, same_macro_area=play.world.same_macro_area(case, unit_id))
    if plan.withdrawn_at_ms is not None:
        off = reports.agreement_withdrawn(play, case) if plan.agreement_withdrawn else reports.withdrawn(play, case, (Stage.PROPOSED, Stage.ACCEPTED))
        play.agenda.plan(plan.withdrawn_at_ms, off)
    plan_hand_over(play, case, proposal_id, project_id, at_ms, plan.departs_at_ms)
    play.agenda.plan(plan.departs_at_ms, reports.departed(play, case, proposal_id, plan.expected_arrival_ms))
    end = reports.arrived(play, case, proposal_id, project_id) if plan.failed is None else reports.ended(play, case, proposal_id, plan.failed)
    play.agenda.plan(plan.ends_at_ms, end)


def _correct_the_count(play: Play, at_ms: int, case: CaseNow, person: str) -> None:
    """Somebody took the place meanwhile, and the project says so in a new count."""
    if case.proposed_unit is None:
        return
    unit = play.world.units[case.proposed_unit]
    if unit.occupied < unit.plan.places:
        unit.occupied += 1
    plan_count_after(play, unit, at_ms, 0.8, ("not free", case.plan.case_id, person))


def _leave(play: Play, at_ms: int, case: CaseNow) -> None:
    case.stage = Stage.DEPARTED
    if case.lives_in is not None:
        unit = play.world.units[case.lives_in]
        unit.occupied = max(0, unit.occupied - len(case.plan.household))
        plan_count_after(play, unit, at_ms + HOUR_MS, 0.5, ("left", case.plan.case_id))


def _settle(play: Play, at_ms: int, case: CaseNow) -> None:
    case.stage = Stage.OVER
    case.project = case.proposed_project
    case.lives_in = case.proposed_unit
    if case.proposed_unit is not None:
        unit = play.world.units[case.proposed_unit]
        unit.occupied = min(unit.plan.places, unit.occupied + len(case.plan.household))
        plan_count_after(play, unit, at_ms, 0.75, ("came", case.plan.case_id))


def _come_back(play: Play, at_ms: int, case: CaseNow) -> None:
    """They go back to the place that was kept for them."""
    if case.lives_in is not None and play.world.units[case.lives_in].plan.level is not Level.NON_RESIDENTIAL:
        unit = play.world.units[case.lives_in]
        unit.occupied = min(unit.plan.places, unit.occupied + len(case.plan.household))
        plan_count_after(play, unit, at_ms, 0.75, ("came back", case.plan.case_id))
