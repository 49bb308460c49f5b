"""Guides name everything that their reader can meet: reasons to be called in, policies and loads of the laboratory."""

from __future__ import annotations

import pytest

from events.vocabulary import Escalation
from ops.laboratory.instance import LOADS
from ops.laboratory.policies import POLICIES
from tests.docs.shell import ROOT

pytestmark = pytest.mark.pure

HELPLINE = (ROOT / "docs/guides/helpline.md").read_text(encoding="utf-8")
LABORATORY = (ROOT / "docs/laboratory.md").read_text(encoding="utf-8")


def test_the_helpline_is_told_every_reason_for_which_it_is_called_in() -> None:
    assert [why for why in Escalation if f"`{why}`" not in HELPLINE] == []


def test_the_laboratory_tells_every_policy_of_play_and_every_load() -> None:
    assert [name for name in POLICIES if f"| `{name}` |" not in LABORATORY] == []
    assert [name for name, requests_a_day in LOADS.items() if f"`{name}` {requests_a_day:g}" not in LABORATORY] == []
