"""Failures of what stands behind the command line, in words: what is the matter, and what to do."""

from __future__ import annotations

import asyncpg

from coordinator.access import TokensInvalid
from coordinator.access_log import NotRecorded
from coordinator.cli.instants import age_said
from coordinator.cli.not_done import Cannot, NotDone
from coordinator.intake.append import BrokersSilent
from coordinator.intake.door import EventTooLarge, Lagging
from coordinator.intake.tail import TailEnded
from coordinator.opening import OpeningRefused
from coordinator.provisioning import TopicsWrong
from coordinator.settings import NotConfigured
from events.errors import FactError
from events.topics import MAX_EVENT_BYTES
from ops.services.errors import ServiceFailed
from ops.topics import TopicsUnreachable
from projections import errors as views
from reading import errors as reading
from reading import key_errors as keys

TOLD: tuple[tuple[type[Exception], Cannot], ...] = (
    (reading.TopicMissing, Cannot.TOPIC_MISSING),
    (reading.TopicChanged, Cannot.TOPIC_CHANGED),
    (reading.LedgerTailLost, Cannot.LEDGER_TAIL_LOST),
    (reading.LedgerHeadTrimmed, Cannot.LEDGER_HEAD_TRIMMED),
    (reading.BodyUnreadable, Cannot.BODY_UNREADABLE),
    (reading.StateDiverged, Cannot.STATE_DIVERGED),
    (reading.EventsTruncated, Cannot.EVENTS_TRUNCATED),
    (reading.EventDiffers, Cannot.EVENT_DIFFERS),
    (reading.EventsHole, Cannot.EVENTS_HOLE),
    (reading.EventFromFuture, Cannot.EVENT_FROM_FUTURE),
    (reading.EventKeyMissing, Cannot.EVENT_KEY_MISSING),
    (reading.ReadingError, Cannot.READING_FAILED),
    (keys.MasterKeyWrong, Cannot.MASTER_KEY_WRONG),
    (keys.MasterKeyUnusable, Cannot.MASTER_KEY_WRONG),
    (keys.KeyStoreError, Cannot.KEY_STORE_FAILED),
    (views.ViewsMissing, Cannot.VIEWS_MISSING),
    (views.ViewsOutdated, Cannot.VIEWS_OUTDATED),
    (views.AsOfAhead, Cannot.VIEWS_BEHIND),
    (views.RebuildRunning, Cannot.REBUILD_RUNNING),
    (views.PlaceHeldTwice, Cannot.PLACE_HELD_TWICE),
    (views.ProjectionError, Cannot.VIEWS_FAILED),
    (TokensInvalid, Cannot.TOKENS_INVALID),
    (FactError, Cannot.FACT_UNREADABLE),
    (BrokersSilent, Cannot.BROKERS_SILENT),
    (NotRecorded, Cannot.NOT_RECORDED),
    (NotConfigured, Cannot.NOT_CONFIGURED),
    (OpeningRefused, Cannot.OPENING_REFUSED),
    (TopicsWrong, Cannot.TOPICS_WRONG),
    (ServiceFailed, Cannot.SERVICE_FAILED),
    (TopicsUnreachable, Cannot.SERVICE_FAILED),
    (TailEnded, Cannot.TAIL_ENDED),
)
"""The first that fits is told; what a failure knows (its attributes) goes into the words, and `detail`, its own text."""


def describe(failure: BaseException) -> NotDone | None:
    """None where it is a fault of the program, whose trace should show."""
    match failure:
        case NotDone():
            return failure
        case TailEnded() if failure.__cause__ is not None:
            return describe(failure.__cause__) or NotDone(Cannot.TAIL_ENDED, detail=failure)
        case Lagging(lag_ms=lag_ms):
            return NotDone(Cannot.LAGGING, lag=age_said(lag_ms))
        case EventTooLarge(index=index, size_bytes=size):
            return NotDone(Cannot.EVENT_TOO_LARGE, number=index + 1, size=size, most=MAX_EVENT_BYTES)
        case keys.KeysLost(lost=lost):
            return NotDone(Cannot.KEYS_LOST, detail=failure, count=len(lost), first=f"{lost[0].kind} {lost[0].event_id}")
        case asyncpg.PostgresError() | asyncpg.InterfaceError():
            return NotDone(Cannot.DATABASE_REFUSED, kind=type(failure).__name__)
        case ConnectionError() | TimeoutError():
            return NotDone(Cannot.NO_ANSWER, kind=type(failure).__name__)
        case _:
            why = next((why for kind, why in TOLD if isinstance(failure, kind)), None)
            return None if why is None else NotDone(why, **{**vars(failure), "detail": failure})
