"""The closed unions: every event and every outcome. A new member that nobody handles does not type-check."""

from __future__ import annotations

from events import availability, glass, handover, inquiry, network, person, question, referral, swap, transfer, two_people, verdict
from events.quick import quick

Event = (
    network.ProjectRegistered
    | network.ProjectAmended
    | network.UnitOpened
    | network.UnitAmended
    | network.UnitClosed
    | network.DutyHoursPublished
    | network.PolicyAdopted
    | network.PolicyProposed
    | network.RulesAdopted
    | network.ClockAdvanced
    | network.ProgrammeEnded
    | availability.AvailabilityPublished
    | availability.AvailabilityReaffirmed
    | referral.ReferralReceived
    | referral.ReferralAccepted
    | referral.ContactLogged
    | referral.ReferralAmended
    | referral.ReferralDeclined
    | referral.ReferralAssigned
    | referral.AssessmentRecorded
    | referral.ReferralClosed
    | referral.ResponsibilityOffered
    | referral.ResponsibilityTaken
    | referral.ResponsibilityDeclined
    | person.AgreementGiven
    | person.AgreementWithdrawn
    | person.DangerDeclared
    | person.KeepApartDeclared
    | person.CaseErased
    | person.SafetyLowered
    | person.LegalHoldPlaced
    | person.LegalHoldLifted
    | person.VitalInterestInvoked
    | person.AgeAssessed
    | person.GroupKeptApart
    | glass.GlassBroken
    | two_people.ActionConfirmed
    | two_people.ActionRefused
    | two_people.ActionReviewed
    | person.CasesFoundSame
    | transfer.TransferRequested
    | transfer.TransferAmended
    | transfer.TransferWithdrawn
    | inquiry.InquiryAnswered
    | transfer.ProposalConfirmed
    | transfer.MatchOverridden
    | swap.SwapAgreed
    | transfer.ProposalAccepted
    | transfer.ProposalDeclined
    | transfer.DepartureConfirmed
    | transfer.ArrivalConfirmed
    | transfer.TransferEnded
    | question.InformationRequested
    | question.InformationGiven
    | transfer.AuthorityNotified
    | handover.HandOverPrepared
    | handover.HandOverAmended
    | transfer.SafeStopAgreed
)
"""What an actor may report."""

Outcome = (
    verdict.Recorded
    | verdict.Refused
    | verdict.Duplicate
    | verdict.Unreadable
    | availability.AvailabilityLearned
    | availability.CapacityChanged
    | referral.ReferralRouted
    | referral.ResponsibilityPassed
    | person.AliasErased
    | network.UnitPassed
    | network.ProgrammeTurned
    | transfer.PlaceHeld
    | transfer.PlaceReserved
    | transfer.PlaceOccupied
    | transfer.PlaceKept
    | transfer.PlaceReleased
    | question.HoldDeadlineMoved
    | question.ProposalPaused
    | question.ProposalResumed
    | question.ReminderDue
    | transfer.ProposalPrepared
    | transfer.OutOfOrder
    | swap.PlaceExchanged
    | transfer.ProposalMade
    | transfer.ProposalEnded
    | transfer.ProposalPassed
    | transfer.PlaceKeptFor
    | transfer.TransferEscalated
    | transfer.TransferClosed
    | transfer.NotificationDue
    | transfer.MatchExplained
    | person.MajorityReviewDue
    | person.CaseExpired
    | glass.SightOpened
    | person.ExplanationsExpired
    | two_people.ConfirmationAwaited
    | two_people.ActionTaken
    | two_people.ActionLapsed
    | two_people.ReviewDue
    | two_people.ReviewOverdue
    | inquiry.InquiryOpened
    | inquiry.InquiryEnded
)
"""What the coordinator may decide."""

TwoPersonEvent = (
    person.LegalHoldPlaced
    | person.LegalHoldLifted
    | person.SafetyLowered
    | person.VitalInterestInvoked
    | person.AgeAssessed
    | transfer.MatchOverridden
    | glass.GlassBroken
    | network.PolicyProposed
)
"""Events that take effect once a second person of another body has confirmed them (`coordinator.domain.two_people`)."""

Fact = Event | Outcome

EVENT_TYPES: tuple[type[Event], ...] = Event.__args__
OUTCOME_TYPES: tuple[type[Outcome], ...] = Outcome.__args__
FACT_TYPES: dict[str, type[Fact]] = {kind.__name__: quick(kind) for kind in (*EVENT_TYPES, *OUTCOME_TYPES)}
"""By name; the name is the Avro record's name."""
