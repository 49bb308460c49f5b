"""Plain events in, accepted entries out: what the gateway and `staffetta submit` both do with an event."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from coordinator.intake.append import EventAppender
from coordinator.intake.tail import LedgerTail
from events.codec import decode_body
from events.entry import OpenedDecision
from events.envelope import hash_of, open_envelope
from events.facts import Event
from events.ids import uuid7_at_ms
from events.topics import MAX_EVENT_BYTES
from events.verdict import Duplicate, Recorded, Refused, Unreadable
from reading.key_errors import KeyDestroyed
from reading.ledger_reader import AcceptedRecord
from reading.vault import Vault

Verdict = Recorded | Refused | Duplicate | Unreadable

LOOK_AT_END_EVERY = timedelta(seconds=1)

RECORD_ROOM_BYTES = 512
"""What a record batch takes beside the value: `max.message.bytes` of the topic counts the batch."""


@dataclass(frozen=True, slots=True)
class Told:
    """The accepted entry of an event, opened."""

    sequence: int
    hash: bytes
    previous_hash: bytes
    decision: OpenedDecision
    repeated: bool
    """The same event had been accepted before this send; this is its first entry."""

    @property
    def verdict(self) -> Verdict:
        """What became of the event."""
        return verdict_of(self.decision)


@dataclass(frozen=True, slots=True)
class NotYet:
    """The event is stored and has no entry yet, after the wait that the caller chose."""

    event_id: str


@dataclass(frozen=True, slots=True)
class Gone:
    """The event's case is erased: there is no key to seal it under, and it was not sent."""

    event_id: str


Answer = Told | NotYet | Gone


class EventTooLarge(Exception):
    """The sealed record is over the limit of `staffetta.events`."""

    def __init__(self, index: int, size_bytes: int) -> None:
        super().__init__(f"event {index + 1} takes {size_bytes} bytes sealed; at most {MAX_EVENT_BYTES} fit")
        self.index = index
        self.size_bytes = size_bytes


class Lagging(Exception):
    """Decisions are behind; nothing more is taken until they have caught up."""

    def __init__(self, lag_ms: int) -> None:
        super().__init__(f"the oldest undecided event has waited {lag_ms} ms")
        self.lag_ms = lag_ms


class OlderEntries(Protocol):
    """Where entries are found that the tail no longer keeps: the base table of the views."""

    async def sequence_of_event(self, event_id: str) -> int | None:
        """Sequence of the first entry of an event id, or None."""

    async def entry_value(self, sequence: int) -> bytes | None:
        """The raw record value of an accepted entry, or None where the views have not come so far."""


def verdict_of(decision: OpenedDecision) -> Verdict:
    """The one verdict among an entry's outcomes."""
    for outcome in decision.outcomes:
        if isinstance(outcome, Recorded | Refused | Duplicate | Unreadable):
            return outcome
    raise ValueError(f"entry {decision.sequence} holds no verdict")


class Intake:
    """One network's door. Used from one event loop; `start` before, `stop` after."""

    def __init__(
        self, vault: Vault, appender: EventAppender, tail: LedgerTail, older: OlderEntries | None, *, own_clock: bool, max_lag_ms: int
    ) -> None:
        """`own_clock`: the topic is on CreateTime, and events are dated by the instant inside their ids. `older`: None where there are no views."""
        self._vault = vault
        self._appender = appender
        self._tail = tail
        self._tail.on_erasure = self._forget_erased
        self._older = older
        self._own_clock = own_clock
        self._max_lag_ms = max_lag_ms
        self._looking: asyncio.Task[None] | None = None

    @property
    def tail(self) -> LedgerTail:
        """The ledger's tail that this door answers from."""
        return self._tail

    async def start(self) -> None:
        """Begins to connect and to follow the ledger; waits for neither."""
        await self._appender.start()
        await self._tail.start()
        self._looking = asyncio.create_task(self._look_at_end(), name="events-end")

    async def stop(self) -> None:
        """Sends what is buffered, stops following."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await self._appender.stop()
        await self._tail.stop()

    @property
    def own_clock(self) -> bool:
        """Whether the topic is on CreateTime, so that whoever sends dates the events."""
        return self._own_clock

    async def submit(self, events: Sequence[Event], wait: timedelta, dated_ms: Sequence[int | None] | None = None) -> list[Answer]:
        """Answers in the order of the events. `dated_ms`: their record times where the topic is on CreateTime; None: the instant in the event's id.

        All are sealed with one round trip, sent, and acknowledged; then their entries are awaited together, at most `wait`. An event whose entry is
        known already, with the same content, is not sent again. Every failure leaves events that may be stored: sending them again is harmless.
        Raises Lagging, EventTooLarge (before anything is sent), BrokersSilent, TailEnded.
        """
        if (lag_ms := self._tail.lag_ms()) > self._max_lag_ms:
            raise Lagging(lag_ms)
        answers: list[Answer | None] = [await self._known(event) for event in events]
        missing = [index for index, answer in enumerate(answers) if answer is None]
        if missing:
            times = [self._time_of(events[index], dated_ms[index] if dated_ms else None) for index in missing]
            for index, answer in zip(missing, await self._send([events[index] for index in missing], times, missing, wait), strict=True):
                answers[index] = answer
        return [answer for answer in answers if answer is not None]

    async def answer_of(self, event_id: str) -> Told | None:
        """The first accepted entry of an event id; None where there is none yet. Raises TailEnded."""
        sequence = await self._sequence_of(event_id)
        return None if sequence is None else await self.entry(sequence, repeated=True)

    async def entry(self, sequence: int, *, repeated: bool = False) -> Told | None:
        """The decided entry at a sequence; None where the ledger has not come so far, or an operator's entry stands there."""
        record = self._tail.record_at(sequence)
        value = record.value if record is not None else None
        if value is None and self._older is not None:
            value = await self._older.entry_value(sequence)
        return None if value is None else await self._told(value, repeated)

    async def _known(self, event: Event) -> Told | None:
        """The entry of the same event with the same content, if any; other content under the id is for the ledger to refuse."""
        sequence = await self._sequence_of(event.event_id)
        told = None if sequence is None else await self.entry(sequence, repeated=True)
        return told if told is not None and told.decision.opened.event == event else None

    async def _sequence_of(self, event_id: str) -> int | None:
        seat = self._tail.seat_of(event_id)
        if seat is not None:
            return seat.sequence
        if self._older is None or self._tail.would_know(event_id):
            return None
        return await self._older.sequence_of_event(event_id)

    def _time_of(self, event: Event, dated_ms: int | None) -> int | None:
        """The record's timestamp; None: the broker's, which overrides any other."""
        if not self._own_clock:
            return None
        return uuid7_at_ms(event.event_id) if dated_ms is None else dated_ms

    async def _send(self, events: Sequence[Event], times_ms: Sequence[int | None], places: Sequence[int], wait: timedelta) -> list[Answer]:
        """`places`: where each event stands in what the caller gave, for errors."""
        try:
            values = await self._vault.seal_events(events)
        except KeyDestroyed as destroyed:
            return await self._send_others(frozenset(destroyed.indexes), events, times_ms, places, wait)
        for place, value in zip(places, values, strict=True):
            if len(value) > MAX_EVENT_BYTES - RECORD_ROOM_BYTES:
                raise EventTooLarge(place, len(value))
        futures = [self._tail.expect(value) for value in values]
        try:
            offsets = await self._appender.append(values, times_ms)
            self._tail.note_end(max(offsets) + 1)
            if wait:
                await asyncio.wait(futures, timeout=wait.total_seconds())
            return await self._answers(events, futures)
        finally:
            for value, future in zip(values, futures, strict=True):
                self._tail.forget(value, future)

    async def _send_others(
        self, gone: frozenset[int], events: Sequence[Event], times_ms: Sequence[int | None], places: Sequence[int], wait: timedelta
    ) -> list[Answer]:
        """The events whose cases still have a key, in order; `gone` for the rest."""
        kept = [index for index in range(len(events)) if index not in gone]
        answers: list[Answer] = [Gone(event.event_id) for event in events]
        if kept:
            sent = await self._send([events[i] for i in kept], [times_ms[i] for i in kept], [places[i] for i in kept], wait)
            for index, answer in zip(kept, sent, strict=True):
                answers[index] = answer
        return answers

    async def _answers(self, events: Sequence[Event], futures: Sequence[asyncio.Future[AcceptedRecord]]) -> list[Answer]:
        values = [future.result().value if future.done() else None for future in futures]
        opened = iter(await self._open([value for value in values if value is not None]))
        answers: list[Answer] = []
        for event, value in zip(events, values, strict=True):
            told = None if value is None else next(opened)
            if told is not None and isinstance(told.verdict, Duplicate):
                told = await self.entry(told.verdict.of_sequence, repeated=True)
            answers.append(told or NotYet(event.event_id))
        return answers

    async def _told(self, value: bytes, repeated: bool) -> Told | None:
        (told,) = await self._open([value], repeated=repeated)
        return told

    async def _open(self, values: Sequence[bytes], *, repeated: bool = False) -> list[Told | None]:
        """Accepted record values opened, in order; None for an operator's entry or the genesis."""
        envelopes = [open_envelope(value) for value in values]
        opened = await self._vault.open_entries([(envelope, decode_body(envelope.body)) for envelope in envelopes])
        return [
            Told(envelope.sequence, hash_of(value), envelope.previous_hash, entry, repeated) if isinstance(entry, OpenedDecision) else None
            for value, envelope, entry in zip(values, envelopes, opened, strict=True)
        ]

    async def _forget_erased(self, record: AcceptedRecord) -> None:
        """Opening an erasure makes the vault forget the case's keys."""
        await self._open([record.value])

    async def _look_at_end(self) -> None:
        """Events of other producers count for the lag as well."""
        while True:
            self._tail.note_end(await self._appender.end_offset())
            await asyncio.sleep(LOOK_AT_END_EVERY.total_seconds())
