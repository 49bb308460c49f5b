"""An explanation in short, recomputed: the whole has the digest that was recorded, and anything else is said to differ."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from coordinator.domain import State
from coordinator.domain.safety_detail import detail_of
from coordinator.domain.whole_account import Recomputed, whole_of
from coordinator.matching import weighing
from coordinator.matching.accounting import MOST_NAMED, MOST_SCORED
from events.entry import Locked, OpenedDecision
from events.fact import Danger
from events.person import DangerDeclared
from events.transfer import Excluded, MatchExplained, Rest
from events.vocabulary import DangerKind
from tests.domain.test_histories import History
from tests.domain.world import HELPLINE, World, italy

FREE, FULL, DANGEROUS = MOST_SCORED + 10, MOST_NAMED + 5, MOST_NAMED + 3


def anna_among_many() -> tuple[State, OpenedDecision, MatchExplained]:
    """Her request where more units fit, are full and lie towards danger than an explanation names: the explanation, its entry, the state before it."""
    world = italy()
    for count, name, project, region, free in (
        (FREE, "free", "lazio", "12", 2),
        (FULL, "full", "lazio", "12", 0),
        (DANGEROUS, "near", "campania", "15", 2),
    ):
        for index in range(count):
            world.unit(f"{name}-{index:03}", project, region, free=free)
    anna = world.case("anna", "lazio")
    world.send(DangerDeclared("", HELPLINE, anna, Danger(DangerKind.REGION, "15")))
    world.request(anna)
    return last_explained(world)


def last_explained(world: World) -> tuple[State, OpenedDecision, MatchExplained]:
    entry = world.entries[-1]
    (explained,) = [outcome for outcome in entry.outcomes if isinstance(outcome, MatchExplained)]
    return world.folded(len(world.entries) - 1), entry, explained


def test_an_explanation_in_short_is_recomputed_with_every_unit_named() -> None:
    before, entry, explained = anna_among_many()
    assert [(group.rule, group.units, group.more) for group in explained.excluded] == [("one_place_one_case", (), FULL), ("safety", (), DANGEROUS)]
    assert explained.rest is not None and explained.rest.units == FREE - MOST_SCORED
    whole = whole_of(before, entry, explained)
    assert whole.found is Recomputed.SAME and whole.explained is not None
    assert [len(group.units) for group in whole.explained.excluded] == [FULL, DANGEROUS]
    assert len(whole.explained.scored) == FREE and whole.explained.scored[:MOST_SCORED] == explained.scored
    assert whole.explained.digest == explained.digest


@pytest.mark.parametrize(
    "changes",
    [
        {"digest": bytes(32)},
        {"rest": Rest(FREE - MOST_SCORED, 10_000, 0)},
        {"excluded": (Excluded("one_place_one_case", (), FULL), Excluded("gender", (), DANGEROUS))},
    ],
)
def test_an_explanation_that_is_not_the_one_decided_differs(changes: dict[str, object]) -> None:
    before, entry, explained = anna_among_many()
    forged = replace(explained, **changes)  # type: ignore[arg-type]
    entry = replace(entry, outcomes=tuple(forged if outcome == explained else outcome for outcome in entry.outcomes))
    assert whole_of(before, entry, forged).found is Recomputed.DIFFERS


def test_another_state_before_or_another_matcher_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    before, entry, explained = anna_among_many()
    closed = replace(before, open_units=before.open_units.without("full-000"))
    assert whole_of(closed, entry, explained).found is Recomputed.DIFFERS
    monkeypatch.setattr(weighing, "scoring", lambda *_: lambda place, load: (1,) * 9)
    assert whole_of(before, entry, explained).found is Recomputed.DIFFERS


def test_what_was_decided_from_a_key_that_is_gone_cannot_be_recomputed() -> None:
    before, entry, explained = anna_among_many()
    locked = replace(entry, opened=replace(entry.opened, event=Locked("TransferRequested", {})))
    assert whole_of(before, locked, explained).found is Recomputed.GONE


def test_an_explanation_of_old_that_names_everything_is_held_against_the_whole() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12")
    world.request(world.case("anna", "lazio"))
    before, entry, explained = last_explained(world)
    old = replace(explained, digest=None)
    entry = replace(entry, outcomes=tuple(outcome for outcome in entry.outcomes if not isinstance(outcome, MatchExplained)))
    entry = replace(entry, outcomes=(*entry.outcomes, Locked("MatchExplained", {})))
    assert whole_of(before, entry, old).found is Recomputed.SAME
    assert whole_of(before, entry, replace(old, excluded=(Excluded("gender", ("rm-1",)),))).found is Recomputed.DIFFERS


def test_what_stands_behind_safety_is_told_of_units_that_are_only_counted() -> None:
    before, entry, explained = anna_among_many()
    assert len(detail_of(before, entry, explained)) == DANGEROUS


def test_every_explanation_of_a_random_history_is_recomputed_the_same() -> None:
    history = History(random.Random(23))
    for _ in range(150):
        history.step()
    found = [
        whole_of(history.folded(index), entry, outcome).found
        for index, entry in enumerate(history.entries)
        for outcome in entry.outcomes
        if isinstance(outcome, MatchExplained)
    ]
    assert len(found) > 5 and set(found) == {Recomputed.SAME}
