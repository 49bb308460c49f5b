"""One Kafka process: its settings, its Java command, its log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

_LOG4J = """\
rootLogger.level = WARN
rootLogger.appenderRef.file.ref = file
appender.file.type = RollingFile
appender.file.name = file
appender.file.fileName = {directory}/broker.log
appender.file.filePattern = {directory}/broker.%i.log
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d{{yyyy-MM-dd HH:mm:ss.SSS}} %p %c{{1}} %m%n
appender.file.policies.type = SizeBasedTriggeringPolicy
appender.file.policies.size = 10MB
appender.file.strategy.type = DefaultRolloverStrategy
appender.file.strategy.max = 3
"""


@dataclass(frozen=True, slots=True)
class Node:
    """A combined broker and controller. `node_id` counts from 1; both ports are loopback ports."""

    node_id: int
    port: int
    controller_port: int
    directory: Path

    @property
    def address(self) -> str:
        """`host:port` for clients."""
        return f"127.0.0.1:{self.port}"

    @property
    def properties(self) -> Path:
        """The settings file."""
        return self.directory / "server.properties"

    @property
    def console(self) -> Path:
        """What the process wrote to its standard output and error."""
        return self.directory / "console.log"

    @property
    def log(self) -> Path:
        """The broker's own log, warnings and worse."""
        return self.directory / "broker.log"


def write_settings(node: Node, nodes: Sequence[Node], more: Mapping[str, str]) -> None:
    """Write the node's `server.properties` and logging settings. `more` wins over what stands here."""
    copies = min(3, len(nodes))
    settings = {
        "process.roles": "broker,controller",
        "node.id": str(node.node_id),
        "controller.quorum.voters": ",".join(f"{each.node_id}@127.0.0.1:{each.controller_port}" for each in nodes),
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://{node.address},CONTROLLER://127.0.0.1:{node.controller_port}",
        "advertised.listeners": f"PLAINTEXT://{node.address}",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
        "log.dirs": str(node.directory / "data"),
        "auto.create.topics.enable": "false",
        "default.replication.factor": str(copies),
        "min.insync.replicas": str(max(1, copies - 1)),
        "offsets.topic.num.partitions": "5",
        "offsets.topic.replication.factor": str(copies),
        "transaction.state.log.num.partitions": "5",
        "transaction.state.log.replication.factor": str(copies),
        "transaction.state.log.min.isr": str(max(1, copies - 1)),
        "group.initial.rebalance.delay.ms": "0",
        "group.min.session.timeout.ms": "1000",
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
        "num.network.threads": "2",
        "num.io.threads": "4",
        "background.threads": "2",
        **more,
    }
    node.directory.mkdir(parents=True, exist_ok=True)
    node.properties.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    (node.directory / "log4j2.properties").write_text(_LOG4J.format(directory=node.directory))


@dataclass(frozen=True, slots=True)
class Runtime:
    """What runs a broker."""

    java: Path
    jars: Path
    archive: Path | None = None
    """Its classes, as `ops.services.class_data` kept them; None: it loads them itself."""
    short_lived: bool = False
    """Compiled quickly rather than well, which halves the work of the first minute."""

    def command(self, node: Node, heap_mb: int, main: Sequence[str], options: Sequence[str] = ()) -> list[str]:
        """The command that runs a class of the broker's jars with the node's logging."""
        kept = [f"-XX:SharedArchiveFile={self.archive}", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"] if self.archive is not None else []
        quickly = ["-XX:TieredStopAtLevel=1"] if self.short_lived else []
        machine = [str(self.java), f"-Xmx{heap_mb}m", "-XX:+UseSerialGC", "-Xshare:auto", *kept, *quickly, *options, "-Djava.awt.headless=true"]
        return [*machine, f"-Dlog4j2.configurationFile={node.directory / 'log4j2.properties'}", "-cp", f"{self.jars}/*", *main]


def format_command(runtime: Runtime, node: Node, cluster_id: str) -> list[str]:
    """The command that makes an empty log directory the node's; one already formatted for this cluster stays as it is."""
    tool = ("kafka.tools.StorageTool", "format", "--ignore-formatted", "--cluster-id", cluster_id, "--config", str(node.properties))
    return replace(runtime, short_lived=True).command(node, 128, tool)


def run_command(runtime: Runtime, node: Node, heap_mb: int, options: Sequence[str] = ()) -> list[str]:
    """The command that is the broker."""
    return runtime.command(node, heap_mb, ("kafka.Kafka", str(node.properties)), ("-XX:+ExitOnOutOfMemoryError", *options))
