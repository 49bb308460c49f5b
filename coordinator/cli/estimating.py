"""`staffetta policy estimate`: scarcity weights from sampled futures, as a file that `preview` and `adopt` take. Reads no ledger and changes nothing."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from coordinator.cli import doing_words as words
from coordinator.cli.code_words import request_kind
from coordinator.cli.command import JsonOption, LanguageOption, reporting
from coordinator.cli.loads import LOADS_TOLD, known_load
from coordinator.cli.not_done import Cannot, NotDone
from coordinator.cli.outcome import out, print_json, print_table, say, told
from coordinator.cli.policy_words import words_in as policy_words_in
from events.language import Language
from ops.laboratory.estimation import BEST, HOLD_BACK, METHOD, TUNED_ON, URGENCY_VALUES, Estimate, sample_told, weights_for
from ops.networks.loading import NetworkFileInvalid, shipped_networks

_LONGEST_DAYS = 366


def estimate(
    file: Annotated[Path | None, typer.Argument(metavar="FILE.json", help="Where to write what changes in the policy; without, it is shown.")] = None,
    network: Annotated[str, typer.Option("--network", help="Whose synthetic demand is sampled.")] = "it",
    load: Annotated[str, typer.Option("--load", help=LOADS_TOLD)] = "tight",
    days: Annotated[int, typer.Option("--days", min=7, max=_LONGEST_DAYS, help="Days of each sampled future.")] = 90,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=99, help="How many futures are sampled; all are for tuning.")] = len(TUNED_ON),
    horizon: Annotated[float, typer.Option("--horizon", min=0.1, max=90.0, help="For how many days ahead places are kept.")] = BEST.horizon_days[0],
    share: Annotated[float, typer.Option("--share", min=0.0, max=2.0, help="Of what a place is worth to others, what it costs.")] = BEST.share,
    hold_back: Annotated[
        bool, typer.Option("--hold-back", help="Whoever has days may wait for another place until hours before their deadline. A choice of people.")
    ] = False,
    valid_days: Annotated[
        int, typer.Option("--valid-days", min=1, max=_LONGEST_DAYS * 2, help="When the weights expire, and thrift alone holds again.")
    ] = 365,
    as_json: JsonOption = False,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Estimate scarcity weights from sampled futures, for `policy preview` and `policy adopt`. docs/laboratory.md"""
    with reporting(as_json, language):
        known_load(load)
        chosen, sampled = Estimate((horizon,) * len(URGENCY_VALUES), share), tuple(range(1, seeds + 1))
        try:
            kinds = weights_for(network, load, days, sampled, chosen)
        except (FileNotFoundError, NetworkFileInvalid):
            raise NotDone(Cannot.UNKNOWN_CHOICE, what="--network", name=network, known=", ".join(shipped_networks())) from None
        now_ms = int(time.time() * 1000)
        changes = {
            "matching": {
                "urgency_values": list(URGENCY_VALUES),
                "scarcity": {
                    "estimated_at_ms": now_ms,
                    "valid_until_ms": now_ms + timedelta(days=valid_days) // timedelta(milliseconds=1),
                    "method": METHOD,
                    "sample": sample_told(load, days, sampled, chosen),
                    "kinds": [{"kind": each.kind, "weights": list(each.weights)} for each in kinds],
                },
                "hold_back": {
                    "urgencies": [urgency.value for urgency in HOLD_BACK.urgencies],
                    "until_before_deadline_ms": HOLD_BACK.until_before_deadline_ms,
                }
                if hold_back
                else None,
            }
        }
        if file is not None:
            try:
                file.write_text(json.dumps(changes, indent=1) + "\n", encoding="utf-8")
            except OSError as failure:
                raise NotDone(Cannot.CANNOT_WRITE, file=file, failure=failure.strerror) from None
    if as_json:
        print_json(changes)
        return
    print_table(
        policy_words_in(language).points,
        policy_words_in(language).points_columns,
        [(request_kind(each.kind, language), " ".join(map(str, each.weights))) for each in kinds],
        empty=told(words.NOTHING_SCARCE, language),
    )
    out.print(told(words.ESTIMATED, language, sample_told(load, days, sampled, chosen)))
    if file is not None:
        say(told(words.ESTIMATE_WRITTEN, language, str(file), str(file)))
