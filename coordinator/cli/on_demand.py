"""Commands that are loaded when they are asked for: to list them, or to run one, none of the others' modules is imported.

What a command needs (pydantic, the Kafka client, compiled schemas) takes a second to import, which `--help` and a mistyped name need not wait for.
"""

from __future__ import annotations

from collections import UserDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup

Loaded = Callable[..., None] | typer.Typer
"""A command's function, or the application of its subcommands."""


@dataclass(frozen=True, slots=True)
class Room:
    """Commands of one module."""

    lines: Mapping[str, str]
    """By name, in the order of the help: how the command's own help begins, in at most 60 characters."""
    load: Callable[[], Mapping[str, Loaded]]
    """Imports the module; gives every command of `lines` by its name."""


class _Commands(UserDict[str, Any]):
    """Typer's commands by name, each made at its first use. `Any`: its classes are its own."""

    def __init__(self, rooms: tuple[Room, ...]) -> None:
        super().__init__(dict.fromkeys(name for room in rooms for name in room.lines))
        self._room_of = {name: room for room in rooms for name in room.lines}

    def __getitem__(self, name: str) -> Any:
        if self.data[name] is None:
            self.data[name] = _made(name, self._room_of[name].load()[name])
        return self.data[name]


def _made(name: str, loaded: Loaded) -> Any:
    if isinstance(loaded, typer.Typer):
        return typer.main.get_command(loaded)
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command(name)(loaded)
    return typer.main.get_command(alone)


def group_of(*rooms: Room) -> type[TyperGroup]:
    """The class of a group of these rooms' commands."""
    lines = {name: line for room in rooms for name, line in room.lines.items()}

    class OnDemand(TyperGroup):
        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            self.commands = _Commands(rooms)

        def list_commands(self, ctx: Any) -> list[str]:
            return list(lines)

        def format_commands(self, ctx: Any, formatter: Any) -> None:
            with formatter.section("Commands"):
                formatter.write_dl(list(lines.items()))

    return OnDemand
