"""A command that was given wrongly: what the parser of arguments found, told in English or Italian as everything else that is not done."""

from __future__ import annotations

import re
from collections.abc import Sequence

from typer._click.exceptions import UsageError  # Typer's own copy of click has no public name

from coordinator.cli.not_done import Cannot, NotDone
from coordinator.cli.usage_words import PATTERNS
from events.language import Language, Said


def wrong_use(error: UsageError) -> NotDone:
    """What is the matter, and which help to read."""
    command = error.ctx.command_path if error.ctx is not None else "staffetta"
    return NotDone(Cannot.WRONG_USE, detail=said_of(error), command=re.sub(r"^\S*python\S* -m coordinator|^\S*staffetta\b", "staffetta", command))


def said_of(error: UsageError) -> Said:
    """The parser's own words in English, and the same in Italian."""
    english = error.format_message().replace("Value error, ", "")
    return english, _in_italian(english)


def language_given(arguments: Sequence[str], otherwise: str) -> Language:
    """Of arguments that could not be parsed; the other one where they name none, English where that is none."""
    for before, after in zip(["", *arguments], [*arguments, ""], strict=True):
        named = after if before == "--in" else before.removeprefix("--in=") if before.startswith("--in=") else ""
        if named in tuple(Language):
            return Language(named)
    return Language(otherwise) if otherwise in tuple(Language) else Language.ENGLISH


def _in_italian(english: str) -> str:
    """Piece by piece; what no pattern knows stays."""
    for pattern, italian in PATTERNS:
        found = re.fullmatch(pattern, english, re.DOTALL)
        if found is not None:
            return italian.format(*(_in_italian(part or "") for part in found.groups()))
    return english
