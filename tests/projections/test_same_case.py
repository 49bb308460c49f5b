"""Two cases found the same, in views on real Kafka and PostgreSQL: one transfer, one inbox, whatever the batches; and both gone when one is erased."""

from __future__ import annotations

import pytest

from events.person import CaseErased
from events.topics import TopicNames
from projections.inbox import ItemKind
from projections.reads import open_reads
from projections.rebuild import rebuild
from projections.runner import Source
from reading.keys import subjects_of_case
from reading.keys_memory import MemoryKeyStore
from reading.vault import Vault
from tests.domain.world import HELPLINE, START, World
from tests.projections.stored import dump, run_until
from tests.projections.story import START_MS, Told
from tests.projections.test_care import CASE, OTHER, one_person
from tests.projections.written import published, written


async def on_a_broker(world: World, kafka: str, names: TopicNames) -> tuple[Source, Vault, MemoryKeyStore, int]:
    keystore = MemoryKeyStore("it")
    later = START_MS - START
    told = [Told(entry.event_time_ms + later, entry.opened.event, entry.outcomes) for entry in world.entries]  # type: ignore[arg-type]
    await published(kafka, names, 0, await written(Vault("it", keystore), told))
    return Source(kafka, names, "it", 0), Vault("it", keystore), keystore, len(told)


@pytest.mark.parametrize("max_records", [1, 200])
async def test_the_transfer_is_found_under_the_case_that_stays(kafka: str, topic_names: TopicNames, postgres_url: str, max_records: int) -> None:
    world = one_person()
    source, vault, _, last = await on_a_broker(world, kafka, topic_names)
    await run_until(postgres_url, vault, source, last, max_records=max_records)
    async with await open_reads(postgres_url, vault, clock=None) as reads:
        transfer = (await reads.transfer(world.transfer_id(OTHER))).answer
        assert transfer is not None and transfer.case_id == OTHER
        assert [item.case_id for item in (await reads.inbox("campania")).answer] == [OTHER]
        assert [(item.kind, item.case_id) for item in (await reads.inbox(None)).answer] == [(ItemKind.ESCALATION, OTHER)], "no agreement is borrowed"
        story = [type(told.fact).__name__ for told in (await reads.timeline(OTHER)).answer]
        assert story.count("ReferralReceived") == 2 and "CasesFoundSame" in story
        assert (await reads.case(CASE)).answer is not None
    live = await dump(postgres_url)
    await rebuild(postgres_url, vault, source)
    assert await dump(postgres_url) == live


async def test_erasing_the_case_that_stays_leaves_nothing_of_either(kafka: str, topic_names: TopicNames, postgres_url: str) -> None:
    world = one_person()
    world.send(CaseErased("", HELPLINE, OTHER))
    source, vault, keystore, last = await on_a_broker(world, kafka, topic_names)
    await run_until(postgres_url, vault, source, last)
    live = await dump(postgres_url)
    assert not live["cases"] and not live["transfers"] and not live["inbox"]
    await keystore.destroy([*subjects_of_case(CASE), *subjects_of_case(OTHER)], through=None)
    await rebuild(postgres_url, Vault("it", keystore), source)
    assert await dump(postgres_url) == live
