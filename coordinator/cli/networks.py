"""`network create`: a network's topics, keys, views, genesis, policy and projects."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from coordinator.cli.command import JsonOption, LanguageOption, place_of, run, settings_of, wires_of
from coordinator.cli.instants import parse_time
from coordinator.cli.not_done import Cannot, NotDone
from coordinator.cli.outcome import print_json, say
from coordinator.intake.door import Answer, Told
from coordinator.opening import NoNetworkFile, open_with_file
from events.language import Language

app = typer.Typer(
    no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Networks: one country's system each, one partition of every topic."
)


@app.callback()
def _network() -> None:
    """Networks: one country's system each, one partition of every topic."""


@app.command()
def create(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="The network, as STAFFETTA_NETWORKS names it; the first where left out.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", exists=True, dir_okay=False, help="The network's data; else the one that ships under its name.")
    ] = None,
    empty: Annotated[bool, typer.Option("--empty", help="No policy and no projects: they will be submitted.")] = False,
    created_at: Annotated[str | None, typer.Option("--at", metavar="TIME", help="When it begins, for a network on its own clock (ISO 8601).")] = None,
    as_json: JsonOption = False,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Create a network: topics, schemas, key store, views, genesis; then its policy and projects. Harmless to repeat."""

    async def work() -> tuple[bool, list[Answer]]:
        settings = settings_of(context)
        place = place_of(settings, name)
        begins = None if created_at is None else parse_time(created_at)
        if created_at is not None and begins is None:
            raise NotDone(Cannot.NO_TIME, option="--at", text=created_at)
        wires = wires_of(context)
        new = await wires.create_network(settings, place, _say, created_at_ms=begins)
        if empty:
            return new, []
        async with wires.open_network(settings, place, taking_events=True) as room:
            try:
                return new, await open_with_file(room, file, _say)
            except NoNetworkFile:
                raise NotDone(Cannot.NO_NETWORK_FILE, network=room.name) from None

    new, answers = run(context, as_json, work)
    if as_json:
        accepted = sum(isinstance(answer, Told) for answer in answers)
        print_json({"created": new, "opening_events": len(answers), "accepted": accepted})


def _say(line: str) -> None:
    say(escape(line))
