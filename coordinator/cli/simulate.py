"""`simulate`: policies of matching against each other on frozen synthetic futures. Needs no installation: nothing is sent, nothing is stored."""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from coordinator.cli import doing_words as words
from coordinator.cli.command import JsonOption, LanguageOption, reporting
from coordinator.cli.loads import LOADS_TOLD, known_load
from coordinator.cli.not_done import Cannot, NotDone
from coordinator.cli.outcome import print_json, print_table, say, told
from events.language import Language, in_language
from ops.laboratory.experiment import Future, Plan, gain, of_load, run, summary
from ops.laboratory.plots import NoPlots, groups_plot, shares_plot
from ops.laboratory.policies import POLICIES
from ops.laboratory.tables import CSV_COLUMNS, against_table, csv_rows, ends_table, groups_table, policies_table, projects_table


def simulate(
    load: Annotated[list[str] | None, typer.Option("--load", help=f"{LOADS_TOLD} May be given again.")] = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="Days in which requests come.")] = 30,
    seeds: Annotated[str, typer.Option("--seeds", help="Futures: 7, or 1-10, or 1,5,9. From 1000 on for figures to report.")] = "1-4",
    policy: Annotated[str, typer.Option("--policy", help="The policy of interest; `--policy list` names all.")] = "shipped",
    against: Annotated[list[str] | None, typer.Option("--against", help="Policies to hold it against. May be given again.")] = None,
    weights_for: Annotated[
        str | None,
        typer.Option("--weights-for", help="Weights estimated for this load are played, whatever comes; left out: each load's own."),
    ] = None,
    hindsight: Annotated[bool, typer.Option("--hindsight", help="The clairvoyant optimum beside them; minutes a future at 90 days.")] = False,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="Processes; as many as there are processors. The figures do not depend on them.")
    ] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write one row a future and policy to this file.", dir_okay=False)] = None,
    plots: Annotated[Path | None, typer.Option("--plot", help="Write plots into this directory.", file_okay=False)] = None,
    as_json: JsonOption = False,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Play policies of matching against each other on synthetic months. docs/laboratory.md"""
    with reporting(as_json, language):
        if policy == "list":
            columns = [in_language(column, language) for column in words.POLICIES_COLUMNS]
            print_table(told(words.POLICIES_OF_PLAY, language), columns, [(known.name, known.told) for known in POLICIES.values()])
            return
        others = against if against is not None else ["thrift", "fcfs"]
        names = tuple(dict.fromkeys([policy, *others]))
        plan = Plan(
            tuple(dict.fromkeys(map(known_load, load or ["tight"]))),
            _seeds(seeds),
            days,
            _known_policies(names),
            hindsight,
            checked=False,
            weights_for=None if weights_for is None else known_load(weights_for, "--weights-for"),
        )
        if plots is not None or hindsight:
            _needs_the_laboratory(plots=plots is not None)
        futures = run(plan, jobs or os.cpu_count() or 1, lambda done, of: say(told(words.FUTURES, language, done, of)) if not as_json else None)
        if csv_file is not None:
            _write(csv_file, futures)
        if plots is not None:
            _plot(futures, names, plots)
    if as_json:
        print_json([_load_json(of_load(futures, each), each, names) for each in plan.loads])
        return
    for each in plan.loads:
        _show(of_load(futures, each), names)


def _known_policies(given: tuple[str, ...]) -> tuple[str, ...]:
    for name in given:
        if name not in POLICIES:
            raise NotDone(Cannot.UNKNOWN_CHOICE, what="--policy or --against", name=name, known=", ".join(POLICIES))
    return given


def _seeds(text: str) -> tuple[int, ...]:
    found: list[int] = []
    try:
        for part in text.split(","):
            first, _, last = part.partition("-")
            found += range(int(first), int(last or first) + 1)
    except ValueError:
        found = []
    if not found or min(found) < 1:
        raise NotDone(Cannot.NO_FUTURES, text=text)
    return tuple(dict.fromkeys(found))


def _needs_the_laboratory(*, plots: bool) -> None:
    """Better before an hour of work than after it."""
    try:
        if plots:
            import matplotlib as _matplotlib  # noqa: F401
        import scipy as _scipy  # noqa: F401
    except ImportError as missing:
        raise NotDone(Cannot.PACKAGE_MISSING, package=missing.name) from None


def _write(file: Path, futures: list[Future]) -> None:
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow(CSV_COLUMNS)
        writer.writerows(csv_rows(futures))


def _plot(futures: list[Future], names: tuple[str, ...], directory: Path) -> None:
    try:
        written = [shares_plot(futures, names, directory)]
        if len(names) > 1:
            written += [groups_plot(of_load(futures, load), names[1], names[0], directory) for load in dict.fromkeys(each.load for each in futures)]
    except NoPlots as missing:
        raise NotDone(Cannot.NO_PLOTS, detail=missing) from None
    for path in written:
        say(f"[dim]{escape(str(path))}[/]")


def _show(futures: list[Future], names: tuple[str, ...]) -> None:
    tables = [policies_table(futures, names), ends_table(futures, names), projects_table(futures, names)]
    if len(names) > 1:
        tables[1:1] = [against_table(futures, names[0], names[1:])]
        tables.append(groups_table(futures, names[1], names[0]))
    sys.stdout.write("\n" + "\n\n".join(tables) + "\n")
    sys.stdout.flush()


def _load_json(futures: list[Future], load: str, names: tuple[str, ...]) -> dict[str, object]:
    return {
        "load": load,
        "seeds": [future.seed for future in futures],
        "requests": sum(future.asked for future in futures),
        "policies": {name: _policy_json(futures, name, names[0]) for name in names},
    }


def _policy_json(futures: list[Future], name: str, ours: str) -> dict[str, object]:
    found = summary(futures, name)
    more = gain(futures, ours, name)
    return {
        "v_points": found.worth.mean,
        "share_of_hindsight": None if found.share_of_hindsight is None else found.share_of_hindsight.mean,
        "share_placed": found.share_placed.mean,
        "persons": found.persons.mean,
        "wait_median_ms": found.wait_median_ms,
        "wait_p90_ms": found.wait_p90_ms,
        "proposals": found.proposals,
        "gain_against_it": more.mean,
        "gain_ci": None if len(futures) < 2 else [more.low, more.high],
    }
