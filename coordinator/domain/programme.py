"""Stream `network`: programme periods, and what happens to people and places when one ends.

By the clock alone nobody loses anything: a project whose last day has passed keeps whom it has and is sent nobody, and the helpline is told; programmes are
prolonged late. Only an administrator's word ends one (`ProgrammeEnded`): then units, with whoever lives there or is expected, and cases pass to the successor
named; where there is none, cases pass to the helpline, and people stay where they live until somebody has found them a place.
"""

from __future__ import annotations

from collections.abc import Callable

from coordinator.domain import rights
from coordinator.domain.changing import changed
from coordinator.domain.days import programme_at
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft, with_danger
from coordinator.domain.referral import competent
from coordinator.domain.settling import settle_holds_in
from coordinator.domain.state import Case
from events.fact import Danger
from events.inquiry import InquiryEnded
from events.network import ProgrammeEnded, ProgrammeTurned, UnitPassed
from events.referral import ReferralRouted, ResponsibilityPassed
from events.transfer import ProposalPassed
from events.verdict import Refused
from events.vocabulary import DangerKind, Escalation, InquiryEnd, Programme, ProposalEnd, RefusalCode, TransferStage

# State follows from these.


def evolve_programme_turned(draft: Draft, outcome: ProgrammeTurned) -> None:
    """Where the project stands in its programme."""
    draft.put_project(changed(draft.projects[outcome.project_id], programme=outcome.to))


def evolve_programme_ended(draft: Draft, event: ProgrammeEnded) -> None:
    """What was dangerous about the project is so about its successor, which has its flats and often its people. An open offer falls."""
    for case_id in sorted(draft.cases):
        case = draft.cases[case_id]
        dangers = _followed(case.dangers, event)
        offered_to = None if case.offered_to == event.project_id else case.offered_to
        if dangers is not case.dangers or offered_to != case.offered_to:
            draft.put_case(changed(case, dangers=dangers, offered_to=offered_to))
    for unit_id in sorted(draft.unit_dangers):
        dangers = _followed(draft.unit_dangers[unit_id], event)
        if dangers is not draft.unit_dangers[unit_id]:
            draft.put_unit_dangers(unit_id, dangers)


def _followed(dangers: tuple[Danger, ...], event: ProgrammeEnded) -> tuple[Danger, ...]:
    if event.successor_id is None or Danger(DangerKind.PROJECT, event.project_id) not in dangers:
        return dangers
    return with_danger(dangers, Danger(DangerKind.PROJECT, event.successor_id))


def evolve_unit_passed(draft: Draft, outcome: UnitPassed) -> None:
    """The unit is the other project's, with what is held in it."""
    draft.pass_unit(outcome.unit_id, outcome.project_id, outcome.body)


def evolve_proposal_passed(draft: Draft, outcome: ProposalPassed) -> None:
    """Whoever comes there comes to the other project."""
    case = draft.cases[outcome.case_id]
    transfer = case.transfer
    if transfer is not None and transfer.proposal is not None:
        draft.put_case(changed(case, transfer=changed(transfer, proposal=changed(transfer.proposal, project_id=outcome.project_id))))


# Decisions.


def turn_programme(entry: Deciding, project_id: str) -> bool:
    """Let a project's programme turn, where its days say so; whether they did."""
    project = entry.draft.projects[project_id]
    to = programme_at(project.valid_from, project.valid_to, entry.at_ms, entry.draft.policy)
    if project.programme is Programme.ENDED or project.programme is to:
        return False
    entry.emit(ProgrammeTurned(project_id, to))
    units = _units_of(entry.draft, project_id)
    if to is not Programme.RUNNING:
        _release_proposals(entry, units)
        _release_inquiries(entry, units)
        _tell_of_expected(entry, units)
        _route_anew(entry, project_id)
    _recount(entry, units)
    return True


def end_programme(entry: Deciding, event: ProgrammeEnded) -> Refused | None:
    """An administrator ends a programme, at its last day or before."""
    draft = entry.draft
    refusal = rights.administrator(event.actor)
    if refusal is None and event.project_id not in draft.projects:
        refusal = refused(RefusalCode.UNKNOWN_PROJECT, "project_id")
    if refusal is None and draft.projects[event.project_id].programme is Programme.ENDED:
        refusal = refused(RefusalCode.PROGRAMME_OVER, "project_id")
    if refusal is None and event.successor_id is not None:
        refusal = _successor_refused(draft, event.project_id, event.successor_id)
    if refusal is not None:
        return refusal
    units = _units_of(draft, event.project_id)
    entry.record(event)
    entry.emit(ProgrammeTurned(event.project_id, Programme.ENDED))
    _release_proposals(entry, units)
    _release_inquiries(entry, units)
    if event.successor_id is None:
        _tell_of_expected(entry, units)
    else:
        _pass_units(entry, units, event.successor_id)
    for case in _cases(draft, lambda case: case.responsible == event.project_id):
        entry.emit(ResponsibilityPassed(case.case_id, event.successor_id))
        if event.successor_id is None:
            entry.emit(ReferralRouted(case.case_id, None))
    _route_anew(entry, event.project_id, event.successor_id)
    _recount(entry, units)
    for unit_id in _units_of(draft, event.successor_id) if event.successor_id is not None else ():
        settle_holds_in(entry, unit_id)
    return None


def _successor_refused(draft: Draft, project_id: str, successor_id: str) -> Refused | None:
    if successor_id == project_id or successor_id not in draft.projects:
        return refused(RefusalCode.UNKNOWN_PROJECT, "successor_id")
    return None if draft.projects[successor_id].programme is Programme.RUNNING else refused(RefusalCode.PROGRAMME_OVER, "successor_id")


def _units_of(draft: Draft, project_id: str) -> list[str]:
    """A project's units, open and closed, sorted: people may still live in a closed one."""
    return sorted(unit_id for unit_id, unit in draft.units.items() if unit.project_id == project_id)


def _expected_in(draft: Draft, unit_id: str) -> list[Case]:
    """Cases with a place proposed or accepted in a unit, sorted."""
    owners = sorted({draft.owners[hold_id] for hold_id in draft.holds_in.get(unit_id, ()) if hold_id in draft.owners})
    cases = [draft.cases[case_id] for case_id in owners]
    return [case for case in cases if case.transfer is not None and case.transfer.proposal is not None and case.transfer.proposal.unit_id == unit_id]


def _release_proposals(entry: Deciding, units: list[str]) -> None:
    for unit_id in units:
        for case in _expected_in(entry.draft, unit_id):
            if case.transfer is not None and case.transfer.stage is TransferStage.PROPOSED:
                entry.release(case, ProposalEnd.RELEASED)


def _release_inquiries(entry: Deciding, units: list[str]) -> None:
    """Questions to these units are taken back: whoever was asked no longer answers for them."""
    draft = entry.draft
    for case_id in sorted(draft.transfers.values()):
        transfer = draft.cases[case_id].transfer
        for inquiry in transfer.inquiries if transfer is not None else ():
            if transfer is not None and inquiry.unit_id in units:
                entry.emit(InquiryEnded(case_id, transfer.transfer_id, inquiry.inquiry_id, InquiryEnd.RELEASED))
                entry.to_match.add(case_id)


def _tell_of_expected(entry: Deciding, units: list[str]) -> None:
    for unit_id in units:
        for case in _expected_in(entry.draft, unit_id):
            entry.escalate(case, Escalation.PROGRAMME_ENDED)


def _pass_units(entry: Deciding, units: list[str], successor_id: str) -> None:
    successor = entry.draft.projects[successor_id]
    for unit_id in units:
        body = entry.draft.units[unit_id].body
        entry.emit(UnitPassed(unit_id, successor_id, body if body in successor.bodies else successor.lead_body))
        for case in _expected_in(entry.draft, unit_id):
            transfer = case.transfer
            assert transfer is not None and transfer.proposal is not None
            entry.emit(ProposalPassed(case.case_id, transfer.transfer_id, transfer.proposal.proposal_id, successor_id))


def _route_anew(entry: Deciding, project_id: str, successor_id: str | None = None) -> None:
    """Referrals that wait for a project's answer go to its successor, or to whoever is competent now; the helpline where nobody is."""
    for case in _cases(entry.draft, lambda case: case.responsible is None and case.routed_to == project_id):
        entry.emit(ReferralRouted(case.case_id, successor_id or competent(entry.draft, case.province, case.group)))


def _cases(draft: Draft, which: Callable[[Case], bool]) -> list[Case]:
    return [case for case_id in sorted(draft.cases) if which(case := draft.cases[case_id])]


def _recount(entry: Deciding, units: list[str]) -> None:
    for unit_id in units:
        entry.recount(unit_id)
        entry.changed_units.add(unit_id)
