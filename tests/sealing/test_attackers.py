"""Invariant 12a: whoever has the whole ledger and the directories, and no key, links no record's place with a person, an origin or a case. The attackers
can win: where a sealing is left out, or a reference stays the same, they do. What time alone gives is measured and said.
"""

from __future__ import annotations

import re

import pytest

from events.entry import Decided, Locked, OpenedDecision
from events.facts import Fact
from events.person import CaseErased
from events.transfer import ProposalEnded, ProposalMade
from reading.keys import subjects_of_case
from reading.keys_memory import MemoryKeyStore
from reading.vault import Vault
from tests.sealing.attackers import by_time, by_what_comes_again, in_one_record
from tests.sealing.traffic import Record, Traffic, stolen, traffic

TRANSFERS = 1_050
_AN_ID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
A_DAY = 24.0
"""As many as a network ten times as busy as Italy's: the fewer are on their way at once, the more time alone tells."""


@pytest.fixture(scope="module")
def ways() -> Traffic:
    found = traffic(TRANSFERS, A_DAY)
    assert len(found.ways) >= 1_000
    return found


@pytest.fixture(scope="module")
def keystore() -> MemoryKeyStore:
    return MemoryKeyStore("it")


@pytest.fixture(scope="module")
async def records(ways: Traffic, keystore: MemoryKeyStore) -> list[Record]:
    return await stolen(Vault("it", keystore), ways.entries)


async def test_no_record_links_a_person_an_origin_or_a_case_with_a_destination(ways: Traffic, records: list[Record]) -> None:
    assert in_one_record(records, ways) == []


async def test_nothing_comes_again_between_a_departure_and_its_destination(ways: Traffic, records: list[Record]) -> None:
    assert by_what_comes_again(records, ways) == []


@pytest.mark.parametrize("kind", [ProposalMade, ProposalEnded])
async def test_a_sealing_left_out_and_the_attacker_wins(kind: type[Fact], ways: Traffic) -> None:
    records = await stolen(Vault("it", MemoryKeyStore("it")), ways.entries, left_open=[kind])
    assert len({found.split()[4] for found in in_one_record(records, ways)}) >= 1_000


async def test_references_that_stay_the_same_and_the_attacker_wins(ways: Traffic) -> None:
    records = await stolen(Vault("it", MemoryKeyStore("it")), ways.entries, by_subject=True)
    assert len(by_what_comes_again(records, ways)) >= 1_000


async def test_after_an_erasure_what_is_left_says_nothing_of_the_way(ways: Traffic, keystore: MemoryKeyStore, records: list[Record]) -> None:
    """The thief has the key store as well, as it is after the erasures: every other case's key, the explanations', the network's."""
    erased = {way.case_id: way for way in ways.ways if way.erased}
    assert len(erased) > 300
    await keystore.destroy([subject for case_id in erased for subject in subjects_of_case(case_id)], through=None)
    vault = Vault("it", keystore)
    private = {text for way in erased.values() for text in (way.case_id, way.transfer_id)}
    told, locked = [], 0
    for start in range(0, len(records), 2_000):
        part = records[start : start + 2_000]
        bodies: list[tuple[object, Decided]] = [(record.envelope, record.body) for record in part]
        for record, entry in zip(part, await vault.open_entries(bodies), strict=True):  # type: ignore[arg-type]
            assert isinstance(entry, OpenedDecision)
            facts = [entry.opened.event, *entry.outcomes]
            locked += sum(isinstance(fact, Locked) for fact in facts)
            for fact in facts:
                if not isinstance(fact, CaseErased | Locked) and private.intersection(_AN_ID.findall(repr(fact))):
                    told.append((record.sequence, type(fact).__name__))
    assert locked > 10 * len(erased)
    assert told == []
    assert in_one_record(records, ways) == [] and by_what_comes_again(records, ways) == []


async def test_what_time_and_size_alone_give(ways: Traffic, records: list[Record]) -> None:
    """A known limit, measured: who watches the ledger's hours guesses better than chance. Sizes add nothing that chance does not give."""
    own = {len(record.sealed[0]) for record in records if record.event == "DepartureConfirmed"}
    assert len(own) == 1, "every departure is reported in one size"
    by_next, chance = by_time(records, ways, "next")
    by_size, _ = by_time(records, ways, "size")
    assert chance < by_next, "time tells something: if it no longer did, the documents could say so"
    assert by_size < chance + 0.05
