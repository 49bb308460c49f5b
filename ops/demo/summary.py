"""What came of the day, for people. Every figure is about synthetic demand, and says so."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ops.demand import figures
from ops.demand.tally import Summary
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
        ("fell through after acceptance", _by(summary.failed_arrivals)),
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
