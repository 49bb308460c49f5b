"""View `inbox`: what waits for each project, and for the helpline.

Who is responsible for a case, and what a household needs, is part of the case's sealed file. The table `inbox` says in clear only that *some* case has to
do with a project; which case is sealed, and nothing clear joins the rows of one case under two projects.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from events.facts import Event, Outcome
from events.person import AgreementGiven, AgreementWithdrawn
from events.quick import quick
from events.referral import Member, ReferralAccepted, ReferralReceived, ReferralRouted, ResponsibilityPassed
from events.vocabulary import Source
from projections.changing import changed
from projections.transfers import Stage, Transfer, TransferState, state_of

VIEW = "inbox"
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
class Care:
    """What is known of a case for its coordination: no name, no free text."""

    received_sequence: int
    received_at_ms: int
    source: Source
    province: str | None
    household: tuple[Member, ...]
    passed: tuple[Passed, ...] = ()
    agreements: tuple[Agreement, ...] = ()


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


def opened(fact: ReferralReceived, sequence: int, at_ms: int) -> Care:
    """A case begins: the helpline is responsible until a project is."""
    return Care(sequence, at_ms, fact.source, fact.province, fact.household)


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
        case _:
            return care


def until(care: Care, sequence: int) -> Care:
    """What was known of a case after a sequence."""
    return changed(
        care,
        passed=tuple(one for one in care.passed if one.sequence <= sequence),
        agreements=tuple(one for one in care.agreements if one.sequence <= sequence),
    )


def responsible_at(care: Care, sequence: int) -> Passed | None:
    """Who was responsible after a sequence; None: the helpline, from the beginning."""
    return next((one for one in reversed(care.passed) if one.responsible and one.sequence <= sequence), None)


def routed_at(care: Care, sequence: int) -> Passed | None:
    """To whom the case was routed and waits to be taken in charge, after a sequence; None: it does not wait."""
    if any(one.responsible and one.project_id is not None and one.sequence <= sequence for one in care.passed):
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
    return _Standing(responsible_at(care, sequence), routed_at(care, sequence), transfer, state)


def items(case_id: str, care: Care, transfers: tuple[Transfer, ...], project: str, sequence: int) -> Iterator[Item]:
    """What of one case stood in a project's inbox (or the helpline's: `HELPLINE`) after a sequence."""
    if care.received_sequence <= sequence:
        yield from _items(case_id, care, _standing(care, transfers, sequence), project)


def _items(case_id: str, care: Care, now: _Standing, project: str) -> Iterator[Item]:
    responsible, routed, transfer, state, owner = now.responsible, now.routed, now.transfer, now.state, now.owner
    urgency, needed_by, transfer_id = (transfer.urgency, transfer.needed_by_ms, transfer.transfer_id) if transfer else (None, None, None)
    if routed is not None and (routed.project_id or HELPLINE) == project:
        yield Item(ItemKind.REFERRAL, routed.sequence, routed.at_ms, care.household, case_id, None, None, None, None, None, None)
    if owner == project and (project != HELPLINE or routed is None or routed.project_id is not None):
        since = (responsible.sequence, responsible.at_ms) if responsible else (care.received_sequence, care.received_at_ms)
        yield Item(ItemKind.CASE, *since, care.household, case_id, transfer_id, transfer, state, urgency, needed_by, owner or None)
    if transfer is None or state is None:
        return
    if state.proposal is not None and state.proposal.project_id == project:
        if state.stage is Stage.PROPOSED:
            shown = changed(state, kept_until_ms=None, escalation=None, escalated_sequence=None, escalated_at_ms=None, disclosures=0, declines=0)
            yield Item(
                ItemKind.PROPOSAL, state.proposal.made_sequence, state.proposal.made_at_ms, care.household, case_id, transfer_id, None, shown,
                urgency, needed_by, None,
            )  # fmt: skip
        else:
            since = (state.last_sequence, state.stage_since_ms)
            yield Item(ItemKind.INCOMING, *since, care.household, case_id, transfer_id, transfer, state, urgency, needed_by, owner or None)
    if project == HELPLINE and state.escalation is not None:
        yield Item(
            ItemKind.ESCALATION, state.escalated_sequence or 0, state.escalated_at_ms or 0, care.household, case_id, transfer_id, transfer, state,
            urgency, needed_by, owner or None,
        )  # fmt: skip


def projects_of(care: Care, transfers: tuple[Transfer, ...], sequence: int) -> dict[str, bool]:
    """The clear half of the table's rows: every project that ever had to do with the case, and whether something stands in its inbox now."""
    ever = {HELPLINE, *(one.project_id for one in care.passed if one.project_id)}
    ever.update(step.project_id for transfer in transfers for step in transfer.steps if step.project_id)
    now = _standing(care, transfers, sequence)
    return {project: next(_items("", care, now, project), None) is not None for project in sorted(ever)}
