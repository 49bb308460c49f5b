"""Kafka and PostgreSQL in containers, where a Docker engine answers. The containers end with this process (testcontainers' reaper sees to it);
their data stay in volumes named after the data directory."""

from __future__ import annotations

import hashlib
import importlib.util
import logging
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ops.services.databases import ADMIN, create_owned, password_of
from ops.services.errors import ServiceFailed
from ops.services.ports import free_ports
from ops.services.say import Say

if TYPE_CHECKING:
    from testcontainers.core.container import DockerContainer

KAFKA_IMAGE = "apache/kafka:4.1.1"
POSTGRES_IMAGE = "postgres:18"
_READY_S = 90.0
_LOOPBACK = ("localhost", "127.0.0.1")
_logger = logging.getLogger(__name__)


def engine_answers() -> bool:
    """Whether testcontainers is installed and a Docker engine answers. Never raises."""
    if importlib.util.find_spec("testcontainers") is None or importlib.util.find_spec("docker") is None:
        return False
    import docker

    try:
        return bool(docker.from_env(timeout=5).ping())
    except Exception as failure:  # noqa: BLE001 - whatever is wrong with an engine, there is none for us
        _logger.debug("no Docker engine: %s", type(failure).__name__)
        return False


class KafkaContainer:
    """One broker (KRaft). Loopback only, where the engine is on this machine."""

    def __init__(self, data_dir: Path, say: Say) -> None:
        self._say = say
        self._volume = f"{volume_prefix(data_dir)}-kafka"
        self._port = free_ports(1)[0]
        self._container: DockerContainer | None = None
        self.host = "127.0.0.1"

    @property
    def bootstrap(self) -> str:
        """`host:port` for clients."""
        return f"{self.host}:{self._port}"

    def start(self) -> None:
        """Start and wait until it serves. Raises ServiceFailed, or what the engine raises."""
        from testcontainers.core.container import DockerContainer

        self._say(f"kafka: starting a container of {KAFKA_IMAGE}")
        container = DockerContainer(KAFKA_IMAGE)
        self.host = _publish(container, 9092, self._port)
        settings = {
            "NODE_ID": "1",
            "PROCESS_ROLES": "broker,controller",
            "CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
            "CONTROLLER_LISTENER_NAMES": "CONTROLLER",
            "LISTENERS": "PLAINTEXT://:9092,CONTROLLER://:9093",
            "ADVERTISED_LISTENERS": f"PLAINTEXT://{self.bootstrap}",
            "LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "LOG_DIRS": "/var/lib/kafka/data",
            "AUTO_CREATE_TOPICS_ENABLE": "false",
            "OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
            "TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
            "TRANSACTION_STATE_LOG_MIN_ISR": "1",
            "GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
        }
        for name, value in settings.items():
            container.with_env(f"KAFKA_{name}", value)
        container.with_env("KAFKA_HEAP_OPTS", "-Xmx384m").with_volume_mapping(self._volume, "/var/lib/kafka/data", "rw")
        self._container = container
        container.start()
        from ops.services.kafka import live_brokers

        _wait(lambda: bool(live_brokers(self.bootstrap)), "kafka: the container does not serve")

    def stop(self) -> None:
        """Remove the container; its volume stays."""
        _remove(self._container)
        self._container = None


class PostgresContainer:
    """One server, as `PostgresServer` makes it."""

    def __init__(self, data_dir: Path, say: Say) -> None:
        self._say = say
        self._data_dir = data_dir
        self._volume = f"{volume_prefix(data_dir)}-postgres"
        self._port = free_ports(1)[0]
        self._container: DockerContainer | None = None
        self.host = "127.0.0.1"

    @property
    def address(self) -> str:
        """`host:port`."""
        return f"{self.host}:{self._port}"

    def start(self) -> None:
        """Start and wait until it serves. Raises ServiceFailed, or what the engine raises."""
        from testcontainers.core.container import DockerContainer

        self._say(f"postgresql: starting a container of {POSTGRES_IMAGE}")
        container = DockerContainer(POSTGRES_IMAGE)
        self.host = _publish(container, 5432, self._port)
        container.with_env("POSTGRES_USER", ADMIN).with_env("POSTGRES_PASSWORD", password_of(ADMIN, self._secret()))
        container.with_env("POSTGRES_DB", "postgres").with_volume_mapping(self._volume, "/var/lib/postgresql", "rw")
        container.with_command("postgres -c timezone=UTC -c log_min_error_statement=panic -c log_error_verbosity=terse")
        self._container = container
        container.start()
        _wait(self._serves, "postgresql: the container does not serve")

    def stop(self) -> None:
        """Remove the container, after its server ended in order; its volume stays."""
        if self._container is not None:
            self._container.get_wrapped_container().stop(timeout=20)
        _remove(self._container)
        self._container = None

    def create_database(self, dbname: str) -> str:
        """As `PostgresServer.create_database`."""
        create_owned(self.sql, dbname, self._secret())
        return f"postgresql://{dbname}:{password_of(dbname, self._secret())}@{self.address}/{dbname}"

    def sql(self, statement: str) -> str:
        """Run one statement as superuser, inside the container; what it returns, unaligned. Raises ServiceFailed."""
        assert self._container is not None
        psql = ["psql", "-h", "127.0.0.1", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-U", ADMIN, "-d", "postgres", "-c", statement]
        done = self._container.exec(["env", f"PGPASSWORD={password_of(ADMIN, self._secret())}", *psql])
        text = done.output.decode(errors="replace").strip()
        if done.exit_code != 0:
            raise ServiceFailed(f"postgresql: {text}")
        return text

    def _serves(self) -> bool:
        """Over TCP: while the image prepares its data, a first server listens on a socket alone."""
        try:
            return self.sql("SELECT 1") == "1"
        except ServiceFailed:
            return False

    def _secret(self) -> bytes:
        kept = self._data_dir / "container-secret"
        if not kept.exists():
            self._data_dir.mkdir(parents=True, exist_ok=True)
            kept.touch(0o600)
            kept.write_bytes(secrets.token_bytes(32))
        return kept.read_bytes()


def volume_prefix(data_dir: Path) -> str:
    """First part of the names of the volumes that belong to a data directory."""
    return f"staffetta-{hashlib.sha256(os.fsencode(data_dir.absolute())).hexdigest()[:12]}"


def remove_volumes(data_dir: Path) -> None:
    """Forget what containers kept for this data directory. Nothing where no engine answers."""
    if engine_answers():
        import docker

        for volume in docker.from_env().volumes.list(filters={"name": volume_prefix(data_dir)}):
            volume.remove(force=True)


def _publish(container: DockerContainer, inside: int, outside: int) -> str:
    """Publish a port, on loopback alone where the engine is here; the host that clients connect to."""
    host = container.get_docker_client().host()
    if host in _LOOPBACK:
        # the engine takes an address and a port; the library's `with_bind_ports` knows of ports only, and would open it to everybody
        cast("dict[str, object]", container.ports)[f"{inside}/tcp"] = ("127.0.0.1", outside)
        return "127.0.0.1"
    container.with_bind_ports(inside, outside)
    return host


def _remove(container: DockerContainer | None) -> None:
    if container is not None:
        container.stop()


def _wait(ready: Callable[[], bool], otherwise: str) -> None:
    end = time.monotonic() + _READY_S
    while not ready():
        if time.monotonic() > end:
            raise ServiceFailed(f"{otherwise} after {_READY_S:.0f} s")
        time.sleep(0.2)
