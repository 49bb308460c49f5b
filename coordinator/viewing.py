"""Views as plain JSON values, one shape for gateway and command line; and what of them each standing may see.

A project sees its own units, its own cases, and proposals made to it. Before it accepts, the project that asks is not told who was asked; a project
that was asked is never told where the person is. Exact figures of others' units, explanations and other projects' steps are the helpline's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from coordinator.access import Grant, Standing
from coordinator.domain.who_may import OUTCOMES, REPORTS, Scope, View, scope_of
from coordinator.plain import fact_json, fields_json, value_json
from coordinator.to_do import to_do
from events.facts import FACT_TYPES, Event, Outcome
from events.language import Language
from events.typed import hints_of
from projections.freshness import AreaBand, UnitCapacity
from projections.inbox import Item, ItemKind
from projections.moment import Seen
from projections.network import Duty
from projections.reads import AsOf, AuditEntry, OpenTransfer, Reads, TimelineFact
from projections.transfers import Stage, TransferState

FREE_TEXT = frozenset({"note", "text"})
"""Fields of facts that a person may have written anything in: the helpline reads them by break-glass alone."""

_MAYBE_TEXT = frozenset({"why", "reason", "emergency", "question", "answer"})
"""Free text as well, where they are a plain text and no code."""

_WORDS = {
    name: FREE_TEXT | {field for field, hint in hints_of(kind).items() if field in _MAYBE_TEXT and hint in (str, str | None)}
    for name, kind in FACT_TYPES.items()
}

OF_THE_NETWORK = "score"
"""The field of a proposal that follows from what others answered as well: not for a project."""
IDS_OF_A_PERSON = frozenset({"case_id", "other_case_id", "transfer_id", "proposal_id", "actor"})
"""Left out for an auditor, who judges a decision and not a person."""

_OF_THE_ASKED = frozenset({ItemKind.PROPOSAL, ItemKind.INQUIRY})

Plain = dict[str, object]
T = TypeVar("T")


def seen_json(seen: Seen[T], name: str, answer: object) -> Plain:
    """An answer under its name, with where it stands and how old it is."""
    return {
        "as_of": {"sequence": seen.sequence, "at_ms": seen.at_ms},
        "reached": seen.reached,
        "age_ms": seen.age_ms,
        name: answer,
    }


def unit_json(one: UnitCapacity, grant: Grant) -> Plain:
    """A unit's exact figures. How far it is trusted, which is drawn towards what others answered, is for whoever sees every unit; a project sees its own answers."""
    plain = {**fields_json(one.unit), **{name: value for name, value in fields_json(one).items() if name != "unit"}}
    if one.trust is not None and scope_of(grant.standing, View.CAPACITY) is not Scope.EVERYTHING:
        plain["trust"] = {name: value for name, value in fields_json(one.trust).items() if name != "permille"}
    return plain


def band_json(band: AreaBand) -> Plain:
    """A macro-area's band."""
    return fields_json(band)


def transfer_json(one: OpenTransfer) -> Plain:
    """A transfer with its case, as the helpline sees it."""
    return {
        "case_id": one.case_id,
        "responsible": one.responsible,
        "household": value_json(one.household),
        **_without_words(fields_json(one.transfer)),
        "state": fields_json(one.state),
    }


def transfer_for(grant: Grant, one: OpenTransfer) -> Plain | None:
    """The transfer as the grant's holder may see it; None: not at all."""
    match scope_of(grant.standing, View.TRANSFERS):
        case Scope.EVERYTHING | Scope.COORDINATION:
            return transfer_json(one)
        case Scope.INVOLVED_CASES:
            pass
        case _:
            return None
    plain = transfer_json(one)
    proposal = one.state.proposal
    settled = one.state.stage in (Stage.ACCEPTED, Stage.DEPARTED, Stage.CLOSED)
    if one.responsible == grant.project_id:
        plain["steps"] = []
        if not settled:
            plain["state"] = fields_json(_without_proposal(one.state))
        return plain
    if proposal is not None and proposal.project_id == grant.project_id and settled:
        plain["steps"] = []
        return plain
    return None


def item_for(grant: Grant, item: Item) -> Plain:
    """A thing in an inbox, with what to do about it. The helpline sees the coordination of all cases; a project not the steps taken with others."""
    helpline = scope_of(grant.standing, View.INBOX) is not Scope.OWN_PROJECT
    told = {language.value: to_do(item, grant.body, helpline, language) for language in Language}
    if helpline:
        return {**_without_words(fields_json(item)), "to_do": told}
    plain: Plain = {**fields_json(item), "to_do": told}
    if item.transfer is not None:
        plain["transfer"] = {**fields_json(item.transfer), "steps": []}
    if item.kind not in _OF_THE_ASKED and item.state is not None and item.state.stage in (Stage.PREPARED, Stage.PROPOSED, Stage.REQUESTED):
        plain["state"] = fields_json(_without_proposal(item.state))
    return plain


async def is_involved(reads: Reads, grant: Grant, case_id: str, moment: AsOf) -> bool:
    """Whether the grant's project is responsible for the case, or asked to be, or somebody is coming to it."""
    if grant.project_id is None:
        return False
    seen = await reads.inbox(grant.project_id, moment)
    return any(item.case_id == case_id and item.kind in (ItemKind.CASE, ItemKind.INCOMING, ItemKind.REFERRAL, ItemKind.OFFER) for item in seen.answer)


async def cases_involved(reads: Reads, grant: Grant) -> frozenset[str]:
    """The cases that the grant's project has a part in now."""
    if grant.project_id is None:
        return frozenset()
    told = (ItemKind.CASE, ItemKind.INCOMING, ItemKind.REFERRAL, ItemKind.OFFER)
    return frozenset(item.case_id for item in (await reads.inbox(grant.project_id)).answer if item.case_id is not None and item.kind in told)


async def is_responsible(reads: Reads, grant: Grant, case_id: str) -> bool:
    """Whether the grant's project is responsible for the case now."""
    if grant.project_id is None:
        return False
    return any(item.case_id == case_id and item.kind is ItemKind.CASE for item in (await reads.inbox(grant.project_id)).answer)


def timeline_json(facts: tuple[TimelineFact, ...], grant: Grant, *, glass_broken: bool = False) -> list[Plain]:
    """A case's facts as the grant's holder may see them; free text where its standing reads it, or by break-glass."""
    text_too = glass_broken or scope_of(grant.standing, View.FREE_TEXT) not in (None, Scope.OPENED)
    told = []
    for one in facts:
        if grant.standing is Standing.PROJECT and not _told_to_project(grant, one.fact):
            continue
        fact = fact_json(one.fact)
        if not text_too:
            fact = {name: value for name, value in fact.items() if name not in words_in(type(one.fact).__name__)}
        if grant.standing is Standing.PROJECT:
            fact.pop("other_case_id", None)
            fact.pop(OF_THE_NETWORK, None)
        if one.hand_over is not None:
            fact["hand_over"] = {**fields_json(one.hand_over), "complete": one.hand_over.is_complete}
        told.append({"sequence": one.sequence, "at_ms": one.at_ms, **fact})
    return told


def _told_to_project(grant: Grant, fact: Event | Outcome) -> bool:
    """Of its own case a project is told everything but who else was asked, what they answered, and why."""
    name = type(fact).__name__
    if isinstance(fact, Event):
        answers = REPORTS.get(name, {}).get(Standing.PROJECT) is Scope.ASKED
        return not answers or fact.actor.body == grant.body
    match OUTCOMES.get(name, {}).get(Standing.PROJECT):
        case Scope.OWN_CASES:
            return True
        case Scope.ASKED:
            return getattr(fact, "project_id", None) == grant.project_id
        case _:
            return False


def without_ids(plain: Mapping[str, object]) -> Plain:
    """The fact without what names a person, a case or what is done for one."""
    return {name: value for name, value in plain.items() if name not in IDS_OF_A_PERSON}


def words_in(fact_name: str) -> frozenset[str]:
    """The fields of a kind of fact that a person may have written anything in."""
    return _WORDS[fact_name]


def without_free_text(fact: Mapping[str, object]) -> Plain:
    """The fact without what somebody may have written in it."""
    return {name: value for name, value in fact.items() if name not in FREE_TEXT}


def audit_json(entry: AuditEntry) -> Plain:
    """An entry as far as the ledger shows it in clear."""
    return {**fields_json(entry.row), **{name: value for name, value in fields_json(entry).items() if name != "row"}}


def _without_words(plain: Plain) -> Plain:
    """A transfer, or a thing in an inbox, without what was asked and answered about it: that is free text."""
    told = {name: value for name, value in plain.items() if name not in ("question", "answer")}
    if isinstance(steps := told.get("steps"), list):
        told["steps"] = [without_free_text(step) for step in steps]
    if isinstance(transfer := told.get("transfer"), dict):
        told["transfer"] = _without_words(transfer)
    return told


def may_see_duty(grant: Grant, one: Duty) -> bool:
    """Whether the grant's holder may see a project's duty hours; who may ask at all is asked before."""
    return scope_of(grant.standing, View.DUTY) is not Scope.OWN_PROJECT or one.project_id == grant.project_id


def duty_json(one: Duty) -> Plain:
    """A project's duty hours."""
    hours: Plain = json.loads(one.hours)
    return {"project_id": one.project_id, "from_sequence": one.from_sequence, **hours}


def _without_proposal(state: TransferState) -> TransferState:
    """What a project is told of its own request before another has accepted: not whom the network asks, nor that a place is prepared."""
    stage = Stage.REQUESTED if state.stage is Stage.PREPARED else state.stage
    return replace(state, stage=stage, proposal=None, disclosures=0, declines=0, inquiries=())
