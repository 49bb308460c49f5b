"""One call for everything the product runs on: what the environment names is used and otherwise left alone; the rest is started.

    KAFKA_BOOTSTRAP_SERVERS     brokers
    DATABASE_URL                database of the views
    KEYSTORE_URL                database of the key store, of another role

What is missing is started in containers where a Docker engine answers, else on this machine; on loopback, with its data under the
directory given, and it ends with this process. While one process runs services in a directory, another can find them (`find_services`)
but not start a second time on the same data.
"""

from __future__ import annotations

import atexit
import fcntl
import json
import os
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal, Protocol, Self

from ops.services.containers import KafkaContainer, PostgresContainer, engine_answers
from ops.services.errors import ServiceFailed
from ops.services.kafka import KafkaCluster
from ops.services.postgres import PostgresServer
from ops.services.process import Child, Identity, identify
from ops.services.say import Say, aloud
from ops.services.throwaway import throwaway_directory

VIEWS_DATABASE = "staffetta_views"
KEYS_DATABASE = "staffetta_keys"


class AlreadyRunning(ServiceFailed):
    """Another process runs services on this data."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(f"The services in {data_dir} are running already; stop them first, or use another directory (STAFFETTA_DATA).")


@dataclass(frozen=True, slots=True)
class Started:
    """One service that we started, for people."""

    what: str
    where: str
    """Address, without a password."""
    data: str
    """Directory or volume."""
    stop: str
    """How to stop it."""


class _Database(Protocol):
    def create_database(self, dbname: str) -> str: ...

    def stop(self) -> None: ...


@dataclass
class Services:
    """Where everything is. Used as a context manager, or stopped by `stop`; what the environment named is never stopped."""

    bootstrap: str
    database_url: str
    keystore_url: str
    started: tuple[Started, ...] = ()
    """Empty where everything was named by the environment, or runs in another process."""
    development: bool = False
    """The brokers are ours: one copy of everything unless three were asked for. Products must be told (STAFFETTA_DEVELOPMENT)."""
    kafka: KafkaCluster | None = None
    """The brokers, where they run on this machine and are ours: to break them on purpose."""
    postgres: PostgresServer | None = None
    _stack: ExitStack = field(default_factory=ExitStack, repr=False)

    def environment(self) -> dict[str, str]:
        """The variables that tell a product process where everything is."""
        named = {"KAFKA_BOOTSTRAP_SERVERS": self.bootstrap, "DATABASE_URL": self.database_url, "KEYSTORE_URL": self.keystore_url}
        return {**named, "STAFFETTA_DEVELOPMENT": "1"} if self.development else named

    def describe(self) -> list[str]:
        """What was started, where, and how to stop it: lines for people."""
        return [f"{each.what} on {each.where}; data in {each.data}; {each.stop}" for each in self.started]

    def stop(self) -> None:
        """Stop what we started. A second time does nothing."""
        atexit.unregister(self.stop)
        self._stack.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def ensure_services(
    data_dir: Path,
    *,
    brokers: int = 1,
    durable: bool = True,
    when_busy: Literal["apart", "refuse"] = "apart",
    environ: Mapping[str, str] | None = None,
    say: Say = aloud,
) -> Services:
    """Brokers and databases, ready. Data of what is started persist under `data_dir`/services.

    `when_busy`: where another process runs services in this directory, start `apart` in a throw-away one, or `refuse` (AlreadyRunning).
    `durable=False`, for tests: PostgreSQL may lose data where the machine crashes, and brokers are made for a short life. Raises ServiceFailed; then nothing is left running.
    """
    environ = os.environ if environ is None else environ
    bootstrap, database, keystore = (environ.get(name, "") for name in ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "KEYSTORE_URL"))
    for name, value in (("KAFKA_BOOTSTRAP_SERVERS", bootstrap), ("DATABASE_URL", database), ("KEYSTORE_URL", keystore)):
        if value:
            say(f"{name} is set: used as it is")
    services = Services(bootstrap, database, keystore)
    if bootstrap and database and keystore:
        return services
    atexit.register(services.stop)
    try:
        directory = _take(services._stack, data_dir / "services", when_busy, say)
        in_containers = engine_answers()
        if not bootstrap:
            _start_kafka(services, directory, brokers, not durable, in_containers, say)
        if not (database and keystore):
            _start_postgres(services, directory, durable, in_containers, say)
        _record(services, directory)
    except BaseException:
        services.stop()
        raise
    for line in services.describe():
        say(line)
    return services


def find_services(data_dir: Path) -> Services | None:
    """The services that another process (or this one) runs in this directory; None where none does. Stopping them does nothing."""
    record = _read_record(data_dir / "services")
    if record is None or identify(record.owner.pid) != record.owner:
        return None
    return Services(record.bootstrap, record.database_url, record.keystore_url, development=record.development)


@dataclass(frozen=True, slots=True)
class _Record:
    """What `services.json` says, readable by its owner only: the addresses carry passwords."""

    owner: Identity
    bootstrap: str
    database_url: str
    keystore_url: str
    development: bool
    processes: tuple[Identity, ...]


def _take(stack: ExitStack, directory: Path, when_busy: Literal["apart", "refuse"], say: Say) -> Path:
    """The directory, held for us alone; what a killed process left running in it is ended first."""
    directory.mkdir(parents=True, exist_ok=True)
    lock = stack.enter_context((directory / "lock").open("a"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if when_busy == "refuse":
            raise AlreadyRunning(directory.parent) from None
        say(f"another process runs services in {directory}: starting apart from it, on throw-away data")
        return stack.enter_context(throwaway_directory())
    left = _read_record(directory)
    for identity in left.processes if left is not None else ():
        Child(identity).kill()
    (directory / "services.json").unlink(missing_ok=True)
    return directory


def _start_kafka(services: Services, directory: Path, brokers: int, short_lived: bool, in_containers: bool, say: Say) -> None:
    services.development = brokers < 3
    if in_containers and brokers == 1:
        container = KafkaContainer(directory, say)
        try:
            container.start()
        except Exception as failure:  # noqa: BLE001 - an engine has a hundred ways to fail, and there is another way
            container.stop()
            say(f"kafka: not in a container ({type(failure).__name__}); trying on this machine")
        else:
            services._stack.callback(container.stop)
            services.bootstrap = container.bootstrap
            services.started += (Started("Apache Kafka, in a container", container.bootstrap, "its volume", _how_to_stop()),)
            return
    cluster = KafkaCluster(directory / "kafka", brokers, short_lived=short_lived, say=say)
    services._stack.callback(cluster.stop)
    cluster.start()
    services.kafka, services.bootstrap = cluster, cluster.bootstrap
    named = "Apache Kafka" if brokers == 1 else f"Apache Kafka ({brokers} brokers)"
    services.started += (Started(named, cluster.bootstrap, str(cluster.data_dir), _how_to_stop()),)


def _start_postgres(services: Services, directory: Path, durable: bool, in_containers: bool, say: Say) -> None:
    if in_containers:
        container = PostgresContainer(directory, say)
        try:
            container.start()
        except Exception as failure:  # noqa: BLE001 - as above
            container.stop()
            say(f"postgresql: not in a container ({type(failure).__name__}); trying on this machine")
        else:
            services._stack.callback(container.stop)
            _make_databases(services, container)
            services.started += (Started("PostgreSQL, in a container", container.address, "its volume", _how_to_stop()),)
            return
    server = PostgresServer(directory / "postgres", durable=durable, say=say)
    services._stack.callback(server.stop)
    server.start()
    services.postgres = server
    _make_databases(services, server)
    services.started += (Started("PostgreSQL", f"127.0.0.1:{server.port}", str(server.home), _how_to_stop()),)


def _make_databases(services: Services, server: _Database) -> None:
    services.database_url = services.database_url or server.create_database(VIEWS_DATABASE)
    services.keystore_url = services.keystore_url or server.create_database(KEYS_DATABASE)


def _how_to_stop() -> str:
    return f"ends with process {os.getpid()} (ctrl-C there, or kill {os.getpid()})"


def _record(services: Services, directory: Path) -> None:
    """Tell other processes, until we stop."""
    owner = identify(os.getpid())
    assert owner is not None
    children = [*(services.kafka.children.values() if services.kafka else ())]
    if services.postgres is not None and services.postgres.child is not None:
        children.append(services.postgres.child)
    record = _Record(
        owner, services.bootstrap, services.database_url, services.keystore_url, services.development, tuple(child.identity for child in children)
    )
    written = directory / "services.json.new"
    written.touch(0o600)
    written.write_text(json.dumps(asdict(record), indent=1))
    written.rename(directory / "services.json")
    services._stack.callback((directory / "services.json").unlink, missing_ok=True)


def _read_record(directory: Path) -> _Record | None:
    """What was recorded; None where nothing was, or it cannot be read."""
    try:
        said = json.loads((directory / "services.json").read_text())
        return _Record(
            Identity(**said["owner"]),
            said["bootstrap"],
            said["database_url"],
            said["keystore_url"],
            said["development"],
            tuple(Identity(**each) for each in said["processes"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
