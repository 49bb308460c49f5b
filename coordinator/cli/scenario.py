"""`scenario`: plays written scenarios, for training and for tests. Needs no installation: nothing is sent, nothing is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from coordinator.cli import doing_words as words
from coordinator.cli.command import JsonOption, LanguageOption, reporting
from coordinator.cli.not_done import Cannot, NotDone
from coordinator.cli.outcome import Exit, end, out, print_json, told
from coordinator.plain import value_json
from coordinator.scenario import Played, PlayedStep, ScenarioInvalid, play, read_script
from events.language import Language


def scenario(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Scenarios to play, one after another.", exists=True, dir_okay=False)],
    only_wrong: Annotated[bool, typer.Option("--only-wrong", help="Show only what does not hold.")] = False,
    as_json: JsonOption = False,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Play scenarios step by step on a clock of their own, and compare what happens with what they expect. docs/guides/training.md"""
    with reporting(as_json, language):
        played = [_played(file) for file in files]
    if as_json:
        print_json([_scenario_json(one) for one in played])
    else:
        for one in played:
            _show(one, only_wrong, language)
    end(Exit.WELL if all(one.holds for one in played) else Exit.WRONG)


def _played(file: Path) -> Played:
    try:
        return play(read_script(file.read_text(encoding="utf-8"), str(file)))
    except UnicodeDecodeError:
        raise NotDone(Cannot.NOT_UTF8, file=file) from None
    except ScenarioInvalid as invalid:
        raise NotDone(Cannot.SCENARIO_INVALID, detail=invalid) from None


def _show(played: Played, only_wrong: bool, language: Language) -> None:
    steps = [step for step in played.steps if not only_wrong or not step.holds]
    out.print(f"\n[bold]{escape(played.script.title)}[/]  [dim]{escape(played.script.file)}[/]")
    if not only_wrong:
        out.print(escape(played.script.teaches), style="italic")
    for step in steps:
        _show_step(step, language)
    checks = [check for step in played.steps for check in step.checks]
    broken = sum(not check.holds for check in checks)
    if broken:
        out.print(f"[bold red]✗ {told(words.HOLD_NOT_ALL, language, len(played.steps), len(checks), broken)}[/]")
    else:
        out.print(f"[green]✓ {told(words.HOLD_ALL, language, len(played.steps), len(checks))}[/]")


def _show_step(step: PlayedStep, language: Language) -> None:
    out.print(f"\n[bold]{step.number:>2}  {step.when}[/]  {escape(step.what)}")
    if step.says:
        out.print(f"    [italic]{escape(step.says)}[/]")
    for line in step.told:
        out.print(f"    [dim]{escape(line)}[/]")
    for check in step.checks:
        if check.holds:
            out.print(f"    [green]✓[/] {escape(check.what)}")
        else:
            instead = told(words.INSTEAD, language, step.line, check.found or words.NOT_SO)
            out.print(f"    [bold red]✗[/] {escape(check.what)} [red]({instead})[/]")


def _scenario_json(played: Played) -> dict[str, object]:
    return {
        "file": played.script.file,
        "title": played.script.title,
        "holds": played.holds,
        "entries": len(played.entries),
        "steps": [
            {
                "number": step.number, "line": step.line, "at_ms": step.at_ms, "when": step.when, "what": step.what, "holds": step.holds,
                "happened": list(step.told), "checks": [value_json(check) for check in step.checks],
            }
            for step in played.steps
        ],
    }  # fmt: skip
