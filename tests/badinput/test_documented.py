"""`docs/bad-input.md` is kept true: every kind of bad input has its row, every test that it names exists, every code is one of ours."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from confluent_kafka import KafkaError

from coordinator.gateway.problems import Code
from events.acceptance import Ignored
from events.errors import LineInvalid
from events.vocabulary import RefusalCode
from reading import errors

ROOT = Path(__file__).parents[2]
WANTED = (
    "undecodable record",
    "unknown schema",
    "event of an unknown project",
    "duplicate id with other content",
    "event from the future",
    "event from the past",
    "household larger than any unit",
    "negative capacity",
    "10 MB of text",
    "compression bomb",
    "unknown network",
)
UNREADABLE = frozenset({"empty", "not_single_object", "unknown_schema", "malformed", "trailing_bytes"})
"""The words of `events.errors.Undecodable`."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    what: str
    kind: str
    code: str
    path: str
    test: str


def rows() -> list[Row]:
    text = (ROOT / "docs" / "bad-input.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| ([^|]+) \| [^|]+ \| `(\w+): ([^`]+)` \| `([^`:]+)::(\w+)` \|$", text, re.MULTILINE)
    assert len(found) == sum(line.startswith("| ") for line in text.splitlines()) - 1, "a row that nobody can read"
    return [Row(*each) for each in found]


def test_every_kind_of_bad_input_has_its_row() -> None:
    assert [wanted for wanted in WANTED if not any(row.what.startswith(wanted) for row in rows())] == []


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.what)
def test_what_a_row_says_is_there(row: Row) -> None:
    module = importlib.import_module(row.path.removesuffix(".py").replace("/", "."))
    assert callable(getattr(module, row.test))
    match row.kind:
        case "unreadable":
            assert row.code in UNREADABLE
        case "refused":
            RefusalCode(row.code)
        case "problem":
            Code(row.code)
        case "ignored":
            Ignored(row.code)
        case "stop":
            assert issubclass(getattr(errors, row.code), errors.ReadingStopped)
        case "broker":
            assert isinstance(getattr(KafkaError, row.code), int)
        case "line":
            assert row.code == LineInvalid.__name__
        case "error":
            assert row.code in (ROOT / row.path).read_text(encoding="utf-8")
        case other:
            pytest.fail(f"{other} is no way of saying it")


@pytest.mark.parametrize("row", [row for row in rows() if row.kind in ("refused", "unreadable", "problem")], ids=lambda row: row.what)
def test_a_row_names_a_test_that_knows_its_code(row: Row) -> None:
    """As the code itself, or by its name in the vocabulary."""
    text = (ROOT / row.path).read_text(encoding="utf-8")
    assert row.code in text or row.code.upper() in text
