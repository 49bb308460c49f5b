"""Histories written down as a ledger's records, with the product's own vault; and a search for canaries in everything that is sealed."""

from __future__ import annotations

from collections.abc import Sequence

from events.codec import encode_body, split
from events.entry import Body, Decided, Genesis, Locked, OpenedDecision, Unread
from events.envelope import GENESIS_PREVIOUS_HASH, Envelope, hash_of, seal_envelope
from events.facts import EVENT_TYPES, OUTCOME_TYPES, Event, Outcome
from events.subjects import subjects_of
from events.verdict import Recorded
from reading.keys_memory import MemoryKeyStore
from reading.ledger_chain import AcceptedRecord, accepted_records
from reading.vault import Vault
from tests.domain.world import START
from tests.sealing.facts import Canaries
from tests.sealing.test_canary import forms_of, forms_of_number


async def values_of(vault: Vault, entries: Sequence[OpenedDecision]) -> list[bytes]:
    """Ledger record values from the genesis on, sealed and chained. Every event of `entries` is readable, and follows at offset 0."""
    events = await vault.seal_events([_event(entry) for entry in entries])
    outcomes = await vault.seal_outcomes(
        [(entry.event_offset, _outcomes(entry)) for entry in entries], [event if number % 2 else b"" for number, event in enumerate(events)]
    )
    values = [_value(0, GENESIS_PREVIOUS_HASH, -1, START, Genesis("cluster", "events", "ledger", 0, START))]
    for entry, event, datums in zip(entries, events, outcomes, strict=True):
        body = Decided(event, datums, None, None)
        values.append(_value(entry.sequence, hash_of(values[-1]), entry.event_offset, entry.event_time_ms, body))
    return values


def records_of(values: Sequence[bytes]) -> list[AcceptedRecord]:
    """The same as a reader gives them."""
    return list(accepted_records("it", enumerate(values)))


def _event(entry: OpenedDecision) -> Event:
    assert not isinstance(entry.opened.event, Locked | Unread)
    return entry.opened.event


def _outcomes(entry: OpenedDecision) -> tuple[Outcome, ...]:
    return tuple(outcome for outcome in entry.outcomes if not isinstance(outcome, Locked))


def _value(sequence: int, previous: bytes, event_offset: int, at_ms: int, body: Body) -> bytes:
    return seal_envelope(Envelope("it", sequence, previous, event_offset, at_ms, encode_body(body)))


async def canary_search() -> list[str]:
    """Kinds of facts of which a sealed field is found in a record, by name: the search of `tests.sealing.test_canary` over records alone."""
    found = []
    store = MemoryKeyStore("it")
    vault = Vault("it", store)
    canaries = Canaries()
    for offset, kind in enumerate([*EVENT_TYPES, *OUTCOME_TYPES]):
        fact = canaries.fact(kind)
        clear = split(fact)[0]
        await store.keys(subjects_of(fact), create=True)
        event = (await vault.seal_events([fact]))[0] if isinstance(fact, EVENT_TYPES) else b""
        (datums,) = await vault.seal_outcomes([(offset, (fact,) if isinstance(fact, OUTCOME_TYPES) else (Recorded(),))])
        written = event + b"".join(datums)
        texts = [form for name, all_of in canaries.texts.items() if name not in clear for text in all_of for form in forms_of(text)]
        numbers = [form for name, all_of in canaries.numbers.items() if name not in clear for number in all_of for form in forms_of_number(number)]
        if any(form in written for form in (*texts, *numbers)):
            found.append(kind.__name__)
    return found
