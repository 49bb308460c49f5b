"""`sheet`: the data sheet of a project's cases, written without retyping; and read, to report cases that are known elsewhere."""

from __future__ import annotations

import os
import secrets
import sys
import time
import uuid
from pathlib import Path
from typing import Annotated

import typer

from coordinator.cli import doing_words as words
from coordinator.cli.acting import AsOption, acting_as, allowed
from coordinator.cli.command import JsonOption, LanguageOption, NetworkOption, in_network, run
from coordinator.cli.not_done import Cannot, NotDone, listed
from coordinator.cli.outcome import out, print_json, say, told
from coordinator.data_sheet import Reported, SheetFact, SheetInvalid, read_sheet, report_sheet, write_sheet
from coordinator.domain.who_may import View
from coordinator.rooms import NetworkRoom
from coordinator.viewing import is_responsible
from events.fact import Actor
from events.ids import is_slug, is_uuid, uuid7
from events.language import Language, filled
from events.lines import format_line
from events.vocabulary import Role

_OWNER_ONLY = 0o600

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Data sheets of cases, as CSV: written for their owner, or read from elsewhere.",
)


@app.command("write")
def write(
    context: typer.Context,
    case_ids: Annotated[list[str], typer.Argument(metavar="CASE...", help="Ids of cases of the project.")],
    role: AsOption,
    to: Annotated[Path | None, typer.Option("--out", metavar="FILE.csv", help="Where to; standard output where left out.")] = None,
    network: NetworkOption = None,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Write the data sheet of cases, one row a person. For the project that is responsible (`--as project:ID`)."""

    async def work(room: NetworkRoom) -> None:
        if not all(is_uuid(case_id) for case_id in case_ids):
            raise NotDone(Cannot.NO_CASE_ID)
        grant = acting_as(role, room.name)
        allowed(grant, View.SHEET)
        sheets: list[tuple[str, list[SheetFact]]] = []
        for case_id in case_ids:
            seen = await room.reads.timeline(case_id)
            if not seen.answer or not await is_responsible(room.reads, grant, case_id):
                raise NotDone(Cannot.OTHERS_CASES)
            sheets.append((case_id, [SheetFact(one.at_ms, one.fact) for one in seen.answer]))
        await room.access.record(grant, View.SHEET, case_ids)
        text = write_sheet(sheets)
        if to is None:
            sys.stdout.write(text)
            return
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "w", encoding="utf-8") as file:
            file.write(text)
        say(told(words.SHEET_WRITTEN, language, len(sheets), str(to)))

    in_network(context, network, as_json=False, work=work)


@app.command("read")
def read(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="A data sheet; the columns are in docs/data-sheet.md.")],
    project: Annotated[str, typer.Option("--project", metavar="ID", help="The project that reports the cases.")],
    body: Annotated[str, typer.Option("--body", metavar="ID", help="The body of it that one acts for.")],
    person: Annotated[str, typer.Option("--person", metavar="ID", help="One's own staff id.")],
    to: Annotated[Path, typer.Option("--out", metavar="FILE.jsonl", help="Where the events go; `staffetta submit` sends them.")],
    as_json: JsonOption = False,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Check a data sheet, and write the events that report its cases. Nothing is sent; each reading makes new cases, so send its file, not the sheet again."""

    async def work() -> list[Reported]:
        for option, text in (("--project", project), ("--body", body), ("--person", person)):
            if not is_slug(text):
                raise NotDone(Cannot.NO_SLUG, option=option)
        if to.exists():
            raise NotDone(Cannot.EVENTS_FILE_EXISTS, file=to)
        try:
            cases = read_sheet(file.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            raise NotDone(Cannot.NO_FILE, file=file) from None
        except UnicodeDecodeError:
            raise NotDone(Cannot.NOT_UTF8, file=file) from None
        except SheetInvalid as invalid:
            raise NotDone(Cannot.SHEET_INVALID, file=file, problems=listed([problem.said for problem in invalid.problems])) from None
        actor = Actor(person, body, Role.PROJECT)
        return report_sheet(cases, actor, project, lambda: str(uuid.uuid4()), lambda: uuid7(time.time_ns() // 1_000_000, secrets.randbits(74)))

    reported = run(context, as_json, work)
    lines = [format_line(event) for one in reported for event in one.events]
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "w", encoding="utf-8") as events:
        events.write("".join(f"{line}\n" for line in lines))
    if as_json:
        print_json(
            {"events": len(lines), "cases": [{"line": one.case.line, "case_id": one.case_id, "people": len(one.case.household)} for one in reported]}
        )
        return
    for one in reported:
        people = words.PERSON if len(one.case.household) == 1 else filled(words.PEOPLE, len(one.case.household))
        out.print(told(words.SHEET_LINE, language, one.case.line, people, one.case_id))
    out.print(told(words.SHEET_READ, language, len(reported), len(lines), str(to), str(to)), soft_wrap=True)
