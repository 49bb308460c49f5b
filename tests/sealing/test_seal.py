"""Sealing as pure functions: what opens, what does not, and what sizes show."""

from __future__ import annotations

import itertools

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from events.errors import SealBroken
from events.seal import (
    associated_data,
    blind_tag,
    content_hash,
    event_place,
    outcome_place,
    outcome_ref,
    padded_size,
    raw_hash,
    seal,
    unseal,
)

CIPHER = AESSIV(bytes(range(64)))
OTHER = AESSIV(bytes(range(1, 65)))
HERE = associated_data("it", "event", 1, event_place("018f0000-0000-7000-8000-000000000000"))


@given(st.binary(max_size=9000))
def test_what_was_sealed_opens(plain: bytes) -> None:
    sealed = seal(CIPHER, HERE, plain)
    assert unseal(CIPHER, HERE, sealed) == plain
    assert seal(CIPHER, HERE, plain) == sealed
    assert len(sealed) == 16 + padded_size(len(plain))


def test_the_answer_of_rfc_5297() -> None:
    """Appendix A.1: without this the wheel could be any deterministic cipher."""
    key = bytes.fromhex("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff")
    associated = bytes.fromhex("101112131415161718191a1b1c1d1e1f2021222324252627")
    sealed = AESSIV(key).encrypt(bytes.fromhex("112233445566778899aabbccddee"), [associated])
    assert sealed.hex() == "85632d07c6e8f37f950acd320a2ecc9340c02b9690c4dc04daef7f6afe5c"


def test_sizes_go_in_steps() -> None:
    sizes = {padded_size(size) for size in range(20_000)}
    assert sorted(sizes) == [64, 128, 256, 512, 1024, 2048, 4096, 8192, 12288, 16384, 20480]
    assert all(padded_size(size) >= size + 4 for size in range(20_000))


def test_a_part_opens_in_its_place_alone() -> None:
    """Network, field, version, event, event offset, outcome index, row: no two places share associated data."""
    networks = ["it", "training", "i"]
    places = [
        *(("event", event_place(f"018f0000-0000-7000-8000-00000000000{n}")) for n in range(3)),
        *(("outcome", outcome_place(offset, index)) for offset in range(3) for index in range(3)),
        *(("state", text.encode()) for text in ("", "a", "ab")),
        *(("view:a", text.encode()) for text in ("", "b", "bc")),
        ("view:ab", b""),
        ("view:ab", b"c"),
    ]
    everywhere = [associated_data(network, field, version, where) for network, (field, where), version in itertools.product(networks, places, (1, 2))]
    assert len(set(everywhere)) == len(everywhere)
    for one, other in itertools.permutations(everywhere[::7], 2):
        with pytest.raises(SealBroken):
            unseal(CIPHER, other, seal(CIPHER, one, b"text"))


def test_another_key_does_not_open() -> None:
    with pytest.raises(SealBroken):
        unseal(OTHER, HERE, seal(CIPHER, HERE, b"text"))


@given(st.binary(max_size=200), st.data())
def test_a_changed_bit_does_not_open(plain: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(CIPHER, HERE, plain))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SealBroken):
        unseal(CIPHER, HERE, bytes(sealed))


@given(st.binary(max_size=200))
def test_garbage_does_not_open(text: bytes) -> None:
    with pytest.raises(SealBroken):
        unseal(CIPHER, HERE, text)


@pytest.mark.parametrize(
    "padded",
    [
        b"\0\0\0\1a" + bytes(58) + b"x",  # something after the text
        b"\0\0\0\1a" + bytes(123),  # a step more than the text asks for
        b"\0\0\0\x3d" + bytes(60),  # longer than there is
        b"\xff\xff\xff\xff" + bytes(60),
        b"\0\0\0\1a" + bytes(70),  # no step
    ],
)
def test_odd_padding_does_not_open(padded: bytes) -> None:
    """Sealed with the right key by a program of another kind: two texts must not open to one plain."""
    with pytest.raises(SealBroken):
        unseal(CIPHER, HERE, CIPHER.encrypt(padded, [HERE]))


def test_references_and_tags_depend_on_everything() -> None:
    secrets = [b"a" * 32, b"b" * 32]
    refs = [outcome_ref(secret, offset, index) for secret in secrets for offset in range(5) for index in range(5)]
    tags = [blind_tag(secret, label, text) for secret in secrets for label in ("case", "cas", "actor") for text in ("", "e", "x")]
    assert len({*refs, *tags}) == len(refs) + len(tags)
    assert {len(each) for each in (*refs, *tags)} == {16}


def test_content_hashes_tell_contents_apart() -> None:
    secret = b"s" * 32
    one = content_hash(secret, "TransferRequested", {"event_id": "1", "places": 2}, b"private")
    assert one == content_hash(secret, "TransferRequested", {"places": 2, "event_id": "1"}, b"private")
    others = [
        content_hash(b"t" * 32, "TransferRequested", {"event_id": "1", "places": 2}, b"private"),
        content_hash(secret, "TransferWithdrawn", {"event_id": "1", "places": 2}, b"private"),
        content_hash(secret, "TransferRequested", {"event_id": "2", "places": 2}, b"private"),
        content_hash(secret, "TransferRequested", {"event_id": "1", "places": "2"}, b"private"),
        content_hash(secret, "TransferRequested", {"event_id": "1", "places": 2}, b"other"),
        content_hash(secret, "TransferRequested", {"event_id": "1", "places": 2}, b""),
        content_hash(secret, "TransferRequested", {"event_id": "1", "places": 2}, None),
        raw_hash(secret, b"private"),
    ]
    assert len({one, *others}) == 1 + len(others)
