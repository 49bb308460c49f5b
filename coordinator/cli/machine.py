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

from coordinator.cli import doing_words as words
from coordinator.cli.command import JsonOption, LanguageOption, reporting, require_yes, settings_of, wires_of
from coordinator.cli.not_done import Cannot, NotDone
from coordinator.cli.outcome import print_json, say, told
from coordinator.running import Running, clear_running, only_one, process_started, read_running, write_running
from coordinator.settings import Settings
from events.language import Language, filled, in_language

TEND_EVERY = timedelta(milliseconds=200)
READY_WITHIN = timedelta(minutes=3)
STOPPED_WITHIN = timedelta(seconds=45)


def up(
    context: typer.Context,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Return when all is ready, and leave it running; `staffetta down` stops it.")
    ] = False,
    as_json: JsonOption = False,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Start everything on persistent data: Kafka and PostgreSQL where none is configured, the networks, worker, projector, relay, gateway.

    Runs until ctrl-C, which stops all of it. A second one beside it does no harm: it says what runs.
    """
    with reporting(as_json, language):
        settings = settings_of(context)
        if detach:
            _tell(_detached(settings, language), as_json, language)
            return
        with only_one(settings.data) as mine:
            if not mine:
                _tell(_other(settings, language), as_json, language)
                return
            _run(context, settings, as_json, language)


def down(context: typer.Context, as_json: JsonOption = False, language: LanguageOption = Language.ENGLISH) -> None:
    """Stop what `staffetta up` runs from this data directory. Data stay."""
    with reporting(as_json, language):
        settings = settings_of(context)
        stopped = stop_running(settings.data)
        if as_json:
            print_json({"stopped": stopped})
        else:
            say(told(words.STOPPED if stopped else words.NOTHING_RAN, language))


def reset(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: JsonOption = False,
    language: LanguageOption = Language.ENGLISH,
) -> None:
    """Stop, and forget everything that the data directory holds: ledger, keys, views, tokens, logs. Asks first.

    Brokers and databases that the environment names are never touched.
    """
    with reporting(as_json, language):
        settings = settings_of(context)
        data = settings.data
        if not data.exists():
            _reset_said(False, as_json, language)
            return
        if not (data / "up.lock").exists():
            raise NotDone(Cannot.NO_DATA_DIRECTORY, data=data)
        require_yes(in_language(filled(words.ASK_FORGET, data.absolute()), language), yes, Cannot.NOTHING_DELETED)
        stop_running(data)
        with only_one(data) as mine:
            if not mine:
                raise NotDone(Cannot.STILL_RUNS)
            for directory in (*_elsewhere(data), data):
                shutil.rmtree(directory)
        _reset_said(True, as_json, language)


def stop_running(data: Path) -> bool:
    """Ends the supervisor of a data directory and waits until it is gone; False where none runs. Raises NotDone where it does not end."""
    running = read_running(data)
    if running is None:
        return False
    os.kill(running.supervisor_pid, signal.SIGTERM)
    until = time.monotonic() + STOPPED_WITHIN.total_seconds()
    while process_started(running.supervisor_pid) == running.supervisor_started:
        if time.monotonic() > until:
            raise NotDone(Cannot.DOES_NOT_END, pid=running.supervisor_pid, logs=data / "logs")
        time.sleep(TEND_EVERY.total_seconds())
    return True


def _run(context: typer.Context, settings: Settings, as_json: bool, language: Language) -> None:
    """In the foreground, until a signal."""
    with _told_to_stop() as asked_to_stop:
        local = wires_of(context).start_local(settings, lambda line: say(escape(line)))
        try:
            running = Running(
                os.getpid(), process_started(os.getpid()) or "", datetime.now(UTC).isoformat(timespec="seconds"),
                local.gateway_url, tuple(local.describe()), local.environment,
            )  # fmt: skip
            write_running(settings.data, running)
            _tell(running, as_json, language)
            if not as_json:
                say(told(words.PRESS, language))
            while not asked_to_stop():
                local.tend()
                time.sleep(TEND_EVERY.total_seconds())
        finally:
            say(told(words.STOPPING, language))
            clear_running(settings.data)
            local.stop()
    say(told(words.ALL_STOPPED, language))


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


def _detached(settings: Settings, language: Language) -> Running:
    """Starts `staffetta up` in a session of its own and waits until it is ready."""
    running = read_running(settings.data)
    if running is not None:
        return running
    log = settings.data / "logs" / "up.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "coordinator", "up", "--in", language],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    say(told(words.STARTING, language, str(log)))
    until = time.monotonic() + READY_WITHIN.total_seconds()
    while time.monotonic() < until:
        running = read_running(settings.data)
        if running is not None:
            return running
        if process.poll() is not None:
            raise NotDone(Cannot.ENDED_EARLY, status=process.returncode, log=log)
        time.sleep(TEND_EVERY.total_seconds())
    raise NotDone(Cannot.NOT_READY, log=log)


def _other(settings: Settings, language: Language) -> Running:
    """What another `up` runs from the same directory; waits while that one is starting."""
    until = time.monotonic() + READY_WITHIN.total_seconds()
    while time.monotonic() < until:
        running = read_running(settings.data)
        if running is not None:
            say(told(words.RUNS_ALREADY, language))
            return running
        with only_one(settings.data) as free:
            if free:
                break
        time.sleep(TEND_EVERY.total_seconds())
    raise NotDone(Cannot.OTHER_NOT_READY, logs=settings.data / "logs")


def _tell(running: Running, as_json: bool, language: Language) -> None:
    if as_json:
        print_json(
            {"gateway_url": running.gateway_url, "supervisor_pid": running.supervisor_pid, "started_at": running.started_at, "runs": running.children}
        )
        return
    say(told(words.READY, language, running.gateway_url, running.gateway_url))
    for line in running.children:
        say(f"  {escape(line)}")
    say(told(words.STOP_WITH, language))


def _reset_said(deleted: bool, as_json: bool, language: Language) -> None:
    if as_json:
        print_json({"deleted": deleted})
    else:
        say(told(words.FORGOTTEN if deleted else words.NOTHING_TO_FORGET, language))


def _elsewhere(data: Path) -> list[Path]:
    """Directories outside the data directory that hold its data: a server that must not run as root keeps them where its user can reach them."""
    from ops.services.postgres import PostgresServer

    home = PostgresServer(data / "services" / "postgres").home
    return [home] if home.exists() and not home.is_relative_to(data.absolute()) else []
