"""What follows from one event: due deadlines first, then exactly one verdict, then its consequences. Pure."""

from __future__ import annotations

from typing import assert_never

from coordinator.domain import (
    amending,
    availability,
    contact,
    duty,
    handover,
    inquiry,
    missing,
    network,
    overriding,
    person,
    programme,
    question,
    referral,
    responsibility,
    rights,
    same_case,
    swapping,
    transfer,
    two_people,
)
from coordinator.domain.actions import action_of
from coordinator.domain.deadlines import make_due_happen
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft
from coordinator.domain.evolve import apply
from coordinator.domain.proposing import propose
from coordinator.domain.seen_events import cases_of, forget_old, id_verdict
from coordinator.domain.state import State
from coordinator.matching.best_place import Answer, Matcher, match
from events.availability import AvailabilityPublished, AvailabilityReaffirmed
from events.entry import Locked, OpenedEvent, Unread
from events.facts import Event, Outcome
from events.glass import GlassBroken
from events.handover import HandOverAmended, HandOverPrepared
from events.inquiry import InquiryAnswered
from events.network import (
    ClockAdvanced,
    DutyHoursPublished,
    PolicyAdopted,
    PolicyProposed,
    ProgrammeEnded,
    ProjectAmended,
    ProjectRegistered,
    RulesAdopted,
    UnitAmended,
    UnitClosed,
    UnitOpened,
)
from events.person import (
    AgeAssessed,
    AgreementGiven,
    AgreementWithdrawn,
    CaseErased,
    CasesFoundSame,
    DangerDeclared,
    GroupKeptApart,
    KeepApartDeclared,
    LegalHoldLifted,
    LegalHoldPlaced,
    SafetyLowered,
    VitalInterestInvoked,
)
from events.question import InformationGiven, InformationRequested
from events.referral import (
    AssessmentRecorded,
    ContactLogged,
    ReferralAccepted,
    ReferralAmended,
    ReferralAssigned,
    ReferralClosed,
    ReferralDeclined,
    ReferralReceived,
    ResponsibilityDeclined,
    ResponsibilityOffered,
    ResponsibilityTaken,
)
from events.swap import SwapAgreed
from events.topics import MAX_ENTRY_BYTES, MAX_EVENT_BYTES
from events.transfer import (
    ArrivalConfirmed,
    AuthorityNotified,
    DepartureConfirmed,
    MatchExplained,
    MatchOverridden,
    ProposalAccepted,
    ProposalConfirmed,
    ProposalDeclined,
    SafeStopAgreed,
    TransferAmended,
    TransferEnded,
    TransferRequested,
    TransferWithdrawn,
)
from events.two_people import ActionConfirmed, ActionRefused, ActionReviewed
from events.verdict import Refused, Unreadable
from events.vocabulary import RefusalCode

MOST_OUTCOME_BYTES = MAX_ENTRY_BYTES - MAX_EVENT_BYTES - 1_048_576
"""An event from which more would follow is refused: the entry has to stay well below what a ledger record may hold."""


def decide(state: State, event: OpenedEvent, at_ms: int, policy: PolicyAdopted | None, matcher: Matcher = match) -> tuple[Outcome, ...]:
    """Everything that follows from `event`, recorded at `at_ms`, under the policy in force (`state.policy`). The state stays as it was.

    `matcher`: what ranks places for requests. A network has the one of this release; rehearsals compare it with others on the same demand.
    """
    return decide_accountably(state, event, at_ms, policy, matcher)[0]


Accountable = tuple[tuple[MatchExplained, Answer], ...]
"""Explanations as they were given, each with the matcher's answer, which can name every unit."""


def decide_accountably(
    state: State, event: OpenedEvent, at_ms: int, policy: PolicyAdopted | None, matcher: Matcher = match
) -> tuple[tuple[Outcome, ...], Accountable]:
    """The same decision, with what stands behind its explanations."""
    entry = _deciding(state, at_ms, policy, matcher)
    return _outcomes_of(entry, state, event), tuple(entry.explained)


def _deciding(state: State, at_ms: int, policy: PolicyAdopted | None, matcher: Matcher) -> Deciding:
    draft = Draft(state)
    draft.sequence = state.sequence + 1
    if policy is not state.policy and policy is not None:
        draft.put_policy(policy)
    forget_old(draft, state.at_ms, at_ms)
    return Deciding(draft, at_ms, apply, matcher)


def _outcomes_of(entry: Deciding, state: State, event: OpenedEvent) -> tuple[Outcome, ...]:
    make_due_happen(entry, event.event, state.at_ms)
    due_outcomes = tuple(entry.outcomes)
    refusal = _reported(entry, event)
    if refusal is not None:
        return (*due_outcomes, refusal)
    if entry.draft.terms is not None:
        propose(entry)
    if entry.size_bytes > MOST_OUTCOME_BYTES:
        return (*due_outcomes, refused(RefusalCode.TOO_LARGE))
    return tuple(entry.outcomes)


def _reported(entry: Deciding, opened: OpenedEvent) -> Outcome | None:
    """Decide the reported event itself: its verdict where it changes nothing, or None where it was recorded."""
    event = opened.event
    if isinstance(event, Unread):
        return Unreadable(event.why)
    if isinstance(event, Locked):
        return refused(RefusalCode.CASE_ERASED)
    for case_id in _named(event):
        if case_id in entry.draft.erased:
            return refused(RefusalCode.CASE_ERASED)
    known = id_verdict(entry.draft, event, opened.content_hash, entry.at_ms)
    if known is not None:
        return known
    return rights.outside_role(event) or _gone(entry, event) or _decided(entry, event)


_ABOUT_CLOSED_CASES_TOO = (GlassBroken, LegalHoldPlaced, LegalHoldLifted, ActionConfirmed, ActionRefused, ActionReviewed)


def _gone(entry: Deciding, event: Event) -> Refused | None:
    """Whether the event is about a case that has another name now, or is closed. Asked after repeats: what came when it was live has its answer."""
    for field, case_id in zip(("case_id", "other_case_id"), cases_of(event), strict=False):
        if case_id in entry.draft.aliases:
            return refused(RefusalCode.CASE_MERGED, field)
        if case_id in entry.draft.closed and not isinstance(event, _ABOUT_CLOSED_CASES_TOO):
            return refused(RefusalCode.CASE_CLOSED, field)
    return None


def _named(event: Event) -> tuple[str, ...]:
    return () if isinstance(event, CaseErased) else cases_of(event)


def _decided(entry: Deciding, event: Event) -> Refused | None:
    match event:
        case AvailabilityPublished():
            return availability.publish_availability(entry, event)
        case AvailabilityReaffirmed():
            return availability.reaffirm_availability(entry, event)
        case ClockAdvanced():
            return network.advance_clock(entry, event)
        case TransferRequested():
            return transfer.request_transfer(entry, event)
        case TransferAmended():
            return amending.amend_transfer(entry, event)
        case InquiryAnswered():
            return inquiry.answer_inquiry(entry, event)
        case ProposalConfirmed():
            return overriding.confirm_proposal(entry, event)
        case MatchOverridden():
            refusal = overriding.override_refused(entry, event)
            return refusal or two_people.report(entry, action_of(event), alone=overriding.in_order(entry, event))
        case SwapAgreed():
            return swapping.agree_swap(entry, event)
        case HandOverPrepared() | HandOverAmended():
            return handover.prepare_hand_over(entry, event)
        case AuthorityNotified():
            return missing.notify_authority(entry, event)
        case TransferWithdrawn():
            return transfer.withdraw_transfer(entry, event)
        case ProposalAccepted():
            return transfer.accept_proposal(entry, event)
        case ProposalDeclined():
            return transfer.decline_proposal(entry, event)
        case DepartureConfirmed():
            return transfer.confirm_departure(entry, event)
        case ArrivalConfirmed():
            return transfer.confirm_arrival(entry, event)
        case TransferEnded():
            return transfer.end_transfer(entry, event)
        case ReferralReceived():
            return referral.receive_referral(entry, event)
        case ReferralAccepted():
            return referral.accept_referral(entry, event)
        case ReferralAmended():
            return referral.amend_referral(entry, event)
        case ReferralDeclined():
            return referral.decline_referral(entry, event)
        case ReferralAssigned():
            return referral.assign_referral(entry, event)
        case AssessmentRecorded():
            return referral.record_assessment(entry, event)
        case ReferralClosed():
            return referral.close_referral(entry, event)
        case ContactLogged():
            return contact.log_contact(entry, event)
        case ResponsibilityOffered():
            return responsibility.offer_responsibility(entry, event)
        case ResponsibilityTaken():
            return responsibility.take_responsibility(entry, event)
        case ResponsibilityDeclined():
            return responsibility.decline_responsibility(entry, event)
        case CasesFoundSame():
            return same_case.find_cases_same(entry, event)
        case ProgrammeEnded():
            return programme.end_programme(entry, event)
        case AgreementGiven():
            return person.give_agreement(entry, event)
        case AgreementWithdrawn():
            return person.withdraw_agreement(entry, event)
        case DangerDeclared():
            return person.declare_danger(entry, event)
        case KeepApartDeclared():
            return person.declare_keep_apart(entry, event)
        case CaseErased():
            return person.erase_case(entry, event)
        case SafetyLowered() | VitalInterestInvoked() | LegalHoldPlaced() | LegalHoldLifted() | GlassBroken() | PolicyProposed():
            return two_people.report(entry, action_of(event))
        case AgeAssessed():
            return two_people.report(entry, action_of(event), alone=not person.takes_protection_away(entry, event))
        case GroupKeptApart():
            return person.keep_group_apart(entry, event)
        case SafeStopAgreed():
            return transfer.agree_safe_stop(entry, event)
        case ActionConfirmed():
            return two_people.confirm(entry, event, action_of)
        case ActionRefused():
            return two_people.refuse(entry, event)
        case ActionReviewed():
            return two_people.review(entry, event)
        case ProjectRegistered():
            return network.register_project(entry, event)
        case ProjectAmended():
            return network.amend_project(entry, event)
        case UnitOpened():
            return network.open_unit(entry, event)
        case UnitAmended():
            return network.amend_unit(entry, event)
        case UnitClosed():
            return network.close_unit(entry, event)
        case InformationRequested():
            return question.request_information(entry, event)
        case InformationGiven():
            return question.give_information(entry, event)
        case DutyHoursPublished():
            return duty.publish_duty_hours(entry, event)
        case PolicyAdopted():
            return network.adopt_policy(entry, event)
        case RulesAdopted():
            return network.adopt_rules(entry, event)
        case _:
            assert_never(event)
