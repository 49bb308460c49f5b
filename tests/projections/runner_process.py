"""A view runner as a process of its own, to be killed: `python -m tests.projections.runner_process DATABASE KEYSTORE BOOTSTRAP PREFIX RECORDS`."""

from __future__ import annotations

import asyncio
import sys

from events.topics import TopicNames
from projections.runner import Source, ViewRunner
from reading.keys_postgres import PostgresKeyStore
from reading.master_key import MasterKey
from reading.vault import Vault

MASTER = MasterKey(bytes(range(64)))


async def run(database_url: str, keystore_url: str, bootstrap: str, prefix: str, max_records: str) -> None:
    async with await PostgresKeyStore.open(keystore_url, "it", MASTER) as keystore:
        keystore.serve()
        source = Source(bootstrap, TopicNames(prefix), "it", 0)
        await ViewRunner(database_url, Vault("it", keystore), source, max_records=int(max_records)).run()


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:6]))
