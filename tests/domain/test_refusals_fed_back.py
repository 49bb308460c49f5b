"""No endless offers, and none forgotten: over random histories a unit that said no is not offered again while nothing has changed, and nobody who could be
placed is left waiting once something has.
"""

from __future__ import annotations

import random

import pytest

from coordinator.domain import State
from coordinator.domain.draft import Draft
from coordinator.domain.proposing import propose
from coordinator.domain.requests import request_of
from coordinator.matching.safety import declined_before, excluded_by
from tests.domain.refusals_fed_back import RefusalsFedBack
from tests.domain.test_histories import History
from tests.planted.swapping import instead

SEEDS = range(20)
STEPS = 80


def passed_over(state: State, at_ms: int) -> list[tuple[str, str]]:
    """(case, unit) of requests that wait though a place may be proposed to them; where an entry had no room for more, none is held against it."""
    draft, terms = Draft(state), state.terms
    if terms is None or state.policy is None or state.crowded:
        return []
    found: list[tuple[str, str]] = []
    for *_, case_id in state.waiting:
        case = state.cases[case_id]
        transfer = case.transfer
        assert transfer is not None
        told = transfer.declines >= state.policy.max_declines or transfer.disclosures >= state.policy.max_disclosures
        if told or case_id in state.look_again or transfer.needed_by_ms <= at_ms:
            continue
        request = request_of(draft, case, terms, at_ms)
        found.extend((case_id, unit_id) for unit_id in sorted(state.places) if excluded_by(request, state.places[unit_id], at_ms, terms) is None)
    return found


def played(seed: int) -> RefusalsFedBack:
    h = History(random.Random(f"no {seed}"))
    followed = RefusalsFedBack()
    for entry in h.entries:
        followed.take(entry)
    for _ in range(STEPS):
        taken = len(h.entries)
        h.step()
        for entry in h.entries[taken:]:
            followed.take(entry)
        assert passed_over(h.state, h.state.at_ms) == []
    return followed


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_offered_again_what_said_no_and_nobody_is_passed_over(seed: int) -> None:
    played(seed)


def test_units_that_said_no_are_offered_again_once_something_changed() -> None:
    assert sum(played(seed).offers_after_a_no for seed in SEEDS) > 0


def test_offers_without_a_memory_are_seen() -> None:
    with instead(declined_before, lambda *_: None), pytest.raises(AssertionError, match="said no"):
        for seed in SEEDS:
            played(seed)


def test_requests_passed_over_are_seen() -> None:
    with instead(propose, lambda _: None), pytest.raises(AssertionError):
        for seed in SEEDS:
            played(seed)
