"""`replay`, `rebuild`, `export`: what is held is held against the ledger again, or taken out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from coordinator.access_log import Why
from coordinator.cli import doing_words as words
from coordinator.cli.acting import AsOption, acting_as, allowed
from coordinator.cli.command import JsonOption, LanguageOption, NetworkOption, in_network
from coordinator.cli.not_done import Cannot, NotDone
from coordinator.cli.outcome import Exit, end, out, print_json, say, told
from coordinator.domain.who_may import Scope, View
from coordinator.opened import opening_of
from coordinator.replaying import Replayed
from coordinator.replaying import replay as decide_again
from coordinator.rooms import NetworkRoom
from events.language import Language
from events.vocabulary import SightPurpose
from projections.parts import ALL, Part
from projections.rebuild import Rebuilt
from projections.rebuild import rebuild as rebuild_views
from reading.export import export_entries

VIEWS = {
    "capacity": {Part.CAPACITY},
    "transfers": {Part.CASES},
    "case": {Part.CASES},
    "inbox": {Part.CASES},
    "audit": {Part.AUDIT},
    "health": {Part.HEALTH},
    "network": {Part.NETWORK},
    "entries": {Part.ENTRIES},
    "all": ALL,
}
"""What is rebuilt under each name."""
PROGRESS_EVERY = 5_000
ADMINISTRATOR = "administrator"


def replay(context: typer.Context, network: NetworkOption = None, as_json: JsonOption = False, language: LanguageOption = Language.ENGLISH) -> None:
    """Decide every event again and hold outcomes, bytes and hashes against the ledger: identical, not re-decidable (key destroyed), or differs.

    Exit status 1 where one differs.
    """

    async def work(room: NetworkRoom) -> Replayed:
        shown = 0

        def progress(sums: Replayed) -> None:
            nonlocal shown
            if not as_json and sums.entries - shown >= PROGRESS_EVERY:
                shown = sums.entries
                say(told(words.ENTRIES, language, sums.entries))

        return await decide_again(room.name, room.core, room.vault, lambda: room.reader(None), progress)

    sums = in_network(context, network, as_json, work)
    if as_json:
        print_json(sums)
    else:
        counted = sums.entries, sums.identical, sums.not_redecidable, sums.differs, sums.control, sums.state_hashes
        out.print(told(words.REPLAYED, language, *counted))
        for sequence, what in sums.differences:
            out.print(told(words.DIFFERS, language, sequence, what))
    end(Exit.WRONG if sums.differs else Exit.WELL)


def rebuild(
    context: typer.Context,
    view: Annotated[
        str, typer.Argument(help=f"One of: {', '.join(VIEWS)}. Transfers, case and inbox are kept in one record, and are rebuilt together.")
    ] = "all",
    network: NetworkOption = None,
    as_json: JsonOption = False,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Fold the views again from the ledger beside the serving ones, and swap them in when they are level."""

    async def work(room: NetworkRoom) -> Rebuilt:
        if view not in VIEWS:
            raise NotDone(Cannot.UNKNOWN_CHOICE, what="VIEW", name=view, known=", ".join(VIEWS))
        return await rebuild_views(room.database_url, room.vault, room.source, parts=VIEWS[view])

    done = in_network(context, network, as_json, work)
    if as_json:
        print_json(done)
    else:
        say(told(words.REBUILT, language, ", ".join(done.views), done.entries, done.folding_s, done.finishing_s, done.sequence))


def export(
    context: typer.Context,
    out_file: Annotated[Path, typer.Option("--out", "-o", metavar="FILE.avro", help="Where to write; an existing file is not overwritten.")],
    network: NetworkOption = None,
    without_keys: Annotated[bool, typer.Option("--without-keys", help="Raw bytes and clear fields alone: nothing about a person is opened.")] = False,
    as_json: JsonOption = False,
    role: AsOption = ADMINISTRATOR,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Write accepted entries to an Avro object container file: raw bytes, clear fields and, with keys, the plain event and outcomes; schemas inside.

    With keys the file holds people's data in plain: only its owner may read it; keep it as carefully as the people. That takes two people of different
    bodies (`staffetta actions`), and is recorded first.
    """

    async def work(room: NetworkRoom) -> int:
        part = out_file.with_name(out_file.name + ".part")
        if out_file.exists():
            raise NotDone(Cannot.FILE_EXISTS, file=out_file)
        try:
            part.unlink(missing_ok=True)
            part.touch(mode=0o600)
            grant = acting_as(role, room.name)
            if allowed(grant, View.EXPORT) is not Scope.OPENED and not without_keys:
                raise NotDone(Cannot.TAKES_SEALED)
            if not without_keys:
                now = await room.reads.actions()
                opening = opening_of(grant, now.answer, SightPurpose.EXPORT, None, now.at_ms)
                if opening is None:
                    raise NotDone(Cannot.EXPORT_NOT_OPENED, person=grant.person)
                await room.access.record(grant, View.EXPORT, (), Why.EXPORT, action_id=opening)
            async with room.reader(None) as reader:
                with part.open("wb") as file:
                    entries = await export_entries(reader.read_to_end(), None if without_keys else room.vault, file, room.name)
            part.rename(out_file)
        except OSError as failure:
            raise NotDone(Cannot.CANNOT_WRITE, file=out_file, failure=failure.strerror) from None
        finally:
            part.unlink(missing_ok=True)
        return entries

    entries = in_network(context, network, as_json, work)
    if as_json:
        print_json({"entries": entries, "file": str(out_file), "plain": not without_keys})
    else:
        say(told(words.EXPORTED if without_keys else words.EXPORTED_PLAIN, language, entries, str(out_file)))
