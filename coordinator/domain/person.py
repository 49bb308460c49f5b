"""Stream `person`: agreement, dangers, keep-apart links, erasure."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from coordinator.domain import rights
from coordinator.domain.changing import changed
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft, with_danger
from coordinator.domain.open_inquiries import end_inquiries
from coordinator.domain.same_case import aliases_of
from coordinator.domain.seen_events import forget_case
from coordinator.domain.settling import settle_cases
from coordinator.domain.state import Agreement, Case, Majority
from coordinator.domain.swapping import forget_word
from coordinator.domain.wording import LONGEST_TEXT, each_once
from coordinator.matching.danger import is_located
from coordinator.matching.household import is_minor
from events.fact import Actor, Danger
from events.ids import is_slug
from events.person import (
    AgeAssessed,
    AgreementGiven,
    AgreementWithdrawn,
    AliasErased,
    CaseErased,
    CaseExpired,
    DangerDeclared,
    GroupKeptApart,
    KeepApartDeclared,
    LegalHoldLifted,
    LegalHoldPlaced,
    MajorityReviewDue,
    SafetyLowered,
    VitalInterestInvoked,
)
from events.transfer import TransferClosed
from events.verdict import Refused
from events.vocabulary import AgeGroup, DangerKind, GivenBy, InquiryEnd, ProposalEnd, RefusalCode, Role, TransferEnd

LARGEST_GROUP = 20
"""Cases kept apart by one event; a larger group takes several."""
LONGEST_VITAL_INTEREST_MS = 7 * 86_400_000
"""Longer than that somebody can be found who decides."""
_EIGHTEEN_YEARS_MS = 18 * 366 * 86_400_000
_DECIDES_FOR_AN_ADULT = frozenset({None, GivenBy.SELF})
_DECIDES_FOR_A_MINOR = frozenset({None, GivenBy.GUARDIAN, GivenBy.AUTHORITY})

# State follows from these.


def evolve_agreement_given(draft: Draft, event: AgreementGiven) -> None:
    """Somebody agrees; the latest agreement of a person is the one that counts."""
    _agreed(draft, event.case_id, Agreement(event.person, event.until_ms, event.given_by, event.view))


def evolve_vital_interest(draft: Draft, event: VitalInterestInvoked) -> None:
    """Somebody may be moved though nobody could decide for them."""
    _agreed(draft, event.case_id, Agreement(event.person, event.until_ms, GivenBy.VITAL_INTEREST, None))


def _agreed(draft: Draft, case_id: str, latest: Agreement) -> None:
    case = draft.cases[case_id]
    others = [agreement for agreement in case.agreements if agreement.person != latest.person]
    draft.put_case(changed(case, agreements=tuple(sorted([*others, latest], key=lambda agreement: agreement.person))))


def evolve_agreement_withdrawn(draft: Draft, event: AgreementWithdrawn) -> None:
    """Somebody no longer agrees."""
    case = draft.cases[event.case_id]
    draft.put_case(changed(case, agreements=tuple(agreement for agreement in case.agreements if agreement.person != event.person)))


def evolve_danger_declared(draft: Draft, event: DangerDeclared) -> None:
    """Something is dangerous for the case."""
    case = draft.cases[event.case_id]
    draft.put_case(changed(case, dangers=with_danger(case.dangers, event.danger)))


def evolve_keep_apart_declared(draft: Draft, event: KeepApartDeclared) -> None:
    """Two cases are kept apart. One of them may be unknown to whoever folds without its key."""
    draft.link(event.case_id, event.other_case_id)


def evolve_group_kept_apart(draft: Draft, event: GroupKeptApart) -> None:
    """Any two of these cases are kept apart. Some may be unknown to whoever folds without their keys."""
    for one, other in combinations((event.case_id, *event.other_case_ids), 2):
        draft.link(one, other)


def evolve_age_assessed(draft: Draft, event: AgeAssessed) -> None:
    """Somebody is held to be that old from here on; a review of their majority is closed."""
    case = draft.cases[event.case_id]
    household = tuple(replace(member, age_group=event.age_group) if member.person == event.person else member for member in case.household)
    majorities = [each for each in case.majorities if each.person != event.person]
    if event.adult_from_ms is not None:
        majorities.append(Majority(event.person, event.adult_from_ms, review_due=False))
    draft.put_case(changed(case, household=household, majorities=tuple(sorted(majorities, key=lambda each: each.person))))


def evolve_majority_review_due(draft: Draft, outcome: MajorityReviewDue) -> None:
    """A review was asked for; nothing else changes."""
    case = draft.cases[outcome.case_id]
    majorities = tuple(replace(each, review_due=True) if each.person == outcome.person else each for each in case.majorities)
    draft.put_case(changed(case, majorities=majorities))


def evolve_safety_lowered(draft: Draft, event: SafetyLowered) -> None:
    """The danger is there no longer, or the two cases are no longer kept apart."""
    if event.danger is not None:
        case = draft.cases[event.case_id]
        draft.put_case(changed(case, dangers=tuple(danger for danger in case.dangers if danger != event.danger)))
    if event.other_case_id is not None:
        draft.unlink(event.case_id, event.other_case_id)


def evolve_case_erased(draft: Draft, event: CaseErased, at_ms: int) -> None:
    """The case is forgotten, with its links and what was kept to recognise its events; that it was erased is remembered a while."""
    forget_person(draft, event.case_id, at_ms)


def forget_person(draft: Draft, case_id: str, at_ms: int) -> None:
    """Drop whatever the state has of a case, live, closed or another name of one, but that it was erased."""
    draft.drop_case(case_id)
    forget_word(draft, case_id)
    forget_case(draft, case_id)
    draft.put_closed(case_id, None)
    draft.put_legal_hold(case_id, stands=False)
    if case_id in draft.aliases:
        draft.aliases = draft.aliases.delete(case_id)
    draft.erased = draft.erased.set(case_id, at_ms)


def evolve_legal_hold(draft: Draft, event: LegalHoldPlaced | LegalHoldLifted) -> None:
    """Nothing of the case may be destroyed, or it may again."""
    draft.put_legal_hold(event.case_id, stands=isinstance(event, LegalHoldPlaced))


# Decisions.


def expire_case(entry: Deciding, case_id: str) -> None:
    """The term of a closed case is over: it is forgotten, with its other names."""
    for alias in aliases_of(entry.draft, case_id):
        entry.emit(AliasErased(alias))
    entry.emit(CaseExpired(case_id))


def legal_hold_refused(entry: Deciding, event: LegalHoldPlaced | LegalHoldLifted) -> Refused | None:
    """Whether nothing may be said about what of a case, live or closed, is destroyed: by its project, the helpline or an administrator."""
    draft = entry.draft
    case = draft.cases.get(event.case_id)
    if case is None and event.case_id not in draft.closed:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    if event.actor.role is not Role.ADMINISTRATOR:
        refusal = rights.helpline(event.actor) if case is None else rights.responsible_or_helpline(draft, event.actor, case)
        if refusal is not None:
            return refusal
    stands = event.case_id in draft.legal_holds
    if stands is isinstance(event, LegalHoldPlaced):
        return refused(RefusalCode.LEGAL_HOLD if stands else RefusalCode.NO_LEGAL_HOLD, "case_id")
    return _why_refused(event.why)


def nothing_follows(_entry: Deciding, event: LegalHoldPlaced) -> None:
    """What the clock may not destroy follows from the state."""


def give_agreement(entry: Deciding, event: AgreementGiven) -> Refused | None:
    """A person agrees to move; their request can be matched once everybody who must agree does."""
    case = entry.draft.cases.get(event.case_id)
    refusal = _person_refused(entry, event.actor, case, event.person)
    if refusal is None and event.until_ms <= entry.at_ms:
        refusal = refused(RefusalCode.FIELD_INVALID, "until_ms")
    refusal = refusal or _given_by_refused(case, event)
    if refusal is not None:
        return refusal
    entry.record(event)
    entry.to_match.add(event.case_id)
    return None


def _given_by_refused(case: Case | None, event: AgreementGiven) -> Refused | None:
    """An adult agrees for themselves. For a minor a guardian or an authority does, and the minor is heard; who is not said counts for nothing."""
    minor = case is not None and any(member.person == event.person and is_minor(member) for member in case.household)
    may = _DECIDES_FOR_A_MINOR if minor else _DECIDES_FOR_AN_ADULT
    if event.given_by not in may:
        return refused(RefusalCode.FIELD_INVALID, "given_by")
    heard = event.view is not None
    return None if heard is (minor and event.given_by is not None) else refused(RefusalCode.FIELD_INVALID, "view")


def vital_interest_refused(entry: Deciding, event: VitalInterestInvoked) -> Refused | None:
    """Whether somebody may not be moved without anybody's decision: for a few days only, and with the reason."""
    refusal = _person_refused(entry, event.actor, entry.draft.cases.get(event.case_id), event.person)
    if refusal is None and not entry.at_ms < event.until_ms <= entry.at_ms + LONGEST_VITAL_INTEREST_MS:
        refusal = refused(RefusalCode.FIELD_INVALID, "until_ms")
    if refusal is None and event.emergency is not None and not event.emergency.strip():
        refusal = refused(RefusalCode.TEXT_NEEDED, "emergency")
    return refusal or _why_refused(event.why)


def match_again(entry: Deciding, event: VitalInterestInvoked) -> None:
    """Their request may be matched now."""
    entry.to_match.add(event.case_id)


def age_refused(entry: Deciding, event: AgeAssessed) -> Refused | None:
    """Whether somebody may not be held to be that old; a month of majority lies ahead, and only a minor has one."""
    refusal = _person_refused(entry, event.actor, entry.draft.cases.get(event.case_id), event.person)
    adult_from = event.adult_from_ms
    if refusal is None and adult_from is not None:
        ahead = entry.at_ms < adult_from <= entry.at_ms + _EIGHTEEN_YEARS_MS
        if event.age_group is AgeGroup.ADULT or not ahead:
            refusal = refused(RefusalCode.FIELD_INVALID, "adult_from_ms")
    return refusal or _why_refused(event.why)


def takes_protection_away(entry: Deciding, event: AgeAssessed) -> bool:
    """Whether a minor, of whom nobody knew that they turned eighteen, is to be held an adult: that lowers safety, so it takes two people."""
    case = entry.draft.cases.get(event.case_id)
    if case is None or event.age_group is not AgeGroup.ADULT:
        return False
    turned = any(each.person == event.person and each.review_due for each in case.majorities)
    return not turned and any(member.person == event.person and is_minor(member) for member in case.household)


def settle_again(entry: Deciding, event: AgeAssessed) -> None:
    """What is held may no longer fit, and what was not possible may be. Nobody leaves where they live."""
    entry.to_match.add(event.case_id)
    if entry.draft.policy is not None:
        settle_cases(entry, (event.case_id,))


def _why_refused(why: str) -> Refused | None:
    if not why.strip():
        return refused(RefusalCode.TEXT_NEEDED, "why")
    return refused(RefusalCode.TOO_LARGE, "why") if len(why) > LONGEST_TEXT else None


def withdraw_agreement(entry: Deciding, event: AgreementWithdrawn) -> Refused | None:
    """A person no longer agrees: a hold is released at once; on the way, an operator decides."""
    case = entry.draft.cases.get(event.case_id)
    refusal = _person_refused(entry, event.actor, case, event.person)
    if refusal is not None:
        return refusal
    entry.record(event)
    if entry.draft.policy is not None:
        settle_cases(entry, (event.case_id,))
    return None


def declare_danger(entry: Deciding, event: DangerDeclared) -> Refused | None:
    """A case must not go there: a hold towards it is released at once."""
    draft = entry.draft
    case = draft.cases.get(event.case_id)
    refusal = _case_refused(draft, event.actor, case)
    if refusal is None and draft.terms is None:
        refusal = refused(RefusalCode.NO_POLICY)
    refusal = refusal or _danger_refused(entry, event.danger)
    if refusal is not None:
        return refusal
    entry.record(event)
    settle_cases(entry, (event.case_id,))
    return None


def declare_keep_apart(entry: Deciding, event: KeepApartDeclared) -> Refused | None:
    """Two cases must never be near each other: a hold that would bring them together is released at once."""
    draft = entry.draft
    if event.case_id == event.other_case_id:
        return refused(RefusalCode.SAME_CASE, "other_case_id")
    case, other = draft.cases.get(event.case_id), draft.cases.get(event.other_case_id)
    if event.other_case_id in draft.erased:
        return refused(RefusalCode.CASE_ERASED, "other_case_id")
    if case is not None and other is None:
        return refused(RefusalCode.UNKNOWN_CASE, "other_case_id")
    refusal = _case_refused(draft, event.actor, case)
    if refusal is not None and case is not None and other is not None:
        refusal = _case_refused(draft, event.actor, other)
    if refusal is not None:
        return refusal
    entry.record(event)
    if draft.policy is not None:
        settle_cases(entry, (event.case_id, event.other_case_id))
    return None


def keep_group_apart(entry: Deciding, event: GroupKeptApart) -> Refused | None:
    """No two of these cases may ever be near each other: a hold that would bring two together is released at once."""
    draft = entry.draft
    cases = (event.case_id, *event.other_case_ids)
    if not each_once(cases):
        return refused(RefusalCode.SAME_CASE, "other_case_ids")
    if not 2 <= len(cases) <= LARGEST_GROUP:
        return refused(RefusalCode.FIELD_INVALID, "other_case_ids")
    unknown = next((case_id for case_id in cases if case_id not in draft.cases), None)
    if unknown is not None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id" if unknown == event.case_id else "other_case_ids")
    refusals = [_case_refused(draft, event.actor, draft.cases.get(case_id)) for case_id in cases]
    if all(refusal is not None for refusal in refusals):
        return refusals[0]
    entry.record(event)
    if draft.policy is not None:
        settle_cases(entry, cases)
    return None


def safety_lowered_refused(entry: Deciding, event: SafetyLowered) -> Refused | None:
    """Whether a danger or link may not be removed: it has to be there, and somebody with a part in the case says why it no longer counts.

    There is no emergency in which one body may do so alone: a place that is safe by the danger as it stands is always the safer answer, and where no such
    place is left, the operator who was called in finds a second person.
    """
    draft = entry.draft
    case = draft.cases.get(event.case_id)
    refusal = _case_refused(draft, event.actor, case)
    if refusal is not None or case is None:
        return refusal
    if (event.danger is None) is (event.other_case_id is None):
        return refused(RefusalCode.FIELD_INVALID, "danger")
    if event.danger is not None and event.danger not in case.dangers:
        return refused(RefusalCode.NOTHING_TO_LOWER, "danger")
    if event.other_case_id is not None and event.other_case_id not in draft.links.get(event.case_id, ()):
        return refused(RefusalCode.NOTHING_TO_LOWER, "other_case_id")
    return _why_refused(event.why)


def look_again_after(entry: Deciding, event: SafetyLowered) -> None:
    """Places that were too dangerous, or too near, may be possible now, for both where a link fell."""
    entry.to_match.add(event.case_id)
    if event.other_case_id is not None:
        entry.to_match.add(event.other_case_id)


def erase_case(entry: Deciding, event: CaseErased) -> Refused | None:
    """A person's data go: what is live ends first, then the case is forgotten.

    The place being left, where one is kept, is not released here: no entry shows the place left and the place held for one case. Kept for nobody,
    it ends by the clock.
    """
    draft = entry.draft
    case = draft.cases.get(event.case_id)
    refusal = _erasure_refused(draft, event, case)
    if refusal is not None:
        return refusal
    apart_from = draft.links.get(event.case_id, ())
    aliases = aliases_of(draft, event.case_id)
    entry.record(event)
    for alias in aliases:
        entry.emit(AliasErased(alias))
    if case is None:
        return None
    transfer = case.transfer
    if transfer is not None:
        end_inquiries(entry, case.case_id, transfer, InquiryEnd.TRANSFER_OVER)
        if transfer.proposal is not None:
            entry.end_proposal(case.case_id, transfer.transfer_id, transfer.proposal, ProposalEnd.WITHDRAWN)
        entry.emit(TransferClosed(case.case_id, transfer.transfer_id, TransferEnd.WITHDRAWN))
    entry.to_match.update(apart_from)
    return None


def _erasure_refused(draft: Draft, event: CaseErased, case: Case | None) -> Refused | None:
    """For a closed case nobody is responsible any more: an administrator or the helpline."""
    if event.case_id in draft.aliases:
        return refused(RefusalCode.CASE_MERGED, "case_id")
    if case is None and event.case_id not in draft.closed:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    if event.case_id in draft.legal_holds:
        return refused(RefusalCode.LEGAL_HOLD, "case_id")
    if event.actor.role is Role.ADMINISTRATOR:
        return None
    return rights.helpline(event.actor) if case is None else rights.responsible_or_helpline(draft, event.actor, case)


def _case_refused(draft: Draft, actor: Actor, case: Case | None) -> Refused | None:
    if case is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id")
    return rights.involved_or_helpline(draft, actor, case)


def _person_refused(entry: Deciding, actor: Actor, case: Case | None, person: str) -> Refused | None:
    refusal = _case_refused(entry.draft, actor, case)
    if refusal is None and case is not None and all(member.person != person for member in case.household):
        refusal = refused(RefusalCode.UNKNOWN_PERSON, "person")
    return refusal


def _danger_refused(entry: Deciding, danger: Danger) -> Refused | None:
    match danger.kind:
        case DangerKind.PROJECT:
            return None if danger.value in entry.draft.projects else refused(RefusalCode.UNKNOWN_PROJECT, "danger")
        case DangerKind.UNIT:
            return None if danger.value in entry.draft.units else refused(RefusalCode.UNKNOWN_UNIT, "danger")
        case DangerKind.BODY:
            return None if is_slug(danger.value) else refused(RefusalCode.FIELD_INVALID, "danger")
        case DangerKind.PROVINCE | DangerKind.REGION | DangerKind.MACRO_AREA:
            return None if is_located(danger, entry.terms) else refused(RefusalCode.UNKNOWN_AREA, "danger")
