"""The vault over a store in memory: every kind of fact, keys that are gone, and parts that are not where they were sealed."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.codec import Sealed, decode_fact, encode_fact, join, split
from events.entry import Body, Decided, Genesis, Locked, OpenedControl, OpenedDecision, OpenedEvent, Unread
from events.envelope import Envelope
from events.errors import BodyUnreadable, SealBroken
from events.fact import Actor, SealedUnder
from events.facts import EVENT_TYPES, OUTCOME_TYPES, Event, Outcome
from events.network import UnitOpened
from events.person import AgreementGiven, CaseErased, KeepApartDeclared
from events.seal import NETWORK_REF, associated_data, event_place, seal
from events.subjects import case_subject, subjects_of
from events.transfer import MatchExplained, ProposalMade
from events.verdict import Recorded, Unreadable
from events.vocabulary import KeepApart, Role
from reading.key_errors import KeyDestroyed, KeyStoreBehind, KeyStoreError
from reading.keys import Key, subjects_of_case
from reading.keys_memory import MemoryKeyStore
from reading.opening import Wanted, event_opens_under
from reading.vault import Row, Vault

from .facts import Canaries, events, outcomes

EVENT_ID = "018f0000-0000-7000-8000-000000000001"
OTHER_EVENT_ID = "018f0000-0000-7000-8000-000000000002"
CASE = "11111111-1111-4111-8111-111111111111"
OTHER_CASE = "22222222-2222-4222-8222-222222222222"
ACTOR = Actor("staff-7", "body-1", Role.HELPLINE)
ERASED = CaseErased(EVENT_ID, ACTOR, CASE)
AGREED = AgreementGiven(EVENT_ID, ACTOR, CASE, "a", 7)
APART = KeepApartDeclared(EVENT_ID, ACTOR, CASE, OTHER_CASE, KeepApart.RECRUITER)
PROPOSED = ProposalMade(CASE, EVENT_ID, EVENT_ID, EVENT_ID, "unit-1", "project-1", 1, 2, 3)

_ANY_EXPLAINED: Any = Canaries().fact(MatchExplained)
EXPLAINED: Outcome = dataclasses.replace(_ANY_EXPLAINED, case_id=CASE)


class CountingStore(MemoryKeyStore):
    """Counts what would be round trips."""

    def __init__(self) -> None:
        super().__init__("it")
        self.calls: list[str] = []

    async def keys(self, *args: Any, **kwargs: Any) -> Any:
        self.calls.append("keys")
        return await super().keys(*args, **kwargs)

    async def register(self, *args: Any, **kwargs: Any) -> Any:
        self.calls.append("register")
        return await super().register(*args, **kwargs)

    async def resolve(self, *args: Any, **kwargs: Any) -> Any:
        self.calls.append("resolve")
        return await super().resolve(*args, **kwargs)

    async def living_keys(self) -> Any:
        self.calls.append("living_keys")
        return await super().living_keys()


def entry(sequence: int, event: bytes, *datums: bytes) -> tuple[Envelope, Body]:
    return Envelope("it", sequence, bytes(32), sequence - 1, 0, b""), Decided(event, datums, None, None)


async def recorded(vault: Vault, event: Event, sequence: int = 1, *more: Outcome) -> tuple[Envelope, Body]:
    (value,) = await vault.seal_events([event])
    (datums,) = await vault.seal_outcomes([(sequence - 1, (Recorded(), *more))])
    return entry(sequence, value, *datums)


@given(st.lists(events(), max_size=4))
@settings(deadline=None)
def test_any_events_come_back(batch: list[Event]) -> None:
    async def there_and_back() -> None:
        store = MemoryKeyStore("it")
        values = await Vault("it", store).seal_events(batch)
        opened = await Vault("it", store).open_events(values)
        assert [each.event for each in opened] == batch
        assert [each.size_bytes for each in opened] == [len(value) for value in values]

    asyncio.run(there_and_back())


@given(st.lists(outcomes(), max_size=4), st.integers(0, 2**62))
@settings(deadline=None)
def test_any_outcomes_come_back(batch: list[Outcome], offset: int) -> None:
    async def there_and_back() -> None:
        store = MemoryKeyStore("it")
        subjects = [subject for outcome in batch for subject in subjects_of(outcome)]
        await store.keys(subjects, create=True)
        (datums,) = await Vault("it", store).seal_outcomes([(offset, tuple(batch))])
        assert (datums,) == tuple(await Vault("it", store).seal_outcomes([(offset, tuple(batch))]))
        envelope = Envelope("it", 1, bytes(32), offset, 0, b"")
        (opened,) = await Vault("it", store).open_entries([(envelope, Decided(b"", datums, None, None))]) if Recorded() not in batch else (None,)
        assert opened is None or (isinstance(opened, OpenedDecision) and list(opened.outcomes) == batch)

    asyncio.run(there_and_back())


@pytest.mark.parametrize("kind", [*EVENT_TYPES, *OUTCOME_TYPES], ids=lambda kind: kind.__name__)
async def test_a_fact_without_a_key_shows_its_clear_fields(kind: type[Any]) -> None:
    fact = Canaries().fact(kind)
    store = MemoryKeyStore("it")
    vault = Vault("it", store)
    await store.keys(subjects_of(fact), create=True)
    if isinstance(fact, EVENT_TYPES):
        (value,) = await vault.seal_events([fact])
        pair = entry(1, value)
    elif isinstance(fact, OUTCOME_TYPES):
        ((datum,),) = await vault.seal_outcomes([(0, (fact,))])
        pair = entry(1, (await vault.seal_events([ERASED]))[0], datum)
    gone = [subject for subject in subjects_of(fact) if subject != "network"]
    await store.destroy(gone, through=None)
    (opened,) = await Vault("it", store).open_entries([pair])
    assert isinstance(opened, OpenedDecision)
    found = opened.opened.event if isinstance(fact, EVENT_TYPES) else opened.outcomes[0]
    if gone:
        clear, _ = split(fact)
        assert isinstance(found, Locked)
        assert found.name == kind.__name__
        assert set(found.clear) == set(clear)
    else:
        assert found == fact


async def test_two_cases_one_key_left() -> None:
    store = MemoryKeyStore("it")
    (value,) = await Vault("it", store).seal_events([APART])
    for left, gone in ((CASE, OTHER_CASE), (None, CASE)):
        await store.destroy(subjects_of_case(gone), through=None)
        (opened,) = await Vault("it", store).open_events([value])
        assert opened.event == APART if left else isinstance(opened.event, Locked)


async def test_a_case_apart_from_itself_has_one_copy() -> None:
    store = MemoryKeyStore("it")
    alone = dataclasses.replace(APART, other_case_id=CASE)
    (value,) = await Vault("it", store).seal_events([alone])
    assert len(decode_fact(value).sealed) == 1
    assert (await Vault("it", store).open_events([value]))[0].event == alone


async def test_the_content_hash_knows_a_retry_from_other_content() -> None:
    vault = Vault("it", MemoryKeyStore("it"))
    other = dataclasses.replace(AGREED, actor=dataclasses.replace(ACTOR, person="staff-8"))
    values = await vault.seal_events([AGREED, AGREED, other])
    first, again, different = await vault.open_events(values)
    assert values[0] != values[1]
    assert first.content_hash == again.content_hash != different.content_hash
    assert len(first.content_hash) == 16


async def test_what_cannot_be_decoded_is_unread() -> None:
    vault = Vault("it", MemoryKeyStore("it"))
    values = [b"", b"garbage", b"\xc3\x01" + bytes(8) + b"x", encode_fact("Recorded", {}, ())]
    opened = await vault.open_events(values)
    assert [each.event for each in opened] == [Unread("empty"), Unread("not_single_object"), Unread("unknown_schema"), Unread("unknown_schema")]
    assert len({each.content_hash for each in opened}) == len(values)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_no_bytes_make_opening_fail(value: bytes) -> None:
    opened = asyncio.run(Vault("it", MemoryKeyStore("it")).open_events([value]))
    assert isinstance(opened[0].event, Unread)


@given(st.data())
@settings(deadline=None)
def test_no_change_to_an_event_makes_opening_fail_or_opens_as_something_else(data: st.DataObject) -> None:
    async def attempt() -> None:
        vault = Vault("it", MemoryKeyStore("it"))
        (value,) = await vault.seal_events([APART])
        changed = bytearray(value)
        at = data.draw(st.integers(0, len(changed) - 1))
        changed[at] ^= data.draw(st.integers(1, 255))
        (opened,) = await vault.open_events([bytes(changed)])
        assert isinstance(opened.event, Unread | Locked) or opened.event == APART

    asyncio.run(attempt())


class Forger:
    """Somebody who may write events and holds keys of their own making or of other events."""

    def __init__(self) -> None:
        self.store = MemoryKeyStore("it")
        self.vault = Vault("it", self.store)

    async def key(self, subject: str) -> Key:
        return (await self.store.keys([subject], create=True))[subject]

    async def copy(
        self, subject: str, event_id: str, private: bytes, *, ref: bytes | None = None, version: int = 1, field: str = "event", network: str = "it"
    ) -> Sealed:
        key = await self.key(subject)
        ref = ref or bytes([len(self.store._refs) + 1]) * 16
        await self.store.register({ref: (subject, 1)})
        return Sealed(ref, version, seal(key.cipher, associated_data(network, field, version, event_place(event_id)), private))

    async def opened(self, name: str, event_id: str, *copies: Sealed, **clear: object) -> Event | Locked | Unread:
        (opened,) = await self.vault.open_events([encode_fact(name, {"event_id": event_id, **clear}, copies)])
        return opened.event


async def test_a_forged_event_is_unread() -> None:
    forger = Forger()
    subject, other = f"case:{CASE}", f"case:{OTHER_CASE}"
    _, private = split(AGREED)
    _, apart = split(APART)
    assert private is not None
    assert apart is not None

    good = await forger.copy(subject, EVENT_ID, private)
    assert await forger.opened("AgreementGiven", EVENT_ID, good) == AGREED

    malformed = Unread("malformed")
    assert await forger.opened("AgreementGiven", OTHER_EVENT_ID, good) == malformed, "moved to another event"
    assert await forger.opened("TransferWithdrawn", EVENT_ID, good) == malformed, "under another event's name"
    assert await forger.opened("AgreementGiven", EVENT_ID) == malformed, "no copy at all"
    assert await forger.opened("AgreementGiven", EVENT_ID, good, good) == malformed, "a copy too many"
    assert await forger.opened("AgreementGiven", EVENT_ID, await forger.copy(subject, EVENT_ID, private, network="training")) == malformed
    assert await forger.opened("AgreementGiven", EVENT_ID, await forger.copy(subject, EVENT_ID, private, field="outcome")) == malformed
    for version in (0, 2, -1, 2**40):
        wrong = Sealed(good.ref, version, good.text)
        assert await forger.opened("AgreementGiven", EVENT_ID, wrong) == malformed, "another version"
    assert await forger.opened("AgreementGiven", EVENT_ID, await forger.copy(subject, EVENT_ID, private, version=2)) == malformed
    assert await forger.opened("AgreementGiven", EVENT_ID, await forger.copy(other, EVENT_ID, private)) == malformed, "under another case's key"
    assert await forger.opened("AgreementGiven", EVENT_ID, await forger.copy(subject, EVENT_ID, b"")) == malformed, "nothing inside"
    assert await forger.opened("AgreementGiven", EVENT_ID, await forger.copy(subject, EVENT_ID, private[:-1])) == malformed
    assert await forger.opened("AgreementGiven", EVENT_ID, await forger.copy(subject, EVENT_ID, private + b"x")) == malformed
    assert await forger.opened("AgreementGiven", EVENT_ID, await forger.copy("network", EVENT_ID, private, ref=NETWORK_REF)) == malformed
    assert await forger.opened("RulesAdopted", EVENT_ID, good, rules_version=1) == malformed, "a case's key where the network's is wanted"

    swapped = [await forger.copy(other, EVENT_ID, apart), await forger.copy(subject, EVENT_ID, apart)]
    assert await forger.opened("KeepApartDeclared", EVENT_ID, *swapped) == malformed, "copies the wrong way round"
    differing = dataclasses.replace(APART, why=KeepApart.WITNESS_AGAINST)
    two_tales = [await forger.copy(subject, EVENT_ID, apart), await forger.copy(other, EVENT_ID, split(differing)[1] or b"")]
    assert await forger.opened("KeepApartDeclared", EVENT_ID, *two_tales) == malformed, "two copies that differ"
    assert await forger.opened("KeepApartDeclared", EVENT_ID, two_tales[0]) == malformed, "a copy too few"

    unknown = Sealed(b"\xee" * 16, 1, good.text)
    locked = await forger.opened("AgreementGiven", EVENT_ID, unknown)
    assert locked == Locked("AgreementGiven", {"event_id": EVENT_ID})


async def test_another_network_does_not_open_it() -> None:
    """The same record and the same keys, under another network's name."""
    store, elsewhere = MemoryKeyStore("it"), MemoryKeyStore("training")
    (value,) = await Vault("it", store).seal_events([AGREED])
    elsewhere._keys, elsewhere._refs = store._keys, store._refs
    assert (await Vault("training", elsewhere).open_events([value]))[0].event == Unread("malformed")
    with pytest.raises(ValueError, match="another network"):
        Vault("it", elsewhere)


async def test_an_accepted_outcome_that_was_moved_is_an_alarm() -> None:
    vault = Vault("it", MemoryKeyStore("it"))
    envelope, body = await recorded(vault, AGREED, 5, PROPOSED)
    assert isinstance(body, Decided)
    moved = dataclasses.replace(body, outcomes=(body.outcomes[0], body.outcomes[0], body.outcomes[1]))
    for wrong in ((envelope, moved), (dataclasses.replace(envelope, event_offset=9), body)):
        with pytest.raises(SealBroken):
            await vault.open_entries([wrong])
    with pytest.raises(BodyUnreadable):
        await vault.open_entries([(envelope, dataclasses.replace(body, outcomes=(b"garbage",)))])
    with pytest.raises(BodyUnreadable):
        await vault.open_entries([(envelope, dataclasses.replace(body, outcomes=(body.event,)))])


async def test_a_recorded_event_that_no_longer_reads_is_an_alarm() -> None:
    """The key store of another network or day: a silent `Unread` would change what the entry did."""
    pair = await recorded(Vault("it", MemoryKeyStore("it")), Canaries().fact(EVENT_TYPES[0]))  # type: ignore[arg-type]
    with pytest.raises(SealBroken, match="entry 1"):
        await Vault("it", MemoryKeyStore("it")).open_entries([pair])


async def test_control_entries_pass_through() -> None:
    genesis = Genesis("cluster", "events", "ledger", 0, 7)
    envelope = Envelope("it", 0, bytes(32), -1, 7, b"")
    assert await Vault("it", MemoryKeyStore("it")).open_entries([(envelope, genesis)]) == [OpenedControl("it", 0, -1, 7, genesis)]


async def test_an_erased_case_is_forgotten_as_its_erasure_is_read() -> None:
    store = CountingStore()
    vault = Vault("it", store)
    agreed = await recorded(vault, AGREED, 1, PROPOSED)
    erased = await recorded(vault, ERASED, 2, PROPOSED)
    not_erased = entry(3, (await vault.seal_events([ERASED]))[0], encode_fact("Refused", {"code": "case_erased", "field": ""}, ()))
    store.calls.clear()
    await vault.open_entries([not_erased, agreed])
    assert store.calls == [], "a refused erasure erases nothing"
    await vault.open_entries([erased, agreed])
    assert store.calls == []
    await vault.open_entries([agreed])
    await vault.open_entries([agreed])
    assert store.calls == ["resolve", "resolve"], "its key is fetched for each use from then on"
    await store.destroy(subjects_of_case(CASE), through=None)
    was_agreed, was_erased = await vault.open_entries([agreed, erased])
    assert isinstance(was_agreed, OpenedDecision)
    assert isinstance(was_erased, OpenedDecision)
    assert isinstance(was_agreed.opened.event, Locked)
    assert isinstance(was_agreed.outcomes[1], Locked)
    assert was_erased.opened.event == ERASED
    assert was_erased.outcomes == (Recorded(), Locked("ProposalMade", {}))


async def test_nothing_is_sealed_for_an_erased_case() -> None:
    store = MemoryKeyStore("it")
    vault = Vault("it", store)
    other = AgreementGiven(OTHER_EVENT_ID, ACTOR, OTHER_CASE, "a", 7)
    await vault.seal_events([AGREED, other])
    await store.destroy(subjects_of_case(CASE), through=None)
    for _ in range(2):  # with the key still at hand, and without
        with pytest.raises(KeyDestroyed) as refused:
            await vault.seal_events([other, AGREED, APART])
        assert refused.value.indexes == (1, 2)
        assert CASE not in str(refused.value)
        with pytest.raises(KeyDestroyed) as refused:
            await vault.seal_outcomes([(1, (Recorded(),)), (2, (Recorded(), PROPOSED)), (3, (PROPOSED, PROPOSED))])
        assert refused.value.indexes == (1, 2)
    with pytest.raises(KeyDestroyed):
        await Vault("it", store).seal_record(f"case:{CASE}", "state", "x", b"")


async def test_rows_are_sealed_in_their_place() -> None:
    store = MemoryKeyStore("it")
    await store.keys([f"case:{CASE}", f"case:{OTHER_CASE}"], create=True)
    vault = Vault("it", store)
    row = Row(f"case:{CASE}", "view:timeline", "row-1", b"content")
    (sealed,) = await vault.seal_records([row])
    assert [sealed] == await Vault("it", store).seal_records([row]), "a rebuild writes the same bytes"
    assert await vault.open_record(row.subject, row.field, row.place, sealed) == b"content"
    there = dataclasses.replace(row, content=sealed)
    for wrong in (
        dataclasses.replace(there, subject=f"case:{OTHER_CASE}"),
        dataclasses.replace(there, field="view:inbox"),
        dataclasses.replace(there, place="row-2"),
        dataclasses.replace(there, content=b"\0\0\0\2" + sealed[4:]),
        dataclasses.replace(there, content=b""),
    ):
        with pytest.raises(SealBroken):
            await vault.open_records([wrong])
    await store.destroy(subjects_of_case(CASE), through=None)
    assert await Vault("it", store).open_records([dataclasses.replace(row, content=sealed)]) == [None]


async def test_tags_need_the_key_at_hand() -> None:
    store = MemoryKeyStore("it")
    vault = Vault("it", store)
    with pytest.raises(KeyStoreError):
        vault.tag("case", CASE)
    await vault.ready()
    assert vault.tag("case", CASE) != vault.tag("actor", CASE) != vault.tag("actor", OTHER_CASE)
    again = Vault("it", store)
    await again.ready()
    assert again.tag("case", CASE) == vault.tag("case", CASE)


async def test_round_trips_of_a_batch() -> None:
    store = CountingStore()
    network_event: Any = Canaries().fact(EVENT_TYPES[0])
    cases = [dataclasses.replace(AGREED, case_id=f"{n:08}-1111-4111-8111-111111111111") for n in range(50)]

    def spent() -> list[str]:
        calls, store.calls = store.calls, []
        return calls

    sealer = Vault("it", store)
    await sealer.ready()
    assert spent() == ["keys"]
    (network_value,) = await sealer.seal_events([network_event])
    assert spent() == [], "what is sealed under the network needs no reference"
    values = await sealer.seal_events(cases)
    assert spent() == ["keys", "register"]
    await sealer.open_events([network_value, *values])
    assert spent() == []
    proposals = [(n, (Recorded(), dataclasses.replace(PROPOSED, case_id=case.case_id))) for n, case in enumerate(cases)]
    datums = await sealer.seal_outcomes(proposals)
    assert spent() == ["register"]

    opener = Vault("it", store)
    await opener.ready()
    spent()
    await opener.open_events([network_value] * 50)
    assert spent() == []
    pairs = [entry(n + 1, value, *outcomes) for n, (value, outcomes) in enumerate(zip(values, datums, strict=True))]
    await opener.open_entries([(envelope, dataclasses.replace(body, event=network_value)) for envelope, body in pairs if isinstance(body, Decided)])
    assert spent() == ["resolve"]


async def test_what_is_under_the_key_of_its_own_event_asks_for_no_reference() -> None:
    store = CountingStore()
    reporter = Vault("it", store)
    values = await reporter.seal_events([AGREED, APART])
    of_other: Outcome = dataclasses.replace(PROPOSED, case_id=OTHER_CASE)
    batch: list[tuple[int, tuple[Outcome, ...]]] = [(0, (Recorded(), PROPOSED)), (1, (PROPOSED, of_other))]

    worker = Vault("it", store)
    await worker.open_events(values)
    store.calls.clear()
    datums = await worker.seal_outcomes(batch, values)
    assert store.calls == [], "no round trip, no flush"

    pairs = [entry(number + 1, value, *each) for number, (value, each) in enumerate(zip(values, datums, strict=True))]
    reader = Vault("it", store)
    await reader.ready()
    await reporter.ready()
    for vault, spent in ((reader, ["resolve"]), (reader, []), (reporter, [])):
        store.calls.clear()
        opened = await vault.open_entries(pairs)
        assert [each.outcomes for each in opened if isinstance(each, OpenedDecision)] == [outcomes for _, outcomes in batch]
        assert store.calls == spent
    for wanted in (Wanted([ProposalMade], []), Wanted([ProposalMade, AgreementGiven, KeepApartDeclared], [])):
        taken = await Vault("it", store).open_wanted(pairs, wanted)
        assert [each.outcomes for each in taken if isinstance(each, OpenedDecision)] == [outcomes for _, outcomes in batch], "the event wanted or not"

    await store.destroy(subjects_of_case(OTHER_CASE), through=None)
    first, second = await Vault("it", store).open_entries(pairs)
    assert isinstance(first, OpenedDecision) and first.outcomes == batch[0][1]
    assert isinstance(second, OpenedDecision) and second.outcomes[0] == PROPOSED and isinstance(second.outcomes[1], Locked)
    assert await Vault("it", store).seal_outcomes(batch[:1]) == datums[:1], "registered or not, the bytes are the same"


async def test_what_is_under_the_key_of_another_case_is_registered() -> None:
    store = CountingStore()
    values = await Vault("it", store).seal_events([AGREED, dataclasses.replace(AGREED, event_id=OTHER_EVENT_ID, case_id=OTHER_CASE)])
    of_other: Outcome = dataclasses.replace(PROPOSED, case_id=OTHER_CASE)
    worker = Vault("it", store)
    await worker.open_events(values)
    store.calls.clear()
    (datums,) = await worker.seal_outcomes([(0, (Recorded(), of_other, PROPOSED))], values[:1])
    assert store.calls == ["register"]
    (opened,) = await Vault("it", store).open_entries([entry(1, values[0], *datums)])
    assert isinstance(opened, OpenedDecision)
    assert opened.outcomes == (Recorded(), of_other, PROPOSED)


async def test_a_copy_whose_reference_is_in_no_store_tells_no_key() -> None:
    """Whoever may send events may leave a reference out; nothing that follows may be lost by it."""
    store = MemoryKeyStore("it")
    values = await Vault("it", store).seal_events([APART])
    wire = decode_fact(values[0])
    (value,) = [encode_fact(wire.name, wire.clear, (wire.sealed[0], dataclasses.replace(wire.sealed[1], ref=bytes(range(16)))))]
    of_other: Outcome = dataclasses.replace(PROPOSED, case_id=OTHER_CASE)
    worker = Vault("it", store)
    (event,) = await worker.open_events([value])
    assert event.event == APART
    (datums,) = await worker.seal_outcomes([(0, (Recorded(), PROPOSED, of_other))], [value])
    (opened,) = await Vault("it", store).open_entries([entry(1, value, *datums)])
    assert isinstance(opened, OpenedDecision)
    assert opened.outcomes == (Recorded(), PROPOSED, of_other)


async def test_a_reference_that_the_store_lost_is_given_back_by_the_living_key() -> None:
    """A store restored from an older copy lacks the references of events that wait; nobody erased their cases."""
    store = MemoryKeyStore("it")
    agreed, apart = await Vault("it", store).seal_events([AGREED, APART])
    store._refs.clear()
    worker = Vault("it", store)
    assert [each.event for each in await worker.open_events([agreed, apart])] == [AGREED, APART]
    refs = {copy.ref for value in (agreed, apart) for copy in decode_fact(value).sealed}
    assert (await store.resolve(refs)).keys() == refs, "whoever reads them later finds their keys, of every copy"


async def test_what_no_living_key_opens_stays_shut_and_says_whether_its_key_is_lost() -> None:
    store = MemoryKeyStore("it")
    (agreed,) = await Vault("it", store).seal_events([AGREED])
    wire = decode_fact(agreed)
    forged = encode_fact(wire.name, wire.clear, (dataclasses.replace(wire.sealed[0], ref=bytes(range(16))),))
    moved = encode_fact(wire.name, {**wire.clear, "event_id": OTHER_EVENT_ID}, wire.sealed)
    worker = Vault("it", store)
    assert isinstance((await worker.open_events([forged]))[0].event, Locked), "a reference that somebody made up is not looked for"
    (apart,) = await Vault("it", store).seal_events([APART])
    values = (agreed, forged, moved, b"", b"garbage", apart)
    store._keys.pop(case_subject(CASE))
    store._refs = {ref: key for ref, key in store._refs.items() if key.subject != case_subject(CASE)}
    assert isinstance((await Vault("it", store).open_events([agreed]))[0].event, Locked)
    assert await worker.keys_lost(values) == [True, False, False, False, False, True], "by their marks; who asks has found no key before"
    await store.destroy([case_subject(OTHER_CASE)], through=None)
    assert await worker.keys_lost(values) == [True, *[False] * 5], "of two cases one is known to be erased"


async def test_what_went_with_its_key_is_not_searched_for() -> None:
    store = CountingStore()
    (agreed,) = await Vault("it", store).seal_events([AGREED])
    await store.destroy([case_subject(CASE)], through=None)
    store.calls.clear()
    worker = Vault("it", store)
    assert isinstance((await worker.open_events([agreed]))[0].event, Locked)
    assert await worker.keys_lost([agreed]) == [False]
    assert "living_keys" not in store.calls


async def test_keys_are_searched_for_in_batches_that_end_and_for_no_copy_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a hundred thousand keys each copy takes most of a second, and a worker that says nothing for half a minute is ended and begins anew."""
    store = CountingStore()
    lost = [
        dataclasses.replace(AGREED, event_id=f"018f0000-0000-7000-8000-{number:012}", case_id=f"{number:08}-2222-4222-8222-222222222222")
        for number in range(6)
    ]
    values = await Vault("it", store).seal_events([*lost, AGREED, APART])
    await store.keys([f"case:{number}" for number in range(40)], create=True)
    for event in lost:
        store._keys.pop(case_subject(event.case_id))
    store._refs.clear()
    tried = 0

    def counted(*given: Any) -> bool:
        nonlocal tried
        tried += 1
        return event_opens_under(*given)

    monkeypatch.setattr("reading.vault.event_opens_under", counted)
    living = len(await store.living_keys()) - 1
    monkeypatch.setattr("reading.vault.SEARCHED_FOR_S", -1.0)
    worker = Vault("it", store)
    opened: list[OpenedEvent] = []
    for copies in (*[1] * 7, 2):
        tried = 0
        batch = await worker.open_events(values[len(opened) :])
        assert len(batch) == 1 and tried <= copies * living
        opened += batch
    assert [type(each.event) for each in opened] == [*[Locked] * 6, AgreementGiven, KeepApartDeclared]

    store.calls.clear()
    tried = 0
    assert len(await worker.open_events(values[:6])) == 6 and tried == 0 and "living_keys" not in store.calls, (
        "what was sought in vain is not sought again"
    )


async def test_many_copies_that_name_one_reference_are_searched_for_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever may send events may take a marked reference out of the ledger, and name it as often as a record has room."""
    store = MemoryKeyStore("it")
    (agreed,) = await Vault("it", store).seal_events([AGREED])
    wire = decode_fact(agreed)
    (copy,) = wire.sealed
    many = encode_fact(wire.name, wire.clear, tuple(dataclasses.replace(copy, text=bytes([number]) * 80) for number in range(200)))
    store._refs.clear()
    store._keys.pop(case_subject(CASE))
    await store.keys(["case:1", "case:2"], create=True)
    tried = 0

    def counted(*given: Any) -> bool:
        nonlocal tried
        tried += 1
        return event_opens_under(*given)

    monkeypatch.setattr("reading.vault.event_opens_under", counted)
    worker = Vault("it", store)
    assert isinstance((await worker.open_events([agreed, many]))[0].event, Locked)
    await worker.open_events([many])
    assert tried == 2


async def test_what_was_refused_unread_stays_sealed_whatever_key_turns_up_later() -> None:
    """Its loss was accepted and a later copy of the store has its key: who folds the ledger must find what was decided without it."""
    vault = Vault("it", MemoryKeyStore("it"))
    values = await vault.seal_events([AGREED, APART])

    def refused(code: str, field: str) -> bytes:
        return encode_fact("Refused", {"code": code, "field": field}, ())

    given = [entry(1, values[0], refused("case_erased", "")), entry(2, values[0], refused("unknown_case", ""))]
    opened = await vault.open_entries([*given, entry(3, values[1], refused("case_erased", "other_case_id"))])
    events = [each.opened.event for each in opened if isinstance(each, OpenedDecision)]
    assert [type(each) for each in events] == [Locked, AgreementGiven, KeepApartDeclared], "what was refused after it was read is read again"


async def test_an_event_that_names_the_reference_of_an_outcome_opens_alike_in_every_batch() -> None:
    """References stand in clear. One that no store has tells a worker nothing of an event, so it tells no reader either, whatever is read beside it."""
    store = MemoryKeyStore("it")
    (reported,) = await Vault("it", store).seal_events([APART])
    worker = Vault("it", store)
    await worker.open_events([reported])
    of_other: Outcome = dataclasses.replace(PROPOSED, case_id=OTHER_CASE)
    (datums,) = await worker.seal_outcomes([(0, (Recorded(), of_other))], [reported])
    (copy,) = decode_fact(datums[1]).sealed

    (again,) = await Vault("it", store).seal_events([dataclasses.replace(APART, event_id=OTHER_EVENT_ID)])
    wire = decode_fact(again)
    forged = encode_fact(wire.name, wire.clear, (wire.sealed[0], dataclasses.replace(wire.sealed[1], ref=copy.ref, text=bytes(64))))
    (decided,) = await worker.open_events([forged])
    assert decided.event == dataclasses.replace(APART, event_id=OTHER_EVENT_ID)
    (more,) = await worker.seal_outcomes([(1, (Recorded(),))], [forged])

    pairs = [entry(1, reported, *datums), entry(2, forged, *more)]
    alone = [(await Vault("it", store).open_entries([pair]))[0] for pair in pairs]
    assert [each.opened.event for each in alone if isinstance(each, OpenedDecision)] == [APART, decided.event]
    assert await Vault("it", store).open_entries(pairs) == alone
    wanted = Wanted([ProposalMade, KeepApartDeclared], [])
    taken = await Vault("it", store).open_wanted(pairs, wanted)
    assert [each.opened.event for each in taken if isinstance(each, OpenedDecision)] == [APART, decided.event]


async def test_an_event_that_not_every_reader_can_decode_tells_no_key() -> None:
    """Some readers look at every word of an event and some at its form alone: what one of them cannot read tells it nothing."""
    store = MemoryKeyStore("it")
    opened_unit: Any = Canaries().fact(UnitOpened)
    agreed, unit = await Vault("it", store).seal_events([AGREED, opened_unit])
    wire = decode_fact(unit)
    (copy,) = decode_fact(agreed).sealed
    forged = encode_fact(wire.name, {**wire.clear, "level": "of no such kind"}, (dataclasses.replace(wire.sealed[0], ref=copy.ref),))
    worker = Vault("it", store)
    opened = await worker.open_events([agreed, forged])
    assert opened[1].event == Unread("malformed")
    told: tuple[Outcome, ...] = (PROPOSED, Unreadable("malformed"))
    (datums,) = await worker.seal_outcomes([(0, told)], [forged])

    pairs = [entry(1, forged, *datums)]
    for hashed in (True, False):
        (found,) = await Vault("it", store).open_entries(pairs, hashed=hashed)
        assert isinstance(found, OpenedDecision) and found.outcomes == told
    (taken,) = await Vault("it", store).open_wanted(pairs, Wanted([ProposalMade, Unreadable], []))
    assert isinstance(taken, OpenedDecision) and taken.outcomes == told


async def test_the_key_of_an_explanation_is_made_with_its_first_reference() -> None:
    store = CountingStore()
    vault = Vault("it", store)
    await vault.seal_events([AGREED])
    store.calls.clear()
    (datums,) = await vault.seal_outcomes([(0, (Recorded(), EXPLAINED))])
    assert store.calls == ["register"], "one round trip, one flush"
    assert await Vault("it", store).seal_outcomes([(0, (Recorded(), EXPLAINED))]) == [datums]
    pairs = [entry(1, (await vault.seal_events([AGREED]))[0], *datums)]
    (opened,) = await Vault("it", store).open_entries(pairs)
    assert isinstance(opened, OpenedDecision)
    assert opened.outcomes == (Recorded(), EXPLAINED)


async def test_a_rival_that_made_the_key_of_an_explanation_first() -> None:
    """Whoever comes second seals again, under the first one's key: both write the same bytes."""

    class Rivalled(MemoryKeyStore):
        rival: Vault | None = None
        theirs: list[tuple[bytes, ...]] | None = None

        async def register(self, *args: Any, **kwargs: Any) -> Any:
            rival, self.rival = self.rival, None
            if rival is not None:
                self.theirs = await rival.seal_outcomes([(0, (Recorded(), EXPLAINED))])
            return await super().register(*args, **kwargs)

    store = Rivalled("it")
    vault = Vault("it", store)
    await vault.seal_events([AGREED])
    store.rival = Vault("it", store)
    ours = await vault.seal_outcomes([(0, (Recorded(), EXPLAINED))])
    assert ours == store.theirs
    assert await vault.seal_outcomes([(0, (Recorded(), EXPLAINED))]) == ours


async def test_no_explanation_of_a_case_erased_meanwhile() -> None:
    store = MemoryKeyStore("it")
    vault = Vault("it", store)
    await vault.seal_events([AGREED, dataclasses.replace(AGREED, case_id=OTHER_CASE)])
    await store.destroy([*subjects_of_case(CASE), *subjects_of(EXPLAINED)], through=None)
    other: Outcome = dataclasses.replace(_ANY_EXPLAINED, case_id=OTHER_CASE)
    for _ in range(2):
        with pytest.raises(KeyDestroyed) as destroyed:
            await vault.seal_outcomes([(0, (Recorded(), other)), (1, (Recorded(), EXPLAINED))])
        assert destroyed.value.indexes == (1,)
    assert len(await vault.seal_outcomes([(0, (Recorded(), other))])) == 1


async def test_a_store_that_is_behind_seals_and_opens_nothing() -> None:
    class Behind(MemoryKeyStore):
        @property
        def serving(self) -> bool:
            return False

    vault = Vault("it", Behind("it"))
    for attempt in (vault.ready(), vault.seal_events([AGREED]), vault.open_events([b""])):
        with pytest.raises(KeyStoreBehind):
            await attempt


def test_keys_show_nothing_of_themselves() -> None:
    key = Key(f"case:{CASE}", 1, b"k" * 64, b"s" * 32)
    assert repr(key) == "Key(version=1)"


def test_every_sealed_fact_has_subjects() -> None:
    for kind in (*EVENT_TYPES, *OUTCOME_TYPES):
        fact = Canaries().fact(kind)
        assert bool(subjects_of(fact)) == (kind.sealed_under is not SealedUnder.NOBODY)
        assert isinstance(join(decode_fact(encode_fact(kind.__name__, split(fact)[0], ())), split(fact)[1]), kind)
