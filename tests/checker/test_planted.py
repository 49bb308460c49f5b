"""The checker finds what is wrong and nothing else: a right story passes, each planted breach is found and named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from events.facts import Outcome
from events.glass import SightOpened
from events.network import PolicyAdopted
from events.transfer import MatchExplained
from events.two_people import ActionTaken
from events.verdict import Recorded
from ops.checker.__main__ import main
from ops.checker.breach import RULES
from ops.networks import load_network, opening_events
from tests.checker.book import check, event_id, write
from tests.checker.planted import asked, confirmed, planted_records, planted_steps, policy_of_two, priced, weighing
from tests.checker.planted_answers import LOOKED, clocked, looked, questioned
from tests.checker.story import CASE, DEPARTED, HOUR, REFERRED, REQUESTED, in_short, staff, story


def test_a_right_story_passes(tmp_path: Path) -> None:
    findings = check(write(story()), tmp_path)
    assert findings.breaches == []
    assert (findings.proposals, findings.arrivals, findings.explanations, findings.locked) == (1, 1, 1, 0)


def test_a_right_story_passes_without_keys(tmp_path: Path) -> None:
    findings = check(write(story()), tmp_path, with_keys=False)
    assert findings.breaches == []
    assert findings.locked > 0


def test_an_erased_case_is_not_held_against_the_ledger(tmp_path: Path) -> None:
    steps = [replace(step, locked=index >= REFERRED) for index, step in enumerate(story())]
    assert check(write(steps), tmp_path).breaches == []


def test_safety_lowered_by_two_bodies_passes(tmp_path: Path) -> None:
    assert check(write(confirmed(story(), staff("centre"))), tmp_path).breaches == []


def test_a_policy_of_two_bodies_passes(tmp_path: Path) -> None:
    """It takes two people as what is about a case does, and is about none."""
    assert check(write(policy_of_two(story())), tmp_path).breaches == []


def test_a_policy_of_two_bodies_is_no_breach_where_nobody_has_the_keys(tmp_path: Path) -> None:
    """What was proposed and confirmed is sealed; that the policy adopted is another cannot be said."""
    assert check(write(policy_of_two(story())), tmp_path, with_keys=False).breaches == []


def test_words_are_known_by_their_digest_with_everything_that_a_policy_can_say(tmp_path: Path) -> None:
    """The checker's digest is its own, over the record alone: optional parts, numbers, texts and what says nothing among them."""
    italy = next(
        event for event in opening_events(load_network("it"), lambda: event_id(88), "adm-1", {}, suggested=True) if isinstance(event, PolicyAdopted)
    )
    assert italy.matching is not None and italy.matching.scarcity is not None and italy.clocks is not None
    assert check(write(policy_of_two(story(), italy)), tmp_path).breaches == []


def test_an_explanation_in_short_passes(tmp_path: Path) -> None:
    steps = story()
    said = [in_short() if isinstance(each, MatchExplained) else each for each in steps[REQUESTED].outcomes]
    steps[REQUESTED] = replace(steps[REQUESTED], outcomes=said)
    assert check(write(steps), tmp_path).breaches == []


def test_times_to_answer_by_the_calendar_pass(tmp_path: Path) -> None:
    assert check(write(clocked(story())), tmp_path).breaches == []


def test_a_question_that_stops_the_clock_passes(tmp_path: Path) -> None:
    assert check(write(questioned(story())), tmp_path).breaches == []


def test_glass_broken_by_two_bodies_passes(tmp_path: Path) -> None:
    steps = story()
    opened: list[Outcome] = [Recorded(), ActionTaken(CASE, LOOKED), SightOpened(CASE, LOOKED, steps[-1].at_ms + HOUR)]
    assert check(write(looked(steps, opened)), tmp_path).breaches == []


def test_a_place_at_its_price_passes(tmp_path: Path) -> None:
    assert check(write(priced(weighing(4), 4)(story())), tmp_path).breaches == []


def test_an_inquiry_where_figures_are_old_passes(tmp_path: Path) -> None:
    assert check(write(asked(story())), tmp_path).breaches == []


@pytest.mark.parametrize("name", planted_steps())
def test_a_planted_breach_is_named(name: str, tmp_path: Path) -> None:
    rule, change = planted_steps()[name]
    found = check(write(change(story())), tmp_path).breaches
    assert rule in {breach.rule for breach in found}, found


@pytest.mark.parametrize("name", planted_records())
def test_a_planted_forgery_is_named(name: str, tmp_path: Path) -> None:
    rule, change = planted_records()[name]
    found = check(change(write(story())), tmp_path).breaches
    assert rule in {breach.rule for breach in found}, found


def test_every_rule_has_a_planted_breach() -> None:
    planted = {rule for rule, _ in planted_steps().values()} | {rule for rule, _ in planted_records().values()}
    assert planted == set(RULES)


def test_the_command_says_which_entry_broke_which_rule(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, change = planted_steps()["the place left is let go of"]
    check(write(change(story())), tmp_path)
    assert main([str(tmp_path / "ledger.avro")]) == 1
    assert f"entry {DEPARTED + 1}: place_kept" in capsys.readouterr().out
    assert main([str(tmp_path / "ledger.avro"), "--json"]) == 1
    assert '"rule": "place_kept"' in capsys.readouterr().out


def test_what_is_no_export_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.avro").write_bytes(b"nothing of the kind")
    assert main([str(tmp_path / "x.avro")]) == 2
    assert "cannot be checked" in capsys.readouterr().err
