"""Stream `person`: two cases are found to be the same. People say so, never a comparison of names or hashes.

One case stays. What protects carries over whole, and where the two read differently the more careful reading stands:

- dangers and keep-apart links: those of both;
- a person's age: the younger reading; their essential needs: those of both; everything else about them as in the case that stays;
- an agreement of the case that stays: until the earlier of the two instants; one that only the other case has was given for something else, and falls;
- responsibility: who has the case that stays, else who has the other. Never two, never nobody;
- a review that is due of something done about either; what waits for a second person about the other falls, for it was about that one;
- the live transfer of whichever has one (not both), its held place and its questions, the places kept for both, and authorities still to be notified.
"""

from __future__ import annotations

from dataclasses import replace

from coordinator.domain import rights
from coordinator.domain.changing import changed
from coordinator.domain.deciding import Deciding, refused
from coordinator.domain.draft import Draft, with_danger
from coordinator.domain.settling import settle_cases
from coordinator.domain.state import Agreement, Case, Majority, Parked
from events.person import CasesFoundSame
from events.referral import Member, ResponsibilityPassed
from events.verdict import Refused
from events.vocabulary import AgeGroup, RefusalCode, TransferStage

_YOUNGER = {age: rank for rank, age in enumerate(AgeGroup)}
"""Children first, adults last: a disputed age is more careful than an adult's."""

# State follows from these.


def evolve_cases_found_same(draft: Draft, event: CasesFoundSame) -> None:
    """The case that stays is as both were; the other is another name of it, and so is whatever was another name of the other."""
    stays, other = draft.cases.get(event.case_id), draft.cases.get(event.other_case_id)
    apart_from = draft.links.get(event.other_case_id, ())
    reviews = [draft.reviews[action_id] for action_id in sorted(draft.reviews) if draft.reviews[action_id].case_id == event.other_case_id]
    draft.drop_case(event.other_case_id)
    for linked in apart_from:
        draft.link(event.case_id, linked)
    if stays is not None and other is not None:
        draft.put_case(changed(stays, transfer=None, kept=()))
        draft.put_case(_as_both(stays, other))
        for review in reviews:
            draft.put_review(review.action_id, replace(review, case_id=event.case_id))
    for partner in _agreed_to_swap_with(draft, event.other_case_id):
        draft.put_case(partner)
    if event.other_case_id in draft.legal_holds:
        draft.put_legal_hold(event.other_case_id, stands=False)
        draft.put_legal_hold(event.case_id, stands=True)
    for alias in (*aliases_of(draft, event.other_case_id), event.other_case_id):
        draft.aliases = draft.aliases.set(alias, event.case_id)


def _agreed_to_swap_with(draft: Draft, case_id: str) -> list[Case]:
    """Cases whose project agreed to exchange places with this one, with that agreement taken back: it was about somebody else."""
    live = [draft.cases[each] for each in sorted(draft.transfers.values())]
    return [
        changed(case, transfer=changed(case.transfer, swap_with=None))
        for case in live
        if case.transfer is not None and case.transfer.swap_with == case_id
    ]


def aliases_of(draft: Draft, case_id: str) -> tuple[str, ...]:
    """Cases found to be the same as this one, sorted."""
    return tuple(sorted(alias for alias, stays in draft.aliases.items() if stays == case_id))


def _as_both(stays: Case, other: Case) -> Case:
    dangers = stays.dangers
    for danger in other.dangers:
        dangers = with_danger(dangers, danger)
    transfer = stays.transfer or other.transfer
    on_the_way = transfer is not None and transfer.stage is TransferStage.DEPARTED
    return Case(
        case_id=stays.case_id,
        household=tuple(_careful(member, other.household) for member in stays.household),
        routed_to=stays.routed_to or other.routed_to,
        responsible=stays.responsible,
        hosted_unit_id=None if on_the_way else stays.hosted_unit_id or other.hosted_unit_id,
        agreements=_agreements(stays, other),
        dangers=dangers,
        parked=_parked(stays, other),
        kept=(*stays.kept, *other.kept),
        transfer=transfer,
        over=stays.over or other.over,
        notifications=(*stays.notifications, *other.notifications),
        province=stays.province or other.province,
        group=stays.group or other.group,
        offered_to=stays.offered_to if stays.responsible is not None else None,
        majorities=_majorities(stays, other),
    )


def _careful(member: Member, others: tuple[Member, ...]) -> Member:
    same = next((each for each in others if each.person == member.person), None)
    if same is None:
        return member
    return Member(
        person=member.person,
        age_group=min(member.age_group, same.age_group, key=_YOUNGER.__getitem__),
        gender=member.gender,
        parent=member.parent,
        essential_needs=tuple(sorted({*member.essential_needs, *same.essential_needs})),
        preferred_needs=member.preferred_needs,
        languages=member.languages,
        only_language=member.only_language,
    )


def _agreements(stays: Case, other: Case) -> tuple[Agreement, ...]:
    theirs = {agreement.person: agreement.until_ms for agreement in other.agreements}
    return tuple(replace(each, until_ms=min(each.until_ms, theirs.get(each.person, each.until_ms))) for each in stays.agreements)


def _majorities(stays: Case, other: Case) -> tuple[Majority, ...]:
    """Whoever is known to turn eighteen, by what is known of the case that stays, and else of the other."""
    people = {member.person for member in stays.household}
    known = {each.person: each for each in (*other.majorities, *stays.majorities) if each.person in people}
    return tuple(known[person] for person in sorted(known))


def _parked(stays: Case, other: Case) -> tuple[Parked, ...]:
    latest: dict[str, Parked] = {}
    for parked in sorted((*stays.parked, *other.parked), key=lambda parked: parked.sequence):
        latest[parked.unit_id] = parked
    return tuple(latest[unit_id] for unit_id in sorted(latest))


# Decisions.


def find_cases_same(entry: Deciding, event: CasesFoundSame) -> Refused | None:
    """The helpline, or a project that has to do with both, says that two cases are one. Two live transfers are for a person to settle first."""
    draft = entry.draft
    if event.case_id == event.other_case_id:
        return refused(RefusalCode.SAME_CASE, "other_case_id")
    stays, other = draft.cases.get(event.case_id), draft.cases.get(event.other_case_id)
    if stays is None or other is None:
        return refused(RefusalCode.UNKNOWN_CASE, "case_id" if stays is None else "other_case_id")
    refusal = rights.involved_or_helpline(draft, event.actor, stays) or rights.involved_or_helpline(draft, event.actor, other)
    if refusal is not None:
        return refusal
    if event.other_case_id in draft.links.get(event.case_id, ()):
        return refused(RefusalCode.KEPT_APART, "other_case_id")
    if stays.transfer is not None and other.transfer is not None:
        return refused(RefusalCode.BOTH_IN_TRANSFER, "other_case_id")
    entry.record(event)
    if stays.responsible is None and other.responsible is not None:
        entry.emit(ResponsibilityPassed(event.case_id, other.responsible))
    apart_from = draft.links.get(event.case_id, ())
    if draft.policy is not None:
        settle_cases(entry, (event.case_id, *apart_from))
    entry.to_match.update((event.case_id, *apart_from))
    return None
