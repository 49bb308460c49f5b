"""What open units keep of their answers is what looking through all of them gives, at whatever instant it is asked and whatever has changed since."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from random import Random

from coordinator.matching.kinds import kind_of
from coordinator.matching.open_units import OpenUnits, open_units_of
from coordinator.matching.place import Place, takes_in
from events.vocabulary import Host, Level
from tests.domain.world import HOUR
from tests.matching.examples import NOW, PLACE

HOSTS = [frozenset({Host.WOMEN}), frozenset({Host.MEN}), frozenset({Host.WOMEN, Host.MOTHERS_WITH_CHILDREN})]


def drawn(chance: Random, number: int) -> Place:
    return replace(
        PLACE,
        unit_id=f"u{number:03}",
        hosts=chance.choice(HOSTS),
        level=chance.choice([Level.NON_RESIDENTIAL, Level.SECOND, Level.SECOND]),
        free=chance.randint(0, 2),
        accepting=chance.random() < 0.8,
        observed_at_ms=chance.choice([None, NOW, NOW - HOUR, NOW - 2 * HOUR]),
    )


def looked_through(units: OpenUnits, since_ms: int) -> tuple[dict[tuple[str, int], int], list[list[str]]]:
    places = list(units)
    fresh = [place for place in places if takes_in(place) and place.free and (place.observed_at_ms or 0) > since_ms]
    unseen = [
        sorted(
            place.unit_id
            for place in places
            if place.level is not Level.NON_RESIDENTIAL
            and hosts <= place.hosts
            and (place.observed_at_ms is None or place.observed_at_ms <= since_ms)
        )
        for hosts in (*HOSTS, frozenset[Host]())
    ]
    return dict(Counter((kind_of(place.hosts, place.offers), place.free) for place in fresh)), unseen


def hosts_all(hosts: frozenset[Host], place: Place) -> bool:
    return hosts <= place.hosts


def answered(units: OpenUnits, since_ms: int) -> tuple[dict[tuple[str, int], int], list[list[str]]]:
    unseen = [units.unseen(partial(hosts_all, hosts), since_ms) for hosts in (*HOSTS, frozenset[Host]())]
    return dict(units.free_by_kind(since_ms)), [sorted(place.unit_id for place in places) for places in unseen]


def test_what_is_kept_of_answers_is_what_looking_through_all_gives() -> None:
    for seed in range(20):
        chance = Random(seed)
        units = open_units_of(drawn(chance, number) for number in range(0, 400, 2))
        for _ in range(30):
            number = chance.randrange(400)
            units = units.put(drawn(chance, number)) if chance.random() < 0.8 else units.without(f"u{number:03}")
            for since_ms in (NOW - 3 * HOUR, NOW - HOUR, NOW - HOUR - 1, NOW - 1, NOW):
                assert answered(units, since_ms) == looked_through(units, since_ms)
