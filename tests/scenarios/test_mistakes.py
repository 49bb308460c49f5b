"""What is wrong with a scenario is said with file, line and step, and with what to write instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from coordinator.cli.main import app
from coordinator.scenario import ScenarioInvalid, play, read_script

GOOD = """\
title = "One night"
teaches = "That a place is asked for."
begins = "2024-03-01 22:00"

[projects.lazio]
provinces = ["RM"]

[units.roma-1]
project = "lazio"
places = 2
hosts = ["women"]

[cases.Anna]
people = ["woman"]

[[step]]
at = "Fri 23:10"
who = "helpline"
reports = "transfer requested"
case = "Anna"
reason = "safety"
urgency = "immediate"
expect.asked = "lazio"
expect.until = "Sat 00:10"
"""

MISTAKES = [
    ('urgency = "immediate"', 'urgancy = "immediate"', 22, 'says nothing called "urgancy"; did you mean "urgency"?'),
    ('urgency = "immediate"', 'urgency = "inmediate"', 22, 'urgency: "inmediate" is not known here; did you mean "immediate"?'),
    ('urgency = "immediate"\n', "", 16, 'needs urgency; add urgency = "immediate" or "within_days" or "planned"'),
    ('"transfer requested"', '"transfer request"', 19, 'nobody can report "transfer request"; did you mean "transfer requested"?'),
    ('"transfer requested"', '"place held"', 19, 'decided by the network, and nobody reports it; expect it instead'),
    ('who = "helpline"', 'who = "helplime"', 18, 'nobody speaks as "helplime"; did you mean "helpline"?'),
    ('who = "helpline"\n', "", 18, 'say who reports it: who = "helpline"'),
    ('case = "Anna"', 'case = "Hanna"', 20, 'there is no case called "Hanna"; did you mean "Anna"?'),
    ('at = "Fri 23:10"', 'at = "Fry 23:10"', 17, '"Fry" is no day of the week; write Mon, Tue'),
    ('at = "Fri 23:10"', 'at = "late"', 17, '"late" is no time; write for example "Fri 23:10"'),
    ('at = "Fri 23:10"', 'at = "2024-02-30 10:00"', 17, "is no day of the calendar"),
    ('at = "Fri 23:10"', 'at = "-2 hours"', 17, "steps stand in order of time"),
    ("expect.asked", "expect.askd", 23, 'nothing called "askd" can be expected; did you mean "asked"?'),
    ('expect.asked = "lazio"', 'expect.asked = "latio"', 23, 'the network has no project "latio"; did you mean "lazio"?'),
    ('expect.until = "Sat 00:10"', "expect.until = 10", 24, 'expect.until: write one text'),
    ('expect.until = "Sat 00:10"', 'expect.refused = "safty"', 24, '"safty" is not known here; did you mean "safety"?'),
    ('expect.until = "Sat 00:10"', 'expect.outcomes = [{ is = "place held", unitt = "roma-1" }]', 24, 'says nothing called "unitt"; did you mean "unit"?'),
    ('places = 2', 'places = 2\nfree_frm = "+2 hours"', 11, 'says nothing called "free_frm"; did you mean "free_from"?'),
    ('hosts = ["women"]', 'hosts = ["woman"]', 11, '"woman" is not known here; did you mean "women"?'),
    ('project = "lazio"', 'project = "latium"', 9, 'the network has no project "latium"'),
    ('people = ["woman"]', 'people = ["womin"]', 14, 'nobody is called "womin" here; did you mean "woman"?'),
    ('people = ["woman"]', 'poeple = ["woman"]', 14, 'nothing of a case is called "poeple"; did you mean "people"?'),
    ('title = "One night"', 'titel = "One night"', 1, 'nothing of a scenario is called "titel"; did you mean "title"?'),
    ('teaches = "That a place is asked for."\n', "", 1, "what somebody learns from it"),
    ('begins = "2024-03-01 22:00"', 'begins = "tonight"', 1, '"tonight" is no time'),
    ("[[step]]", "[step]", 16, "write [[step]]"),
    ('case = "Anna"', "case = Anna", 20, "a line is `key ="),
]  # fmt: skip


@pytest.mark.parametrize(("good", "bad", "line", "said"), MISTAKES, ids=[bad or f"without {good}" for good, bad, _, _ in MISTAKES])
def test_a_mistake_is_named_with_its_line(good: str, bad: str, line: int, said: str) -> None:
    assert GOOD.count(good) >= 1
    with pytest.raises(ScenarioInvalid) as invalid:
        play(read_script(GOOD.replace(good, bad, 1), "night.toml"))
    assert said in str(invalid.value)
    assert str(invalid.value).startswith(f"night.toml, line {line}")


def test_what_it_was_made_of_holds() -> None:
    assert play(read_script(GOOD, "night.toml")).holds


def test_an_expectation_that_does_not_hold_is_told_with_what_was_found(tmp_path: Path) -> None:
    file = tmp_path / "night.toml"
    file.write_text(GOOD.replace('expect.until = "Sat 00:10"', 'expect.until = "Sat 00:20"'), encoding="utf-8")
    ended = CliRunner().invoke(app, ["scenario", str(file)])
    assert ended.exit_code == 1
    assert "an answer is due by Sat 00:20" in ended.stdout
    assert "by Sat 00:10" in ended.stdout
    told = json.loads(CliRunner().invoke(app, ["scenario", "--json", str(file)]).stdout)
    assert (told[0]["holds"], [check["holds"] for check in told[0]["steps"][0]["checks"]]) == (False, [True, False])


def test_a_refusal_nobody_expected_does_not_hold() -> None:
    (step,) = play(read_script(GOOD.replace('who = "helpline"', 'who = "administrator"'), "night.toml")).steps
    assert ("it is recorded", "refused: role_not_allowed (actor)") in [(check.what, check.found) for check in step.checks if not check.holds]


def test_a_case_sent_where_it_must_never_go_does_not_hold() -> None:
    text = GOOD.replace("[[step]]", '[never]\nAnna = ["roma-1"]\n\n[[step]]')
    assert [check.found for check in play(read_script(text, "night.toml")).steps[-1].checks if not check.holds] == ["sent to roma-1"]


def test_the_command_says_what_is_wrong_and_ends_with_two(tmp_path: Path) -> None:
    file = tmp_path / "night.toml"
    file.write_text(GOOD.replace("urgency", "urgancy"), encoding="utf-8")
    ended = CliRunner().invoke(app, ["scenario", str(file)])
    assert ended.exit_code == 2
    assert "line 22" in ended.stderr
    assert "Traceback" not in ended.output
