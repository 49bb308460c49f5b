"""An entry stays small, and the state does not grow with the network's history."""

from __future__ import annotations

import sys

import pytest

from coordinator.domain.deciding import most_at_once, wire_size
from coordinator.domain.snapshot import parts_of
from events.codec import encode_fact, split
from events.facts import Outcome
from events.network import ClockAdvanced
from events.person import AgreementGiven
from events.topics import MAX_ENTRY_BYTES
from events.verdict import Refused
from events.vocabulary import RefusalCode
from tests.domain.world import CLOCK, DAY, HELPLINE, HOUR, World, italy, kinds


def network_of(units: int, free: int = 2) -> World:
    world = italy()
    for number in range(units):
        world.unit(f"u{number:04}", "lazio", "12", 2, free=free)
    return world


def bytes_of(outcome: Outcome) -> int:
    """At least the size of the outcome on the wire: padded to the next power of two, with a reference and a tag."""
    clear, private = split(outcome)
    if private is None:
        return len(encode_fact(type(outcome).__name__, clear, ()))
    size = 64
    while size < len(private) + 4:
        size *= 2
    return size + 16 + 16 + 40


def test_the_estimate_is_never_below_the_wire() -> None:
    world = network_of(40)
    case = world.case("anna")
    world.request(case)
    world.accept(case)
    world.depart(case)
    world.arrive(case)
    for entry in world.entries:
        for outcome in entry.outcomes:
            assert bytes_of(outcome) <= wire_size(outcome)  # type: ignore[arg-type]


@pytest.mark.parametrize("units", [1, 300, 1000, 5000])
def test_deadlines_alone_never_fill_a_record(units: int) -> None:
    explained = 2 * units * (16 + 64 + 6 * 9)
    assert most_at_once(units) * explained < MAX_ENTRY_BYTES * 0.75 or most_at_once(units) == 8


def test_an_event_from_which_too_much_follows_is_refused_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    world = network_of(3, free=0)
    for number in range(6):
        world.request(world.case(f"case {number}"))
    monkeypatch.setattr(sys.modules["coordinator.domain.decide"], "MOST_OUTCOME_BYTES", 1500)
    outcomes = world.publish("u0001", occupied=0)
    assert outcomes == (Refused(RefusalCode.TOO_LARGE, ""),)
    assert world.state.units["u0001"].counted.free == 0


def test_what_was_due_happens_even_where_the_event_is_refused_for_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    world = network_of(1)
    case = world.case("anna")
    world.request(case)
    monkeypatch.setattr(sys.modules["coordinator.domain.decide"], "MOST_OUTCOME_BYTES", 0)
    outcomes = world.tick(DAY)
    assert kinds(outcomes)[0] == "ProposalEnded"
    assert outcomes[-1] == Refused(RefusalCode.TOO_LARGE, "")


def test_the_state_does_not_grow_with_transfers_counts_and_clocks() -> None:
    world = network_of(4)
    case = world.case("anna")
    sizes = []
    for round_ in range(12):
        world.send(AgreementGiven("", HELPLINE, case, "a", world.now + 30 * DAY))
        world.request(case, f"round {round_}")
        world.accept(case)
        world.depart(case)
        world.arrive(case)
        world.tick(8 * DAY)
        for unit_id in sorted(world.state.units):
            world.publish(unit_id)
        for _ in range(30):
            world.send(ClockAdvanced("", CLOCK, world.now), after=HOUR)
        clear, parts = parts_of(world.state)
        sizes.append(len(clear) + sum(len(content) for _, content in parts))
    assert max(sizes[6:]) <= max(sizes[2:6]) * 1.02
