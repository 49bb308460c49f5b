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

from coordinator.cli.acting import AsOption, acting_as, allowed
from coordinator.cli.command import JsonOption, NetworkOption, in_network, run
from coordinator.cli.outcome import NotDone, out, print_json, say
from coordinator.data_sheet import Reported, SheetFact, SheetInvalid, read_sheet, report_sheet, write_sheet
from coordinator.domain.who_may import View
from coordinator.rooms import NetworkRoom
from coordinator.viewing import is_responsible
from events.fact import Actor
from events.ids import is_slug, is_uuid, uuid7
from events.lines import format_line
from events.vocabulary import Role

MAX_PROBLEMS_SHOWN = 20
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
) -> None:
    """Write the data sheet of cases, one row a person. For the project that is responsible (`--as project:ID`)."""
    wrong = [case_id for case_id in case_ids if not is_uuid(case_id)]
    if wrong:
        raise typer.BadParameter("a case id is a UUID, such as 0198c0de-0000-4000-8000-000000000000")

    async def work(room: NetworkRoom) -> None:
        grant = acting_as(role, room.name)
        allowed(grant, View.SHEET)
        sheets: list[tuple[str, list[SheetFact]]] = []
        for case_id in case_ids:
            seen = await room.reads.timeline(case_id)
            if not seen.answer or not await is_responsible(room.reads, grant, case_id):
                raise NotDone("One of these cases is not this project's, or not known.", "`staffetta inbox PROJECT` lists a project's cases.")
            sheets.append((case_id, [SheetFact(one.at_ms, one.fact) for one in seen.answer]))
        await room.access.record(grant, View.SHEET, case_ids)
        text = write_sheet(sheets)
        if to is None:
            sys.stdout.write(text)
            return
        with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "w", encoding="utf-8") as file:
            file.write(text)
        say(f"{len(sheets)} cases written to {to}. It holds people's data: its owner alone can read it; delete it when it has served.")

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
) -> None:
    """Check a data sheet, and write the events that report its cases. Nothing is sent; each reading makes new cases, so send its file, not the sheet again."""

    async def work() -> list[Reported]:
        for option, text in (("--project", project), ("--body", body), ("--person", person)):
            if not is_slug(text):
                raise NotDone(f"{option} is no id.", "An id is small letters, digits and hyphens, such as anello-forte.")
        if to.exists():
            raise NotDone(f"{to} is there already.", "Name another file, or remove it: events that were sent under it must not get new ids.")
        try:
            cases = read_sheet(file.read_text(encoding="utf-8-sig"))
        except FileNotFoundError:
            raise NotDone(f"There is no file {file}.") from None
        except UnicodeDecodeError:
            raise NotDone(f"{file} is not UTF-8 text.", "Save the sheet as CSV in UTF-8.") from None
        except SheetInvalid as invalid:
            shown = "\n".join(f"  {problem}" for problem in invalid.problems[:MAX_PROBLEMS_SHOWN])
            more = len(invalid.problems) - MAX_PROBLEMS_SHOWN
            rest = f"\n  and {more} more" if more > 0 else ""
            raise NotDone(f"{file} cannot be read as it is:\n{shown}{rest}", "Correct the sheet; nothing was written.") from None
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
        out.print(f"line {one.case.line}: {len(one.case.household)} people, case {one.case_id}")
    out.print(f"{len(reported)} cases, {len(lines)} events in {to}; send them: staffetta submit {to}", soft_wrap=True)
