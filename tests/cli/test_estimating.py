"""`staffetta policy estimate`: a file that `preview` and `adopt` take, and clear words for what cannot be estimated."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from coordinator.cli.estimating import estimate
from coordinator.domain.worth import wrong_in
from events.network import HoldBack, KindWeights, Matching, ScarcityWeights
from events.vocabulary import Urgency

app = typer.Typer()
app.command()(estimate)


def matching_of(told: dict[str, object]) -> Matching:
    """What the file says, as the policy takes it."""
    matching = json.loads(json.dumps(told))["matching"]
    scarcity, held = matching["scarcity"], matching["hold_back"]
    kinds = tuple(KindWeights(each["kind"], tuple(each["weights"])) for each in scarcity.pop("kinds"))
    back = None if held is None else HoldBack(tuple(Urgency(each) for each in held["urgencies"]), held["until_before_deadline_ms"])
    return Matching(tuple(matching["urgency_values"]), ScarcityWeights(**scarcity, kinds=kinds), back)


@pytest.mark.parametrize("holding_back", [False, True])
def test_what_is_written_can_be_adopted(tmp_path: Path, holding_back: bool) -> None:
    file = tmp_path / "changes.json"
    arguments = [str(file), "--load", "ample", "--days", "14", "--seeds", "2", "--json", *(["--hold-back"] if holding_back else [])]

    found = CliRunner().invoke(app, arguments)

    assert found.exit_code == 0, found.output
    told = json.loads(file.read_text(encoding="utf-8"))
    assert json.loads(found.stdout) == told
    assert wrong_in(matching_of(told)) is None
    assert (told["matching"]["hold_back"] is not None) is holding_back


def test_an_unknown_load_is_told_apart() -> None:
    found = CliRunner().invoke(app, ["--load", "huge"])

    assert found.exit_code != 0
    assert "One of ample, slack, tight, double, or a number" in found.output
