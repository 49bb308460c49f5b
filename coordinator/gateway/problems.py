"""Every way in which the gateway says no, as problem details (RFC 9457). One catalogue: code, status, title, what to do.

Each is told in English or Italian, as `Accept-Language` says. A refusal by the network is not a problem: it is an accepted entry, and is answered as one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from coordinator.gateway.language import AcceptLanguage, language_of
from coordinator.gateway.problems_in_italian import IN_ITALIAN
from events.language import Language, Said, in_language

MEDIA_TYPE = "application/problem+json"


class Code(StrEnum):
    """Names of the problems; the last part of their `type`."""

    TOKEN_MISSING = "token-missing"
    TOKEN_UNKNOWN = "token-unknown"
    NOT_ALLOWED = "not-allowed"
    NOT_OPENED = "not-opened"
    ACTOR_DIFFERS = "actor-differs"
    UNKNOWN_NETWORK = "unknown-network"
    NOT_FOUND = "not-found"
    AHEAD = "views-behind"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    EVENT_INVALID = "event-invalid"
    REQUEST_INVALID = "request-invalid"
    KEY_INVALID = "idempotency-key-invalid"
    KEY_DIFFERS = "idempotency-key-differs"
    KEY_MISSING = "idempotency-key-missing"
    POLICY_INVALID = "policy-invalid"
    POLICY_REFUSED = "policy-would-be-refused"
    POLICY_DIFFERS = "policy-differs"
    NO_POLICY = "no-policy"
    BUSY = "busy"
    TIME_NOT_YOURS = "time-not-yours"
    MEDIA_TYPE_UNKNOWN = "media-type-unknown"
    TOO_LARGE = "too-large"
    ERASED = "erased"
    LAGGING = "lagging"
    UNAVAILABLE = "unavailable"
    NOT_RECORDED = "not-recorded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Kind:
    """One problem of the catalogue."""

    status: HTTPStatus
    title: str
    what_to_do: str


CATALOGUE: dict[Code, Kind] = {
    Code.TOKEN_MISSING: Kind(HTTPStatus.UNAUTHORIZED, "No token", "Send `Authorization: Bearer TOKEN`."),
    Code.TOKEN_UNKNOWN: Kind(HTTPStatus.UNAUTHORIZED, "The token is not in force", "Ask an administrator of the network for a new one."),
    Code.NOT_ALLOWED: Kind(
        HTTPStatus.FORBIDDEN,
        "Not for this token",
        "This is for another standing, project or network than the token's: ask whoever has one, or an administrator for the right one.",
    ),
    Code.NOT_OPENED: Kind(
        HTTPStatus.FORBIDDEN,
        "Nobody has opened this for you",
        "Report `GlassBroken` with your reason, and have somebody of another body confirm it; a token that names no person opens nothing.",
    ),
    Code.ACTOR_DIFFERS: Kind(
        HTTPStatus.FORBIDDEN,
        "The event speaks for somebody else",
        "The event's actor must be the token's: same body, same role, and person where it names one.",
    ),
    Code.UNKNOWN_NETWORK: Kind(HTTPStatus.NOT_FOUND, "No such network here", "Check the network's name in the address."),
    Code.NOT_FOUND: Kind(HTTPStatus.NOT_FOUND, "Nothing here", "Check the address; an entry or event may also not be accepted yet."),
    Code.AHEAD: Kind(HTTPStatus.CONFLICT, "The views have not come so far", "Ask again in a moment, or for an earlier sequence."),
    Code.METHOD_NOT_ALLOWED: Kind(HTTPStatus.METHOD_NOT_ALLOWED, "Not that way", "See `Allow`, or the description at /openapi.json."),
    Code.EVENT_INVALID: Kind(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Not an event",
        "Correct what `detail` names; in a batch, `line` says where. Nothing of the request was stored.",
    ),
    Code.REQUEST_INVALID: Kind(HTTPStatus.UNPROCESSABLE_ENTITY, "The request does not fit", "Correct the parameters that `fields` names."),
    Code.KEY_INVALID: Kind(
        HTTPStatus.BAD_REQUEST,
        "The idempotency key is no UUIDv7",
        "Make a UUIDv7 for each event, and send the same one again when the outcome is unknown.",
    ),
    Code.KEY_DIFFERS: Kind(
        HTTPStatus.BAD_REQUEST, "Key and event id differ", "`Idempotency-Key` and `event_id` name the same thing; send one, or both equal."
    ),
    Code.KEY_MISSING: Kind(
        HTTPStatus.BAD_REQUEST,
        "No idempotency key",
        "Send `Idempotency-Key` with a fresh UUIDv7, and the same one again when the outcome is unknown: it becomes the event's id.",
    ),
    Code.POLICY_INVALID: Kind(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "Not a policy",
        "Correct what `detail` names. `GET /v1/{network}/policy` shows every field; nothing of the request was stored.",
    ),
    Code.POLICY_REFUSED: Kind(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "The network would refuse this policy",
        "`refusal` says why, as a verdict would; nothing was reported, and nothing was stored.",
    ),
    Code.POLICY_DIFFERS: Kind(
        HTTPStatus.CONFLICT,
        "Not the words that were proposed",
        "Confirm the very policy that the proposal names by its digest: ask whoever proposed it for the whole of it.",
    ),
    Code.NO_POLICY: Kind(HTTPStatus.CONFLICT, "No policy is in force", "`staffetta network create` provisions a network with its first one."),
    Code.BUSY: Kind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "Not now",
        "Previews are worked out one at a time in each network. Wait as `Retry-After` says and ask the same again: yours goes on, and is kept for minutes.",
    ),
    Code.TIME_NOT_YOURS: Kind(
        HTTPStatus.BAD_REQUEST, "The broker dates events here", "Leave out the record time: only a development network on its own clock takes one."
    ),
    Code.MEDIA_TYPE_UNKNOWN: Kind(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Unknown kind of content", "One event: application/json. Many: application/x-ndjson."
    ),
    Code.TOO_LARGE: Kind(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "Too large", "An event is at most 64 KiB, a batch 8 MiB. Nothing of the request was stored."
    ),
    Code.ERASED: Kind(HTTPStatus.GONE, "The case is erased", "Nothing more can be said about it. Nothing of the request was stored."),
    Code.LAGGING: Kind(HTTPStatus.SERVICE_UNAVAILABLE, "Decisions are behind", "Wait as `Retry-After` says and send the same event again."),
    Code.UNAVAILABLE: Kind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "A service behind does not answer",
        "Wait as `Retry-After` says and send the same event again: that is harmless.",
    ),
    Code.NOT_RECORDED: Kind(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The look could not be recorded",
        "Nothing about a person is shown before it is recorded who looks. Wait as `Retry-After` says and ask again.",
    ),
    Code.FAILED: Kind(HTTPStatus.INTERNAL_SERVER_ERROR, "The gateway failed", "Send the same event again; tell the operators the `trace`."),
}


class Problem(Exception):
    """Ends a request with a problem. `detail` and `more` never hold what the caller sent, nor anything about a person. `detail` None: what to do, from the
    catalogue.
    """

    def __init__(
        self, code: Code, detail: Said | None = None, more: Mapping[str, object] | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(str(code))
        self.code = code
        self.detail = detail
        self.more = more or {}
        self.headers = headers or {}


def words_of(code: Code, language: Language) -> tuple[str, str]:
    """Title and what to do."""
    kind = CATALOGUE[code]
    return in_language(((kind.title, kind.what_to_do), IN_ITALIAN[code]), language)


def response_of(problem: Problem, language: Language) -> JSONResponse:
    """The problem as a response."""
    kind = CATALOGUE[problem.code]
    title, what_to_do = words_of(problem.code, language)
    detail = what_to_do if problem.detail is None else in_language(problem.detail, language)
    content = {
        "type": f"/problems/{problem.code}",
        "title": title,
        "status": int(kind.status),
        "detail": detail,
        "code": str(problem.code),
        **problem.more,
    }
    headers = {**problem.headers, "Content-Language": language.value, "Vary": "Accept-Language"}
    if kind.status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(content, int(kind.status), headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Every error of the app leaves as a problem."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, problem: Problem) -> JSONResponse:
        return response_of(problem, asked_in(request))

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, invalid: RequestValidationError) -> JSONResponse:
        fields = [".".join(str(part) for part in error["loc"]) for error in invalid.errors()]
        return response_of(Problem(Code.REQUEST_INVALID, more={"fields": fields}), asked_in(request))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> JSONResponse:
        code = Code.METHOD_NOT_ALLOWED if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else Code.NOT_FOUND
        return response_of(Problem(code, headers=dict(error.headers or {})), asked_in(request))

    @app.get("/problems/{code}", tags=["service"], summary="What a problem means and what to do")
    async def _explain(code: Code, accept_language: AcceptLanguage = None) -> JSONResponse:
        language = language_of(accept_language)
        title, what_to_do = words_of(code, language)
        content = {"code": code, "status": int(CATALOGUE[code].status), "title": title, "what_to_do": what_to_do}
        return JSONResponse(content, headers={"Content-Language": language.value, "Vary": "Accept-Language"})


def asked_in(request: Request) -> Language:
    """The language that the caller wants."""
    return language_of(request.headers.get("accept-language"))
