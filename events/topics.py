"""Names and required settings of the topics. Created by `staffetta network create`, checked by the worker and by `doctor`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MAX_EVENT_BYTES = 65_536
MAX_ENTRY_BYTES = 8 * 1024 * 1024
MAX_ACCESS_BYTES = 1024 * 1024
MAX_SNAPSHOT_BYTES = 64 * 1024 * 1024

_KEEP = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete", "unclean.leader.election.enable": "false"}
_FLUSH = {"flush.messages": "1"}


@dataclass(frozen=True, slots=True)
class TopicNames:
    """The names under one prefix; `staffetta` in production, anything else for networks that share a broker with others."""

    prefix: str = "staffetta"

    @property
    def events(self) -> str:
        return f"{self.prefix}.events"

    @property
    def ledger(self) -> str:
        return f"{self.prefix}.ledger"

    @property
    def accepted(self) -> str:
        return f"{self.prefix}.accepted"

    @property
    def snapshots(self) -> str:
        return f"{self.prefix}.snapshots"

    @property
    def schemas(self) -> str:
        return f"{self.prefix}.schemas"

    @property
    def access(self) -> str:
        return f"{self.prefix}.access"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and the settings without which nothing of ours runs on it.

    `timestamps_matter`: `message.timestamp.type` is LogAppendTime in production, CreateTime for a demo, a training network or an imported history.
    """

    name: str
    settings: Mapping[str, str]
    timestamps_matter: bool = False


def topics(names: TopicNames) -> tuple[Topic, ...]:
    """Every topic with its required settings.

    Replication (3, min in-sync 2 in production; 1 on a development broker, which says so aloud) comes from the operator's settings.
    """
    return (
        Topic(
            names.events, {**_KEEP, **_FLUSH, "compression.type": "uncompressed", "max.message.bytes": str(MAX_EVENT_BYTES)}, timestamps_matter=True
        ),
        Topic(names.ledger, {**_KEEP, **_FLUSH, "max.message.bytes": str(MAX_ENTRY_BYTES)}),
        Topic(names.accepted, {**_KEEP, "max.message.bytes": str(MAX_ENTRY_BYTES)}),
        Topic(
            names.snapshots, {"cleanup.policy": "compact", "unclean.leader.election.enable": "false", "max.message.bytes": str(MAX_SNAPSHOT_BYTES)}
        ),
        Topic(names.schemas, {"cleanup.policy": "compact", "unclean.leader.election.enable": "false"}),
        Topic(names.access, {**_KEEP, "max.message.bytes": str(MAX_ACCESS_BYTES)}),
    )
