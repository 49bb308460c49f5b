"""A thousand people on their way, and the whole ledger of it as a thief finds it: for whoever tries to tell where somebody went."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from coordinator.domain import next_deadline_ms
from events.codec import Sealed, decode_fact, encode_body, encode_fact, split
from events.entry import Decided, OpenedDecision
from events.envelope import Envelope, seal_envelope
from events.fact import SealedUnder
from events.facts import Event, Fact, Outcome
from events.person import CaseErased
from events.referral import Member
from events.subjects import subjects_of
from events.transfer import PlaceKept, PlaceReserved
from events.vocabulary import Host, Reason, Urgency
from reading.vault import Vault
from tests.domain.world import AREAS, DAY, HELPLINE, HOUR, MINUTE, World, italy, uuid, woman

_PLACES = 40
_PEOPLE = 12
_COUNTED_EVERY = 12 * HOUR
_AFTER_ARRIVAL = 2 * DAY


@dataclass(slots=True)
class Way:
    """What really happened to one household, which nobody without keys may learn."""

    case_id: str
    transfer_id: str
    people: int
    origin: str
    """The unit that was left."""
    wanted: bool
    """Whether their data are to be erased after the arrival."""
    destination: str = ""
    hold_id: str = ""
    kept_id: str = ""
    departed: int = 0
    """Sequence of the entry."""
    arrived: int = 0
    erased: bool = False


@dataclass(slots=True)
class Traffic:
    """Everything that was decided, and the truth about it."""

    entries: list[OpenedDecision]
    ways: list[Way]
    units: dict[str, str] = field(default_factory=dict)
    """Project of each unit."""


def traffic(transfers: int, a_day: float, seed: int = 1) -> Traffic:
    """Households from all over the country leave for elsewhere, `a_day` on average, each some hours on the way; half of them are erased afterwards."""
    chance, world = random.Random(seed), italy()
    for area in AREAS:
        if all(area.province not in project.provinces for project in world.state.projects.values()):
            world.project(f"p-{area.province.lower()}", (area.province,))
    for project_id, project in sorted(world.state.projects.items()):
        region = next(area.region for area in AREAS if area.province == project.provinces[0])
        for number in range(3):
            world.unit(f"{project_id}-{number}", project_id, region, _PLACES, free=_PEOPLE * 2, hosts=(Host.WOMEN,))
    found = Traffic([], [], {unit_id: unit.project_id for unit_id, unit in world.state.units.items()})
    plans: list[tuple[int, int, Callable[[], None]]] = []

    def plan(at_ms: int, step: Callable[[], None]) -> None:
        heapq.heappush(plans, (at_ms, len(plans) + chance.randrange(1 << 30), step))

    at_ms = world.now + HOUR
    for number in range(transfers):
        at_ms += int(chance.expovariate(a_day / DAY)) + 1
        plan(at_ms, _beginning(world, chance, found, plan, number))
    ends_ms = at_ms + 3 * DAY
    plan(world.now + _COUNTED_EVERY, lambda: _counted(world, chance, plan, ends_ms))
    while plans:
        due_ms, _, step = heapq.heappop(plans)
        world.now = max(world.now, due_ms)
        step()
    found.entries = world.entries
    return found


Plan = Callable[[int, Callable[[], None]], None]


def _counted(world: World, chance: random.Random, plan: Plan, ends_ms: int) -> None:
    """Every unit says what it has, as its people come and go."""
    for unit_id in sorted(world.state.units):
        world.now += chance.randrange(1, 3) * MINUTE
        world.publish(unit_id, occupied=_PLACES - _PEOPLE * 2)
    due = next_deadline_ms(world.state)
    if due is not None and due <= world.now:
        world.tick()
    if world.now < ends_ms:
        plan(world.now + _COUNTED_EVERY, lambda: _counted(world, chance, plan, ends_ms))


def _beginning(world: World, chance: random.Random, found: Traffic, plan: Plan, number: int) -> Callable[[], None]:
    """A household is referred, agrees and asks; later it is accepted, leaves and arrives."""

    def begin() -> None:
        name = f"way {number}"
        household: tuple[Member, ...] = tuple(woman(person) for person in "ab"[: 2 if chance.random() < 0.15 else 1])
        origin = chance.choice(sorted(found.units))
        case_id = world.case(name, found.units[origin], household, hosted=origin)
        way = Way(case_id, uuid(f"transfer {name}"), len(household), origin, wanted=chance.random() < 0.5)
        leaving = world.state.projects[found.units[origin]].provinces[0]
        outcomes = world.request(case_id, name, reason=Reason.SAFETY, leaving_province=leaving, urgency=chance.choice(list(Urgency)[1:]))
        if world.proposed_unit(case_id) is None:
            return
        assert outcomes
        found.ways.append(way)
        plan(world.now + chance.randrange(10, 180) * MINUTE, accept(way))

    def accept(way: Way) -> Callable[[], None]:
        def step() -> None:
            if world.proposed_unit(way.case_id) is None:
                found.ways.remove(way)
                return
            reserved = [outcome for outcome in world.accept(way.case_id) if isinstance(outcome, PlaceReserved)]
            way.destination, way.hold_id = reserved[-1].unit_id, reserved[-1].hold_id
            plan(world.now + chance.randrange(60, 600) * MINUTE, depart(way))

        return step

    def depart(way: Way) -> Callable[[], None]:
        def step() -> None:
            (kept,) = [outcome for outcome in world.depart(way.case_id) if isinstance(outcome, PlaceKept)]
            way.kept_id, way.departed = kept.hold_id, world.sequence
            plan(world.now + chance.randrange(120, 600) * MINUTE, arrive(way))

        return step

    def arrive(way: Way) -> Callable[[], None]:
        def step() -> None:
            world.arrive(way.case_id)
            way.arrived = world.sequence
            if way.wanted:
                plan(world.now + _AFTER_ARRIVAL, erase(way))

        return step

    def erase(way: Way) -> Callable[[], None]:
        def step() -> None:
            world.send(CaseErased("", HELPLINE, way.case_id))
            way.erased = True

        return step

    return begin


@dataclass(frozen=True, slots=True)
class Record:
    """A ledger record as a stranger reads it, schemas in hand and no key."""

    sequence: int
    at_ms: int
    raw: bytes
    body: Decided
    envelope: Envelope
    event: str
    clear: tuple[tuple[str, dict[str, object]], ...]
    """(name, clear fields) of the event and of each outcome."""
    references: frozenset[bytes]
    sealed: tuple[bytes, ...]
    """Sealed texts."""

    @property
    def identifiers(self) -> set[object]:
        """What might be seen again in another record: references, ids, sealed texts; not the units and projects, which everybody names."""
        ids = {value for _, fields in self.clear for name, value in fields.items() if name.endswith("_id") and name not in ("unit_id", "project_id")}
        return {*ids, *self.references, *self.sealed}


async def stolen(
    vault: Vault, entries: Sequence[OpenedDecision], *, left_open: Collection[type[Fact]] = (), by_subject: bool = False
) -> list[Record]:
    """The ledger as it is written. Two bugs may be planted: kinds of facts whose sealing is left out, and references that are the same every time."""
    events: list[Event] = [entry.opened.event for entry in entries]  # type: ignore[misc]
    outcomes: list[tuple[Outcome, ...]] = [entry.outcomes for entry in entries]  # type: ignore[misc]
    wires = await vault.seal_events(events)
    datums = await vault.seal_outcomes([(entry.event_offset, said) for entry, said in zip(entries, outcomes, strict=True)], wires)
    found = []
    for entry, event, wire, said, data in zip(entries, events, wires, outcomes, datums, strict=True):
        facts: list[Fact] = [event, *said]
        written = [_written(fact, datum, left_open, by_subject) for fact, datum in zip(facts, (wire, *data), strict=True)]
        found.append(_record(entry, written))
    return found


def _written(fact: Fact, datum: bytes, left_open: Collection[type[Fact]], by_subject: bool) -> bytes:
    clear, private = split(fact)
    read = decode_fact(datum)
    if private is None or not read.sealed:
        return datum
    copies = read.sealed
    if type(fact) in left_open:
        copies = tuple(Sealed(copy.ref, copy.key_version, private) for copy in copies)
    if by_subject and fact.sealed_under is not SealedUnder.NETWORK:
        copies = tuple(
            Sealed(uuid(subject)[:16].encode(), copy.key_version, copy.text) for copy, subject in zip(copies, subjects_of(fact), strict=True)
        )
    return encode_fact(type(fact).__name__, clear, copies)


def _record(entry: OpenedDecision, written: Sequence[bytes]) -> Record:
    body = Decided(written[0], tuple(written[1:]), None, None)
    envelope = Envelope("it", entry.sequence, bytes(32), entry.event_offset, entry.event_time_ms, encode_body(body))
    read = [decode_fact(datum) for datum in written]
    copies = [copy for wire in read for copy in wire.sealed if not _of_the_network(copy)]
    return Record(
        entry.sequence,
        entry.event_time_ms,
        seal_envelope(envelope),
        body,
        envelope,
        read[0].name,
        tuple((wire.name, dict(wire.clear)) for wire in read),
        frozenset(copy.ref for copy in copies),
        tuple(copy.text for copy in copies),
    )


def _of_the_network(copy: Sealed) -> bool:
    return not any(copy.ref)
