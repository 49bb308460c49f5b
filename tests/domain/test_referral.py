"""Stream `referral`: who is told, and who is responsible."""

from __future__ import annotations

import pytest

from coordinator.domain.snapshot import parts_of, state_from
from events.fact import Danger
from events.facts import Outcome
from events.person import CaseErased, DangerDeclared, KeepApartDeclared
from events.referral import (
    Announced,
    AssessmentRecorded,
    Group,
    ReferralAccepted,
    ReferralAmended,
    ReferralAssigned,
    ReferralClosed,
    ReferralDeclined,
    ReferralReceived,
    ReferralRouted,
    ResponsibilityPassed,
)
from events.verdict import Refused
from events.vocabulary import DangerKind, Exploitation, GroupWish, Indicators, KeepApart, ReferralDeclineCode, ReferralEnd, Source
from tests.domain.world import ADMINISTRATOR, DAY, HELPLINE, World, body, italy, kinds, only, uuid, woman

CASE = uuid("anna")


def received(world: World, province: str | None) -> tuple[Outcome, ...]:
    return world.send(ReferralReceived("", body("piemonte"), CASE, Source.NGO, province, (woman(),), "at the border"))


@pytest.mark.parametrize(("province", "project"), [("SA", "campania"), ("RM", "lazio"), ("PA", None), (None, None)])
def test_a_referral_goes_to_whose_territory_it_is_else_to_the_helpline(province: str | None, project: str | None) -> None:
    world = italy()
    outcomes = received(world, province)
    assert kinds(outcomes) == ["Recorded", "ReferralRouted", "ResponsibilityPassed"]
    assert only(outcomes, ReferralRouted).project_id == project
    assert only(outcomes, ResponsibilityPassed).project_id is None


def test_the_first_project_by_id_takes_a_shared_territory() -> None:
    world = italy()
    world.project("abruzzo", ("RM",))
    assert only(received(world, "RM"), ReferralRouted).project_id == "abruzzo"


def test_the_project_that_accepts_is_responsible() -> None:
    world = italy()
    received(world, "RM")
    outcomes = world.send(ReferralAccepted("", body("lazio"), CASE, "lazio", None))
    assert only(outcomes, ResponsibilityPassed).project_id == "lazio"
    assert world.state.cases[CASE].responsible == "lazio"


def test_what_the_helpline_has_any_project_may_accept() -> None:
    world = italy()
    received(world, "PA")
    assert "Recorded" in kinds(world.send(ReferralAccepted("", body("piemonte"), CASE, "piemonte", None)))


def test_the_helpline_may_receive_a_referral() -> None:
    world = italy()
    assert kinds(world.send(ReferralReceived("", HELPLINE, CASE, Source.SELF, None, (woman(),), "")))[0] == "Recorded"


def referred(world: World, name: str, province: str | None, group: Group | None = None) -> ReferralRouted:
    return only(
        world.send(ReferralReceived("", HELPLINE, uuid(name), Source.LABOUR_INSPECTORATE, province, (woman(),), "", None, group)), ReferralRouted
    )


@pytest.mark.parametrize("source", Source)
def test_every_source_is_received(source: Source) -> None:
    assert "Recorded" in kinds(italy().send(ReferralReceived("", HELPLINE, CASE, source, "NA", (woman(),), "")))


def test_people_who_stay_together_go_to_one_project_wherever_each_was_found() -> None:
    world = italy()
    group = Group(uuid("inspection"), GroupWish.TOGETHER)
    assert referred(world, "first", "NA", group).project_id == "campania"
    assert referred(world, "second", "RM", group).project_id == "campania"
    assert referred(world, "third", None, group).project_id == "campania"
    assert referred(world, "of another group", "RM", Group(uuid("other"), GroupWish.TOGETHER)).project_id == "lazio"


def test_people_who_are_to_be_kept_apart_are_from_the_first_day() -> None:
    world = italy()
    group = Group(uuid("inspection"), GroupWish.APART)
    for name in ("first", "second", "third"):
        referred(world, name, "NA", group)
    assert set(world.state.links[uuid("first")]) == {uuid("second"), uuid("third")}
    referred(world, "not of them", "NA", Group(uuid("inspection"), None))
    assert uuid("not of them") not in world.state.links


def test_an_announced_arrival_moves_and_its_province_routes_anew_until_somebody_accepts() -> None:
    world = italy()
    announced = Announced(Source.OTHER_STATE, world.now + DAY)
    world.send(ReferralReceived("", HELPLINE, CASE, Source.OTHER_STATE, "NA", (woman(),), "", announced=announced))
    later = Announced(Source.OTHER_STATE, world.now + 3 * DAY)
    assert kinds(world.send(ReferralAmended("", body("campania"), CASE, "NA", later))) == ["Recorded"], "the date alone moves nobody"
    assert only(world.send(ReferralAmended("", HELPLINE, CASE, "TO", later)), ReferralRouted).project_id == "piemonte"
    world.send(ReferralAccepted("", body("piemonte"), CASE, "piemonte", None))
    assert kinds(world.send(ReferralAmended("", body("piemonte"), CASE, "RM", None))) == ["Recorded"]
    assert world.state.cases[CASE].responsible == "piemonte"


def test_a_date_that_moves_does_not_go_back_to_whoever_declined() -> None:
    world = italy()
    referred(world, "anna", "NA")
    world.send(ReferralDeclined("", body("campania"), CASE, "campania", ReferralDeclineCode.NO_CAPACITY_TO_ASSESS, ""))
    world.send(ReferralAmended("", HELPLINE, CASE, "NA", Announced(Source.BORDER_TEAM, world.now + DAY)))
    assert world.state.cases[CASE].routed_to is None


@pytest.mark.parametrize("code", ReferralDeclineCode)
def test_what_a_project_declines_goes_to_the_helpline_which_sends_it_on(code: ReferralDeclineCode) -> None:
    world = italy()
    referred(world, "anna", "NA")
    outcomes = world.send(ReferralDeclined("", body("campania"), CASE, "campania", code, "in words"))
    assert only(outcomes, ReferralRouted).project_id is None
    assert world.state.cases[CASE].responsible is None, "the helpline, never nobody"
    assert only(world.send(ReferralAssigned("", HELPLINE, CASE, "lazio")), ReferralRouted).project_id == "lazio"
    assert only(world.send(ReferralAccepted("", body("lazio"), CASE, "lazio", None)), ResponsibilityPassed).project_id == "lazio"


def test_an_assessment_changes_nothing_that_is_matched() -> None:
    world = italy()
    case_id = world.case("anna")
    before = world.state.cases[case_id]
    event = AssessmentRecorded("", body("campania"), case_id, Indicators.UNCLEAR, (Exploitation.LABOUR,), "")
    assert kinds(world.send(event)) == ["Recorded"]
    assert world.state.cases[case_id] == before


@pytest.mark.parametrize("how", ReferralEnd)
def test_a_closed_case_leaves_the_state_but_for_when(how: ReferralEnd) -> None:
    world = italy()
    world.unit("na-1", "campania", "15")
    case_id, other = world.case("anna", hosted="na-1"), world.case("bina")
    world.send(KeepApartDeclared("", HELPLINE, case_id, other, KeepApart.RECRUITER))
    assert "Recorded" in kinds(world.send(ReferralClosed("", body("campania"), case_id, how, "in words")))
    assert case_id not in world.state.cases
    assert not world.state.links
    assert world.state.closed[case_id] == world.now
    again = state_from("it", *parts_of(world.state))
    assert again.closed == world.state.closed


def test_whoever_was_kept_apart_from_a_closed_case_may_go_there() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12")
    case_id, other = world.case("anna", "lazio", hosted="rm-1"), world.case("bina")
    world.send(KeepApartDeclared("", HELPLINE, case_id, other, KeepApart.RECRUITER))
    world.request(other)
    assert world.proposed_unit(other) is None
    world.send(ReferralClosed("", HELPLINE, case_id, ReferralEnd.MOVED_ABROAD, ""))
    assert world.proposed_unit(other) == "rm-1"


def test_a_closed_case_is_erased_by_an_administrator_or_the_helpline() -> None:
    world = italy()
    case_id = world.case("anna")
    world.send(ReferralClosed("", HELPLINE, case_id, ReferralEnd.NOT_A_VICTIM, ""))
    assert isinstance(world.send(CaseErased("", body("campania"), case_id))[-1], Refused)
    assert kinds(world.send(CaseErased("", ADMINISTRATOR, case_id))) == ["Recorded"]
    assert not world.state.closed
    assert case_id in world.state.erased


def test_a_repeat_of_what_came_while_the_case_was_live_has_its_answer() -> None:
    world = italy()
    case_id = world.case("anna")
    danger = world.stamped(DangerDeclared("", HELPLINE, case_id, Danger(DangerKind.REGION, "12")))
    world.send(danger)
    world.send(ReferralClosed("", HELPLINE, case_id, ReferralEnd.NOT_A_VICTIM, ""))
    assert kinds(world.send(danger)) == ["Duplicate"]
