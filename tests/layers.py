"""Which tests need what: `pure` ones nothing, `edge` ones a real Kafka or PostgreSQL (marked so by the fixtures they ask for), `journey` ones everything.

At the end of a run each layer's outcomes and time are summed up; where TEST_COUNTS_FILE names a file, the numbers go there as JSON.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

LAYERS = ("pure", "edge", "journey")
_REAL = frozenset({"kafka", "kafka3", "postgres"})

_layer_of: dict[str, str] = {}
_outcomes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
_seconds: dict[str, float] = defaultdict(float)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its layer."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if "journeys" in item.path.parts or item.get_closest_marker("journey"):
            layer = "journey"
        elif fixtures & _REAL or fixtures & {"postgres_url", "keystore_url"} or item.get_closest_marker("edge"):
            layer = "edge"
        else:
            layer = "pure"
        item.add_marker(getattr(pytest.mark, layer))
        _layer_of[item.nodeid] = layer


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count an outcome once a test: its call, or the set-up that failed or skipped it."""
    layer = _layer_of.get(report.nodeid, "pure")
    _seconds[layer] += report.duration
    if report.when == "call" or report.outcome != "passed":
        outcome = "error" if report.failed and report.when != "call" else report.outcome
        _outcomes[layer][outcome] += 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say the sums."""
    for layer in LAYERS:
        if layer in _outcomes:
            counted = ", ".join(f"{number} {outcome}" for outcome, number in sorted(_outcomes[layer].items(), reverse=True))
            terminalreporter.write_line(f"{layer:>8}: {counted} in {_seconds[layer]:.1f} s")
    counts = os.environ.get("TEST_COUNTS_FILE")
    if counts:
        Path(counts).write_text(json.dumps({layer: dict(_outcomes[layer]) for layer in LAYERS if layer in _outcomes}))
