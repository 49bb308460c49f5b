"""View `actions`: what waits for somebody, and what is open to whom at an instant. Over a world of the decision core."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.access import MACHINE_BODY, Grant, Standing
from coordinator.opened import action_json, opening_of, to_be_dealt_with
from coordinator.viewing import words_in
from events.facts import FACT_TYPES
from events.two_people import ActionConfirmed, ActionRefused, ActionReviewed
from events.vocabulary import ReviewVerdict, SightPurpose
from projections import actions
from projections.actions import Action, ActionStage, stage_of
from projections.reported import effects_of
from tests.domain.test_glass import anna_waits, asked, sent
from tests.domain.world import ADMINISTRATOR, DAY, HELPLINE, HOUR, MINUTE, World, body, uuid

OP_1 = Grant("op-1", "helpline", Standing.HELPLINE, None, ("it",))


def told(world: World, sequence: int | None = None) -> tuple[Action, ...]:
    """The actions as of a sequence; None: now."""
    entries = [effects_of(entry) for entry in world.entries if sequence is None or entry.sequence <= sequence]
    return actions.folded((fact, entry.sequence, entry.at_ms) for entry in entries for _, fact in entry.facts)


def opened(world: World, grant: Grant, case: str | None, purpose: SightPurpose = SightPurpose.FREE_TEXT, **more: str) -> str | None:
    return opening_of(grant, told(world), purpose, case, world.now, **more)


def test_free_text_opens_when_somebody_confirms_and_for_its_time_alone() -> None:
    world, anna = anna_waits()
    action = sent(world, asked(anna))
    assert opened(world, OP_1, anna) is None, "nobody has confirmed it"
    assert [each.action_id for each in to_be_dealt_with(told(world), world.now)] == [action]
    world.send(ActionConfirmed("", body("campania"), anna, action), after=MINUTE)
    assert opened(world, OP_1, anna) == action
    before = world.sequence - 1
    assert opening_of(OP_1, told(world, before), SightPurpose.FREE_TEXT, anna, world.now) is None, "as of before it was confirmed"
    world.now += HOUR - 1
    assert opened(world, OP_1, anna) == action
    world.now += 1
    assert opened(world, OP_1, anna) is None, "its time is over, though no entry came since"
    assert not to_be_dealt_with(told(world), world.now)


@pytest.mark.parametrize(
    "grant",
    [
        replace(OP_1, person="op-2"),
        replace(OP_1, person=None),
        replace(OP_1, body="department"),
        replace(OP_1, standing=Standing.ADMINISTRATOR),
        replace(OP_1, standing=Standing.AUDITOR),
        Grant("staff", "body-campania", Standing.PROJECT, "campania", ("it",)),
    ],
)
def test_it_is_open_to_nobody_else(grant: Grant) -> None:
    world, anna = anna_waits()
    sent(world, asked(anna, emergency="nobody else answers"))
    assert opened(world, OP_1, anna) is not None
    assert opened(world, replace(OP_1, body=MACHINE_BODY), anna) is not None, "at the machine the name is the person's"
    assert opened(world, grant, anna) is None


def test_nothing_else_is_open() -> None:
    world, anna = anna_waits()
    bina = world.case("bina")
    sent(world, asked(anna, SightPurpose.SAFETY_DETAIL, emergency="nobody else answers"))
    transfer = uuid("her transfer")
    assert opened(world, OP_1, anna, SightPurpose.SAFETY_DETAIL, transfer_id=transfer) is not None
    assert opened(world, OP_1, anna, SightPurpose.SAFETY_DETAIL, transfer_id=uuid("another transfer")) is None
    assert opened(world, OP_1, anna) is None
    assert opened(world, OP_1, bina, SightPurpose.SAFETY_DETAIL, transfer_id=transfer) is None
    administrator = Grant("adm-1", "department", Standing.ADMINISTRATOR, None, ("it",))
    assert opened(world, administrator, None, SightPurpose.EXPORT) is None
    export = sent(world, asked(None, SightPurpose.EXPORT, ADMINISTRATOR))
    world.send(ActionConfirmed("", HELPLINE, None, export))
    assert opened(world, administrator, None, SightPurpose.EXPORT) == export
    assert opened(world, OP_1, anna) is None


def test_what_a_review_does_not_uphold_is_shut_at_once() -> None:
    world, anna = anna_waits()
    action = sent(world, asked(anna, emergency="nobody else answers"))
    (waiting,) = to_be_dealt_with(told(world), world.now)
    plain = action_json(waiting, world.now)
    assert (plain["stage"], plain["review_due_ms"], plain["overdue"], plain["open_until_ms"]) == ("taken", world.now + DAY, False, world.now + HOUR)
    world.send(ActionReviewed("", ADMINISTRATOR, anna, action, ReviewVerdict.NOT_UPHELD, "she did not ask"), after=MINUTE)
    assert opened(world, OP_1, anna) is None and not to_be_dealt_with(told(world), world.now)


def test_a_review_that_is_not_there_in_time_is_overdue() -> None:
    world, anna = anna_waits()
    sent(world, asked(anna, emergency="nobody else answers"))
    world.now += DAY
    (waiting,) = to_be_dealt_with(told(world), world.now)
    plain = action_json(waiting, world.now)
    assert plain["overdue"] is True and plain["open_until_ms"] is None


def test_where_an_action_stands() -> None:
    world, anna = anna_waits()
    first, second = sent(world, asked(anna)), sent(world, asked(anna))
    world.send(ActionRefused("", HELPLINE, anna, second, "a mistake"))
    assert [stage_of(action, world.now) for action in told(world)] == [ActionStage.WAITING, ActionStage.REFUSED]
    assert [stage_of(action, world.now + DAY) for action in told(world)] == [ActionStage.LAPSED, ActionStage.REFUSED]
    assert first in {action.action_id for action in told(world)}


def test_words_are_what_people_wrote() -> None:
    assert {"why"} <= words_in("SafetyLowered") and "why" not in words_in("KeepApartDeclared"), "a code is no free text"
    assert {"reason", "emergency"} <= words_in("GlassBroken") and "reason" not in words_in("TransferRequested")
    assert {"text", "emergency"} <= words_in("MatchOverridden")
    assert all(words_in(kind) >= {"note", "text"} for kind in FACT_TYPES)
