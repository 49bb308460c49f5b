"""What the root says of each command is how the command's own help begins; and saying it imports nothing that a command needs."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import typer

from coordinator.cli.main import ROOMS, app

LONGEST = 60
LINES = {name: line for room in ROOMS for name, line in room.lines.items()}
HEAVY = (
    "aiokafka",
    "asyncpg",
    "confluent_kafka",
    "fastapi",
    "faust",
    "prometheus_client",
    "pydantic",
    "structlog",
    "coordinator.domain",
    "events.codec",
)
"""Most of what takes a command's first second."""

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("name", LINES)
def test_a_line_is_how_the_help_begins(name: str) -> None:
    root: Any = typer.main.get_command(app)
    assert len(LINES[name]) <= LONGEST
    assert root.commands[name].help.startswith(LINES[name])


def test_every_room_gives_the_commands_of_its_lines() -> None:
    assert all(room.load().keys() == room.lines.keys() for room in ROOMS)
    assert len(LINES) == sum(len(room.lines) for room in ROOMS), "two rooms have a command of one name"


@pytest.mark.parametrize("arguments", [["--help"], []])
def test_listing_commands_imports_none(arguments: list[str]) -> None:
    program = f"import sys\nsys.argv[1:] = {arguments}\nfrom coordinator.__main__ import main\ntry:\n    main()\nexcept SystemExit:\n    pass\n"
    program += f"print('imported', [name for name in {HEAVY} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.endswith("imported []\n"), ended.stdout


def test_a_command_prints_no_log_events() -> None:
    """Their names alone, such as `ledger_healed`, say nothing to anybody."""
    program = (
        "import logging, sys\nsys.argv[1:] = ['--help']\nfrom coordinator.__main__ import main\ntry:\n    main()\nexcept SystemExit:\n    pass\n"
    )
    program += "logging.getLogger('coordinator').warning('ledger_healed')"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stderr == ""


def test_a_mistyped_command_is_told_what_it_may_have_been() -> None:
    ended = subprocess.run([sys.executable, "-m", "coordinator", "capactiy"], capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "Did you mean 'capacity'?" in ended.stderr
