"""What every key store promises, on memory and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
import dataclasses
import secrets
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import pytest

from events.acceptance import Position
from reading import erasure
from reading.keys import Gone, KeyStore, new_key, subjects_of_case
from reading.keys_memory import MemoryKeyStore
from reading.keys_postgres import PostgresKeyStore
from reading.keys_schema import migrate
from reading.master_key import MasterKey

CASES = [f"{n:08}-1111-4111-8111-111111111111" for n in range(6)]
SUBJECTS = [f"case:{case}" for case in CASES]


def position(sequence: int) -> Position:
    return Position("it", "topic", sequence + 10, sequence, bytes([sequence]) * 32, sequence - 1, 1000 + sequence)


@pytest.fixture(params=["memory", "postgres"])
def database(request: pytest.FixtureRequest) -> str | None:
    """The database to keep keys in; None: memory."""
    return request.getfixturevalue("keystore_url") if request.param == "postgres" else None


@pytest.fixture
async def store(database: str | None) -> AsyncIterator[KeyStore]:
    """Every implementation in turn."""
    if database is None:
        yield MemoryKeyStore("it")
        return
    await migrate(database)
    async with await PostgresKeyStore.open(database, "it", MasterKey(bytes(64))) as opened:
        opened.serve()
        yield opened


async def test_a_subject_keeps_its_key(store: KeyStore) -> None:
    first = await store.keys(SUBJECTS, create=True)
    assert set(first) == set(SUBJECTS)
    assert await store.keys(SUBJECTS[:2], create=True) == {subject: first[subject] for subject in SUBJECTS[:2]}
    assert await store.keys([*SUBJECTS, "network"], create=False) == first
    assert len({key.seal_key for key in first.values()} | {key.secret for key in first.values()}) == 2 * len(SUBJECTS)
    assert {(len(key.seal_key), len(key.secret), key.version) for key in first.values()} == {(64, 32, 1)}
    assert {key.subject for key in await store.living_keys()} == set(SUBJECTS)


def test_a_key_that_is_only_looked_at_is_small() -> None:
    """Whoever erases looks at every key for whose it is: of a hundred thousand the ciphers alone take four hundred megabytes."""
    key = new_key(SUBJECTS[0])
    assert not key._cipher and key.subject == SUBJECTS[0]
    assert key.cipher is key.cipher and key == dataclasses.replace(key)


async def test_nothing_is_created_unasked(store: KeyStore) -> None:
    assert await store.keys(SUBJECTS, create=False) == {}
    assert await store.keys([], create=True) == {}
    assert await store.living_keys() == ()


async def test_two_who_create_at_once_get_one_key(store: KeyStore) -> None:
    answers = await asyncio.gather(*(store.keys(SUBJECTS[turn:] + SUBJECTS[:turn], create=True) for turn in range(6)))
    assert all(dict(answer) == dict(answers[0]) for answer in answers)


async def test_references_resolve_once_registered(store: KeyStore) -> None:
    keys = await store.keys(SUBJECTS, create=True)
    refs = {secrets.token_bytes(16): (SUBJECTS[n % 6], 1) for n in range(40)}
    assert await store.resolve(refs) == {}
    for _ in range(2):
        assert await store.register(refs) == frozenset()
        assert await store.resolve(refs) == {ref: keys[subject] for ref, (subject, _) in refs.items()}
    assert await store.resolve([*list(refs)[:3], bytes(16)]) == {ref: keys[refs[ref][0]] for ref in list(refs)[:3]}
    assert await store.resolve([]) == {}
    assert await store.register({}) == frozenset()


async def test_references_registered_at_once_by_rivals(store: KeyStore) -> None:
    await store.keys(SUBJECTS, create=True)
    refs = {secrets.token_bytes(16): (SUBJECTS[n % 6], 1) for n in range(60)}
    backwards = dict(reversed(refs.items()))
    assert set(await asyncio.gather(*(store.register(each) for each in (refs, backwards) * 4))) == {frozenset()}
    assert set(await store.resolve(refs)) == set(refs)


async def test_what_is_destroyed_is_gone_with_its_references_for_good(store: KeyStore) -> None:
    keys = await store.keys([*SUBJECTS, *subjects_of_case(CASES[0])], create=True)
    refs = {secrets.token_bytes(16): (SUBJECTS[n % 2], 1) for n in range(8)}
    await store.register(refs)
    for _ in range(2):
        await store.destroy(subjects_of_case(CASES[0]), through=None)
        gone, left = SUBJECTS[0], SUBJECTS[1]
        assert set(await store.keys([*subjects_of_case(CASES[0]), left], create=True)) == {left}
        assert await store.resolve(refs) == {ref: keys[left] for ref, (subject, _) in refs.items() if subject == left}
        assert await store.register(refs) == frozenset({gone})
        assert await store.resolve(refs) == {ref: keys[left] for ref, (subject, _) in refs.items() if subject == left}
        assert {key.subject for key in await store.living_keys()} == set(SUBJECTS[1:])


async def test_it_knows_for_some_time_which_references_went_with_a_key(store: KeyStore) -> None:
    """A case's, by which events that wait are told apart; not those of explanations, which no event names, and not those that were never there."""
    explained = f"explanation:{CASES[0]}:24300"
    await store.keys([*SUBJECTS[:2], explained], create=True)
    refs = {bytes([n]) * 16: (subject, 1) for n, subject in enumerate([*SUBJECTS[:2], explained])}
    await store.register(refs)
    assert await store.were_destroyed([*refs, b"?" * 16]) == frozenset()
    for _ in range(2):
        await store.destroy([SUBJECTS[0], explained], through=position(4))
        assert await store.were_destroyed([*refs, b"?" * 16]) == {bytes(16)}
    await store.destroy([], through=None, refs=[b"?" * 16])
    assert await store.were_destroyed([*refs, b"?" * 16]) == {bytes(16), b"?" * 16}
    assert await store.were_destroyed([]) == frozenset()


async def test_a_subject_may_be_destroyed_before_it_has_a_key(store: KeyStore) -> None:
    await store.destroy(SUBJECTS[:1], through=None)
    assert await store.keys(SUBJECTS[:1], create=True) == {}


async def test_a_new_key_comes_with_its_references(store: KeyStore) -> None:
    (known,) = (await store.keys(SUBJECTS[:1], create=True)).values()
    new = [new_key(subject) for subject in SUBJECTS[1:3]]
    refs = {bytes([n]) * 16: (SUBJECTS[n], 1) for n in range(3)}
    assert await store.register(refs, new) == frozenset()
    assert await store.resolve(refs) == dict(zip(refs, [known, *new], strict=True))
    assert await store.keys(SUBJECTS[:3], create=False) == {key.subject: key for key in [known, *new]}


async def test_a_new_key_does_not_replace_one_nor_bring_one_back(store: KeyStore) -> None:
    keys = await store.keys(SUBJECTS[:2], create=True)
    await store.destroy(SUBJECTS[1:2], through=None)
    refs = {bytes([n]) * 16: (SUBJECTS[n], 1) for n in range(3)}
    assert await store.register(refs, [new_key(subject) for subject in SUBJECTS[:3]]) == frozenset(SUBJECTS[:2])
    assert set(await store.resolve(refs)) == {bytes([2]) * 16}
    assert await store.keys(SUBJECTS[:2], create=True) == {SUBJECTS[0]: keys[SUBJECTS[0]]}


async def test_explanations_of_a_case_whose_key_is_gone_get_none(store: KeyStore) -> None:
    """A worker that slept through the erasure would make it, and leave something about the case that a key opens."""
    first, second = (new_key(f"explanation:{CASES[0]}:{month}") for month in (24300, 24301))
    refs = {bytes([1]) * 16: (first.subject, 1), bytes([2]) * 16: (second.subject, 1)}
    assert await store.register(refs, [first, second]) == {first.subject, second.subject}, "the case never had one"
    await store.keys(SUBJECTS[:1], create=True)
    assert await store.register({bytes([1]) * 16: (first.subject, 1)}, [first]) == frozenset()
    await store.destroy([SUBJECTS[0], first.subject], through=None)
    assert await store.register(refs, [second]) == {first.subject, second.subject}
    assert not await store.resolve(refs) and not await store.keys([first.subject, second.subject], create=False)


async def test_an_erasure_beside_workers_that_explain_leaves_no_key(store: KeyStore) -> None:
    for turn in range(10):
        case = f"{turn:08}-3333-4333-8333-333333333333"
        await store.keys([f"case:{case}"], create=True)
        keys = [new_key(f"explanation:{case}:{month}") for month in range(24300, 24306)]
        await asyncio.gather(
            *(store.register({secrets.token_bytes(16): (key.subject, 1)}, [key]) for key in keys[:3]),
            erased(case, store),
            *(store.register({secrets.token_bytes(16): (key.subject, 1)}, [key]) for key in keys[3:]),
        )
        assert [key.subject for key in await store.living_keys() if case in key.subject] == []


async def erased(case: str, store: KeyStore) -> None:
    await erasure._destroy(Gone((case,)), store, None)


async def test_new_keys_offered_at_once_by_rivals(store: KeyStore) -> None:
    """One of them is taken, with its references alone."""
    offers = [(new_key(SUBJECTS[0]), secrets.token_bytes(16)) for _ in range(6)]
    told = await asyncio.gather(*(store.register({ref: (SUBJECTS[0], 1)}, [key]) for key, ref in offers))
    (taken,) = [offer for offer, gone in zip(offers, told, strict=True) if not gone]
    assert await store.resolve([ref for _, ref in offers]) == {taken[1]: taken[0]}


async def test_references_to_other_versions_and_unknown_subjects_are_not_registered(store: KeyStore) -> None:
    await store.keys(SUBJECTS[:1], create=True)
    refs = {b"a" * 16: (SUBJECTS[0], 2), b"b" * 16: (SUBJECTS[1], 1)}
    assert await store.register(refs) == frozenset(SUBJECTS[:2])
    assert await store.resolve(refs) == {}


async def test_it_remembers_how_far_destruction_was_applied(store: KeyStore) -> None:
    assert await store.destroyed_through() is None
    await store.destroy(SUBJECTS[:1], through=position(7))
    assert await store.destroyed_through() == position(7)
    await store.destroy([], through=position(3))
    await store.destroy(SUBJECTS[1:2], through=None)
    assert await store.destroyed_through() == position(7)
    await store.destroy([], through=position(8))
    assert await store.destroyed_through() == position(8)


async def test_destruction_and_registration_at_once_leave_no_reference(store: KeyStore) -> None:
    for turn in range(10):
        subject = f"case:{turn}"
        await store.keys([subject], create=True)
        refs = [{secrets.token_bytes(16): (subject, 1)} for _ in range(4)]
        actions: list[Coroutine[Any, Any, object]] = [store.register(each) for each in refs]
        actions.insert(turn % 5, store.destroy([subject], through=None))
        await asyncio.gather(*actions)
        assert await store.resolve([ref for each in refs for ref in each]) == {}
        assert await store.keys([subject], create=True) == {}
