"""What a command says and how it ends.

Exit status: 0 done and all is well; 1 done, and something is wrong that the output names; 2 not done (wrong use, or a service does not answer).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from enum import IntEnum

import typer
from rich.box import ROUNDED
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from coordinator.cli.layout import folded, widths_of
from coordinator.cli.not_done import NotDone
from events.language import Language, Said, filled, in_language


class Exit(IntEnum):
    """How a command ends."""

    WELL = 0
    WRONG = 1
    NOT_DONE = 2


_NOT_DONE: Said = ("Not done.", "Non eseguito.")

out = Console(soft_wrap=False)
err = Console(stderr=True, soft_wrap=True)


def told(said: Said, language: Language, *values: object) -> str:
    """A text of the word tables, filled in, in a language. Values are shown as they are: their brackets are no markup."""
    return in_language(filled(said, *(escape(value) if isinstance(value, str) else value for value in values)), language)


def say(text: str) -> None:
    """A line for people, on standard error, so that standard output stays data. Rich markup is read."""
    err.print(text)


def print_json(value: object) -> None:
    """One JSON value on standard output."""
    from coordinator.plain import value_json  # which knows every fact: commands that print none need not load them

    sys.stdout.write(json.dumps(value_json(value), ensure_ascii=False, indent=None, separators=(", ", ": ")) + "\n")
    sys.stdout.flush()


def print_table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], *, right: frozenset[str] = frozenset(), empty: str = "Nothing."
) -> None:
    """A table for people, or one block a row where the terminal is too narrow for it. `right`: columns of figures. `empty` is said where there are no rows."""
    if not rows:
        out.print(f"[bold]{escape(title)}[/]\n{escape(empty)}")
        return
    told = [["" if cell is None else str(cell) for cell in row] for row in rows]
    widths = widths_of([[column, *cells] for column, *cells in zip(columns, *told, strict=True)], out.width - 3 * len(columns) - 1)
    if widths is None:
        _print_blocks(title, columns, told)
        return
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for column, width in zip(columns, widths, strict=True):
        table.add_column(folded(column, width), justify="right" if column in right else "left", width=width)
    for row in told:
        table.add_row(*(escape(folded(cell, width)) for cell, width in zip(row, widths, strict=True)))
    out.print(table)


def _print_blocks(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Each row by itself, a line for each column that says something."""
    blocks = Table(title=title, title_justify="left", title_style="bold", show_header=False, box=ROUNDED)
    blocks.add_column(style="bold", width=(heading := max(map(len, columns))))
    blocks.add_column(width=(room := max(1, out.width - heading - 7)))
    for row in rows:
        for column, cell in zip(columns, row, strict=True):
            if cell:
                blocks.add_row(escape(column), escape(folded(cell, room)))
        blocks.add_section()
    out.print(blocks)


def print_not_done(failure: NotDone, as_json: bool, language: Language) -> None:
    """Says on standard error why nothing was done."""
    matter, what_to_do = in_language(failure.said, language), in_language(failure.said_to_do, language)
    if as_json:
        sys.stderr.write(json.dumps({"error": matter, "what_to_do": what_to_do, "code": failure.why}, ensure_ascii=False) + "\n")
        return
    err.print(f"[bold red]{in_language(_NOT_DONE, language)}[/] {escape(matter)}")
    if what_to_do:
        err.print(escape(what_to_do))


def end(status: Exit) -> None:
    """Ends the command with this status."""
    raise typer.Exit(int(status))
