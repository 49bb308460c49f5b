"""Explanations for people: each unit under the rule that excluded it or with its score, and a sum that shows that none is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from rich.markup import escape

from coordinator.cli.instants import age_text, time_text
from coordinator.cli.outcome import out, print_table
from events.network import Weights
from events.sentences import rule_sentence
from projections.network import Unit
from projections.reads import Explanation, OpenTransfer

PARTS = tuple(field.name for field in fields(Weights))


def show_explanations(transfer: OpenTransfer | None, explained: Sequence[Explanation], units: Mapping[str, Unit]) -> None:
    """Prints them in order."""
    if transfer is not None:
        state = transfer.state
        how = f", {state.how}" if state.how else ""
        out.print(
            f"[bold]{transfer.transfer.urgency} transfer[/] because of {transfer.transfer.reason}, {len(transfer.household)} people, "
            f"requested {time_text(transfer.transfer.requested_at_ms)} UTC; now {state.stage}{how}"
        )
    for one in explained:
        _show(one, units)


def _show(one: Explanation, units: Mapping[str, Unit]) -> None:
    told = one.explained
    what = f"proposed: {told.scored[0].unit_id}" if told.proposal_id and told.scored else "no place was proposed"
    out.print(f"\n[bold]Entry {one.sequence}[/], {time_text(one.at_ms)} UTC, policy {told.policy_version}: [bold]{escape(what)}[/]")
    rows = [
        (
            number, scored.unit_id, _project(units, scored.unit_id), scored.total,
            " ".join(f"{name}={part:+d}" for name, part in zip(PARTS, scored.parts, strict=True) if part), age_text(one.at_ms - scored.observed_at_ms),
        )
        for number, scored in enumerate(told.scored, start=1)
    ]  # fmt: skip
    print_table(
        "Units that fitted, best first",
        ("#", "unit", "project", "score", "made of", "figures' age"),
        rows,
        right=frozenset({"#", "score"}),
        empty="None.",
    )
    print_table(
        "Units that were excluded",
        ("rule", "units", "which", "why"),
        [(excluded.rule, len(excluded.units), ", ".join(excluded.units), rule_sentence(excluded.rule)) for excluded in told.excluded],
        right=frozenset({"units"}),
        empty="None.",
    )
    excluded = sum(len(group.units) for group in told.excluded)
    out.print(f"{len(told.scored)} fitted + {excluded} excluded = {len(told.scored) + excluded} units accounted for.")


def _project(units: Mapping[str, Unit], unit_id: str) -> str:
    unit = units.get(unit_id)
    return "" if unit is None else unit.project_id
