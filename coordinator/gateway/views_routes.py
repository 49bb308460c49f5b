"""Views out: as they stand or as of a sequence or a time, once or as a stream of server-sent events."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query
from sse_starlette import EventSourceResponse, JSONServerSentEvent, ServerSentEvent

from coordinator.access import Grant, Standing
from coordinator.access_log import Why
from coordinator.detail import cases_in, detail_json, details, whole_json, wholes
from coordinator.domain.who_may import Scope, View, scope_of
from coordinator.explained import explanation_json, inquiries_json
from coordinator.gateway import metrics
from coordinator.gateway.behind import behind
from coordinator.gateway.identity import TheGrant, TheRoom, require, require_inbox
from coordinator.gateway.language import AcceptLanguage, language_of
from coordinator.gateway.looking import InForce, recorded, turns
from coordinator.gateway.moments import AsOfSequence, AsOfTime, moment_of
from coordinator.gateway.problems import Code, Problem
from coordinator.opened import action_json, opening_of, to_be_dealt_with
from coordinator.plain import fields_json
from coordinator.rooms import NetworkRoom
from coordinator.viewing import (
    Plain,
    audit_json,
    band_json,
    cases_involved,
    duty_json,
    is_involved,
    item_for,
    may_see_duty,
    seen_json,
    timeline_json,
    transfer_for,
    unit_json,
)
from events.ids import is_slug, is_uuid
from events.vocabulary import SightPurpose
from projections.indicators import Period
from projections.reporting import draw_up_indicators

router = APIRouter(prefix="/v1/{network}", tags=["views"])

Answer = tuple[Plain, Collection[str]]
"""A view, and the cases that are shown in it."""
BANDS_READ_EVERY_S = 60
HELPLINE_INBOX = "helpline"
NO_PROJECT = ""
"""Runs no unit."""
HEARTBEAT_S = 15
END_MS = 253_402_300_800_000
"""The year 10000 begins."""

Stream = Annotated[bool, Query(description="As server-sent events: the view now, and again whenever it changes.")]


@router.get("/capacity", summary="What is free", response_model=None)
async def get_capacity(
    room: TheRoom, grant: TheGrant, still: InForce, as_of: AsOfSequence = None, as_of_ms: AsOfTime = None, stream: Stream = False
) -> Plain | EventSourceResponse:
    """Exact figures of all units to the helpline, of its own to a project; of others bands by macro-area, batched and delayed."""
    require(grant, View.BANDS)
    exact = scope_of(grant.standing, View.CAPACITY)
    moment = moment_of(as_of, as_of_ms)

    async def read() -> Answer:
        units = await room.reads.capacity(moment, project_id=None if exact is Scope.EVERYTHING else grant.project_id or NO_PROJECT)
        plain = seen_json(units, "units", [unit_json(one, grant) for one in units.answer if exact is not None])
        if moment is None:
            bands = await room.reads.capacity_bands()
            plain["bands"] = {"as_of": {"at_ms": bands.at_ms}, "areas": [band_json(band) for band in bands.answer]}
        return plain, ()

    return await _once_or_stream(Asked(room, grant, View.CAPACITY, read, still), stream and moment is None)


@router.get("/duty", summary="When somebody answers", response_model=None)
async def get_duty(room: TheRoom, grant: TheGrant, as_of: AsOfSequence = None, as_of_ms: AsOfTime = None) -> Plain:
    """By project, as it published; one that is not here keeps the working hours of the policy. All to helpline and administrators, a project its own."""
    require(grant, View.DUTY)
    seen = await behind(room.reads.duty(moment_of(as_of, as_of_ms)))
    return seen_json(seen, "duty", [duty_json(one) for one in seen.answer if may_see_duty(grant, one)])


@router.get("/transfers", summary="Open transfers", response_model=None)
async def get_transfers(
    room: TheRoom, grant: TheGrant, still: InForce, as_of: AsOfSequence = None, as_of_ms: AsOfTime = None, stream: Stream = False
) -> Plain | EventSourceResponse:
    """All of them to the helpline; to a project those of its own cases and those it has accepted."""
    require(grant, View.TRANSFERS)
    moment = moment_of(as_of, as_of_ms)

    async def read() -> Answer:
        seen = await room.reads.transfers(moment)
        shown = [(one.case_id, plain) for one in seen.answer if (plain := transfer_for(grant, one)) is not None]
        return seen_json(seen, "transfers", [plain for _, plain in shown]), [case for case, _ in shown]

    return await _once_or_stream(Asked(room, grant, View.TRANSFERS, read, still), stream and moment is None)


@router.get("/inbox/{project_id}", summary="What waits for a project, or for the helpline", response_model=None)
async def get_inbox(
    room: TheRoom,
    grant: TheGrant,
    still: InForce,
    project_id: Annotated[str, Path()],
    as_of: AsOfSequence = None,
    as_of_ms: AsOfTime = None,
    stream: Stream = False,
) -> Plain | EventSourceResponse:
    """A project's own; `helpline` is the helpline's."""
    if not is_slug(project_id):
        raise Problem(Code.NOT_FOUND)
    require_inbox(grant, None if project_id == HELPLINE_INBOX else project_id)
    moment = moment_of(as_of, as_of_ms)

    async def read() -> Answer:
        seen = await room.reads.inbox(None if project_id == HELPLINE_INBOX else project_id, moment)
        return seen_json(seen, "items", [item_for(grant, item) for item in seen.answer]), [item.case_id for item in seen.answer]

    return await _once_or_stream(Asked(room, grant, View.INBOX, read, still), stream and moment is None)


@router.get("/cases/{case_id}", summary="One case's timeline", response_model=None)
async def get_case(room: TheRoom, grant: TheGrant, case_id: Annotated[str, Path()], as_of: AsOfSequence = None, as_of_ms: AsOfTime = None) -> Plain:
    """To the helpline without free text, unless it opened it; to a project its own cases, without where they were offered. Unknown, erased, another's: all 404 alike."""
    require(grant, View.CASE)
    if not is_uuid(case_id):
        raise Problem(Code.NOT_FOUND)
    moment = moment_of(as_of, as_of_ms)
    if grant.standing is Standing.PROJECT and not await behind(is_involved(room.reads, grant, case_id, moment)):
        raise Problem(Code.NOT_FOUND)
    seen = await behind(room.reads.timeline(case_id, moment))
    if not seen.answer:
        raise Problem(Code.NOT_FOUND)
    opening = None
    if scope_of(grant.standing, View.FREE_TEXT) is Scope.OPENED:
        now = await behind(room.reads.actions_about(case_id))
        opening = opening_of(grant, now.answer, SightPurpose.FREE_TEXT, case_id, now.at_ms)
    await recorded(room, grant, View.CASE, [case_id], why=Why.BREAK_GLASS if opening else None, action_id=opening)
    return {**seen_json(seen, "facts", timeline_json(seen.answer, grant, glass_broken=opening is not None)), "opened_by": opening}


@router.get("/actions", summary="What waits for a second person or a review")
async def get_actions(room: TheRoom, grant: TheGrant) -> Plain:
    """Actions that take two people, and openings in force, with what is due by when. For the helpline and administrators; to a project of its cases."""
    scope = require(grant, View.REVIEW)
    seen = await behind(room.reads.actions())
    found = to_be_dealt_with(seen.answer, seen.at_ms)
    if scope is Scope.INVOLVED_CASES:
        theirs = await behind(cases_involved(room.reads, grant))
        found = [action for action in found if action.event.case_id in theirs]
    await recorded(room, grant, View.REVIEW, {action.event.case_id for action in found})
    return seen_json(seen, "actions", [action_json(action, seen.at_ms) for action in found])


@router.get("/transfers/{transfer_id}/explanations", summary="Why so, or why not", response_model=None)
async def get_explanations(
    room: TheRoom,
    grant: TheGrant,
    transfer_id: Annotated[str, Path()],
    as_of: AsOfSequence = None,
    as_of_ms: AsOfTime = None,
    accept_language: AcceptLanguage = None,
) -> Plain:
    """For each decision about a transfer: every unit, with the rule that excluded it or its score, and a `sentence` beside each code. For the helpline and
    auditors; to the helpline also `inquiries`, the projects asked whether they could, with what came of it.

    `term_over`: the entries whose explanations can be read no more, because their term is over."""
    require(grant, View.EXPLANATION)
    seen = await behind(room.reads.explanations(transfer_id, moment_of(as_of, as_of_ms))) if is_uuid(transfer_id) else None
    if seen is None or (found := seen.answer) is None or not (found.told or found.over):
        raise Problem(Code.NOT_FOUND)
    await recorded(room, grant, View.EXPLANATION, {found.case_id})
    language = language_of(accept_language)
    told = [explanation_json(one, grant, language) for one in found.told]
    return {**seen_json(seen, "explanations", told), "term_over": list(found.over), **inquiries_json(found.inquiries, grant, language)}


@router.get("/transfers/{transfer_id}/explanations/whole", summary="Why so, every unit named")
async def get_whole(room: TheRoom, grant: TheGrant, transfer_id: Annotated[str, Path()], accept_language: AcceptLanguage = None) -> Plain:
    """The last explanation of a transfer with every unit named: decided again from the ledger, which takes its time. For the helpline and auditors.

    `recomputed`: `same` where the digest recorded is that of the whole; `differs`; `gone` where a key is destroyed."""
    require(grant, View.EXPLANATION)
    seen = await behind(room.reads.explanations(transfer_id)) if is_uuid(transfer_id) else None
    if seen is None or seen.answer is None or not seen.answer.told:
        raise Problem(Code.NOT_FOUND)
    last = seen.answer.told[-1:]
    (whole,) = await behind(wholes(room, last))
    await recorded(room, grant, View.EXPLANATION, {seen.answer.case_id})
    return seen_json(seen, "explanation", whole_json(last[0], whole, grant, language_of(accept_language)))


@router.get("/transfers/{transfer_id}/explanations/detail", summary="Which danger, which link")
async def get_detail(room: TheRoom, grant: TheGrant, transfer_id: Annotated[str, Path()]) -> Plain:
    """What stands behind `safety` in the last explanation of a transfer, for whoever opened it (`GlassBroken`, purpose `safety_detail`)."""
    require(grant, View.DETAIL)
    seen = await behind(room.reads.explanations(transfer_id)) if is_uuid(transfer_id) else None
    if seen is None or seen.answer is None or not seen.answer.told:
        raise Problem(Code.NOT_FOUND)
    last = seen.answer.told[-1:]
    case_id = last[0].explained.case_id
    now = await behind(room.reads.actions_about(case_id))
    opening = opening_of(grant, now.answer, SightPurpose.SAFETY_DETAIL, case_id, now.at_ms, transfer_id=transfer_id)
    if opening is None and grant.standing is not Standing.SIMULATOR:
        raise Problem(Code.NOT_OPENED)
    found = await behind(details(room, last))
    await recorded(room, grant, View.DETAIL, cases_in(last, found), why=Why.BREAK_GLASS, action_id=opening)
    return seen_json(seen, "detail", {"sequence": last[0].sequence, "units": detail_json(found[0]), "opened_by": opening})


@router.get("/audit", summary="The trail of entries", response_model=None)
async def get_audit(
    room: TheRoom,
    grant: TheGrant,
    as_of: AsOfSequence = None,
    as_of_ms: AsOfTime = None,
    from_sequence: Annotated[int, Query(ge=0)] = 0,
    kind: Annotated[str | None, Query(max_length=64, description="Kind of event, such as TransferRequested.")] = None,
    verdict: Annotated[str | None, Query(max_length=16)] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Plain:
    """As far as the ledger shows it in clear, newest first. For the helpline, administrators and auditors."""
    require(grant, View.AUDIT)
    seen = await behind(room.reads.audit(moment_of(as_of, as_of_ms), from_sequence=from_sequence, kind=kind, verdict=verdict, limit=limit))
    return seen_json(seen, "entries", [audit_json(entry) for entry in seen.answer])


@router.get("/indicators", summary="Monitoring indicators of a period", response_model=None)
async def get_indicators(
    room: TheRoom,
    grant: TheGrant,
    from_ms: Annotated[int, Query(ge=0, description="First instant of the period, milliseconds since 1970.")] = 0,
    to_ms: Annotated[int, Query(ge=0, description="First instant after it; the end of all time where left out.")] = END_MS,
) -> Plain:
    """Counts of cases and events, with what became of them by now; not for publication. For the department (evaluator), helpline and administrators."""
    require(grant, View.INDICATORS)
    if to_ms <= from_ms:
        raise Problem(
            Code.REQUEST_INVALID,
            ("The period ends before it begins.", "Il periodo finisce prima di iniziare."),
            {"fields": ["query.from_ms", "query.to_ms"]},
        )
    return fields_json(await behind(draw_up_indicators(room.reads, Period(from_ms, to_ms))))


@router.get("/access", summary="Who looked at whose data", response_model=None)
async def get_access(
    room: TheRoom,
    grant: TheGrant,
    case: Annotated[str | None, Query(max_length=64, description="A case's id, or its keyed reference from these records.")] = None,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 100,
) -> Plain:
    """Newest first; cases by keyed reference. For auditors."""
    require(grant, View.ACCESS)
    reference = await room.access.reference(case) if case is not None and is_uuid(case) else case
    looks = [look for look in await behind(room.access.read()) if reference is None or reference in look.cases]
    return {"looks": [fields_json(look) for look in reversed(looks[-limit:])]}


@router.get("/health", summary="How the views are", response_model=None)
async def get_health(room: TheRoom, grant: TheGrant) -> Plain:
    """Position, lag, age, sums by verdict. For every standing but projects."""
    require(grant, View.HEALTH)
    position = room.intake.tail.position
    seen = await behind(room.reads.health(None if position is None else position.offset + 1))
    return seen_json(seen, "health", fields_json(seen.answer))


@dataclass(frozen=True, slots=True)
class Asked:
    """A view that somebody asks for, once or as a stream."""

    room: NetworkRoom
    grant: Grant
    view: View
    read: Callable[[], Awaitable[Answer]]
    still: Callable[[], bool]
    """Whether the asker's token is in force."""

    async def served(self) -> Plain:
        """The view as it is now, once it is recorded who looks. Raises Problem."""
        plain, cases = await behind(self.read())
        await recorded(self.room, self.grant, self.view, cases)
        return plain


async def _once_or_stream(asked: Asked, stream: bool) -> Plain | EventSourceResponse:
    first = await asked.served()
    if not stream:
        return first
    return EventSourceResponse(_events(asked, first), ping=HEARTBEAT_S)


async def _events(asked: Asked, first: Plain) -> AsyncIterator[ServerSentEvent]:
    """The view, and again for each change that this caller can see: what somebody may not see must not show in when something is sent either.

    Bands are read again by the clock alone as well: were they sent with the next change of something else, its time would show.
    """
    room, view = asked.room, str(asked.view)
    with metrics.streams.labels(room.name, view).track_inprogress():
        last = _content(first)
        yield JSONServerSentEvent(first, event=view, id=str(_sequence(first)))
        async for _ in turns(
            room.reads.changes(view, _sequence(first)), asked.still, _Every(BANDS_READ_EVERY_S if asked.view is View.CAPACITY else None)
        ):
            try:
                plain, cases = await behind(asked.read())
                if (content := _content(plain)) == last:
                    continue
                await recorded(room, asked.grant, asked.view, cases)
            except Problem:
                return  # the caller connects again, and is told then
            if not asked.still():
                break
            last = content
            yield JSONServerSentEvent(plain, event=view, id=str(_sequence(plain)))
        if not asked.still():
            metrics.streams_shut.labels(room.name, view).inc()


class _Every:
    """Says yes once in each period of the clock; None: never."""

    def __init__(self, seconds: int | None) -> None:
        self._seconds = seconds
        self._period = self._now()

    def __call__(self) -> bool:
        now, before = self._now(), self._period
        self._period = now
        return now != before

    def _now(self) -> int:
        return 0 if self._seconds is None else int(time.time()) // self._seconds


def _content(plain: Plain) -> Plain:
    return {name: value for name, value in plain.items() if name not in ("as_of", "reached", "age_ms")}


def _sequence(plain: Plain) -> int:
    reached = plain["reached"]
    assert isinstance(reached, int)
    return reached
