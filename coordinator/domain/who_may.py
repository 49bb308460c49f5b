"""Who may report and who may see what: one table role x action x scope, from which code, tests and `docs/reference/access.md` are made.

Three parts. `REPORTS`: which role may report which event, about what. `OUTCOMES`: to whom an outcome in an accepted entry is shown. `VIEWS`: who may ask
for which view, and how far; `DOORS` says which view stands behind each route of the gateway and each command of `staffetta`.

To add an event, an outcome, a route or a command, add its line here: `tests/domain/test_who_may.py` names what is missing. A role that a line does not
name may not. Police and immigration authorities have no role, and get none.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from events.vocabulary import Role


class Standing(StrEnum):
    """In which standing somebody comes: the roles of actors, and those who report nothing."""

    HELPLINE = "helpline"
    PROJECT = "project"
    ADMINISTRATOR = "administrator"
    CLOCK = "clock"
    AUDITOR = "auditor"
    """Sees the whole ledger, sealed, and verifies without a person's data."""
    EVALUATOR = "evaluator"
    """Sees indicators, and nothing of a case or a unit."""
    REFERRER = "referrer"
    """Learns that a referral was received, no more."""
    SIMULATOR = "simulator"
    """Plays every actor and sees everything, for a demo: in development only, and refused anywhere else. Stands in no row."""


class Scope(StrEnum):
    """How far a right reaches."""

    EVERYTHING = "everything"
    OWN_PROJECT = "own project"
    """Of the project whose body one speaks for: itself, and the units that it runs."""
    ANY_PROJECT = "as a body of any project"
    OWN_CASES = "own cases"
    """Cases that one's project is responsible for."""
    """Of an entry: what names one's project, and what one's own report brought about."""
    INVOLVED_CASES = "own cases, and cases it has accepted"
    ASKED = "proposals and referrals made to it"
    """An event of this scope is an answer: it is told to no other project, for it says who was asked."""
    OWN_REPORT = "what it reported itself"
    COORDINATION = "all cases, without free text"
    """Identity and free text by break-glass alone."""
    OPENED = "what it opened itself, by two people or with a review"
    BANDS = "network in bands"
    """Capacity by macro-area: none, few, some; batched and delayed."""
    SEALED = "whole ledger, sealed"
    INDICATORS = "indicators"
    RECEIVED = "received, no more"


Rights = Mapping[Standing, Scope]


def _rights(
    *,
    helpline: Scope | None = None,
    project: Scope | None = None,
    administrator: Scope | None = None,
    clock: Scope | None = None,
    auditor: Scope | None = None,
    evaluator: Scope | None = None,
    referrer: Scope | None = None,
) -> Rights:
    given = {
        Standing.HELPLINE: helpline,
        Standing.PROJECT: project,
        Standing.ADMINISTRATOR: administrator,
        Standing.CLOCK: clock,
        Standing.AUDITOR: auditor,
        Standing.EVALUATOR: evaluator,
        Standing.REFERRER: referrer,
    }
    return {standing: scope for standing, scope in given.items() if scope is not None}


_ALL = Scope.EVERYTHING

REPORTS: Mapping[str, Rights] = {
    # network
    "ProjectRegistered": _rights(administrator=_ALL),
    "ProjectAmended": _rights(administrator=_ALL),
    "UnitOpened": _rights(administrator=_ALL, project=Scope.OWN_PROJECT),
    "UnitAmended": _rights(administrator=_ALL, project=Scope.OWN_PROJECT),
    "UnitClosed": _rights(administrator=_ALL, project=Scope.OWN_PROJECT),
    "DutyHoursPublished": _rights(helpline=_ALL, administrator=_ALL, project=Scope.OWN_PROJECT),
    "PolicyAdopted": _rights(administrator=_ALL),
    "PolicyProposed": _rights(helpline=_ALL, administrator=_ALL),
    "RulesAdopted": _rights(administrator=_ALL),
    "ProgrammeEnded": _rights(administrator=_ALL),
    "ClockAdvanced": _rights(clock=_ALL),
    # availability
    "AvailabilityPublished": _rights(helpline=_ALL, project=Scope.OWN_PROJECT),
    "AvailabilityReaffirmed": _rights(helpline=_ALL, project=Scope.OWN_PROJECT),
    # contact and referral
    "ReferralReceived": _rights(helpline=_ALL, project=Scope.ANY_PROJECT),
    "ReferralAccepted": _rights(project=Scope.ASKED),
    "ContactLogged": _rights(helpline=_ALL),
    "ReferralAmended": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "ReferralDeclined": _rights(project=Scope.ASKED),
    "ReferralAssigned": _rights(helpline=_ALL),
    "AssessmentRecorded": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "ReferralClosed": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "ResponsibilityOffered": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "ResponsibilityTaken": _rights(project=Scope.ASKED),
    "ResponsibilityDeclined": _rights(helpline=_ALL, project=Scope.ASKED),
    # person
    "AgreementGiven": _rights(helpline=_ALL, project=Scope.INVOLVED_CASES),
    "AgreementWithdrawn": _rights(helpline=_ALL, project=Scope.INVOLVED_CASES),
    "DangerDeclared": _rights(helpline=_ALL, project=Scope.INVOLVED_CASES),
    "KeepApartDeclared": _rights(helpline=_ALL, project=Scope.INVOLVED_CASES),
    "CasesFoundSame": _rights(helpline=_ALL, project=Scope.INVOLVED_CASES),
    "CaseErased": _rights(helpline=_ALL, administrator=_ALL, project=Scope.OWN_CASES),
    "SafetyLowered": _rights(helpline=_ALL, project=Scope.INVOLVED_CASES),
    "LegalHoldPlaced": _rights(helpline=_ALL, administrator=_ALL, project=Scope.OWN_CASES),
    "LegalHoldLifted": _rights(helpline=_ALL, administrator=_ALL, project=Scope.OWN_CASES),
    "VitalInterestInvoked": _rights(helpline=_ALL, project=Scope.INVOLVED_CASES),
    "AgeAssessed": _rights(helpline=_ALL, project=Scope.INVOLVED_CASES),
    "GroupKeptApart": _rights(helpline=_ALL, project=Scope.INVOLVED_CASES),
    # actions that take two people
    "GlassBroken": _rights(helpline=_ALL, administrator=_ALL),
    "ActionConfirmed": _rights(helpline=_ALL, administrator=_ALL, project=Scope.INVOLVED_CASES),
    "ActionRefused": _rights(helpline=_ALL, administrator=_ALL, project=Scope.INVOLVED_CASES),
    "ActionReviewed": _rights(helpline=_ALL, administrator=_ALL, project=Scope.INVOLVED_CASES),
    # transfer
    "TransferRequested": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "TransferWithdrawn": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "ProposalAccepted": _rights(project=Scope.ASKED),
    "ProposalDeclined": _rights(project=Scope.ASKED),
    "InformationRequested": _rights(project=Scope.ASKED),
    "InformationGiven": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "DepartureConfirmed": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "ArrivalConfirmed": _rights(project=Scope.ASKED),
    "SafeStopAgreed": _rights(helpline=_ALL, project=Scope.INVOLVED_CASES),
    "TransferEnded": _rights(helpline=_ALL, project=Scope.INVOLVED_CASES),
    "TransferAmended": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "ProposalConfirmed": _rights(helpline=_ALL),
    "MatchOverridden": _rights(helpline=_ALL),
    "SwapAgreed": _rights(project=Scope.OWN_CASES),
    "InquiryAnswered": _rights(helpline=_ALL, project=Scope.ASKED),
    "AuthorityNotified": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "HandOverPrepared": _rights(helpline=_ALL, project=Scope.INVOLVED_CASES),
    "HandOverAmended": _rights(helpline=_ALL, project=Scope.INVOLVED_CASES),
}
"""Who may report an event, about what. By the event's name."""

_EVERYBODY = _rights(
    helpline=_ALL,
    project=Scope.OWN_REPORT,
    administrator=Scope.OWN_REPORT,
    clock=Scope.OWN_REPORT,
    auditor=Scope.SEALED,
)
"""A verdict is for whoever may look at the entry at all."""
_CAPACITY = _rights(helpline=_ALL, project=Scope.OWN_PROJECT, auditor=Scope.SEALED)
"""Clear in the ledger. Exact figures are the helpline's and the owner's, and the auditor's, who has the ledger."""

OUTCOMES: Mapping[str, Rights] = {
    "Recorded": _EVERYBODY,
    "Refused": _EVERYBODY,
    "Duplicate": _EVERYBODY,
    "Unreadable": _EVERYBODY,
    "AvailabilityLearned": _CAPACITY,
    "CapacityChanged": _CAPACITY,
    "PlaceHeld": _CAPACITY,
    "PlaceReserved": _CAPACITY,
    "PlaceOccupied": _CAPACITY,
    "PlaceKept": _CAPACITY,
    "PlaceReleased": _CAPACITY,
    "ProgrammeTurned": _rights(helpline=_ALL, administrator=_ALL, project=Scope.OWN_CASES, auditor=Scope.SEALED),
    "UnitPassed": _rights(helpline=_ALL, administrator=_ALL, project=Scope.OWN_CASES, auditor=Scope.SEALED),
    "AliasErased": _rights(helpline=_ALL),
    "ReferralRouted": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "ResponsibilityPassed": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "ProposalMade": _rights(helpline=_ALL, project=Scope.ASKED),
    "ProposalPassed": _rights(helpline=_ALL, project=Scope.ASKED),
    "ProposalPrepared": _rights(helpline=_ALL),
    "OutOfOrder": _rights(helpline=_ALL),
    "PlaceExchanged": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "ProposalEnded": _rights(helpline=_ALL, project=Scope.OWN_REPORT),
    "HoldDeadlineMoved": _CAPACITY,
    "ReminderDue": _rights(helpline=_ALL, project=Scope.OWN_REPORT),
    "ProposalPaused": _rights(helpline=_ALL, project=Scope.OWN_REPORT),
    "ProposalResumed": _rights(helpline=_ALL, project=Scope.OWN_REPORT),
    "TransferEscalated": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "TransferClosed": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "InquiryOpened": _rights(helpline=_ALL, project=Scope.ASKED),
    "InquiryEnded": _rights(helpline=_ALL, project=Scope.OWN_REPORT),
    "NotificationDue": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "PlaceKeptFor": _rights(helpline=_ALL),
    "MatchExplained": _rights(helpline=_ALL, auditor=_ALL),
    "CaseExpired": _rights(helpline=_ALL, auditor=Scope.SEALED),
    "ExplanationsExpired": _rights(helpline=_ALL, auditor=Scope.SEALED),
    "MajorityReviewDue": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "SightOpened": _rights(helpline=_ALL, administrator=Scope.OWN_REPORT),
    "ConfirmationAwaited": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "ActionTaken": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "ActionLapsed": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "ReviewDue": _rights(helpline=_ALL, project=Scope.OWN_CASES),
    "ReviewOverdue": _rights(helpline=_ALL, project=Scope.OWN_CASES),
}
"""To whom an outcome of an accepted entry is shown, where the entry is. By the outcome's name. What has no row is shown to nobody."""


class View(StrEnum):
    """What can be asked for. The value stands in access records."""

    REPORT = "report"
    """Report events; `REPORTS` says which."""
    ENTRY = "entry"
    """An accepted entry, with the outcomes that `OUTCOMES` gives."""
    CAPACITY = "capacity"
    """Exact figures of units."""
    BANDS = "bands"
    """Capacity of the network by macro-area."""
    DUTY = "duty"
    """When somebody of each project answers. About nobody's case and nobody's places."""
    POLICY = "policy"
    """The policy in force; what waits for a second body, to whoever sees `review` whole."""
    PREVIEW = "preview"
    """Who would gain or lose a place by another policy."""
    TRANSFERS = "transfers"
    INBOX = "inbox"
    CASE = "case"
    FREE_TEXT = "free_text"
    """What somebody wrote about a case in their own words."""
    EXPLANATION = "explanation"
    """Why a transfer was matched so: every unit, rules 2 and 3 as `safety` alone."""
    AUDIT = "audit"
    """The trail of entries as far as they are clear."""
    RETENTION = "retention"
    """What will go when, by the terms of the policy: counts alone."""
    SHEET = "sheet"
    """The data sheet of a case, for whoever is responsible."""
    INDICATORS = "indicators"
    """Counts of a period for the department; no case, no unit."""
    HEALTH = "health"
    ACCESS = "access"
    """Who looked at whose data, when and why."""
    DETAIL = "detail"
    """Which danger or link stands behind `safety` in an explanation; within an opening alone."""
    REVIEW = "review"
    """Actions that wait for a second person or a review. What is behind glass is not in it."""
    EXPORT = "export"
    """The ledger as a file; with the keys it holds everybody's data in plain, and is written within an opening alone."""
    SERVICE = "service"
    """Whether the service runs. Without a token, and with nothing about anybody."""
    MACHINE = "machine"
    """Run and repair an installation. For whoever has the machine and its secrets; shows nothing of a case."""


VIEWS: Mapping[View, Rights] = {
    View.REPORT: _rights(helpline=Scope.OWN_REPORT, project=Scope.OWN_REPORT, administrator=Scope.OWN_REPORT, clock=Scope.OWN_REPORT),
    View.ENTRY: _rights(
        helpline=_ALL, project=Scope.OWN_REPORT, administrator=Scope.OWN_REPORT, clock=Scope.OWN_REPORT, auditor=Scope.SEALED, referrer=Scope.RECEIVED
    ),
    View.CAPACITY: _rights(helpline=_ALL, project=Scope.OWN_PROJECT),
    View.BANDS: _rights(helpline=Scope.BANDS, project=Scope.BANDS, administrator=Scope.BANDS),
    View.DUTY: _rights(helpline=_ALL, project=Scope.OWN_PROJECT, administrator=_ALL),
    View.POLICY: _rights(helpline=_ALL, administrator=_ALL, auditor=_ALL),
    View.PREVIEW: _rights(helpline=Scope.COORDINATION, administrator=Scope.INDICATORS),
    View.TRANSFERS: _rights(helpline=Scope.COORDINATION, project=Scope.INVOLVED_CASES),
    View.INBOX: _rights(helpline=Scope.COORDINATION, project=Scope.OWN_PROJECT),
    View.CASE: _rights(helpline=Scope.COORDINATION, project=Scope.INVOLVED_CASES),
    View.FREE_TEXT: _rights(project=Scope.INVOLVED_CASES, helpline=Scope.OPENED),
    View.EXPLANATION: _rights(helpline=_ALL, auditor=_ALL),
    View.AUDIT: _rights(helpline=Scope.SEALED, administrator=Scope.SEALED, auditor=Scope.SEALED),
    View.RETENTION: _rights(helpline=_ALL, administrator=_ALL, auditor=_ALL, evaluator=Scope.INDICATORS),
    View.SHEET: _rights(project=Scope.OWN_CASES),
    View.INDICATORS: _rights(helpline=_ALL, administrator=_ALL, evaluator=Scope.INDICATORS),
    View.HEALTH: _rights(helpline=_ALL, administrator=_ALL, auditor=_ALL, clock=_ALL),
    View.ACCESS: _rights(auditor=_ALL),
    View.DETAIL: _rights(helpline=Scope.OPENED),
    View.REVIEW: _rights(helpline=_ALL, administrator=_ALL, project=Scope.INVOLVED_CASES),
    View.EXPORT: _rights(administrator=Scope.OPENED, auditor=Scope.SEALED),
    View.SERVICE: {},
    View.MACHINE: {},
}
"""Who may ask for a view, and how far."""

DOORS: Mapping[str, View] = {
    "POST /v1/{network}/events": View.REPORT,
    "GET /v1/{network}/events/{event_id}": View.ENTRY,
    "GET /v1/{network}/entries/{sequence}": View.ENTRY,
    "GET /v1/{network}/capacity": View.CAPACITY,
    "GET /v1/{network}/duty": View.DUTY,
    "GET /v1/{network}/transfers": View.TRANSFERS,
    "GET /v1/{network}/inbox/{project_id}": View.INBOX,
    "GET /v1/{network}/cases/{case_id}": View.CASE,
    "GET /v1/{network}/transfers/{transfer_id}/explanations": View.EXPLANATION,
    "GET /v1/{network}/transfers/{transfer_id}/explanations/detail": View.DETAIL,
    "GET /v1/{network}/transfers/{transfer_id}/explanations/whole": View.EXPLANATION,
    "GET /v1/{network}/actions": View.REVIEW,
    "GET /v1/{network}/policy": View.POLICY,
    "POST /v1/{network}/policy/preview": View.PREVIEW,
    "POST /v1/{network}/policy/proposals": View.REPORT,
    "POST /v1/{network}/policy/confirmations": View.REPORT,
    "POST /v1/{network}/policy/adoptions": View.REPORT,
    "GET /v1/{network}/audit": View.AUDIT,
    "GET /v1/{network}/indicators": View.INDICATORS,
    "GET /v1/{network}/health": View.HEALTH,
    "GET /v1/{network}/access": View.ACCESS,
    "GET /healthz": View.SERVICE,
    "GET /readyz": View.SERVICE,
    "GET /metrics": View.SERVICE,
    "GET /problems/{code}": View.SERVICE,
    "GET /openapi.json": View.SERVICE,
    "GET /docs": View.SERVICE,
    "GET /": View.SERVICE,
    "staffetta submit": View.REPORT,
    "staffetta capacity": View.CAPACITY,
    "staffetta duty": View.DUTY,
    "staffetta transfers": View.TRANSFERS,
    "staffetta inbox": View.INBOX,
    "staffetta case": View.CASE,
    "staffetta explain": View.EXPLANATION,
    "staffetta actions": View.REVIEW,
    "staffetta audit": View.AUDIT,
    "staffetta indicators": View.INDICATORS,
    "staffetta retention": View.RETENTION,
    "staffetta policy show": View.POLICY,
    "staffetta policy preview": View.PREVIEW,
    "staffetta policy adopt": View.REPORT,
    "staffetta sheet write": View.SHEET,
    "staffetta sheet read": View.MACHINE,
    "staffetta access": View.ACCESS,
    "staffetta export": View.EXPORT,
    "staffetta up": View.MACHINE,
    "staffetta down": View.MACHINE,
    "staffetta reset": View.MACHINE,
    "staffetta network create": View.MACHINE,
    "staffetta doctor": View.MACHINE,
    "staffetta replay": View.MACHINE,
    "staffetta policy estimate": View.MACHINE,
    "staffetta scenario": View.MACHINE,
    "staffetta simulate": View.MACHINE,
    "staffetta rebuild": View.MACHINE,
    "staffetta heal": View.MACHINE,
    "staffetta accept-loss": View.MACHINE,
    "staffetta no-event": View.MACHINE,
    "staffetta source-changed": View.MACHINE,
    "staffetta trim-events": View.MACHINE,
    "staffetta worker": View.MACHINE,
    "staffetta projector": View.MACHINE,
    "staffetta relay": View.MACHINE,
    "staffetta gateway": View.MACHINE,
}
"""The view behind each route (`METHOD path`) and each command."""


_STANDING_OF = {role: Standing(role.value) for role in Role}


def may_report(role: Role, event_name: str) -> bool:
    """Whether somebody in the role may report such an event about anything at all. True where the table has no row: the decision's own check holds then,
    and the missing row fails the build."""
    rights = REPORTS.get(event_name)
    return rights is None or _STANDING_OF[role] in rights


def scope_of(standing: Standing, view: View) -> Scope | None:
    """How far the standing may see; None: not at all. A simulator sees what the helpline sees, and free text."""
    if standing is Standing.SIMULATOR:
        return Scope.EVERYTHING
    return VIEWS[view].get(standing)


def shown(standing: Standing, outcome_name: str) -> Scope | None:
    """How far outcomes of this name are shown to the standing; None: not at all."""
    if standing is Standing.SIMULATOR:
        return Scope.EVERYTHING
    return OUTCOMES.get(outcome_name, {}).get(standing)
