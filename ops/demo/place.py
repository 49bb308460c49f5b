"""A network for one demo alone: throw-away services where none are configured, topics and views under names that nobody else uses."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from coordinator.access import Standing
from coordinator.local import Local, start_local
from coordinator.settings import NetworkPlace, Settings, load_settings
from events.topics import TopicNames
from ops.services.throwaway import throwaway_directory
from ops.topics import delete_topics

_CONFIGURED = ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "KEYSTORE_URL")
"""What the environment names is used; everything else of the environment is the operator's own network and none of ours."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the demo runs."""

    local: Local
    settings: Settings
    """As the processes have them."""
    network: NetworkPlace
    token: str
    """Of a simulator: it may speak as anybody, and sees every outcome."""


@contextmanager
def demo_place(network: str, began_at_ms: int, keep: Path, say: Callable[[str], None]) -> Iterator[Place]:
    """Everything started, the ledger begun at `began_at_ms` and empty; on leaving, everything is ended and removed.

    After a failure the processes' logs are copied to `keep`/logs. Raises what `start_local` raises; then nothing is left running.
    """
    name = f"{network}-demo-{secrets.token_hex(4)}"
    with throwaway_directory() as directory:
        settings = load_settings(
            {
                **{variable: os.environ[variable] for variable in _CONFIGURED if os.environ.get(variable)},
                "STAFFETTA_NETWORKS": f"{name}:0",
                "STAFFETTA_TOPIC_PREFIX": name,
                "STAFFETTA_DATA": str(directory),
                "STAFFETTA_DEVELOPMENT": "true",
                "STAFFETTA_TIMESTAMPS": "create",
                "STAFFETTA_GATEWAY_PORT": "0",
                "STAFFETTA_MAX_SETTLED_LAG_MS": "60000",
            }
        )
        with _logs_kept(directory / "logs", keep / "logs", say):
            local = start_local(settings, say, created_at_ms=began_at_ms, opening=False)
            try:
                yield Place(local, local.settings, local.settings.networks[0], _simulator(local.tokens_file))
            finally:
                local.stop()
                _forget_topics(local.settings)


@contextmanager
def _logs_kept(logs: Path, keep: Path, say: Callable[[str], None]) -> Iterator[None]:
    try:
        yield
    except Exception:
        if logs.is_dir():
            shutil.copytree(logs, keep, dirs_exist_ok=True)
            say(f"the logs of this failure are in {keep}")
        raise


def _simulator(tokens_file: Path) -> str:
    tokens = json.loads(tokens_file.read_text(encoding="utf-8"))["tokens"]
    return str(next(each["token"] for each in tokens if each["standing"] == Standing.SIMULATOR))


def _forget_topics(settings: Settings) -> None:
    """On brokers that are not ours our topics do not stay behind; our own brokers are gone with their data."""
    configured = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if configured:
        asyncio.run(delete_topics(configured, TopicNames(settings.topic_prefix)))
