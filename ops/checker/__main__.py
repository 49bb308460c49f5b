"""`python -m ops.checker FILE.avro [--json] [--tick-seconds N]`: exit status 0 where nothing is wrong, 1 with every breach named, 2 where it is no export."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from ops.checker.breach import RULES
from ops.checker.container import open_export
from ops.checker.walk import TICK_MS, Findings, walk


def main(arguments: list[str] | None = None) -> int:
    """Checks the file named on the command line and says what was found."""
    parser = argparse.ArgumentParser(prog="python -m ops.checker", description="Checks an exported ledger against the rules of the domain.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    parser.add_argument("--tick-seconds", type=int, default=TICK_MS // 1000, help="how late a deadline may be acted on (default: %(default)s)")
    chosen = parser.parse_args(arguments)
    try:
        schemas, records = open_export(chosen.file)
        findings = walk(schemas, records, chosen.tick_seconds * 1000)
        if findings.entries == 0:
            raise ValueError("it holds no entry, not even a genesis; export the ledger again")
    except (OSError, ValueError) as problem:
        print(f"{chosen.file} cannot be checked: {problem}", file=sys.stderr)
        return 2
    print(json.dumps(as_json(findings)) if chosen.json else as_table(findings))
    return 1 if findings.breaches else 0


def as_json(findings: Findings) -> dict[str, object]:
    """The findings as plain values."""
    return {
        "ok": not findings.breaches,
        "entries": findings.entries,
        "proposals_checked": findings.proposals,
        "arrivals_checked": findings.arrivals,
        "explanations_checked": findings.explanations,
        "locked_facts": findings.locked,
        "events": dict(sorted(findings.events.items())),
        "verdicts": dict(sorted(findings.verdicts.items())),
        "outcomes": dict(sorted(findings.outcomes.items())),
        "breaches": [asdict(breach) for breach in sorted(findings.breaches)],
    }


def as_table(findings: Findings) -> str:
    """The findings for people."""
    by_rule = Counter(breach.rule for breach in findings.breaches)
    lines = [
        f"{findings.entries:,} entries, {findings.proposals:,} proposals, {findings.arrivals:,} arrivals and {findings.explanations:,} explanations checked",
        f"{findings.locked:,} facts without a key: not checkable" if findings.locked else "every fact could be opened",
        "",
    ]
    width = max(map(len, RULES))
    lines += [f"  {rule:<{width}}  {by_rule[rule] or 'ok':>5}  {sentence}" for rule, sentence in RULES.items()]
    for breach in sorted(findings.breaches)[:200]:
        lines.append(f"\n  entry {breach.sequence}: {breach.rule}: {breach.text}")
    lines.append("\nnothing is wrong" if not findings.breaches else f"\n{len(findings.breaches)} breaches")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
