"""The command line's root. `run` is called by `coordinator.wiring` with everything a command may need."""

from __future__ import annotations

import typer

from coordinator.cli import checking, doctor, machine, networks, operators, processes, reporting, scenario, sheets, submit, views
from coordinator.cli.wires import Wires

app = typer.Typer(
    name="staffetta",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
    rich_markup_mode=None,
    help="Staffetta: transfers in an anti-trafficking network, decided once, seen live, replayable.",
    epilog="Exit status: 0 done; 1 done, and something is wrong; 2 not done. Settings are environment variables: docs/reference/settings.md.",
)

RUNNING, TAKING, VIEWS, LEARNING, CHECKING, OPERATING, PROCESSES = "Run it", "Events", "Views", "Learn", "Check", "Operate", "Processes"

app.add_typer(networks.app, name="network", rich_help_panel=RUNNING)
app.add_typer(sheets.app, name="sheet", rich_help_panel=VIEWS)
for _name, _command, _panel in (
    ("up", machine.up, RUNNING),
    ("down", machine.down, RUNNING),
    ("reset", machine.reset, RUNNING),
    ("submit", submit.submit, TAKING),
    ("capacity", views.capacity, VIEWS),
    ("duty", views.duty, VIEWS),
    ("transfers", views.transfers, VIEWS),
    ("case", views.case, VIEWS),
    ("actions", views.actions, VIEWS),
    ("inbox", views.inbox, VIEWS),
    ("audit", views.audit, VIEWS),
    ("explain", views.explain, VIEWS),
    ("indicators", reporting.indicators, VIEWS),
    ("retention", reporting.retention, VIEWS),
    ("access", views.access, VIEWS),
    ("scenario", scenario.scenario, LEARNING),
    ("doctor", doctor.doctor, CHECKING),
    ("replay", checking.replay, CHECKING),
    ("rebuild", checking.rebuild, CHECKING),
    ("export", checking.export, CHECKING),
    ("heal", operators.heal, OPERATING),
    ("no-event", operators.no_event, OPERATING),
    ("source-changed", operators.source_changed, OPERATING),
    ("trim-events", operators.trim_events, OPERATING),
    ("worker", processes.worker, PROCESSES),
    ("projector", processes.projector, PROCESSES),
    ("relay", processes.relay, PROCESSES),
    ("gateway", processes.gateway, PROCESSES),
):
    app.command(_name, rich_help_panel=_panel)(_command)


def run(wires: Wires, arguments: list[str] | None = None) -> None:
    """Runs one command and ends the process with its status. `arguments`: those of the process where None."""
    app(args=arguments, obj=wires)
