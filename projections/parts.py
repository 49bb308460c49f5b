"""The parts that a network's views are folded in: each can be rebuilt by itself, and takes no more of an entry than it is folded from.

Views that share a record are one part: a case's file holds its timeline, its transfers and what stands in inboxes. Parts whose facts are clear in the ledger
are folded without any key; there a fact has its clear fields alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import StrEnum

from events.facts import Fact
from events.person import ExplanationsExpired
from projections import answered, audit, capacity, entries, health, inbox, network, timeline, transfers
from projections.reported import ABOUT_A_CASE
from reading.opening import Wanted


class Part(StrEnum):
    """One part of a network's views."""

    ENTRIES = "entries"
    NETWORK = "network"
    CAPACITY = "capacity"
    AUDIT = "audit"
    HEALTH = "health"
    CASES = "cases"


ALL: frozenset[Part] = frozenset(Part)
CLEAR: frozenset[Part] = ALL - {Part.CASES}
"""Folded from what is clear in the ledger."""

TABLES: Mapping[Part, tuple[str, ...]] = {
    Part.ENTRIES: ("entries",),
    Part.NETWORK: tuple(table.name for table in (network.PROJECTS, network.UNITS, network.POLICIES, network.DUTY)),
    Part.CAPACITY: tuple(table.name for table in (capacity.FIGURES, capacity.HOLDS, answered.ASKED, answered.ANSWERS)),
    Part.AUDIT: ("audit",),
    Part.HEALTH: ("verdicts",),
    Part.CASES: ("cases", "transfers", "inbox"),
}
"""Every table that a part is stored in, and no other part."""

VIEWS: Mapping[Part, tuple[str, ...]] = {
    Part.ENTRIES: (entries.VIEW,),
    Part.NETWORK: (network.VIEW,),
    Part.CAPACITY: (capacity.VIEW,),
    Part.AUDIT: (audit.VIEW,),
    Part.HEALTH: (health.VIEW,),
    Part.CASES: (timeline.VIEW, transfers.VIEW, inbox.VIEW),
}
"""Views by the names under which their last change is kept."""

LEANS_ON_NETWORK: frozenset[Part] = frozenset({Part.NETWORK, Part.CAPACITY, Part.CASES})
"""What is folded beside the projects and units that the network has at that entry, whether or not these are written."""


FROM_WHAT_IS_WANTED: frozenset[Part] = frozenset({Part.CASES})
"""Parts folded from nothing but what they want: entries that hold none of it may be left out. (`CLEAR` parts are folded as fast as they are read.)"""


def tables_of(parts: Iterable[Part]) -> frozenset[str]:
    """The tables that these parts are stored in."""
    return frozenset(table for part in parts for table in TABLES[part])


def wanted_by(parts: Collection[Part]) -> Wanted:
    """What these parts take of an entry."""
    clear: set[type[Fact]] = set()
    if Part.AUDIT in parts or Part.HEALTH in parts:
        clear |= audit.VERDICTS
    if not LEANS_ON_NETWORK.isdisjoint(parts):
        clear |= network.READS
    if Part.CAPACITY in parts:
        clear |= capacity.READS | answered.READS
    whole: set[type[Fact]] = {*ABOUT_A_CASE, ExplanationsExpired} if Part.CASES in parts else set()
    return Wanted(whole, clear)


def need_keys(parts: Collection[Part]) -> bool:
    """Whether these parts open anything that is sealed."""
    return not CLEAR.issuperset(parts)
