"""The gateway as the people of the day use it: events in as JSON, entries out, views looked at."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import httpx

from events.facts import FACT_TYPES, Outcome
from events.lines import format_line
from events.typed import fields_to_typed, hints_of
from events.verdict import Duplicate, Recorded, Refused, Unreadable
from events.vocabulary import RefusalCode
from ops.demand.agenda import Answer, Timed, Verdict

_WAIT_MS = 30_000
_ATTEMPTS = 20
_PAUSE_S = 0.5
ERASED = 410
_BYTES = (bytes, bytes | None)
"""Told as hex."""


class NotAccepted(Exception):
    """The gateway did not take an event, or had no entry for it in time; the message says what it answered."""


class Door:
    """One connection to the gateway."""

    def __init__(self, url: str, network: str, token: str) -> None:
        self._client = httpx.AsyncClient(
            base_url=f"{url}/v1/{network}", headers={"Authorization": f"Bearer {token}"}, timeout=httpx.Timeout(_WAIT_MS / 1000 + 30)
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._client.aclose()

    async def report(self, timed: Timed) -> Answer | None:
        """One event, and its entry; None where its case is erased and nothing was stored. Raises NotAccepted."""
        headers = {"content-type": "application/json", "Staffetta-Record-Time": str(timed.at_ms)}
        response = await self._post(format_line(timed.event), headers)
        return None if response.status_code == ERASED else answer_of(response.json())

    async def report_all(self, batch: Sequence[Timed]) -> list[Answer]:
        """Many events in order, and their entries. Raises NotAccepted."""
        lines = [json.dumps({**json.loads(format_line(timed.event)), "record_time_ms": timed.at_ms}, ensure_ascii=False) for timed in batch]
        response = await self._post("\n".join(lines), {"content-type": "application/x-ndjson"})
        return [answer_of(json.loads(line)) for line in response.text.splitlines()]

    async def view(self, path: str) -> dict[str, Any]:
        """A view as JSON. Raises httpx.HTTPError where it cannot be had now."""
        response = await self._client.get(path)
        response.raise_for_status()
        found: dict[str, Any] = response.json()
        return found

    async def _post(self, text: str, headers: dict[str, str]) -> httpx.Response:
        """Sends until it is accepted: sending again is harmless, for the event ids stay the same."""
        problem = "nothing"
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(_PAUSE_S)
            try:
                response = await self._client.post("/events", params={"wait_ms": _WAIT_MS}, content=text.encode(), headers=headers)
            except httpx.TransportError as failure:
                problem = type(failure).__name__
                continue
            if response.status_code in (200, 201, ERASED):
                return response
            problem = f"{response.status_code} {response.text[:300]}"
            if response.status_code not in (202, 503):
                break
        raise NotAccepted(f"The gateway answered: {problem}")


def answer_of(told: dict[str, Any]) -> Answer:
    """The entry that the gateway tells, as the people of the day take it. Raises NotAccepted where there is none yet."""
    if told["status"] != "accepted":
        raise NotAccepted(f"The gateway has no entry for event {told.get('event_id')}: {told['status']}")
    verdict: Verdict = Duplicate(told["sequence"]) if told["repeated"] else _verdict(told["verdict"])
    outcomes = tuple(outcome_of(each) for each in told["outcomes"] if not each.get("locked"))
    return Answer(told["sequence"], verdict, outcomes)


def _verdict(told: dict[str, Any]) -> Verdict:
    match told["kind"]:
        case "recorded":
            return Recorded()
        case "refused":
            return Refused(RefusalCode(told["code"]), told["field"])
        case "duplicate":
            return Duplicate(told["of_sequence"])
        case _:
            return Unreadable(told["why"])


def outcome_of(told: dict[str, Any]) -> Outcome:
    """The outcome in its JSON form. Raises KeyError for a name or a symbol that nobody knows."""
    kind = FACT_TYPES[told["outcome"]]
    hints = hints_of(kind)
    fields = {
        name: bytes.fromhex(value) if isinstance(value, str) and hints[name] in _BYTES else value for name, value in told.items() if name != "outcome"
    }
    outcome: Outcome = kind(**fields_to_typed(kind, tuple(hints))(fields))  # type: ignore[assignment]
    return outcome
