"""Each request in the log: method, route template, status, milliseconds. Never an address with its ids, a header, a body, or an error's text."""

from __future__ import annotations

import secrets
import time
import traceback

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coordinator.gateway.language import language_of
from coordinator.gateway.problems import Code, Problem, response_of

log = structlog.get_logger("staffetta.gateway")


class Watching:
    """ASGI middleware: logs, and turns what nobody caught into a problem that tells nothing about what went wrong but a number to ask by."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as failure:  # noqa: BLE001 - the last resort: nothing of it may reach the caller
            trace = secrets.token_hex(8)
            log.error("request_failed", trace=trace, error=type(failure).__name__, at=_where(failure), route=_route(scope))
            if status == 0:
                await response_of(Problem(Code.FAILED, more={"trace": trace}), language_of(Headers(scope=scope).get("accept-language")))(
                    scope, receive, sending
                )
        finally:
            log.info("request", method=scope["method"], route=_route(scope), status=status, ms=round((time.monotonic() - began) * 1000, 1))


def _route(scope: Scope) -> str:
    """The template of the address, such as `/v1/{network}/events/{event_id}`; nothing of an address that matched none."""
    return str(getattr(scope.get("route"), "path", "(none)"))


def _where(failure: BaseException) -> list[str]:
    """Files, lines and functions of the stack, innermost last; no values and no message, which may hold what somebody sent."""
    return [f"{frame.filename.rsplit('/', 2)[-1]}:{frame.lineno}:{frame.name}" for frame in traceback.extract_tb(failure.__traceback__)[-8:]]
