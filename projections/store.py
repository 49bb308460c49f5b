"""Reads and writes one network's views in PostgreSQL. Which rows, is decided by `projections.folding`; here they are sealed, and stored.

Sealing comes first and may wait for the key store; the transaction that follows waits for nobody.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg

from events.acceptance import Position
from events.entry import OpenedEntry
from events.transfer import MatchExplained
from projections import audit, case_file, entries, health, inbox, schema, transfers
from projections.case_file import CaseFile
from projections.errors import PlaceHeldTwice, PositionMoved
from projections.folding import VERSIONED, Batch, Current, Folding
from projections.history import Table
from projections.parts import ALL, Part
from projections.queries import named_queries
from projections.reported import Effects
from reading.key_errors import KeyDestroyed
from reading.keys import Gone
from reading.ledger_reader import AcceptedRecord
from reading.opening import Wanted
from reading.vault import Row, Vault

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]
    Pooled: TypeAlias = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
else:  # generic in their stubs alone
    Connection = asyncpg.Connection
    Pooled = asyncpg.pool.PoolConnectionProxy

HOLDS_AT_MOST = {"idle_in_transaction_session_timeout": "30s"}
"""Settings of a connection that holds the live views for a while: a process that is frozen then, whose own clock stands still, loses them by the server's."""
CASES_FIELD = "view:cases"
"""Field of the seal: what a case's record is bound to, beside its row's key."""

NOT_FOLDED = frozenset({MatchExplained.__name__})
"""Outcomes of which no view keeps anything but that they are there."""

_POSITION = named_queries("position")
_QUERIES: Mapping[str, str] = {
    name: text for view in ("network", "capacity", "case_file", "transfers", "inbox", "health") for name, text in named_queries(view).items()
}


@dataclass(frozen=True, slots=True)
class Stand:
    """Where stored views stand."""

    position: Position | None
    """None: nothing was folded yet."""
    generation: int
    shape: str
    sequence: int
    """-1: nothing was folded yet."""
    hash: bytes

    def at(self, position: Position) -> Stand:
        """The same views after this entry."""
        return Stand(position, self.generation, self.shape, position.sequence, position.hash)


_CASE_COLUMNS = ("key", "sealed_case", "record")
_TRANSFER_COLUMNS = ("key", "case_key", "sealed_case", "opened_day", "closed_day")
_INBOX_COLUMNS = ("key", "project_id", "live", "sealed_case")


@dataclass(slots=True)
class CaseRows:
    """Rows about cases, sealed: columns of what is put, keys of what is removed."""

    files: list[tuple[bytes, bytes, bytes]] = field(default_factory=list)
    transfers: list[tuple[bytes, bytes, bytes, int, int | None]] = field(default_factory=list)
    inbox: list[tuple[bytes, str, bool, bytes]] = field(default_factory=list)
    removed_files: list[bytes] = field(default_factory=list)
    removed_transfers: list[bytes] = field(default_factory=list)
    removed_inbox: list[bytes] = field(default_factory=list)

    def add(self, rows: CaseRows) -> None:
        """Takes rows about other cases too."""
        self.files += rows.files
        self.transfers += rows.transfers
        self.inbox += rows.inbox
        self.removed_files += rows.removed_files
        self.removed_transfers += rows.removed_transfers
        self.removed_inbox += rows.removed_inbox


def case_key(vault: Vault, case_id: str) -> bytes:
    """Key of a case's row in table `cases`."""
    return vault.tag("cases", case_id)


def case_row(case_id: str, key: bytes, content: bytes) -> Row:
    """A case's record, for the vault."""
    return Row(f"case:{case_id}", CASES_FIELD, key.hex(), content)


def id_row(table: str, key: bytes, content: bytes) -> Row:
    """The case's id in a row of `table`, for the vault: under the network's key, bound to the row."""
    return Row("network", f"view:{table}", key.hex(), content)


async def read_stand(connection: Connection | Pooled) -> Stand | None:
    """Where the views in the search path stand; None where the row is missing."""
    found = await connection.fetchrow(_POSITION["read"])
    if found is None:
        return None
    position = (
        Position(
            found["network"],
            found["topic_id"],
            found["ledger_offset"],
            found["sequence"],
            found["hash"],
            found["event_offset"],
            found["event_time_ms"],
        )
        if found["sequence"] >= 0
        else None
    )
    return Stand(position, found["generation"], found["shape"], found["sequence"], found["hash"])


@contextmanager
def held_once(network: str, after_sequence: int, last_sequence: int) -> Iterator[None]:
    """While rows of the entries after one sequence and up to another are written. Raises PlaceHeldTwice where the database finds a place held twice."""
    try:
        yield
    except (asyncpg.UniqueViolationError, asyncpg.CheckViolationError) as violation:
        if violation.constraint_name in ("holds_one_per_place", "holds_within_the_room"):
            raise PlaceHeldTwice(network, after_sequence, last_sequence, violation.constraint_name) from None
        raise


class Store:
    """One network's views in one schema, over one connection. Not for two tasks at once."""

    def __init__(self, connection: Connection, schema_name: str, vault: Vault) -> None:
        self.connection = connection
        self.schema = schema_name
        self.network = vault.network
        self.vault = vault

    async def prepare(self) -> None:
        """Makes the schema where it is missing, and the position row where it is empty."""
        async with self.connection.transaction():
            await self.connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", self.schema)
            if not await schema.exists(self.connection, self.schema):
                await schema.create(self.connection, self.schema, indexes=True)
                await self.begin(1)

    async def begin(self, generation: int) -> None:
        """Writes the position before the genesis. In a transaction whose search path is this schema."""
        await self.connection.execute(_POSITION["begin"], self.network, generation, schema.SHAPE)

    async def stand(self) -> Stand | None:
        """Where the views stand now."""
        async with self.connection.transaction(readonly=True):
            await self.connection.execute(f'set local search_path to "{self.schema}"')
            return await read_stand(self.connection)

    async def load(self, parts: Collection[Part] = ALL) -> tuple[Stand | None, Folding]:
        """Where the views stand, and a folding of these parts with the rows that hold there: one moment of the database."""
        async with self.connection.transaction(isolation="repeatable_read", readonly=True):
            await self.connection.execute(f'set local search_path to "{self.schema}"')
            stand = await read_stand(self.connection)
            versioned = {table.name: await self._current(table) for table in VERSIONED}
            counts = [health.VerdictCount(*row) for row in await self.connection.fetch(_QUERIES["verdict_counts"])]
        return stand, Folding(Current(versioned, {(count.verdict, count.code): count for count in counts}), parts)

    async def load_files(self, cases: Sequence[str]) -> dict[str, CaseFile | None]:
        """The files of these cases; None where there is none, or its key is gone."""
        if not cases:
            return {}
        await self.vault.ready()
        keys = {case_key(self.vault, case): case for case in cases}
        async with self.connection.transaction(readonly=True):
            await self.connection.execute(f'set local search_path to "{self.schema}"')
            found = await self.connection.fetch(_QUERIES["files"], list(keys))
        opened = await self.vault.open_records([case_row(keys[row["key"]], row["key"], row["record"]) for row in found])
        files: dict[str, CaseFile | None] = dict.fromkeys(cases)
        files.update({keys[row["key"]]: case_file.from_bytes(plain) for row, plain in zip(found, opened, strict=True) if plain is not None})
        return files

    async def open(self, records: Sequence[AcceptedRecord], wanted: Wanted) -> list[OpenedEntry | None]:
        """The entries as the folds take them (`Folding.wanted`); None for one that holds nothing for them."""
        return await self.vault.open_wanted([(record.envelope, record.body) for record in records], wanted)

    async def know_cases(self, folding: Folding, effects: Iterable[Effects | None]) -> None:
        """Gives the folding every file that these entries will need."""
        folding.know(await self.load_files(folding.unknown(case_file.cases_of(effects))))

    async def seal(self, files: Mapping[str, tuple[CaseFile | None, CaseFile | None]], projects: Iterable[str]) -> CaseRows:
        """The rows of changed files, sealed. A case whose key is gone is erased, whatever its file says. `projects`: all there ever were."""
        rows = CaseRows()
        if not files:
            return rows
        await self.vault.ready()
        kept = {case: pair for case, pair in files.items() if pair[1] is not None}
        erased = {case for case in files if case not in kept}
        keys = {case: case_key(self.vault, case) for case in kept}
        while True:
            plain = {case: case_row(case, keys[case], case_file.to_bytes(after)) for case, (_, after) in kept.items() if after is not None}
            try:
                sealed = dict(zip(plain, await self.vault.seal_records(list(plain.values())), strict=True))
                break
            except KeyDestroyed as destroyed:
                gone = [list(plain)[index] for index in destroyed.indexes]
                erased.update(gone)
                kept = {case: pair for case, pair in kept.items() if case not in gone}
        everywhere = {inbox.HELPLINE, *projects}
        self.vault.forget(Gone(tuple(erased)))
        for case in sorted(erased):
            rows.removed_files.append(case_key(self.vault, case))
            rows.removed_transfers.append(self.vault.tag("transfers.case", case))
            rows.removed_inbox.extend(self.vault.tag(inbox.VIEW, f"{project}:{case}") for project in sorted(everywhere))
        await self._index(rows, kept, keys, sealed)
        return rows

    async def _index(
        self, rows: CaseRows, kept: Mapping[str, tuple[CaseFile | None, CaseFile | None]], keys: Mapping[str, bytes], sealed: Mapping[str, bytes]
    ) -> None:
        """Adds the rows of kept files: the record, and of the rows by which it is found those that changed."""
        ids: list[Row] = []
        new_transfers: list[tuple[bytes, bytes, int, int | None]] = []
        new_inbox: list[tuple[bytes, str, bool]] = []
        for case, (before, after) in kept.items():
            if after is None:
                continue
            plain_id = uuid.UUID(case).bytes
            owner = self.vault.tag("transfers.case", case)
            ids.append(id_row("cases", keys[case], plain_id))
            days_before = transfers.days_of(before.transfers) if before else {}
            for transfer_id, days in transfers.days_of(after.transfers).items():
                if days_before.get(transfer_id) != days:
                    key = self.vault.tag(transfers.VIEW, transfer_id)
                    new_transfers.append((key, owner, *days))
                    ids.append(id_row(transfers.VIEW, key, plain_id))
            live_before = inbox.projects_of(before.care, before.transfers, before.sequence) if before else {}
            for project, live in inbox.projects_of(after.care, after.transfers, after.sequence).items():
                if live_before.get(project) != live:
                    key = self.vault.tag(inbox.VIEW, f"{project}:{case}")
                    new_inbox.append((key, project, live))
                    ids.append(id_row(inbox.VIEW, key, plain_id))
        sealed_ids = dict(zip([(row.field, row.place) for row in ids], await self.vault.seal_records(ids), strict=True))
        for case, record in sealed.items():
            key = keys[case]
            rows.files.append((key, sealed_ids["view:cases", key.hex()], record))
        rows.transfers.extend(
            (key, owner, sealed_ids[f"view:{transfers.VIEW}", key.hex()], opened, closed) for key, owner, opened, closed in new_transfers
        )
        rows.inbox.extend((key, project, live, sealed_ids[f"view:{inbox.VIEW}", key.hex()]) for key, project, live in new_inbox)

    async def write(self, batch: Batch, rows: CaseRows, stand: Stand) -> Stand:
        """Rows and position in one transaction. Raises PositionMoved where the views are not at `stand` any more, and PlaceHeldTwice."""
        if batch.position is None:
            return stand
        with held_once(self.network, stand.sequence, batch.position.sequence):
            async with self.connection.transaction():
                await self.connection.execute(f'set local search_path to "{self.schema}"')
                moved = await self.advance(batch.position, stand)
                await self.write_rows(batch, rows)
                await self.connection.execute(_POSITION["notify"], schema.channel_of(self.network), str(batch.position.sequence))
        return moved

    async def advance(self, position: Position, stand: Stand) -> Stand:
        """Moves the position. Raises PositionMoved where the views are not at `stand`. In a transaction whose search path is this schema."""
        told = await self.connection.execute(
            _POSITION["advance"],
            position.topic_id, position.offset, position.sequence, position.hash, position.event_offset, position.event_time_ms,
            stand.sequence, stand.hash, stand.generation,
        )  # fmt: skip
        if told != "UPDATE 1":
            raise PositionMoved(self.network, stand.sequence)
        return stand.at(position)

    async def write_rows(self, batch: Batch, rows: CaseRows, *, first_cases: bool = False) -> None:
        """Everything but the position. In a transaction whose search path is this schema. `first_cases`: no row about any case is stored yet."""
        for table, writes in batch.versioned:
            if writes.ended:
                await self.connection.execute(_QUERIES[f"end_{table.name}"], *_columns(writes.ended))
            await self._copy(table.name, table.columns, writes.new)
        await self._copy("entries", entries.COLUMNS, batch.entries)
        await self._copy("audit", audit.COLUMNS, batch.audit)
        await self._put("put_verdicts", batch.verdicts)
        if first_cases:
            await self._copy("cases", _CASE_COLUMNS, rows.files)
            await self._copy("transfers", _TRANSFER_COLUMNS, rows.transfers)
            await self._copy("inbox", _INBOX_COLUMNS, rows.inbox)
        else:
            await self._put_cases(rows)
        if batch.changed:
            await self.connection.execute(_POSITION["changed"], *_columns(sorted(batch.changed.items())))

    async def _put_cases(self, rows: CaseRows) -> None:
        await self._put("put_files", rows.files)
        await self._put("put_transfers", rows.transfers)
        await self._put("put_inbox", rows.inbox)
        for query, keys in (("remove_files", rows.removed_files), ("remove_transfers", rows.removed_transfers), ("remove_inbox", rows.removed_inbox)):
            if keys:
                await self.connection.execute(_QUERIES[query], keys)

    async def _put(self, query: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            await self.connection.execute(_QUERIES[query], *_columns(rows))

    async def _copy(self, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            await self.connection.copy_records_to_table(table, schema_name=self.schema, columns=list(columns), records=rows)

    async def _current(self, table: Table[Any, Any]) -> dict[Any, Any]:
        found = await self.connection.fetch(_QUERIES[f"current_{table.name}"])
        rows = [table.row(*(tuple(value) if isinstance(value, list) else value for value in row)) for row in found]
        return {table.key_of(row): row for row in rows}


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
