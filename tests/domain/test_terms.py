"""Every datum has a term: closed cases and a month's explanations go by the clock, unless two people of different bodies hold the case."""

from __future__ import annotations

from dataclasses import replace

from coordinator.domain import next_deadline_ms
from coordinator.domain.snapshot import parts_of, state_from
from events.network import Retention
from events.period import next_period, period_ends_ms, period_of
from events.person import CaseErased, CaseExpired, ExplanationsExpired, LegalHoldLifted, LegalHoldPlaced
from events.referral import ReferralClosed
from events.transfer import MatchExplained
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


HALF_A_YEAR = 182 * DAY


def explaining() -> tuple[World, str]:
    """A network whose explanations have a term, and a case of which one is given."""
    world = italy()
    world.send(replace(POLICY, version=2, retention=Retention(TERM, HALF_A_YEAR)))
    anna = world.case("anna")
    assert only(world.request(anna), MatchExplained).period == period_of(world.now)
    return world, anna


def test_a_months_explanations_expire_a_term_after_its_end() -> None:
    world, _ = explaining()
    month = period_of(world.now)
    left_ms = period_ends_ms(month) + HALF_A_YEAR - world.now
    world.tick(left_ms - DAY)
    assert world.state.explained_from == month
    assert ExplanationsExpired(month, None, ()) in world.tick(DAY)
    assert world.state.explained_from == next_period(month)
    assert next_deadline_ms(world.state) == period_ends_ms(next_period(month)) + HALF_A_YEAR
    assert parts_of(state_from("it", *parts_of(world.state))) == parts_of(world.state)


def test_a_service_that_slept_says_it_once() -> None:
    world, _ = explaining()
    month = period_of(world.now)
    expired = only(world.tick(HALF_A_YEAR + 100 * DAY), ExplanationsExpired)
    assert expired.period > next_period(month)
    assert period_ends_ms(expired.period) + HALF_A_YEAR <= world.now < period_ends_ms(next_period(expired.period)) + HALF_A_YEAR


def test_explanations_without_a_term_have_no_key_of_their_own() -> None:
    world = italy()
    world.send(replace(POLICY, version=2, retention=Retention(TERM)))
    assert only(world.request(world.case("anna")), MatchExplained).period is None
    assert world.state.explained_from is None
    assert "ExplanationsExpired" not in [type(outcome).__name__ for outcome in world.tick(TERM)]


def test_a_legal_hold_keeps_explanations_until_it_is_lifted() -> None:
    world, anna = explaining()
    held(world, anna)
    month = period_of(world.now)
    expired = only(world.tick(period_ends_ms(month) + HALF_A_YEAR - world.now), ExplanationsExpired)
    assert expired == ExplanationsExpired(month, None, (anna,))
    lifted = LegalHoldLifted(world.event_id(), HELPLINE, anna, "the trial is over")
    world.send(lifted)
    assert only(world.send(ActionConfirmed("", ADMINISTRATOR, anna, lifted.event_id)), ExplanationsExpired) == ExplanationsExpired(month, (anna,), ())
    assert world.state.explained_from == next_period(month)


def test_a_term_has_to_be_one() -> None:
    world = italy()
    for retention in (Retention(TERM, 0), Retention(TERM, None, -1), Retention(0)):
        assert only(world.send(replace(POLICY, version=2, retention=retention)), Refused).field == "retention"
