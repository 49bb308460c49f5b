"""Apache Avro's own library, in one Java process that answers a line for a line (`Interop.java`), and its command-line tools."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from ops.services.jars import cache_directory

POM = Path(__file__).parents[2] / "ops" / "interop" / "pom.xml"
PROGRAM = Path(__file__).with_name("Interop.java")
_DEADLINE_S = 600


def avro_tools() -> Path:
    """The jar, resolved by Maven where it is not there yet, by one process at a time."""
    cache = cache_directory()
    cache.mkdir(parents=True, exist_ok=True)
    jars = cache / f"interop-{hashlib.sha256(POM.read_bytes()).hexdigest()[:16]}"
    with (cache / "interop.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not jars.is_dir():
            unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=cache))
            try:
                command = ("mvn", "-B", "-q", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={unfinished}")
                subprocess.run(command, check=True, timeout=_DEADLINE_S, stdin=subprocess.DEVNULL)
                unfinished.rename(jars)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
    (jar,) = jars.glob("avro-tools-*.jar")
    return jar


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    return str(Path(home) / "bin" / "java") if home else "java"


def run_tool(*arguments: str) -> str:
    """Standard output of `avro-tools <arguments>`."""
    command = [_java(), "-jar", str(avro_tools()), *arguments]
    return subprocess.run(command, check=True, capture_output=True, timeout=_DEADLINE_S, stdin=subprocess.DEVNULL).stdout.decode()


class Interop:
    """The running program."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, commands: Sequence[Sequence[str]]) -> list[list[str]]:
        """The answer to each command, its fields parted. Commands go out in parts small enough never to fill both pipes."""
        assert self._process.stdin is not None and self._process.stdout is not None
        answers = []
        for command in commands:
            self._process.stdin.write("\t".join(command) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
            assert answer, "the Java program has ended"
            answers.append(answer.rstrip("\n").split("\t"))
        return answers


@contextmanager
def interop() -> Iterator[Interop]:
    """The program, compiled as it starts, for as long as the block runs."""
    command = [_java(), "-Xmx256m", "-cp", str(avro_tools()), str(PROGRAM)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8") as process:
        try:
            yield Interop(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=30)
