"""A new policy takes two bodies where the policy in force says so: proposed, confirmed in its very words, then adopted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.domain.snapshot import parts_of, state_from
from events.fact import Actor
from events.facts import Outcome
from events.network import Matching, PolicyProposed
from events.policy_digest import policy_digest
from events.two_people import ActionConfirmed, ActionLapsed, ActionRefused, ReviewDue
from events.verdict import Refused
from events.vocabulary import RefusalCode, Role
from tests.domain.world import ADMINISTRATOR, CLOCK, DAY, HELPLINE, HOUR, MATCHING, POLICY, TWO_BODIES, World, body, italy, kinds, only

SECOND = replace(POLICY, version=2, decisions=TWO_BODIES)
THIRD = replace(SECOND, version=3, matching=MATCHING)
OTHER_ADMINISTRATOR = Actor("adm-2", "other-department", Role.ADMINISTRATOR)


def two_bodies() -> World:
    """From here on policies take two bodies; that one did not."""
    world = italy()
    assert "Recorded" in kinds(world.send(SECOND))
    return world


def proposal(world: World, **changes: object) -> PolicyProposed:
    event = PolicyProposed(world.event_id(), ADMINISTRATOR, THIRD.version, policy_digest(THIRD), "families wait too long", "")
    return replace(event, **changes)  # type: ignore[arg-type]


def confirmed() -> World:
    world = two_bodies()
    event = proposal(world)
    assert kinds(world.send(event)) == ["Recorded", "ConfirmationAwaited"]
    assert kinds(world.send(ActionConfirmed("", HELPLINE, None, event.event_id))) == ["Recorded", "ActionTaken"]
    return world


def code(outcomes: tuple[Outcome, ...]) -> RefusalCode:
    return only(outcomes, Refused).code


def test_what_one_body_proposed_and_another_confirmed_is_adopted() -> None:
    world = confirmed()
    assert world.state.policy is not None and world.state.policy.version == 2
    assert state_from("it", *parts_of(world.state)).approved_policy == world.state.approved_policy is not None
    assert "Recorded" in kinds(world.send(THIRD))
    assert world.state.policy.matching == MATCHING
    assert world.state.approved_policy is None, "an approval is used once"
    assert code(world.send(replace(THIRD, version=4))) is RefusalCode.POLICY_NOT_CONFIRMED


def test_nobody_adopts_alone_nor_other_words() -> None:
    assert code(two_bodies().send(THIRD)) is RefusalCode.POLICY_NOT_CONFIRMED
    world = confirmed()
    assert code(world.send(replace(THIRD, max_declines=9))) is RefusalCode.POLICY_NOT_CONFIRMED
    assert code(world.send(replace(THIRD, version=4))) is RefusalCode.POLICY_NOT_CONFIRMED
    assert "Recorded" in kinds(world.send(replace(THIRD, actor=OTHER_ADMINISTRATOR))), "who of those who may adopts it does not matter"


def test_the_body_that_proposed_does_not_confirm() -> None:
    world = two_bodies()
    event = proposal(world)
    world.send(event)
    colleague = replace(ADMINISTRATOR, person="adm-9")
    assert code(world.send(ActionConfirmed("", colleague, None, event.event_id))) is RefusalCode.ANOTHER_BODY_NEEDED
    assert code(world.send(THIRD)) is RefusalCode.POLICY_NOT_CONFIRMED
    assert "ActionTaken" in kinds(world.send(ActionConfirmed("", OTHER_ADMINISTRATOR, None, event.event_id)))


def test_a_proposal_lapses_is_refused_and_an_approval_does_not_last() -> None:
    world = two_bodies()
    event = proposal(world)
    world.send(event)
    assert only(world.tick(after=DAY), ActionLapsed).action_id == event.event_id
    assert code(world.send(ActionConfirmed("", HELPLINE, None, event.event_id))) is RefusalCode.UNKNOWN_ACTION
    again = proposal(world)
    world.send(again)
    assert "Recorded" in kinds(world.send(ActionRefused("", HELPLINE, None, again.event_id, "too soon")))
    assert code(world.send(THIRD)) is RefusalCode.POLICY_NOT_CONFIRMED
    late = confirmed()
    assert code(late.send(THIRD, after=DAY)) is RefusalCode.POLICY_NOT_CONFIRMED


def test_in_an_emergency_one_body_does_and_another_reviews() -> None:
    world = two_bodies()
    outcomes = world.send(proposal(world, emergency="a house was found, tonight"))
    assert only(outcomes, ReviewDue).due_at_ms == world.now + DAY
    assert "Recorded" in kinds(world.send(THIRD, after=HOUR))


@pytest.mark.parametrize(
    ("changes", "why", "field"),
    [
        ({"actor": CLOCK}, RefusalCode.ROLE_NOT_ALLOWED, "actor"),
        ({"actor": body("lazio")}, RefusalCode.ROLE_NOT_ALLOWED, "actor"),
        ({"version": 2}, RefusalCode.POLICY_NOT_NEWER, "version"),
        ({"digest": "A" * 64}, RefusalCode.FIELD_INVALID, "digest"),
        ({"reason": " "}, RefusalCode.TEXT_NEEDED, "reason"),
        ({"emergency": " "}, RefusalCode.TEXT_NEEDED, "emergency"),
        ({"reason": "x" * 4_001}, RefusalCode.TOO_LARGE, "reason"),
    ],
)
def test_what_cannot_be_proposed(changes: dict[str, object], why: RefusalCode, field: str) -> None:
    world = two_bodies()
    refusal = only(world.send(proposal(world, **changes)), Refused)
    assert (refusal.code, refusal.field) == (why, field)


def test_before_the_first_policy_there_is_nothing_to_propose() -> None:
    world = World()
    assert code(world.send(proposal(world))) is RefusalCode.NO_POLICY


def test_the_digest_is_of_what_is_said_and_of_nothing_else() -> None:
    assert policy_digest(THIRD) == policy_digest(replace(THIRD, event_id="x", actor=HELPLINE))
    assert policy_digest(THIRD) != policy_digest(replace(THIRD, matching=Matching((4000, 2000, 1001), None, None)))
    assert policy_digest(POLICY) == "6817993a789b5b0cf39ac45ddfa1b28ed46922868da725b9734cd798340a9103", (
        "a field added later says nothing in older policies"
    )
