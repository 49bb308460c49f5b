"""Everything on one machine: services where none is configured, the networks, and the four processes under a supervisor.

`staffetta up` and the demo use it. What it starts ends with it, however it ends.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from coordinator.access import Grant, Standing, new_token, write_tokens
from coordinator.opening import NoNetworkFile, open_with_file
from coordinator.private_file import write_private
from coordinator.settings import Settings, load_settings, variable_of
from coordinator.supervisor import Child, Supervisor
from coordinator.wiring import create_network, open_network
from ops.networks import Network, load_network
from ops.services.ensure import Services, ensure_services
from ops.services.errors import ServiceFailed

Say = Callable[[str], None]

READY_WITHIN = timedelta(seconds=90)
LOOK_EVERY = timedelta(milliseconds=100)
PROCESSES = ("worker", "projector", "relay", "gateway")
CLOCK_BODY = "staffetta"
LOCAL_TOKENS = "local-tokens.json"


class NotReady(ServiceFailed):
    """Something that was started does not become ready; the message says what, and where its log is."""


class Local:
    """What runs; made by `start_local`."""

    def __init__(self, services: Services, supervisor: Supervisor, settings: Settings, environment: dict[str, str]) -> None:
        self.services = services
        self.settings = settings
        """As the processes have them."""
        self.environment = environment
        """The same as variables."""
        self._supervisor = supervisor

    @property
    def gateway_url(self) -> str:
        """Where the gateway answers."""
        return f"http://{self.settings.gateway_host}:{self.settings.gateway_port}"

    @property
    def tokens_file(self) -> Path:
        """Tokens in clear, for this machine alone: `{"tokens": [{"token", "person", "body", "standing", "project_id", "networks"}]}`."""
        return self.settings.data / LOCAL_TOKENS

    def pids(self) -> dict[str, int]:
        """Process ids by name, of our processes; they change when one is started again."""
        return self._supervisor.pids()

    def describe(self) -> list[str]:
        """What runs and where: a line each."""
        processes = ", ".join(f"{name} ({pid})" for name, pid in self.pids().items())
        return [
            *self.services.describe(),
            f"processes: {processes}; logs in {self.settings.data / 'logs'}",
            f"tokens for this machine: {self.tokens_file}",
        ]

    def tend(self) -> None:
        """Starts again what has ended; call it a few times a second."""
        self._supervisor.tend()

    def stop(self) -> None:
        """Ends the processes, then the services that were started. Safe to call twice."""
        self._supervisor.stop()
        self.services.stop()


def start_local(
    settings: Settings, say: Say, *, created_at_ms: int | None = None, opening: bool = True, extra: dict[str, str] | None = None
) -> Local:
    """Starts everything and returns when the gateway is ready. Raises ServiceFailed (NotReady among them) and others; then nothing is left running.

    `created_at_ms`: when networks that are new begin; None: now (on a topic with its own clock nothing may be older). `opening`: a network without a policy
    gets its policy and projects. `extra`: variables for the processes beside the settings.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    services = ensure_services(settings.data, when_busy="refuse", environ=environment_of(settings), say=say)
    supervisor: Supervisor | None = None
    try:
        environment = {**environment_of(settings), **services.environment(), **(extra or {})}
        environment[variable_of("gateway_port")] = str(_port(settings, say))
        effective = load_settings(environment)
        _issue_local_tokens(effective)
        asyncio.run(_create_networks(effective, say, created_at_ms))
        supervisor = Supervisor(_children(effective, environment), lambda child, status, wait: _tell_restart(say, child, status, wait))
        supervisor.start()
        local = Local(services, supervisor, effective, environment)
        say(f"starting {', '.join(PROCESSES)}")
        _await_ready(local)
        if opening:
            asyncio.run(_open_networks(effective, say))
    except BaseException:
        if supervisor is not None:
            supervisor.stop()
        services.stop()
        raise
    return local


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as variables, paths absolute; what is not set is left out."""
    variables = {}
    for field in type(settings).model_fields:
        value = getattr(settings, field)
        if value is None:
            continue
        text = ",".join(f"{place.name}:{place.partition}" for place in value) if field == "networks" else str(value)
        variables[variable_of(field)] = str(value.absolute()) if isinstance(value, Path) else text
    return variables


async def _create_networks(settings: Settings, say: Say, created_at_ms: int | None) -> None:
    for place in settings.networks:
        await create_network(settings, place, say, created_at_ms=created_at_ms)


async def _open_networks(settings: Settings, say: Say) -> None:
    """Policy and projects, for networks that have none yet."""
    for place in settings.networks:
        async with open_network(settings, place, taking_events=True) as room:
            if (await room.reads.policy()).answer is not None:
                continue
            try:
                await open_with_file(room, None, say)
            except NoNetworkFile:
                say(f"network {place.name}: no file of that name ships; it is empty until its policy and projects are submitted")


def _children(settings: Settings, environment: dict[str, str]) -> list[Child]:
    logs = settings.data.absolute() / "logs"
    return [Child(name, (sys.executable, "-m", "coordinator", name), logs / f"{name}.log", environment) for name in PROCESSES]


def _tell_restart(say: Say, child: Child, status: int, wait: timedelta) -> None:
    how = f"signal {-status}" if status < 0 else f"status {status}"
    say(f"{child.name} ended ({how}); again in {wait.total_seconds():.1f} s; its log: {child.log}")


def _await_ready(local: Local) -> None:
    until = time.monotonic() + READY_WITHIN.total_seconds()
    while time.monotonic() < until:
        local.tend()
        if _ready(local.gateway_url):
            return
        time.sleep(LOOK_EVERY.total_seconds())
    raise NotReady(f"The gateway is not ready after {READY_WITHIN.total_seconds():.0f} s; the logs are in {local.settings.data / 'logs'}.")


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _port(settings: Settings, say: Say) -> int:
    """The gateway's port, or a free one where it is taken or 0."""
    wanted = settings.gateway_port
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.gateway_host, port))
            except OSError:
                continue
            found = int(probe.getsockname()[1])
        if wanted and found != wanted:
            say(f"port {wanted} is taken; the gateway listens on {found}")
        return found
    raise NotReady(f"No port of {settings.gateway_host} can be had.")


def _issue_local_tokens(settings: Settings) -> None:
    """Tokens for every actor of the networks that ship, once; later starts keep them. Only where no file of tokens is configured."""
    if settings.tokens_file is None:
        issue_tokens(settings)


def issue_tokens(settings: Settings) -> Path | None:
    """Tokens for every actor of the configured networks, with their digests where the gateway looks; the file, or None where both were there before."""
    path = settings.data / LOCAL_TOKENS
    if path.exists() and settings.tokens_path.exists():
        return None
    issued = [(new_token(), grant) for grant in local_grants([load_or_empty(place.name) for place in settings.networks], settings)]
    plain = [
        {
            "token": token,
            "person": grant.person,
            "body": grant.body,
            "standing": str(grant.standing),
            "project_id": grant.project_id,
            "networks": list(grant.networks),
        }
        for token, grant in issued
    ]
    write_private(path, json.dumps({"tokens": plain}, indent=1) + "\n")
    write_tokens(settings.tokens_path, issued)
    return path


def load_or_empty(name: str) -> Network | None:
    """The network's file, or None where none ships under the name."""
    try:
        return load_network(name)
    except FileNotFoundError:
        return None


def local_grants(networks: list[Network | None], settings: Settings) -> list[Grant]:
    """One for each standing, and one for each body of each project."""
    names = tuple(place.name for place in settings.networks)
    known = [network for network in networks if network is not None]
    helpline = known[0].helpline_body if known else "helpline"
    grants = [
        Grant(None, helpline, Standing.HELPLINE, None, names),
        Grant(None, helpline, Standing.ADMINISTRATOR, None, names),
        Grant(None, CLOCK_BODY, Standing.CLOCK, None, names),
        Grant(None, CLOCK_BODY, Standing.AUDITOR, None, names),
        Grant(None, CLOCK_BODY, Standing.EVALUATOR, None, names),
        Grant(None, CLOCK_BODY, Standing.REFERRER, None, names),
        Grant(None, CLOCK_BODY, Standing.SIMULATOR, None, names),
    ]
    grants += [
        Grant(None, body, Standing.PROJECT, project.project, (network.network,))
        for network in known
        for project in network.projects
        for body in project.bodies
    ]
    return grants
