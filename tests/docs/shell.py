"""Shell commands in documents. Blocks fenced `sh` are run; `console` blocks are shown alone, for they speak of a network in trouble or of another machine."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
SETTING_THE_SHELL = (". .venv/bin/activate",)
ENDING_ALL = ("staffetta down", "staffetta down --json")
"""Run once everything else was."""


@dataclass(frozen=True, slots=True)
class Line:
    """One command of a document."""

    document: str
    number: int
    text: str
    """Without its comment."""
    run: bool
    """Whether it stands in a block that is run."""

    @property
    def words(self) -> list[str]:
        """As the shell parts them; variables as they stand."""
        return shlex.split(self.text)


def documents() -> list[Path]:
    """The README, which begins the story of the commands, and every other page."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands(document: Path) -> list[Line]:
    """Its commands in order; a line that ends with a backslash goes on."""
    text = document.read_text(encoding="utf-8")
    found = []
    for block in _BLOCK.finditer(text):
        if block["language"] not in ("sh", "console"):
            continue
        first = text.count("\n", 0, block.start("text")) + 1
        continued = ""
        for number, line in enumerate(block["text"].split("\n"), start=first):
            whole = (continued + line).strip()
            continued = whole[:-1] if whole.endswith("\\") else ""
            bare = re.sub(r"(^|\s)#.*$", "", whole).strip()
            if bare and not continued:
                found.append(Line(document.relative_to(ROOT).as_posix(), number, bare, block["language"] == "sh"))
    return found


def script(lines: list[Line]) -> str:
    """The commands that are run, for one shell that ends at the first failure and says which it was."""
    run = [line for line in lines if line.run and not line.text.startswith("make ") and line.text not in (*SETTING_THE_SHELL, *ENDING_ALL)]
    parts = ["set -euo pipefail", "trap 'echo \"failed: $at\" >&2' ERR"]
    for line in run:
        parts += [f'at={shlex.quote(f"{line.document}:{line.number}")}; echo "== $SECONDS s: $at" >&2', line.text]
    return "\n".join(parts) + "\n"
