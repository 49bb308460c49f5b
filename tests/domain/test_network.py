"""Stream `network`: projects, units, policy, rules and the clock."""

from __future__ import annotations

from dataclasses import replace

from coordinator.domain import RULES, next_deadline_ms, rules_carried
from coordinator.domain.deciding import most_at_once
from events.availability import CapacityChanged
from events.fact import Danger
from events.network import ClockAdvanced, ProjectAmended, ProposalDeadline, RulesAdopted, UnitAmended, UnitClosed
from events.person import DangerDeclared
from events.transfer import PlaceHeld, PlaceReleased, ProposalEnded, ProposalMade, TransferEscalated
from events.vocabulary import DangerKind, Escalation, Host, Level, Need, ProposalEnd, Urgency
from tests.domain.world import ADMINISTRATOR, CLOCK, DAY, HELPLINE, HOUR, POLICY, World, body, italy, kinds, only, woman


def network() -> World:
    world = italy()
    world.unit("rm-1", "lazio", "12", 3)
    world.unit("to-1", "piemonte", "01", 4)
    return world


def amended(unit_id: str = "rm-1", places: int = 3, hosts: tuple[Host, ...] = (Host.MOTHERS_WITH_CHILDREN, Host.WOMEN)) -> UnitAmended:
    return UnitAmended("", ADMINISTRATOR, unit_id, Level.FIRST, places, hosts, (), ("eng", "ita"), ())


def _half(deadlines: tuple[ProposalDeadline, ...]) -> tuple[ProposalDeadline, ...]:
    return tuple(replace(deadline, answer_within_ms=deadline.answer_within_ms // 2) for deadline in deadlines)


def test_closing_a_unit_proposes_elsewhere_in_the_same_entry() -> None:
    world = network()
    case = world.case("anna")
    world.request(case)
    outcomes = world.send(UnitClosed("", body("lazio"), "rm-1"))
    assert only(outcomes, ProposalEnded).how is ProposalEnd.RELEASED
    assert only(outcomes, ProposalMade).unit_id == "to-1"
    assert not world.state.units["rm-1"].counted.accepting


def test_an_accepted_place_in_a_closed_unit_stays_and_an_operator_is_told() -> None:
    world = network()
    case = world.case("anna")
    world.request(case)
    world.accept(case)
    outcomes = world.send(UnitClosed("", body("lazio"), "rm-1"))
    assert only(outcomes, TransferEscalated).why is Escalation.SAFETY_CHANGED
    assert world.proposed_unit(case) == "rm-1"
    world.depart(case)
    assert "PlaceOccupied" in kinds(world.arrive(case))


def test_shrinking_a_unit_releases_the_latest_proposals_until_the_others_fit() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 3)
    cases = [world.case(name) for name in ("first", "second", "third")]
    for case in cases:
        world.now += HOUR
        world.request(case)
    outcomes = world.send(amended(places=1))
    assert [outcome.case_id for outcome in outcomes if isinstance(outcome, ProposalEnded)] == [cases[2], cases[1]]
    assert not world.state.units["rm-1"].counted.over_capacity


def test_shrinking_below_what_is_accepted_is_flagged() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 3)
    case = world.case("pair", household=(woman("a"), woman("b")))
    world.request(case)
    world.accept(case)
    outcomes = world.send(amended(places=1))
    assert only(outcomes, CapacityChanged).over_capacity
    assert world.proposed_unit(case) == "rm-1"


def test_a_unit_that_no_longer_hosts_them_is_not_proposed_to_them() -> None:
    world = network()
    case = world.case("anna")
    world.request(case)
    assert only(world.send(amended(hosts=(Host.MEN,))), ProposalMade).unit_id == "to-1"


def test_a_unit_that_now_meets_a_need_is_proposed() -> None:
    world = network()
    case = world.case("anna", household=(woman(essential_needs=(Need.STEP_FREE,)),))
    assert only(world.request(case), TransferEscalated).why is Escalation.NO_PLACE
    assert only(world.send(replace(amended(), offers=(Need.STEP_FREE,))), ProposalMade).unit_id == "rm-1"


def test_a_new_body_of_a_project_may_be_dangerous_for_who_is_expected_there() -> None:
    world = network()
    case = world.case("anna")
    world.send(DangerDeclared("", HELPLINE, case, Danger(DangerKind.BODY, "body-of-old")))
    world.request(case)
    bodies = ("body-lazio", "body-of-old")
    event = ProjectAmended("", ADMINISTRATOR, "lazio", "Lazio", "body-lazio", bodies, ("RM",), "2022-01-01", "2026-12-31")
    assert only(world.send(event), ProposalMade).unit_id == "to-1"


def test_a_new_policy_looks_at_every_waiting_request_again_and_leaves_holds_alone() -> None:
    world = network()
    held = only(world.request(world.case("first"), urgency=Urgency.PLANNED), PlaceHeld)
    late = world.case("late")
    world.send(replace(POLICY, version=2, fresh_for_ms=HOUR, proposal_deadlines=_half(POLICY.proposal_deadlines)), after=HOUR)
    assert only(world.request(late), TransferEscalated).why is Escalation.NO_PLACE
    outcomes = world.send(replace(POLICY, version=3, fresh_for_ms=DAY))
    assert only(outcomes, ProposalMade).case_id == late
    assert world.state.holds[held.hold_id].until_ms == held.until_ms
    assert next_deadline_ms(world.state) == world.now + DAY


def test_this_release_carries_the_rules_in_force() -> None:
    world = italy()
    assert rules_carried(world.state)
    assert kinds(world.send(RulesAdopted("", ADMINISTRATOR, max(RULES)))) == ["Recorded"]
    assert not rules_carried(replace(world.state, rules_version=max(RULES) + 1))


def test_the_clock_decides_nothing_twice() -> None:
    world = network()
    case = world.case("anna")
    world.request(case, urgency=Urgency.IMMEDIATE)
    due = next_deadline_ms(world.state)
    assert due == world.now + HOUR
    first = world.send(ClockAdvanced("", CLOCK, due), after=HOUR)
    assert "ProposalEnded" in kinds(first)
    assert kinds(world.send(ClockAdvanced("", CLOCK, due))) == ["Recorded"]


def test_any_event_makes_what_is_due_happen_before_its_own_verdict() -> None:
    world = network()
    case = world.case("anna")
    world.request(case, urgency=Urgency.IMMEDIATE)
    world.now += HOUR
    assert kinds(world.accept(case))[-1] == "Refused"
    assert kinds(world.entries[-1].outcomes)[0] == "ProposalEnded"  # type: ignore[arg-type]


def test_deadlines_happen_in_order_of_time_then_id() -> None:
    world = italy()
    for unit_id in ("u1", "u2", "u3"):
        world.unit(unit_id, "lazio", "12", 1)
    cases = [world.case(name) for name in ("a", "b", "c")]
    world.request(cases[2], urgency=Urgency.IMMEDIATE)
    world.now += 1
    world.request(cases[0], urgency=Urgency.IMMEDIATE)
    world.request(cases[1], urgency=Urgency.IMMEDIATE)
    outcomes = world.tick(2 * HOUR)
    assert [outcome.case_id for outcome in outcomes if isinstance(outcome, ProposalEnded)] == [cases[2], *sorted(cases[:2])]


def test_more_than_fits_in_one_entry_goes_on_in_the_next() -> None:
    world = italy()
    most = most_at_once(1)
    world.unit("rm-1", "lazio", "12", most + 40, free=0)
    for number in range(most + 30):
        world.request(world.case(f"case {number}"), urgency=Urgency.IMMEDIATE)
    first = world.publish("rm-1", occupied=0)
    assert sum(isinstance(outcome, PlaceHeld) for outcome in first) == most
    assert next_deadline_ms(world.state) == world.now
    assert sum(isinstance(outcome, PlaceHeld) for outcome in world.tick()) == 30
    world.now += HOUR
    assert sum(isinstance(outcome, PlaceReleased) for outcome in world.tick()) == most
    assert sum(isinstance(outcome, PlaceReleased) for outcome in world.tick()) == 30
    assert next_deadline_ms(world.state) != world.now
