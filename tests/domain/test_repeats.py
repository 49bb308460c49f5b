"""The same event sent again, in its own time and out of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coordinator.domain.seen import EMPTY_DAY, RUN, recall, remember
from coordinator.domain.seen_events import cannot_be_new
from coordinator.domain.snapshot import parts_of, state_from
from events.entry import Locked, OpenedEvent, Unread
from events.facts import Event
from events.ids import uuid7
from events.referral import ReferralReceived
from events.verdict import Duplicate, Refused, Unreadable
from events.vocabulary import RefusalCode, Source
from tests.domain.world import DAY, HELPLINE, HOUR, MINUTE, START, World, content_hash_of, italy, uuid, woman

REFERRAL = ReferralReceived("", HELPLINE, uuid("anna"), Source.SELF, "NA", (woman(),), "")


def test_a_repeat_names_the_first_entry_and_has_no_effect() -> None:
    world = italy()
    event = world.stamped(REFERRAL)
    world.send(event)
    first = world.sequence
    before = parts_of(world.state)[1]
    assert world.send(event, after=HOUR) == (Duplicate(first),)
    assert parts_of(world.state)[1] == before


def test_a_repeat_of_a_refused_event_is_answered_by_its_refusal() -> None:
    world = italy()
    event = world.stamped(replace(REFERRAL, household=()))
    world.send(event)
    assert world.send(event) == (Duplicate(world.sequence - 1),)


def test_other_content_under_a_known_id_is_refused_and_the_first_stays_known() -> None:
    world = italy()
    event = world.stamped(REFERRAL)
    world.send(event)
    first = world.sequence
    assert world.send(event, content_hash=b"something else  ") == (Refused(RefusalCode.ID_REUSED, "event_id"),)
    assert world.send(event) == (Duplicate(first),)


def test_another_kind_of_event_under_a_known_id_is_refused() -> None:
    world = italy()
    world.unit("rm-1", "lazio", "12")
    count = world.stamped(world.publishing("rm-1"))
    world.send(count)
    assert world.send(replace(REFERRAL, event_id=count.event_id)) == (Refused(RefusalCode.ID_REUSED, "event_id"),)


@pytest.mark.parametrize(("age", "code"), [(14 * DAY, None), (14 * DAY + 1, RefusalCode.ID_TOO_OLD), (-5 * MINUTE - 1, RefusalCode.ID_FROM_FUTURE)])
def test_an_id_counts_for_two_weeks(age: int, code: RefusalCode | None) -> None:
    world = italy()
    outcomes = world.send(replace(REFERRAL, event_id=uuid7(world.now - age, 7)))
    assert (outcomes == (Refused(code, "event_id"),)) if code is not None else len(outcomes) == 3


def test_a_repeat_two_weeks_later_is_refused_by_its_age_and_nothing_is_remembered_for_ever() -> None:
    world = italy()
    event = world.stamped(REFERRAL)
    world.send(event)
    assert world.send(event, after=15 * DAY + HOUR) == (Refused(RefusalCode.ID_TOO_OLD, "event_id"),)
    assert len(world.state.seen_ids) == len(world.state.seen_by_case) == len(world.state.seen_by_network) == 0


def test_an_event_that_nobody_can_read_is_known_to_be_no_new_one_by_its_id_alone() -> None:
    """Whether it was read when it was recorded or not, and whatever was folded since."""
    world = italy()
    event = world.stamped(REFERRAL)
    assert not cannot_be_new(world.state, event.event_id, world.now)
    world.send(event)
    unread = world.folded(len(world.entries), locked=lambda entry: replace(entry, opened=replace(entry.opened, event=shut(entry.opened.event))))
    for state in (world.state, unread):
        assert cannot_be_new(state, event.event_id, world.now)
        assert not cannot_be_new(state, uuid7(world.now, 99), world.now)
        assert not cannot_be_new(state, uuid7(world.now - 14 * DAY, 99), world.now)
        for no_time in (uuid7(world.now - 14 * DAY - 1, 99), uuid7(world.now + 5 * MINUTE + 1, 99), "no id", ""):
            assert cannot_be_new(state, no_time, world.now)


def shut(event: Event | Locked | Unread) -> Event | Locked | Unread:
    return Locked(type(event).__name__, {"event_id": event.event_id}) if isinstance(event, ReferralReceived) else event


def test_what_cannot_be_read_has_its_entry() -> None:
    world = italy()
    assert world.enter(OpenedEvent(Unread("unknown_schema"), bytes(16), 12)) == (Unreadable("unknown_schema"),)


def test_a_full_run_of_ids_is_found_again_and_in_a_snapshot() -> None:
    day = EMPTY_DAY
    keys = [uuid(str(number)).encode()[:16] for number in range(RUN + 50)]
    for number, key in enumerate(keys):
        day = remember(day, key, number.to_bytes(8, "big"))
    assert (len(day.runs), len(day.newest)) == (1, 50)
    assert all(recall(day, key, 8) == number.to_bytes(8, "big") for number, key in enumerate(keys))
    assert recall(day, b"never seen      ", 8) is None


def test_two_folds_cut_their_runs_alike_and_a_snapshot_keeps_them() -> None:
    world = World()
    for number in range(RUN + 3):
        world.enter(OpenedEvent(replace(REFERRAL, event_id=uuid7(START, number)), content_hash_of(REFERRAL), 100))
    again = state_from("it", *parts_of(world.state))
    assert parts_of(again) == parts_of(world.state) == parts_of(world.folded(len(world.entries)))
    assert parts_of(world.state, only_hashed=True) == parts_of(again, only_hashed=True) != parts_of(again)
