"""The topics on a cluster: made once as `events.topics` wants them, and held against it ever after.

Everything here asks a broker, so everything may raise TopicsUnreachable.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal, TypeVar

from confluent_kafka import KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType, TopicDescription, TopicMetadata

from events.topics import Topic, TopicNames, topics

TimestampType = Literal["LogAppendTime", "CreateTime"]
_T = TypeVar("_T")
_TIMEOUT_S = 30.0
_VISIBLE_S = 30.0
_SILENT = logging.getLogger("staffetta.topics.silent")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


class TopicsUnreachable(Exception):
    """No broker answered in time, or it refused the question."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which a topic is not what our processes need. Nothing of ours runs while there is one."""

    topic: str
    setting: str
    """A topic setting by Kafka's name, or `exists`, `partitions`, `replication`."""
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"topic {self.topic}: {self.setting} is {self.found}, wanted {self.wanted}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an operator decides about every topic; what the product decides is in `events.topics`."""

    partitions: int
    """One a network at least; never fewer than the highest partition in use plus one. The schemas topic has one."""
    replication: int = 3
    min_insync: int = 2
    timestamp_type: TimestampType = "LogAppendTime"
    """Whose clock stamps the events: the broker's, or the sender's for a demo, a training network or an imported history."""


async def create_topics(
    bootstrap: str,
    names: TopicNames,
    partitions: int,
    replication: int = 3,
    min_insync: int = 2,
    timestamp_type: TimestampType = "LogAppendTime",
) -> tuple[str, ...]:
    """Make the topics that are missing, and return their names once every one is served. One that exists is left as it is: see `check_topics`."""
    wanted = Wanted(partitions, replication, min_insync, timestamp_type)
    return await asyncio.to_thread(_create, bootstrap, names, wanted)


async def check_topics(
    bootstrap: str,
    names: TopicNames,
    partitions: int,
    replication: int = 3,
    min_insync: int = 2,
    timestamp_type: TimestampType = "LogAppendTime",
    *,
    development: bool = False,
    announce: Callable[[str], None] | None = None,
) -> list[Problem]:
    """Every difference between the topics and what is wanted; empty: all is well. More partitions or replicas than wanted are well too.

    `development`: fewer replicas than wanted are allowed, and `announce` (standard error unless given) is told so each time.
    """
    wanted = Wanted(partitions, replication, min_insync, timestamp_type)
    problems = await asyncio.to_thread(_check, bootstrap, names, wanted)
    if not development:
        return problems
    allowed = [problem for problem in problems if problem.setting in ("replication", "min.insync.replicas")]
    if allowed:
        (announce or _announce)(
            f"DEVELOPMENT BROKER: {len({problem.topic for problem in allowed})} topics of {names.prefix} have fewer copies than production wants "
            f"(replication {replication}, min.insync.replicas {min_insync}). What is acknowledged here can be lost. Not for people's data."
        )
    return [problem for problem in problems if problem not in allowed]


async def topic_ids(bootstrap: str, names: TopicNames) -> dict[str, str]:
    """Kafka's id of each topic of ours that exists, by topic name. A topic made again under its old name has another id."""
    return await asyncio.to_thread(_ids, bootstrap, names)


async def cluster_id(bootstrap: str) -> str:
    """The id the cluster was formatted with."""
    return await asyncio.to_thread(_cluster_id, bootstrap)


async def delete_topics(bootstrap: str, names: TopicNames) -> None:
    """Delete every topic of ours under this prefix, with everything in it. For tests and demos alone; production never deletes."""
    await asyncio.to_thread(_delete, bootstrap, names)


async def delete_records(bootstrap: str, topic: str, partition: int, below: int) -> None:
    """Delete the records of a partition below an offset, for good. For events that `coordinator.ledger.trimming` has found in the ledger, and for no other."""
    await asyncio.to_thread(_delete_records, bootstrap, topic, partition, below)


def _create(bootstrap: str, names: TopicNames, wanted: Wanted) -> tuple[str, ...]:
    """Ask for all of them: whether a topic is there already, only the controller knows for sure."""
    admin = _admin(bootstrap)
    requested = [
        NewTopic(topic.name, num_partitions=_partitions(topic, names, wanted), replication_factor=wanted.replication, config=_settings(topic, wanted))
        for topic in topics(names)
    ]
    made = []
    for name, done in admin.create_topics(requested, operation_timeout=_TIMEOUT_S, request_timeout=_TIMEOUT_S).items():
        try:
            done.result()
            made.append(name)
        except KafkaException as failure:
            if _code(failure) != KafkaError.TOPIC_ALREADY_EXISTS:
                raise TopicsUnreachable(f"topic {name} cannot be made: {_sentence(failure)}") from failure
    _wait_until_served(admin, [topic.topic for topic in requested])
    return tuple(sorted(made))


def _check(bootstrap: str, names: TopicNames, wanted: Wanted) -> list[Problem]:
    admin = _admin(bootstrap)
    expected = topics(names)
    described, configured = _served(admin, [topic.name for topic in expected])
    problems = []
    for topic in expected:
        description = described.get(topic.name)
        if description is None:
            problems.append(Problem(topic.name, "exists", "missing", "there"))
            continue
        problems += _shape_problems(topic.name, description, _partitions(topic, names, wanted), wanted.replication)
        found = configured[topic.name]
        for setting, value in _settings(topic, wanted).items():
            if not _enough(setting, found.get(setting, "unset"), value):
                problems.append(Problem(topic.name, setting, found.get(setting, "unset"), value))
    problems += _unequal_problems(names, described)
    return problems


def _shape_problems(name: str, description: TopicDescription, partitions: int, replication: int) -> list[Problem]:
    problems = []
    if len(description.partitions) < partitions:
        problems.append(Problem(name, "partitions", str(len(description.partitions)), f"at least {partitions}"))
    copies = min((len(partition.replicas) for partition in description.partitions), default=0)
    if copies < replication:
        problems.append(Problem(name, "replication", str(copies), str(replication)))
    return problems


def _unequal_problems(names: TopicNames, described: Mapping[str, TopicDescription]) -> list[Problem]:
    """A network has the same partition in events and ledger, so both have equally many."""
    if names.events not in described or names.ledger not in described:
        return []
    events, ledger = (len(described[name].partitions) for name in (names.events, names.ledger))
    return [] if events == ledger else [Problem(names.ledger, "partitions", str(ledger), f"{events}, as {names.events} has")]


def _enough(setting: str, found: str, wanted: str) -> bool:
    """Equal; of acknowledging copies more are well too."""
    if setting == "min.insync.replicas" and found.isdigit():
        return int(found) >= int(wanted)
    return found == wanted


def _settings(topic: Topic, wanted: Wanted) -> dict[str, str]:
    settings = {**topic.settings, "min.insync.replicas": str(wanted.min_insync)}
    if topic.timestamps_matter:
        settings["message.timestamp.type"] = wanted.timestamp_type
    return settings


def _partitions(topic: Topic, names: TopicNames, wanted: Wanted) -> int:
    return 1 if topic.name == names.schemas else wanted.partitions


def _ids(bootstrap: str, names: TopicNames) -> dict[str, str]:
    described = _describe(_admin(bootstrap), [topic.name for topic in topics(names)])
    return {name: str(description.topic_id) for name, description in described.items()}


def _cluster_id(bootstrap: str) -> str:
    admin = _admin(bootstrap)
    return str(_answer(admin.describe_cluster(request_timeout=_TIMEOUT_S)).cluster_id)


def _delete(bootstrap: str, names: TopicNames) -> None:
    admin = _admin(bootstrap)
    for done in admin.delete_topics([topic.name for topic in topics(names)], operation_timeout=_TIMEOUT_S).values():
        try:
            done.result()
        except KafkaException as failure:
            if _code(failure) != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise TopicsUnreachable(_sentence(failure)) from failure
    _wait(lambda: not _describe(admin, [topic.name for topic in topics(names)]), f"a broker still serves deleted topics of {names.prefix}")


def _delete_records(bootstrap: str, topic: str, partition: int, below: int) -> None:
    admin = _admin(bootstrap)
    for done in admin.delete_records([TopicPartition(topic, partition, below)], operation_timeout=_TIMEOUT_S, request_timeout=_TIMEOUT_S).values():
        _answer(done)


def _admin(bootstrap: str) -> AdminClient:
    """A client that must be kept until its answers are in: they fail where it goes first."""
    return AdminClient({"bootstrap.servers": bootstrap, "socket.timeout.ms": int(_TIMEOUT_S * 1000), "log_level": 0}, logger=_SILENT)


def _describe(admin: AdminClient, wanted: Sequence[str]) -> dict[str, TopicDescription]:
    """Those of the topics that exist."""
    described = {}
    for name, done in admin.describe_topics(TopicCollection(list(wanted)), request_timeout=_TIMEOUT_S).items():
        try:
            described[name] = done.result()
        except KafkaException as failure:
            if _code(failure) != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise TopicsUnreachable(_sentence(failure)) from failure
    return described


def _served(admin: AdminClient, wanted: Sequence[str]) -> tuple[dict[str, TopicDescription], dict[str, dict[str, str]]]:
    """Shape and settings of those of the topics that exist.

    Asked in two questions, and a topic may come or go between them, or be unknown yet to a broker that has just come: both are asked again until they tell of the same topics.
    """
    described: dict[str, TopicDescription] = {}
    configured: dict[str, dict[str, str]] = {}

    def agree() -> bool:
        nonlocal described, configured
        described = _describe(admin, wanted)
        configured = _configured(admin, list(described))
        return configured.keys() == described.keys()

    _wait(agree, "a broker does not know topics that others serve")
    return described, configured


def _configured(admin: AdminClient, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """The settings in force, defaults included, of those of the topics that the broker asked knows."""
    found: dict[str, dict[str, str]] = {}
    if not names:
        return found
    for resource, done in admin.describe_configs([ConfigResource(ResourceType.TOPIC, name) for name in names], request_timeout=_TIMEOUT_S).items():
        try:
            found[resource.name] = {name: str(entry.value) for name, entry in done.result().items()}
        except KafkaException as failure:
            if _code(failure) != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise TopicsUnreachable(_sentence(failure)) from failure
    return found


def _wait_until_served(admin: AdminClient, names: Sequence[str]) -> None:
    """A topic just made is known to the controller before every broker serves it: wait until each partition has a leader."""

    def served() -> bool:
        known = admin.list_topics(timeout=_TIMEOUT_S).topics
        return all(name in known and _has_leaders(known[name]) for name in names)

    _wait(served, f"no broker serves all of {', '.join(names)}")


def _has_leaders(topic: TopicMetadata) -> bool:
    return bool(topic.partitions) and all(partition.leader >= 0 for partition in topic.partitions.values())


def _wait(until: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + _VISIBLE_S
    while not until():
        if time.monotonic() > end:
            raise TopicsUnreachable(f"{otherwise} after {_VISIBLE_S:.0f} s")
        time.sleep(0.05)


def _answer(done: Future[_T]) -> _T:
    try:
        return done.result()
    except KafkaException as failure:
        raise TopicsUnreachable(_sentence(failure)) from failure


def _code(failure: KafkaException) -> int:
    return int(failure.args[0].code())


def _sentence(failure: KafkaException) -> str:
    return str(failure.args[0].str())


def _announce(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
