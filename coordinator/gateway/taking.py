"""Events taken in and answered with their accepted entries: what every route does that reports something."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from datetime import timedelta
from typing import TypeVar

from fastapi.responses import JSONResponse, Response

from coordinator.access import Grant
from coordinator.domain.who_may import View
from coordinator.gateway import metrics
from coordinator.gateway.looking import recorded
from coordinator.gateway.problems import Code, Problem
from coordinator.gateway.telling import answer_json, cases_in, entry_path, event_path, told_outcomes
from coordinator.intake.append import BrokersSilent
from coordinator.intake.door import Answer, EventTooLarge, Gone, Lagging, NotYet, Told
from coordinator.intake.tail import TailEnded
from coordinator.rooms import NetworkRoom
from events.entry import Locked
from events.facts import Event, Outcome
from events.topics import MAX_EVENT_BYTES

RETRY_AFTER_S = 2

T = TypeVar("T")


async def answered(room: NetworkRoom, grant: Grant, event: Event, wait: timedelta, dated_ms: int | None = None) -> Response:
    """One event reported: 201 with its entry, 200 where it had been accepted before, 202 where the wait was over first. Raises Problem."""
    (answer,) = await submitted(room, [event], wait, [dated_ms])
    (outcomes,) = await to_show(room, grant, [answer])
    content = answer_json(answer, room.name, grant, outcomes)
    if isinstance(answer, Gone):
        raise Problem(Code.ERASED)
    if isinstance(answer, NotYet):
        return JSONResponse(content, 202, {"Location": event_path(room.name, event.event_id), "Retry-After": str(RETRY_AFTER_S)})
    headers = {"Location": entry_path(room.name, answer.sequence)}
    return JSONResponse(content, 200 if answer.repeated else 201, headers)


async def submitted(room: NetworkRoom, events: Sequence[Event], wait: timedelta, dated_ms: Sequence[int | None]) -> list[Answer]:
    """Answers to these events, in order, once they have entries or the wait is over. Raises Problem."""
    with metrics.answered_after.labels(room.name).time():
        answers = await reading(room.intake.submit(events, wait, dated_ms))
    for answer in answers:
        metrics.answers.labels(room.name, type(answer.verdict if isinstance(answer, Told) else answer).__name__.lower()).inc()
    return answers


async def to_show(room: NetworkRoom, grant: Grant, answers: Sequence[Answer]) -> list[list[Outcome | Locked]]:
    """For each answer the outcomes to show. Where the look cannot be recorded, those about cases are left out: the events are accepted all the same, and
    the entry can be looked up later."""
    units = await room.units_of(grant.project_id)
    shown = [told_outcomes(answer, grant, units) if isinstance(answer, Told) else [] for answer in answers]
    try:
        await recorded(room, grant, View.REPORT, {case for outcomes in shown for case in cases_in(outcomes)})
    except Problem:
        return [[outcome for outcome in outcomes if not cases_in([outcome])] for outcomes in shown]
    return shown


async def reading(answer: Awaitable[T]) -> T:
    """Failures of what stands behind, as problems."""
    try:
        return await answer
    except Lagging as lagging:
        raise Problem(Code.LAGGING, more={"lag_ms": lagging.lag_ms}, headers={"Retry-After": str(RETRY_AFTER_S)}) from None
    except EventTooLarge as large:
        raise Problem(
            Code.TOO_LARGE, (f"{large}; nothing was stored.", f"L'evento cifrato supera {MAX_EVENT_BYTES} byte; nulla è stato conservato.")
        ) from None
    except (BrokersSilent, TailEnded):
        raise Problem(Code.UNAVAILABLE, headers={"Retry-After": str(RETRY_AFTER_S)}) from None
