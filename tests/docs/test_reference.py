"""The reference pages say what the code says, and nothing of the code goes undescribed."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from coordinator.gateway import metrics as gateway_metrics
from coordinator.ledger import metrics as ledger_metrics
from ops import reference
from tests.docs.shell import ROOT

KINDS = {"Counter", "Gauge", "Histogram", "Summary", "Info", "Enum"}


@pytest.mark.parametrize(("path", "text"), reference.pages().items(), ids=lambda value: value.name if isinstance(value, Path) else "")
def test_a_page_is_as_the_code_has_it(path: Path, text: str) -> None:
    assert path.read_text(encoding="utf-8") == text, f"{path.name}: run python -m ops.reference"


def test_descriptions_are_of_things_that_exist() -> None:
    metrics = {name for module in (gateway_metrics, ledger_metrics) for name, _ in reference.metrics_of(module)}
    assert set(reference.UNITS) == metrics
    errors = (ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")
    assert [name for name in reference.WHAT_TO_DO if f"| `{name}` |" not in errors] == []


def test_metrics_are_made_where_they_are_documented() -> None:
    documented = {Path(module.__file__ or "") for module in (gateway_metrics, ledger_metrics)}
    elsewhere = [
        module.relative_to(ROOT).as_posix()
        for room in ("coordinator", "reading", "projections", "ops")
        for module in sorted((ROOT / room).rglob("*.py"))
        if module not in documented
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "prometheus_client" and KINDS & {name.name for name in node.names}
    ]
    assert elsewhere == ["ops/reference.py"]


def test_an_undescribed_metric_fails_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(reference.UNITS, "staffetta_ledger_sequence")
    with pytest.raises(KeyError, match="staffetta_ledger_sequence"):
        reference.metrics_page()


def test_a_page_that_differs_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert reference.main(["--check"]) == 0
    monkeypatch.setitem(reference.WRITERS, "events", ("nobody", "nothing"))
    assert reference.main(["--check"]) == 1
    assert "topics.md" in capsys.readouterr().err
