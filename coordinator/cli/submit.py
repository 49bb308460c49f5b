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

from coordinator.cli import doing_words as words
from coordinator.cli.command import JsonOption, LanguageOption, NetworkOption, in_network, run
from coordinator.cli.not_done import Cannot, NotDone, listed
from coordinator.cli.outcome import Exit, end, out, print_json, say, told
from coordinator.intake.append import BrokersSilent
from coordinator.intake.door import Answer, Gone, Lagging, NotYet, Told
from coordinator.rooms import NetworkRoom
from events.errors import LineInvalid
from events.facts import Event
from events.language import Language, Said, filled, joined
from events.lines import parse_line
from events.lines_words import LINE
from events.sentences import refusal_said
from events.verdict import Duplicate, Recorded, Refused, Unreadable

CHUNK_EVENTS = 250
RETRY_EVERY = timedelta(seconds=1)
MAX_SHOWN = 20
"""Answers are shown one by one of a file of at most so many lines; of a longer one, those alone that were not simply recorded."""


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
        raise NotDone(Cannot.NO_FILE, file=path) from None
    except UnicodeDecodeError:
        raise NotDone(Cannot.NOT_UTF8, file=path) from None
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
        problems = listed([filled(LINE, problem.line, problem.said) for problem in invalid])
        raise NotDone(Cannot.LINES_INVALID, file=path, wrong=len(invalid), lines=len(invalid) + len(lines), problems=problems)
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
                say(told(words.SENT, language, len(answers), len(lines)))
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
        said = _words(answer)
        if said is not None or len(lines) <= MAX_SHOWN:
            entry = filled(words.ENTRY, answer.sequence) if isinstance(answer, Told) else words.NO_ENTRY
            out.print(told(words.OF_LINE, language, line.number, type(line.event).__name__, said or words.RECORDED, entry))
    sums = joined((_sum(kind, count) for kind, count in summary(answers).items()), ", ")
    out.print(told(words.EVENTS, language, len(lines), sums if lines else words.NONE))


def _sum(kind: str, count: int) -> Said:
    name, _, code = kind.partition(":")
    return filled(words.SUMS[name], count, code)


def _words(answer: Answer) -> Said | None:
    match answer:
        case NotYet():
            return words.NOT_YET
        case Gone():
            return words.GONE
        case Told(repeated=repeated):
            match answer.verdict:
                case Recorded():
                    return words.ACCEPTED_BEFORE if repeated else None
                case Refused(code=code, field=field):
                    return filled(words.REFUSED, f"{code}{f', {field}' if field else ''}", refusal_said(code))
                case Duplicate(of_sequence=first):
                    return filled(words.REPEATS, first)
                case Unreadable(why=why):
                    return filled(words.UNREADABLE, why)
