"""Seekers and places drawn by seed, and every assignment of a few of them tried: what is best, by the definition alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from coordinator.matching.assignment import Choice, Near, Seeker

Places = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """Who competes for what."""

    seekers: tuple[Seeker, ...]
    room: tuple[int, ...]
    near: Near


def drawn(seed: int, *, most_seekers: int = 5, most_places: int = 4) -> Instance:
    """A small instance: capacities, households, pairs to keep apart, near places, ties, places that do not suit; each in some."""
    chance = Random(seed)
    places = chance.randint(1, most_places)
    room = tuple(chance.randint(1, 4) for _ in range(places))
    regions = chance.choice([1, 2, 9])
    near = Near([frozenset({f"unit {place}", f"region {chance.randrange(regions)}"}) for place in range(places)])
    seekers = chance.randint(1, most_seekers)
    apart: list[set[int]] = [set() for _ in range(seekers)]
    for _ in range(chance.choice([0, 0, 1, 2])):
        one, other = chance.randrange(seekers), chance.randrange(seekers)
        if one != other:
            apart[one].add(other)
            apart[other].add(one)
    sizes, spread, tier = chance.choice([(1,), (1, 1, 2), (1, 2, 3)]), chance.choice([0, 1, 3, 60]), chance.choice([(40,), (40, 20, 10)])
    return Instance(
        tuple(_seeker(chance, chance.choice(sizes), spread, chance.choice(tier), room, frozenset(others)) for others in apart), room, near
    )


def _seeker(chance: Random, people: int, spread: int, tier: int, room: Sequence[int], apart_from: frozenset[int]) -> Seeker:
    choices = [
        Choice(place, people * tier + chance.randint(0, spread), chance.randbytes(4))
        for place, places in enumerate(room)
        if people <= places and chance.random() < 0.75
    ]
    return Seeker(people, tuple(sorted(choices, key=lambda choice: (-choice.worth, choice.tie_break))), apart_from)


def best_of_all(instance: Instance) -> Places:
    """The best of all assignments: most worth, then in order who has a place, then in order the lowest tie-breaks. Looks at every one."""
    seekers, left = instance.seekers, list(instance.room)
    ranks = [{choice.place: rank for rank, choice in enumerate(sorted(seeker.choices, key=lambda each: each.tie_break))} for seeker in seekers]
    now: list[int | None] = [None] * len(seekers)
    best: tuple[tuple[int, list[bool], list[int]], Places] | None = None

    def go_on(index: int, worth: int) -> None:
        nonlocal best
        if index == len(seekers):
            key = (
                worth,
                [place is not None for place in now],
                [0 if place is None else -rank[place] for rank, place in zip(ranks, now, strict=True)],
            )
            if best is None or key > best[0]:
                best = key, tuple(now)
            return
        go_on(index + 1, worth)
        seeker = seekers[index]
        for choice in seeker.choices:
            place = choice.place
            if left[place] < seeker.people or not is_apart(instance, index, place, now):
                continue
            now[index] = place
            left[place] -= seeker.people
            go_on(index + 1, worth + choice.worth)
            left[place] += seeker.people
            now[index] = None

    go_on(0, 0)
    assert best is not None
    return best[1]


def is_apart(instance: Instance, index: int, place: int, now: Sequence[int | None]) -> bool:
    """Whether nobody from whom a seeker is kept apart has a place near this one."""
    for other in instance.seekers[index].apart_from:
        theirs = now[other]
        if theirs is not None and not instance.near.neighbourhoods[place].isdisjoint(instance.near.neighbourhoods[theirs]):
            return False
    return True


def is_possible(instance: Instance, places: Places) -> bool:
    """Whether no place is given twice, everybody has one that suits them, and whoever is kept apart is."""
    left = list(instance.room)
    for index, (seeker, place) in enumerate(zip(instance.seekers, places, strict=True)):
        if place is None:
            continue
        left[place] -= seeker.people
        if place not in {choice.place for choice in seeker.choices} or not is_apart(instance, index, place, places):
            return False
    return min(left) >= 0


def worth_of(instance: Instance, places: Places) -> int:
    """What an assignment is worth."""
    return sum(choice.worth for seeker, place in zip(instance.seekers, places, strict=True) for choice in seeker.choices if choice.place == place)
