"""The commands of the README and of every other document do what they say."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import Any

import pytest
import typer

from coordinator.cli.main import app
from tests.docs.conftest import Shell
from tests.docs.shell import ROOT, commands, documents, script

LINES = [line for document in documents() for line in commands(document)]


@pytest.mark.edge
def test_the_documents_run(shell: Shell) -> None:
    """The README's story, then the guides, which go on from it."""
    ended = shell(script(LINES))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for told in ("7 events: 7 recorded", "1 events: 1 recorded", "units accounted for", "ProposalAccepted", "0 differ"):
        assert told in ended.stdout, ended.stdout


def test_every_make_target_exists() -> None:
    if shutil.which("make") is None:
        pytest.skip("no make here")
    targets = sorted({line.words[1] for line in LINES if line.words[0] == "make"})
    assert {"demo", "test"} <= set(targets)
    for target in targets:
        ended = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, ended.stderr


def test_every_command_and_option_exists() -> None:
    """Of the commands that are only shown as well."""
    root = typer.main.get_command(app)
    wrong = []
    for line in LINES:
        for command in re.findall(r"(?:^|[|(;&]\s*)staffetta ([^|;&)]*)", line.text):
            if why := _unknown(root, command.split()):
                wrong.append(f"{line.document}:{line.number}: {why}")
    assert wrong == []


def _unknown(command: Any, words: list[str]) -> str | None:
    """What of it the command line does not have. `command`: Typer's, a group where it has `commands`."""
    while hasattr(command, "commands"):
        if not words or words[0] not in command.commands:
            return f"no command {words[:1]}"
        command, words = command.commands[words[0]], words[1:]
    options = {text for parameter in command.params for text in (*parameter.opts, *parameter.secondary_opts) if text.startswith("-")} | {"--help"}
    return next((f"{command.name} has no {word}" for word in words if word.startswith("-") and word.split("=")[0] not in options), None)


def test_links_lead_somewhere() -> None:
    broken = []
    for document in [*documents(), ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text(encoding="utf-8")):
            if "://" not in target and not (document.parent / target).exists():
                broken.append(f"{document.relative_to(ROOT)}: {target}")
    assert broken == []
