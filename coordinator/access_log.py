"""Who looked at whose data, why and when: one record in `staffetta.access` before anything is served. What cannot be recorded is not shown.

A record is JSON: `id` (UUIDv7, which dates it), `at_ms`, and `sealed`, in which everything else stands under the network's key: two records with the
same case in clear would tell, by the bodies that looked, whence and where somebody went. A case stands in it as a keyed reference, by which records of one
case are found and no case; it outlives an erasure and opens nothing.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum

from coordinator.access import Grant, Standing
from coordinator.domain.who_may import View
from coordinator.ledger.log_appender import AppendFailed, LogAppender
from events.ids import uuid7
from events.subjects import NETWORK
from reading.partition_log import PartitionLog
from reading.vault import Row, Vault

ACKNOWLEDGED_WITHIN = timedelta(seconds=5)
"""A look that no broker has acknowledged by then is refused. Its record may still arrive: then it tells of something that was not shown."""

READ_AT_ONCE = 1000
_WAIT_MS = 500


class NotRecorded(Exception):
    """The look could not be recorded, so nothing is shown."""


class Why(StrEnum):
    """For what somebody looks."""

    COORDINATION = "coordination"
    """The helpline's work on all cases."""
    OWN = "own"
    """A project's own cases, and what it is asked."""
    AUDIT = "audit"
    BREAK_GLASS = "break_glass"
    """What somebody opened with a reason: see the action named."""
    EXPORT = "export"
    """Everything of the network, in plain, in a file."""


@dataclass(frozen=True, slots=True)
class Look:
    """One record, opened."""

    record_id: str
    at_ms: int
    person: str | None
    """Staff id; null: the token names a body alone."""
    body: str
    standing: str
    project_id: str | None
    view: str
    why: str
    cases: tuple[str, ...]
    """Keyed references, hex, sorted; empty: the whole network (an export)."""
    action_id: str | None
    """The break-glass under which it was; null: none."""


class AccessLog:
    """Records and reads the looks of one network. For one event loop; any number of tasks."""

    def __init__(self, vault: Vault, appender: LogAppender, log: PartitionLog) -> None:
        self._vault = vault
        self._appender = appender
        self._log = log
        self._reading = asyncio.Lock()

    async def close(self) -> None:
        """Lets go of the brokers."""
        await self._appender.close()
        await self._log.close()

    async def reference(self, case_id: str) -> str:
        """The keyed reference of a case."""
        await self._vault.ready()
        return self._vault.tag("access", case_id).hex()

    async def record(self, grant: Grant, view: View, cases: Iterable[str], why: Why | None = None, *, action_id: str | None = None) -> None:
        """Returns when the brokers have acknowledged that the holder is about to see these cases. Nothing where there are none, but of an export.

        Raises NotRecorded; then nothing may be shown.
        """
        await self._vault.ready()
        named = sorted({*cases})
        if not named and why is not Why.EXPORT:
            return
        at_ms = time.time_ns() // 1_000_000
        look = Look(
            uuid7(at_ms, secrets.randbits(74)), at_ms, grant.person, grant.body, str(grant.standing), grant.project_id, str(view),
            str(why or _why(grant)), tuple(sorted([await self.reference(case_id) for case_id in named])), action_id,
        )  # fmt: skip
        content = {name: value for name, value in asdict(look).items() if name not in ("record_id", "at_ms")}
        sealed = await self._vault.seal_record(NETWORK, "access", look.record_id, json.dumps(content, separators=(",", ":")).encode())
        plain = {"v": 1, "id": look.record_id, "at_ms": at_ms, "sealed": base64.b64encode(sealed).decode()}
        try:
            async with asyncio.timeout(ACKNOWLEDGED_WITHIN.total_seconds()):
                await (await self._appender.append([(None, json.dumps(plain).encode(), ())], at_ms))
        except (AppendFailed, TimeoutError):
            raise NotRecorded("The look could not be recorded, so nothing is shown.") from None

    async def read(self) -> list[Look]:
        """Every record, oldest first. What is no record of this network's is left out. Waits for brokers that do not answer."""
        async with self._reading:
            bounds = await self._log.bounds()
            values: list[bytes] = []
            offset = bounds.start
            while offset < bounds.end:
                for one in await self._log.read(offset, READ_AT_ONCE, _WAIT_MS):
                    offset = one.offset + 1
                    if one.value is not None:
                        values.append(one.value)
        clear = [parsed for value in values if (parsed := _clear(value)) is not None]
        opened = await self._vault.open_records([Row(NETWORK, "access", record_id, sealed) for record_id, _, sealed in clear])
        return [_look(record_id, at_ms, content) for (record_id, at_ms, _), content in zip(clear, opened, strict=True) if content is not None]


def _why(grant: Grant) -> Why:
    match grant.standing:
        case Standing.PROJECT:
            return Why.OWN
        case Standing.AUDITOR:
            return Why.AUDIT
        case _:
            return Why.COORDINATION


def _clear(value: bytes) -> tuple[str, int, bytes] | None:
    try:
        plain = json.loads(value)
        return str(plain["id"]), int(plain["at_ms"]), base64.b64decode(plain["sealed"], validate=True)
    except (ValueError, TypeError, KeyError):
        return None


def _look(record_id: str, at_ms: int, content: bytes) -> Look:
    plain = json.loads(content)
    plain["cases"] = tuple(plain["cases"])
    return Look(record_id=record_id, at_ms=at_ms, **plain)
