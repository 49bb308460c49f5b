"""View `inbox`: what waits for each project, and for the helpline.

Who is responsible for a case, and what a household needs, is part of the case's sealed file. The table `inbox` says in clear only that *some* case has to
do with a project; which case is sealed, and nothing clear joins the rows of one case under two projects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from events.facts import Event, Outcome
from events.person import AgreementGiven, AgreementWithdrawn
from events.quick import quick
from events.referral import (
    AssessmentRecorded,
    Group,
    Member,
    ReferralAccepted,
    ReferralAmended,
    ReferralClosed,
    ReferralReceived,
    ReferralRouted,
    ResponsibilityDeclined,
    ResponsibilityOffered,
    ResponsibilityPassed,
    ResponsibilityTaken,
)
from events.vocabulary import AgeGroup, Indicators, Source
from projections.changing import changed
from projections.transfers import Stage, Transfer, TransferState, last_words, state_of

VIEW = "inbox"
SAME = "same"
"""How a case ended that was found to be another: beside the words of `ReferralEnd`."""
HELPLINE = ""
"""Stands for the helpline where a project's id stands otherwise; no slug is empty."""


@quick
@dataclass(frozen=True, slots=True)
class Passed:
    """From this sequence on, a project (null: the helpline) is asked to take the case, or is responsible for it."""

    sequence: int
    at_ms: int
    project_id: str | None
    responsible: bool
    """False: the referral was only routed there."""
    hosted_unit_id: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """One adult agreed to move until an instant; null: agrees no more."""

    sequence: int
    person: str
    until_ms: int | None


@quick
@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the person is or will be, and when, from this sequence on; what was said before no longer holds."""

    sequence: int
    at_ms: int
    province: str | None
    announced_by: Source | None
    """null: the person is there."""
    expected_at_ms: int | None


@dataclass(frozen=True, slots=True)
class Offer:
    """From this sequence on, responsibility is offered to a project; null: to none."""

    sequence: int
    at_ms: int
    project_id: str | None


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment was recorded."""

    sequence: int
    at_ms: int
    indicators: Indicators


@dataclass(frozen=True, slots=True)
class Ended:
    """The case is over from this sequence on."""

    sequence: int
    at_ms: int
    how: str
    """`ReferralEnd`, or `same`: it is another name of a case."""
    same_as: str | None
    """That case; null: it was closed."""


@dataclass(frozen=True, slots=True)
class Care:
    """What is known of a case for its coordination: no name, no free text."""

    received_sequence: int
    received_at_ms: int
    source: Source
    province: str | None
    household: tuple[Member, ...]
    passed: tuple[Passed, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    group: Group | None = None
    """The people referred together with the case."""
    contact_id: str | None = None
    whereabouts: tuple[Whereabouts, ...] = ()
    offers: tuple[Offer, ...] = ()
    assessed: tuple[Assessed, ...] = ()
    ended: tuple[Ended, ...] = ()
    """At most one."""
    asked: tuple[str, ...] = ()
    """Projects that transfers were about which another case has taken over: rows of theirs stay, with nothing in them."""


class ItemKind(StrEnum):
    """Why something stands in an inbox."""

    REFERRAL = "referral"
    """Routed here, and nobody has taken it in charge."""
    CASE = "case"
    """The project (or the helpline) is responsible."""
    PROPOSAL = "proposal"
    """A place is asked for: needs, and no identity."""
    INCOMING = "incoming"
    """Accepted; the person is to come or on the way."""
    ESCALATION = "escalation"
    """An operator of the helpline is called in."""
    OFFER = "offer"
    """Another project offers its responsibility for a case."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in an inbox. A proposal shows what is needed, and the random ids to answer with; not who asks, why, or where the person is."""

    kind: ItemKind
    since_sequence: int
    since_ms: int
    household: tuple[Member, ...]
    case_id: str
    transfer_id: str | None
    transfer: Transfer | None
    """The transfer concerned; null: there is none, or it is not shown (proposal)."""
    state: TransferState | None
    """How the transfer stands; null: there is none."""
    urgency: str | None
    needed_by_ms: int | None
    responsible: str | None
    """Project responsible for the case; null: the helpline, or not shown (proposal)."""
    announced_by: Source | None = None
    expected_at_ms: int | None = None
    """When somebody announced is expected, as it is known now; null: nobody is announced, or not shown (proposal)."""
    assessment_due: bool = False
    """The project is responsible for the case, and no assessment has been recorded."""
    group_id: str | None = None
    """The people referred together; null: nobody, or not shown (proposal)."""
    question: str | None = None
    """What the project asked wants to know, for itself and for whoever is to answer; null: nothing."""
    answer: str | None = None
    """What it was answered."""


def opened(fact: ReferralReceived, sequence: int, at_ms: int) -> Care:
    """A case begins: the helpline is responsible until a project is."""
    care = Care(sequence, at_ms, fact.source, fact.province, fact.household, group=fact.group, contact_id=fact.contact_id)
    return changed(care, whereabouts=(_whereabouts(fact, sequence, at_ms),))


def _whereabouts(fact: ReferralReceived | ReferralAmended, sequence: int, at_ms: int) -> Whereabouts:
    announced = fact.announced
    by, expected = (announced.by, announced.expected_at_ms) if announced is not None else (None, None)
    return Whereabouts(sequence, at_ms, fact.province, by, expected)


def fold(care: Care, fact: Event | Outcome, sequence: int, at_ms: int) -> Care:
    """What is known of a case after one fact about it."""
    match fact:
        case ReferralRouted():
            return changed(care, passed=(*care.passed, Passed(sequence, at_ms, fact.project_id, responsible=False)))
        case ResponsibilityPassed():
            hosted = next((one.hosted_unit_id for one in care.passed if one.sequence == sequence and one.hosted_unit_id), None)
            return changed(care, passed=(*care.passed, Passed(sequence, at_ms, fact.project_id, True, hosted)))
        case ReferralAccepted():
            return changed(care, passed=(*care.passed, Passed(sequence, at_ms, fact.project_id, True, fact.hosted_unit_id)))
        case AgreementGiven():
            return changed(care, agreements=(*care.agreements, Agreement(sequence, fact.person, fact.until_ms)))
        case AgreementWithdrawn():
            return changed(care, agreements=(*care.agreements, Agreement(sequence, fact.person, None)))
        case ReferralAmended():
            return changed(care, whereabouts=(*care.whereabouts, _whereabouts(fact, sequence, at_ms)))
        case ResponsibilityOffered():
            return changed(care, offers=(*care.offers, Offer(sequence, at_ms, fact.project_id)))
        case ResponsibilityDeclined() | ResponsibilityTaken():
            return changed(care, offers=(*care.offers, Offer(sequence, at_ms, None)))
        case AssessmentRecorded():
            return changed(care, assessed=(*care.assessed, Assessed(sequence, at_ms, fact.indicators)))
        case ReferralClosed():
            return changed(care, ended=(Ended(sequence, at_ms, fact.how.value, None),))
        case _:
            return care


def until(care: Care, sequence: int) -> Care:
    """What was known of a case after a sequence."""
    return changed(
        care,
        passed=tuple(one for one in care.passed if one.sequence <= sequence),
        agreements=tuple(one for one in care.agreements if one.sequence <= sequence),
        whereabouts=tuple(one for one in care.whereabouts if one.sequence <= sequence),
        offers=tuple(one for one in care.offers if one.sequence <= sequence),
        assessed=tuple(one for one in care.assessed if one.sequence <= sequence),
        ended=tuple(one for one in care.ended if one.sequence <= sequence),
    )


def found_same(stays: Care, other: Care, sequence: int) -> Care:
    """What is known of the case that stays once another is found to be the same: who they are, read as carefully as both say; and the earlier ends of
    agreements. Who is responsible for it stays, or follows."""
    theirs = {member.person: member for member in other.household}
    until_of = {one.person: one.until_ms for one in other.agreements}
    mine = {one.person: one.until_ms for one in stays.agreements}
    earlier = tuple(
        Agreement(sequence, person, min(until_ms, before))
        for person, until_ms in sorted(mine.items())
        if until_ms is not None and (before := until_of.get(person)) is not None and before < until_ms
    )
    return changed(
        stays,
        household=tuple(_careful(member, theirs.get(member.person)) for member in stays.household),
        agreements=(*stays.agreements, *earlier),
        group=stays.group or other.group,
        assessed=tuple(sorted((*stays.assessed, *other.assessed), key=lambda one: one.sequence)),
    )


def over(care: Care, transfers: tuple[Transfer, ...], same_as: str, sequence: int, at_ms: int) -> Care:
    """What is known of a case that was found to be another, which takes its transfers."""
    asked = sorted({step.project_id for transfer in transfers for step in transfer.steps if step.project_id})
    return changed(care, ended=(Ended(sequence, at_ms, SAME, same_as),), asked=tuple(asked))


def _careful(member: Member, same: Member | None) -> Member:
    if same is None:
        return member
    age = min(member.age_group, same.age_group, key=tuple(AgeGroup).index)
    return changed(member, age_group=age, essential_needs=tuple(sorted({*member.essential_needs, *same.essential_needs})))


def responsible_at(care: Care, sequence: int) -> Passed | None:
    """Who was responsible after a sequence; None: the helpline, from the beginning."""
    return next((one for one in reversed(care.passed) if one.responsible and one.sequence <= sequence), None)


def routed_at(care: Care, sequence: int) -> Passed | None:
    """To whom the case was routed and waits to be taken in charge, after a sequence; None: it does not wait."""
    now = responsible_at(care, sequence)
    if now is not None and now.project_id is not None:
        return None
    return next((one for one in reversed(care.passed) if not one.responsible and one.sequence <= sequence), None)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a case stands after a sequence: what every inbox is told from."""

    responsible: Passed | None
    routed: Passed | None
    transfer: Transfer | None
    """The open one; null: there is none."""
    state: TransferState | None
    where: Whereabouts | None
    offer: Offer | None
    """The standing offer of responsibility; null: there is none."""
    assessed: bool
    over: bool

    @property
    def owner(self) -> str:
        return (self.responsible.project_id or HELPLINE) if self.responsible else HELPLINE


def _standing(care: Care, transfers: tuple[Transfer, ...], sequence: int) -> _Standing:
    transfer, state = None, None
    for each in reversed(transfers):
        state = state_of(each, sequence)
        if state is not None:
            transfer, state = (None, None) if state.stage is Stage.CLOSED else (each, state)
            break
    responsible = responsible_at(care, sequence)
    offer = _last(care.offers, sequence)
    stands = offer is not None and offer.project_id is not None and (responsible is None or responsible.sequence <= offer.sequence)
    return _Standing(
        responsible, routed_at(care, sequence), transfer, state, _last(care.whereabouts, sequence), offer if stands else None,
        _last(care.assessed, sequence) is not None, _last(care.ended, sequence) is not None,
    )  # fmt: skip


Dated = TypeVar("Dated", Whereabouts, Offer, Assessed, Ended)


def _last(told: tuple[Dated, ...], sequence: int) -> Dated | None:
    return next((one for one in reversed(told) if one.sequence <= sequence), None)


def items(case_id: str, care: Care, transfers: tuple[Transfer, ...], project: str, sequence: int) -> Iterator[Item]:
    """What of one case stood in a project's inbox (or the helpline's: `HELPLINE`) after a sequence."""
    if care.received_sequence <= sequence:
        yield from _items(case_id, care, _standing(care, transfers, sequence), project)


def _items(case_id: str, care: Care, now: _Standing, project: str) -> Iterator[Item]:
    if now.over:
        return
    for item in _items_of_transfer(case_id, care, now, project):
        yield item if item.kind is ItemKind.PROPOSAL else _told_more(item, care, now)
    offer = now.offer
    if offer is not None and offer.project_id == project:
        item = Item(ItemKind.OFFER, offer.sequence, offer.at_ms, care.household, case_id, None, None, None, None, None, now.owner or None)
        yield _told_more(item, care, now)


def _told_more(item: Item, care: Care, now: _Standing) -> Item:
    by, expected = (now.where.announced_by, now.where.expected_at_ms) if now.where is not None else (None, None)
    due = item.kind is ItemKind.CASE and item.responsible is not None and not now.assessed
    group_id = care.group.group_id if care.group is not None else None
    return changed(item, announced_by=by, expected_at_ms=expected, assessment_due=due, group_id=group_id)


def _items_of_transfer(case_id: str, care: Care, now: _Standing, project: str) -> Iterator[Item]:
    responsible, routed, transfer, state, owner = now.responsible, now.routed, now.transfer, now.state, now.owner
    urgency, needed_by, transfer_id = (transfer.urgency, transfer.needed_by_ms, transfer.transfer_id) if transfer else (None, None, None)
    if routed is not None and (routed.project_id or HELPLINE) == project:
        yield Item(ItemKind.REFERRAL, routed.sequence, routed.at_ms, care.household, case_id, None, None, None, None, None, None)
    if owner == project and (project != HELPLINE or routed is None or routed.project_id is not None):
        since = (responsible.sequence, responsible.at_ms) if responsible else (care.received_sequence, care.received_at_ms)
        words = _words(transfer, state) if transfer is not None and state is not None and state.stage is Stage.PROPOSED else {}
        yield Item(ItemKind.CASE, *since, care.household, case_id, transfer_id, transfer, state, urgency, needed_by, owner or None, **words)
    if transfer is None or state is None:
        return
    if state.proposal is not None and state.proposal.project_id == project:
        if state.stage is Stage.PROPOSED:
            shown = changed(state, kept_until_ms=None, escalation=None, escalated_sequence=None, escalated_at_ms=None, disclosures=0, declines=0)
            yield Item(
                ItemKind.PROPOSAL, state.proposal.made_sequence, state.proposal.made_at_ms, care.household, case_id, transfer_id, None, shown,
                urgency, needed_by, None, **_words(transfer, state),
            )  # fmt: skip
        else:
            since = (state.last_sequence, state.stage_since_ms)
            yield Item(ItemKind.INCOMING, *since, care.household, case_id, transfer_id, transfer, state, urgency, needed_by, owner or None)
    if project == HELPLINE and state.escalation is not None:
        yield Item(
            ItemKind.ESCALATION, state.escalated_sequence or 0, state.escalated_at_ms or 0, care.household, case_id, transfer_id, transfer, state,
            urgency, needed_by, owner or None,
        )  # fmt: skip


def _words(transfer: Transfer, state: TransferState) -> dict[str, Any]:
    """What was asked about the live proposal, and answered."""
    question, answer = last_words(transfer, state.last_sequence)
    return {"question": question, "answer": answer}


def projects_of(care: Care, transfers: tuple[Transfer, ...], sequence: int) -> dict[str, bool]:
    """The clear half of the table's rows: every project that ever had to do with the case, and whether something stands in its inbox now."""
    ever = {HELPLINE, *(one.project_id for one in care.passed if one.project_id), *(one.project_id for one in care.offers if one.project_id)}
    ever.update(care.asked)
    ever.update(step.project_id for transfer in transfers for step in transfer.steps if step.project_id)
    now = _standing(care, transfers, sequence)
    return {project: next(_items("", care, now, project), None) is not None for project in sorted(ever)}
