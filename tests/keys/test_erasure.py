"""Erasure, and a key store restored from before it: no key comes back, no living case is lost, nothing is served before that."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence

import pytest

from events.acceptance import Position
from events.codec import encode_body
from events.entry import Body, Decided, Genesis, Locked, OpenedDecision
from events.envelope import Envelope, hash_of, seal_envelope
from events.fact import Actor
from events.facts import Event, Outcome
from events.network import RulesAdopted
from events.person import AgreementGiven, AliasErased, CaseErased, CaseExpired, CasesFoundSame, ExplanationsExpired, KeepApartDeclared
from events.subjects import case_subject, explanation_subject
from events.transfer import MatchExplained, ProposalMade, TransferEscalated
from events.verdict import Duplicate, Recorded, Refused, Unreadable
from events.vocabulary import Escalation, KeepApart, RefusalCode, Role
from ops.services.postgres import PostgresServer
from reading.erasure import BroughtUp, bring_up_to_ledger, follow
from reading.key_errors import KeyDestroyed, KeysLost, KeyStoreBehind
from reading.keys import Key, KeyStore, new_key, subjects_of_case
from reading.keys_memory import MemoryKeyStore
from reading.keys_postgres import PostgresKeyStore
from reading.keys_schema import migrate
from reading.ledger_reader import AcceptedRecord
from reading.master_key import MasterKey
from reading.vault import Vault

MASTER = MasterKey(bytes(range(64)))
ACTOR = Actor("staff-7", "body-1", Role.HELPLINE)
EVENT_ID = "018f0000-0000-7000-8000-000000000001"
CASES = [f"{n:08}-1111-4111-8111-111111111111" for n in range(8)]


class Ledger:
    """Accepted entries, sealed with the keys of the store at the time."""

    def __init__(self, store: KeyStore) -> None:
        self.store = store
        self.records: list[AcceptedRecord] = []
        self._add(Genesis("cluster", "events", "ledger", 0, 0), -1)

    async def record(self, event: Event, *consequences: Outcome, verdict: Outcome | None = None, told: bool = False) -> None:
        """`told`: as a worker writes it, without references for what the event tells the key of."""
        vault = Vault("it", self.store)
        offset = len(self.records) - 1
        (value,) = await vault.seal_events([event])
        (datums,) = await vault.seal_outcomes([(offset, (verdict or Recorded(), *consequences))], [value] if told else [])
        self._add(Decided(value, datums, None, None), offset)

    async def agree(self, case: str, period: int | None = None) -> None:
        """An event of a case, with a proposal and its explanation."""
        proposed = ProposalMade(case, EVENT_ID, EVENT_ID, EVENT_ID, "unit-1", "project-1", 1, 2, 3)
        await self.record(AgreementGiven(EVENT_ID, ACTOR, case, "a", 7), proposed, MatchExplained(case, EVENT_ID, EVENT_ID, 3, (), (), (), period))

    async def erase(self, case: str) -> None:
        await self.record(CaseErased(EVENT_ID, ACTOR, case))

    async def after(self, position: Position | None, size: int = 3) -> AsyncIterator[Sequence[AcceptedRecord]]:
        """As `LedgerReader.read_to_end` gives them."""
        left = [record for record in self.records if position is None or record.position.sequence > position.sequence]
        for start in range(0, len(left), size):
            yield left[start : start + size]
        yield []

    async def opened(self, store: KeyStore) -> list[OpenedDecision]:
        entries = await Vault("it", store).open_entries([(record.envelope, record.body) for record in self.records])
        return [entry for entry in entries if isinstance(entry, OpenedDecision)]

    def _add(self, body: Body, event_offset: int) -> None:
        sequence = len(self.records)
        previous = self.records[-1].position.hash if self.records else bytes(32)
        envelope = Envelope("it", sequence, previous, event_offset, 0, encode_body(body))
        value = seal_envelope(envelope)
        self.records.append(AcceptedRecord(Position("it", "", sequence, sequence, hash_of(value), event_offset, 0), value, envelope, body, ()))


async def brought_up(store: KeyStore, ledger: Ledger, *, loss_accepted: bool = False) -> BroughtUp:
    return await bring_up_to_ledger(store, ledger.after(await store.destroyed_through()), loss_accepted=loss_accepted)


async def subjects(store: KeyStore) -> set[str]:
    return {key.subject for key in await store.living_keys()}


@pytest.fixture
async def store(keystore_url: str) -> AsyncIterator[PostgresKeyStore]:
    await migrate(keystore_url)
    async with await PostgresKeyStore.open(keystore_url, "it", MASTER) as opened:
        opened.serve()
        yield opened


class Backup:
    """A copy of a key store's database as it is now, and a store opened on it later."""

    def __init__(self, postgres: PostgresServer, url: str) -> None:
        self._postgres = postgres
        self._name = f"restored_{secrets.token_hex(6)}"
        self._url = f"{url.rpartition('/')[0]}/{self._name}"
        source = url.rpartition("/")[2]
        postgres.sql(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{source}'")
        postgres.sql(f"create database {self._name} template {source} owner {source}")

    async def __aenter__(self) -> PostgresKeyStore:
        self._store = await PostgresKeyStore.open(self._url, "it", MASTER)
        return self._store

    async def __aexit__(self, *_: object) -> None:
        await self._store.close()
        self._postgres.sql(f"drop database {self._name} with (force)")


async def test_an_erasure_destroys_the_keys_of_its_case_alone() -> None:
    store = MemoryKeyStore("it")
    ledger = Ledger(store)
    for case in CASES[:3]:
        await ledger.agree(case)
    await ledger.erase(CASES[1])
    await ledger.record(CaseErased(EVENT_ID, ACTOR, CASES[2]), verdict=Refused(RefusalCode.NOT_RESPONSIBLE, ""))
    vault = Vault("it", store)
    await vault.open_entries([(record.envelope, record.body) for record in ledger.records])
    await follow(store, vault, ledger.after(None))
    assert await subjects(store) == {"network", *subjects_of_case(CASES[0]), *subjects_of_case(CASES[2])}
    assert await store.destroyed_through() == ledger.records[-1].position
    for opened in (await ledger.opened(store), await vault.open_entries([(record.envelope, record.body) for record in ledger.records[1:]])):
        facts = [entry.opened.event for entry in opened if isinstance(entry, OpenedDecision)]
        assert [isinstance(fact, Locked) for fact in facts] == [False, True, False, False, False]
        assert isinstance(facts[3], CaseErased)


async def test_erasing_a_case_destroys_the_keys_of_every_name_that_it_has() -> None:
    """By whoever follows, by whoever catches up, and at once in a process that reads the entry."""
    follows, catches_up = MemoryKeyStore("it"), MemoryKeyStore("it")
    for store in (follows, catches_up):
        ledger = Ledger(store)
        for case in CASES[:3]:
            await ledger.agree(case)
        await ledger.record(CasesFoundSame(EVENT_ID, ACTOR, CASES[0], CASES[1]))
        await ledger.record(CaseErased(EVENT_ID, ACTOR, CASES[0]), AliasErased(CASES[1]))
        await ledger.record(CaseErased(EVENT_ID, ACTOR, CASES[2]), verdict=Refused(RefusalCode.NOT_RESPONSIBLE, ""))
        if store is follows:
            await follow(store, None, ledger.after(None))
        else:
            assert (await brought_up(store, ledger)).erased == 2
        assert await subjects(store) == {"network", *subjects_of_case(CASES[2])}
        opened = [entry.opened.event for entry in await ledger.opened(store)]
        assert [isinstance(fact, Locked) for fact in opened] == [True, True, False, True, False, False]


async def test_two_cases_found_the_same_keep_both_their_keys_until_then() -> None:
    store = MemoryKeyStore("it")
    ledger = Ledger(store)
    for case in CASES[:2]:
        await ledger.agree(case)
    await ledger.record(CasesFoundSame(EVENT_ID, ACTOR, CASES[0], CASES[1]))
    await follow(store, None, ledger.after(None))
    assert await subjects(store) == {"network", *subjects_of_case(CASES[0]), *subjects_of_case(CASES[1])}


async def test_a_key_that_is_made_while_all_are_looked_at_goes_too() -> None:
    late = new_key(f"explanation:{CASES[0]}:24300")

    class Looked(MemoryKeyStore):
        async def living_keys(self) -> Sequence[Key]:
            looked = await super().living_keys()
            await self.register({b"r" * 16: (late.subject, 1)}, [late])
            return looked

    store = Looked("it")
    ledger = Ledger(store)
    await ledger.record(AgreementGiven(EVENT_ID, ACTOR, CASES[0], "a", 7))
    await ledger.erase(CASES[0])
    await follow(store, None, ledger.after(None))
    assert {key.subject for key in await store.living_keys()} == {"network"}


async def test_what_waits_of_a_case_that_a_restored_store_destroys_again_is_known_to_be_erased(
    keystore_url: str, store: PostgresKeyStore, postgres: PostgresServer
) -> None:
    """Its reference is younger than the copy, so its key's destruction takes no such reference along; it stands in no entry either."""
    ledger = Ledger(store)
    await ledger.agree(CASES[0])
    await ledger.agree(CASES[1])
    await follow(store, None, ledger.after(None))
    backup = Backup(postgres, keystore_url)
    await ledger.erase(CASES[0])
    waits = await Vault("it", store).seal_events([AgreementGiven(EVENT_ID, ACTOR, case, "a", 7) for case in CASES[:3]])
    asked: list[int] = []

    async def waiting(offset: int) -> AsyncIterator[Sequence[bytes]]:
        asked.append(offset)
        yield [waits[0], b"garbage", b""]
        yield waits[1:]

    async with backup as restored:
        position = await restored.destroyed_through()
        assert (await bring_up_to_ledger(restored, ledger.after(position), waiting=waiting)).erased == 1
        assert asked == [3], "from the one after the last that is decided"
        vault = Vault("it", restored)
        assert [isinstance(each.event, Locked) for each in await vault.open_events(waits)] == [True, False, True]
        assert await vault.keys_lost([waits[0], waits[2]]) == [False, True], "the third case's key is younger than the copy"
        assert (await bring_up_to_ledger(restored, ledger.after(await restored.destroyed_through()), waiting=waiting)).erased == 0
        assert asked == [3], "where nobody is erased nothing is read"


async def explained(store: KeyStore) -> Ledger:
    """Three cases, explained in two months; then the clock, with a refused event, says that the first month is over and that one case is held."""
    ledger = Ledger(store)
    for case in CASES[:3]:
        await ledger.agree(case, 202610)
        await ledger.agree(case, 202611)
    await ledger.agree(CASES[3])
    refused = Refused(RefusalCode.NOT_RESPONSIBLE, "")
    await ledger.record(RulesAdopted(EVENT_ID, ACTOR, 1), ExplanationsExpired(202610, None, (CASES[1],)), verdict=refused)
    return ledger


EXPLAINED = {
    *(case_subject(case) for case in CASES[:4]),
    *(explanation_subject(case, 202611) for case in CASES[:3]),
    explanation_subject(CASES[1], 202610),
    explanation_subject(CASES[3], None),
    "network",
}


async def test_a_month_takes_along_what_is_of_it_and_of_no_held_case() -> None:
    store = MemoryKeyStore("it")
    ledger = await explained(store)
    await follow(store, None, ledger.after(None))
    assert await subjects(store) == EXPLAINED


async def test_a_months_explanations_expire_alone_and_a_held_case_keeps_its_own(store: PostgresKeyStore) -> None:
    ledger = await explained(store)
    await follow(store, None, ledger.after(None))
    assert await subjects(store) == EXPLAINED
    assert await store.keys([explanation_subject(CASES[0], 202610)], create=True) == {}, "a destroyed key is never made again"
    told = [[isinstance(fact, MatchExplained) for fact in entry.outcomes[2:]] for entry in await ledger.opened(store)]
    assert told == [[False], [True], [True], [True], [False], [True], [True], []]
    assert all(not isinstance(entry.opened.event, Locked) for entry in await ledger.opened(store)), "nothing else is lost"

    await ledger.record(RulesAdopted(EVENT_ID, ACTOR, 1), ExplanationsExpired(202610, (CASES[1],), ()))
    await follow(store, None, ledger.after(await store.destroyed_through()))
    assert await subjects(store) == EXPLAINED - {explanation_subject(CASES[1], 202610)}


async def test_a_case_expires_with_the_explanations_of_every_month(store: PostgresKeyStore) -> None:
    ledger = await explained(store)
    refused = Refused(RefusalCode.NOT_RESPONSIBLE, "")
    await ledger.record(RulesAdopted(EVENT_ID, ACTOR, 1), AliasErased(CASES[2]), CaseExpired(CASES[1]), verdict=refused)
    await follow(store, None, ledger.after(None))
    left = {subject for subject in EXPLAINED if CASES[1] not in subject and CASES[2] not in subject}
    assert await subjects(store) == left
    assert await store.keys([case_subject(CASES[1])], create=True) == {}
    opened = await ledger.opened(store)
    assert [isinstance(entry.opened.event, Locked) for entry in opened] == [False, False, True, True, True, True, False, False, False]
    with pytest.raises(KeyDestroyed):
        await ledger.agree(CASES[1], 202612)
    assert await subjects(store) == left, "no key is made for the explanations of a case that is gone"


async def test_a_store_restored_from_before_a_term_does_not_bring_the_keys_back(
    keystore_url: str, store: PostgresKeyStore, postgres: PostgresServer
) -> None:
    ledger = Ledger(store)
    await ledger.record(RulesAdopted(EVENT_ID, ACTOR, 1))
    for case in CASES[:2]:
        await ledger.agree(case, 202610)
    await follow(store, None, ledger.after(None))
    backup = Backup(postgres, keystore_url)
    await ledger.record(RulesAdopted(EVENT_ID, ACTOR, 1), ExplanationsExpired(202610, None, ()))
    await ledger.record(RulesAdopted(EVENT_ID, ACTOR, 1), CaseExpired(CASES[1]))
    await follow(store, None, ledger.after(await store.destroyed_through()))
    async with backup as restored:
        assert explanation_subject(CASES[0], 202610) in await subjects(restored)
        await brought_up(restored, ledger)
        assert await subjects(restored) == await subjects(store) == {"network", case_subject(CASES[0])}


async def test_a_process_that_read_of_a_term_keeps_no_key(store: PostgresKeyStore) -> None:
    """While the key is still there it is asked for each time, so that it is gone here when it is gone there."""
    ledger = await explained(store)
    vault = Vault("it", store)
    pairs = [(record.envelope, record.body) for record in ledger.records]
    await vault.open_entries(pairs)
    await follow(store, None, ledger.after(None))
    entries = [entry for entry in await vault.open_entries(pairs) if isinstance(entry, OpenedDecision)]
    assert isinstance(entries[0].outcomes[2], Locked) and isinstance(entries[1].outcomes[2], MatchExplained)


async def test_following_remembers_its_place_at_leisure() -> None:
    """Not for each entry of a busy hour; at the first pause."""
    store = MemoryKeyStore("it")
    ledger = Ledger(store)
    for _ in range(4):
        await ledger.record(RulesAdopted(EVENT_ID, ACTOR, 1))

    async def busy() -> AsyncIterator[Sequence[AcceptedRecord]]:
        yield ledger.records[:2]
        yield ledger.records[2:]
        assert await store.destroyed_through() is None
        yield []
        assert await store.destroyed_through() == ledger.records[-1].position

    await follow(store, None, busy())


async def test_a_store_restored_from_before_an_erasure_does_not_bring_the_key_back(
    keystore_url: str, store: PostgresKeyStore, postgres: PostgresServer
) -> None:
    ledger = Ledger(store)
    await ledger.record(RulesAdopted(EVENT_ID, ACTOR, 1))
    for case in CASES[:3]:
        await ledger.agree(case)
    await follow(store, None, ledger.after(None))
    backup = Backup(postgres, keystore_url)

    await ledger.agree(CASES[0])
    await ledger.erase(CASES[1])
    await ledger.agree(CASES[2])
    await ledger.record(KeepApartDeclared(EVENT_ID, ACTOR, CASES[0], CASES[2], KeepApart.RECRUITER))
    await follow(store, None, ledger.after(await store.destroyed_through()))
    right = await ledger.opened(store)

    async with backup as restored:
        assert set(subjects_of_case(CASES[1])) <= await subjects(restored)
        with pytest.raises(KeyStoreBehind):
            await ledger.opened(restored)
        done = await brought_up(restored, ledger)
        assert done == BroughtUp(entries=4, erased=1, references_found=2 * 2 + 2, lost=()), "what is under the event's own key was lost by nobody"
        assert await subjects(restored) == await subjects(store)
        assert await restored.keys(subjects_of_case(CASES[1]), create=True) == {}
        assert await restored.destroyed_through() == await store.destroyed_through()
        assert await ledger.opened(restored) == right
        assert await brought_up(restored, ledger) == BroughtUp(0, 0, 0, ())


async def test_a_restored_store_opens_what_the_clock_did_before_an_event_that_changed_nothing(
    keystore_url: str, store: PostgresKeyStore, postgres: PostgresServer
) -> None:
    """Whoever folds such an entry without them has another state; and of the event itself the hash by which a repeat is known."""
    ledger = Ledger(store)
    await ledger.record(RulesAdopted(EVENT_ID, ACTOR, 1))
    for case in CASES[:3]:
        await ledger.agree(case)
    await follow(store, None, ledger.after(None))
    backup = Backup(postgres, keystore_url)

    event = AgreementGiven(EVENT_ID, ACTOR, CASES[0], "a", 7)
    overdue = [TransferEscalated(case, EVENT_ID, Escalation.DEADLINE_PASSED) for case in CASES[:2]]
    for verdict in (Refused(RefusalCode.NOT_RESPONSIBLE, ""), Duplicate(2), Refused(RefusalCode.CASE_ERASED, ""), Unreadable("malformed")):
        await ledger.record(event, verdict, verdict=overdue[0])
        await ledger.record(event, overdue[1], verdict, verdict=overdue[0], told=True)
    right = await ledger.opened(store)

    async with backup as restored:
        assert (await brought_up(restored, ledger)).lost == ()
        found = await ledger.opened(restored)
        assert [entry.outcomes for entry in found] == [entry.outcomes for entry in right]
        again = [isinstance(entry.opened.event, AgreementGiven) for entry in found[4:]]
        assert again == [True] * 4 + [False] * 4, "an event stays as unread as it was for whoever decided it"
        assert found[:8] == right[:8]


async def test_a_store_restored_without_the_keys_of_living_cases_does_not_serve(
    keystore_url: str, store: PostgresKeyStore, postgres: PostgresServer
) -> None:
    ledger = Ledger(store)
    await ledger.record(RulesAdopted(EVENT_ID, ACTOR, 1))
    await ledger.agree(CASES[0])
    await follow(store, None, ledger.after(None))
    backup = Backup(postgres, keystore_url)
    await ledger.erase(CASES[0])
    await ledger.agree(CASES[1])

    async with backup as restored:
        for _ in range(2):
            with pytest.raises(KeysLost) as lost:
                await brought_up(restored, ledger)
            assert lost.value.sequences == (4,)
            assert f"AgreementGiven {EVENT_ID} in entry 4" in str(lost.value) and CASES[1] not in str(lost.value)
            assert not restored.serving
        assert await subjects(restored) == {"network"}, "what was erased is destroyed all the same"
        assert (await brought_up(restored, ledger, loss_accepted=True)).lost == (4,)
        assert restored.serving
        assert isinstance((await ledger.opened(restored))[-1].opened.event, Locked)
        assert (await brought_up(restored, ledger)).lost == (), "a loss is accepted once"


async def test_an_empty_store_beside_a_ledger_does_not_serve(store: PostgresKeyStore, keystore_url: str) -> None:
    """The database was lost altogether and made anew."""
    elsewhere = MemoryKeyStore("it")
    ledger = Ledger(elsewhere)
    await ledger.record(RulesAdopted(EVENT_ID, ACTOR, 1))
    for case in CASES[:4]:
        await ledger.agree(case)
    async with await PostgresKeyStore.open(keystore_url, "it", MASTER) as empty:
        with pytest.raises(KeysLost) as lost:
            await brought_up(empty, ledger)
        assert lost.value.sequences == (1, 2, 3, 4, 5), "all of them, not those of the first batch"
        assert str(lost.value).count(" in entry ") == 5


async def test_a_new_network_serves_at_once(keystore_url: str, store: PostgresKeyStore) -> None:
    ledger = Ledger(MemoryKeyStore("it"))
    async with await PostgresKeyStore.open(keystore_url, "it", MASTER) as new:
        assert await brought_up(new, ledger) == BroughtUp(1, 0, 0, ())
        assert new.serving


async def test_what_was_never_recorded_is_no_loss() -> None:
    """Anybody who may write events can name a reference that nobody registered; that must not stop a store from serving."""
    store, forger = MemoryKeyStore("it"), MemoryKeyStore("it")
    ledger = Ledger(forger)
    await ledger.record(AgreementGiven(EVENT_ID, ACTOR, CASES[0], "a", 7), verdict=Refused(RefusalCode.CASE_ERASED, ""))
    assert (await brought_up(store, ledger)).lost == ()


async def test_an_erasure_by_another_process_meanwhile_is_no_loss(store: PostgresKeyStore, keystore_url: str) -> None:
    ledger = Ledger(store)
    await ledger.agree(CASES[0])
    await ledger.erase(CASES[0])
    async with await PostgresKeyStore.open(keystore_url, "it", MASTER) as starting:
        batches = ledger.after(await starting.destroyed_through())
        await follow(store, None, ledger.after(None))
        assert (await bring_up_to_ledger(starting, batches)).lost == ()
