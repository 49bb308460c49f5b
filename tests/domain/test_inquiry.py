"""Stream `transfer`, inquiries: who is asked, what an answer brings, and that asking holds nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.domain import next_deadline_ms
from events.availability import AvailabilityLearned, CapacityChanged
from events.fact import Danger
from events.facts import Outcome
from events.inquiry import InquiryAnswered, InquiryEnded, InquiryOpened
from events.network import UnitAmended
from events.person import AgreementWithdrawn, DangerDeclared, KeepApartDeclared
from events.transfer import MatchExplained, PlaceHeld, ProposalMade, TransferEnded, TransferWithdrawn
from events.vocabulary import (
    AgeGroup,
    DangerKind,
    DeclineCode,
    Gender,
    Host,
    InquiryEnd,
    KeepApart,
    Level,
    Need,
    Reason,
    TransferEnd,
)
from tests.domain.world import ASKING, DAY, HELPLINE, HOUR, MINUTE, POLICY, World, body, child, italy, kinds, only, woman


def asking() -> World:
    """Four projects with a unit each, where nobody has counted yet; three may be asked at once."""
    world = italy()
    world.send(replace(POLICY, version=2, inquiries=ASKING))
    world.project("sicilia", ("PA",))
    world.unit("na-1", "campania", "15", free=-1)
    world.unit("rm-1", "lazio", "12", free=-1)
    world.unit("rm-2", "lazio", "12", free=-1)
    world.unit("to-1", "piemonte", "01", free=-1)
    world.unit("pa-1", "sicilia", "19", free=-1)
    return world


def opened(outcomes: tuple[Outcome, ...]) -> dict[str, str]:
    """Units that are asked, with the id of the inquiry."""
    return {outcome.unit_id: outcome.inquiry_id for outcome in outcomes if isinstance(outcome, InquiryOpened)}


def ended(outcomes: tuple[Outcome, ...]) -> list[InquiryEnd]:
    return [outcome.how for outcome in outcomes if isinstance(outcome, InquiryEnded)]


def open_in(world: World, case_id: str) -> dict[str, str]:
    """Units about which inquiries are open, with the id of each."""
    transfer = world.state.cases[case_id].transfer
    assert transfer is not None
    return {inquiry.unit_id: inquiry.inquiry_id for inquiry in transfer.inquiries}


def answer(world: World, case_id: str, unit_id: str, **changes: object) -> tuple[Outcome, ...]:
    """Yes, one place, now; unless said otherwise."""
    event = InquiryAnswered(
        "",
        body(world.state.units[unit_id].project_id),
        case_id,
        world.transfer_id(case_id),
        open_in(world, case_id)[unit_id],
        True,
        None,
        "",
        1,
        None,
    )
    return world.send(replace(event, **changes))  # type: ignore[arg-type]


def no(world: World, case_id: str, unit_id: str, code: DeclineCode = DeclineCode.PROVIDER_CANNOT_MEET_NEED) -> tuple[Outcome, ...]:
    return answer(world, case_id, unit_id, could=False, places=None, code=code, text="because")


# Who is asked.


def test_where_no_fresh_place_fits_three_projects_are_asked_and_nothing_is_held() -> None:
    world = asking()
    outcomes = world.request(world.case("anna"))
    assert kinds(outcomes) == ["Recorded", "TransferEscalated", "InquiryOpened", "InquiryOpened", "InquiryOpened", "MatchExplained"]
    units = opened(outcomes)
    assert len({world.state.units[unit_id].project_id for unit_id in units}) == 3
    assert {outcome.deadline_at_ms for outcome in outcomes if isinstance(outcome, InquiryOpened)} == {world.now + 4 * HOUR}
    assert not world.state.holds


def test_the_explanation_accounts_for_whoever_is_asked() -> None:
    world = asking()
    outcomes = world.request(world.case("anna"))
    explained = only(outcomes, MatchExplained)
    assert {scored.unit_id for scored in explained.asked} == opened(outcomes).keys()
    assert [scored.total for scored in explained.asked] == sorted((scored.total for scored in explained.asked), reverse=True)
    assert {unit_id for group in explained.excluded for unit_id in group.units} == {"na-1", "pa-1", "rm-1", "rm-2", "to-1"}


def test_without_a_policy_for_it_nobody_is_asked() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12", free=-1)
    assert not opened(world.request(world.case("anna")))


def test_a_fresh_place_is_proposed_and_nobody_is_asked() -> None:
    world = asking()
    world.publish("rm-1")
    outcomes = world.request(world.case("anna"))
    assert only(outcomes, ProposalMade).unit_id == "rm-1"
    assert not opened(outcomes)


def test_old_figures_are_asked_about_whatever_they_say_and_fresh_ones_are_not() -> None:
    world = italy()
    world.send(replace(POLICY, version=2, inquiries=ASKING))
    world.unit("rm-1", "lazio", "12", free=0)
    world.now += 3 * DAY
    world.unit("to-1", "piemonte", "01", free=0)
    assert opened(world.request(world.case("anna"))).keys() == {"rm-1"}


def test_a_unit_that_network_holds_fill_is_not_asked() -> None:
    world = italy()
    world.send(replace(POLICY, version=2, inquiries=ASKING))
    world.unit("rm-1", "lazio", "12", 1)
    first = world.case("first")
    world.request(first)
    world.accept(first)
    world.now += 3 * DAY
    assert not opened(world.request(world.case("anna")))


UNSAFE: dict[str, tuple[tuple[object, ...], dict[str, object]]] = {
    "rule 4": ((woman("a", parent=True), child("b")), {"hosts": (Host.WOMEN,)}),
    "rule 4, alone": ((child("a", age_group=AgeGroup.MINOR),), {"hosts": (Host.UNACCOMPANIED_MINORS,)}),
    "rule 5": ((woman("a", gender=Gender.MAN),), {}),
    "rule 6": ((woman("a", essential_needs=(Need.STEP_FREE,)),), {}),
    "rule 6, language": ((woman("a", languages=("sqi",), only_language=True),), {}),
    "rule 1": ((woman("a"), woman("b"), woman("c")), {"places": 2}),
    "not residential": ((woman("a"),), {"level": Level.NON_RESIDENTIAL}),
}


@pytest.mark.parametrize("name", UNSAFE)
def test_a_unit_that_fails_a_rule_is_never_asked(name: str) -> None:
    household, unit = UNSAFE[name]
    world = italy()
    world.send(replace(POLICY, version=2, inquiries=ASKING))
    world.unit("rm-0", "lazio", "12", 4, free=0)
    world.unit("rm-1", "lazio", "12", **{"free": -1, **unit})  # type: ignore[arg-type]
    assert not opened(world.request(world.case("anna", household=household)))  # type: ignore[arg-type]


def test_a_dangerous_unit_is_never_asked() -> None:
    world = asking()
    case = world.case("anna")
    world.send(DangerDeclared("", HELPLINE, case, Danger(DangerKind.REGION, "12")))
    assert opened(world.request(case, reason=Reason.SAFETY, leaving_province="NA")).keys() == {"to-1", "pa-1"}


def test_a_unit_near_somebody_to_be_kept_apart_is_never_asked() -> None:
    world = asking()
    case, other = world.case("anna"), world.case("bina", "lazio", hosted="rm-2")
    world.send(KeepApartDeclared("", HELPLINE, case, other, KeepApart.RECRUITER))
    assert opened(world.request(case)).keys() == {"na-1", "to-1", "pa-1"}


def test_without_agreement_nobody_is_asked() -> None:
    world = asking()
    assert not opened(world.request(world.case("anna", agreed=False)))


# Answers.


def test_a_yes_becomes_availability_and_then_a_proposal() -> None:
    world = asking()
    case = world.case("anna")
    world.request(case)
    outcomes = answer(world, case, "to-1")
    assert kinds(outcomes) == [
        "Recorded",
        "AvailabilityLearned",
        "CapacityChanged",
        "InquiryEnded",
        "PlaceHeld",
        "ProposalMade",
        "MatchExplained",
        "CapacityChanged",
    ]
    learned = only(outcomes, AvailabilityLearned)
    assert (learned.unit_id, learned.places - learned.occupied, learned.observed_at_ms) == ("to-1", 1, world.now)
    assert only(outcomes, ProposalMade).unit_id == "to-1"
    assert ended(outcomes) == [InquiryEnd.YES]


def test_a_yes_from_a_date_is_proposed_on_that_date() -> None:
    world = asking()
    case = world.case("anna")
    world.request(case)
    assert "ProposalMade" not in kinds(answer(world, case, "to-1", free_from_ms=world.now + 3 * HOUR))
    assert next_deadline_ms(world.state) == world.now + 3 * HOUR
    assert only(world.tick(3 * HOUR), ProposalMade).unit_id == "to-1"


def test_a_yes_counts_beside_what_the_network_holds_and_has_brought() -> None:
    world = italy()
    world.send(replace(POLICY, version=2, inquiries=ASKING))
    world.unit("rm-1", "lazio", "12", 3)
    arrived, coming, anna = world.case("arrived"), world.case("coming"), world.case("anna")
    for case in (arrived, coming):
        world.request(case)
        world.accept(case)
    world.depart(arrived)
    world.arrive(arrived)
    world.now += 3 * DAY
    world.request(anna)
    outcomes = answer(world, anna, "rm-1")
    counted = [outcome for outcome in outcomes if isinstance(outcome, CapacityChanged)]
    assert (counted[0].free, counted[0].occupied, counted[0].held) == (1, 1, 1)
    assert not counted[-1].over_capacity


def test_the_helpline_may_answer_on_the_telephone_with_the_project() -> None:
    world = asking()
    case = world.case("anna")
    world.request(case)
    assert "ProposalMade" in kinds(answer(world, case, "to-1", actor=HELPLINE))


def test_after_a_no_the_next_project_is_asked_and_this_one_not_again() -> None:
    world = asking()
    case = world.case("anna")
    first = opened(world.request(case))
    unit_id = min(first)
    outcomes = no(world, case, unit_id)
    assert ended(outcomes) == [InquiryEnd.NO]
    assert len(opened(outcomes)) == 1
    assert unit_id not in opened(outcomes)
    for _ in range(20):
        world.tick(5 * HOUR)
        assert unit_id not in open_in(world, case)


def test_a_no_because_nothing_is_free_is_counted() -> None:
    world = asking()
    case = world.case("anna")
    world.request(case)
    learned = only(no(world, case, "to-1", DeclineCode.PROVIDER_NOT_FREE), AvailabilityLearned)
    assert learned.places == learned.occupied
    assert not learned.accepting


def test_silence_parks_the_unit_for_a_time_and_the_next_is_asked() -> None:
    world = asking()
    case = world.case("anna")
    first = opened(world.request(case)).keys()
    assert next_deadline_ms(world.state) == world.now + 4 * HOUR
    outcomes = world.tick(4 * HOUR)
    assert ended(outcomes) == [InquiryEnd.EXPIRED] * 3
    assert not opened(outcomes).keys() & first
    assert opened(world.tick(4 * HOUR)).keys() == set()
    world.now += 7 * DAY
    world.tick()
    assert open_in(world, case)


def test_a_project_that_counts_after_its_no_may_be_proposed() -> None:
    world = asking()
    case = world.case("anna")
    world.request(case)
    no(world, case, "to-1")
    world.now += MINUTE
    assert only(world.publish("to-1"), ProposalMade).unit_id == "to-1"


def test_one_who_counts_while_asked_is_proposed_and_the_others_stay_asked_until_somebody_accepts() -> None:
    world = asking()
    case = world.case("anna")
    world.request(case)
    unit_id = min(open_in(world, case))
    assert only(world.publish(unit_id), ProposalMade).case_id == case
    assert len(open_in(world, case)) == 3
    outcomes = world.accept(case)
    assert ended(outcomes) == [InquiryEnd.PLACE_ACCEPTED] * 3


def test_a_yes_while_a_place_is_proposed_is_counted_and_no_more() -> None:
    world = asking()
    case = world.case("anna")
    world.request(case)
    world.publish("rm-2" if "rm-1" in open_in(world, case) else "rm-1")
    assert kinds(answer(world, case, "to-1")) == ["Recorded", "AvailabilityLearned", "CapacityChanged", "InquiryEnded"]


def test_inquiries_end_with_the_transfer() -> None:
    world = asking()
    case = world.case("anna")
    world.request(case)
    assert ended(world.send(TransferWithdrawn("", HELPLINE, case, world.transfer_id(case)))) == [InquiryEnd.TRANSFER_OVER] * 3
    world.request(case, "again")
    assert ended(world.send(TransferEnded("", HELPLINE, case, world.transfer_id(case), TransferEnd.UNMATCHED))) == [InquiryEnd.TRANSFER_OVER] * 3


def test_an_inquiry_that_is_no_longer_safe_is_taken_back_and_another_project_asked() -> None:
    world = asking()
    case = world.case("anna")
    world.request(case)
    before = open_in(world, case)
    region = world.state.units[min(before)].region
    outcomes = world.send(DangerDeclared("", HELPLINE, case, Danger(DangerKind.REGION, region)))
    assert ended(outcomes) == [InquiryEnd.RELEASED]
    assert len(open_in(world, case)) == 3


def test_inquiries_are_taken_back_with_the_agreement() -> None:
    world = asking()
    case = world.case("anna")
    world.request(case)
    assert ended(world.send(AgreementWithdrawn("", HELPLINE, case, "a"))) == [InquiryEnd.RELEASED] * 3


def test_an_inquiry_about_a_unit_that_closes_or_changes_is_taken_back() -> None:
    world = asking()
    case = world.case("anna")
    world.request(case)
    first, second, *_ = sorted(open_in(world, case))
    assert ended(world.close(first)) == [InquiryEnd.RELEASED]
    amended = UnitAmended("", body(world.state.units[second].project_id), second, Level.FIRST, 2, (Host.MEN,), (), ("ita",), ())
    assert ended(world.send(amended)) == [InquiryEnd.RELEASED]


def test_asking_takes_no_place_from_anybody() -> None:
    world = asking()
    anna, bina = world.case("anna"), world.case("bina")
    world.request(anna)
    world.request(bina)
    outcomes = world.publish("to-1", occupied=1)
    assert only(outcomes, PlaceHeld).places == 1
    assert len(open_in(world, anna)) == len(open_in(world, bina)) == 3
