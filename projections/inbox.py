"""View `inbox`: what waits for each project, and for the helpline.

Who is responsible for a case, and what a household needs, is part of the case's sealed file. The table `inbox` says in clear only that *some* case has to
do with a project; which case is sealed, and nothing clear joins the rows of one case under two projects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

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
    ReferralDeclined,
    ReferralReceived,
    ReferralRouted,
    ResponsibilityDeclined,
    ResponsibilityOffered,
    ResponsibilityPassed,
    ResponsibilityTaken,
)
from events.swap import SwapAgreed
from events.vocabulary import AgeGroup, Escalation, Indicators, Source, Urgency
from projections import owed
from projections.changing import changed
from projections.owed import Note, Owed, OwedKind
from projections.transfers import Stage, StepKind, Transfer, TransferState, asked_now, last_words, state_of

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


@quick
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
    notes: tuple[Note, ...] = ()
    """What people owed the case beside its transfer."""
    declined: tuple[int, ...] = ()
    """Sequences at which a project did not take the referral."""
    swaps: tuple[tuple[int, int], ...] = ()
    """(sequence, instant) at which another project agreed to exchange a place with the case's. With which case, its own file says."""


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
    PREPARED = "prepared"
    """A place is held; the helpline confirms before its project is asked."""
    QUESTION = "question"
    """A project asked something before it answers, and nobody has told it."""
    INQUIRY = "inquiry"
    """Could you? Needs, and no identity."""
    SWAP = "swap"
    """Another project would exchange places, and waits for this one's word."""
    HAND_OVER = "hand_over"
    """The lists for the hand-over are not complete."""
    CONFIRMATION = "confirmation"
    """An action waits for a second person of another body."""
    REVIEW = "review"
    """Another body has to look at an action that was taken."""
    NOTIFICATION = "notification"
    """A minor is missing: the authority has to be told."""
    MAJORITY = "majority"
    """Somebody turned eighteen: what they need is to be looked at."""
    LAPSED = "lapsed"
    """An action that nobody confirmed in time; for information."""


_NEEDS_ALONE = frozenset({ItemKind.PROPOSAL, ItemKind.INQUIRY})
"""Shown to a project that is asked: what is needed, and not who needs it."""
DECLINED, UNCOVERED = "declined", "uncovered"
"""Why a referral is the helpline's: a project did not take it; no project's territory holds it."""


@quick
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
    why: str | None = None
    """`Escalation`, the name of the action's event, or why a referral is the helpline's; null: the kind says it."""
    until_ms: int | None = None
    """Until when something should be done; null: no instant is set."""
    overdue: bool = False
    """That time is over, and people were called in."""
    of: str | None = None
    """The action, the inquiry, or the letter of the person that it is about; null: none of them."""
    body: str | None = None
    """Whose people reported the action, so that others confirm or review it; null: no action."""


def opened(fact: ReferralReceived, sequence: int, at_ms: int) -> Care:
    """A case begins: the helpline is responsible until a project is."""
    care = Care(sequence, at_ms, fact.source, fact.province, fact.household, group=fact.group, contact_id=fact.contact_id)
    return changed(care, whereabouts=(_whereabouts(fact, sequence, at_ms),))


def _whereabouts(fact: ReferralReceived | ReferralAmended, sequence: int, at_ms: int) -> Whereabouts:
    announced = fact.announced
    by, expected = (announced.by, announced.expected_at_ms) if announced is not None else (None, None)
    return Whereabouts(sequence, at_ms, fact.province, by, expected)


READS = frozenset(
    {
        ReferralRouted, ResponsibilityPassed, ReferralAccepted, AgreementGiven, AgreementWithdrawn, ReferralAmended, ResponsibilityOffered,
        ResponsibilityDeclined, ResponsibilityTaken, AssessmentRecorded, ReferralClosed, ReferralDeclined,
    }
)  # fmt: skip
"""Kinds that change what is known of a case, beside those that open it or are owed."""


def fold(care: Care, fact: Event | Outcome, sequence: int, at_ms: int) -> Care:
    """What is known of a case after one fact about it."""
    if type(fact) not in READS:
        return care
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
        case ReferralDeclined():
            return changed(care, declined=(*care.declined, sequence))
        case _:
            return care


def fold_own(care: Care, fact: Event | Outcome, sequence: int, at_ms: int) -> Care:
    """What is known of a case after one fact that is its own, and does not only name it."""
    notes = owed.fold(care.notes, fact, sequence, at_ms)
    return care if notes is care.notes else changed(care, notes=notes)


def fold_other(care: Care, fact: Event | Outcome, sequence: int, at_ms: int) -> Care:
    """What is known of a case after one fact of another case that names it."""
    return changed(care, swaps=(*care.swaps, (sequence, at_ms))) if isinstance(fact, SwapAgreed) else care


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
        notes=owed.until(care.notes, sequence),
        declined=tuple(one for one in care.declined if one <= sequence),
        swaps=tuple(one for one in care.swaps if one[0] <= sequence),
    )


def found_same(stays: Care, other: Care, sequence: int, at_ms: int) -> Care:
    """What is known of the case that stays once another is found to be the same: who they are, read as carefully as both say; and the earlier ends of
    agreements. Who is responsible for it stays, or follows."""
    people = frozenset(member.person for member in stays.household)
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
        notes=owed.found_same(stays.notes, other.notes, people, sequence, at_ms),
    )


def over(care: Care, transfers: tuple[Transfer, ...], same_as: str, sequence: int, at_ms: int) -> Care:
    """What is known of a case that was found to be another, which takes its transfers."""
    return changed(care, ended=(Ended(sequence, at_ms, SAME, same_as),), asked=tuple(sorted(_asked_in(transfers))))


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
    sequence: int

    @property
    def owner(self) -> str:
        return (self.responsible.project_id or HELPLINE) if self.responsible else HELPLINE


def _standing(care: Care, transfers: tuple[Transfer, ...], sequence: int) -> _Standing:
    transfer, state = None, None
    for each in reversed(transfers):
        state = state_of(each, sequence)
        if state is not None:
            transfer, state = (None, None) if state.stage is Stage.CLOSED else (asked_now(each, sequence), state)
            break
    responsible = responsible_at(care, sequence)
    offer = _last(care.offers, sequence)
    stands = offer is not None and offer.project_id is not None and (responsible is None or responsible.sequence <= offer.sequence)
    return _Standing(
        responsible, routed_at(care, sequence), transfer, state, _last(care.whereabouts, sequence), offer if stands else None,
        _last(care.assessed, sequence) is not None, _last(care.ended, sequence) is not None, sequence,
    )  # fmt: skip


Dated = TypeVar("Dated", Whereabouts, Offer, Assessed, Ended)


def _last(told: tuple[Dated, ...], sequence: int) -> Dated | None:
    return next((one for one in reversed(told) if one.sequence <= sequence), None)


def items(case_id: str, care: Care, transfers: tuple[Transfer, ...], project: str, sequence: int) -> Iterator[Item]:
    """What of one case stood in a project's inbox (or the helpline's: `HELPLINE`) after a sequence."""
    if care.received_sequence <= sequence:
        yield from _items(case_id, care, _standing(care, transfers, sequence), project)


def _items(case_id: str, care: Care, now: _Standing, project: str) -> Iterator[Item]:
    for item in _standing_items(case_id, care, now, project):
        told = item if item.kind in _NEEDS_ALONE else _told_more(item, care, now)
        yield told if told.until_ms is not None else changed(told, until_ms=_until_ms(told))


def _standing_items(case_id: str, care: Care, now: _Standing, project: str) -> Iterator[Item]:
    """The items by what makes each stand there, before what else is told with it."""
    if now.over:
        return
    yield from _items_of_case(case_id, care, now, project)
    yield from _items_of_transfer(case_id, care, now, project)
    yield from _items_owed(case_id, care, now, project)


def _told_more(item: Item, care: Care, now: _Standing) -> Item:
    by, expected = (now.where.announced_by, now.where.expected_at_ms) if now.where is not None else (None, None)
    due = item.kind is ItemKind.CASE and item.responsible is not None and not now.assessed
    group_id = care.group.group_id if care.group is not None else None
    return changed(item, announced_by=by, expected_at_ms=expected, assessment_due=due, group_id=group_id)


def _until_ms(item: Item) -> int | None:
    """Until when something should be done about an item that sets no instant of its own."""
    state, kind = item.state, item.kind
    if kind in (ItemKind.REFERRAL, ItemKind.OFFER):
        return item.expected_at_ms
    if state is None:
        return None
    if state.proposal is not None and kind in (ItemKind.PROPOSAL, ItemKind.PREPARED, ItemKind.QUESTION):
        return (
            state.proposal.resumes_at_ms if kind is ItemKind.QUESTION and state.proposal.resumes_at_ms is not None else state.proposal.deadline_at_ms
        )
    if state.stage is Stage.DEPARTED:
        return state.expected_arrival_ms
    return item.needed_by_ms


def _about(kind: ItemKind, since: tuple[int, int], case_id: str, care: Care, now: _Standing) -> Item:
    """An item about a case with the transfer that is open, if any."""
    transfer = now.transfer
    urgency, needed_by, transfer_id = (transfer.urgency, transfer.needed_by_ms, transfer.transfer_id) if transfer else (None, None, None)
    return Item(kind, *since, care.household, case_id, transfer_id, transfer, now.state, urgency, needed_by, now.owner or None)


def _items_of_case(case_id: str, care: Care, now: _Standing, project: str) -> Iterator[Item]:
    responsible, routed, transfer, state = now.responsible, now.routed, now.transfer, now.state
    if routed is not None and (routed.project_id or HELPLINE) == project:
        why = None if routed.project_id is not None else DECLINED if routed.sequence in care.declined else UNCOVERED
        yield Item(ItemKind.REFERRAL, routed.sequence, routed.at_ms, care.household, case_id, None, None, None, None, None, None, why=why)
    if now.owner == project and (project != HELPLINE or routed is None or routed.project_id is not None):
        since = (responsible.sequence, responsible.at_ms) if responsible else (care.received_sequence, care.received_at_ms)
        item = _about(ItemKind.CASE, since, case_id, care, now)
        yield _with_words(item, transfer, state) if state is not None and state.stage is Stage.PROPOSED else item
    offer = now.offer
    if offer is not None and offer.project_id == project:
        yield Item(ItemKind.OFFER, offer.sequence, offer.at_ms, care.household, case_id, None, None, None, None, None, now.owner or None)
    if now.owner == project and transfer is not None and state is not None and state.stage is Stage.REQUESTED:
        for asked in care.swaps:
            if transfer.requested_sequence < asked[0] <= now.sequence:
                yield _about(ItemKind.SWAP, asked, case_id, care, now)


def _items_of_transfer(case_id: str, care: Care, now: _Standing, project: str) -> Iterator[Item]:
    transfer, state = now.transfer, now.state
    if transfer is None or state is None:
        return
    proposal = state.proposal
    if proposal is not None and proposal.project_id == project and state.stage is not Stage.PREPARED:
        if state.stage is Stage.PROPOSED:
            yield _with_words(_of_the_asked(ItemKind.PROPOSAL, (proposal.made_sequence, proposal.made_at_ms), case_id, care, now), transfer, state)
        else:
            yield _about(ItemKind.INCOMING, (state.last_sequence, state.stage_since_ms), case_id, care, now)
    for inquiry in state.inquiries:
        if inquiry.project_id == project:
            asked = _of_the_asked(ItemKind.INQUIRY, (inquiry.opened_sequence, inquiry.opened_at_ms), case_id, care, now)
            yield changed(asked, until_ms=inquiry.deadline_at_ms, of=inquiry.inquiry_id, state=None)
    if state.hand_over is not None and not state.hand_over.is_complete and project in (now.owner, proposal and proposal.project_id):
        yield _about(ItemKind.HAND_OVER, _step_before(transfer, now.sequence, StepKind.PROPOSAL_ENDED), case_id, care, now)
    if project != HELPLINE:
        return
    for called in state.escalations:
        item = _about(ItemKind.ESCALATION, (called.sequence, called.at_ms), case_id, care, now)
        yield changed(item, why=called.why, overdue=called.why in (Escalation.ARRIVAL_OVERDUE, Escalation.DEADLINE_PASSED))
    if state.stage is Stage.PREPARED and proposal is not None:
        yield _about(ItemKind.PREPARED, (proposal.made_sequence, proposal.made_at_ms), case_id, care, now)
    if state.stage is Stage.PROPOSED and proposal is not None and proposal.question_stands:
        yield _about(ItemKind.QUESTION, _step_before(transfer, now.sequence, StepKind.QUESTION), case_id, care, now)


def _items_owed(case_id: str, care: Care, now: _Standing, project: str) -> Iterator[Item]:
    if not care.notes:
        return
    coming_to = now.state.proposal.project_id if now.state and now.state.proposal and now.state.stage in (Stage.ACCEPTED, Stage.DEPARTED) else None
    for one in owed.owed_at(care.notes, now.sequence):
        if project in _who_is_told(one, now.owner, coming_to):
            item = _about(ItemKind(one.kind), (one.since_sequence, one.since_ms), case_id, care, now)
            notified = {"transfer_id": one.of} if one.kind is OwedKind.NOTIFICATION else {"of": one.of}
            yield changed(item, why=one.what, until_ms=one.until_ms, overdue=one.overdue, body=one.body, **notified)


def _who_is_told(one: Owed, owner: str, coming_to: str | None) -> tuple[str | None, ...]:
    """Whose inboxes something owed stands in: the helpline's, and those of the projects that can do it."""
    match one.kind:
        case OwedKind.CONFIRMATION | OwedKind.REVIEW:
            return HELPLINE, owner, coming_to
        case OwedKind.NOTIFICATION | OwedKind.MAJORITY:
            return HELPLINE, owner
        case OwedKind.LAPSED:
            return (HELPLINE,)


def _of_the_asked(kind: ItemKind, since: tuple[int, int], case_id: str, care: Care, now: _Standing) -> Item:
    """An item for a project that is asked: neither who asks, nor why, nor what was asked of others."""
    assert now.transfer is not None and now.state is not None
    shown = changed(
        now.state, kept_until_ms=None, escalation=None, escalated_sequence=None, escalated_at_ms=None, disclosures=0, declines=0, escalations=(),
        inquiries=(),
    )  # fmt: skip
    transfer = now.transfer
    return Item(kind, *since, care.household, case_id, transfer.transfer_id, None, shown, transfer.urgency, transfer.needed_by_ms, None)


def _step_before(transfer: Transfer, sequence: int, kind: StepKind) -> tuple[int, int]:
    """(sequence, instant) of the last step of a kind as known after a sequence; the request, where there is none."""
    steps = (step for step in reversed(transfer.steps) if step.sequence <= sequence and step.kind is kind)
    return next(((step.sequence, step.at_ms) for step in steps), (transfer.requested_sequence, transfer.requested_at_ms))


def _with_words(item: Item, transfer: Transfer | None, state: TransferState) -> Item:
    """The item with what was asked about the live proposal, and answered."""
    if transfer is None:
        return item
    question, answer = last_words(transfer, state.last_sequence)
    return changed(item, question=question, answer=answer)


def _asked_in(transfers: tuple[Transfer, ...]) -> set[str]:
    """Projects that transfers have been about. One for which a place was only prepared has had nothing to do with the case."""
    return {step.project_id for transfer in transfers for step in transfer.steps if step.project_id and step.kind is not StepKind.PREPARED}


def projects_of(care: Care, transfers: tuple[Transfer, ...], sequence: int) -> dict[str, bool]:
    """The clear half of the table's rows: every project that ever had to do with the case, and whether something stands in its inbox now."""
    ever = {HELPLINE, *(one.project_id for one in care.passed if one.project_id), *(one.project_id for one in care.offers if one.project_id)}
    ever.update(care.asked)
    ever.update(_asked_in(transfers))
    now = _standing(care, transfers, sequence)
    return {project: next(_standing_items("", care, now, project), None) is not None for project in sorted(ever)}


LAPSED_SHOWN_FOR_MS = 7 * 86_400_000
"""How long an action that lapsed is told of."""
_FIRST_OF_ALL = frozenset({Escalation.SAFETY_CHANGED, Escalation.ARRIVAL_OVERDUE})
_FOR_INFORMATION = frozenset({ItemKind.CASE, ItemKind.INCOMING, ItemKind.LAPSED})
_URGENCIES = tuple(Urgency)


def still_told(item: Item, at_ms: int) -> bool:
    """Whether an item is shown at an instant: what is for information is not shown for ever."""
    return item.kind is not ItemKind.LAPSED or at_ms - item.since_ms < LAPSED_SHOWN_FOR_MS


def by_urgency(item: Item, at_ms: int) -> tuple[int, int, int, int, str, str]:
    """What an inbox is sorted by: a person in danger or missing; what is overdue; what somebody has to do, the most urgent request first and what belongs
    to none with those within days; then what needs nothing now. Within each the next to run out, then the longest waiting.
    """
    if item.kind in _FOR_INFORMATION and item.question is None:
        band = 3
    elif item.why in _FIRST_OF_ALL or item.kind is ItemKind.NOTIFICATION:
        band = 0
    else:
        band = 1 if item.overdue or (item.until_ms is not None and item.until_ms <= at_ms) else 2
    urgency = _URGENCIES.index(Urgency(item.urgency)) if item.urgency else _URGENCIES.index(Urgency.WITHIN_DAYS)
    return band, urgency, item.until_ms if item.until_ms is not None else _NEVER_MS, item.since_sequence, item.kind, item.case_id


_NEVER_MS = 2**62
