"""Rules of this house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("avro_schemas", "coordinator", "events", "ops", "projections", "reading", "tests")
PURE = ("events", "coordinator/domain", "coordinator/matching")
_CLOCKS_AND_CHANCE = {"uuid1", "uuid4", "now", "utcnow", "today", "time_ns", "urandom", "getrandbits", "token_bytes"}


def _modules(*rooms: str) -> Iterator[Path]:
    for room in rooms:
        yield from sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", PURE)
def test_pure_rooms_ask_neither_clock_nor_chance(room: str) -> None:
    """Modules they may import also offer `datetime.now` and `uuid4`; those are out as well."""
    asked = [
        f"{module.relative_to(ROOT)}:{getattr(node, 'lineno', '?')} {name}"
        for module in _modules(room)
        for node in ast.walk(ast.parse(module.read_text()))
        for name in _names(node)
        if name in _CLOCKS_AND_CHANCE
    ]
    assert asked == []


def _names(node: ast.AST) -> list[str]:
    match node:
        case ast.Call(func=ast.Attribute(attr=name)) | ast.Call(func=ast.Name(id=name)):
            return [name]
        case ast.ImportFrom(names=aliases):
            return [alias.name for alias in aliases]
    return []


def test_no_room_for_odds_and_ends() -> None:
    """A reader finds a thing by its name, and these are no names."""
    nameless = {"utils", "util", "helpers", "helper", "manager", "base", "misc", "common"}
    assert [str(module.relative_to(ROOT)) for module in _modules(*ROOMS) if nameless & set(re.split(r"[_.]", module.stem))] == []


def test_every_module_says_what_it_is() -> None:
    silent = [module for module in _modules(*ROOMS) if module.read_text().strip() and ast.get_docstring(ast.parse(module.read_text())) is None]
    assert [str(module.relative_to(ROOT)) for module in silent] == []


def test_the_lock_names_packages_and_never_a_place() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text()
        assert "://" not in text, lock.name
        assert "index-url" not in text, lock.name
        pinned = re.findall(r"^[a-z0-9][a-z0-9._-]*==\S+ \\$", text, re.MULTILINE)
        started = re.findall(r"^[a-z0-9]\S*", text, re.MULTILINE)
        assert len(pinned) == len(started) > 0, lock.name


def test_the_broker_is_resolved_from_wherever_the_machine_says() -> None:
    pom = (ROOT / "ops/broker/pom.xml").read_text()
    assert "<repositories>" not in pom
    assert "<pluginRepositories>" not in pom


def test_no_file_names_the_machine_it_was_written_on() -> None:
    """No home directory, and no option that says where packages come from."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git work tree")
    suspicious = re.compile(r"/(home/\w+|root)/|--(extra-)?index-url|--find-links|artifactory|nexus\.", re.IGNORECASE)
    found = []
    for name in listed.stdout.splitlines():
        if name == str(Path(__file__).relative_to(ROOT)) or not (ROOT / name).is_file():
            continue
        text = (ROOT / name).read_bytes().decode(errors="replace")
        found += [f"{name}: {hit}" for hit in suspicious.findall(text)]
    assert found == []
