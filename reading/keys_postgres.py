"""The key store on PostgreSQL: a database and a role of its own; keys wrapped by a master key that is not in it.

Destroying a key sets its wrapped bytes to null and deletes its references. Bytes of dead rows stay in the data files until a vacuum (set to follow
soon), in the write-ahead log until it is recycled, and in backups for their term. All of these hold the key wrapped only: whoever has one of them and the
master key as well can unwrap it. So backups of this database have a short term of their own and never lie beside the master key.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from types import TracebackType
from typing import Self
from weakref import WeakValueDictionary

import asyncpg

from events.acceptance import Position
from events.seal import SEAL_KEY_BYTES, SECRET_BYTES
from events.subjects import is_explanation
from reading.key_connections import KeyConnections
from reading.key_errors import KeyStoreBehind, KeyStoreError
from reading.keys import FIRST_VERSION, Key, new_key, owner_of
from reading.keys_schema import load_queries
from reading.master_key import MasterKey
from reading.waiting import until_reachable

_QUERIES = load_queries()
_PEPPER_BYTES = 32
_DECIDED_WITHIN_MS = 3_600_000
"""What was reported by the time of an entry is decided by the time that the ledger has come so much further, whatever the brokers' clocks differ by."""
_UNWRAPPED_AT_ONCE = 500
"""Keys after which other tasks of the process get a turn."""


class PostgresKeyStore:
    """Keys of one network. Use `open`; close it, or use it as an asynchronous context.

    It does not serve until `reading.erasure.bring_up_to_ledger` says so: nobody can tell a restored store from one that is up to date by looking at it.
    Every connection is asked, when it is new, once a minute, and before something is destroyed, how far destruction has been applied; if that has gone back,
    the database was restored beneath this process: the store serves no longer, and its operations raise KeyStoreBehind.
    """

    def __init__(self, url: str, network: str, master: MasterKey) -> None:
        self.network = network
        self.round_trips = 0
        """Statements sent so far, for tests and measurements."""
        self._master = master
        self._connections = KeyConnections(url, self._prove_connection)
        self._unwrapped: WeakValueDictionary[tuple[bytes, int, bytes], Key] = WeakValueDictionary()
        """By tag, version and wrapped bytes: keys that somebody in this process still holds, which is not this store. A row of theirs is not unwrapped anew."""
        self._pepper = b""
        self._through: Position | None = None
        self._serving = False

    @classmethod
    async def open(cls, url: str, network: str, master: MasterKey) -> Self:
        """A store for `network` in the database at `url` (schema brought up by `keys_schema.migrate`). Waits until it is reachable.

        Raises MasterKeyWrong where another master key wrapped it, KeyStoreError where its schema is older than this release.
        """
        store = cls(url, network, master)
        try:
            await until_reachable(store._found)
        except BaseException:
            await store.close()
            raise
        return store

    async def close(self) -> None:
        """Give the connections back. Whoever still waits in an operation gets an error."""
        self._connections.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    @property
    def serving(self) -> bool:
        """See `KeyStore.serving`."""
        return self._serving

    def serve(self) -> None:
        """See `KeyStore.serve`."""
        self._serving = True

    async def keys(self, subjects: Collection[str], *, create: bool) -> Mapping[str, Key]:
        """See `KeyStore.keys`. One round trip; two where keys are created, three where somebody else creates one of them at the same moment."""
        tags = {self._tag(subject): subject for subject in subjects}
        found = await self._living("keys", self.network, list(tags))
        missing = [subject for tag, subject in tags.items() if subject not in found]
        if create and missing:
            found |= await self._create(missing)
        return found

    async def _create(self, subjects: Sequence[str]) -> dict[str, Key]:
        """New keys of subjects that had none; a rival's where one was faster. Without one: destroyed."""
        offered = {self._tag(subject): new_key(subject) for subject in subjects}
        rows = await self._fetch("create_keys", self.network, FIRST_VERSION, list(offered), [self._wrap(key) for key in offered.values()])
        created = {key.subject: key for key in (offered[row["subject_tag"]] for row in rows)}
        others = [tag for tag, key in offered.items() if key.subject not in created]
        return created | await self._living("keys", self.network, others) if others else created

    async def register(self, refs: Mapping[bytes, tuple[str, int]], new: Collection[Key] = ()) -> frozenset[str]:
        """See `KeyStore.register`. One round trip.

        A repetition after the database went away finds the keys that the first attempt may have stored, and says that they were there already.
        """
        if not refs and not new:
            return frozenset()
        wanted = [*refs.values(), *((key.subject, key.version) for key in new)]
        tags = {subject: self._tag(subject) for subject, _ in wanted}
        rows = await self._fetch(
            "register_refs", self.network, list(refs), [tags[subject] for subject, _ in refs.values()], [version for _, version in refs.values()],
            [tags[key.subject] for key in new], [self._wrap(key) for key in new], FIRST_VERSION,
            [None if (owner := owner_of(key.subject)) is None else self._tag(owner) for key in new],
        )  # fmt: skip
        living = {(row["subject_tag"], row["version"]) for row in rows}
        return frozenset(subject for subject, version in wanted if (tags[subject], version) not in living)

    async def resolve(self, refs: Collection[bytes]) -> Mapping[bytes, Key]:
        """See `KeyStore.resolve`. One round trip."""
        if not refs:
            return {}
        rows = await self._fetch("resolve_refs", self.network, list(refs))
        keys = self._unwrap_all(rows)
        return {ref: keys[row["subject_tag"]] for row in rows for ref in row["refs"]}

    async def destroy(self, subjects: Collection[str], *, through: Position | None, refs: Collection[bytes] = ()) -> None:
        """See `KeyStore.destroy`. One transaction, which ends with KeyStoreBehind where the store was restored since this process last knew: to say of a copy that
        destruction was applied to it so far would pass over what was destroyed between the copy and now."""
        tags = sorted(self._tag(subject) for subject in subjects)
        of_events = [self._tag(subject) for subject in subjects if not is_explanation(subject)]

        async def in_one_transaction() -> None:
            async with self._connections.taken() as connection, connection.transaction():
                before = self._prove_not_restored(await connection.fetchrow(_QUERIES["network_row_held"], self.network))
                now_ms = max((each.event_time_ms for each in (before, through) if each is not None), default=0)
                if tags:
                    await connection.execute(_QUERIES["destroy_keys"], self.network, FIRST_VERSION, tags)
                    await connection.execute(_QUERIES["destroy_refs"], self.network, tags, of_events, now_ms)
                if refs:
                    await connection.execute(_QUERIES["remember_destroyed"], self.network, list(refs), now_ms)
                if through is not None:
                    await connection.execute(_QUERIES["destroyed_through"], self.network, *_columns_of(through))
                    await connection.execute(_QUERIES["forget_destroyed"], self.network, now_ms - _DECIDED_WITHIN_MS)

        self.round_trips += 1
        await until_reachable(in_one_transaction)
        self._now_through(through)

    async def were_destroyed(self, refs: Collection[bytes]) -> frozenset[bytes]:
        """See `KeyStore.were_destroyed`. One round trip, or none."""
        return frozenset(row["ref"] for row in await self._fetch("were_destroyed", self.network, list(refs))) if refs else frozenset()

    async def destroyed_through(self) -> Position | None:
        """See `KeyStore.destroyed_through`. One round trip."""
        rows = await self._fetch("network_row", self.network)
        return self._prove_not_restored(rows[0] if rows else None)

    async def living_keys(self) -> Sequence[Key]:
        """See `KeyStore.living_keys`. One round trip."""
        rows, keys = await self._fetch("living_keys", self.network), list[Key]()
        for start in range(0, len(rows), _UNWRAPPED_AT_ONCE):
            keys += self._unwrap_all(rows[start : start + _UNWRAPPED_AT_ONCE]).values()
            await asyncio.sleep(0)
        return tuple(keys)

    async def _found(self) -> None:
        """Make the network's row where there is none, and learn the pepper. Raises KeyStoreError where the schema is an earlier release's."""
        (schema,) = await self._connections.fetch(_QUERIES["schema_is_ours"])
        if not schema["is_ours"]:
            raise KeyStoreError(
                "The key store's schema is older than this release. Bring it up with `staffetta network create`, which is harmless to repeat."
            )
        pepper = secrets.token_bytes(_PEPPER_BYTES)
        await self._connections.fetch(_QUERIES["add_network"], self.network, self._master.wrap(self._pepper_binding(), pepper))
        rows = await self._connections.fetch(_QUERIES["network_row"], self.network)
        if not rows:
            raise KeyStoreError("The key store did not keep the network's row.")
        row = rows[0]
        self._pepper = self._master.unwrap(self._pepper_binding(), row["wrapped_pepper"])
        self._prove_not_restored(row)

    async def _prove_connection(self, connection: asyncpg.Connection) -> None:
        """Before a new connection is used: the database behind it must not know less than the one before."""
        if self._pepper:
            self._prove_not_restored(await connection.fetchrow(_QUERIES["network_row"], self.network))

    def _prove_not_restored(self, row: asyncpg.Record | None) -> Position | None:
        """The position in the network's row. Raises KeyStoreBehind, and stops serving, where it is gone or has gone back."""
        through = None if row is None or row["sequence"] is None else _position_of(self.network, row)
        went_back = self._through is not None and (through is None or through.sequence < self._through.sequence)
        if row is None or went_back:
            self._serving = False
            raise KeyStoreBehind("The key store knows less than it did: it was restored. Start again, so that erasures are applied first.")
        self._now_through(through)
        return through

    def _now_through(self, through: Position | None) -> None:
        """Destruction has been applied this far, or further."""
        if through is not None and (self._through is None or through.sequence > self._through.sequence):
            self._through = through

    async def _living(self, query: str, *arguments: object) -> dict[str, Key]:
        """Keys by subject of the rows that a query gives."""
        return {key.subject: key for key in self._unwrap_all(await self._fetch(query, *arguments)).values()}

    async def _fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """Rows of a named query, however long the database is away."""
        self.round_trips += 1
        return await until_reachable(partial(self._connections.fetch, _QUERIES[query], *arguments))

    def _tag(self, subject: str) -> bytes:
        return hmac.digest(self._pepper, subject.encode(), "sha256")

    def _pepper_binding(self) -> bytes:
        return b"staffetta.pepper:" + self.network.encode()

    def _key_binding(self, tag: bytes, version: int) -> bytes:
        return b"staffetta.key:" + version.to_bytes(4, "big") + tag + self.network.encode()

    def _wrap(self, key: Key) -> bytes:
        return self._master.wrap(self._key_binding(self._tag(key.subject), key.version), key.seal_key + key.secret + key.subject.encode())

    def _unwrap_all(self, rows: Iterable[asyncpg.Record]) -> dict[bytes, Key]:
        """Keys by tag; each is unwrapped once, however many rows name it, and not at all where it is at hand."""
        keys: dict[bytes, Key] = {}
        for row in rows:
            tag = row["subject_tag"]
            if tag not in keys:
                stored = tag, row["version"], row["wrapped"]
                key = self._unwrapped.get(stored)
                if key is None:
                    key = self._unwrapped[stored] = self._key(*stored)
                keys[tag] = key
        return keys

    def _key(self, tag: bytes, version: int, wrapped: bytes) -> Key:
        plain = self._master.unwrap(self._key_binding(tag, version), wrapped)
        end = SEAL_KEY_BYTES + SECRET_BYTES
        return Key(plain[end:].decode(), version, plain[:SEAL_KEY_BYTES], plain[SEAL_KEY_BYTES:end])


def _columns_of(position: Position) -> tuple[str, int, int, bytes, int, int]:
    return position.topic_id, position.offset, position.sequence, position.hash, position.event_offset, position.event_time_ms


def _position_of(network: str, row: asyncpg.Record) -> Position:
    return Position(network, row["topic_id"], row["ledger_offset"], row["sequence"], row["hash"], row["event_offset"], row["event_time_ms"])
