"""Entries as JSON: what the gateway answers, with only the outcomes that the caller may see."""

from __future__ import annotations

from collections.abc import Collection

from coordinator.access import Grant, Standing
from coordinator.gateway.sight import outcomes_for
from coordinator.intake.door import Answer, Gone, NotYet, Told
from coordinator.plain import fact_json
from coordinator.viewing import OF_THE_NETWORK, without_ids
from events.availability import AvailabilityPublished, AvailabilityReaffirmed
from events.entry import Locked, Unread
from events.fact import Actor
from events.facts import Outcome
from events.language import Language
from events.network import UnitAmended, UnitClosed, UnitOpened
from events.sentences import refusal_sentence
from events.verdict import Duplicate, Recorded, Refused, Unreadable


def verdict_json(verdict: Recorded | Refused | Duplicate | Unreadable) -> dict[str, object]:
    """The verdict with its code and a sentence for people: `sentence` in English, `sentences` in each language."""
    match verdict:
        case Recorded():
            return {"kind": "recorded"}
        case Refused(code=code, field=field):
            told = {language.value: refusal_sentence(code, language) for language in Language}
            return {"kind": "refused", "code": str(code), "field": field, "sentence": told[Language.ENGLISH.value], "sentences": told}
        case Duplicate(of_sequence=first):
            return {"kind": "duplicate", "of_sequence": first}
        case Unreadable(why=why):
            return {"kind": "unreadable", "why": why}


def speaker_of(told: Told) -> Actor | None:
    """Who said the event, where it can be opened."""
    event = told.decision.opened.event
    return None if isinstance(event, Locked | Unread) else event.actor


def event_name(told: Told) -> str | None:
    """The event's kind; None where it could not be read."""
    match told.decision.opened.event:
        case Unread():
            return None
        case Locked(name=name):
            return name
        case event:
            return type(event).__name__


def units_in(told: Told) -> tuple[str, ...]:
    """The unit that the event itself is about, if any."""
    match told.decision.opened.event:
        case UnitOpened() | UnitAmended() | UnitClosed() | AvailabilityPublished() | AvailabilityReaffirmed() as event:
            return (event.unit_id,)
        case _:
            return ()


def told_outcomes(told: Told, grant: Grant, own_units: Collection[str]) -> list[Outcome | Locked]:
    """The outcomes of an entry that the grant's holder may see, in order."""
    speaker = speaker_of(told)
    said_it = speaker is not None and grant.may_say(speaker) is None
    if said_it and isinstance(told.verdict, Recorded):
        own_units = {*own_units, *units_in(told)}  # the network let them speak of it, and the views may not know it yet
    return outcomes_for(grant, own_units, said_it, told.decision.outcomes)


def cases_in(outcomes: Collection[Outcome | Locked]) -> set[str]:
    """Cases that outcomes tell something of."""
    found = {getattr(outcome, "case_id", None) for outcome in outcomes}
    return {case for case in found if isinstance(case, str)}


def told_json(told: Told, grant: Grant, outcomes: Collection[Outcome | Locked]) -> dict[str, object]:
    """An accepted entry with these outcomes. Of the event only its kind is told: who said it has the rest, and others have the views."""
    return {
        "status": "accepted",
        "network": told.decision.network,
        "sequence": told.sequence,
        "event_offset": told.decision.event_offset,
        "event_time_ms": told.decision.event_time_ms,
        "hash": told.hash.hex(),
        "previous_hash": told.previous_hash.hex(),
        "repeated": told.repeated,
        "event": event_name(told),
        "verdict": verdict_json(told.verdict),
        "outcomes": [_outcome_json(grant, outcome) for outcome in outcomes],
    }


def _outcome_json(grant: Grant, outcome: Outcome | Locked) -> dict[str, object]:
    """An auditor judges an explanation without knowing whose it is; a project is not told a score, which follows from what others answered as well."""
    plain = fact_json(outcome)
    if grant.standing is Standing.PROJECT:
        plain.pop(OF_THE_NETWORK, None)
    return without_ids(plain) if grant.standing is Standing.AUDITOR else plain


def answer_json(answer: Answer, network: str, grant: Grant, outcomes: Collection[Outcome | Locked]) -> dict[str, object]:
    """An entry with these outcomes, or where it will be."""
    match answer:
        case Told():
            return told_json(answer, grant, outcomes)
        case NotYet(event_id=event_id):
            return {"status": "pending", "event_id": event_id, "location": event_path(network, event_id)}
        case Gone(event_id=event_id):
            return {"status": "erased", "event_id": event_id}


def event_path(network: str, event_id: str) -> str:
    """Where an event's entry is, or will be."""
    return f"/v1/{network}/events/{event_id}"


def entry_path(network: str, sequence: int) -> str:
    """Where an entry is."""
    return f"/v1/{network}/entries/{sequence}"
