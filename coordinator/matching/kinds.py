"""Kinds of places: whom a place hosts and what it offers, as one text, so that a policy can say how scarce each kind is.

The text is canonical: the symbols of whom it hosts, sorted and joined by `+`; where it offers anything, a `/` and the symbols of what it offers, likewise.
`mothers_with_children+women/pregnancy_care+step_free`, or `men` alone. Level, region and languages play no part: they suit a person, and are not what
others wait for.
"""

from __future__ import annotations

from functools import cache

from events.vocabulary import Host, Need

_BETWEEN = "+"
_OFFERS = "/"


@cache
def kind_of(hosts: frozenset[Host], offers: frozenset[Need]) -> str:
    """The kind of a place. A cache of a pure function, bounded by the two vocabularies."""
    hosted = _BETWEEN.join(sorted(hosts))
    return hosted + _OFFERS + _BETWEEN.join(sorted(offers)) if offers else hosted


def hosts_alone(kind: str) -> str:
    """The kind of a place that hosts the same people and offers nothing."""
    return kind.partition(_OFFERS)[0]


def read_kind(text: str) -> tuple[tuple[Host, ...], tuple[Need, ...]]:
    """(whom it hosts, what it offers), each in the order of the text. Raises ValueError for an unknown symbol."""
    hosted, slash, offered = text.partition(_OFFERS)
    return tuple(map(Host, hosted.split(_BETWEEN))), tuple(map(Need, offered.split(_BETWEEN))) if slash else ()


def is_kind(text: str) -> bool:
    """Whether the text is the kind of some place, written as it must be."""
    try:
        hosts, offers = read_kind(text)
    except ValueError:
        return False
    alone = Host.UNACCOMPANIED_MINORS not in hosts or len(hosts) == 1
    return alone and text == kind_of(frozenset(hosts), frozenset(offers))
