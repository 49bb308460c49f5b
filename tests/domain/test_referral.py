"""Stream `referral`: who is told, and who is responsible."""

from __future__ import annotations

import pytest

from events.facts import Outcome
from events.referral import ReferralAccepted, ReferralReceived, ReferralRouted, ResponsibilityPassed
from events.vocabulary import Source
from tests.domain.world import HELPLINE, World, body, italy, kinds, only, uuid, woman

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
