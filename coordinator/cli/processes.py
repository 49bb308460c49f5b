"""The processes: `worker`, `projector`, `relay`, `gateway`. Each serves every configured network until it is told to stop."""

from __future__ import annotations

import typer

from coordinator.cli.command import LanguageOption, reporting, settings_of, wires_of
from coordinator.logs import configure_logs
from coordinator.supervisor import end_with_parent
from events.language import Language


def worker(context: typer.Context, language: LanguageOption = Language.ENGLISH) -> None:
    """Decide events: the coordinator itself. Several may run; each ends rather than go on in doubt, so keep it under a supervisor."""
    _run(context, "worker", language)


def projector(context: typer.Context, language: LanguageOption = Language.ENGLISH) -> None:
    """Keep the views level with the ledger, and destroy the keys of erased cases. Several may run."""
    _run(context, "projector", language)


def relay(context: typer.Context, language: LanguageOption = Language.ENGLISH) -> None:
    """Copy accepted entries to the topic for everybody outside, at least once."""
    _run(context, "relay", language)


def gateway(context: typer.Context, language: LanguageOption = Language.ENGLISH) -> None:
    """Serve HTTP: events in, accepted entries and views out."""
    _run(context, "gateway", language)


def _run(context: typer.Context, name: str, language: Language) -> None:
    with reporting(as_json=False, language=language):
        settings = settings_of(context)
        configure_logs(settings.log_format, settings.log_level, name)
        end_with_parent()
        wires_of(context).processes[name](settings)
