"""Plots of an experiment. Matplotlib comes with the laboratory's packages; the tables need none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ops.laboratory.experiment import Future, group_summaries, of_load, summary

_HOW_TO_GET_IT = "plots need matplotlib: `make lab` installs it, or `pip install 'staffetta[lab]'`"


class NoPlots(Exception):
    """What draws plots is not installed; the message says how to get it."""


def shares_plot(futures: Sequence[Future], policies: Sequence[str], directory: Path) -> Path:
    """Share of hindsight of each policy under each load, with 95 % intervals (V where hindsight is unknown), into `shares.png`."""
    plt = _pyplot()
    loads = list(dict.fromkeys(future.load for future in futures))
    figure, axes = plt.subplots(figsize=(3.2 + 1.4 * len(loads), 3.6), layout="constrained")
    width = 0.8 / len(policies)
    known = all(future.hindsight is not None for future in futures)
    for number, name in enumerate(policies):
        found = [summary(of_load(futures, load), name) for load in loads]
        intervals = [each.share_of_hindsight if known and each.share_of_hindsight is not None else each.worth for each in found]
        margins = [(each.high - each.low) / 2 if each.high != float("inf") else 0.0 for each in intervals]
        places = [index + (number - (len(policies) - 1) / 2) * width for index in range(len(loads))]
        axes.errorbar(places, [each.mean for each in intervals], yerr=margins, fmt="o", capsize=3, markersize=4, label=name)
    axes.set_xticks(range(len(loads)), loads)
    axes.set_ylabel("share of hindsight" if known else "V in points")
    axes.grid(axis="y", alpha=0.3)
    axes.legend(fontsize="small", loc="center left", bbox_to_anchor=(1.0, 0.5), frameon=False)
    return _saved(figure, directory / "shares.png")


def groups_plot(futures: Sequence[Future], before: str, after: str, directory: Path) -> Path:
    """Share placed by group under two policies, into `groups-LOAD.png`."""
    plt = _pyplot()
    one, other = group_summaries(futures, before), group_summaries(futures, after)
    figure, axes = plt.subplots(figsize=(6.4, 0.9 + 0.27 * len(one)), layout="constrained")
    for told, shift, name in ((one, -0.15, before), (other, 0.15, after)):
        margins = [(each.share_placed.high - each.share_placed.low) / 2 if each.share_placed.high != float("inf") else 0.0 for each in told]
        rows = [index + shift for index in range(len(told))]
        axes.errorbar([each.share_placed.mean for each in told], rows, xerr=margins, fmt="o", capsize=2, markersize=4, label=name)
    axes.set_yticks(range(len(one)), [f"{each.dimension}: {each.group}" for each in one], fontsize="small")
    axes.invert_yaxis()
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel(f"share placed ({futures[0].load})")
    axes.grid(axis="x", alpha=0.3)
    axes.legend(fontsize="small", frameon=False)
    return _saved(figure, directory / f"groups-{futures[0].load}.png")


def _pyplot() -> Any:
    try:
        import matplotlib
    except ImportError:
        raise NoPlots(_HOW_TO_GET_IT) from None
    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot


def _saved(figure: Any, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    return path
