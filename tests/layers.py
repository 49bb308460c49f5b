"""Which tests need what: `pure` ones nothing, `edge` ones a real Kafka or PostgreSQL, `journey` ones everything.

A test is marked `edge` by what it asks for: one of the shared fixtures, a fixture that returns a broker or a server, or a parameter named after one;
`journey` where it runs the documents' commands (`shell`), or says so.

At the end of a run each layer's outcomes and time are summed up; where TEST_COUNTS_FILE names a file, the numbers go there as JSON.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

LAYERS = ("pure", "edge", "journey")
_REAL = frozenset({"kafka", "kafka3", "postgres", "postgres_url", "keystore_url"})
_SERVICES = ("KafkaCluster", "PostgresServer")

_layer_of: dict[str, str] = {}
_outcomes: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
_seconds: dict[str, float] = defaultdict(float)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with its layer."""
    for item in items:
        layer = _layer(item)
        item.add_marker(getattr(pytest.mark, layer))
        _layer_of[item.nodeid] = layer


def _layer(item: pytest.Item) -> str:
    if "journeys" in item.path.parts or item.get_closest_marker("journey") or "shell" in getattr(item, "fixturenames", ()):
        return "journey"
    if item.get_closest_marker("edge") or not isinstance(item, pytest.Function):
        return "edge" if item.get_closest_marker("edge") else "pure"
    asked = set(item.fixturenames)
    if hasattr(item, "callspec"):
        asked |= {value for value in item.callspec.params.values() if isinstance(value, str)}
    returned = [
        str(definition.func.__annotations__.get("return", ""))
        for definitions in item._fixtureinfo.name2fixturedefs.values()
        for definition in definitions
    ]
    return "edge" if asked & _REAL or any(service in text for text in returned for service in _SERVICES) else "pure"


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
