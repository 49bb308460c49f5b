"""A canary in every sealed field of every kind of fact: found in no record, in no dump of the key store, in none of its files, in no message."""

from __future__ import annotations

import logging
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from events.codec import encode_body, split
from events.entry import Decided
from events.envelope import Envelope, seal_envelope
from events.facts import EVENT_TYPES, OUTCOME_TYPES, Outcome
from events.subjects import subjects_of
from events.verdict import Recorded
from ops.services.postgres import PostgresServer
from ops.services.postgres_programs import find_programs
from reading.key_errors import KeyDestroyed
from reading.keys_postgres import PostgresKeyStore
from reading.keys_schema import migrate
from reading.master_key import MasterKey
from reading.vault import Vault

from .facts import Canaries


def forms_of(text: str) -> Iterator[bytes]:
    """As it is, as an id without its hyphens, as hexadecimal digits (how a dump shows bytes), as UTF-16."""
    for each in {text, text.replace("-", "")}:
        yield each.encode()
        yield each.encode().hex().encode()
        yield each.encode("utf-16-le")


def forms_of_number(number: int) -> Iterator[bytes]:
    """In decimal, in bytes of either order, as Avro writes it (zigzag, seven bits a byte)."""
    yield str(number).encode()
    yield number.to_bytes(8, "big")
    yield number.to_bytes(8, "little")
    zigzag, out = number << 1, bytearray()
    while zigzag > 0x7F:
        out.append(zigzag & 0x7F | 0x80)
        zigzag >>= 7
    yield bytes([*out, zigzag])


TEXT_STEMS = ("canary0", "-0000-0000cafe", "000000000000cafe")
NUMBER_STEM = 0x5A5A_0000_5A5A
STEMS = (
    *(form for stem in TEXT_STEMS for form in (stem.encode(), stem.encode().hex().encode(), stem.encode("utf-16-le"))),
    b"651051621283",  # decimal
    bytes.fromhex("d0a58b8080dab401"),  # as Avro writes it
    NUMBER_STEM.to_bytes(6, "big"),
    NUMBER_STEM.to_bytes(6, "little"),
)
"""What every canary begins or ends with, in every form: quick to look for in large files."""


@pytest.fixture
async def store(keystore_url: str) -> PostgresKeyStore:
    await migrate(keystore_url)
    opened = await PostgresKeyStore.open(keystore_url, "it", MasterKey(bytes(range(64))))
    opened.serve()
    return opened


async def test_no_canary_is_found(store: PostgresKeyStore, keystore_url: str, postgres: PostgresServer, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret: list[bytes] = []
    clear: list[bytes] = []
    written = bytearray()
    vault = Vault("it", store)
    canaries = Canaries()
    for sequence, kind in enumerate([*EVENT_TYPES, *OUTCOME_TYPES], start=1):
        fact = canaries.fact(kind)
        fields = split(fact)[0]
        for name, texts in canaries.texts.items():
            (clear if name in fields else secret).extend(form for text in texts for form in forms_of(text))
        for name, numbers in canaries.numbers.items():
            (clear if name in fields else secret).extend(form for number in numbers for form in forms_of_number(number))
        await store.keys(subjects_of(fact), create=True)
        event = (await vault.seal_events([fact]))[0] if isinstance(fact, EVENT_TYPES) else b""
        outcomes: tuple[Outcome, ...] = (fact,) if isinstance(fact, OUTCOME_TYPES) else (Recorded(),)
        (datums,) = await vault.seal_outcomes([(sequence, outcomes)])
        written += seal_envelope(Envelope("it", sequence, bytes(32), sequence, 0, encode_body(Decided(event, datums, None, None))))
        for subject in subjects_of(fact):
            written += await vault.seal_record(subject, "state", "row", canaries.texts[next(iter(canaries.texts))][0].encode())
        gone = [subject for subject in subjects_of(fact) if subject != "network"]
        await store.destroy(gone[:1], through=None)
        if gone and isinstance(fact, EVENT_TYPES):
            with pytest.raises(KeyDestroyed) as refused:
                await vault.seal_events([fact])
            written += repr(refused.value).encode()
    assert len(secret) > 500, "the builder builds something"
    assert [form for form in secret if not any(stem in form for stem in STEMS)] == []
    assert sum(form in written for form in clear) > 50, "the search finds what is in clear"
    assert [form for form in secret if form in written] == []

    dump = dumped(keystore_url)
    assert b"wrapped" in dump
    assert found(dump) == []
    postgres.sql("checkpoint")
    for file in files_below(postgres.home):
        with suppress(FileNotFoundError):  # the server recycles its own files while it runs
            assert found(file.read_bytes()) == [], file.name
    assert found(caplog.text.encode()) == []
    await store.close()


def found(content: bytes) -> list[bytes]:
    return [stem for stem in STEMS if stem in content]


def dumped(url: str) -> bytes:
    """What pg_dump says of a database."""
    pg_dump = find_programs(None).server / "pg_dump"
    parts = urlsplit(url)
    done = subprocess.run(
        [pg_dump, "--no-password", url], capture_output=True, timeout=60, check=True, env={**os.environ, "PGPASSWORD": parts.password or ""}
    )
    return done.stdout


def files_below(home: Path) -> Iterator[Path]:
    """Tables, indexes, write-ahead log and the server's own log."""
    return (path for path in home.rglob("*") if path.is_file())
