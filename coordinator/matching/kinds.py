"""Kinds of places and of requests, each as one text, so that a policy can say for whom places are scarce.

A kind of place is whom it hosts and what it offers: the symbols of whom it hosts, sorted and joined by `+`; where it offers anything, a `/` and the symbols
of what it offers, likewise (`mothers_with_children+women/pregnancy_care+step_free`, or `men` alone). A kind of request is whom any place for it must host
and what it must offer, written the same way, and where it is for more than one person a `*` with how many (`mothers_with_children*3`). Level, region and
languages play no part: they suit a person, and are not what others wait for.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from coordinator.matching.household import Household
from events.vocabulary import Host, Need

_BETWEEN = "+"
_OFFERS = "/"
_PEOPLE = "*"
_MOST_PEOPLE = 99


class Kind(NamedTuple):
    """A kind of request, taken apart."""

    hosts: tuple[Host, ...]
    """Sorted by symbol, never empty."""
    needs: tuple[Need, ...]
    """Sorted by symbol."""
    people: int


@cache
def kind_of(hosts: frozenset[Host], offers: frozenset[Need]) -> str:
    """The kind of a place. A cache of a pure function, bounded by the two vocabularies."""
    hosted = _BETWEEN.join(sorted(hosts))
    return hosted + _OFFERS + _BETWEEN.join(sorted(offers)) if offers else hosted


def kind_of_request(household: Household) -> str | None:
    """The kind of request that a household makes; None: only people find places for it (unaccompanied minors).

    A parent for whom either kind of families' place will do counts as asking for the first of the two.
    """
    if household.unaccompanied:
        return None
    hosts = household.hosts | {min(wanted) for wanted in household.family_hosts}
    kind = kind_of(hosts, household.essential)
    return kind if household.size == 1 else f"{kind}{_PEOPLE}{household.size}"


@lru_cache(maxsize=8_192)
def read_kind(text: str) -> Kind:
    """A kind of request, or of a place as one for one person. Raises ValueError for whatever is not written as it must be."""
    asked, star, people = text.partition(_PEOPLE)
    hosted, slash, offered = asked.partition(_OFFERS)
    hosts = tuple(map(Host, hosted.split(_BETWEEN)))
    needs = tuple(map(Need, offered.split(_BETWEEN))) if slash else ()
    if kind_of(frozenset(hosts), frozenset(needs)) != asked:
        raise ValueError("symbols are written once, in order")
    if Host.UNACCOMPANIED_MINORS in hosts and len(hosts) > 1:
        raise ValueError("unaccompanied minors live with nobody else")
    if star and (not people.isdecimal() or not 2 <= int(people) <= _MOST_PEOPLE or people != str(int(people))):
        raise ValueError("how many people is written as a number from 2 on")
    return Kind(hosts, needs, int(people) if star else 1)


def is_kind(text: str) -> bool:
    """Whether the text is some kind of request, written as it must be."""
    try:
        read_kind(text)
    except ValueError:
        return False
    return True
