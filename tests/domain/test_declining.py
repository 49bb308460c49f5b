"""Stream `transfer`, declines: the table of codes and consequences, and that each consequence happens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coordinator.domain.declining import CONSEQUENCES
from coordinator.domain.state import WaitingKey
from events.availability import CapacityChanged
from events.facts import Outcome
from events.transfer import ProposalDeclined, TransferEscalated
from events.vocabulary import Consequence, DeclineCode, Escalation
from tests.domain.world import DAY, MINUTE, World, italy, kinds


def one_place() -> tuple[World, str]:
    """One unit with two places, proposed to Anna."""
    world = italy()
    world.unit("rm-1", "lazio", "12", 2)
    case = world.case("anna")
    world.request(case, needed_by_ms=world.now + 60 * DAY)
    return world, case


def decline(world: World, case_id: str, code: DeclineCode) -> tuple[Outcome, ...]:
    return world.send(ProposalDeclined("", world.asked(case_id), case_id, world.transfer_id(case_id), None, code, "because"))


def turn(world: World) -> tuple[WaitingKey, ...]:
    return world.state.waiting


def test_every_code_has_consequences_and_the_document_says_the_same() -> None:
    assert set(CONSEQUENCES) == set(DeclineCode)
    document = (Path(__file__).parents[2] / "docs" / "declines.md").read_text()
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\| (.+?) \|$", document, re.MULTILINE)
    assert {code: set(re.findall(r"`(\w+)`", told)) for code, told in rows} == {code.value: set(told) for code, told in CONSEQUENCES.items()}


@pytest.mark.parametrize("code", DeclineCode)
def test_correct_availability(code: DeclineCode) -> None:
    world, case = one_place()
    outcomes = decline(world, case, code)
    corrected = [outcome for outcome in outcomes if isinstance(outcome, CapacityChanged) and not outcome.accepting]
    assert bool(corrected) == (Consequence.CORRECT_AVAILABILITY in CONSEQUENCES[code])


@pytest.mark.parametrize("code", DeclineCode)
def test_not_this_unit_lasts_until_something_changes_and_parking_for_a_time(code: DeclineCode) -> None:
    world, case = one_place()
    decline(world, case, code)
    asked_again = False
    for _ in range(10):
        world.now += DAY
        asked_again |= "ProposalMade" in kinds(world.reaffirm("rm-1"))
    waits = {Consequence.NOT_THIS_UNIT, Consequence.REASSESS, Consequence.CORRECT_AVAILABILITY}
    assert asked_again == (not waits.intersection(CONSEQUENCES[code]))


@pytest.mark.parametrize("code", [code for code in DeclineCode if Consequence.REASSESS not in CONSEQUENCES[code]])
def test_every_park_ends_when_the_unit_says_something_new(code: DeclineCode) -> None:
    world, case = one_place()
    assert "ProposalMade" not in kinds(decline(world, case, code))
    world.now += MINUTE
    assert "ProposalMade" in kinds(world.publish("rm-1", occupied=1))


@pytest.mark.parametrize("code", DeclineCode)
def test_reassess_calls_an_operator(code: DeclineCode) -> None:
    world, case = one_place()
    escalated = {outcome.why for outcome in decline(world, case, code) if isinstance(outcome, TransferEscalated)}
    assert (Escalation.REASSESS in escalated) == (Consequence.REASSESS in CONSEQUENCES[code])


@pytest.mark.parametrize("code", [DeclineCode.PERSON_REFUSED, DeclineCode.PERSON_CHANGED_MIND])
def test_refusing_a_place_never_lowers_the_priority(code: DeclineCode) -> None:
    world, case = one_place()
    other = world.case("bina")
    world.now += MINUTE
    world.publish("rm-1", occupied=1)
    world.request(other)
    decline(world, case, code)
    assert [key[3] for key in turn(world)][:1] in ([case], [])
    transfer = world.state.cases[case].transfer
    assert transfer is not None
    assert transfer.requested_at_ms < world.now
