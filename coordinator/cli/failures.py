"""Failures of what stands behind the command line, in words: what is the matter, and what to do."""

from __future__ import annotations

import asyncpg

from coordinator.access import TokensInvalid
from coordinator.access_log import NotRecorded
from coordinator.cli.outcome import NotDone
from coordinator.intake.append import BrokersSilent
from coordinator.intake.door import EventTooLarge, Lagging
from coordinator.intake.tail import TailEnded
from coordinator.provisioning import TopicsWrong
from coordinator.settings import NotConfigured
from events.errors import FactError
from ops.services.errors import ServiceFailed
from ops.topics import TopicsUnreachable
from projections.errors import ProjectionError
from reading.errors import ReadingError, TopicMissing
from reading.key_errors import KeyStoreError


def describe(failure: BaseException) -> NotDone | None:
    """None where it is a fault of the program, whose trace should show."""
    match failure:
        case NotDone():
            return failure
        case TopicMissing():
            return NotDone(str(failure), "Create the network first: staffetta network create.")
        case TailEnded() if failure.__cause__ is not None:
            return describe(failure.__cause__) or NotDone(str(failure))
        case ReadingError() | KeyStoreError() | ProjectionError() | TokensInvalid() | FactError():
            return NotDone(str(failure))
        case BrokersSilent():
            return NotDone(
                str(failure), "Is Kafka running? `staffetta up` starts it; KAFKA_BOOTSTRAP_SERVERS names another. Sending again is harmless."
            )
        case NotRecorded():
            return NotDone(str(failure), "Is Kafka running, with the topic of access records? `staffetta doctor` looks.")
        case Lagging():
            return NotDone(f"Decisions are behind: {failure}.", "Is a worker running? `staffetta doctor` tells. Sending again is harmless.")
        case EventTooLarge():
            return NotDone(str(failure), "Shorten its texts. Nothing was sent.")
        case asyncpg.PostgresError() | asyncpg.InterfaceError():
            return NotDone(f"PostgreSQL refused: {type(failure).__name__}.", "Check DATABASE_URL and KEYSTORE_URL, or start it with `staffetta up`.")
        case NotConfigured() | TopicsWrong():
            return NotDone(str(failure))
        case ServiceFailed() | TopicsUnreachable():
            return NotDone(str(failure), "`staffetta doctor` looks at what runs; the logs are in the data directory.")
        case ConnectionError() | TimeoutError():
            return NotDone(
                f"A service does not answer ({type(failure).__name__}).", "Start what is missing with `staffetta up`, or correct the settings."
            )
        case _:
            return None
