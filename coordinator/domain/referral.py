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
from events.referral import (
    Announced,
    AssessmentRecorded,
    Group,
    Member,
    ReferralAccepted,
    ReferralAmended,
    ReferralAssigned,
    ReferralClosed,
    ReferralDeclined,
    ReferralReceived,
    ReferralRouted,
    ResponsibilityPassed,
)
from events.verdict import Refused
from events.vocabulary import GroupWish, ReferralDeclineCode, ReferralEnd, RefusalCode

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
            province=event.province,
            group=event.group,
            offered_to=None,
            majorities=(),
        )
    )
    if event.group is not None and event.group.wish is GroupWish.APART:
        for other in companions(draft, event.group):
            if other != event.case_id:
                draft.link(event.case_id, other)


def evolve_referral_amended(draft: Draft, event: ReferralAmended) -> None:
    """Where they are, or will be."""
    draft.put_case(changed(draft.cases[event.case_id], province=event.province))


def evolve_referral_closed(draft: Draft, event: ReferralClosed, at_ms: int) -> None:
    """The case leaves the live state; when it was closed stays for as long as its key lives, and a review that is due until it is given."""
    draft.drop_case(event.case_id, keep_reviews=True)
    draft.put_closed(event.case_id, at_ms)


def evolve_referral_accepted(draft: Draft, event: ReferralAccepted) -> None:
    """Where the household lives. Who is responsible follows from `ResponsibilityPassed`."""
    draft.put_case(changed(draft.cases[event.case_id], hosted_unit_id=event.hosted_unit_id))


def evolve_referral_routed(draft: Draft, outcome: ReferralRouted) -> None:
    """To whom the referral went."""
    draft.put_case(changed(draft.cases[outcome.case_id], routed_to=outcome.project_id))


def evolve_responsibility_passed(draft: Draft, outcome: ResponsibilityPassed) -> None:
    """Who is responsible; an offer to hand over falls."""
    draft.put_case(changed(draft.cases[outcome.case_id], responsible=outcome.project_id, offered_to=None))


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
    refusal = _where_refused(entry, event.province, event.announced)
    if refusal is not None:
        return refusal
    if event.contact_id is not None and not is_uuid(event.contact_id):
        return refused(RefusalCode.ID_MALFORMED, "contact_id")
    if event.group is not None and not is_uuid(event.group.group_id):
        return refused(RefusalCode.ID_MALFORMED, "group")
    entry.record(event)
    entry.emit(ReferralRouted(event.case_id, competent(draft, event.province, event.group)))
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
    refusal = rights.runs(draft, event.project_id)
    if refusal is not None:
        return refusal
    unit = draft.units.get(event.hosted_unit_id) if event.hosted_unit_id is not None else None
    if event.hosted_unit_id is not None and (unit is None or unit.project_id != event.project_id):
        return refused(RefusalCode.UNKNOWN_UNIT, "hosted_unit_id")
    entry.record(event)
    entry.emit(ResponsibilityPassed(event.case_id, event.project_id))
    settle_cases(entry, draft.links.get(event.case_id, ()))
    return None


def amend_referral(entry: Deciding, event: ReferralAmended) -> Refused | None:
    """Where or when they come changed. Another province routes the referral anew, until somebody has accepted it."""
    draft = entry.draft
    case = draft.cases.get(event.case_id)
    if case is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    refusal = rights.told_or_helpline(draft, event.actor, case)
    if refusal is None and draft.terms is None:
        refusal = refused(RefusalCode.NO_POLICY)
    refusal = refusal or _where_refused(entry, event.province, event.announced)
    if refusal is not None:
        return refusal
    entry.record(event)
    if case.responsible is None and event.province != case.province:
        entry.emit(ReferralRouted(case.case_id, competent(draft, event.province, case.group)))
    return None


def decline_referral(entry: Deciding, event: ReferralDeclined) -> Refused | None:
    """The project that a referral went to does not take it: it goes to the helpline, which is responsible already. Never to nobody."""
    draft = entry.draft
    refusal = rights.project(draft, event.actor)
    if refusal is not None:
        return refusal
    case = draft.cases.get(event.case_id)
    if case is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    if not rights.acts_for(draft, event.actor, event.project_id):
        return refused(RefusalCode.BODY_NOT_ALLOWED, "actor")
    if case.responsible is not None:
        return refused(RefusalCode.ALREADY_RESPONSIBLE, "case_id")
    if case.routed_to != event.project_id:
        return refused(RefusalCode.NOT_ASKED, "project_id")
    refusal = text_refused(event.text, needed=event.code is ReferralDeclineCode.OTHER)
    if refusal is not None:
        return refusal
    entry.record(event)
    entry.emit(ReferralRouted(event.case_id, None))
    return None


def assign_referral(entry: Deciding, event: ReferralAssigned) -> Refused | None:
    """The helpline asks a project, competent by territory or not, to take a case in charge that nobody else has."""
    draft = entry.draft
    refusal = rights.helpline(event.actor)
    if refusal is not None:
        return refusal
    case = draft.cases.get(event.case_id)
    if case is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    if event.project_id not in draft.projects:
        return refused(RefusalCode.UNKNOWN_PROJECT, "project_id")
    if case.responsible is not None:
        return refused(RefusalCode.ALREADY_RESPONSIBLE, "case_id")
    refusal = rights.runs(draft, event.project_id)
    if refusal is not None:
        return refusal
    entry.record(event)
    entry.emit(ReferralRouted(event.case_id, event.project_id))
    return None


def record_assessment(entry: Deciding, event: AssessmentRecorded) -> Refused | None:
    """What an identification or assessment found. Nothing follows: it is for reporting, and never a matching attribute."""
    draft = entry.draft
    case = draft.cases.get(event.case_id)
    if case is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    refusal = rights.responsible_or_helpline(draft, event.actor, case)
    if refusal is not None:
        return refusal
    if not each_once(event.exploitation):
        return refused(RefusalCode.FIELD_INVALID, "exploitation")
    refusal = text_refused(event.text, needed=False)
    if refusal is not None:
        return refusal
    entry.record(event)
    return None


def close_referral(entry: Deciding, event: ReferralClosed) -> Refused | None:
    """A case is over, with whoever is responsible for it, up to this entry. Not while somebody is to move, a place waits for them, or an
    authority has still to be notified."""
    draft = entry.draft
    case = draft.cases.get(event.case_id)
    if case is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    refusal = rights.responsible_or_helpline(draft, event.actor, case)
    if refusal is not None:
        return refusal
    if case.transfer is not None:
        return refused(RefusalCode.CASE_IN_TRANSFER, "case_id")
    if case.kept:
        return refused(RefusalCode.PLACE_KEPT, "case_id")
    if case.notifications:
        return refused(RefusalCode.NOTIFICATION_IS_DUE, "case_id")
    refusal = text_refused(event.text, needed=event.how is ReferralEnd.OTHER)
    if refusal is not None:
        return refusal
    apart_from = draft.links.get(event.case_id, ())
    entry.record(event)
    entry.to_match.update(apart_from)
    return None


def competent(draft: Draft, province: str | None, group: Group | None) -> str | None:
    """The project that a referral goes to; None: nobody's territory, or not said: the helpline.

    People who are to stay together go where the first of them is, by case id. Else the project whose territory holds the province and whose programme
    runs, the first by id where several do.
    """
    if group is not None and group.wish is GroupWish.TOGETHER:
        for case_id in companions(draft, group):
            case = draft.cases[case_id]
            project_id = case.responsible or case.routed_to
            if project_id is not None and rights.runs(draft, project_id) is None:
                return project_id
    if province is None:
        return None
    running = (
        project_id for project_id, project in draft.projects.items() if province in project.provinces and rights.runs(draft, project_id) is None
    )
    return min(running, default=None)


def companions(draft: Draft, group: Group) -> list[str]:
    """Live cases of the same group with the same wish, sorted."""
    return sorted(case_id for case_id, case in draft.cases.items() if case.group == group)


def text_refused(text: str, *, needed: bool) -> Refused | None:
    """Whether a text is missing where a code needs one, or too long."""
    if needed and not text.strip():
        return refused(RefusalCode.TEXT_NEEDED, "text")
    return refused(RefusalCode.TOO_LARGE, "text") if len(text) > LONGEST_TEXT else None


def _where_refused(entry: Deciding, province: str | None, announced: Announced | None) -> Refused | None:
    if province is not None and province not in entry.terms.region_of:
        return refused(RefusalCode.UNKNOWN_AREA, "province")
    if announced is not None and announced.expected_at_ms <= entry.at_ms:
        return refused(RefusalCode.FIELD_INVALID, "announced")
    return None


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
