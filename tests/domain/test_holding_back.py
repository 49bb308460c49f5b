"""A place that is worth more to others is kept for them while a request has time to wait: never from who needs it at once, never past its last hours."""

from __future__ import annotations

from dataclasses import replace

from coordinator.domain import next_deadline_ms
from events.network import HoldBack, KindWeights, Matching, ScarcityWeights
from events.transfer import MatchExplained, MatchOverridden, ProposalMade, TransferEscalated
from events.vocabulary import Escalation, OverrideCode, Rule, Urgency
from tests.domain.world import DAY, HELPLINE, HOUR, POLICY, START, World, italy, kinds, only

LAST = 4 * HOUR
SCARCE = ScarcityWeights(START, START + 30 * DAY, "by hand", "none", (KindWeights("women", (3000, 1500, 0)),))
HELD = HoldBack((Urgency.WITHIN_DAYS, Urgency.PLANNED), LAST)
HOLDING_BACK = replace(POLICY, version=2, matching=Matching((4000, 2000, 1000), SCARCE, HELD))


def holding_back(places: int = 1, until_ms: int = SCARCE.valid_until_ms) -> World:
    """One unit in Lazio with so many free places; the weights are valid until an instant."""
    world = italy()
    world.send(replace(HOLDING_BACK, matching=Matching((4000, 2000, 1000), replace(SCARCE, valid_until_ms=until_ms), HELD)))
    world.unit("rm-1", "lazio", "12", places)
    return world


def test_the_last_place_is_kept_and_the_helpline_told_why() -> None:
    world = holding_back()

    outcomes = world.request(world.case("anna"), urgency=Urgency.WITHIN_DAYS)

    assert only(outcomes, TransferEscalated).why is Escalation.PLACES_KEPT
    assert [(group.rule, group.units) for group in only(outcomes, MatchExplained).excluded if group.units == ("rm-1",)] == [
        (Rule.KEPT_FOR_OTHERS, ("rm-1",))
    ]
    assert "ProposalMade" not in kinds(outcomes)


def test_who_needs_a_place_at_once_never_waits_for_a_better_one() -> None:
    world = holding_back()

    assert only(world.request(world.case("anna"), urgency=Urgency.IMMEDIATE), ProposalMade).unit_id == "rm-1"


def test_a_place_of_many_is_given_at_once() -> None:
    world = holding_back(places=2)

    assert only(world.request(world.case("anna"), urgency=Urgency.WITHIN_DAYS), ProposalMade).unit_id == "rm-1"


def test_the_clock_rings_when_the_request_may_wait_no_longer() -> None:
    world = holding_back()
    last_ms = world.now + DAY - LAST
    asked = world.request(world.case("anna"), urgency=Urgency.WITHIN_DAYS, needed_by_ms=last_ms + LAST)
    assert "ProposalMade" not in kinds(asked)

    assert next_deadline_ms(world.state) == last_ms
    assert "ProposalMade" not in kinds(world.tick(last_ms - world.now - 1))
    assert only(world.tick(1), ProposalMade).unit_id == "rm-1"


def test_the_clock_rings_when_the_weights_expire() -> None:
    ends_ms = START + DAY
    world = holding_back(until_ms=ends_ms)
    assert next_deadline_ms(world.state) != ends_ms, "nobody waits"
    asked = world.request(world.case("anna"), urgency=Urgency.PLANNED, needed_by_ms=ends_ms + 9 * DAY)
    assert "ProposalMade" not in kinds(asked)

    assert next_deadline_ms(world.state) == ends_ms
    assert "ProposalMade" not in kinds(world.tick(ends_ms - world.now - 1))
    assert only(world.tick(1), ProposalMade).unit_id == "rm-1"
    assert next_deadline_ms(world.state) != ends_ms


def test_a_place_that_falls_free_ends_the_wait_once_enough_are_left() -> None:
    world = holding_back()
    world.request(world.case("anna"), urgency=Urgency.WITHIN_DAYS)

    assert only(world.unit("rm-2", "lazio", "12"), ProposalMade).unit_id in ("rm-1", "rm-2")


def test_what_is_kept_is_explained_once() -> None:
    world = holding_back()
    world.request(world.case("anna"), urgency=Urgency.WITHIN_DAYS)

    assert kinds(world.publish("rm-1")).count("MatchExplained") == 0


def test_the_helpline_may_choose_a_place_that_is_kept() -> None:
    world = holding_back()
    case_id = world.case("anna")
    world.request(case_id, urgency=Urgency.WITHIN_DAYS)

    chosen = MatchOverridden("", HELPLINE, case_id, world.transfer_id(case_id), "rm-1", OverrideCode.CARE_BEGUN, "the doctor is there", "")
    assert only(world.send(chosen), ProposalMade).unit_id == "rm-1"


def test_nothing_is_kept_once_the_weights_have_expired() -> None:
    world = holding_back(until_ms=START + DAY)
    world.now += 2 * DAY
    world.unit("rm-2", "lazio", "12", 1)

    assert only(world.request(world.case("anna"), urgency=Urgency.WITHIN_DAYS), ProposalMade).unit_id in ("rm-1", "rm-2")
