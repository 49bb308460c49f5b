"""Topics on a real broker: made as wanted, and each wrong setting found."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic, ResourceType

from events.topics import TopicNames, topics
from ops.topics import Problem, TopicsUnreachable, check_topics, cluster_id, create_topics, delete_topics, topic_ids

_AS_MADE: dict[str, Any] = {"partitions": 2, "replication": 1, "min_insync": 1, "timestamp_type": "CreateTime"}


async def _check(kafka: str, names: TopicNames, **wanted: object) -> list[Problem]:
    return await check_topics(kafka, names, **{**_AS_MADE, **wanted})


async def _finds(kafka: str, names: TopicNames, *expected: Problem) -> None:
    """The broker serves a change a moment after the controller took it."""
    for _ in range(50):
        if await _check(kafka, names) == list(expected):
            return
        await asyncio.sleep(0.1)
    assert await _check(kafka, names) == list(expected)


def _alter(kafka: str, topic: str, setting: str, value: str) -> None:
    admin = AdminClient({"bootstrap.servers": kafka})
    entry = ConfigEntry(setting, value, incremental_operation=AlterConfigOpType.SET)
    for done in admin.incremental_alter_configs([ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])]).values():
        done.result()


@pytest.fixture
async def other_names(kafka: str) -> AsyncIterator[TopicNames]:
    """A prefix without topics; whatever the test makes under it goes."""
    names = TopicNames(f"test-{uuid.uuid4().hex[:12]}")
    yield names
    await delete_topics(kafka, names)


async def test_made_topics_are_as_wanted(kafka: str, topic_names: TopicNames) -> None:
    assert await _check(kafka, topic_names) == []


async def test_making_again_makes_nothing(kafka: str, topic_names: TopicNames) -> None:
    before = await topic_ids(kafka, topic_names)
    assert await create_topics(kafka, topic_names, **_AS_MADE) == ()
    assert await topic_ids(kafka, topic_names) == before
    assert set(before) == {topic.name for topic in topics(topic_names)}


async def test_only_what_is_missing_is_made(kafka: str, topic_names: TopicNames) -> None:
    before = await topic_ids(kafka, topic_names)
    admin = AdminClient({"bootstrap.servers": kafka})
    admin.delete_topics([topic_names.accepted], operation_timeout=10)[topic_names.accepted].result()
    await _finds(kafka, topic_names, Problem(topic_names.accepted, "exists", "missing", "there"))
    assert await create_topics(kafka, topic_names, **_AS_MADE) == (topic_names.accepted,)
    after = await topic_ids(kafka, topic_names)
    assert after.pop(topic_names.accepted) != before.pop(topic_names.accepted)
    assert after == before


async def test_a_topic_deleted_while_it_is_looked_at_is_missing(kafka: str, topic_names: TopicNames, monkeypatch: pytest.MonkeyPatch) -> None:
    """Found with its shape, and gone before its settings are asked for."""
    asked = AdminClient.describe_configs

    def once_deleted(admin: AdminClient, *args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(AdminClient, "describe_configs", asked)
        admin.delete_topics([topic_names.accepted], operation_timeout=10)[topic_names.accepted].result()
        while topic_names.accepted in admin.list_topics(timeout=10).topics:
            time.sleep(0.05)
        return asked(admin, *args, **kwargs)

    monkeypatch.setattr(AdminClient, "describe_configs", once_deleted)
    assert await _check(kafka, topic_names) == [Problem(topic_names.accepted, "exists", "missing", "there")]


_EVERY_SETTING = [(index, setting) for index, topic in enumerate(topics(TopicNames("any"))) for setting in topic.settings]
_OTHER_VALUE = {
    "retention.ms": "1000",
    "retention.bytes": "1000",
    "unclean.leader.election.enable": "true",
    "flush.messages": "9",
    "compression.type": "zstd",
}


@pytest.mark.parametrize(("index", "setting"), _EVERY_SETTING)
async def test_each_wrong_setting_is_named(kafka: str, shared_names: TopicNames, index: int, setting: str) -> None:
    topic = topics(shared_names)[index]
    right = topic.settings[setting]
    wrong = {"cleanup.policy": "delete" if right == "compact" else "compact", "max.message.bytes": "1000"}.get(setting) or _OTHER_VALUE[setting]
    _alter(kafka, topic.name, setting, wrong)
    await _finds(kafka, shared_names, Problem(topic.name, setting, wrong, right))
    _alter(kafka, topic.name, setting, right)
    await _finds(kafka, shared_names)


@pytest.fixture(scope="module")
async def shared_names(kafka: str) -> AsyncIterator[TopicNames]:
    """One set of topics for tests that put back what they change."""
    names = TopicNames(f"test-{uuid.uuid4().hex[:12]}")
    await create_topics(kafka, names, **_AS_MADE)
    yield names
    await delete_topics(kafka, names)


async def test_the_clock_of_the_events_matters_and_no_other(kafka: str, topic_names: TopicNames) -> None:
    assert await _check(kafka, topic_names, timestamp_type="LogAppendTime") == [
        Problem(topic_names.events, "message.timestamp.type", "CreateTime", "LogAppendTime")
    ]


async def test_too_few_partitions(kafka: str, topic_names: TopicNames) -> None:
    found = await _check(kafka, topic_names, partitions=3)
    assert {(problem.topic, problem.setting, problem.found, problem.wanted) for problem in found} == {
        (topic.name, "partitions", "2", "at least 3") for topic in topics(topic_names) if topic.name != topic_names.schemas
    }


async def test_events_and_ledger_have_equally_many(kafka: str, topic_names: TopicNames) -> None:
    admin = AdminClient({"bootstrap.servers": kafka})
    admin.create_partitions([NewPartitions(topic_names.events, 3)])[topic_names.events].result()
    await _finds(kafka, topic_names, Problem(topic_names.ledger, "partitions", "2", f"3, as {topic_names.events} has"))


async def test_production_refuses_a_development_broker(kafka: str, topic_names: TopicNames) -> None:
    found = await _check(kafka, topic_names, replication=3, min_insync=2)
    assert {(problem.setting, problem.found, problem.wanted) for problem in found} == {("replication", "1", "3"), ("min.insync.replicas", "1", "2")}
    assert len(found) == 2 * len(topics(topic_names))


async def test_a_development_broker_is_allowed_aloud(kafka: str, topic_names: TopicNames) -> None:
    heard: list[str] = []
    assert await check_topics(kafka, topic_names, 2, timestamp_type="CreateTime", development=True, announce=heard.append) == []
    assert len(heard) == 1
    assert heard[0].startswith("DEVELOPMENT BROKER")


async def test_development_hides_no_other_problem(kafka: str, topic_names: TopicNames) -> None:
    found = await check_topics(kafka, topic_names, 2, development=True, announce=lambda _: None)
    assert [problem.setting for problem in found] == ["message.timestamp.type"]


async def test_a_foreign_topic_of_the_name_is_left_alone_and_found(kafka: str, other_names: TopicNames) -> None:
    admin = AdminClient({"bootstrap.servers": kafka})
    admin.create_topics([NewTopic(other_names.ledger, 1, 1)])[other_names.ledger].result()
    made = await create_topics(kafka, other_names, **_AS_MADE)
    assert other_names.ledger not in made
    problems = {problem.setting for problem in await _check(kafka, other_names) if problem.topic == other_names.ledger}
    assert problems == {"partitions", "retention.ms", "flush.messages", "max.message.bytes"}


async def test_a_topic_made_again_has_another_id_and_the_cluster_the_same(kafka: str, topic_names: TopicNames) -> None:
    cluster, before = await cluster_id(kafka), await topic_ids(kafka, topic_names)
    await delete_topics(kafka, topic_names)
    await create_topics(kafka, topic_names, **_AS_MADE)
    after = await topic_ids(kafka, topic_names)
    assert all(after[name] != before[name] for name in before)
    assert await cluster_id(kafka) == cluster


async def test_more_copies_than_there_are_brokers_is_said(kafka: str, other_names: TopicNames) -> None:
    with pytest.raises(TopicsUnreachable, match=r"cannot be made: .*[Rr]eplication factor"):
        await create_topics(kafka, other_names, 1, replication=3)
