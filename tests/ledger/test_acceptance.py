"""The acceptance rule, condition by condition: each is broken on purpose once, and the reader without it goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from events.acceptance import Ignored, Position, why_ignored
from events.codec import encode_body
from events.entry import Decided, Genesis, NoEvent, SourceChanged
from events.envelope import Envelope, seal_envelope
from reading.errors import BodyUnreadable
from reading.ledger_chain import AcceptedRecord, Chain, accepted_records
from tests.ledger.chains import HandChain, genesis_value, wrong_records

Rule = Callable[[Position, Envelope], Ignored | None]


def with_noise() -> tuple[HandChain, list[bytes]]:
    """A chain of six entries, and the records of a log that holds it among one of each kind of wrong record before every entry."""
    chain, log = HandChain(), [b"", b"garbage"]
    log.append(chain.values[0])
    for _ in range(5):
        log += wrong_records(chain).values()
        log.append(chain.add())
        log.append(log[-1])
    return chain, log


def test_only_the_entries_pass() -> None:
    chain, log = with_noise()
    assert [record.value for record in accepted_records("it", enumerate(log))] == chain.values


def test_each_reason_is_named() -> None:
    chain = HandChain()
    chain.add()
    reader = Chain("it", "")
    for offset, value in enumerate(chain.values):
        assert isinstance(reader.take(offset, value), AcceptedRecord)
    for name, value in wrong_records(chain).items():
        assert reader.take(9, value) == name


def without(condition: Ignored) -> Rule:
    """The rule with one condition forgotten."""

    def broken(position: Position, envelope: Envelope) -> Ignored | None:
        match condition:
            case Ignored.NETWORK:
                right = replace(envelope, network=position.network)
            case Ignored.SEQUENCE:
                right = replace(envelope, sequence=position.sequence + 1)
            case Ignored.PREVIOUS_HASH:
                right = replace(envelope, previous_hash=position.hash)
            case Ignored.EVENT_OFFSET:
                right = replace(envelope, event_offset=position.event_offset + 1)
            case _:
                right = replace(envelope, event_time_ms=position.event_time_ms)
        return why_ignored(position, right)

    return broken


@pytest.mark.parametrize("condition", [Ignored.NETWORK, Ignored.SEQUENCE, Ignored.PREVIOUS_HASH, Ignored.EVENT_OFFSET, Ignored.EVENT_TIME])
def test_a_reader_without_one_condition_is_caught(condition: Ignored) -> None:
    chain, log = with_noise()
    assert [record.value for record in accepted_records("it", enumerate(log), rule=without(condition))] != chain.values


def test_a_looser_event_offset_is_caught() -> None:
    """`>` instead of `==`: the bug that lost acknowledged events in a back-fill."""

    def looser(position: Position, envelope: Envelope) -> Ignored | None:
        if envelope.event_offset <= position.event_offset:
            return Ignored.EVENT_OFFSET
        return why_ignored(position, replace(envelope, event_offset=position.event_offset + 1))

    chain, log = with_noise()
    assert [record.value for record in accepted_records("it", enumerate(log), rule=looser)] != chain.values


def test_genesis_is_the_first_of_its_kind() -> None:
    other = seal_envelope(Envelope("it", 0, bytes(32), -1, 5, encode_body(Genesis("c", "e", "l", 7, 5))))
    records = list(accepted_records("it", enumerate([genesis_value("fr"), b"x", other, genesis_value()])))
    assert [record.value for record in records] == [other]
    assert records[0].position.event_offset == 6


def test_a_genesis_envelope_with_another_body_is_no_genesis() -> None:
    decided = seal_envelope(Envelope("it", 0, bytes(32), -1, 5, encode_body(Decided(b"", (), None, None))))
    assert [record.value for record in accepted_records("it", enumerate([decided, genesis_value()]))] == [genesis_value()]


def test_operator_entries_move_the_event_offset() -> None:
    chain = HandChain()
    chain.add()
    chain.add(NoEvent(1, 4, "lost"))
    chain.event_offset = 4
    chain.add()
    chain.add(SourceChanged("other-id", 5, 0, "restored"))
    chain.event_offset = -1
    chain.add()
    offsets = [record.position.event_offset for record in accepted_records("it", enumerate(chain.values))]
    assert offsets == [-1, 0, 4, 5, -1, 0]


@pytest.mark.parametrize(
    "body",
    [
        Genesis("c", "e", "l", 0, 1),
        NoEvent(2, 4, "wrong start"),
        NoEvent(1, 0, "backwards"),
        SourceChanged("x", 3, 0, "wrong end"),
        b"\xc3\x01broken",
    ],
    ids=["second-genesis", "no-event-elsewhere", "no-event-backwards", "source-elsewhere", "unreadable"],
)
def test_an_accepted_envelope_with_an_unusable_body_stops(body: Genesis | NoEvent | SourceChanged | bytes) -> None:
    chain = HandChain()
    chain.add()
    envelope = chain.next_envelope()
    raw = body if isinstance(body, bytes) else encode_body(body)
    log = [*chain.values, seal_envelope(replace(envelope, body=raw))]
    with pytest.raises(BodyUnreadable):
        list(accepted_records("it", enumerate(log)))
    assert len(list(accepted_records("it", enumerate(log[:-1])))) == 2


def test_reading_on_from_any_position_gives_the_same() -> None:
    _, log = with_noise()
    whole = list(accepted_records("it", enumerate(log)))
    for record in whole:
        rest = list(accepted_records("it", list(enumerate(log))[record.position.offset + 1 :], record.position))
        assert [each.value for each in rest] == [each.value for each in whole[record.position.sequence + 1 :]]
