"""A unit as the matcher sees it, at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from events.fact import Danger
from events.vocabulary import Host, Level, Need

_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """An open unit and what is free in it."""

    unit_id: str
    project_id: str
    body: str
    """The body that runs it."""
    bodies: frozenset[str]
    """Every body that may act for its project."""
    region: str
    level: Level
    places: int
    """Places that the unit was opened or amended with."""
    hosts: frozenset[Host]
    offers: frozenset[Need]
    languages: frozenset[str]
    dangers: tuple[Danger, ...]
    """Dangers to the unit or its residents."""
    accepting: bool
    free: int
    observed_at_ms: int | None
    """When the published count was observed; None: never published, nothing is free."""


@lru_cache(maxsize=16_384)
def shared(items: tuple[_Item, ...]) -> frozenset[_Item]:
    """These as a set: one for all units that have the same, which are kept once and soon known to be alike. A cache of a pure function."""
    return frozenset(items)


def takes_in(place: Place) -> bool:
    """Whether the unit takes people in, and people live in it."""
    return place.accepting and place.level is not Level.NON_RESIDENTIAL


def has_room(place: Place, people: int) -> bool:
    """Whether so many places are free."""
    return people <= place.free
