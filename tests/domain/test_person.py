"""Stream `person`: agreement, dangers and links that arrive before, after and beside a proposal; erasure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.domain import next_deadline_ms
from coordinator.domain.snapshot import parts_of
from events.entry import Locked, OpenedDecision
from events.fact import Actor, Danger
from events.facts import Outcome
from events.network import UnitAmended
from events.person import AgreementGiven, AgreementWithdrawn, CaseErased, DangerDeclared, KeepApartDeclared
from events.referral import ReferralAccepted, ReferralReceived
from events.transfer import MatchExplained, PlaceHeld, PlaceOccupied, PlaceReleased, ProposalEnded, ProposalMade, TransferClosed, TransferEscalated
from events.vocabulary import DangerKind, Escalation, Host, KeepApart, Level, ProposalEnd, Role, Source, TransferEnd
from tests.domain.test_histories import locked
from tests.domain.world import DAY, HELPLINE, HOUR, POLICY, PROGRAMMES_END, World, body, italy, kinds, only, uuid, woman


def network() -> World:
    world = italy()
    world.unit("na-1", "campania", "15", 4, free=0)
    world.unit("rm-1", "lazio", "12", 2)
    world.unit("to-1", "piemonte", "01", 3)
    return world


def proposed(world: World, name: str = "anna") -> str:
    case = world.case(name, hosted="na-1")
    world.request(case, name)
    return case


def escalations(outcomes: tuple[Outcome, ...]) -> list[Escalation]:
    return [outcome.why for outcome in outcomes if isinstance(outcome, TransferEscalated)]


def in_danger(world: World, case: str, kind: DangerKind, value: str) -> tuple[Outcome, ...]:
    return world.send(DangerDeclared("", HELPLINE, case, Danger(kind, value)))


# Dangers.


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (DangerKind.PROVINCE, "RM"),
        (DangerKind.REGION, "12"),
        (DangerKind.MACRO_AREA, "centre"),
        (DangerKind.PROJECT, "lazio"),
        (DangerKind.BODY, "body-lazio"),
        (DangerKind.UNIT, "rm-1"),
    ],
)
def test_a_danger_at_the_proposed_place_releases_it_at_once(kind: DangerKind, value: str) -> None:
    world = network()
    case = proposed(world)
    outcomes = in_danger(world, case, kind, value)
    assert only(outcomes, ProposalEnded).how is ProposalEnd.RELEASED
    assert only(outcomes, ProposalMade).unit_id == "to-1"
    assert ("safety", ("rm-1",)) in [(group.rule, group.units) for group in only(outcomes, MatchExplained).excluded]


def test_a_danger_elsewhere_changes_nothing() -> None:
    world = network()
    case = proposed(world)
    assert kinds(in_danger(world, case, DangerKind.REGION, "19")) == ["Recorded"]


def test_a_danger_after_acceptance_releases_too_and_tells_an_operator() -> None:
    world = network()
    case = proposed(world)
    world.accept(case)
    outcomes = in_danger(world, case, DangerKind.PROVINCE, "RM")
    assert escalations(outcomes) == [Escalation.SAFETY_CHANGED]
    assert only(outcomes, PlaceReleased).unit_id == "rm-1"
    assert only(outcomes, ProposalMade).unit_id == "to-1"


def test_a_danger_on_the_way_is_an_operators() -> None:
    world = network()
    case = proposed(world)
    world.accept(case)
    world.depart(case)
    outcomes = in_danger(world, case, DangerKind.PROVINCE, "RM")
    assert kinds(outcomes) == ["Recorded", "TransferEscalated"]
    assert escalations(outcomes) == [Escalation.SAFETY_CHANGED]


def test_a_case_linked_to_a_danger_of_the_residents_does_not_come() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2, dangers=(Danger(DangerKind.REGION, "15"),))
    case = world.case("anna")
    in_danger(world, case, DangerKind.PROVINCE, "NA")
    assert escalations(world.request(case)) == [Escalation.NO_PLACE]


def test_a_unit_amended_with_a_danger_releases_who_is_linked_to_it() -> None:
    world = network()
    case = world.case("anna")
    in_danger(world, case, DangerKind.PROVINCE, "NA")
    world.request(case)
    amended = UnitAmended(
        "", body("lazio"), "rm-1", Level.FIRST, 2, (Host.MOTHERS_WITH_CHILDREN, Host.WOMEN), (), ("eng",), (Danger(DangerKind.REGION, "15"),)
    )
    assert only(world.send(amended), ProposalMade).unit_id == "to-1"


# Keep apart.


def apart(world: World, one: str, other: str) -> tuple[Outcome, ...]:
    return world.send(KeepApartDeclared("", HELPLINE, one, other, KeepApart.CO_TRAFFICKED))


def test_nobody_goes_near_where_the_other_lives() -> None:
    world = network()
    bina = world.case("bina", "lazio", hosted="rm-1")
    anna = world.case("anna")
    apart(world, anna, bina)
    assert only(world.request(anna), ProposalMade).unit_id == "to-1"


def test_links_are_symmetric_and_bind_the_way_and_the_place_left() -> None:
    world = network()
    bina = world.case("bina", hosted="na-1")
    anna = world.case("anna", hosted="na-1")
    apart(world, bina, anna)
    world.request(bina, "bina")
    world.accept(bina)
    world.depart(bina)
    assert world.proposed_unit(bina) == "rm-1"
    assert only(world.request(anna), ProposalMade).unit_id == "to-1"
    world.publish("na-1", occupied=2)
    cara = world.case("cara", "lazio")
    apart(world, cara, bina)
    outcomes = world.request(cara)
    assert "na-1" in only(outcomes, MatchExplained).excluded[-1].units


def test_a_link_that_arrives_after_the_holds_undoes_the_later_and_less_advanced_one() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2)
    world.unit("to-1", "piemonte", "01", 3, free=0)
    anna, bina = world.case("anna"), world.case("bina")
    world.request(anna)
    world.request(bina)
    outcomes = apart(world, anna, bina)
    assert only(outcomes, ProposalEnded).case_id == bina
    assert escalations(outcomes) == [Escalation.NO_PLACE]
    assert world.proposed_unit(anna) == "rm-1"


def test_when_one_leaves_the_other_may_come() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2)
    anna, bina = world.case("anna"), world.case("bina")
    apart(world, anna, bina)
    world.request(anna)
    assert escalations(world.request(bina)) == [Escalation.NO_PLACE]
    outcomes = in_danger(world, anna, DangerKind.REGION, "12")
    assert only(outcomes, ProposalMade).case_id == bina


def test_two_kept_apart_are_not_matched_together_to_one_unit() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2, free=0)
    anna, bina = world.case("anna"), world.case("bina")
    apart(world, anna, bina)
    world.request(anna)
    world.now += HOUR
    world.request(bina)
    assert only(world.publish("rm-1"), ProposalMade).case_id == anna


def test_a_household_found_to_live_near_a_held_place_releases_it() -> None:
    world = network()
    anna, bina = world.case("anna"), uuid("bina")
    world.send(ReferralReceived("", HELPLINE, bina, Source.NGO, "RM", (woman(),), ""))
    apart(world, anna, bina)
    world.request(anna)
    assert world.proposed_unit(anna) == "rm-1"
    outcomes = world.send(ReferralAccepted("", body("lazio"), bina, "lazio", "rm-1"))
    assert only(outcomes, ProposalMade).unit_id == "to-1"


def test_policy_says_whether_a_region_is_near() -> None:
    world = network()
    world.project("roma", ("BO",))
    world.unit("rm-2", "roma", "12", 2, free=0)
    bina = world.case("bina", "roma", hosted="rm-2")
    world.send(replace(POLICY, version=2, near_is_same_region=True))
    anna = world.case("anna")
    apart(world, anna, bina)
    assert only(world.request(anna), ProposalMade).unit_id == "to-1"


# Agreement.


def test_agreement_withdrawn_releases_the_hold_and_asks_for_an_operator() -> None:
    world = network()
    case = proposed(world)
    outcomes = world.send(AgreementWithdrawn("", HELPLINE, case, "a"))
    assert only(outcomes, ProposalEnded).how is ProposalEnd.RELEASED
    assert escalations(outcomes) == [Escalation.AGREEMENT_MISSING]
    assert only(world.send(AgreementGiven("", HELPLINE, case, "a", world.now + DAY)), ProposalMade).case_id == case


def test_agreement_withdrawn_after_acceptance_releases_too() -> None:
    world = network()
    case = proposed(world)
    world.accept(case)
    outcomes = world.send(AgreementWithdrawn("", body("lazio"), case, "a"))
    assert escalations(outcomes) == [Escalation.SAFETY_CHANGED, Escalation.AGREEMENT_MISSING]
    assert only(outcomes, PlaceReleased).unit_id == "rm-1"


def test_agreement_withdrawn_on_the_way_is_an_operators() -> None:
    world = network()
    case = proposed(world)
    world.accept(case)
    world.depart(case)
    assert kinds(world.send(AgreementWithdrawn("", HELPLINE, case, "a"))) == ["Recorded", "TransferEscalated"]


# Erasure.


def erase(world: World, case: str, actor: Actor = HELPLINE) -> tuple[Outcome, ...]:
    return world.send(CaseErased("", actor, case))


def test_erasure_ends_what_is_live_and_forgets_the_case() -> None:
    world = network()
    case = proposed(world)
    outcomes = erase(world, case)
    assert kinds(outcomes) == ["Recorded", "ProposalEnded", "PlaceReleased", "CapacityChanged", "TransferClosed"]
    assert only(outcomes, TransferClosed).how is TransferEnd.WITHDRAWN
    assert case not in world.state.cases
    assert case in world.state.erased
    assert len(world.state.holds) == 0


@pytest.mark.parametrize("actor", [HELPLINE, body("campania"), Actor("adm", "department", Role.ADMINISTRATOR)])
def test_who_may_erase(actor: Actor) -> None:
    world = network()
    assert "Recorded" in kinds(erase(world, proposed(world), actor))


def test_erasure_on_the_way_names_the_destination_alone_and_the_place_left_ends_by_the_clock() -> None:
    world = network()
    case = proposed(world)
    world.accept(case)
    world.depart(case)
    left_at = world.now
    world.now += HOUR
    outcomes = erase(world, case)
    assert {outcome.unit_id for outcome in outcomes if isinstance(outcome, PlaceReleased | PlaceHeld | PlaceOccupied)} == {"rm-1"}
    assert next_deadline_ms(world.state) == left_at + POLICY.kept_after_arrival_ms
    world.now = left_at
    assert only(world.tick(POLICY.kept_after_arrival_ms), PlaceReleased).unit_id == "na-1"
    assert next_deadline_ms(world.state) == PROGRAMMES_END


def test_the_erased_no_longer_keep_anybody_apart() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", 2)
    bina = world.case("bina", "lazio", hosted="rm-1")
    anna = world.case("anna")
    apart(world, anna, bina)
    assert escalations(world.request(anna)) == [Escalation.NO_PLACE]
    assert only(erase(world, bina), ProposalMade).case_id == anna
    assert len(world.state.links) == 0


def test_what_is_remembered_of_an_erased_case_goes_too() -> None:
    world = network()
    bina = world.case("bina")
    case = proposed(world)
    apart(world, case, bina)
    erase(world, case)
    clear, parts = parts_of(world.state)
    assert all(case not in subject for subject, _ in parts)
    for subject, content in parts:
        assert subject == "network" or case.encode() not in content
    assert case.encode() not in clear


def test_a_fold_without_the_key_is_the_same_after_the_erasure() -> None:
    world = network()
    bina = world.case("bina", "lazio")
    case = proposed(world)
    apart(world, case, bina)
    world.accept(case)
    world.depart(case)
    world.arrive(case)
    world.publish("rm-1", occupied=1, as_of_sequence=0)
    world.request(bina)
    erase(world, case)

    def without_key(entry: OpenedDecision) -> OpenedDecision:
        return locked(entry, frozenset({case}))

    assert any(isinstance(without_key(entry).opened.event, Locked) for entry in world.entries)
    assert parts_of(world.folded(len(world.entries), without_key)) == parts_of(world.state)


def test_the_erased_are_forgotten_after_two_weeks() -> None:
    world = network()
    case = proposed(world)
    erase(world, case)
    world.tick(16 * DAY)
    assert len(world.state.erased) == 0


def test_who_folds_without_the_key_of_a_living_case_keeps_a_hold_that_nobody_ends() -> None:
    """Why the loss of a decided event's key is not simply accepted (docs/adr/0065-decided-and-lost.md). After an erasure the same hold is released."""
    world = network()
    case = proposed(world)
    (hold,) = world.state.holds.values()
    assert hold.until_ms is not None
    for erased in (False, True):
        lost = network()
        lost.__dict__.update({**world.__dict__, "entries": list(world.entries)})
        if erased:
            lost.send(CaseErased("", HELPLINE, case))
        lost.state = lost.folded(len(lost.entries), lambda entry: locked(entry, frozenset({case})))
        assert case not in lost.state.cases
        for _ in range(3):
            lost.tick(DAY)
        assert lost.now > hold.until_ms and (hold.hold_id in lost.state.holds) is not erased
