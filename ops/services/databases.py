"""Databases that each belong to a role of their own, on any PostgreSQL server whose superuser's statements we can run."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable

ADMIN = "staffetta_admin"
"""The superuser of the servers that we start."""

RunSql = Callable[[str], str]
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}\Z")


def password_of(role: str, secret: bytes) -> str:
    """Derived from the server's one secret, so that nothing else is kept."""
    return hmac.digest(secret, role.encode(), "sha256").hex()


def create_owned(sql: RunSql, dbname: str, secret: bytes) -> None:
    """Make a database, owned by a new role of the same name; nobody else may connect. One that exists stays. Raises ValueError for a bad name."""
    _check_name(dbname)
    if not sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{dbname}'"):
        sql(f"CREATE ROLE {dbname} LOGIN PASSWORD '{password_of(dbname, secret)}'")
    if not sql(f"SELECT 1 FROM pg_database WHERE datname = '{dbname}'"):
        sql(f"CREATE DATABASE {dbname} OWNER {dbname}")
    sql(f"REVOKE ALL ON DATABASE {dbname} FROM PUBLIC")


def drop_owned(sql: RunSql, dbname: str) -> None:
    """Drop a database and its role, whoever is connected. Nothing where there is none."""
    _check_name(dbname)
    sql(f"DROP DATABASE IF EXISTS {dbname} WITH (FORCE)")
    sql(f"DROP ROLE IF EXISTS {dbname}")


def _check_name(dbname: str) -> None:
    if not _NAME.match(dbname):
        raise ValueError(f"a database name is a lower-case identifier of at most 63 characters, not {dbname!r}")
