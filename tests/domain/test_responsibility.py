"""Stream `referral`: responsibility passes while nobody moves; hosting is another matter."""

from __future__ import annotations

import pytest

from events.fact import Danger
from events.person import DangerDeclared, KeepApartDeclared
from events.referral import ResponsibilityDeclined, ResponsibilityOffered, ResponsibilityPassed, ResponsibilityTaken
from events.transfer import PlaceKept, ProposalEnded
from events.verdict import Refused
from events.vocabulary import DangerKind, KeepApart, ProposalEnd, RefusalCode
from tests.domain.world import HELPLINE, World, body, italy, kinds, only


def offered() -> tuple[World, str]:
    world = italy()
    world.unit("na-1", "campania", "15", 3, free=0)
    case_id = world.case("anna", hosted="na-1")
    assert kinds(world.send(ResponsibilityOffered("", body("campania"), case_id, "lazio"))) == ["Recorded"]
    return world, case_id


def test_an_offer_alone_changes_nobodys_responsibility() -> None:
    world, case_id = offered()
    assert world.state.cases[case_id].responsible == "campania"


def test_both_agree_and_the_person_stays_where_they_live() -> None:
    world, case_id = offered()
    outcomes = world.send(ResponsibilityTaken("", body("lazio"), case_id, "lazio"))
    assert only(outcomes, ResponsibilityPassed).project_id == "lazio"
    case = world.state.cases[case_id]
    assert (case.responsible, case.hosted_unit_id, case.offered_to) == ("lazio", "na-1", None)


def test_one_project_is_responsible_while_another_hosts_and_both_are_heard() -> None:
    world, case_id = offered()
    world.send(ResponsibilityTaken("", body("lazio"), case_id, "lazio"))
    for actor in (body("lazio"), body("campania")):
        assert "Recorded" in kinds(world.send(DangerDeclared("", actor, case_id, Danger(DangerKind.REGION, "19"))))
    world.unit("to-1", "piemonte", "01")
    world.request(case_id)
    world.accept(case_id)
    outcomes = world.depart(case_id)
    assert only(outcomes, PlaceKept).unit_id == "na-1", "the place left is kept where they lived"
    assert only(world.arrive(case_id), ResponsibilityPassed).project_id == "piemonte"


@pytest.mark.parametrize("who", ["lazio", "campania"])
def test_the_offer_is_declined_or_taken_back(who: str) -> None:
    world, case_id = offered()
    world.send(ResponsibilityDeclined("", body(who), case_id, "no"))
    assert world.send(ResponsibilityTaken("", body("lazio"), case_id, "lazio"))[-1] == Refused(RefusalCode.NOT_OFFERED, "case_id")
    assert world.state.cases[case_id].responsible == "campania"


def test_another_project_may_not_decline_nor_accept() -> None:
    world, case_id = offered()
    assert isinstance(world.send(ResponsibilityDeclined("", body("piemonte"), case_id, ""))[-1], Refused)
    assert isinstance(world.send(ResponsibilityTaken("", body("piemonte"), case_id, "piemonte"))[-1], Refused)
    assert isinstance(world.send(ResponsibilityTaken("", body("piemonte"), case_id, "lazio"))[-1], Refused)


def test_the_latest_offer_is_the_one_that_counts() -> None:
    world, case_id = offered()
    world.send(ResponsibilityOffered("", HELPLINE, case_id, "piemonte"))
    assert isinstance(world.send(ResponsibilityTaken("", body("lazio"), case_id, "lazio"))[-1], Refused)
    assert "Recorded" in kinds(world.send(ResponsibilityTaken("", body("piemonte"), case_id, "piemonte")))


def test_whoever_must_be_kept_apart_is_not_sent_to_the_project_that_took_over() -> None:
    world, case_id = offered()
    world.unit("rm-1", "lazio", "12")
    bina = world.case("bina", "piemonte")
    world.send(KeepApartDeclared("", HELPLINE, case_id, bina, KeepApart.CO_TRAFFICKED))
    world.request(bina)
    assert world.proposed_unit(bina) == "rm-1"
    outcomes = world.send(ResponsibilityTaken("", body("lazio"), case_id, "lazio"))
    assert only(outcomes, ProposalEnded).how is ProposalEnd.RELEASED
