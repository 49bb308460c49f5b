"""How every command runs: settings, one event loop, failures turned into words and an exit status."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from coordinator.cli.not_done import Cannot, NotDone
from coordinator.cli.outcome import Exit, print_not_done
from coordinator.cli.wires import Wires
from coordinator.settings import LANGUAGE_VARIABLE, NetworkPlace, Settings, SettingsInvalid
from events.language import Language, joined

if TYPE_CHECKING:
    from coordinator.rooms import NetworkRoom

T = TypeVar("T")

JsonOption = Annotated[bool, typer.Option("--json", help="One JSON value on standard output, for programs.")]
NetworkOption = Annotated[str | None, typer.Option("--network", "-n", metavar="NAME", help="The network; the first configured one where left out.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="SEQUENCE|TIME", help="As it stood after a ledger sequence, or at an ISO 8601 time (UTC).")
]

LanguageOption = Annotated[
    Language, typer.Option("--in", envvar=LANGUAGE_VARIABLE, show_envvar=False, help="Language of what people read; else that of STAFFETTA_LANGUAGE.")
]


def wires_of(context: typer.Context) -> Wires:
    """What the program was started with."""
    wires = context.find_object(Wires)
    assert wires is not None, "main() hands the wires to the root command"
    return wires


def language_of(context: typer.Context) -> Language:
    """Of the command that runs: what `LanguageOption` was given."""
    language = context.params["language"]
    assert isinstance(language, Language)
    return language


def settings_of(context: typer.Context) -> Settings:
    """Raises NotDone where the environment configures nothing that works."""
    try:
        return wires_of(context).load_settings()
    except SettingsInvalid as invalid:
        raise NotDone(Cannot.SETTINGS_INVALID, problems=joined(invalid.problems, "; ")) from None


def place_of(settings: Settings, network: str | None) -> NetworkPlace:
    """The network asked for. Raises NotDone where it is not configured."""
    place = settings.network(network)
    if place is None:
        known = ", ".join(each.name for each in settings.networks)
        raise NotDone(Cannot.UNKNOWN_NETWORK, name=network, known=known)
    return place


def in_network(
    context: typer.Context, network: str | None, as_json: bool, work: Callable[[NetworkRoom], Awaitable[T]], *, taking_events: bool = False
) -> T:
    """Opens the network, does the work, closes it. Ends the command where it cannot be done."""

    async def whole() -> T:
        settings = settings_of(context)
        place = place_of(settings, network)
        async with wires_of(context).open_network(settings, place, taking_events=taking_events) as room:
            return await work(room)

    return run(context, as_json, whole)


def run(context: typer.Context, as_json: bool, work: Callable[[], Awaitable[T]]) -> T:
    """Runs to the end in an event loop of its own. Ends the command with status 2 where it cannot be done."""

    async def whole() -> T:
        return await work()

    with reporting(as_json, language_of(context)):
        return asyncio.run(whole())


@contextmanager
def reporting(as_json: bool, language: Language) -> Iterator[None]:
    """Failures of the block are told in words, and end the command with status 2."""
    try:
        yield
    except typer.Exit:
        raise
    except Exception as failure:
        from coordinator.cli.failures import describe  # it knows everything that can fail, and so imports it

        told = describe(failure)
        if told is None:
            raise
        print_not_done(told, as_json, language)
        raise typer.Exit(int(Exit.NOT_DONE)) from None


def require_yes(asked: str, yes: bool, otherwise: Cannot) -> None:
    """Asks on the terminal, unless the answer was given beforehand. Raises NotDone, which says what was not done."""
    if not yes and not typer.confirm(asked, default=False, err=True):
        raise NotDone(otherwise)
