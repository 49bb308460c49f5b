"""How the trust in published places turned out: scores, reliability, and that what is read is what decisions knew."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import cast

import pytest

from events.codec import split
from events.entry import Locked, OpenedDecision, Unread
from events.facts import Event, Outcome
from events.transfer import MatchExplained, ProposalDeclined
from events.vocabulary import DeclineCode
from ops.networks.loading import load_network
from ops.networks.opening import trust_of
from ops.trust import main, simulate
from projections.answered import Given, cells_of
from projections.calibration import Answered, AnsweredFold, calibration_of, scores_of
from projections.reported import effects_of
from tests.domain.test_histories import History
from tests.domain.world import DAY, HOUR, POLICY, TRUST, World, italy
from tests.projections.test_folds import folded as all_views

TERMS = trust_of(load_network("it").policy["trust"])
REPORTED = range(101, 109)
"""Seeds on which nothing was tuned."""


def folded(entries: list[OpenedDecision]) -> AnsweredFold:
    fold = AnsweredFold()
    for entry in entries:
        fold.take(effects_of(entry))
    return fold


def answering() -> World:
    """Answers of two projects, both ways, some hours apart."""
    world = italy()
    world.send(replace(POLICY, version=2, trust=TRUST, max_declines=99, max_disclosures=99))
    world.unit("rm-1", "lazio", "12", 3)
    world.unit("to-1", "piemonte", "01", 3)
    for number in range(6):
        world.now += 3 * HOUR
        case = world.case(f"case {number}")
        world.request(case, needed_by_ms=world.now + 60 * DAY)
        if world.proposed_unit(case) is None:
            continue
        if number % 3:
            world.accept(case)
        else:
            world.send(ProposalDeclined("", world.asked(case), case, world.transfer_id(case), None, DeclineCode.PROVIDER_NOT_FREE, ""))
            world.publish("rm-1")
            world.publish("to-1")
    return world


def test_what_was_expected_is_what_the_explanation_said() -> None:
    world = answering()
    fold = folded(world.entries)
    told = {known.permille for entry in world.entries for outcome in entry.outcomes if isinstance(outcome, MatchExplained) for known in outcome.trust}
    assert fold.answered
    assert {one.permille for one in fold.answered} <= told
    assert dict(fold.counts()) == dict(world.state.answers)


def test_the_same_is_found_without_any_key() -> None:
    def locked(fact: Event | Outcome) -> Locked | Event | Outcome:
        clear, private = split(fact)
        return Locked(type(fact).__name__, clear) if private is not None and hasattr(fact, "case_id") else fact

    entries = []
    for entry in answering().entries:
        event = entry.opened.event
        assert not isinstance(event, Locked | Unread)
        seen = locked(event)
        outcomes = tuple(outcome if isinstance(outcome, Locked) else locked(outcome) for outcome in entry.outcomes)
        entries.append(replace(entry, outcomes=outcomes, opened=replace(entry.opened, event=seen)))  # type: ignore[arg-type]
    assert folded(entries).answered == folded(answering().entries).answered


def test_scores_of_what_can_be_reckoned_by_hand() -> None:
    assert scores_of([(500, True), (500, False)]).brier == 2500
    assert scores_of([(500, True)]).log == 693
    assert scores_of([(1000, True), (1000, False)]).brier == 5000
    assert scores_of([]).brier is None
    found = calibration_of([Answered(0, "lazio", 0, 900, free) for free in (True, True, True, False)])
    assert found is not None
    assert (found.answers, found.free, found.constant.brier) == (4, 3, 1875)
    assert [(each.answers, each.expected_permille, each.free_permille) for each in found.reliability] == [(4, 900, 750)]


def test_answers_before_there_was_trust_are_counted_and_not_scored() -> None:
    assert calibration_of([Answered(0, "lazio", 0, None, True)]) is None


def test_trust_beats_one_number_for_all_and_comes_nearer_to_the_truth() -> None:
    found = [simulate(TERMS, seed) for seed in REPORTED]
    trusted, constant, always, truth = (
        sum(scores.brier or 0 for scores in each) / len(found)
        for each in zip(*((one.calibration.trust, one.calibration.constant, one.calibration.always, one.truth) for one in found), strict=True)
    )
    assert truth < trusted < constant < always
    assert (constant - trusted) / (constant - truth) > 0.3, "of what can be known beyond one number"
    assert sum(one.calibration.trust.log or 0 for one in found) < sum(one.calibration.constant.log or 0 for one in found)


def test_what_is_expected_comes_about_as_often() -> None:
    bins = [each for seed in REPORTED for each in simulate(TERMS, seed).calibration.reliability if each.answers >= 200]
    assert bins
    assert max(abs(each.expected_permille - each.free_permille) for each in bins) < 60


def test_the_command_prints_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--answers", "200", "--days", "0"]) == 0
    assert "one number for all" in capsys.readouterr().out
    assert main(["--answers", "200", "--days", "1", "--json"]) == 0
    assert '"simulated"' in capsys.readouterr().out


@pytest.mark.parametrize("seed", [*range(6), "no 1152"])
def test_the_view_counts_what_decisions_count(seed: int | str) -> None:
    """In the last of them deadlines let other holds go in the entry of a decline."""
    h = History(random.Random(seed))
    for _ in range(80):
        h.step()
    for twice in (False, True):
        given = cast("dict[str, Given]", all_views([*h.entries], twice=twice)["answers"])
        assert {project_id: cells_of(each) for project_id, each in given.items()} == {key: each.cells for key, each in h.state.answers.items()}
