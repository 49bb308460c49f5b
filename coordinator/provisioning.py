"""Topics of the configured networks as this installation wants them: created once, checked by worker and doctor."""

from __future__ import annotations

from collections.abc import Callable

from coordinator.settings import Settings
from events.topics import TopicNames
from ops.topics import TimestampType, Wanted, check_topics, create_topics

DEVELOPMENT_COPIES = 1


class TopicsWrong(Exception):
    """A topic is not what our processes need; nothing runs on it. The message names each difference."""


def partitions_of(settings: Settings) -> int:
    """One for each network, by its number."""
    return max(place.partition for place in settings.networks) + 1


def wanted_of(settings: Settings) -> Wanted:
    """What production wants, on this installation's clock."""
    stamp: TimestampType = "CreateTime" if settings.timestamps == "create" else "LogAppendTime"
    return Wanted(partitions_of(settings), timestamp_type=stamp)


async def provide_topics(settings: Settings, bootstrap: str) -> tuple[str, ...]:
    """Names of the topics that were made now: in development one copy of each, else three, two of which must acknowledge."""
    wanted = wanted_of(settings)
    names = TopicNames(settings.topic_prefix)
    if settings.development:
        return await create_topics(bootstrap, names, wanted.partitions, DEVELOPMENT_COPIES, DEVELOPMENT_COPIES, wanted.timestamp_type)
    return await create_topics(bootstrap, names, wanted.partitions, wanted.replication, wanted.min_insync, wanted.timestamp_type)


async def topic_problems(settings: Settings, bootstrap: str, announce: Callable[[str], None]) -> list[str]:
    """Each way in which a topic is not as wanted. `announce` is told aloud of a development broker."""
    wanted = wanted_of(settings)
    problems = await check_topics(
        bootstrap,
        TopicNames(settings.topic_prefix),
        wanted.partitions,
        wanted.replication,
        wanted.min_insync,
        wanted.timestamp_type,
        development=settings.development,
        announce=announce,
    )
    return [str(problem) for problem in problems]


async def require_topics(settings: Settings, bootstrap: str, announce: Callable[[str], None]) -> None:
    """Raises TopicsWrong."""
    problems = await topic_problems(settings, bootstrap, announce)
    if problems:
        raise TopicsWrong("; ".join(problems))
