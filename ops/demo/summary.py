"""What came of the day, for people. Every figure is about synthetic demand, and says so."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ops.demand import figures
from ops.demand.tally import Summary
from ops.demo.comparison import THIS_POLICY, TIMES_AS_HEAVY, Outcome
from ops.demo.verification import Verified


def summary_for_people(summary: Summary) -> RenderableType:
    """Tables and the caveat."""
    table = Table(title="What came of the requests (synthetic demand)", title_justify="left", box=None, show_header=False, padding=(0, 2))
    share = summary.served_within_deadline / summary.requests if summary.requests else 0.0
    rows = [
        ("requests", str(summary.requests)),
        ("a place accepted within the deadline", f"{summary.served_within_deadline} ({share:.0%})"),
        ("a place accepted later", str(summary.served_late)),
        ("arrived so far", str(summary.arrived)),
        ("withdrawn by whoever asked", str(summary.withdrawn)),
        ("ended otherwise, and how", _by(summary.failed_arrivals)),
        ("without a place at the end, and why", _by(summary.unserved)),
        ("median simulated time to the first proposal", _minutes(summary.first_proposal_median_min)),
        ("median simulated time to the acceptance that stands", _minutes(summary.acceptance_median_min)),
        ("proposals; run out unanswered", f"{summary.proposals}; {summary.expired}"),
        ("declined, by code", _by(summary.declined)),
        ("agreements withdrawn", str(summary.agreements_withdrawn)),
        ("reports refused, by code", _by(summary.refused)),
        ("reports sent twice, answered once", str(summary.duplicates)),
        ("inquiries, by how they ended", _by(summary.inquiries)),
        ("requests asked anew", str(summary.asked_anew)),
        ("contacts of the helpline", _by(summary.contacts)),
    ]
    for name, value in rows:
        table.add_row(name, value)
    published = figures.TRANSFERS_ENDED_WITH_A_PLACE
    caveat = Text(
        f"Published: {published.value:.0%} ({published.source}). Not comparable with the above: that is real procedures over a quarter, with people who "
        "were never asked twice, this is invented people over some days, calibrated on public figures and on assumptions (docs/demand.md).",
        style="dim",
    )
    return Group(table, caveat)


def comparison_for_people(same: Mapping[str, Outcome], heavier: Mapping[str, Outcome], *, weighed: bool) -> RenderableType:
    """What the policy gained on these days, and on the same places with `TIMES_AS_HEAVY` times the requests. `weighed`: it has scarcity weights."""
    table = Table(title="The same requests under other policies (synthetic demand, rehearsed)", title_justify="left", box=None, padding=(0, 2, 0, 0))
    table.add_column("")
    for policy in same:
        table.add_column(policy, justify="right")
    _rows(table, "these days", same)
    table.add_row()
    _rows(table, f"{TIMES_AS_HEAVY} times as many requests", heavier)
    said = [_gain("These days", same), _gain(f"With {TIMES_AS_HEAVY} times as many requests", heavier)]
    if not weighed:
        said.append("This policy has no scarcity weights, so it is thrift first.")
    said.append(
        "One seed is an anecdote: people answer otherwise where they are asked otherwise, and a handful of requests more or less is chance. "
        "make lab measures many seeds, against hindsight."
    )
    return Group(table, Text(" ".join(said), style="dim"))


def _rows(table: Table, title: str, outcomes: Mapping[str, Outcome]) -> None:
    found = list(outcomes.values())
    table.add_row(f"[bold]{title}[/bold]")
    table.add_row("  requests", *(str(each.requests) for each in found))
    table.add_row("  a place within the deadline", *(f"{each.within_deadline} ({_share(each)})" for each in found))
    table.add_row("  persons placed", *(str(each.persons) for each in found))
    table.add_row("  value of these places (V)", *(f"{each.value:,.0f}" for each in found))
    table.add_row("  median to the first proposal", *(_short(each.first_proposal_median_min) for each in found))
    table.add_row("  median to the acceptance", *(_short(each.acceptance_median_min) for each in found))


def _share(outcome: Outcome) -> str:
    return f"{outcome.within_deadline / outcome.requests:.0%}" if outcome.requests else "-"


def _gain(when: str, outcomes: Mapping[str, Outcome]) -> str:
    """In a sentence, whether it is a gain or not."""
    this = outcomes[THIS_POLICY]
    return f"{when}: {'; '.join(f'against {policy} {_difference(this, other)}' for policy, other in outcomes.items() if policy != THIS_POLICY)}."


def _difference(this: Outcome, other: Outcome) -> str:
    requests, persons, value = this.within_deadline - other.within_deadline, this.persons - other.persons, this.value - other.value
    if not (requests or persons or value):
        return "no difference"
    return f"{requests:+d} within the deadline, {persons:+d} persons placed, V {value / other.value:+.1%}" if other.value else f"V {value:+,.0f}"


def _short(minutes: float | None) -> str:
    return "-" if minutes is None else "< 1 min" if minutes < 1 else f"{minutes:.0f} min"


def verified_for_people(found: list[Verified]) -> RenderableType:
    """One line a check."""
    table = Table(title="Verified", title_justify="left", box=None, show_header=False, padding=(0, 2))
    for each in found:
        table.add_row("[green]holds" if each.holds else "[red]BROKEN", each.text)
    return table


def _by(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items()) or "none"


def _minutes(value: float | None) -> str:
    if value is None:
        return "none"
    return "under a minute" if value < 1 else f"{value:.0f} min"
