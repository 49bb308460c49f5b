"""What a command says and how it ends.

Exit status: 0 done and all is well; 1 done, and something is wrong that the output names; 2 not done (wrong use, or a service does not answer).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from enum import IntEnum

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table


class Exit(IntEnum):
    """How a command ends."""

    WELL = 0
    WRONG = 1
    NOT_DONE = 2


class NotDone(Exception):
    """The command could not be done: what is the matter, and what to do about it."""

    def __init__(self, matter: str, what_to_do: str = "") -> None:
        super().__init__(matter)
        self.matter = matter
        self.what_to_do = what_to_do


out = Console(soft_wrap=False)
err = Console(stderr=True, soft_wrap=True)


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
    """A table for people. `right`: columns of figures. `empty` is said where there are no rows."""
    if not rows:
        out.print(f"[bold]{escape(title)}[/]\n{escape(empty)}")
        return
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    out.print(table)


def print_not_done(failure: NotDone, as_json: bool) -> None:
    """Says on standard error why nothing was done."""
    if as_json:
        sys.stderr.write(json.dumps({"error": failure.matter, "what_to_do": failure.what_to_do}) + "\n")
        return
    err.print(f"[bold red]Not done.[/] {escape(failure.matter)}")
    if failure.what_to_do:
        err.print(escape(failure.what_to_do))


def end(status: Exit) -> None:
    """Ends the command with this status."""
    raise typer.Exit(int(status))
