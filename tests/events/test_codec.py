"""The codec: what is written is read, what cannot be read says so, and nobody can make it do worse."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events import codec
from events.codec import MARK, Sealed, WireFact, decode_body, decode_event, decode_fact, encode_body, encode_fact, event_id_of, join, split
from events.entry import Body, Decided, Genesis, Locked
from events.errors import BodyUnreadable, Undecodable
from events.fact import Actor, SealedUnder
from events.facts import FACT_TYPES, Event, Fact
from events.referral import ReferralReceived
from events.schemas import newest, versions
from events.transfer import PlaceHeld, TransferRequested
from events.verdict import Recorded, Refused
from events.vocabulary import Reason, RefusalCode, Role, Source, Urgency
from tests.events import strategies

ID = "01956c2e-7d1a-7c3b-8f2e-0123456789ab"
ACTOR = Actor("p-1", "body-a", Role.HELPLINE)
REQUEST = TransferRequested(ID, ACTOR, ID, ID, Reason.SAFETY, Urgency.IMMEDIATE, 1_767_225_600_000, "MI", (), ("lazio",), "canary")
SEALED = Sealed(bytes(range(16)), 1, b"sealed text")


def wired(fact: Fact) -> bytes:
    """A fact's record, with one sealed copy where it has a private part."""
    clear, private = split(fact)
    return encode_fact(type(fact).__name__, clear, () if private is None else (SEALED,))


@settings(deadline=None, max_examples=400)
@given(strategies.facts())
def test_any_fact_comes_back(fact: Fact) -> None:
    clear, private = split(fact)
    wire = decode_fact(wired(fact))
    assert wire == WireFact(type(fact).__name__, clear, () if private is None else (SEALED,))
    assert join(wire, private) == fact
    assert json.loads(json.dumps(wire.clear)) == wire.clear, "clear fields are fit for JSON"


@settings(deadline=None, max_examples=100)
@given(strategies.facts())
def test_without_a_key_the_clear_fields_are_left_typed_as_the_facts_own(fact: Fact) -> None:
    found = join(decode_fact(wired(fact)), None)
    if fact.sealed_under is SealedUnder.NOBODY:
        assert found == fact
        return
    assert isinstance(found, Locked)
    for name, value in found.clear.items():
        assert value == getattr(fact, name) and type(value) is type(getattr(fact, name))


@settings(deadline=None, max_examples=100)
@given(strategies.bodies())
def test_any_body_comes_back(body: Body) -> None:
    assert decode_body(encode_body(body)) == body


@settings(deadline=None, max_examples=100)
@given(strategies.events())
def test_the_event_id_is_read_alone(event: Event) -> None:
    assert event_id_of(wired(event)) == event.event_id


@pytest.mark.parametrize(
    "value", [b"", b"x", wired(Recorded()), wired(replace(REQUEST, event_id="no uuid")), encode_body(Genesis("c", "e", "l", 0, 0))]
)
def test_no_event_has_no_event_id(value: bytes) -> None:
    assert event_id_of(value) is None


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (b"", "empty"),
        (b"\xc3", "not_single_object"),
        (b"\xc3\x01\x00", "not_single_object"),
        (b"hello, world", "not_single_object"),
        (MARK + b"12345678", "unknown_schema"),
        (encode_body(Genesis("c", "e", "l", 0, 0)), "unknown_schema"),
        (split(REQUEST)[1], "unknown_schema"),
        (wired(REQUEST)[:-1], "malformed"),
        (wired(REQUEST) + b"\0", "trailing_bytes"),
        (wired(Recorded()) + b"\0", "trailing_bytes"),
    ],
)
def test_what_is_no_fact_says_why(value: bytes, why: str) -> None:
    with pytest.raises(Undecodable) as raised:
        decode_fact(value)
    assert raised.value.why == why


def test_nobody_reports_an_outcome() -> None:
    assert decode_event(wired(REQUEST)).name == "TransferRequested"
    with pytest.raises(Undecodable, match="unknown_schema"):
        decode_event(wired(PlaceHeld(ID, "unit", 1, 5)))


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=200), st.sampled_from(versions()))
def test_any_bytes_are_a_fact_or_undecodable(body: bytes, version: Any) -> None:
    for value in (body, MARK + body, MARK + version.fingerprint + body):
        try:
            again = decode_fact(value)
        except Undecodable:
            continue
        try:
            fact = join(again, None)
        except Undecodable:
            continue
        assert fact is not None
        assert len(encode_fact(again.name, again.clear, again.sealed)) <= len(value)


@settings(deadline=None, max_examples=300)
@given(strategies.facts(), st.data())
def test_changed_bytes_are_another_fact_or_undecodable(fact: Fact, data: st.DataObject) -> None:
    _, private = split(fact)
    for value in (wired(fact), private):
        if value is not None:
            changed = bytearray(value)
            for _ in range(data.draw(st.integers(1, 3))):
                changed[data.draw(st.integers(10, max(10, len(changed) - 1))) % len(changed)] = data.draw(st.integers(0, 255))
            try:
                join(
                    decode_fact(bytes(changed)) if value is not private else decode_fact(wired(fact)), bytes(changed) if value is private else private
                )
            except Undecodable:
                pass


VARINT_OF_2_TO_62 = b"\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01"
NEGATIVE = b"\x01"
HEADER = wired(REQUEST)[:10]
AN_ID = b"\x48" + ID.encode()
REFUSED = wired(Refused(RefusalCode.SAFETY, ""))[:10]


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(HEADER + VARINT_OF_2_TO_62 + b"x", id="text of 2^62 bytes"),
        pytest.param(HEADER + NEGATIVE + b"x", id="text of -1 bytes"),
        pytest.param(HEADER + b"\x02\xff\x00", id="text not in UTF-8"),
        pytest.param(HEADER + b"\x02\x00\x00", id="text with U+0000"),
        pytest.param(HEADER + b"\xc8\x00" + ID.encode() + b"\0", id="length not in its shortest form"),
        pytest.param(HEADER + b"\xc8" + b"\x80" * 70_000 + b"\0", id="varint that does not end"),
        pytest.param(HEADER + AN_ID + VARINT_OF_2_TO_62 + b"\0" * 50, id="array of 2^62 items"),
        pytest.param(HEADER + AN_ID + b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" + b"\0" * 50, id="block of -2^63 items"),
        pytest.param(HEADER + AN_ID + b"\x01\x7e" + bytes(16) + b"\x02\x00\x00", id="block with a false size"),
        pytest.param(HEADER + AN_ID + b"\x02" + bytes(16) + b"\x02" + VARINT_OF_2_TO_62, id="sealed text of 2^62 bytes"),
        pytest.param(REFUSED + b"\x0csafetY\x00\x00", id="trailing byte, and a symbol nobody knows"),
    ],
)
def test_a_hostile_record_is_refused_without_memory(value: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(Undecodable):
            decode_fact(value)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("flag", "readable"), [(0, True), (1, True), (2, False), (255, False)])
def test_a_boolean_is_0_or_1(flag: int, readable: bool) -> None:
    value = bytearray(encode_fact("CapacityChanged", CAPACITY, ()))
    assert value[-1] == 0
    value[-1] = flag
    if readable:
        assert decode_fact(bytes(value)).clear["over_capacity"] is bool(flag)
    else:
        with pytest.raises(Undecodable, match="malformed"):
            decode_fact(bytes(value))


CAPACITY = {
    "unit_id": "u",
    "places": 6,
    "occupied": 1,
    "reserved": 0,
    "held": 0,
    "free": 5,
    "accepting": True,
    "observed_at_ms": None,
    "over_capacity": False,
}


@pytest.mark.parametrize(("branch", "readable"), [(0, True), (1, False), (2, False), (4, False), (3, False)])
def test_a_branch_of_a_union_exists(branch: int, readable: bool) -> None:
    value = bytearray(encode_fact("CapacityChanged", CAPACITY, ()))
    value[-2] = branch
    if readable:
        decode_fact(bytes(value))
    else:
        with pytest.raises(Undecodable, match="malformed"):
            decode_fact(bytes(value))


def test_blocks_with_and_without_sizes_are_read() -> None:
    copy = bytes(range(16)) + b"\x02" + b"\x02t"
    for array in (b"\x04" + copy + copy + b"\0", b"\x02" + copy + b"\x02" + copy + b"\0", b"\x03" + bytes([len(copy) * 4]) + copy + copy + b"\0"):
        wire = decode_fact(HEADER + AN_ID + array)
        assert wire.sealed == (Sealed(bytes(range(16)), 1, b"t"),) * 2


def test_a_symbol_that_nobody_knows_is_malformed_and_not_guessed() -> None:
    clear, private = split(REQUEST)
    assert private is not None
    with pytest.raises(Undecodable, match="malformed"):
        join(WireFact("TransferRequested", clear, ()), private.replace(b"safety", b"sAfety"))
    with pytest.raises(Undecodable, match="malformed"):
        join(WireFact("Refused", {"code": "because", "field": ""}, ()), None)


def test_a_private_part_of_another_kind_does_not_join() -> None:
    note = ReferralReceived(ID, ACTOR, ID, Source.SELF, None, (), "")
    with pytest.raises(Undecodable):
        join(decode_fact(wired(REQUEST)), split(note)[1])


@pytest.mark.parametrize(
    "broken",
    [
        replace(REQUEST, note="canary\0"),
        replace(REQUEST, note="canary \ud800"),
        replace(REQUEST, note=7),  # type: ignore[arg-type]
        replace(REQUEST, needed_by_ms=2**63),
        replace(REQUEST, needed_by_ms=1.5),  # type: ignore[arg-type]
        replace(REQUEST, needed_by_ms=float("nan")),  # type: ignore[arg-type]
        replace(REQUEST, needed_by_ms=True),
        replace(REQUEST, wished_regions=None),  # type: ignore[arg-type]
        replace(REQUEST, wished_regions=(None,)),  # type: ignore[arg-type]
        replace(REQUEST, actor=None),  # type: ignore[arg-type]
    ],
)
def test_what_does_not_fit_is_not_written_and_not_told(broken: TransferRequested) -> None:
    with pytest.raises(ValueError, match="TransferRequestedPrivate cannot be written") as raised:
        split(broken)
    assert "canary" not in str(raised.value) and raised.value.__cause__ is None


@pytest.mark.parametrize(
    ("name", "clear", "sealed"),
    [
        ("TransferRequested", {}, ()),
        ("TransferRequested", {"event_id": ID, "case_id": ID}, ()),
        ("Recorded", {}, (SEALED,)),
        ("Recorded", {"x": 1}, ()),
        ("TransferRequested", {"event_id": ID}, (Sealed(b"short", 1, b""),)),
        (
            "ProjectRegistered",
            {**{n: "" for n in ("event_id", "project_id", "name", "lead_body", "valid_to")}, "bodies": [], "provinces": [], "valid_from": "1 May"},
            (),
        ),
    ],
)
def test_a_record_with_a_field_too_many_or_too_few_is_not_written(name: str, clear: dict[str, object], sealed: tuple[Sealed, ...]) -> None:
    with pytest.raises(ValueError, match=f"{name}"):
        encode_fact(name, clear, sealed)


@pytest.mark.parametrize(
    "value", [b"", b"garbage", wired(REQUEST), encode_body(Genesis("c", "e", "l", 0, 0))[:-1], encode_body(Genesis("c", "e", "l", 0, 0)) + b"x"]
)
def test_a_body_that_cannot_be_read_stops_the_reader(value: bytes) -> None:
    with pytest.raises(BodyUnreadable):
        decode_body(value)


def test_a_state_hash_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="Decided cannot be written"):
        encode_body(Decided(b"", (), b"too short", None))


def test_no_clear_field_tells_of_a_case() -> None:
    """Of a fact about a case nothing but the event's id is clear; of no event is the actor."""
    for name, kind in FACT_TYPES.items():
        clear = {field["name"] for field in newest()[name].schema["fields"]}
        assert "actor" not in clear
        if kind.sealed_under in (SealedUnder.CASE, SealedUnder.CASE_OR_NETWORK, SealedUnder.EXPLANATION):
            assert clear <= {"event_id", "sealed"}, name
        else:
            assert not clear & {"case_id", "transfer_id", "proposal_id", "person", "household"}, name


def test_every_schema_is_published() -> None:
    records = codec.schema_records()
    assert len(records) == len(dict(records)) == len(versions())
    assert all(len(fingerprint) == 8 and json.loads(text)["type"] == "record" for fingerprint, text in records)
