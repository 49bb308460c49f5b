"""Apache Kafka itself on this machine: one broker, or three for faults, each a combined broker and controller (KRaft)."""

from __future__ import annotations

import base64
import logging
import signal
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from ops.services.broker import Node, Runtime, format_command, run_command, write_settings
from ops.services.class_data import find_runtime
from ops.services.errors import StartFailed
from ops.services.ports import answers, free_ports, is_free
from ops.services.process import Child, spawn
from ops.services.say import Say, quietly

_ATTEMPTS = 3
_READY_S = 120.0
_GRACE_S = 8.0
_SILENT = logging.getLogger("staffetta.services.silent")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


class KafkaCluster:
    """Brokers that can be killed, frozen and restarted one by one, on ports that stay theirs.

    `data_dir` holds everything, and persists: starting again on the same directory serves the same topics. Brokers are named by index
    (0 to brokers - 1). Not for use from two threads at once.

    They die with this process, however it ends. `short_lived`: for tests; the first minute costs half the work, later ones more.
    """

    def __init__(
        self,
        data_dir: Path,
        brokers: int = 1,
        *,
        heap_mb: int = 384,
        settings: Mapping[str, str] | None = None,
        short_lived: bool = False,
        say: Say = quietly,
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.brokers = brokers
        self.children: dict[int, Child] = {}
        self._heap_mb = heap_mb
        self._settings = dict(settings or {})
        self._short_lived = short_lived
        self._say = say
        self._nodes: list[Node] = []
        self._runtime: Runtime | None = None

    @property
    def bootstrap(self) -> str:
        """Addresses of all brokers, for `bootstrap.servers`. Known once started."""
        return ",".join(node.address for node in self._nodes)

    def address(self, index: int) -> str:
        """`host:port` of one broker."""
        return self._nodes[index].address

    def start(self) -> None:
        """Start every broker and wait until all serve. Raises NotInstalled, StartFailed (then nothing is left running)."""
        began = time.monotonic()
        self._say(f"kafka: starting {self.brokers} broker{'s' if self.brokers > 1 else ''}")
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self._runtime = find_runtime(self._say, short_lived=self._short_lived)
        for attempt in range(1, _ATTEMPTS + 1):
            self._nodes = self._lay_out()
            try:
                self._format()
                for index in range(self.brokers):
                    self._run(index)
                self._wait_until_all_serve()
            except StartFailed:
                self.stop()
                if attempt == _ATTEMPTS or not self._lost_a_port():
                    raise
                self._forget_ports()
                self._say("kafka: a port was taken meanwhile; starting on others")
            except BaseException:
                self.stop()
                raise
            else:
                self._say(f"kafka: ready on {self.bootstrap} after {time.monotonic() - began:.1f} s")
                return

    def stop(self) -> None:
        """End every broker that runs, in order; after a grace, by force."""
        for child in self.children.values():
            child.send(signal.SIGCONT)
            child.send(signal.SIGTERM)
        end = time.monotonic() + _GRACE_S
        for child in self.children.values():
            if not child.wait(max(0.0, end - time.monotonic())):
                child.kill()
        self.children.clear()

    def kill(self, index: int) -> None:
        """SIGKILL one broker and wait until it is gone."""
        self.children.pop(index).kill()

    def freeze(self, index: int) -> None:
        """Stop one broker where it stands (SIGSTOP): its connections stay open and nobody answers."""
        self.children[index].send(signal.SIGSTOP)

    def thaw(self, index: int) -> None:
        """Let a frozen broker go on."""
        self.children[index].send(signal.SIGCONT)

    def restart(self, index: int, *, wait: bool = True) -> None:
        """Start one broker again on its port and data, after `kill` or `shut`; one that still runs is killed first. Raises StartFailed."""
        if index in self.children:
            self.kill(index)
        self._run(index)
        if wait:
            self._wait_until_serves(index)

    def shut(self, index: int) -> None:
        """End one broker in order (SIGTERM), so that its leaderships move first."""
        self.children.pop(index).stop(signal.SIGTERM, _GRACE_S)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _lay_out(self) -> list[Node]:
        """The nodes on their remembered ports, or on new ones where there are none or another process has them; settings are written."""
        remembered = self.data_dir / "ports"
        ports = [int(port) for port in remembered.read_text().split()] if remembered.exists() else []
        if len(ports) != 2 * self.brokers or not all(is_free(port) for port in ports):
            ports = free_ports(2 * self.brokers)
            remembered.write_text(" ".join(map(str, ports)))
        nodes = [Node(number + 1, ports[2 * number], ports[2 * number + 1], self.data_dir / f"broker-{number}") for number in range(self.brokers)]
        for node in nodes:
            write_settings(node, nodes, self._settings)
        return nodes

    def _forget_ports(self) -> None:
        (self.data_dir / "ports").unlink(missing_ok=True)

    def _lost_a_port(self) -> bool:
        return any(
            "Address already in use" in file.read_text(errors="replace") for node in self._nodes for file in (node.console, node.log) if file.exists()
        )

    def _format(self) -> None:
        """Give each new log directory its place in the cluster."""
        assert self._runtime is not None
        named = self.data_dir / "cluster.id"
        if not named.exists():
            named.write_text(_new_cluster_id())
        new = [node for node in self._nodes if not _formatted(node).exists()]
        formatting = [spawn(format_command(self._runtime, node, named.read_text()), log=node.console, directory=node.directory) for node in new]
        for node, child in zip(new, formatting, strict=True):
            if not child.wait(_READY_S) or not _formatted(node).exists():
                raise StartFailed("kafka: the data directory could not be formatted", node.console)

    def _run(self, index: int) -> None:
        assert self._runtime is not None
        node = self._nodes[index]
        self.children[index] = spawn(run_command(self._runtime, node, self._heap_mb), log=node.console, directory=node.directory)

    def _wait_until_serves(self, index: int) -> None:
        """Until this broker accepts clients and the controller counts it among the live ones."""
        node = self._nodes[index]
        end = time.monotonic() + _READY_S
        while time.monotonic() < end:
            if not self.children[index].alive():
                raise StartFailed(f"kafka: broker {index} ended while starting", node.log if _has_text(node.log) else node.console)
            if answers(node.port) and node.node_id in live_brokers(node.address):
                return
            time.sleep(0.1)
        raise StartFailed(f"kafka: broker {index} does not serve after {_READY_S:.0f} s", node.log)

    def _wait_until_all_serve(self) -> None:
        for index in range(self.brokers):
            self._wait_until_serves(index)
        end = time.monotonic() + _READY_S
        everyone = {node.node_id for node in self._nodes}
        while any(live_brokers(node.address) != everyone for node in self._nodes):
            if time.monotonic() > end:
                raise StartFailed("kafka: the brokers do not see each other", self._nodes[0].log)
            time.sleep(0.1)


def _formatted(node: Node) -> Path:
    return node.directory / "data" / "meta.properties"


def _new_cluster_id() -> str:
    """A random id in Kafka's form: 16 bytes, URL-safe base64. A leading dash would be taken for an option."""
    while (text := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        pass
    return text


def _has_text(log: Path) -> bool:
    return log.exists() and log.stat().st_size > 0


def live_brokers(address: str) -> set[int]:
    """Ids of the brokers that serve, as the one at this address knows; empty where it does not answer."""
    admin = AdminClient({"bootstrap.servers": address, "socket.timeout.ms": "2000", "log_level": 0}, logger=_SILENT)
    try:
        return {broker.id for broker in admin.describe_cluster(request_timeout=2).result().nodes}
    except KafkaException:
        return set()
