"""A PostgreSQL server on this machine, whose databases each belong to a role of their own."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from ops.services.databases import ADMIN, create_owned, drop_owned, password_of
from ops.services.errors import ServiceFailed, StartFailed
from ops.services.ports import answers, free_ports, is_free
from ops.services.postgres_programs import Programs, find_programs, home_of_data, unprivileged_user
from ops.services.process import Child, children_of, identify, spawn
from ops.services.say import Say, quietly

_ATTEMPTS = 3
_READY_S = 120.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    # what a statement carries may speak of a person, and must not reach the log: not the statement, nor the row an error is about
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# `synchronous_commit` stays on: without it a commit is lost when the server alone is killed
_CARELESS = {"fsync": "off", "full_page_writes": "off"}


class PostgresServer:
    """One server, killable and restartable, on a port that stays its own. Loopback only; passwords for every role.

    `data_dir` persists: starting again serves the same databases. As root, data may live elsewhere (`home`), where the
    unprivileged user that runs the server can reach it.

    `durable=False` is for throw-away data: a crash of the machine may lose it; a kill of the server does not.    It dies with this process, however this one ends.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
        say: Say = quietly,
    ) -> None:
        self._user = unprivileged_user()
        self._data_dir = data_dir.absolute()
        self.home = home_of_data(self._data_dir, self._user)
        self.child: Child | None = None
        self._settings = {**_SETTINGS, **({} if durable else _CARELESS), **(settings or {})}
        self._durable = durable
        self._say = say
        self._port = 0
        self._programs: Programs | None = None

    @property
    def port(self) -> int:
        """The loopback port. Known once started."""
        return self._port

    @property
    def log(self) -> Path:
        """What the server wrote."""
        return self.home / "postgres.log"

    def start(self) -> None:
        """Start and wait until it serves. Raises NotInstalled, StartFailed (then nothing is left running)."""
        began = time.monotonic()
        self._programs = find_programs(self._user)
        self._make()
        for attempt in range(1, _ATTEMPTS + 1):
            self._port = self._choose_port()
            self._run()
            try:
                self._wait_until_serves()
            except StartFailed:
                self.stop()
                if attempt == _ATTEMPTS or is_free(self._port):
                    raise
                (self.home / "port").unlink()
                self._say("postgresql: its port was taken meanwhile; starting on another")
            except BaseException:
                self.stop()
                raise
            else:
                self._say(f"postgresql: ready on 127.0.0.1:{self._port} after {time.monotonic() - began:.1f} s")
                return

    def stop(self) -> None:
        """End it in order (fast shutdown); after a grace, by force. Nothing where it does not run."""
        if self.child is not None:
            self.thaw()
            backends = children_of(self.child.pid)
            self.child.stop(signal.SIGINT, 20.0)
            _wait_until_gone(backends)
            self.child = None

    def kill(self) -> None:
        """SIGKILL the server; its backends notice and end. Returns when all are gone."""
        child = self._running()
        backends = children_of(child.pid)
        for pid in backends:
            _signal(pid, signal.SIGCONT)
        child.kill()
        _wait_until_gone(backends)
        self.child = None

    def freeze(self) -> None:
        """Stop the server and every backend where they stand (SIGSTOP)."""
        child = self._running()
        child.send(signal.SIGSTOP)
        for pid in children_of(child.pid):
            _signal(pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        child = self._running()
        for pid in children_of(child.pid):
            _signal(pid, signal.SIGCONT)
        child.send(signal.SIGCONT)

    def restart(self) -> None:
        """Start again on the same port and data, after `kill` or `stop`; one that still runs is stopped first. Raises StartFailed."""
        self.stop()
        self._run()
        self._wait_until_serves()

    def url(self, dbname: str) -> str:
        """Address of a database made by `create_database`, for the role that owns it."""
        return self._url(dbname, dbname)

    def admin_url(self, dbname: str = "postgres") -> str:
        """Address of a database for the server's superuser; for fault tests and people, not for the product."""
        return self._url(ADMIN, dbname)

    def create_database(self, dbname: str) -> str:
        """Make a database, owned by a new role of the same name that nobody else's data is open to; its address. One that exists stays."""
        create_owned(self.sql, dbname, self._secret())
        return self.url(dbname)

    def drop_database(self, dbname: str) -> None:
        """Drop a database and its role, whoever is connected. Nothing where there is none."""
        drop_owned(self.sql, dbname)

    def sql(self, statement: str, dbname: str = "postgres") -> str:
        """Run one statement as superuser; what it returns, unaligned. Raises ServiceFailed with the server's message."""
        assert self._programs is not None
        done = subprocess.run(
            [self._programs.psql, "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self._port), "-U", ADMIN, dbname],
            input=statement,
            capture_output=True,
            text=True,
            timeout=60,
            env={**os.environ, "PGPASSWORD": self._password(ADMIN), "PGCONNECT_TIMEOUT": "5"},
            check=False,
        )
        if done.returncode != 0:
            raise ServiceFailed(f"postgresql: {done.stderr.strip()}")
        return done.stdout.strip()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _running(self) -> Child:
        if self.child is None:
            raise ServiceFailed("postgresql: it does not run")
        return self.child

    def _url(self, role: str, dbname: str) -> str:
        return f"postgresql://{role}:{self._password(role)}@127.0.0.1:{self._port}/{dbname}"

    def _password(self, role: str) -> str:
        return password_of(role, self._secret())

    def _secret(self) -> bytes:
        return (self.home / "secret").read_bytes()

    def _make(self) -> None:
        """The data directory, where there is none yet."""
        self.home.mkdir(parents=True, exist_ok=True)
        data = self.home / "data"
        if self._user is not None:
            self.home.chmod(0o711)
        if self.home != self._data_dir:
            (self.home / "belongs-to").write_text(f"{self._data_dir}\n")
        if (data / "PG_VERSION").exists():
            return
        assert self._programs is not None
        self._say("postgresql: making a data directory")
        secret = self.home / "secret"
        if not secret.exists():
            secret.touch(0o600)
            secret.write_bytes(secrets.token_bytes(32))
        password = self.home / "password"
        password.touch(0o600)
        password.write_text(self._password(ADMIN))
        data.mkdir(mode=0o700, exist_ok=True)
        self.log.touch()
        if self._user is not None:
            for each in (data, password):
                os.chown(each, *self._user)
        command = [
            *(str(self._programs.server / "initdb"), "-D", str(data), "-U", ADMIN, f"--pwfile={password}", "--auth=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C", "--no-instructions", *([] if self._durable else ["--no-sync"])),
        ]
        done = spawn(command, log=self.log, user=self._user, directory=data)
        ended = done.wait(120)
        password.unlink()
        if not ended or not (data / "PG_VERSION").exists():
            done.kill()
            raise StartFailed("postgresql: the data directory could not be made", self.log)

    def _choose_port(self) -> int:
        remembered = self.home / "port"
        port = int(remembered.read_text()) if remembered.exists() else 0
        if not port or not is_free(port):
            port = free_ports(1)[0]
            remembered.write_text(str(port))
        return port

    def _run(self) -> None:
        assert self._programs is not None
        data = self.home / "data"
        settings = {**self._settings, "port": str(self._port)}
        command = [str(self._programs.server / "postgres"), "-D", str(data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.child = spawn(command, log=self.log, user=self._user, directory=data)

    def _wait_until_serves(self) -> None:
        end = time.monotonic() + _READY_S
        while time.monotonic() < end:
            if not self._running().alive():
                raise StartFailed("postgresql: it ended while starting", self.log)
            if answers(self._port) and self._serves():
                return
            time.sleep(0.05)
        raise StartFailed(f"postgresql: it does not serve after {_READY_S:.0f} s", self.log)

    def _serves(self) -> bool:
        try:
            return self.sql("SELECT 1") == "1"
        except (ServiceFailed, subprocess.TimeoutExpired):
            return False


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _wait_until_gone(pids: list[int], timeout_s: float = 10.0) -> None:
    """Until none of these processes runs: a new server refuses the data while an old backend holds its shared memory."""
    end = time.monotonic() + timeout_s
    while any(identify(pid) is not None for pid in pids) and time.monotonic() < end:
        time.sleep(0.02)
