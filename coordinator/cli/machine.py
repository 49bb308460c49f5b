"""`up`, `down`, `reset`: everything on this machine, from one data directory."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.markup import escape

from coordinator.cli.command import JsonOption, reporting, require_yes, settings_of, wires_of
from coordinator.cli.outcome import NotDone, print_json, say
from coordinator.running import Running, clear_running, only_one, process_started, read_running, write_running
from coordinator.settings import Settings

TEND_EVERY = timedelta(milliseconds=200)
READY_WITHIN = timedelta(minutes=3)
STOPPED_WITHIN = timedelta(seconds=45)


def up(
    context: typer.Context,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return when all is ready, and leave it running; `staffetta down` stops it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Start everything on persistent data: Kafka and PostgreSQL where none is configured, the networks, worker, projector, relay, gateway.

    Runs until ctrl-C, which stops all of it. A second one beside it does no harm: it says what runs.
    """
    with reporting(as_json):
        settings = settings_of(context)
        if detach:
            _tell(_detached(settings), as_json)
            return
        with only_one(settings.data) as mine:
            if not mine:
                _tell(_other(settings), as_json)
                return
            _run(context, settings, as_json)


def down(context: typer.Context, as_json: JsonOption = False) -> None:
    """Stop what `staffetta up` runs from this data directory. Data stay."""
    with reporting(as_json):
        settings = settings_of(context)
        stopped = stop_running(settings.data)
        if as_json:
            print_json({"stopped": stopped})
        else:
            say("Stopped. The data stay; `staffetta up` goes on with them." if stopped else "Nothing was running.")


def reset(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Stop, and forget everything that the data directory holds: ledger, keys, views, tokens, logs. Asks first.

    Brokers and databases that the environment names are never touched.
    """
    with reporting(as_json):
        settings = settings_of(context)
        data = settings.data
        if not data.exists():
            _reset_said(False, as_json)
            return
        if not (data / "up.lock").exists():
            raise NotDone(f"{data} is no data directory of `staffetta up`.", "Check STAFFETTA_DATA; nothing was deleted.")
        require_yes(f"Delete everything in {data.absolute()}? Keys are gone for good", yes, "Nothing was deleted.")
        stop_running(data)
        with only_one(data) as mine:
            if not mine:
                raise NotDone("Something still runs from this directory.", "Stop it with `staffetta down`, then reset again.")
            for directory in (*_elsewhere(data), data):
                shutil.rmtree(directory)
        _reset_said(True, as_json)


def stop_running(data: Path) -> bool:
    """Ends the supervisor of a data directory and waits until it is gone; False where none runs. Raises NotDone where it does not end."""
    running = read_running(data)
    if running is None:
        return False
    os.kill(running.supervisor_pid, signal.SIGTERM)
    until = time.monotonic() + STOPPED_WITHIN.total_seconds()
    while process_started(running.supervisor_pid) == running.supervisor_started:
        if time.monotonic() > until:
            raise NotDone(
                f"Process {running.supervisor_pid} does not end.",
                f"Look at its log in {data / 'logs'}, or end it with kill -9: its children end with it.",
            )
        time.sleep(TEND_EVERY.total_seconds())
    return True


def _run(context: typer.Context, settings: Settings, as_json: bool) -> None:
    """In the foreground, until a signal."""
    with _told_to_stop() as told:
        local = wires_of(context).start_local(settings, lambda line: say(escape(line)))
        try:
            running = Running(
                os.getpid(), process_started(os.getpid()) or "", datetime.now(UTC).isoformat(timespec="seconds"),
                local.gateway_url, tuple(local.describe()), local.environment,
            )  # fmt: skip
            write_running(settings.data, running)
            _tell(running, as_json)
            if not as_json:
                say("[bold]Press ctrl-C to stop all of it.[/]")
            while not told():
                local.tend()
                time.sleep(TEND_EVERY.total_seconds())
        finally:
            say("Stopping.")
            clear_running(settings.data)
            local.stop()
    say("Stopped; nothing was left running.")


@contextlib.contextmanager
def _told_to_stop() -> Iterator[Told]:
    """Ctrl-C and SIGTERM: until the block runs its loop they interrupt it, afterwards each is a wish to stop."""
    told = Told()
    before = {number: signal.signal(number, told.hear) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield told
    except KeyboardInterrupt:
        pass
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Told:
    """Whether somebody wants this to end."""

    def __init__(self) -> None:
        self._asked = False
        self._listening = False

    def __call__(self) -> bool:
        """Asked once, the process is in its loop: from now on a signal is noted, not raised."""
        self._listening = True
        return self._asked

    def hear(self, number: int, frame: FrameType | None) -> None:
        """A signal handler."""
        first, self._asked = not self._asked, True
        if first and not self._listening:
            raise KeyboardInterrupt


def _detached(settings: Settings) -> Running:
    """Starts `staffetta up` in a session of its own and waits until it is ready."""
    running = read_running(settings.data)
    if running is not None:
        return running
    log = settings.data / "logs" / "up.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "coordinator", "up"], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
        )
    say(f"Starting; its log is {escape(str(log))}.")
    until = time.monotonic() + READY_WITHIN.total_seconds()
    while time.monotonic() < until:
        running = read_running(settings.data)
        if running is not None:
            return running
        if process.poll() is not None:
            raise NotDone(f"It ended with status {process.returncode} before it was ready.", f"Its log says why: {log}")
        time.sleep(TEND_EVERY.total_seconds())
    raise NotDone("It is not ready after three minutes.", f"Its log may say why: {log}. `staffetta down` stops it.")


def _other(settings: Settings) -> Running:
    """What another `up` runs from the same directory; waits while that one is starting."""
    until = time.monotonic() + READY_WITHIN.total_seconds()
    while time.monotonic() < until:
        running = read_running(settings.data)
        if running is not None:
            say("Running already; nothing more was started.")
            return running
        with only_one(settings.data) as free:
            if free:
                break
        time.sleep(TEND_EVERY.total_seconds())
    raise NotDone("Another `staffetta up` was starting from this directory and is not ready.", f"Look into {settings.data / 'logs'}, then try again.")


def _tell(running: Running, as_json: bool) -> None:
    if as_json:
        print_json(
            {"gateway_url": running.gateway_url, "supervisor_pid": running.supervisor_pid, "started_at": running.started_at, "runs": running.children}
        )
        return
    say(f"[bold green]Ready.[/] Gateway: {escape(running.gateway_url)} (described at {escape(running.gateway_url)}/docs)")
    for line in running.children:
        say(f"  {escape(line)}")
    say("Stop it with [bold]staffetta down[/].")


def _reset_said(deleted: bool, as_json: bool) -> None:
    if as_json:
        print_json({"deleted": deleted})
    else:
        say("Everything is forgotten." if deleted else "There was nothing to forget.")


def _elsewhere(data: Path) -> list[Path]:
    """Directories outside the data directory that hold its data: a server that must not run as root keeps them where its user can reach them."""
    from ops.services.postgres import PostgresServer

    home = PostgresServer(data / "services" / "postgres").home
    return [home] if home.exists() and not home.is_relative_to(data.absolute()) else []
