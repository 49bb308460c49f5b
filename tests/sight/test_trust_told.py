"""What others answered about their places is told to nobody but who sees every unit: not in a unit's figures, not through a score."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.access import Grant, Standing
from coordinator.cli.tables import answered_text
from coordinator.gateway.telling import _outcome_json
from coordinator.viewing import timeline_json, unit_json
from events.transfer import ProposalMade
from projections.freshness import Freshness, UnitCapacity, UnitTrust
from projections.network import Unit
from projections.reads import TimelineFact

pytestmark = pytest.mark.pure

UNIT = UnitCapacity(
    Unit("rm-1", "lazio", "body-lazio", "12", "first", ("women",), (), ("eng",), True, 3), "centre", 2, 0, 0, 0, 2, True, False, 0, 0, Freshness.FRESH, 4,
    UnitTrust(700, 300, 812),
)  # fmt: skip
OTHERS_DECLINED = replace(UNIT, trust=UnitTrust(700, 300, 640))
MADE = ProposalMade("c", "t", "p", "h", "rm-1", "lazio", 0, 57, 1)


def grant(standing: Standing, project_id: str | None = None) -> Grant:
    return Grant("somebody", "body-lazio", standing, project_id, ("it",))


def test_a_project_sees_its_own_answers_and_nothing_that_follows_from_others() -> None:
    mine = grant(Standing.PROJECT, "lazio")
    assert unit_json(UNIT, mine)["trust"] == {"free": 700, "not_free": 300}
    assert unit_json(UNIT, mine) == unit_json(OTHERS_DECLINED, mine)


def test_the_helpline_sees_how_far_a_place_is_trusted() -> None:
    assert unit_json(UNIT, grant(Standing.HELPLINE))["trust"] == {"free": 700, "not_free": 300, "permille": 812}


@pytest.mark.parametrize("score", [57, 12])
def test_a_project_is_told_no_score(score: int) -> None:
    mine, made = grant(Standing.PROJECT, "lazio"), replace(MADE, score=score)
    assert "score" not in _outcome_json(mine, made)
    assert all("score" not in fact for fact in timeline_json((TimelineFact(1, 0, 0, made),), mine))
    assert _outcome_json(grant(Standing.HELPLINE), made)["score"] == score


def test_the_command_line_says_it_in_words() -> None:
    assert answered_text(UNIT.trust, permille_too=True) == "7.0 of 10.0 free, trusted 81 %"
    assert answered_text(UNIT.trust, permille_too=False) == "7.0 of 10.0 free"
    assert answered_text(None, permille_too=True) == ""
