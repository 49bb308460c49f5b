"""Every datum has a term: a closed case is forgotten by the clock, unless two people of different bodies hold it."""

from __future__ import annotations

from dataclasses import replace

from coordinator.domain import next_deadline_ms
from coordinator.domain.snapshot import parts_of, state_from
from events.network import Retention
from events.person import CaseErased, CaseExpired, LegalHoldLifted, LegalHoldPlaced
from events.referral import ReferralClosed
from events.two_people import ActionConfirmed
from events.verdict import Refused
from events.vocabulary import ReferralEnd, RefusalCode
from tests.domain.test_histories import locked
from tests.domain.world import ADMINISTRATOR, DAY, HELPLINE, POLICY, World, italy, only

TERM = 730 * DAY


def closed() -> tuple[World, str]:
    world = italy()
    world.send(replace(POLICY, version=2, retention=Retention(TERM)))
    anna = world.case("anna")
    world.send(ReferralClosed("", HELPLINE, anna, next(iter(ReferralEnd)), "done"))
    return world, anna


def held(world: World, case: str) -> None:
    event = LegalHoldPlaced(world.event_id(), ADMINISTRATOR, case, "a trial")
    world.send(event)
    assert case not in world.state.legal_holds, "one body alone holds nothing"
    world.send(ActionConfirmed("", HELPLINE, case, event.event_id))
    assert case in world.state.legal_holds


def test_a_closed_case_is_forgotten_when_its_term_is_over() -> None:
    world, anna = closed()
    assert next_deadline_ms(world.state) == world.now + TERM
    assert CaseExpired(anna) not in world.tick(TERM - DAY)
    assert CaseExpired(anna) in world.tick(DAY)
    assert anna not in world.state.closed and anna in world.state.erased
    without = world.folded(len(world.entries), lambda entry: locked(entry, frozenset({anna})))
    assert parts_of(without) == parts_of(world.state), "nothing is left that its key would be needed for"


def test_without_a_term_nothing_is_destroyed() -> None:
    world, anna = closed()
    world.send(replace(POLICY, version=3))
    assert next_deadline_ms(world.state) != world.now + TERM
    assert CaseExpired(anna) not in world.tick(2 * TERM)


def test_a_legal_hold_stops_the_clock_and_erasure_until_two_people_lift_it() -> None:
    world, anna = closed()
    held(world, anna)
    assert parts_of(state_from("it", *parts_of(world.state))) == parts_of(world.state)
    assert CaseExpired(anna) not in world.tick(TERM)
    assert only(world.send(CaseErased("", ADMINISTRATOR, anna)), Refused).code is RefusalCode.LEGAL_HOLD
    lifted = LegalHoldLifted(world.event_id(), HELPLINE, anna, "the trial is over")
    world.send(lifted)
    world.send(ActionConfirmed("", ADMINISTRATOR, anna, lifted.event_id))
    assert CaseExpired(anna) in world.tick()


def test_a_hold_outlives_the_closing_of_its_case() -> None:
    world = italy()
    world.send(replace(POLICY, version=2, retention=Retention(TERM)))
    anna = world.case("anna")
    held(world, anna)
    world.send(ReferralClosed("", HELPLINE, anna, next(iter(ReferralEnd)), "done"))
    assert CaseExpired(anna) not in world.tick(TERM)
