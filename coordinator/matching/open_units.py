"""The open units of a network, arranged for the matcher: sorted by id, in blocks that remember what they were asked.

Persistent, as the maps of the state are: `put` and `without` give another collection that shares every block but one. A block never changes, so what it keeps of
its answers (who takes nobody in, who has no room) is a function of its places; after an event only the blocks of changed units are looked through again.
Where blocks begin and end follows from the order in which units came, and shows in nothing that it says.

Every place falls in one of three: it takes nobody in (the first rule), it has not enough places free (the first part of the second rule), or it
has room. Only the last are worth asking any other rule about.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter, itemgetter
from typing import NamedTuple

from coordinator.matching.kinds import kind_of
from coordinator.matching.place import Place, has_room, takes_in
from coordinator.matching.request import Request
from events.vocabulary import Host, Level

_BLOCK = 64
"""Places in a block that is made in one piece; twice as many are split."""
_UNIT_ID = attrgetter("unit_id")
_COUNTED_MS = itemgetter(0)
_NON_RESIDENTIAL = Level.NON_RESIDENTIAL
_NEVER = -(2**63)
"""Before every instant."""


ByHosts = Mapping[frozenset[Host], tuple[list[int], list[Place]]]
FreeByKind = Mapping[tuple[str, int], int]
"""(kind of place, places free) -> units."""


class Units(NamedTuple):
    """Ids of units, sorted."""

    ids: tuple[str, ...]
    text: bytes
    """The same, each with a space before it."""


class Block:
    """Some places, sorted by unit; at least one."""

    __slots__ = ("_by_hosts", "_free_by_kind", "_full", "_newest_ms", "_oldest_ms", "_roomy", "_shut", "places")

    def __init__(self, places: tuple[Place, ...]) -> None:
        self.places = places
        self._by_hosts: ByHosts | None = None
        self._shut: Units | None = None
        self._roomy: dict[int, tuple[Place, ...]] = {}
        self._full: dict[int, Units] = {}
        self._free_by_kind: FreeByKind | None = None
        self._oldest_ms = self._newest_ms = 0

    @property
    def by_hosts(self) -> ByHosts:
        """Those in which people live, by whom they host: when each was counted (`_NEVER`: never), those longest ago first; and the places likewise."""
        if self._by_hosts is None:
            self._by_hosts = _by_hosts(self.places)
        return self._by_hosts

    @property
    def shut(self) -> Units:
        """Those that take nobody in."""
        if self._shut is None:
            self._shut = _units([place.unit_id for place in self.places if not takes_in(place)])
        return self._shut

    def free_by_kind(self, fresh_since_ms: int) -> FreeByKind:
        """Of those that take people in and were counted after an instant: how many units of each kind have so many places free."""
        roomy = self.roomy(1)
        if self._free_by_kind is None:
            self._free_by_kind = _free_by_kind(roomy)
            counted_ms = [place.observed_at_ms or 0 for place in roomy]
            self._oldest_ms, self._newest_ms = min(counted_ms, default=0), max(counted_ms, default=0)
        if self._oldest_ms > fresh_since_ms:
            return self._free_by_kind
        if self._newest_ms <= fresh_since_ms:
            return _NOTHING_FREE
        return _free_by_kind([place for place in roomy if (place.observed_at_ms or 0) > fresh_since_ms])

    def roomy(self, size: int) -> tuple[Place, ...]:
        """Those that take people in and have so many places free."""
        known = self._roomy.get(size)
        if known is None:
            known = self._roomy[size] = tuple([place for place in self.places if takes_in(place) and has_room(place, size)])
        return known

    def full(self, size: int) -> Units:
        """Those that take people in and have not so many places free."""
        known = self._full.get(size)
        if known is None:
            known = self._full[size] = _units([place.unit_id for place in self.places if takes_in(place) and not has_room(place, size)])
        return known


class OpenUnits:
    """The open units of a network, by id. Not changed once it is made."""

    __slots__ = ("_firsts", "_free_by_kind", "_size", "blocks")

    def __init__(self, blocks: tuple[Block, ...], firsts: tuple[str, ...], size: int) -> None:
        self.blocks = blocks
        self._firsts = firsts
        """The first unit of each block."""
        self._size = size
        self._free_by_kind: tuple[int, FreeByKind] | None = None

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[Place]:
        """Every place, sorted by unit."""
        for block in self.blocks:
            yield from block.places

    def get(self, unit_id: str) -> Place | None:
        """The place of an open unit; None: there is none."""
        at = bisect_right(self._firsts, unit_id) - 1
        if at < 0:
            return None
        places = self.blocks[at].places
        index = bisect_left(places, unit_id, key=_UNIT_ID)
        return places[index] if index < len(places) and places[index].unit_id == unit_id else None

    def put(self, place: Place) -> OpenUnits:
        """The units with this place, instead of what its unit was before."""
        if not self.blocks:
            return open_units_of((place,))
        at = max(0, bisect_right(self._firsts, place.unit_id) - 1)
        places = self.blocks[at].places
        index = bisect_left(places, place.unit_id, key=_UNIT_ID)
        known = index < len(places) and places[index].unit_id == place.unit_id
        now = (*places[:index], place, *places[index + known :])
        if len(now) < 2 * _BLOCK:
            return self._with(at, (Block(now),), self._size + 1 - known)
        return self._with(at, (Block(now[:_BLOCK]), Block(now[_BLOCK:])), self._size + 1 - known)

    def without(self, unit_id: str) -> OpenUnits:
        """The units without one. One that is not there already is."""
        if self.get(unit_id) is None:
            return self
        at = bisect_right(self._firsts, unit_id) - 1
        left = tuple([place for place in self.blocks[at].places if place.unit_id != unit_id])
        return self._with(at, (Block(left),) if left else (), self._size - 1)

    def _with(self, at: int, blocks: tuple[Block, ...], size: int) -> OpenUnits:
        """With these blocks instead of the one at an index."""
        firsts = self._firsts
        if len(blocks) != 1 or blocks[0].places[0].unit_id != firsts[at]:
            firsts = (*firsts[:at], *[block.places[0].unit_id for block in blocks], *firsts[at + 1 :])
        return OpenUnits((*self.blocks[:at], *blocks, *self.blocks[at + 1 :]), firsts, size)

    def free_by_kind(self, fresh_since_ms: int) -> FreeByKind:
        """Of the units that take people in and were counted after an instant: how many of each kind have so many places free."""
        if self._free_by_kind is None or self._free_by_kind[0] != fresh_since_ms:
            found: dict[tuple[str, int], int] = {}
            for block in self.blocks:
                for free, number in block.free_by_kind(fresh_since_ms).items():
                    found[free] = found.get(free, 0) + number
            self._free_by_kind = fresh_since_ms, found  # of the last instant alone: one decision asks several times, the next one asks for another
        return self._free_by_kind[1]

    def residential(self) -> list[Place]:
        """The places in which people live, sorted by unit."""
        return [place for block in self.blocks for place in block.places if place.level is not _NON_RESIDENTIAL]

    def unseen(self, suits: Callable[[Place], bool], since_ms: int) -> list[Place]:
        """The places in which people live, that suit by whom they host, and that were not counted after an instant, in any order.

        `suits` is asked once for all that host the same.
        """
        found: list[Place] = []
        known: dict[frozenset[Host], bool] = {}
        for block in self.blocks:
            for hosts, (counted_ms, places) in block.by_hosts.items():
                if counted_ms[0] <= since_ms:
                    if hosts not in known:
                        known[hosts] = suits(places[0])
                    if known[hosts]:
                        found += places if counted_ms[-1] <= since_ms else places[: bisect_right(counted_ms, since_ms)]
        return found

    def worth_weighing(self, request: Request) -> list[Place]:
        """The places with room among which a request may have one, sorted by unit."""
        size = request.household.size
        if request.only is None:
            return self.roomy(size)
        found = [place for unit_id in request.only if (place := self.get(unit_id)) is not None]
        return [place for place in found if takes_in(place) and has_room(place, size)]

    def roomy(self, size: int) -> list[Place]:
        """The places that take people in and have so many free, sorted by unit."""
        found: list[Place] = []
        for block in self.blocks:
            found += block.roomy(size)
        return found


def open_units_of(places: Iterable[Place]) -> OpenUnits:
    """These places, of different units, given in any order."""
    ordered = sorted(places, key=_UNIT_ID)
    blocks = tuple(Block(tuple(ordered[at : at + _BLOCK])) for at in range(0, len(ordered), _BLOCK))
    return OpenUnits(blocks, tuple(block.places[0].unit_id for block in blocks), len(ordered))


def _free_by_kind(places: Iterable[Place]) -> FreeByKind:
    found: dict[tuple[str, int], int] = {}
    for place in places:
        free = kind_of(place.hosts, place.offers), place.free
        found[free] = found.get(free, 0) + 1
    return found


def _by_hosts(places: Iterable[Place]) -> ByHosts:
    found: dict[frozenset[Host], list[tuple[int, Place]]] = {}
    for place in places:
        if place.level is not _NON_RESIDENTIAL:
            counted_ms = place.observed_at_ms if place.observed_at_ms is not None else _NEVER
            found.setdefault(place.hosts, []).append((counted_ms, place))
    for counted in found.values():
        counted.sort(key=_COUNTED_MS)
    return {hosts: ([at_ms for at_ms, _ in counted], [place for _, place in counted]) for hosts, counted in found.items()}


def _units(ids: list[str]) -> Units:
    return Units(tuple(ids), "".join([f" {unit_id}" for unit_id in ids]).encode())


_NOTHING_FREE: FreeByKind = {}
NO_UNITS = open_units_of(())
