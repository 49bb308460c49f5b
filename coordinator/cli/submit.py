"""`staffetta submit FILE.jsonl`: checks every line, sends the events in order, and shows what became of each."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from coordinator.cli.command import JsonOption, LanguageOption, NetworkOption, in_network, run
from coordinator.cli.outcome import Exit, NotDone, end, out, print_json, say
from coordinator.intake.append import BrokersSilent
from coordinator.intake.door import Answer, Gone, Lagging, NotYet, Told
from coordinator.rooms import NetworkRoom
from events.errors import LineInvalid
from events.facts import Event
from events.lines import parse_line
from events.sentences import Language, refusal_sentence
from events.verdict import Duplicate, Recorded, Refused, Unreadable

CHUNK_EVENTS = 250
RETRY_EVERY = timedelta(seconds=1)
MAX_INVALID_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Line:
    """An event with the number of its line."""

    number: int
    event: Event


def read_events(path: Path) -> list[Line]:
    """Every event of the file, in order; empty lines count as lines. Raises NotDone naming the lines that are no events."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NotDone(f"There is no file {path}.") from None
    except UnicodeDecodeError:
        raise NotDone(f"{path} is not UTF-8 text.", "An events file holds one JSON object a line.") from None
    lines: list[Line] = []
    invalid: list[LineInvalid] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            lines.append(Line(number, parse_line(line, number)))
        except LineInvalid as problem:
            invalid.append(problem)
    if invalid:
        shown = "\n".join(f"  {problem}" for problem in invalid[:MAX_INVALID_SHOWN])
        more = f"\n  and {len(invalid) - MAX_INVALID_SHOWN} more" if len(invalid) > MAX_INVALID_SHOWN else ""
        raise NotDone(f"{path}: {len(invalid)} of {len(invalid) + len(lines)} lines are no events:\n{shown}{more}", "Nothing was sent.")
    return lines


def submit(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.jsonl", help="Events, one JSON object a line.")],
    network: NetworkOption = None,
    wait: Annotated[float, typer.Option("--wait", min=0, metavar="SECONDS", help="How long to wait for the entries of each chunk.")] = 30.0,
    patience: Annotated[
        float, typer.Option("--patience", min=0, metavar="SECONDS", help="How long to try again where a service does not answer.")
    ] = 60.0,
    as_json: JsonOption = False,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Send the events of a file, in order. Sending a file again is harmless: what is known is not decided twice.

    Exit status 1 where an event was refused, or has no entry yet.
    """

    async def read() -> list[Line]:
        return read_events(file)

    lines = run(context, as_json, read)

    async def work(room: NetworkRoom) -> list[Answer]:
        answers: list[Answer] = []
        for start in range(0, len(lines), CHUNK_EVENTS):
            chunk = [line.event for line in lines[start : start + CHUNK_EVENTS]]
            answers += await _send(room, chunk, timedelta(seconds=wait), timedelta(seconds=patience))
            if not as_json:
                say(f"[dim]{len(answers)} of {len(lines)} sent[/]")
        return answers

    answers = in_network(context, network, as_json, work, taking_events=True)
    if as_json:
        print_json({"answers": [_plain(line, answer) for line, answer in zip(lines, answers, strict=True)], "summary": summary(answers)})
    else:
        _show(lines, answers, language)
    end(Exit.WELL if all(isinstance(answer, Told) and isinstance(answer.verdict, Recorded) for answer in answers) else Exit.WRONG)


async def _send(room: NetworkRoom, events: Sequence[Event], wait: timedelta, patience: timedelta) -> list[Answer]:
    """Sends a chunk, again and again while a service does not answer: an event that had been stored is recognised by its id."""
    loop = asyncio.get_running_loop()
    until = loop.time() + patience.total_seconds()
    while True:
        try:
            return await room.intake.submit(events, wait)
        except (BrokersSilent, Lagging):
            if loop.time() > until:
                raise
            await asyncio.sleep(RETRY_EVERY.total_seconds())


def summary(answers: Sequence[Answer]) -> dict[str, int]:
    """How many answers of each kind; refusals by code."""
    return dict(sorted(Counter(_kind(answer) for answer in answers).items()))


def _kind(answer: Answer) -> str:
    match answer:
        case NotYet():
            return "pending"
        case Gone():
            return "erased"
        case Told():
            verdict = answer.verdict
            name = type(verdict).__name__.lower()
            return f"refused:{verdict.code}" if isinstance(verdict, Refused) else f"{name} (repeated)" if answer.repeated else name


def _plain(line: Line, answer: Answer) -> dict[str, object]:
    plain: dict[str, object] = {"line": line.number, "event": type(line.event).__name__, "event_id": line.event.event_id, "answer": _kind(answer)}
    if isinstance(answer, Told):
        plain |= {"sequence": answer.sequence, "hash": answer.hash, "repeated": answer.repeated}
    return plain


def _show(lines: Sequence[Line], answers: Sequence[Answer], language: Language) -> None:
    """Each line that was not simply recorded, then the sums."""
    for line, answer in zip(lines, answers, strict=True):
        text = _words(answer, language)
        if text is not None or len(lines) <= MAX_INVALID_SHOWN:
            sequence = f"entry {answer.sequence}" if isinstance(answer, Told) else "no entry"
            out.print(f"line {line.number}: {type(line.event).__name__}: {escape(text or 'recorded')} [dim]({sequence})[/]")
    sums = ", ".join(f"{count} {kind}" for kind, count in summary(answers).items())
    out.print(f"[bold]{len(lines)} events[/]: {escape(sums or 'none')}")


def _words(answer: Answer, language: Language) -> str | None:
    match answer:
        case NotYet():
            return "stored, no entry yet"
        case Gone():
            return "not sent: the case is erased"
        case Told(repeated=repeated):
            match answer.verdict:
                case Recorded():
                    return "accepted before" if repeated else None
                case Refused(code=code, field=field):
                    return f"refused ({code}{f', {field}' if field else ''}): {refusal_sentence(code, language)}"
                case Duplicate(of_sequence=first):
                    return f"repeats entry {first}"
                case Unreadable(why=why):
                    return f"unreadable ({why})"
