"""Each check is green as things are; with the bug planted, each of its checks goes red and names it."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from events.vocabulary import Rule
from ops.services.postgres import PostgresServer
from tests.planted.check import Bug, Check, Stage
from tests.planted.summary import checks, plant
from tests.planted.table import BUGS

PURE = [bug for bug in BUGS if not bug.on_postgresql]
ON_POSTGRESQL = [bug for bug in BUGS if bug.on_postgresql]


def _bug(bug: Bug) -> str:
    return f"{bug.area}: {bug.name}"


def _check(check: Check) -> str:
    return check.name


def _no_database() -> str:
    raise LookupError("this check says that it needs no database")


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Without a database."""
    return Stage(tmp_path, _no_database)


@pytest.fixture
def stage_on_postgresql(tmp_path: Path, postgres: PostgresServer) -> Stage:
    """With fresh databases, which go with their server."""
    return Stage(tmp_path, lambda: postgres.create_database(f"planted_{uuid.uuid4().hex[:12]}"))


@pytest.mark.parametrize("check", checks(PURE), ids=_check)
async def test_a_check_is_green_without_a_bug(check: Check, stage: Stage) -> None:
    assert await check.find(stage) == []


@pytest.mark.parametrize("bug", PURE, ids=_bug)
async def test_a_planted_bug_is_caught_and_named(bug: Bug, stage: Stage) -> None:
    assert (await plant(bug, stage)).missed == ()


@pytest.mark.parametrize("check", checks(ON_POSTGRESQL), ids=_check)
async def test_a_check_of_the_views_is_green_without_a_bug(check: Check, stage_on_postgresql: Stage) -> None:
    assert await check.find(stage_on_postgresql) == []


@pytest.mark.parametrize("bug", ON_POSTGRESQL, ids=_bug)
async def test_a_bug_planted_in_the_views_is_caught_and_named(bug: Bug, stage_on_postgresql: Stage) -> None:
    assert (await plant(bug, stage_on_postgresql)).missed == ()


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_that_excludes_a_unit_is_planted_out(rule: Rule) -> None:
    named = [bug.name.replace(",", "") for bug in BUGS]
    assert any(rule.value.replace("_", " ") in name and ("excludes nothing" in name or "exclude nothing" in name) for name in named)


def test_every_area_has_its_bugs() -> None:
    names = [bug.name for bug in BUGS]
    assert len(names) == len(set(names))
    wanted = {"acceptance rule", "safety", "views", "idempotency", "sealing", "responsibility", "holds", "state hash", "snapshot", "tip", "erasure"}
    assert wanted <= {bug.area for bug in BUGS}
