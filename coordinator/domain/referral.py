"""Stream `referral`: somebody signals a possible victim; a project takes responsibility."""

from __future__ import annotations

from coordinator.domain import rights
from coordinator.domain.changing import changed
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft
from coordinator.domain.settling import settle_cases
from coordinator.domain.state import Case
from coordinator.domain.wording import LONGEST_TEXT, each_once
from events.ids import is_slug, is_uuid
from events.referral import Member, ReferralAccepted, ReferralReceived, ReferralRouted, ResponsibilityPassed
from events.verdict import Refused
from events.vocabulary import RefusalCode

LARGEST_HOUSEHOLD = 50
"""People; more are not one household."""
_MOST_LANGUAGES = 20

# State follows from these.


def evolve_referral_received(draft: Draft, event: ReferralReceived) -> None:
    """A case is known; the helpline is responsible."""
    draft.put_case(
        Case(
            case_id=event.case_id,
            household=event.household,
            routed_to=None,
            responsible=None,
            hosted_unit_id=None,
            agreements=(),
            dangers=(),
            parked=(),
            kept=(),
            transfer=None,
            over=None,
            notifications=(),
        )
    )


def evolve_referral_accepted(draft: Draft, event: ReferralAccepted) -> None:
    """Where the household lives. Who is responsible follows from `ResponsibilityPassed`."""
    draft.put_case(changed(draft.cases[event.case_id], hosted_unit_id=event.hosted_unit_id))


def evolve_referral_routed(draft: Draft, outcome: ReferralRouted) -> None:
    """To whom the referral went."""
    draft.put_case(changed(draft.cases[outcome.case_id], routed_to=outcome.project_id))


def evolve_responsibility_passed(draft: Draft, outcome: ResponsibilityPassed) -> None:
    """Who is responsible."""
    draft.put_case(changed(draft.cases[outcome.case_id], responsible=outcome.project_id))


# Decisions.


def receive_referral(entry: Deciding, event: ReferralReceived) -> Refused | None:
    """A case becomes known and goes to the project whose territory it is in; where there is none, to the helpline. Until a project accepts, the
    helpline is responsible.
    """
    draft = entry.draft
    if not is_uuid(event.case_id):
        return refused(RefusalCode.ID_MALFORMED, "case_id")
    refusal = rights.any_project_or_helpline(draft, event.actor)
    if refusal is not None:
        return refusal
    if event.case_id in draft.cases:
        return refused(RefusalCode.CASE_EXISTS, "case_id")
    if not _is_household(event.household):
        return refused(RefusalCode.FIELD_INVALID, "household")
    if len(event.note) > LONGEST_TEXT:
        return refused(RefusalCode.TOO_LARGE, "note")
    if draft.terms is None:
        return refused(RefusalCode.NO_POLICY)
    if event.province is not None and event.province not in draft.terms.region_of:
        return refused(RefusalCode.UNKNOWN_AREA, "province")
    entry.record(event)
    entry.emit(ReferralRouted(event.case_id, _competent(draft, event.province)))
    entry.emit(ResponsibilityPassed(event.case_id, None))
    return None


def accept_referral(entry: Deciding, event: ReferralAccepted) -> Refused | None:
    """A project becomes responsible for a case that was routed to it, or that the helpline has."""
    draft = entry.draft
    refusal = rights.project(draft, event.actor)
    if refusal is not None:
        return refusal
    case = draft.cases.get(event.case_id)
    if case is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    if event.project_id not in draft.projects:
        return refused(RefusalCode.UNKNOWN_PROJECT, "project_id")
    if not rights.acts_for(draft, event.actor, event.project_id):
        return refused(RefusalCode.BODY_NOT_ALLOWED, "actor")
    if case.routed_to is not None and case.routed_to != event.project_id:
        return refused(RefusalCode.NOT_ASKED, "project_id")
    if case.responsible is not None:
        return refused(RefusalCode.ALREADY_RESPONSIBLE, "case_id")
    unit = draft.units.get(event.hosted_unit_id) if event.hosted_unit_id is not None else None
    if event.hosted_unit_id is not None and (unit is None or unit.project_id != event.project_id):
        return refused(RefusalCode.UNKNOWN_UNIT, "hosted_unit_id")
    entry.record(event)
    entry.emit(ResponsibilityPassed(event.case_id, event.project_id))
    settle_cases(entry, draft.links.get(event.case_id, ()))
    return None


def _competent(draft: Draft, province: str | None) -> str | None:
    """The project whose territory holds the province, the first by id where several do; None: nobody's."""
    if province is None:
        return None
    return min((project_id for project_id, project in draft.projects.items() if province in project.provinces), default=None)


def _is_household(household: tuple[Member, ...]) -> bool:
    if not 1 <= len(household) <= LARGEST_HOUSEHOLD or not each_once([member.person for member in household]):
        return False
    return all(
        is_slug(member.person)
        and each_once(member.essential_needs)
        and each_once(member.preferred_needs)
        and each_once(member.languages)
        and len(member.languages) <= _MOST_LANGUAGES
        and (bool(member.languages) or not member.only_language)
        for member in household
    )
