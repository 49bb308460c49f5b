"""Reading a request's body within limits, and the preferences and keys in its headers."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from fastapi import Request

from coordinator.gateway.problems import Code, Problem
from events.ids import uuid7_at_ms

MAX_EVENT_TEXT_BYTES = 64 * 1024
MAX_BATCH_TEXT_BYTES = 8 * 1024 * 1024
MAX_BATCH_EVENTS = 10_000
DRAINED_BYTES = 64 * 1024 * 1024
"""A body that is too large is read to its end and dropped up to this size, so that the caller can read the answer."""

MAX_WAIT = timedelta(seconds=60)
_PREFER_WAIT = re.compile(r"(?:^|,)\s*wait\s*=\s*\"?(\d{1,6})\"?\s*(?:;[^,]*)?(?=,|$)", re.IGNORECASE)


async def read_body(request: Request, limit_bytes: int) -> bytes:
    """The whole body. Raises Problem where it is over the limit, compressed (a small bomb opens to hundreds of megabytes) or not UTF-8."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Problem(
            Code.MEDIA_TYPE_UNKNOWN,
            ("Compressed bodies are not opened; send the text as it is.", "I contenuti compressi non si aprono: inviare il testo com'è."),
        )
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size <= limit_bytes:
            parts.append(part)
        elif size > DRAINED_BYTES:
            break
        else:
            parts.clear()
    if size > limit_bytes:
        said = (
            f"The body is over {limit_bytes} bytes; nothing of it was stored.",
            f"Il contenuto supera {limit_bytes} byte; nulla è stato conservato.",
        )
        raise Problem(Code.TOO_LARGE, said, {"limit_bytes": limit_bytes})
    return b"".join(parts)


def text_of(body: bytes) -> str:
    """The body as text. Raises Problem where it is not UTF-8."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(Code.EVENT_INVALID, ("The body is not UTF-8.", "Il contenuto non è UTF-8.")) from None


def wait_of(request: Request, wait_ms: int | None, default_ms: int) -> timedelta:
    """How long the caller wants to wait for the entry: `wait_ms`, else `Prefer: wait=SECONDS` (RFC 7240), else the default; at most a minute."""
    if wait_ms is None:
        found = _PREFER_WAIT.search(request.headers.get("prefer", ""))
        wait_ms = default_ms if found is None else int(found[1]) * 1000
    return min(timedelta(milliseconds=wait_ms), MAX_WAIT)


def with_key(text: str, key: str | None) -> str:
    """The event's text with the idempotency key as its id, where it has none. Raises Problem where the key is no UUIDv7 or differs from the id."""
    if key is None:
        return text
    key = key.strip().strip('"').lower()
    if uuid7_at_ms(key) is None:
        raise Problem(Code.KEY_INVALID)
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        return text  # the line parser says what is wrong with it
    if not isinstance(plain, dict):
        return text
    if "event_id" not in plain:
        return json.dumps({"event": plain.get("event"), "event_id": key, **plain})
    if plain["event_id"] != key:
        raise Problem(Code.KEY_DIFFERS)
    return text


RECORD_TIME_KEY = "record_time_ms"
_TIME_KEY_TEXT = f'"{RECORD_TIME_KEY}"'


def without_record_time(text: str) -> tuple[str, int | None]:
    """The event's text without the extra key that dates it, and that time. Only for networks on their own clock."""
    if _TIME_KEY_TEXT not in text:
        return text, None
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError):
        return text, None
    at_ms = plain.pop(RECORD_TIME_KEY, None) if isinstance(plain, dict) else None
    if not isinstance(at_ms, int) or isinstance(at_ms, bool):
        return text, None  # the line parser says what is wrong with it
    return json.dumps(plain), at_ms
