"""Events in: one as JSON, many as JSON lines; and their entries."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import Response

from coordinator.access import Grant
from coordinator.domain.who_may import Scope, View
from coordinator.gateway.body import (
    MAX_BATCH_EVENTS,
    MAX_BATCH_TEXT_BYTES,
    MAX_EVENT_TEXT_BYTES,
    read_body,
    text_of,
    wait_of,
    with_key,
    without_record_time,
)
from coordinator.gateway.identity import TheGrant, TheRoom, TheRooms, require, require_own_words
from coordinator.gateway.looking import recorded
from coordinator.gateway.problems import Code, Problem
from coordinator.gateway.sight import may_look_up
from coordinator.gateway.taking import answered, reading, submitted, to_show
from coordinator.gateway.telling import answer_json, cases_in, event_name, speaker_of, told_json, told_outcomes
from coordinator.intake.door import NotYet, Told
from coordinator.rooms import NetworkRoom
from events.errors import LineInvalid
from events.facts import Event
from events.ids import is_uuid
from events.lines import parse_line
from events.referral import ReferralReceived
from events.verdict import Recorded

router = APIRouter(prefix="/v1/{network}", tags=["events"])

JSON_LINES = "application/x-ndjson"
EVENT_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object", "required": ["event"], "properties": {"event": {"type": "string"}}}},
            JSON_LINES: {"schema": {"type": "string", "description": "One event a line, in order."}},
        },
    }
}


@router.post("/events", summary="Report one event, or many as JSON lines", openapi_extra=EVENT_BODY, status_code=201)
async def post_events(
    request: Request,
    rooms: TheRooms,
    room: TheRoom,
    grant: TheGrant,
    wait_ms: Annotated[int | None, Query(ge=0, le=60_000, description="Milliseconds to wait for the entry; else `Prefer: wait=SECONDS`.")] = None,
    idempotency_key: Annotated[str | None, Header(description="UUIDv7; the event's id where the body has none.")] = None,
    staffetta_record_time: Annotated[int | None, Header(ge=0, description="Milliseconds since 1970 that date the event; development only.")] = None,
) -> Response:
    """201 with the accepted entry, whatever its verdict; 200 where the same event had been accepted before; 202 where the wait was over first."""
    wait = wait_of(request, wait_ms, rooms.default_wait_ms)
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    dates = rooms.development and room.intake.own_clock
    if staffetta_record_time is not None and not dates:
        raise Problem(Code.TIME_NOT_YOURS)
    if kind == JSON_LINES:
        return await _many(request, room, grant, wait, dates)
    if kind != "application/json":
        raise Problem(Code.MEDIA_TYPE_UNKNOWN)
    text = with_key(text_of(await read_body(request, MAX_EVENT_TEXT_BYTES)), idempotency_key)
    event = _event(text, 1, room, grant)
    return await answered(room, grant, event, wait, staffetta_record_time)


@router.get("/events/{event_id}", summary="The entry of an event")
async def get_event(room: TheRoom, grant: TheGrant, event_id: Annotated[str, Path()]) -> dict[str, object]:
    """404 while there is none: not sent, or not accepted yet. To others than the helpline and the one who said it, there is none.

    A referrer learns that a referral was received, by the id that it was sent under, and no more.
    """
    scope = require(grant, View.ENTRY)
    told = await reading(room.intake.answer_of(event_id)) if is_uuid(event_id) else None
    if scope is Scope.RECEIVED and told is not None and isinstance(told.verdict, Recorded) and event_name(told) == ReferralReceived.__name__:
        return {"status": "received"}
    if told is None or not may_look_up(grant, speaker_of(told)):
        raise Problem(Code.NOT_FOUND)
    return await _looked_up(room, grant, told)


@router.get("/entries/{sequence}", summary="An entry of the ledger")
async def get_entry(room: TheRoom, grant: TheGrant, sequence: Annotated[int, Path(ge=0)]) -> dict[str, object]:
    """404 while the ledger has not come so far, and for operators' entries."""
    require(grant, View.ENTRY)
    told = await reading(room.intake.entry(sequence))
    if told is None or not may_look_up(grant, speaker_of(told)):
        raise Problem(Code.NOT_FOUND)
    return await _looked_up(room, grant, told)


async def _many(request: Request, room: NetworkRoom, grant: Grant, wait: timedelta, dates: bool) -> Response:
    """One line of answer for each line of the batch. Every line is checked before the first is sent."""
    lines = text_of(await read_body(request, MAX_BATCH_TEXT_BYTES)).split("\n")
    numbered = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if len(numbered) > MAX_BATCH_EVENTS:
        said = (
            f"A batch holds at most {MAX_BATCH_EVENTS} events; nothing of it was stored.",
            f"Un invio contiene al massimo {MAX_BATCH_EVENTS} eventi; nulla è stato conservato.",
        )
        raise Problem(Code.TOO_LARGE, said, {"limit_events": MAX_BATCH_EVENTS})
    dated = [without_record_time(line) if dates else (line, None) for _, line in numbered]
    events = [_event(line, number, room, grant) for (number, _), (line, _) in zip(numbered, dated, strict=True)]
    answers = await submitted(room, events, wait, [at_ms for _, at_ms in dated])
    shown = zip(answers, await to_show(room, grant, answers), strict=True)
    text = "".join(json.dumps(answer_json(answer, room.name, grant, outcomes), separators=(",", ":")) + "\n" for answer, outcomes in shown)
    return Response(text, 202 if any(isinstance(answer, NotYet) for answer in answers) else 200, media_type=JSON_LINES)


async def _looked_up(room: NetworkRoom, grant: Grant, told: Told) -> dict[str, object]:
    outcomes = told_outcomes(told, grant, await room.units_of(grant.project_id))
    await recorded(room, grant, View.ENTRY, cases_in(outcomes))
    return told_json(told, grant, outcomes)


def _event(text: str, line: int, room: NetworkRoom, grant: Grant) -> Event:
    """The event in one line of text, said by the token's holder. Raises Problem with the line's number."""
    if len(text) > MAX_EVENT_TEXT_BYTES:
        raise Problem(
            Code.TOO_LARGE,
            (
                f"Line {line} is over {MAX_EVENT_TEXT_BYTES} bytes; nothing was stored.",
                f"La riga {line} supera {MAX_EVENT_TEXT_BYTES} byte; nulla è stato conservato.",
            ),
            {"line": line, "limit_bytes": MAX_EVENT_TEXT_BYTES},
        )
    try:
        event = parse_line(text, line)
    except LineInvalid as invalid:
        raise Problem(Code.EVENT_INVALID, invalid.said, {"line": invalid.line}) from None
    require_own_words(room, grant, event.actor, line)
    return event
