"""The pages of docs/reference, written from the code: `python -m ops.reference [--check]`.

    settings.md, problems.md, refusals.md   as `coordinator.reference` has them
    metrics.md     every metric, its unit and labels
    errors.md      exit statuses, and every failure that stops something, with what to do
    topics.md      every topic with the settings that are required
    cli.md         every command with its arguments and options

What the code has and this module does not describe (a metric without a unit, a stop without what to do, a topic without its writer) is a
KeyError: documentation that is missing fails the build. `--check` writes nothing, names the pages that differ, and exits 1 where one does.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import typer
from prometheus_client import Counter
from prometheus_client.metrics import MetricWrapperBase

from coordinator import reference
from coordinator.agent import ending
from coordinator.cli.main import app
from coordinator.cli.outcome import Exit
from coordinator.decision_core import RulesNotCarried
from coordinator.gateway import metrics as gateway_metrics
from coordinator.ledger import metrics as ledger_metrics
from events.errors import SealBroken
from events.topics import TopicNames, topics
from projections.errors import ProjectionError
from reading.errors import ReadingError
from reading.key_errors import KeyStoreError

PAGES = reference.PAGES
WRITTEN = "<!-- Written by `python -m ops.reference`; a test compares. -->\n\n"

UNITS = {
    "staffetta_gateway_answers_total": "events",
    "staffetta_gateway_refused_at_door_total": "events",
    "staffetta_gateway_answered_after_seconds": "seconds",
    "staffetta_gateway_settled_lag_seconds": "seconds",
    "staffetta_gateway_settled_sequence": "ledger sequence",
    "staffetta_gateway_requests_waiting": "requests",
    "staffetta_gateway_requests_late": "requests",
    "staffetta_gateway_requests_unserved": "requests",
    "staffetta_gateway_requests_counted_at_seconds": "seconds since 1970",
    "staffetta_gateway_streams": "streams",
    "staffetta_gateway_looks_recorded_total": "looks",
    "staffetta_gateway_looks_not_recorded_total": "looks",
    "staffetta_gateway_streams_shut_total": "streams",
    "staffetta_ledger_entries_total": "entries",
    "staffetta_ledger_ignored_total": "records",
    "staffetta_ledger_conflicts_total": "times",
    "staffetta_ledger_sequence": "ledger sequence",
    "staffetta_ledger_unsettled_entries": "entries",
    "staffetta_ledger_following": "1 or 0",
    "staffetta_ledger_settled_lag_events": "events",
    "staffetta_ledger_settle_seconds": "seconds",
    "staffetta_ledger_batch_seconds": "seconds",
    "staffetta_ledger_snapshot_sequence": "ledger sequence",
    "staffetta_ledger_clock_events_total": "events",
    "staffetta_ledger_relayed_sequence": "ledger sequence",
}
"""By the name under which Prometheus sees it."""

LABELS = {
    "network": "the network's name",
    "verdict": "`recorded`, `refused`, `duplicate`, `unreadable`; `notyet`: no entry within the wait; `gone`: the case is erased",
    "code": "a code of [problems](problems.md)",
    "view": "`capacity`, `inbox` ...: as in the address",
    "how": "`settled`: this worker's own; `adopted`: another worker's, or an operator's",
    "why": "of ignored records: a word of `events.acceptance.Ignored`; of conflicts: `rival`, `lost`, `failed`, `erased`",
}

WHAT_TO_DO = {
    "TopicMissing": "`staffetta network create`, or correct `STAFFETTA_TOPIC_PREFIX`.",
    "LedgerTailLost": "Stop every worker; `staffetta heal`; start them. [How](../guides/operations.md#the-ledger-lost-its-tail)",
    "LedgerHeadTrimmed": "Restore the trimmed records, or start from an anchor behind them. [How](../guides/operations.md#the-ledger-lost-its-head)",
    "BodyUnreadable": "Run the release that wrote the entry, or a newer one. Never step over it.",
    "StateDiverged": "Stop this release, keep the ledger, report it: two releases fold differently. `staffetta replay` names the first entry that differs.",
    "TopicChanged": "Check the cluster's address. If the ledger topic is truly another one, restore it.",
    "EventsTopicChanged": "[Say so in the ledger](../guides/operations.md#the-events-topic-was-replaced) with `staffetta source-changed`, or restore it.",
    "EventsTruncated": "[The same](../guides/operations.md#the-events-topic-was-replaced): `staffetta source-changed`.",
    "EventDiffers": "[The same](../guides/operations.md#the-events-topic-was-replaced), once it is known who wrote there.",
    "EventsHole": "[Restore them, or state the hole](../guides/operations.md#there-is-a-hole-in-the-events) with `staffetta no-event`.",
    "EventKeyMissing": "Restore a later copy of the key store, and start the worker again ([how](../guides/operations.md#the-key-store-was-restored)). Where there "
    "is none: `staffetta accept-loss`.",
    "EventFromFuture": "Set the clocks of brokers and workers by NTP, then start the worker. Nothing was decided.",
    RulesNotCarried.__name__: "Run a release that carries the rules version that the policy in force names. Nothing was decided.",
    "KeyDestroyed": "Nothing: the case was erased meanwhile, and the event is answered so.",
    "MasterKeyWrong": "Point `STAFFETTA_MASTER_KEY_FILE` at the key that wrapped this store; another never opens it.",
    "MasterKeyUnusable": "The message says what is wrong with the file: put it there, readable by its owner alone.",
    "KeyStoreBehind": "Start the process again: it brings the store up to the ledger before it serves.",
    "KeysLost": "[Restore a later copy](../guides/operations.md#the-key-store-was-restored) of the key store.",
    "ViewsMissing": "Start a projector, or `staffetta rebuild all`.",
    "ViewsOutdated": "`staffetta rebuild all`; the old views serve until then.",
    "PositionMoved": "Nothing: the runner reads the position again and goes on.",
    "AsOfAhead": "Ask for an earlier sequence, or again in a moment.",
    "RebuildRunning": "Wait for the other rebuild.",
    "ViewsApart": "`staffetta rebuild all`; where the ledger lost its tail, `staffetta heal` first.",
    "HalfLost": "Rebuild again; a memory limit or an operator may have killed it.",
    "PlaceHeldTwice": "Stop the workers and look: two holds on one place must be impossible. Nothing of these entries was written to the views.",
    "SealBroken": "Bytes or key are not what they were. Check that key store and ledger belong together; then treat it as tampering.",
}
"""By the name of the failure's class; classes that only group others need nothing."""

WRITERS = {
    "events": ("the gateway, `staffetta submit`, other authorised producers", "what was reported: one record an event"),
    "ledger": ("workers and operators", "what was decided: one record an entry, hash-chained"),
    "accepted": ("the relay", "copies of accepted entries, at least once, keyed by sequence: for everybody outside"),
    "snapshots": ("workers", "folded state at a sequence; never authoritative"),
    "schemas": ("`staffetta network create`", "every schema ever written, by fingerprint"),
    "access": ("the gateway, `staffetta`", "who looked at whose data, why and when, sealed; written before anything is shown"),
}
"""Who writes to a topic and what it holds, by the part of its name behind the prefix."""


def metrics_page() -> str:
    """Every metric."""
    lines = ["# Metrics\n", WRITTEN + "Prometheus' kinds and names; units of their values. None says anything about a person.\n"]
    for title, module in (
        ("Gateway: `GET /metrics`", gateway_metrics),
        ("Worker (served where `STAFFETTA_WORKER_PORT` is set) and relay (in its process alone)", ledger_metrics),
    ):
        lines += [f"## {title}\n", "| metric | kind | unit | labels | meaning |", "|---|---|---|---|---|"]
        for name, metric in metrics_of(module):
            described = next(iter(metric.describe()))
            labels = ", ".join(f"`{label}`" for label in metric._labelnames)
            lines.append(f"| `{name}` | {described.type} | {UNITS[name]} | {labels} | {described.documentation} |")
        lines.append("")
    used = sorted({label for module in (gateway_metrics, ledger_metrics) for _, metric in metrics_of(module) for label in metric._labelnames})
    return "\n".join([*lines, "## Labels\n", "| label | values |", "|---|---|", *(f"| `{label}` | {LABELS[label]} |" for label in used)]) + "\n"


def metrics_of(module: ModuleType) -> list[tuple[str, MetricWrapperBase]]:
    """The metrics that a module defines, in its order, under the names that Prometheus sees."""
    found = [value for value in vars(module).values() if isinstance(value, MetricWrapperBase)]
    return [(next(iter(metric.describe())).name + ("_total" if isinstance(metric, Counter) else ""), metric) for metric in found]


def errors_page() -> str:
    """Exit statuses and failures."""
    words = {
        Exit.WELL: "done, and all is well",
        Exit.WRONG: "done, and something is wrong that the output names",
        Exit.NOT_DONE: "not done: wrong use, or a service does not answer",
    }
    lines = [
        "# Errors\n",
        WRITTEN
        + "A *refusal* is the network's answer and an entry of the ledger: [refusal codes](refusals.md). A *problem* is the gateway's no, before anything is",
        "stored: [problems](problems.md). What is wrong with a line of an events file is said with its number: [events file](../events-file.md). What follows is the rest.\n",
        "## Exit statuses\n",
        "| status | of | meaning |",
        "|---|---|---|",
        *(f"| {int(status)} | `staffetta` commands | {words[status]} |" for status in Exit),
        f"| {ending.FAULT} | worker | something broke; its supervisor starts it again and it loads from the ledger |",
        f"| {ending.STOPPED} | worker | a person must look: one of the stops below; starting again finds it again |",
        "",
    ]
    for title, root, sense in (
        (
            "Reading ledger and events",
            ReadingError,
            "All but `TopicMissing` stop the reader or worker until somebody has looked. A broker that does not answer is waited for.",
        ),
        ("Key store", KeyStoreError, "A store that does not answer is waited for, and never taken for an empty one."),
        ("Views", ProjectionError, "A database that does not answer is waited for."),
        ("Seals", SealBroken, "Raised where a person's data are opened."),
    ):
        lines += [f"## {title}\n", f"{sense}\n", "| failure | meaning | what to do |", "|---|---|---|"]
        lines += [f"| `{kind.__name__}` | {first_line(kind)} | {WHAT_TO_DO[kind.__name__]} |" for kind in failures(root)]
        lines.append("")
    return "\n".join(lines)


def failures(root: type[Exception]) -> list[type[Exception]]:
    """The product's classes of a tree that are raised, each once: leaves, and groups with a message of their own."""
    ours = [kind for kind in root.__subclasses__() if not kind.__module__.startswith("tests.")]
    found = [root] if not ours or "__init__" in vars(root) else []
    return list(dict.fromkeys([*found, *(kind for child in ours for kind in failures(child))]))


def first_line(kind: type[Exception]) -> str:
    """The first sentence of a class's docstring, which is a line."""
    return (kind.__doc__ or "").strip().splitlines()[0]


def topics_page() -> str:
    """Every topic."""
    names = TopicNames()
    lines = [
        "# Topics\n",
        WRITTEN
        + "Made by `staffetta network create`, checked by every worker and by `staffetta doctor`; nothing of ours runs on anything else. Names begin with",
        "`STAFFETTA_TOPIC_PREFIX`. A network has one partition, the same in every topic (`STAFFETTA_NETWORKS`); `schemas` has one partition in all. Production wants three",
        "copies of each, of which two must acknowledge; a development broker may have one, and says so aloud.\n",
        "| topic | written by | holds |",
        "|---|---|---|",
    ]
    known = topics(names)
    lines += ["| `{}` | {} | {} |".format(topic.name, *WRITERS[topic.name.removeprefix(f"{names.prefix}.")]) for topic in known]
    lines += ["", "| topic | required settings |", "|---|---|"]
    for topic in known:
        required = [f"`{name}={value}`" for name, value in sorted(topic.settings.items())]
        if topic.timestamps_matter:
            required.append("`message.timestamp.type=LogAppendTime` (`CreateTime` where `STAFFETTA_TIMESTAMPS=create`)")
        lines.append(f"| `{topic.name}` | {', '.join(required)} |")
    return "\n".join(lines) + "\n"


def cli_page() -> str:
    """Every command."""
    root: Any = typer.main.get_command(app)
    lines = ["# Command line\n", WRITTEN + f"{root.help}\n", f"{root.epilog}\n"]
    for path, command in commands_of("staffetta", root):
        lines += [f"## `{path}`\n", f"{command.help}\n"]
        rows = [row for row in (_parameter(parameter) for parameter in command.params) if row]
        if rows:
            lines += ["| argument or option | meaning |", "|---|---|", *rows, ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def commands_of(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    """Leaves of the tree of commands, in order. `Any`: Typer's own classes."""
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, child in command.commands.items():
        yield from commands_of(f"{path} {name}", child)


def _parameter(parameter: Any) -> str:
    """One row; empty for `--help`."""
    if parameter.name == "help":
        return ""
    shown = (parameter.metavar or parameter.name.upper()).replace("|", "\\|")
    if not parameter.opts[0].startswith("-"):
        return f"| `{shown if parameter.required else f'[{shown}]'}` | {parameter.help or ''} |"
    default = f" Default: {parameter.default:g}." if isinstance(parameter.default, int | float) and not parameter.is_flag else ""
    names = ", ".join(f"`{each}`" if parameter.is_flag else f"`{each} {shown}`" for each in parameter.opts)
    return f"| {names} | {parameter.help or ''}{default} |"


def pages() -> dict[Path, str]:
    """Text of each page by its path. Raises KeyError for what is not described."""
    ours = {"metrics": metrics_page(), "errors": errors_page(), "topics": topics_page(), "cli": cli_page()}
    return {**reference.pages(), **{PAGES / f"{name}.md": text for name, text in ours.items()}}


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes or compares the pages; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ops.reference", description="Write docs/reference from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where a page differs")
    check = parser.parse_args(arguments).check
    differing = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in differing:
        if check:
            print(f"{path.name} is not what the code says: run python -m ops.reference", file=sys.stderr)
        else:
            path.write_text(pages()[path], encoding="utf-8")
    return 1 if check and differing else 0


if __name__ == "__main__":
    sys.exit(main())
