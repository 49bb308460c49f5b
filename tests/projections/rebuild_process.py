"""A rebuild with a second process as a process of its own, to be killed: `python -m tests.projections.rebuild_process DATABASE KEYSTORE BOOTSTRAP PREFIX RECORDS
[PART]`. Without a part: all of them."""

from __future__ import annotations

import asyncio
import sys

from events.topics import TopicNames
from projections.parts import ALL, Part
from projections.rebuild import rebuild
from projections.runner import Source
from reading.keys_postgres import PostgresKeyStore
from reading.vault import Vault
from tests.projections.runner_process import MASTER


async def run(database_url: str, keystore_url: str, bootstrap: str, prefix: str, max_records: str, *parts: str) -> None:
    async with await PostgresKeyStore.open(keystore_url, "it", MASTER) as keystore:
        keystore.serve()
        source = Source(bootstrap, TopicNames(prefix), "it", 0)
        chosen = frozenset(map(Part, parts)) or ALL
        await rebuild(database_url, Vault("it", keystore), source, parts=chosen, max_records=int(max_records), divided_from=0)


if __name__ == "__main__":
    asyncio.run(run(*sys.argv[1:]))
