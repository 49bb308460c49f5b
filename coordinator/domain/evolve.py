"""The state after an accepted entry. Never refuses, never branches on policy, never unseals.

Facts whose key is gone (`Locked`) leave the clear half exactly as the opened ones would, and the sealed half as if they had not been.
"""

from __future__ import annotations

from typing import assert_never, cast, get_args

from coordinator.domain import (
    adopting,
    amending,
    answering,
    availability,
    declining,
    duty,
    explaining,
    handover,
    inquiry,
    missing,
    network,
    person,
    programme,
    question,
    referral,
    responsibility,
    same_case,
    swapping,
    transfer_state,
    two_people,
)
from coordinator.domain.deciding import most_at_once
from coordinator.domain.draft import Draft
from coordinator.domain.locked import clear_event
from coordinator.domain.seen_events import forget_old, remember_event
from coordinator.domain.state import State
from events.availability import AvailabilityLearned, AvailabilityPublished, AvailabilityReaffirmed, CapacityChanged
from events.entry import Locked, OpenedControl, OpenedDecision, OpenedEntry, Unread
from events.facts import Event, Outcome, TwoPersonEvent
from events.glass import GlassBroken, SightOpened
from events.handover import HandOverAmended, HandOverPrepared
from events.inquiry import InquiryAnswered, InquiryEnded, InquiryOpened
from events.network import (
    ClockAdvanced,
    DutyHoursPublished,
    PolicyAdopted,
    PolicyProposed,
    ProgrammeEnded,
    ProgrammeTurned,
    ProjectAmended,
    ProjectRegistered,
    RulesAdopted,
    UnitAmended,
    UnitClosed,
    UnitOpened,
    UnitPassed,
)
from events.person import (
    AgeAssessed,
    AgreementGiven,
    AgreementWithdrawn,
    AliasErased,
    CaseErased,
    CaseExpired,
    CasesFoundSame,
    DangerDeclared,
    ExplanationsExpired,
    GroupKeptApart,
    KeepApartDeclared,
    LegalHoldLifted,
    LegalHoldPlaced,
    MajorityReviewDue,
    SafetyLowered,
    VitalInterestInvoked,
)
from events.question import HoldDeadlineMoved, InformationGiven, InformationRequested, ProposalPaused, ProposalResumed, ReminderDue
from events.referral import (
    AssessmentRecorded,
    ContactLogged,
    ReferralAccepted,
    ReferralAmended,
    ReferralAssigned,
    ReferralClosed,
    ReferralDeclined,
    ReferralReceived,
    ReferralRouted,
    ResponsibilityDeclined,
    ResponsibilityOffered,
    ResponsibilityPassed,
    ResponsibilityTaken,
)
from events.swap import PlaceExchanged, SwapAgreed
from events.transfer import (
    ArrivalConfirmed,
    AuthorityNotified,
    DepartureConfirmed,
    MatchExplained,
    MatchOverridden,
    NotificationDue,
    OutOfOrder,
    PlaceHeld,
    PlaceKept,
    PlaceKeptFor,
    PlaceOccupied,
    PlaceReleased,
    PlaceReserved,
    ProposalAccepted,
    ProposalConfirmed,
    ProposalDeclined,
    ProposalEnded,
    ProposalMade,
    ProposalPassed,
    ProposalPrepared,
    SafeStopAgreed,
    TransferAmended,
    TransferClosed,
    TransferEnded,
    TransferEscalated,
    TransferRequested,
    TransferWithdrawn,
)
from events.two_people import (
    ActionConfirmed,
    ActionLapsed,
    ActionRefused,
    ActionReviewed,
    ActionTaken,
    ConfirmationAwaited,
    ReviewDue,
    ReviewOverdue,
)
from events.verdict import Duplicate, Recorded, Refused, Unreadable
from events.vocabulary import HoldStage

_VERDICTS = (Recorded, Refused, Duplicate, Unreadable)


def evolve(state: State, entry: OpenedEntry) -> State:
    """The state after `entry`, which must be the next one. An operator's entry moves the sequence and nothing else."""
    draft = Draft(state)
    draft.sequence = entry.sequence
    match entry:
        case OpenedControl():
            pass
        case OpenedDecision():
            _evolve_decision(draft, entry)
        case _:
            assert_never(entry)
    return draft.frozen()


def _evolve_decision(draft: Draft, entry: OpenedDecision) -> None:
    forget_old(draft, draft.at_ms, entry.event_time_ms)
    draft.look_again = ()
    draft.crowded = [type(outcome) for outcome in entry.outcomes].count(PlaceHeld) >= most_at_once(len(draft.units))
    for outcome in entry.outcomes:
        if isinstance(outcome, Locked):
            continue
        apply(draft, outcome, entry.sequence, entry.event_time_ms)
        if not isinstance(outcome, _VERDICTS):
            continue
        if isinstance(outcome, Recorded):
            event = clear_event(entry.opened.event) if isinstance(entry.opened.event, Locked) else entry.opened.event
            if event is not None and not isinstance(event, Unread):
                apply(draft, event, entry.sequence, entry.event_time_ms)
        remember_event(draft, entry.opened, outcome, entry.sequence, entry.event_time_ms)
    draft.corrected = None
    draft.at_ms = entry.event_time_ms


def apply(draft: Draft, fact: Event | Outcome, sequence: int, at_ms: int) -> None:
    """Let one fact of an entry take effect: outcomes in order, the reported event where its `Recorded` stands."""
    if type(fact) in _CASE_FACTS:  # most are, and would be asked about every other kind first
        about = cast("CaseFact", fact)
        if about.case_id in draft.cases:
            _apply_to_case(draft, about, sequence, at_ms)
        return
    match fact:
        case Recorded() | Refused() | Duplicate() | Unreadable() | ClockAdvanced() | MatchExplained() | ContactLogged() | SightOpened():
            pass
        case CapacityChanged():
            answering.evolve_corrected(draft, fact)
            availability.evolve_capacity_changed(draft, fact)
        case PlaceHeld():
            transfer_state.evolve_place_held(draft, fact, sequence, at_ms)
        case PlaceReserved():
            answering.evolve_answered_free(draft, fact)
            transfer_state.evolve_place_staged(draft, fact, HoldStage.RESERVED, sequence, at_ms)
        case PlaceOccupied():
            transfer_state.evolve_place_occupied(draft, fact, sequence, at_ms)
        case PlaceKept():
            transfer_state.evolve_place_staged(draft, fact, HoldStage.KEPT, sequence, at_ms)
        case PlaceReleased():
            answering.evolve_answered_not_free(draft, fact)
            transfer_state.evolve_place_released(draft, fact)
        case AvailabilityPublished() | AvailabilityLearned():
            availability.evolve_availability_published(draft, fact, sequence)
        case AvailabilityReaffirmed():
            availability.evolve_availability_reaffirmed(draft, fact)
        case ProjectRegistered() | ProjectAmended():
            network.evolve_project(draft, fact)
        case UnitOpened():
            network.evolve_unit_opened(draft, fact, sequence)
        case UnitAmended():
            network.evolve_unit_amended(draft, fact, sequence)
        case UnitClosed():
            network.evolve_unit_closed(draft, fact)
        case HoldDeadlineMoved():
            question.evolve_hold_deadline_moved(draft, fact)
        case DutyHoursPublished():
            duty.evolve_duty_hours_published(draft, fact)
        case PolicyAdopted():
            network.evolve_policy_adopted(draft, fact)
            explaining.evolve_explanations_term(draft, fact, at_ms)
            adopting.evolve_approval_used(draft)
        case RulesAdopted():
            network.evolve_rules_adopted(draft, fact)
        case ReferralReceived():
            referral.evolve_referral_received(draft, fact)
        case CaseErased():
            person.evolve_case_erased(draft, fact, at_ms)
        case AliasErased():
            person.forget_person(draft, fact.case_id, at_ms)
        case CasesFoundSame():
            same_case.evolve_cases_found_same(draft, fact)
        case ProgrammeTurned():
            programme.evolve_programme_turned(draft, fact)
        case ProgrammeEnded():
            programme.evolve_programme_ended(draft, fact)
        case UnitPassed():
            programme.evolve_unit_passed(draft, fact)
        case KeepApartDeclared():
            person.evolve_keep_apart_declared(draft, fact)
        case GroupKeptApart():
            person.evolve_group_kept_apart(draft, fact)
        case SwapAgreed():
            swapping.evolve_swap_agreed(draft, fact)
        case CaseExpired():
            person.forget_person(draft, fact.case_id, at_ms)
        case ExplanationsExpired():
            explaining.evolve_explanations_expired(draft, fact)
        case (
            SafetyLowered()
            | VitalInterestInvoked()
            | AgeAssessed()
            | LegalHoldPlaced()
            | LegalHoldLifted()
            | MatchOverridden()
            | GlassBroken()
            | PolicyProposed()
        ):
            two_people.evolve_reported(draft, fact)
        case ConfirmationAwaited():
            two_people.evolve_confirmation_awaited(draft, fact)
        case ActionConfirmed():
            two_people.evolve_action_confirmed(draft, fact)
        case ReviewDue():
            two_people.evolve_review_due(draft, fact)
        case ActionTaken():
            awaited = draft.awaited.get(fact.action_id)
            if awaited is not None:
                draft.put_awaited(fact.action_id, None)
                take_effect(draft, awaited.event, sequence, at_ms)
        case ActionRefused() | ActionLapsed():
            two_people.evolve_over(draft, fact)
        case ActionReviewed():
            two_people.evolve_action_reviewed(draft, fact)
        case ReviewOverdue():
            two_people.evolve_review_overdue(draft, fact)
        case _:
            if fact.case_id in draft.cases:
                _apply_to_case(draft, fact, sequence, at_ms)


def take_effect(draft: Draft, event: TwoPersonEvent, _sequence: int, at_ms: int) -> None:
    """Let an action that takes two people take effect, in the entry of its `ActionTaken`. Its case is there."""
    match event:
        case SafetyLowered():
            person.evolve_safety_lowered(draft, event)
        case LegalHoldPlaced() | LegalHoldLifted():
            person.evolve_legal_hold(draft, event)
        case VitalInterestInvoked():
            person.evolve_vital_interest(draft, event)
        case AgeAssessed():
            person.evolve_age_assessed(draft, event)
        case MatchOverridden() | GlassBroken():
            pass  # what follows from it are outcomes
        case PolicyProposed():
            adopting.evolve_policy_approved(draft, event, at_ms)
        case _:
            assert_never(event)


CaseFact = (
    ReferralAccepted
    | ReferralAmended
    | ReferralDeclined
    | ReferralAssigned
    | AssessmentRecorded
    | ReferralClosed
    | ResponsibilityOffered
    | ResponsibilityTaken
    | ResponsibilityDeclined
    | ReferralRouted
    | ResponsibilityPassed
    | AgreementGiven
    | AgreementWithdrawn
    | DangerDeclared
    | MajorityReviewDue
    | SafeStopAgreed
    | TransferRequested
    | TransferAmended
    | TransferWithdrawn
    | ProposalAccepted
    | ProposalDeclined
    | DepartureConfirmed
    | ArrivalConfirmed
    | TransferEnded
    | ProposalMade
    | ProposalPrepared
    | ProposalConfirmed
    | OutOfOrder
    | PlaceExchanged
    | ProposalEnded
    | ProposalPassed
    | PlaceKeptFor
    | TransferEscalated
    | TransferClosed
    | InquiryAnswered
    | InquiryOpened
    | InquiryEnded
    | NotificationDue
    | AuthorityNotified
    | HandOverPrepared
    | HandOverAmended
    | InformationRequested
    | InformationGiven
    | ReminderDue
    | ProposalPaused
    | ProposalResumed
)
"""Facts about a case that has to be there; one just erased is not, and its last outcomes have nothing left to change."""
_CASE_FACTS = frozenset(get_args(CaseFact))


def _apply_to_case(draft: Draft, fact: CaseFact, sequence: int, at_ms: int) -> None:
    match fact:  # the most frequent first
        case ProposalMade() | ProposalPrepared():
            transfer_state.evolve_proposal_made(draft, fact)
        case ReferralRouted():
            referral.evolve_referral_routed(draft, fact)
        case ResponsibilityPassed():
            referral.evolve_responsibility_passed(draft, fact)
        case ReferralAccepted():
            referral.evolve_referral_accepted(draft, fact)
        case AgreementGiven():
            person.evolve_agreement_given(draft, fact)
        case HandOverPrepared() | HandOverAmended():
            handover.evolve_hand_over(draft, fact)
        case TransferWithdrawn() | ProposalConfirmed() | OutOfOrder() | ProposalAccepted():
            pass
        case ArrivalConfirmed() | TransferEnded() | SafeStopAgreed():
            pass
        case TransferRequested():
            transfer_state.evolve_transfer_requested(draft, fact, at_ms)
        case ProposalEnded():
            transfer_state.evolve_proposal_ended(draft, fact, sequence, at_ms)
        case DepartureConfirmed():
            transfer_state.evolve_departure_confirmed(draft, fact)
        case TransferEscalated():
            transfer_state.evolve_transfer_escalated(draft, fact)
        case TransferClosed():
            transfer_state.evolve_transfer_closed(draft, fact)
        case PlaceKeptFor():
            transfer_state.evolve_place_kept_for(draft, fact)
        case PlaceExchanged():
            swapping.evolve_place_exchanged(draft, fact)
        case ProposalPassed():
            programme.evolve_proposal_passed(draft, fact)
        case TransferAmended():
            amending.evolve_transfer_amended(draft, fact, at_ms)
        case ProposalDeclined():
            declining.evolve_proposal_declined(draft, fact, sequence, at_ms)
        case InquiryOpened():
            inquiry.evolve_inquiry_opened(draft, fact)
        case InquiryAnswered():
            inquiry.evolve_inquiry_answered(draft, fact, sequence, at_ms)
        case InquiryEnded():
            inquiry.evolve_inquiry_ended(draft, fact, sequence, at_ms)
        case NotificationDue():
            missing.evolve_notification_due(draft, fact)
        case AuthorityNotified():
            missing.evolve_authority_notified(draft, fact)
        case InformationRequested():
            question.evolve_information_requested(draft, fact)
        case InformationGiven():
            question.evolve_information_given(draft, fact)
        case ReminderDue():
            question.evolve_reminder_due(draft, fact)
        case ProposalPaused():
            question.evolve_proposal_paused(draft, fact, at_ms)
        case ProposalResumed():
            question.evolve_proposal_resumed(draft, fact)
        case ReferralAmended():
            referral.evolve_referral_amended(draft, fact)
        case ReferralClosed():
            referral.evolve_referral_closed(draft, fact, at_ms)
        case ResponsibilityOffered():
            responsibility.evolve_responsibility_offered(draft, fact)
        case ResponsibilityDeclined():
            responsibility.evolve_responsibility_declined(draft, fact)
        case AgreementWithdrawn():
            person.evolve_agreement_withdrawn(draft, fact)
        case DangerDeclared():
            person.evolve_danger_declared(draft, fact)
        case MajorityReviewDue():
            person.evolve_majority_review_due(draft, fact)
        case ReferralDeclined() | ReferralAssigned() | AssessmentRecorded() | ResponsibilityTaken():
            pass
        case _:
            assert_never(fact)
