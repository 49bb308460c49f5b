"""Events for the benchmarks, and how they get into the log: sealed in batches, sent in order, acknowledged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random

from aiokafka import AIOKafkaProducer

from coordinator.rooms import NetworkRoom
from events.availability import AvailabilityReaffirmed
from events.fact import Actor
from events.network import UnitOpened
from events.vocabulary import Role
from ops.demand.agenda import Timed
from ops.demand.chance import event_id
from ops.demand.day import Day
from ops.demand.hours import DAY_STARTS_AT_MS
from ops.demand.rehearsal import rehearse
from ops.networks.loading import load_network
from ops.stage import NETWORK

SEED = 1
HEAVINESS = 60.0
SEALED_TOGETHER = 500


def lively(events: int, start_ms: int = DAY_STARTS_AT_MS) -> list[Timed]:
    """The beginning of a synthetic history of the Italian network: the network itself, then its days, everybody reacting to the core's answers."""
    day = Day(load_network(NETWORK), SEED, days=1 + events // 1_000, heaviness=HEAVINESS, start_ms=start_ms)
    return [rehearsed.timed for rehearsed in islice(rehearse(day, NETWORK), events)]


def quiet(after: Sequence[Timed], step_ms: int) -> Iterator[Timed]:
    """For ever: one unit after the other says that nothing has changed, every `step_ms` of simulated time."""
    units = [timed.event for timed in after if isinstance(timed.event, UnitOpened)]
    published = {getattr(timed.event, "unit_id", None) for timed in after if type(timed.event).__name__ == "AvailabilityPublished"}
    units = [unit for unit in units if unit.unit_id in published]
    at_ms, number, draw = after[-1].at_ms, 0, Random(SEED)
    while True:
        at_ms += step_ms
        unit = units[number % len(units)]
        number += 1
        actor = Actor("op-bench", unit.body, Role.PROJECT)
        yield Timed(at_ms, AvailabilityReaffirmed(event_id(draw, at_ms), actor, unit.unit_id, at_ms, 0))


async def seal(room: NetworkRoom, timed: Sequence[Timed]) -> list[tuple[int, bytes]]:
    """(record time, sealed value) of each event, in order."""
    sealed: list[tuple[int, bytes]] = []
    for start in range(0, len(timed), SEALED_TOGETHER):
        part = timed[start : start + SEALED_TOGETHER]
        values = await room.vault.seal_events([each.event for each in part])
        sealed += [(each.at_ms, value) for each, value in zip(part, values, strict=True)]
    return sealed


async def feed(room: NetworkRoom, sealed: Sequence[tuple[int, bytes]]) -> None:
    """Sends the records in order and waits for every acknowledgement."""
    producer = AIOKafkaProducer(bootstrap_servers=room.bootstrap, acks="all", enable_idempotence=True, max_batch_size=60_000, linger_ms=5)
    async with producer:
        futures = []
        for at_ms, value in sealed:
            futures.append(await producer.send(room.names.events, value, partition=room.partition, timestamp_ms=at_ms))
            if len(futures) >= 5_000:
                for future in futures:
                    await future
                futures.clear()
        for future in futures:
            await future
