"""The scenario in the guide plays as the guide says; and the guide knows every expectation."""

from __future__ import annotations

import re

from coordinator.scenario import play, read_script
from coordinator.scenario.expecting import EXPECTATIONS
from coordinator.scenario.playing import STEP_KEYS
from coordinator.scenario.script import TOP
from tests.docs.shell import ROOT

GUIDE = (ROOT / "docs/guides/training.md").read_text(encoding="utf-8")


def test_the_example_holds() -> None:
    (example,) = re.findall(r"^```toml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    played = play(read_script(example, "training.md"))
    assert [check for step in played.steps for check in step.checks if not check.holds] == []


def test_the_guide_tells_every_key_and_expectation() -> None:
    prose = re.sub(r"^```.*?^```$", "", GUIDE, flags=re.MULTILINE | re.DOTALL)
    told = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`([^`]+)`", prose))))
    assert {*EXPECTATIONS, *STEP_KEYS, *TOP} - told - {"step", "network"} == set()
