"""Stream `referral`: responsibility passes from one project to another while nobody moves. Both agree: one offers, the other accepts."""

from __future__ import annotations

from coordinator.domain import rights
from coordinator.domain.changing import changed
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft
from coordinator.domain.referral import text_refused
from coordinator.domain.settling import settle_cases
from events.referral import ResponsibilityDeclined, ResponsibilityOffered, ResponsibilityPassed, ResponsibilityTaken
from events.verdict import Refused
from events.vocabulary import RefusalCode, Role

# State follows from these. Who is responsible follows from `ResponsibilityPassed`, with which an offer falls.


def evolve_responsibility_offered(draft: Draft, event: ResponsibilityOffered) -> None:
    """The latest offer is the one that counts."""
    draft.put_case(changed(draft.cases[event.case_id], offered_to=event.project_id))


def evolve_responsibility_declined(draft: Draft, event: ResponsibilityDeclined) -> None:
    """Nothing is offered any more."""
    draft.put_case(changed(draft.cases[event.case_id], offered_to=None))


# Decisions.


def offer_responsibility(entry: Deciding, event: ResponsibilityOffered) -> Refused | None:
    """A project that is responsible, or the helpline for it, asks another. What the helpline itself has, it assigns (`ReferralAssigned`)."""
    draft = entry.draft
    case = draft.cases.get(event.case_id)
    if case is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    refusal = rights.responsible_or_helpline(draft, event.actor, case)
    if refusal is None and case.responsible is None:
        refusal = refused(RefusalCode.NOT_RESPONSIBLE, "case_id")
    if refusal is None and event.project_id not in draft.projects:
        refusal = refused(RefusalCode.UNKNOWN_PROJECT, "project_id")
    if refusal is None and event.project_id == case.responsible:
        refusal = refused(RefusalCode.ALREADY_RESPONSIBLE, "project_id")
    refusal = refusal or rights.runs(draft, event.project_id)
    if refusal is not None:
        return refusal
    entry.record(event)
    return None


def take_responsibility(entry: Deciding, event: ResponsibilityTaken) -> Refused | None:
    """The project that was asked is responsible from here on. Where the household lives, and whatever is held for it, stays."""
    draft = entry.draft
    refusal = rights.project(draft, event.actor)
    if refusal is not None:
        return refusal
    case = draft.cases.get(event.case_id)
    if case is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    if case.offered_to is None or case.offered_to != event.project_id:
        return refused(RefusalCode.NOT_OFFERED, "case_id")
    if not rights.acts_for(draft, event.actor, event.project_id):
        return refused(RefusalCode.BODY_NOT_ALLOWED, "actor")
    refusal = rights.runs(draft, event.project_id)
    if refusal is not None:
        return refusal
    entry.record(event)
    entry.emit(ResponsibilityPassed(event.case_id, event.project_id))
    entry.moved(event.case_id)
    settle_cases(entry, draft.links.get(event.case_id, ()))
    return None


def decline_responsibility(entry: Deciding, event: ResponsibilityDeclined) -> Refused | None:
    """The project that was asked says no, or the offer is taken back. Whoever was responsible still is."""
    draft = entry.draft
    case = draft.cases.get(event.case_id)
    if case is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    asked = event.actor.role is Role.PROJECT and rights.acts_for(draft, event.actor, case.offered_to)
    refusal = None if asked else rights.responsible_or_helpline(draft, event.actor, case)
    if refusal is None and case.offered_to is None:
        refusal = refused(RefusalCode.NOT_OFFERED, "case_id")
    refusal = refusal or text_refused(event.text, needed=False)
    if refusal is not None:
        return refusal
    entry.record(event)
    return None
