"""What doors read: typed, as of any sequence or time, with the position and age of every answer. Sealed rows are opened here, through the vault.

A database that is away raises its own error (`reading.waiting.is_away` tells): a door answers that, and does not wait. Who may see an answer, and that the
view is recorded before it is served, is the door's part.
"""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any, Self

import asyncpg

from events.codec import decode_body
from events.entry import Locked, OpenedDecision, OpenedEntry
from events.envelope import open_envelope
from events.facts import Event, Outcome
from events.handover import HandOverAmended, HandOverPrepared
from events.inquiry import InquiryEnded, InquiryOpened
from events.network import PolicyAdopted, Sight
from events.referral import Member
from events.swap import SwapAgreed
from events.transfer import ArrivalConfirmed, DepartureConfirmed, MatchExplained
from events.trust import Known
from events.vocabulary import InquiryEnd
from projections import actions, bands, case_file, freshness, inbox, transfers
from projections.actions import Action
from projections.answered import Given, trust_table
from projections.audit import AuditRow
from projections.case_file import CaseFile
from projections.entries import StoredEntry
from projections.freshness import AreaBand, Freshness, UnitCapacity, UnitTrust
from projections.hand_over import HandOver
from projections.health import VerdictCount
from projections.moment import AsOf, AtSequence, AtTime, Clock, Moment, Seen, moment
from projections.network import Duty, Policy, Project, Unit
from projections.queries import named_queries
from projections.reported import Effects, effects_of
from projections.schema import channel_of, schema_of
from projections.store import NOT_FOLDED, Pooled, case_key, case_row, id_row
from projections.transfers import DAY_MS, Stage, Transfer, TransferState
from reading.vault import Vault

__all__ = ["AsOf", "AtSequence", "AtTime", "Reads", "Seen", "open_reads"]

LOOKED_AGAIN_AFTER_S = 15.0
"""A notification may be lost with its connection's peer: a watcher looks at the position itself after this long."""
_SQL = {
    view: named_queries(view)
    for view in ("network", "capacity", "transfers", "inbox", "timeline", "entries", "audit", "health", "case_file", "position")
}


@dataclass(frozen=True, slots=True)
class OpenTransfer:
    """A transfer with the case it is for."""

    case_id: str
    responsible: str | None
    """Project; null: the helpline."""
    household: tuple[Member, ...]
    transfer: Transfer
    state: TransferState


@dataclass(frozen=True, slots=True)
class AdoptedPolicy:
    """A policy, and the entry by which it came into force."""

    policy: PolicyAdopted
    sequence: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class TimelineFact:
    """One fact of a case."""

    sequence: int
    at_ms: int
    index: int
    """-1: the reported event; else the outcome's number in its entry."""
    fact: Event | Outcome
    hand_over: HandOver | None = None
    """What the lists lacked right after it, where it is about the hand-over, the departure or the arrival; null: it is not."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry as far as it is clear."""

    row: AuditRow
    event_time_ms: int
    event_offset: int
    ledger_offset: int
    event_id: str | None
    hash: bytes


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a transfer was matched so, or not at all, at one entry."""

    sequence: int
    at_ms: int
    explained: MatchExplained


@dataclass(frozen=True, slots=True)
class Inquired:
    """A question to a project whether it could, and how it ended."""

    inquiry_id: str
    unit_id: str
    project_id: str
    sequence: int
    asked_at_ms: int
    answer_by_ms: int
    ended_at_ms: int | None = None
    how: InquiryEnd | None = None
    """null: it is open."""


@dataclass(frozen=True, slots=True)
class Explanations:
    """Every explanation of a transfer that can still be read, oldest first, and those whose term is over."""

    case_id: str
    told: tuple[Explanation, ...]
    over: tuple[int, ...]
    """Sequences of the entries whose explanations can be read no more: their keys are destroyed."""
    inquiries: tuple[Inquired, ...] = ()
    """Projects that were asked by inquiry whether they could, in the order in which they were asked."""


@dataclass(frozen=True, slots=True)
class EntryRead:
    """One entry as stored, and opened as far as there are keys."""

    stored: StoredEntry
    opened: OpenedEntry


@dataclass(frozen=True, slots=True)
class Health:
    """How the views of a network are."""

    sequence: int
    ledger_offset: int
    lag: int | None
    """Ledger records that the views have not looked at; null: the ledger's end was not given."""
    verdicts: tuple[VerdictCount, ...]
    refused: int
    unreadable: int
    stale_units: int
    """Open units whose figures are stale, or were never published."""
    over_capacity_units: int
    open_transfers: int
    state: str
    """`running`, `waiting`, `stopped`, `unknown` (no runner has spoken yet)."""
    since_ms: int | None
    problem: str | None
    """The last failure, in a sentence that says nothing about a person."""


class Reads:
    """Reads one network's views. For one event loop; any number of tasks."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], vault: Vault, clock: Clock | None) -> None:
        self._pool = pool
        self._vault = vault
        self._clock = clock
        self.network = vault.network
        self._published: tuple[tuple[int, Sight, Policy | None], tuple[AreaBand, ...]] | None = None
        """Bands of the step they were published at, and what else they follow from."""

    async def close(self) -> None:
        """Lets go of the connections."""
        await self._pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def projects(self, as_of: AsOf = None) -> Seen[tuple[Project, ...]]:
        """Projects by id."""
        async with self._moment(as_of) as now:
            found = await now.connection.fetch(_SQL["network"]["projects_at"], now.sequence)
            return now.seen(tuple(Project(*_tuples(row)) for row in found))

    async def units(self, as_of: AsOf = None) -> Seen[tuple[Unit, ...]]:
        """Units by id, closed ones too."""
        async with self._moment(as_of) as now:
            found = await now.connection.fetch(_SQL["network"]["units_at"], now.sequence)
            return now.seen(tuple(Unit(*_tuples(row)) for row in found))

    async def units_of(self, project_id: str) -> frozenset[str]:
        """Ids of a project's units, closed ones too."""
        return frozenset(unit.unit_id for unit in (await self.units()).answer if unit.project_id == project_id)

    async def duty(self, as_of: AsOf = None) -> Seen[tuple[Duty, ...]]:
        """Published duty hours, by project."""
        async with self._moment(as_of) as now:
            found = await now.connection.fetch(_SQL["network"]["duty_at"], now.sequence)
            return now.seen(tuple(Duty(*row) for row in found))

    async def policy(self, as_of: AsOf = None) -> Seen[Policy | None]:
        """What the views need of the policy in force."""
        async with self._moment(as_of) as now:
            return now.seen(await _policy(now))

    async def capacity(
        self,
        as_of: AsOf = None,
        *,
        project_id: str | None = None,
        macro_area: str | None = None,
        regions: Collection[str] | None = None,
        levels: Collection[str] | None = None,
        hosts: Collection[str] | None = None,
        closed_too: bool = False,
    ) -> Seen[tuple[UnitCapacity, ...]]:
        """Units by id with their figures, each with its age. `hosts`: units that host any of these. Filters left out do not filter."""
        async with self._moment(as_of) as now:
            return now.seen(await _capacity(now, project_id, macro_area, regions, levels, hosts, closed_too))

    async def capacity_bands(self) -> Seen[tuple[AreaBand, ...]]:
        """Free places by macro-area as any body may see them, as `projections.bands` publishes them: `at_ms` is the instant of publication, and neither the
        answer nor its place says more of what came since. The same for everybody until the next step.
        """
        await self._vault.ready()
        async with self._moment(None) as now:
            sight, policy = await self._sight(now), await _policy(now)
        step_ms = bands.step_of(now.at_ms, sight)
        key = (step_ms, sight, policy)
        if self._published is None or self._published[0] != key:
            looks = []
            for at_ms in bands.looks_of(step_ms, sight):
                async with self._moment(AtTime(at_ms)) as then:
                    known = await _policy(then)
                    if known is not None:
                        looks.append(freshness.free_by_area(await _capacity(then, None, None, None, None, None, False), known))
            areas = tuple(dict.fromkeys(policy.macro_areas)) if policy else ()
            found = bands.bands_at(step_ms, sight, looks, areas, lambda text: int.from_bytes(self._vault.tag("bands", text), "big"))
            self._published = (key, tuple(AreaBand(area, band) for area, band in found))
        return Seen(self._published[1], -1, step_ms, -1, None)

    async def sight(self) -> Sight:
        """How much others see, by the policy in force."""
        async with self._moment(None) as now:
            return await self._sight(now)

    async def _sight(self, now: Moment) -> Sight:
        adopted = await self._adopted(now)
        return bands.STRICTEST if adopted is None else adopted.policy.sight or bands.STRICTEST

    async def adopted_policy(self, as_of: AsOf = None) -> Seen[AdoptedPolicy | None]:
        """The whole policy in force, from its entry; None: there is none yet."""
        async with self._moment(as_of) as now:
            return now.seen(await self._adopted(now))

    async def _adopted(self, now: Moment) -> AdoptedPolicy | None:
        row = await now.connection.fetchrow(_SQL["network"]["policy_at"], now.sequence)
        rows = [] if row is None else await now.connection.fetch(_SQL["entries"]["entry_by_sequence"], row["from_sequence"])
        for entry in await self._open([each["value"] for each in rows]):
            if isinstance(entry, OpenedDecision) and isinstance(entry.opened.event, PolicyAdopted):
                return AdoptedPolicy(entry.opened.event, entry.sequence, entry.event_time_ms)
        return None

    async def transfers(self, as_of: AsOf = None) -> Seen[tuple[OpenTransfer, ...]]:
        """Transfers that were open, the most urgent first, then the longest waiting."""
        async with self._moment(as_of) as now:
            query = _SQL["transfers"]["open_transfers" if as_of is None else "transfers_open_on"]
            day = await self._day(now)
            rows = await now.connection.fetch(query, *(() if as_of is None else (day,)))
            files = await self._files(now, "transfers", rows)
        found = [
            OpenTransfer(file.case_id, _responsible(file, now.sequence), file.care.household, transfers.asked_now(transfer, now.sequence), state)
            for file in files
            for transfer in file.transfers
            if (state := transfers.state_of(transfer, now.sequence)) is not None and state.stage is not Stage.CLOSED
        ]
        order = ("immediate", "within_days", "planned")
        found.sort(key=lambda one: (order.index(one.transfer.urgency), one.transfer.requested_sequence, one.transfer.transfer_id))
        return now.seen(tuple(found))

    async def transfer(self, transfer_id: str, as_of: AsOf = None) -> Seen[OpenTransfer | None]:
        """One transfer, open or closed; None: not known, or erased."""
        async with self._moment(as_of) as now:
            file = await self._file_of_transfer(now, transfer_id)
        for transfer in file.transfers if file else ():
            state = transfers.state_of(transfer, now.sequence)
            if file is not None and transfer.transfer_id == transfer_id and state is not None:
                asked = transfers.asked_now(transfer, now.sequence)
                return now.seen(OpenTransfer(file.case_id, _responsible(file, now.sequence), file.care.household, asked, state))
        return now.seen(None)

    async def case(self, case_id: str, as_of: AsOf = None) -> Seen[CaseFile | None]:
        """What the views know of a case; as it was then; None: not known, or erased."""
        async with self._moment(as_of) as now:
            file = await self._file(now, case_id)
        return now.seen(file)

    async def timeline(self, case_id: str, as_of: AsOf = None) -> Seen[tuple[TimelineFact, ...]]:
        """A case's facts in order; empty: not known, or erased."""
        async with self._moment(as_of) as now:
            file = await self._file(now, case_id)
            places = file.timeline if file else ()
            rows = await now.connection.fetch(_SQL["timeline"]["entries_of"], sorted({place.sequence for place in places}))
        opened = {entry.sequence: entry for entry in await self._open([row["value"] for row in rows])}
        facts: list[TimelineFact] = []
        for place in places:
            entry = opened.get(place.sequence)
            if isinstance(entry, OpenedDecision):
                fact = entry.opened.event if place.index < 0 else entry.outcomes[place.index]
                if isinstance(fact, Event | Outcome):
                    lists = lists_at(file, fact, place.sequence) if file else None
                    facts.append(TimelineFact(place.sequence, entry.event_time_ms, place.index, fact, lists))
        return now.seen(tuple(facts))

    async def actions(self, as_of: AsOf = None) -> Seen[tuple[Action, ...]]:
        """What was reported that takes two people, in order, as far as it can be opened; of erased cases nothing."""
        async with self._moment(as_of) as now:
            rows = await now.connection.fetch(_SQL["audit"]["entries_of_kinds"], list(actions.KINDS), now.sequence)
        effects = [effects_of(entry) for entry in await self._open([row["value"] for row in rows])]
        return now.seen(actions.folded((fact, entry.sequence, entry.at_ms) for entry in effects for _, fact in entry.facts))

    async def reported_policy(self) -> PolicyAdopted | None:
        """The newest policy that was reported, in force or waiting for a second body; None: there is none, or its key is not there."""
        async with self._moment(None) as now:
            rows = await now.connection.fetch(_SQL["audit"]["entries_of_kinds"], [PolicyAdopted.__name__], now.sequence)
        events = [effects_of(entry).event for entry in await self._open([row["value"] for row in rows[-1:]])]
        return next((event for event in events if isinstance(event, PolicyAdopted)), None)

    async def actions_about(self, case_id: str) -> Seen[tuple[Action, ...]]:
        """Those about one case, under this name of it, as they stand now."""
        seen = await self.timeline(case_id)
        found = actions.folded((one.fact, one.sequence, one.at_ms) for one in seen.answer)
        return Seen(tuple(action for action in found if action.event.case_id == case_id), seen.sequence, seen.at_ms, seen.reached, seen.age_ms)

    async def inbox(self, project_id: str | None, as_of: AsOf = None) -> Seen[tuple[inbox.Item, ...]]:
        """What waits for a project (None: for the helpline), the most urgent first (`projections.inbox.by_urgency`)."""
        project = project_id or inbox.HELPLINE
        async with self._moment(as_of) as now:
            rows = await now.connection.fetch(_SQL["inbox"]["live_inbox" if as_of is None else "whole_inbox"], project)
            files = await self._files(now, "inbox", rows)
            every = [item for file in files for item in inbox.items(file.case_id, file.care, file.transfers, project, now.sequence)]
            standing = await self._standing_words(now, {item.since_sequence for item in every if item.kind is inbox.ItemKind.SWAP})
        found = [
            item for item in every if inbox.still_told(item, now.at_ms) and (item.kind is not inbox.ItemKind.SWAP or item.since_sequence in standing)
        ]
        found.sort(key=lambda item: inbox.by_urgency(item, now.at_ms))
        return now.seen(tuple(found))

    async def _standing_words(self, now: Moment, sequences: set[int]) -> set[int]:
        """Of entries in which a project gave its word for an exchange, those whose word stands: the case that it was given for still waits for a place."""
        if not sequences:
            return set()
        rows = await now.connection.fetch(_SQL["timeline"]["entries_of"], sorted(sequences))
        standing = set()
        for entry in await self._open([row["value"] for row in rows]):
            word = entry.opened.event if isinstance(entry, OpenedDecision) else None
            file = await self._file(now, word.case_id) if isinstance(word, SwapAgreed) else None
            if file is not None and any(transfers.gave_its_word(one, entry.sequence, now.sequence) for one in file.transfers):
                standing.add(entry.sequence)
        return standing

    async def proposal(self, project_id: str, proposal_id: str, as_of: AsOf = None) -> Seen[OpenTransfer | None]:
        """The transfer behind a proposal that is live for, or accepted by, a project; None: there is none. For a door that answers for the project, which
        is not told the case before it accepts."""
        async with self._moment(as_of) as now:
            rows = await now.connection.fetch(_SQL["inbox"]["live_inbox" if as_of is None else "whole_inbox"], project_id)
            files = await self._files(now, "inbox", rows)
        for file in files:
            for transfer in file.transfers:
                state = transfers.state_of(transfer, now.sequence)
                if (
                    state
                    and state.proposal
                    and state.stage is not Stage.PREPARED
                    and (state.proposal.proposal_id, state.proposal.project_id) == (proposal_id, project_id)
                ):
                    return now.seen(OpenTransfer(file.case_id, _responsible(file, now.sequence), file.care.household, transfer, state))
        return now.seen(None)

    async def explanations(self, transfer_id: str, as_of: AsOf = None) -> Seen[Explanations | None]:
        """How a transfer was matched each time; None: not known, or erased."""
        async with self._moment(as_of) as now:
            file = await self._file_of_transfer(now, transfer_id)
            touched = {place.sequence for place in file.timeline} if file else set()
            rows = await now.connection.fetch(_SQL["timeline"]["entries_of"], sorted(touched))
        if file is None:
            return now.seen(None)
        told: list[Explanation] = []
        over: list[int] = []
        inquiries: dict[str, Inquired] = {}
        for entry in await self._open([row["value"] for row in rows]):
            if not isinstance(entry, OpenedDecision):
                continue
            of_it = [each for each in entry.outcomes if not isinstance(each, Locked) and getattr(each, "transfer_id", None) == transfer_id]
            explained = [each for each in of_it if isinstance(each, MatchExplained)]
            told += [Explanation(entry.sequence, entry.event_time_ms, each) for each in explained]
            for each in of_it:
                _take_inquiry(inquiries, each, entry.sequence, entry.event_time_ms)
            if of_it and not explained and any(isinstance(each, Locked) and each.name == MatchExplained.__name__ for each in entry.outcomes):
                over.append(entry.sequence)
        return now.seen(Explanations(file.case_id, tuple(told), tuple(over), tuple(inquiries.values())))

    async def audit(
        self,
        as_of: AsOf = None,
        *,
        from_sequence: int = 0,
        kind: str | None = None,
        verdict: str | None = None,
        code: str | None = None,
        outcome: str | None = None,
        limit: int = 100,
    ) -> Seen[tuple[AuditEntry, ...]]:
        """Entries, newest first. `outcome`: entries with an outcome of this kind. Filters left out do not filter."""
        async with self._moment(as_of) as now:
            rows = await now.connection.fetch(_SQL["audit"]["audit_between"], from_sequence, now.sequence, kind, verdict, code, outcome, limit)
            return now.seen(
                tuple(
                    AuditEntry(
                        AuditRow(row["sequence"], row["kind"], row["verdict"], row["code"], row["field"], row["of_sequence"], tuple(row["outcomes"])),
                        row["event_time_ms"], row["event_offset"], row["ledger_offset"], row["event_id"], row["hash"],
                    )
                    for row in rows
                )
            )  # fmt: skip

    async def entry(self, sequence: int) -> Seen[EntryRead | None]:
        """The entry at a sequence, opened as far as there are keys."""
        async with self._moment(None) as now:
            rows = await now.connection.fetch(_SQL["entries"]["entry_by_sequence"], sequence)
        return now.seen(next(iter(await self._read_entries(rows)), None))

    async def entries_of_event(self, event_id: str) -> Seen[tuple[EntryRead, ...]]:
        """Every entry for records under an event id, in order: the first decided it, later ones say `Duplicate` or refuse."""
        async with self._moment(None) as now:
            rows = await now.connection.fetch(_SQL["entries"]["entries_by_event_id"], event_id)
        return now.seen(tuple(await self._read_entries(rows)))

    async def entries_after(self, sequence: int, limit: int) -> list[StoredEntry]:
        """At most `limit` entries after a sequence, byte for byte, in order: for heal, export and audit."""
        async with self._moment(None) as now:
            return [StoredEntry(*row) for row in await now.connection.fetch(_SQL["entries"]["entries_after"], sequence, limit)]

    async def effects_after(self, sequence: int, limit: int) -> list[Effects]:
        """What took effect with each of at most `limit` entries after a sequence, in order, opened as far as there are keys; without explanations."""
        stored = await self.entries_after(sequence, limit)
        envelopes = [open_envelope(one.value) for one in stored]
        pairs = [(envelope, decode_body(envelope.body)) for envelope in envelopes]
        return [effects_of(entry) for entry in await self._vault.open_entries(pairs, leave_sealed=NOT_FOLDED, hashed=False)]

    async def health(self, ledger_end: int | None = None) -> Seen[Health]:
        """How the views are. `ledger_end`: offset after the ledger's last record, where the caller knows it."""
        async with self._moment(None) as now:
            stand = await now.connection.fetchrow(_SQL["position"]["read"])
            counts = tuple(VerdictCount(*row) for row in await now.connection.fetch(_SQL["health"]["verdict_counts"]))
            runner = await now.connection.fetchrow(_SQL["health"]["runner"])
            units = await _capacity(now, None, None, None, None, None, False)
            open_now = len(await now.connection.fetch(_SQL["transfers"]["open_transfers"]))
        offset = stand["ledger_offset"] if stand else -1
        return now.seen(
            Health(
                now.reached,
                offset,
                None if ledger_end is None else max(0, ledger_end - offset - 1),
                counts,
                sum(count.entries for count in counts if count.verdict == "Refused"),
                sum(count.entries for count in counts if count.verdict == "Unreadable"),
                sum(1 for unit in units if unit.freshness in (Freshness.STALE, Freshness.NEVER)),
                sum(1 for unit in units if unit.over_capacity),
                open_now,
                runner["state"] if runner else "unknown",
                runner["since_ms"] if runner else None,
                runner["problem"] if runner else None,
            )
        )

    async def changes(self, view: str, since_sequence: int) -> AsyncGenerator[int, None]:
        """Yields the sequence of the last change of a view whenever it is beyond the last one yielded; first against `since_sequence`. For ever.

        Changes that come together are told once. A connection that breaks raises; begin again with the last sequence seen.
        """
        woken = asyncio.Event()
        channel = channel_of(self.network)

        def wake(*_: object) -> None:
            woken.set()

        async with self._pool.acquire() as connection:
            connection.add_termination_listener(wake)
            await connection.add_listener(channel, wake)
            try:
                last = since_sequence
                while True:
                    woken.clear()
                    changed = await self._changed(connection, view)
                    if changed > last:
                        last = changed
                        yield changed
                        continue
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(LOOKED_AGAIN_AFTER_S):
                            await woken.wait()
            finally:
                if not connection.is_closed():
                    connection.remove_termination_listener(wake)
                    await connection.remove_listener(channel, wake)

    async def _changed(self, connection: Pooled, view: str) -> int:
        async with connection.transaction(readonly=True):
            await connection.execute(f'set local search_path to "{schema_of(self.network)}"')
            return await connection.fetchval(_SQL["position"]["changed_at"], view) or -1

    def _moment(self, as_of: AsOf) -> AbstractAsyncContextManager[Moment]:
        return moment(self._pool, self.network, as_of, self._clock)

    async def _day(self, now: Moment) -> int:
        row = await now.connection.fetchrow(_SQL["entries"]["time_of_sequence"], now.sequence)
        return (row["event_time_ms"] if row else now.at_ms) // DAY_MS

    async def _file(self, now: Moment, case_id: str) -> CaseFile | None:
        await self._vault.ready()
        key = case_key(self._vault, case_id)
        rows = await now.connection.fetch(_SQL["case_file"]["files"], [key])
        opened = await self._vault.open_records([case_row(case_id, key, row["record"]) for row in rows])
        return next((case_file.as_of(case_file.from_bytes(plain), now.sequence) for plain in opened if plain is not None), None)

    async def _file_of_transfer(self, now: Moment, transfer_id: str) -> CaseFile | None:
        await self._vault.ready()
        rows = await now.connection.fetch(_SQL["transfers"]["case_of_transfer"], self._vault.tag(transfers.VIEW, transfer_id))
        return next(iter(await self._files(now, "transfers", rows)), None)

    async def _files(self, now: Moment, table: str, rows: Sequence[asyncpg.Record]) -> list[CaseFile]:
        """The files, as they were then, of the cases that rows of an index table name, each once; without those whose key is gone."""
        await self._vault.ready()
        ids = await self._vault.open_records([id_row(table, row["key"], row["sealed_case"]) for row in rows])
        cases = {str(uuid.UUID(bytes=plain)): None for plain in ids if plain is not None}
        keys = {case_key(self._vault, case): case for case in cases}
        found = await now.connection.fetch(_SQL["case_file"]["files"], list(keys))
        opened = await self._vault.open_records([case_row(keys[row["key"]], row["key"], row["record"]) for row in found])
        then = (case_file.as_of(case_file.from_bytes(plain), now.sequence) for plain in opened if plain is not None)
        return [file for file in then if file is not None]

    async def _open(self, values: Sequence[bytes]) -> list[OpenedEntry]:
        envelopes = [open_envelope(value) for value in values]
        return await self._vault.open_entries([(envelope, decode_body(envelope.body)) for envelope in envelopes])

    async def _read_entries(self, rows: Sequence[asyncpg.Record]) -> list[EntryRead]:
        stored = [StoredEntry(*row) for row in rows]
        return [EntryRead(one, opened) for one, opened in zip(stored, await self._open([one.value for one in stored]), strict=True)]


async def open_reads(database_url: str, vault: Vault, *, clock: Clock | None, connections: int = 8) -> Reads:
    """Connects. `clock`: now, by which current figures age; None: the network brings its own clock, and now is the time of its last event."""
    pool = await asyncpg.create_pool(database_url, min_size=0, max_size=connections, command_timeout=30)
    return Reads(pool, vault, clock)


async def _policy(now: Moment) -> Policy | None:
    row = await now.connection.fetchrow(_SQL["network"]["policy_at"], now.sequence)
    return None if row is None else Policy(*_tuples(row))


async def _capacity(
    now: Moment,
    project_id: str | None,
    macro_area: str | None,
    regions: Collection[str] | None,
    levels: Collection[str] | None,
    hosts: Collection[str] | None,
    closed_too: bool,
) -> tuple[UnitCapacity, ...]:
    policy = await _policy(now)
    areas = dict(zip(policy.regions, policy.macro_areas, strict=True)) if policy else {}
    table = trust_table(policy.trust if policy else None, await _answers(now))
    rows = await now.connection.fetch(_SQL["capacity"]["capacity_at"], now.sequence, project_id, _list(regions), _list(levels), _list(hosts))
    found: list[UnitCapacity] = []
    for row in rows:
        area = areas.get(row["region"])
        if (macro_area is not None and area != macro_area) or not (row["is_open"] or closed_too):
            continue
        unit = Unit(
            row["unit_id"], row["project_id"], row["body"], row["region"], row["level"], tuple(row["hosts"]), tuple(row["offers"]),
            tuple(row["languages"]), row["is_open"], row["from_sequence"],
        )  # fmt: skip
        observed = row["observed_at_ms"]
        found.append(
            UnitCapacity(
                unit, area, row["places"] or 0, row["occupied"] or 0, row["reserved"] or 0, row["held"] or 0, row["free"] or 0,
                bool(row["accepting"]), bool(row["over_capacity"]), observed, None if observed is None else max(0, now.at_ms - observed),
                freshness.freshness_of(observed, now.at_ms, policy), row["figures_sequence"],
                None if table is None or observed is None else _trusted(table.known(row["project_id"], now.at_ms - observed)),
            )
        )  # fmt: skip
    return tuple(found)


async def _answers(now: Moment) -> list[Given]:
    return [Given(*_tuples(row)) for row in await now.connection.fetch(_SQL["capacity"]["answers_at"], now.sequence)]


def _trusted(known: Known) -> UnitTrust:
    return UnitTrust(known.free, known.not_free, known.permille)


def lists_at(file: CaseFile, fact: Event | Outcome, sequence: int) -> HandOver | None:
    """How the lists for the hand-over stood with a fact that they matter to; at the arrival, as they were until then."""
    if not isinstance(fact, HandOverPrepared | HandOverAmended | DepartureConfirmed | ArrivalConfirmed):
        return None
    transfer = next((one for one in file.transfers if one.transfer_id == fact.transfer_id), None)
    state = None if transfer is None else transfers.state_of(transfer, sequence - isinstance(fact, ArrivalConfirmed))
    return None if state is None else state.hand_over


def _responsible(file: CaseFile, sequence: int) -> str | None:
    passed = inbox.responsible_at(file.care, sequence)
    return passed.project_id if passed else None


def _list(values: Collection[str] | None) -> list[str] | None:
    return None if values is None else sorted(values)


def _tuples(row: asyncpg.Record) -> tuple[Any, ...]:
    return tuple(tuple(value) if isinstance(value, list) else value for value in row)


def _take_inquiry(inquiries: dict[str, Inquired], fact: Outcome, sequence: int, at_ms: int) -> None:
    """Takes what an outcome says of an inquiry."""
    match fact:
        case InquiryOpened():
            inquiries[fact.inquiry_id] = Inquired(fact.inquiry_id, fact.unit_id, fact.project_id, sequence, at_ms, fact.deadline_at_ms)
        case InquiryEnded() if fact.inquiry_id in inquiries:
            inquiries[fact.inquiry_id] = replace(inquiries[fact.inquiry_id], ended_at_ms=at_ms, how=fact.how)
        case _:
            pass
