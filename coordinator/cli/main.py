"""The command line's root. `run` is called by `coordinator.__main__` with everything a command may need."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping

import typer
from typer._click.exceptions import NoArgsIsHelpError, UsageError  # Typer's own copy of click has no public name

from coordinator.cli.not_done import Cannot, NotDone
from coordinator.cli.on_demand import Loaded, Room, group_of
from coordinator.cli.outcome import Exit, print_not_done
from coordinator.cli.usage import language_given, wrong_use
from coordinator.cli.wires import Wires
from events.language import Language


def _machine() -> Mapping[str, Loaded]:
    from coordinator.cli import machine

    return {"up": machine.up, "down": machine.down, "reset": machine.reset}


def _submit() -> Mapping[str, Loaded]:
    from coordinator.cli import submit

    return {"submit": submit.submit}


def _views() -> Mapping[str, Loaded]:
    from coordinator.cli import views

    return {
        "capacity": views.capacity,
        "duty": views.duty,
        "transfers": views.transfers,
        "case": views.case,
        "actions": views.actions,
        "inbox": views.inbox,
        "audit": views.audit,
        "explain": views.explain,
        "access": views.access,
    }


def _reporting() -> Mapping[str, Loaded]:
    from coordinator.cli import reporting

    return {"indicators": reporting.indicators, "retention": reporting.retention}


def _scenario() -> Mapping[str, Loaded]:
    from coordinator.cli import scenario

    return {"scenario": scenario.scenario}


def _simulate() -> Mapping[str, Loaded]:
    from coordinator.cli import simulate

    return {"simulate": simulate.simulate}


def _doctor() -> Mapping[str, Loaded]:
    from coordinator.cli import doctor

    return {"doctor": doctor.doctor}


def _checking() -> Mapping[str, Loaded]:
    from coordinator.cli import checking

    return {"replay": checking.replay, "rebuild": checking.rebuild, "export": checking.export}


def _operators() -> Mapping[str, Loaded]:
    from coordinator.cli import operators

    return {
        "heal": operators.heal,
        "accept-loss": operators.accept_loss,
        "no-event": operators.no_event,
        "source-changed": operators.source_changed,
        "trim-events": operators.trim_events,
    }


def _processes() -> Mapping[str, Loaded]:
    from coordinator.cli import processes

    return {"worker": processes.worker, "projector": processes.projector, "relay": processes.relay, "gateway": processes.gateway}


def _networks() -> Mapping[str, Loaded]:
    from coordinator.cli import networks

    return {"network": networks.app}


def _policy() -> Mapping[str, Loaded]:
    from coordinator.cli import policy

    return {"policy": policy.app}


def _sheets() -> Mapping[str, Loaded]:
    from coordinator.cli import sheets

    return {"sheet": sheets.app}


ROOMS = (
    Room(
        {
            "up": "Start everything on persistent data",
            "down": "Stop what `staffetta up` runs from this data directory",
            "reset": "Stop, and forget everything that the data directory holds",
        },
        _machine,
    ),
    Room({"network": "Networks: one country's system each"}, _networks),
    Room({"submit": "Send the events of a file, in order"}, _submit),
    Room(
        {
            "capacity": "What is free, in every unit, with the age of each figure",
            "duty": "When somebody of each project answers, as it published",
            "transfers": "Transfers that are open, the most urgent first",
            "case": "One case's timeline, with the facts opened",
            "actions": "What waits for a second person or a review",
            "inbox": "What waits for a project, or for the helpline",
            "audit": "The trail of entries as far as the ledger shows it in clear",
            "explain": "Why a transfer was matched so, or not at all",
            "access": "Who looked at whose data, when and why",
        },
        _views,
    ),
    Room(
        {
            "indicators": "Monitoring indicators of a period",
            "retention": "What will go when: closed cases, explanations, events",
        },
        _reporting,
    ),
    Room({"policy": "The policy: in force, previewed, adopted by two bodies"}, _policy),
    Room({"sheet": "Data sheets of cases, as CSV"}, _sheets),
    Room({"scenario": "Play scenarios step by step on a clock of their own"}, _scenario),
    Room({"doctor": "Look at topics, clocks, key store, ledger, events, views"}, _doctor),
    Room({"simulate": "Play policies of matching against each other"}, _simulate),
    Room(
        {
            "replay": "Decide every event again",
            "rebuild": "Fold the views again from the ledger",
            "export": "Write accepted entries to an Avro object container file",
        },
        _checking,
    ),
    Room(
        {
            "heal": "Append a lost tail of the ledger again, verbatim",
            "accept-loss": "Refuse waiting events whose keys are lost for good",
            "no-event": "State that offsets of the events topic hold no event",
            "source-changed": "State that the events topic was replaced or restored",
            "trim-events": "Hold the events topic against the ledger, byte for byte",
        },
        _operators,
    ),
    Room(
        {
            "worker": "Decide events: the coordinator itself",
            "projector": "Keep the views level with the ledger",
            "relay": "Copy accepted entries to the topic for everybody outside",
            "gateway": "Serve HTTP: events in, accepted entries and views out",
        },
        _processes,
    ),
)
"""Every command, in the order of the help."""

app = typer.Typer(
    name="staffetta",
    cls=group_of(*ROOMS),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
    help="Staffetta: transfers in an anti-trafficking network, decided once, seen live, replayable.",
    epilog="Exit status: 0 done; 1 done, and something is wrong; 2 not done. Settings are environment variables: docs/reference/settings.md.",
)


@app.callback()
def _staffetta() -> None:
    """Typer makes a group of an application with a callback; the help is the application's."""


def run(wires: Wires, arguments: list[str] | None = None) -> None:
    """Runs one command and ends the process with its status. `arguments`: those of the process where None."""
    if logging.lastResort is not None:
        logging.lastResort.setLevel(logging.ERROR)  # a command says itself what it did; processes, which log, set up handlers of their own
    given = sys.argv[1:] if arguments is None else arguments
    try:
        status = app(args=given, obj=wires, standalone_mode=False)
    except NoArgsIsHelpError as asked:
        asked.show()
        status = int(Exit.NOT_DONE)
    except UsageError as error:
        print_not_done(wrong_use(error), "--json" in given, _language(given))
        status = int(Exit.NOT_DONE)
    except typer.Abort:
        print_not_done(NotDone(Cannot.NOBODY_ANSWERED), "--json" in given, _language(given))
        status = int(Exit.NOT_DONE)
    sys.exit(status if isinstance(status, int) else int(Exit.WELL))


def _language(given: list[str]) -> Language:
    from coordinator.settings import LANGUAGE_VARIABLE  # pydantic comes with it, which `--help` need not wait for

    return language_given(given, os.environ.get(LANGUAGE_VARIABLE, ""))
