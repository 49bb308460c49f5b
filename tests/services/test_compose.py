"""The containers run the same: versions agree with the local services, every setting is one the product knows, roles are shut from each other."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from coordinator.settings import Settings, variable_of
from ops.services.containers import KAFKA_IMAGE, POSTGRES_IMAGE
from ops.services.jars import POM
from ops.services.postgres import PostgresServer
from ops.services.postgres_programs import find_programs, unprivileged_user

ROOT = Path(__file__).parent.parent.parent
COMPOSE = (ROOT / "docker-compose.kafka.yml").read_text()


def test_one_version_of_kafka_and_one_of_postgresql() -> None:
    version = re.search(r"<artifactId>kafka_2.13</artifactId>\s*<version>([^<]+)</version>", POM.read_text())
    assert version is not None
    assert f"apache/kafka:{version.group(1)}" == KAFKA_IMAGE
    assert set(re.findall(r"image: (apache/kafka:\S+)", COMPOSE)) == {KAFKA_IMAGE}
    assert set(re.findall(r"image: (postgres:\S+)", COMPOSE)) == {POSTGRES_IMAGE}


def test_every_setting_is_known() -> None:
    known = {variable_of(field) for field in Settings.model_fields}
    text = COMPOSE + (ROOT / "Dockerfile").read_text()
    assert set(re.findall(r"\bSTAFFETTA_[A-Z_]+", text)) <= known
    assert {"KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "KEYSTORE_URL"} <= known & set(re.findall(r"^\s+([A-Z_]+):", COMPOSE, re.MULTILINE))


def test_what_the_product_imports_is_in_its_image() -> None:
    copied = set(re.findall(r"^COPY (\w+) ", (ROOT / "Dockerfile").read_text(), re.MULTILINE))
    packages = re.search(r"^packages = \[(.*)\]$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert packages is not None
    assert copied == {name.strip().strip('"') for name in packages.group(1).split(",")}


@pytest.mark.edge
async def test_roles_are_shut_from_each_other(postgres: PostgresServer) -> None:
    """The script that the PostgreSQL image runs once, run on a real server."""
    admin = urlsplit(postgres.admin_url())
    environment = {
        "POSTGRES_USER": str(admin.username),
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgres.port),
        "PGPASSWORD": str(admin.password),
        "VIEWS_PASSWORD": "it's views",
        "KEYS_PASSWORD": "keys",
        "PATH": f"{find_programs(unprivileged_user()).psql.parent}:{os.environ['PATH']}",
    }
    await asyncio.to_thread(_make_roles, environment)
    try:
        views = await asyncpg.connect(host="127.0.0.1", port=postgres.port, user="staffetta_views", password="it's views", database="staffetta_views")
        assert await views.fetchval("SELECT current_database()") == "staffetta_views"
        await views.close()
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(host="127.0.0.1", port=postgres.port, user="staffetta_views", password="it's views", database="staffetta_keys")
    finally:
        postgres.drop_database("staffetta_views")
        postgres.drop_database("staffetta_keys")


def _make_roles(environment: dict[str, str]) -> None:
    subprocess.run(["sh", ROOT / "ops/compose/roles.sh"], env=environment, check=True, capture_output=True)
