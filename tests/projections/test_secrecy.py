"""What a thief of the database finds: no plaintext anywhere, and nothing clear that joins one case's rows."""

from __future__ import annotations

import asyncio
import uuid
from itertools import combinations
from pathlib import Path

import asyncpg

from events.topics import TopicNames
from events.transfer import PlaceHeld
from ops.services.postgres import PostgresServer
from ops.services.postgres_programs import find_programs
from projections.rebuild import rebuild
from projections.runner import Source
from projections.schema import schema_of
from reading.keys_memory import MemoryKeyStore
from reading.vault import Vault
from tests.projections.stored import run_until
from tests.projections.story import CANARY, Story
from tests.projections.written import published, written


def hidden(text: str) -> list[bytes]:
    """The forms in which a text could stand somewhere."""
    plain = text.encode()
    forms = [plain, plain.hex().encode(), text.encode("utf-16-le")]
    try:
        forms += [uuid.UUID(text).bytes, uuid.UUID(text).hex.encode()]
    except ValueError:
        pass
    return forms


async def test_nothing_plain_is_in_tables_files_write_ahead_log_or_dumps(
    kafka: str, topic_names: TopicNames, postgres_url: str, postgres: PostgresServer, tmp_path: Path
) -> None:
    vault = Vault("it", MemoryKeyStore("it"))
    told = list(Story(21, erasures=0.02).tell(500))
    values = await written(vault, told)
    await published(kafka, topic_names, 0, values)
    source = Source(kafka, topic_names, "it", 0)
    await run_until(postgres_url, vault, source, len(values) - 1)
    await rebuild(postgres_url, vault, source)

    facts = [fact for one in told for fact in (one.event, *one.outcomes)]
    secret = {CANARY} | {
        getattr(fact, name) for fact in facts for name in ("case_id", "transfer_id", "proposal_id") if getattr(fact, name, None) is not None
    }
    assert len(secret) > 20
    forms = {form: text for text in secret for form in hidden(text)}

    dumped = tmp_path / "dump.sql"
    dumping = await asyncio.create_subprocess_exec(str(find_programs(None).psql.parent / "pg_dump"), "--file", str(dumped), postgres_url)
    assert await dumping.wait() == 0
    postgres.sql("checkpoint")
    searched = 0
    for path in [dumped, *(path for path in postgres.home.rglob("*") if path.is_file())]:
        try:
            content = path.read_bytes()
        except FileNotFoundError:  # the server recycles its own files while it runs
            continue
        searched += len(content)
        for form, text in forms.items():
            assert form not in content, f"{path.name} holds {'a private text' if text == CANARY else 'an id'} in clear"
    assert any("pg_wal" in str(path) for path in postgres.home.rglob("*"))
    # the search can find: what is clear in the ledger is there
    hold = next(fact.hold_id for fact in facts if isinstance(fact, PlaceHeld))
    assert hold.encode() in dumped.read_bytes()
    assert searched > 1_000_000


async def test_nothing_clear_joins_the_rows_of_one_case(kafka: str, topic_names: TopicNames, postgres_url: str) -> None:
    vault = Vault("it", MemoryKeyStore("it"))
    values = await written(vault, Story(22, erasures=0.0).tell(500))
    await published(kafka, topic_names, 0, values)
    await run_until(postgres_url, vault, Source(kafka, topic_names, "it", 0), len(values) - 1)
    connection = await asyncpg.connect(postgres_url)
    try:
        schema = schema_of("it")
        columns = {
            table: [
                row[0]
                for row in await connection.fetch(
                    "select column_name from information_schema.columns where table_schema = $1 and table_name = $2", schema, table
                )
            ]
            for table in ("cases", "transfers", "inbox")
        }
        for table, names in columns.items():
            assert not any("sequence" in name or "offset" in name for name in names), f"{table} says which entries are about a case"
        seen: dict[str, set[bytes]] = {}
        for table, names in columns.items():
            for name in names:
                found = [row[0] for row in await connection.fetch(f'select {name} from "{schema}".{table}')]
                if found and isinstance(found[0], bytes):
                    seen[f"{table}.{name}"] = set(found)
                    assert len(set(found)) == len(found) or name == "case_key", f"{table}.{name} joins rows"
        for one, other in combinations(seen, 2):
            assert not seen[one] & seen[other], f"{one} joins {other}"
        assert len(seen) >= 7
        raw = set().union(*seen.values())
        assert not any(value in stored for value in raw for stored in values), "a key of a row stands in the ledger"
    finally:
        await connection.close()
