"""Views as plain JSON values, one shape for gateway and command line; and what of them each standing may see.

A project sees its own units, its own cases, and proposals made to it. Before it accepts, the project that asks is not told who was asked; a project
that was asked is never told where the person is. Exact figures of others' units, explanations and other projects' steps are the helpline's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from coordinator.access import Grant, Standing
from coordinator.plain import fact_json, fields_json, value_json
from events.transfer import MatchExplained, PlaceKeptFor, ProposalEnded, ProposalMade
from projections.freshness import AreaBand, UnitCapacity
from projections.inbox import Item, ItemKind
from projections.moment import Seen
from projections.reads import AuditEntry, Explanation, OpenTransfer, TimelineFact
from projections.transfers import Stage, TransferState

FREE_TEXT = frozenset({"note", "text"})
"""Fields of facts that a person may have written anything in: the helpline reads them by break-glass alone."""

ALL_SEEING = frozenset({Standing.HELPLINE, Standing.SIMULATOR})

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


def unit_json(one: UnitCapacity) -> Plain:
    """A unit's exact figures."""
    return {**fields_json(one.unit), **{name: value for name, value in fields_json(one).items() if name != "unit"}}


def band_json(band: AreaBand) -> Plain:
    """A macro-area's band."""
    return fields_json(band)


def transfer_json(one: OpenTransfer) -> Plain:
    """A transfer with its case, as the helpline sees it."""
    return {
        "case_id": one.case_id,
        "responsible": one.responsible,
        "household": value_json(one.household),
        **fields_json(one.transfer),
        "state": fields_json(one.state),
    }


def transfer_for(grant: Grant, one: OpenTransfer) -> Plain | None:
    """The transfer as the grant's holder may see it; None: not at all."""
    if grant.standing in ALL_SEEING:
        return transfer_json(one)
    if grant.standing is not Standing.PROJECT:
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


def item_json(item: Item) -> Plain:
    """A thing in an inbox; other projects' steps are the helpline's."""
    plain = fields_json(item)
    if item.transfer is not None:
        plain["transfer"] = {**fields_json(item.transfer), "steps": []}
    if item.kind is ItemKind.CASE and item.state is not None and item.state.stage is Stage.PROPOSED:
        plain["state"] = fields_json(_without_proposal(item.state))
    return plain


def helpline_item_json(item: Item) -> Plain:
    """The same for the helpline, which sees the coordination of all cases."""
    return fields_json(item)


def timeline_json(facts: tuple[TimelineFact, ...], grant: Grant | None) -> list[Plain]:
    """A case's facts; `grant` None: everything, for an operator at the machine. For others than the case's project no free text."""
    told = []
    for one in facts:
        if (
            grant is not None
            and grant.standing is Standing.PROJECT
            and isinstance(one.fact, ProposalMade | ProposalEnded | PlaceKeptFor | MatchExplained)
        ):
            continue
        fact = fact_json(one.fact)
        if grant is not None:
            fact = without_free_text(fact) if grant.standing is Standing.HELPLINE else fact
            if grant.standing is Standing.PROJECT:
                fact.pop("other_case_id", None)
        told.append({"sequence": one.sequence, "at_ms": one.at_ms, **fact})
    return told


def without_free_text(fact: Mapping[str, object]) -> Plain:
    """The fact without what somebody may have written in it."""
    return {name: value for name, value in fact.items() if name not in FREE_TEXT}


def audit_json(entry: AuditEntry) -> Plain:
    """An entry as far as the ledger shows it in clear."""
    return {**fields_json(entry.row), **{name: value for name, value in fields_json(entry).items() if name != "row"}}


def explanation_json(one: Explanation) -> Plain:
    """An explanation: which rule excluded which units, how the others scored."""
    return {"sequence": one.sequence, "at_ms": one.at_ms, **fields_json(one.explained)}


def _without_proposal(state: TransferState) -> TransferState:
    return replace(state, proposal=None, disclosures=0, declines=0)
