"""The broker's jars, resolved by Maven from `ops/broker/pom.xml` and kept under that file's checksum.

python3 -m ops.services.jars        resolves them ahead of time; needs nothing that is not in Python's own library
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ops.services.errors import NotInstalled, StartFailed
from ops.services.java import java_of_wheel
from ops.services.say import Say, aloud

POM = Path(__file__).parent.parent / "broker" / "pom.xml"
_DEADLINE_S = 600


def cache_directory() -> Path:
    """Where what is resolved once is kept: beside the pom, ignored by git."""
    return POM.parent / "target"


def kafka_jars(say: Say, cache: Path | None = None) -> Path:
    """The directory with the broker's jars; resolved where it is not there yet, by one process at a time. Raises NotInstalled, StartFailed."""
    kept_in = cache if cache is not None else cache_directory()
    kept_in.mkdir(parents=True, exist_ok=True)
    jars = kept_in / f"kafka-{hashlib.sha256(POM.read_bytes()).hexdigest()[:16]}"
    if jars.is_dir():
        return jars
    with (kept_in / "kafka.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jars.is_dir():
            say("kafka: resolving Apache Kafka's jars with Maven (43 MB the first time)")
            _resolve(jars, kept_in)
    return jars


def _resolve(jars: Path, kept_in: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise NotInstalled("Maven is needed to fetch Kafka's jars once: install it, start a Docker engine, or set KAFKA_BOOTSTRAP_SERVERS.")
    unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=kept_in))
    log = kept_in / "maven.log"
    try:
        with log.open("wb") as output:
            done = subprocess.run(
                [
                    *(maven, "-B", "-q", "-f", str(POM), "dependency:copy-dependencies"),
                    *("-DincludeScope=runtime", f"-DoutputDirectory={unfinished}"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=_DEADLINE_S,
                env=_environment(),
                check=False,
            )
        if done.returncode != 0 or not any(unfinished.glob("kafka_*.jar")):
            raise StartFailed("Maven could not resolve Kafka's jars", log)
        unfinished.chmod(0o755)
        unfinished.rename(jars)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _environment() -> dict[str, str]:
    """Ours, with a Java for Maven where the machine has none but the wheel has."""
    wheel = java_of_wheel()
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ and wheel is not None:
        return {**os.environ, "JAVA_HOME": str(wheel.parent.parent)}
    return dict(os.environ)


if __name__ == "__main__":
    kafka_jars(aloud)
