"""`python -m ops.demand [--seed N] [--days N] [--heaviness X] [--out FILE.jsonl]`: rehearses the days on the decision core and says what came of them.

The events file holds every event with `record_time_ms`, the simulated instant at which it is reported.
"""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import nullcontext
from pathlib import Path

from events.lines import format_line
from ops.demand.day import DEFAULT_DAYS, DEFAULT_HEAVINESS, DEFAULT_SEED, Day
from ops.demand.rehearsal import rehearse
from ops.demand.tally import Tally
from ops.networks import load_network


def main(arguments: list[str] | None = None) -> int:
    """Rehearses, writes the events where asked, and prints the summary as one JSON object."""
    parser = argparse.ArgumentParser(prog="python -m ops.demand", description="Rehearses synthetic days of a network, without broker or database.")
    parser.add_argument("--network", default="it")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--days", type=int, default=DEFAULT_DAYS)
    parser.add_argument("--heaviness", type=float, default=DEFAULT_HEAVINESS, help="ordinary days of the real network in one simulated day")
    parser.add_argument("--out", type=Path, help="write the events here, one JSON object a line")
    chosen = parser.parse_args(arguments)
    network = load_network(chosen.network)
    day = Day(network, chosen.seed, chosen.days, chosen.heaviness)
    tally = Tally()
    with chosen.out.open("w", encoding="utf-8") if chosen.out else nullcontext() as out:
        for rehearsed in rehearse(day, network.network):
            tally.took(rehearsed.timed, rehearsed.answer)
            if out is not None:
                line = json.loads(format_line(rehearsed.timed.event))
                out.write(json.dumps({**line, "record_time_ms": rehearsed.timed.at_ms}, ensure_ascii=False) + "\n")
    print(json.dumps(tally.summary().as_json()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
