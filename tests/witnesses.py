"""Which test saw what: kept while the tests of the core and the scenarios run, for the table of coverage.

Tests that draw at random are no witnesses, for nobody knows what they will see tomorrow; what they saw is kept apart.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

import pytest

from tests import seen
from tests.seen import Seen

ROOMS = ("tests/domain", "tests/scenarios")
"""Whose tests are witnesses. Other rooms play with broken cores, or with edges."""

by_test: dict[str, frozenset[Seen]] = {}
at_random: set[Seen] = set()
_began: set[str] = set()
_DRAWN = tuple(f"tests/domain/test_{name}.py" for name in ("determinism", "found", "histories", "who_may"))
_LAST = "tests/coverage"
_EVERY = Path(__file__).parent

seen.watch()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--write-coverage`: write the page instead of comparing it."""
    parser.addoption("--write-coverage", action="store_true", help="write docs/reference/coverage.md from what this run saw")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests that look at witnesses come last."""
    items.sort(key=lambda item: item.nodeid.startswith(_LAST))


def all_ran(session: pytest.Session) -> bool:
    """Whether every test file of the rooms took part, and nothing of them was left out. One that failed is no witness."""
    files = {path.relative_to(_EVERY.parent).as_posix() for room in ROOMS for path in (_EVERY.parent / room).glob("test_*.py")}
    here = {item.nodeid.partition("::")[0] for item in session.items}
    asked = {item.nodeid for item in session.items if item.nodeid.startswith(ROOMS) and isinstance(item, pytest.Function)}
    narrowed = bool(session.config.getoption("keyword")) or any("::" in argument for argument in session.config.args)
    return files <= here and not narrowed and asked <= _began


def _draws(item: pytest.Item) -> bool:
    """Whether a test draws at random, or plays histories that were drawn once from a seed: another generator changes what it sees."""
    if item.nodeid.startswith(_DRAWN):
        return True
    return bool(getattr(getattr(item, "obj", None), "is_hypothesis_test", False))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Watch one test."""
    if not item.nodeid.startswith(ROOMS) or not isinstance(item, pytest.Function):
        return (yield)
    _began.add(item.nodeid)
    with seen.watching() as found:
        result = yield
    if _draws(item):
        at_random.update(found)
    else:
        by_test[item.nodeid] = frozenset(found)
    return result
