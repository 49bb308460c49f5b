"""Explanations for people: each unit under the rule that excluded it or with its score, and a sum that shows that none is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from rich.markup import escape

from coordinator.cli.instants import age_text, time_text
from coordinator.cli.outcome import out, print_table
from coordinator.cli.tables import people_text
from coordinator.matching.kinds import read_kind
from events.network import Weights
from events.sentences import Language, kept_for_sentence, rule_sentence, standing_sentence
from events.transfer import PART_OF_SCARCITY, PART_OF_TRUST, Excluded, MatchExplained, ScarcityTold, TrustTold
from projections.network import Unit
from projections.reads import Explanation, OpenTransfer

_WEIGHTS = tuple(field.name for field in fields(Weights))


def parts_named(told: MatchExplained) -> tuple[str, ...]:
    """Names of the parts of its scores, in their order; one too many where the policy has no trust."""
    return (*_WEIGHTS, *(() if told.scarcity is None else (PART_OF_SCARCITY,)), PART_OF_TRUST)


def show_explanations(transfer: OpenTransfer | None, explained: Sequence[Explanation], units: Mapping[str, Unit]) -> None:
    """Prints them in order."""
    if transfer is not None:
        state = transfer.state
        how = f", {state.how}" if state.how else ""
        out.print(
            f"[bold]{transfer.transfer.urgency} transfer[/] because of {transfer.transfer.reason}, {people_text(len(transfer.household))}, "
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
            " ".join(f"{name}={part:+d}" for name, part in zip(parts_named(told), scored.parts, strict=False) if part), age_text(one.at_ms - scored.observed_at_ms),
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
    if told.proposal_id and len(told.scored) > 1:
        best, following = told.scored[:2]
        out.print(f"Next best: {escape(following.unit_id)}, {best.total - following.total} points behind.")
    if told.scarcity is not None:
        _show_scarcity(told.scarcity)
    print_table(
        "Units that were excluded",
        ("rule", "units", "which", "why"),
        [(excluded.rule, excluded.count, _which(excluded), rule_sentence(excluded.rule)) for excluded in told.excluded],
        right=frozenset({"units"}),
        empty="None.",
    )
    if told.trust:
        print_table(
            "Trust in the best of them",
            ("project", "figures' age", "free after all", "of answers", "trusted"),
            [
                (
                    trust.project_id,
                    _range_text(trust),
                    f"{trust.free / 100:.1f}",
                    f"{(trust.free + trust.not_free) / 100:.1f}",
                    f"{trust.permille / 10:.1f} %",
                )
                for trust in told.trust
            ],
            right=frozenset({"free after all", "of answers", "trusted"}),
            empty="None.",
        )
    excluded, fitted = sum(group.count for group in told.excluded), len(told.scored)
    if told.rest is not None:
        out.print(f"{told.rest.units} more fitted, with scores from {told.rest.lowest} to {told.rest.highest}.")
        fitted += told.rest.units
    if told.short_by:
        out.print(f"Decided together with others; the search for the best ended early, at most {told.short_by} points short of it for all together.")
    out.print(f"{fitted} fitted + {excluded} excluded = {fitted + excluded} units accounted for.")


def _which(excluded: Excluded) -> str:
    return ", ".join(excluded.units) if not excluded.more else "too many to be named; --full names them"


def _range_text(trust: TrustTold) -> str:
    return "older" if trust.up_to_ms is None else f"up to {trust.up_to_ms // 3_600_000} h"


def _show_scarcity(told: ScarcityTold) -> None:
    out.print(standing_sentence(told.standing))
    if told.kinds:
        print_table(
            "What their places cost, in points a person",
            ("request that may come", "left", "weight", "why"),
            [(kind.kind, kind.free, kind.weight, kept_for(kind.kind) if kind.weight else "") for kind in told.kinds],
            right=frozenset({"left", "weight"}),
        )
    if told.unknown:
        out.print(f"{told.unknown} of these units could serve nobody for whom places are scarce, and cost nothing.")


def kept_for(kind: str, language: Language = Language.ENGLISH) -> str:
    """For whom places are scarce: "kept for mothers with children, 3 people"."""
    asked = read_kind(kind)
    return kept_for_sentence(asked.hosts, asked.needs, asked.people, language)


def _project(units: Mapping[str, Unit], unit_id: str) -> str:
    unit = units.get(unit_id)
    return "" if unit is None else unit.project_id
