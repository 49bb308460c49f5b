"""`staffetta policy` on a real network: shown, previewed, proposed by one body, confirmed and adopted by another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import staffetta
from tests.gateway.conftest import Running

pytestmark = pytest.mark.edge


async def test_two_bodies_adopt_what_was_previewed(running: Running, tmp_path: Path) -> None:
    shown = await staffetta(running.settings, "policy", "show", "--json")
    assert shown.status == 0, shown.err
    assert shown.json["takes_two_bodies"] is True
    file = tmp_path / "policy.json"
    scarcity = {
        "estimated_at_ms": 1, "valid_until_ms": 4_000_000_000_000, "method": "by hand", "sample": "none", "kinds": [{"kind": "women", "weights": [9, 4]}],
    }  # fmt: skip
    file.write_text(json.dumps({"matching": {"urgency_values": [4000, 2000, 1000], "scarcity": scarcity, "hold_back": None}}), encoding="utf-8")
    previewed = await staffetta(running.settings, "policy", "preview", str(file), "--json")
    assert previewed.status == 0, previewed.err
    assert previewed.json["version_candidate"] == shown.json["version"] + 1
    assert (await staffetta(running.settings, "policy", "preview", str(file))).status == 0

    one = ("policy", "adopt", str(file), "--person", "adm-1", "--body", "department")
    assert (await staffetta(running.settings, *one)).status == 2, "a reason is needed"
    proposed = await staffetta(running.settings, *one, "--reason", "families wait too long", "--json")
    assert [(each["event"], each["wrong"]) for each in proposed.json] == [("PolicyProposed", "")], proposed.err
    again = await staffetta(running.settings, *one, "--reason", "families wait too long")
    assert again.status == 2 and "second body" in again.err
    adopted = await staffetta(running.settings, "policy", "adopt", str(file), "--person", "adm-2", "--body", "another-body", "--json")
    assert [(each["event"], each["wrong"]) for each in adopted.json] == [("ActionConfirmed", ""), ("PolicyAdopted", "")], adopted.err
    now = await staffetta(running.settings, "policy", "show")
    assert "women" in now.out and "9 4" in now.out


async def test_what_is_no_policy_is_named(running: Running, tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    for text in ("[]", "no json", '{"max_declynes": 3}'):
        file.write_text(text, encoding="utf-8")
        told = await staffetta(running.settings, "policy", "preview", str(file))
        assert told.status == 2 and str(file.name) in told.err
