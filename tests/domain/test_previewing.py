"""A preview says who would gain or lose a place, and changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.domain.previewing import preview
from tests.domain.world import DAY, MATCHING, POLICY, World, founded, italy


def waiting() -> tuple[World, str]:
    """Anna waits, and there is no place."""
    world = italy()
    world.unit("na-1", "campania", "15", 4, free=0)
    anna = world.case("anna", hosted="na-1")
    world.request(anna, "anna")
    return world, anna


def test_without_a_place_both_policies_agree() -> None:
    world, anna = waiting()
    before = world.state
    found = preview(world.state, replace(POLICY, version=2, matching=MATCHING), world.now)
    assert world.state is before
    (row,) = found.requests
    assert (row.case_id, row.kind, row.running, row.candidate) == (anna, "women", None, None)
    assert (found.version_running, found.version_candidate) == (1, 2)


def test_whoever_would_gain_a_place_is_named() -> None:
    world = italy()
    world.unit("na-1", "campania", "15", 4, free=0)
    world.unit("rm-1", "lazio", "12", 2)
    world.now += 3 * DAY
    anna = world.case("anna", hosted="na-1")
    world.request(anna, "anna")
    found = preview(world.state, replace(POLICY, version=2, fresh_for_ms=4 * DAY), world.now)
    (row,) = found.requests
    assert (row.case_id, row.running, row.candidate, row.running_fits, row.candidate_fits) == (anna, None, "rm-1", 0, 1)
    (kind,) = found.kinds
    assert (kind.requests, kind.placed_running, kind.placed_candidate, kind.gain_place, kind.lose_place, kind.gain_eligibility) == (1, 0, 1, 1, 0, 1)


def test_without_a_policy_there_is_nothing_to_compare() -> None:
    with pytest.raises(ValueError, match="no policy"):
        preview(founded(), POLICY, 0)
