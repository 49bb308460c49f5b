"""Stream `referral`: a contact of the helpline is recorded, and nothing of it stays."""

from __future__ import annotations

from coordinator.domain.snapshot import parts_of
from events.referral import ContactLogged, ReferralReceived
from events.vocabulary import ContactChannel, ContactReason, Relevance, Source
from tests.domain.test_refusals import without_memory
from tests.domain.world import HELPLINE, italy, kinds, uuid, woman

NUISANCE = ContactLogged("", HELPLINE, uuid("call"), ContactChannel.TELEPHONE, None, Relevance.NUISANCE, ContactReason.OTHER, None, "")


def test_a_contact_is_recorded_and_the_state_does_not_grow() -> None:
    world = italy()
    before = world.state
    assert kinds(world.send(NUISANCE)) == ["Recorded"]
    assert without_memory(world.state) == without_memory(before)


def test_all_that_is_remembered_of_it_goes_after_two_weeks() -> None:
    world = italy()
    world.tick()
    size = sum(len(content) for _, content in parts_of(world.state)[1])
    for _ in range(20):
        world.send(NUISANCE)
    world.tick(16 * 86_400_000)
    assert sum(len(content) for _, content in parts_of(world.state)[1]) <= size


def test_a_referral_may_name_a_contact_that_nobody_remembers() -> None:
    world = italy()
    event = ReferralReceived("", HELPLINE, uuid("anna"), Source.SELF, "NA", (woman(),), "", contact_id=uuid("call"))
    assert kinds(world.send(event))[0] == "Recorded"
