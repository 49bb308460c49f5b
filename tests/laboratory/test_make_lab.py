"""The laboratory's own run: every part in small, and a last line that programs read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ops.laboratory import __main__ as laboratory
from ops.laboratory.policies import LADDER

pytest.importorskip("scipy")


def test_the_last_line_is_one_object(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(laboratory, "_SHORT", (2, 2, 1))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["lab", "--jobs", "1", "--loads", "tight"])
    assert laboratory.main() == 0
    printed = capsys.readouterr().out.splitlines()
    told = json.loads(printed[-1])
    assert told["breaches"] == 0 and told["proposals"] > 50
    assert 0 < told["share_of_hindsight"]["tight"] <= 1
    assert told["gain_ci_low"]["tight"] <= told["gain_over_thrift"]["tight"]
    for load in ("ample", "tight"):
        assert set(told[f"foresight_{load}"]) == {*LADDER, laboratory.OURS, laboratory.THRIFT}
    by_demand = told["by_requests_a_day"]
    assert [float(a_day) for a_day in by_demand] == sorted(map(float, by_demand))
    assert all(0 < found[laboratory.OURS] <= 1 for found in by_demand.values())
    assert {"thrift_share", "fcfs_share", "gap_closed", "hindsight_places"} <= told.keys()
    assert max(map(len, printed[:-1])) <= 80
    assert (tmp_path / "build" / "laboratory" / "futures.csv").exists()
