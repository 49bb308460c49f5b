"""No request waits beside a place that it could have: after every entry of random histories, weighing everybody against everything finds nothing more.

The core looks again only at whom an event may have made something possible for. Here all are held against all units, as if nothing were known.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from coordinator.domain.draft import Draft
from coordinator.domain.proposing import loads_of
from coordinator.domain.requests import request_of
from coordinator.domain.state import State
from coordinator.matching.best_place import match
from events.facts import Outcome
from events.inquiry import InquiryOpened
from events.network import HoldBack, KindWeights, Matching, ScarcityWeights
from events.transfer import MatchExplained, ProposalMade
from events.vocabulary import Escalation, Urgency
from tests.domain.test_histories import History
from tests.domain.world import ASKING, DAY, HOUR, POLICY, START, World, italy

SCARCE = ScarcityWeights(START, START + 300 * DAY, "by hand", "none", (KindWeights("women", (3000, 1500, 0)),))
HOLDING_BACK = Matching((4000, 2000, 1000), SCARCE, HoldBack((Urgency.WITHIN_DAYS, Urgency.PLANNED), 4 * HOUR))
SEEDS, STEPS = 25, 60


def overlooked(state: State, at_ms: int) -> list[str]:
    """Cases that wait though a place fits. Nobody where the next entry looks at everybody; not those who wait for a person.

    Nor those from whom places are kept: what falls free where they may not go makes the kept place cheaper, and they are looked at only with what falls free
    where they may (docs/adr/0054-places-kept-by-what-is-left.md).
    """
    draft = Draft(state)
    if draft.terms is None or state.crowded:
        return []
    found: list[str] = []
    policy = draft.terms.policy
    for *_, case_id in draft.waiting:
        case = draft.cases[case_id]
        transfer = case.transfer
        assert transfer is not None
        used_up = transfer.declines >= policy.max_declines or transfer.disclosures >= policy.max_disclosures
        if case_id in draft.look_again or transfer.needed_by_ms <= at_ms or used_up or Escalation.PLACES_KEPT in transfer.escalated:
            continue
        (answer,) = match([request_of(draft, case, draft.terms, at_ms)], draft.open_units, at_ms, draft.terms, loads_of(draft))
        if answer.best is not None:
            found.append(case_id)
    return found


@pytest.mark.parametrize("matching", [None, HOLDING_BACK], ids=["at once", "holding back"])
def test_nobody_is_overlooked(matching: Matching | None) -> None:
    waited = 0
    for seed in range(SEEDS):
        history = History(random.Random(seed))
        policy = history.state.policy
        assert policy is not None
        if matching is not None:
            history.check(history.opened(history.stamped(replace(policy, version=policy.version + 1, matching=matching))))
        for _ in range(STEPS):
            history.step()
            waited += len(history.state.waiting)
            assert overlooked(history.state, history.now) == [], f"seed {seed}, entry {history.sequence}"
    assert waited > 500


def two_for_one_place() -> tuple[World, str, str, tuple[Outcome, ...]]:
    """Two wait; nobody can be asked then. A unit is opened that nobody counts, and a place falls free that is worth more to who is served later."""
    world = italy()
    world.send(replace(POLICY, version=2, inquiries=ASKING))
    first, later = world.case("anna"), world.case("berta")
    for case_id, wished in ((first, ()), (later, ("12",))):
        world.request(case_id, wished_regions=wished)
        world.now += HOUR
    world.unit("na-1", "campania", "15", free=-1)
    return world, first, later, world.unit("rm-1", "lazio", "12", 1)


def test_an_explanation_does_not_say_that_a_place_fits_which_somebody_else_is_given() -> None:
    world, first, later, outcomes = two_for_one_place()

    assert (world.proposed_unit(first), world.proposed_unit(later)) == (None, "rm-1")
    assert [outcome.case_id for outcome in outcomes if isinstance(outcome, ProposalMade)] == [later]
    told = {outcome.case_id: outcome for outcome in outcomes if isinstance(outcome, MatchExplained)}
    assert [outcome.unit_id for outcome in outcomes if isinstance(outcome, InquiryOpened) and outcome.case_id == first] == ["na-1"]
    assert told[first].scored == () and [scored.unit_id for scored in told[first].asked] == ["na-1"]
    assert any("rm-1" in group.units for group in told[first].excluded)
