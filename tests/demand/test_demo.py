"""The demo from beginning to end on configured services: played, verified, and its topics gone afterwards."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from confluent_kafka.admin import AdminClient


async def test_a_light_day_is_played_and_verified(kafka: str, postgres_url: str, keystore_url: str, tmp_path: Path) -> None:
    environment = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka, "DATABASE_URL": postgres_url, "KEYSTORE_URL": keystore_url}
    command = (sys.executable, "-m", "ops.demo", "--seed", "2", "--days", "1", "--heaviness", "3", "--keep", str(tmp_path))
    demo = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=environment)
    out, err = await demo.communicate()
    assert demo.returncode == 0, err.decode()[-4000:]
    result = json.loads(out.decode().splitlines()[-1])
    assert result["ok"] is True
    assert result["summary"]["synthetic"] is True
    assert result["verified"]["one_entry_an_event"]["lost"] == 0
    assert result["verified"]["rules"]["breaches"] == 0
    assert result["compared"]["same"]["this policy"]["requests"] == result["summary"]["requests"]
    assert set(result["compared"]["heavier"]) == {"this policy", "thrift first", "first come"}
    assert result["verified"]["as_rehearsed"]["differ"] == 0
    assert result["verified"]["as_rehearsed"]["compared"] == result["verified"]["one_entry_an_event"]["entries"]
    assert (tmp_path / "ledger.avro").exists()
    left = await asyncio.to_thread(AdminClient({"bootstrap.servers": kafka}).list_topics, None, 10)
    assert not [name for name in left.topics if name.startswith("it-demo-")]
