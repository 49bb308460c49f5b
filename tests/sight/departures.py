"""A network that sends people elsewhere for months, played by the real core: whence the attacker of the bands takes what is published."""

from __future__ import annotations

import random
from dataclasses import dataclass

from events.availability import AvailabilityPublished, CapacityChanged
from events.vocabulary import Urgency
from tests.domain.world import AREAS, HOUR, World, body, italy

UNITS = (
    ("u-no-1", "piemonte", "01", 12), ("u-no-2", "piemonte", "01", 10), ("u-ce-1", "lazio", "12", 14), ("u-ce-2", "lazio", "12", 8),
    ("u-so-1", "campania", "15", 12), ("u-is-1", "sicilia", "19", 10), ("u-is-2", "sicilia", "19", 9),
)  # fmt: skip
AREA_OF = {area.region: area.macro_area for area in AREAS}
MACRO_AREAS = tuple(sorted({AREA_OF[region] for _, _, region, _ in UNITS}))


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody left, and where to: what the attacker knows of it is when."""

    at_ms: int
    macro_area: str


@dataclass(frozen=True, slots=True)
class Played:
    """Free places by macro-area at each instant at which one changed, oldest first; and the departures."""

    free: tuple[tuple[int, dict[str, int]], ...]
    departures: tuple[Departure, ...]

    def free_at(self, at_ms: int) -> dict[str, int]:
        """Free places by macro-area then."""
        low, high = 0, len(self.free)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.free[middle][0] <= at_ms else (low, middle)
        return self.free[low][1]


class Network(World):
    """Units fill and empty by themselves, and take people from elsewhere."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.__dict__.update(italy().__dict__)
        self.chance = random.Random(seed)
        self.inside: dict[str, int] = {}
        self.free: dict[str, int] = {}
        self.series: list[tuple[int, dict[str, int]]] = []
        self.departures: list[Departure] = []
        self.seen = 0
        self.project("sicilia", ("PA",))
        for unit_id, project_id, region, places in UNITS:
            self.inside[unit_id] = places - self.chance.randrange(0, 3)
            self.unit(unit_id, project_id, region, places, free=places - self.inside[unit_id])
        self.look()

    def look(self) -> None:
        """Takes the figures of what was decided since the last look."""
        for entry in self.entries[self.seen :]:
            for outcome in entry.outcomes:
                if isinstance(outcome, CapacityChanged):
                    self.free[outcome.unit_id] = outcome.free
        self.seen = len(self.entries)
        now: dict[str, int] = dict.fromkeys(MACRO_AREAS, 0)
        for unit_id, _, region, _ in UNITS:
            now[AREA_OF[region]] += self.free[unit_id]
        if not self.series or self.series[-1][1] != now:
            self.series.append((self.now, now))

    def count(self, unit_id: str) -> None:
        """The unit's project counts: some have left it or come to it by themselves."""
        unit = self.state.units[unit_id]
        moved = self.chance.choice((-2, -1, -1, 0, 0, 0, 1, 1))
        self.inside[unit_id] = min(max(self.inside[unit_id] + moved, 0), unit.places)
        self.send(
            AvailabilityPublished("", body(unit.project_id), unit_id, self.now, unit.places, self.inside[unit_id], 0, True, None, self.sequence)
        )
        self.look()

    def send_somebody(self, number: int) -> None:
        """A case is asked for, accepted, departs and arrives, over a day or two."""
        case_id = self.case(f"case {number}", self.chance.choice(("campania", "lazio", "piemonte", "sicilia")))
        self.request(case_id, f"transfer {number}", urgency=Urgency.WITHIN_DAYS, wished_regions=(self.chance.choice(UNITS)[2],))
        self.look()
        unit_id = self.proposed_unit(case_id)
        if unit_id is None:
            return
        self.now += self.chance.randrange(1, 8) * HOUR
        self.accept(case_id)
        self.look()
        self.now += self.chance.randrange(2, 20) * HOUR
        self.depart(case_id)
        region = self.state.units[unit_id].region
        self.departures.append(Departure(self.now, AREA_OF[region]))
        self.now += self.chance.randrange(2, 10) * HOUR
        self.arrive(case_id)
        self.inside[unit_id] += 1
        self.look()


def played(seed: int, departures: int) -> Played:
    """So many departures of one network."""
    network = Network(seed)
    number = 0
    while len(network.departures) < departures:
        for unit_id, *_ in UNITS:
            if network.chance.random() < 0.6:
                network.now += network.chance.randrange(5, 50) * 60_000
                network.count(unit_id)
        network.now += network.chance.randrange(2, 9) * HOUR
        if network.chance.random() < 0.7:
            network.send_somebody(number)
            number += 1
        network.now += network.chance.randrange(2, 12) * HOUR
    return Played(tuple(network.series), tuple(network.departures))
