"""What the inboxes show of everything that needs somebody: since when, until when, and that it goes when it is done."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from coordinator.access import Grant, Standing
from coordinator.to_do import to_do
from coordinator.viewing import item_for, timeline_json
from events.entry import OpenedDecision
from events.fact import Danger
from events.handover import HandOverAmended
from events.language import Language
from events.person import AgreementWithdrawn, CasesFoundSame, SafetyLowered
from events.referral import ReferralDeclined, ReferralReceived
from events.transfer import (
    AuthorityNotified,
    NotificationDue,
    ProposalConfirmed,
    ProposalDeclined,
    TransferAmended,
    TransferWithdrawn,
)
from events.two_people import ActionConfirmed, ActionReviewed
from events.vocabulary import (
    DangerKind,
    DeclineCode,
    Escalation,
    HandOverItem,
    ReferralDeclineCode,
    ReviewVerdict,
    Source,
    Urgency,
)
from projections import inbox, transfers
from projections.hand_over import Arranged, HandOver, hand_over
from projections.inbox import DECLINED, UNCOVERED, Item, ItemKind, by_urgency, still_told
from projections.inbox import HELPLINE as OF_HELPLINE
from projections.reads import TimelineFact, lists_at
from tests.domain.test_ending import MOTHER, missing
from tests.domain.test_handover import ALL, accepted, prepare
from tests.domain.test_inquiry import asking
from tests.domain.test_overriding import override, two_places
from tests.domain.test_question import ask, proposed
from tests.domain.test_swapping import agree, two_homes
from tests.domain.test_two_people import lowered, waiting
from tests.domain.world import ADMINISTRATOR, CONFIRMING, DAY, HELPLINE, HOUR, POLICY, World, body, italy, only, uuid, woman
from tests.projections.test_care import Views, kinds_of

pytestmark = pytest.mark.pure

PROJECTS = (OF_HELPLINE, "campania", "lazio", "piemonte")


def waits(world: World, project: str, kind: ItemKind) -> list[Item]:
    return [item for item in Views(world).inbox(project) if item.kind is kind]


def where(world: World, kind: ItemKind) -> set[str]:
    """Whose inboxes hold something of a kind."""
    return {project for project in PROJECTS if waits(world, project, kind)}


def the(world: World, project: str, kind: ItemKind) -> Item:
    (item,) = waits(world, project, kind)
    return item


def called(world: World) -> list[str | None]:
    return [item.why for item in waits(world, OF_HELPLINE, ItemKind.ESCALATION)]


# Escalations.


def test_every_standing_escalation_is_told_with_since_and_until() -> None:
    world = italy()
    case = world.case("anna")
    world.request(case, needed_by_ms=world.now + HOUR)
    first = the(world, OF_HELPLINE, ItemKind.ESCALATION)
    assert (first.why, first.since_ms, first.until_ms, first.overdue) == (Escalation.NO_PLACE, world.now, world.now + HOUR, False)
    world.tick(HOUR)
    assert called(world) == [Escalation.NO_PLACE, Escalation.DEADLINE_PASSED]
    assert waits(world, OF_HELPLINE, ItemKind.ESCALATION)[1].overdue


def test_a_proposal_of_people_silences_what_waited_for_them_until_it_comes_to_nothing() -> None:
    world = two_places()
    world.send(replace(POLICY, version=2, max_declines=1))
    case = world.case("anna")
    world.request(case)
    decline = ProposalDeclined("", world.asked(case), case, world.transfer_id(case), None, DeclineCode.PERSON_REFUSED, "")
    world.send(decline)
    assert called(world) == [Escalation.DECLINES_USED]
    override(world, case, "to-1")
    assert called(world) == []
    world.send(replace(decline, event_id="", actor=world.asked(case)))
    assert called(world) == [Escalation.DECLINES_USED], "nobody is told again by the ledger: the view must remember"


def test_an_amended_request_is_shown_as_it_is_now_and_asks_anew() -> None:
    world = italy()
    case = world.case("anna")
    world.request(case)
    world.send(TransferAmended("", HELPLINE, case, world.transfer_id(case), Urgency.IMMEDIATE, world.now + 2 * HOUR, None, (), (), None, ""))
    item = the(world, OF_HELPLINE, ItemKind.ESCALATION)
    assert (item.urgency, item.needed_by_ms) == (Urgency.IMMEDIATE, world.now + 2 * HOUR)
    before = world.sequence - 1
    (file,) = Views(world).files.values()
    (then,) = inbox.items(case, file.care, file.transfers, "campania", before)
    assert then.urgency == Urgency.WITHIN_DAYS


# The helpline confirms.


def test_a_prepared_proposal_waits_for_the_helpline_and_its_project_knows_nothing() -> None:
    world = two_places()
    world.send(replace(POLICY, version=2, transfers=CONFIRMING))
    case = world.case("anna")
    world.request(case)
    item = the(world, OF_HELPLINE, ItemKind.PREPARED)
    assert (item.since_ms, item.until_ms) == (world.now, world.now + HOUR)
    assert where(world, ItemKind.PREPARED) == {OF_HELPLINE}
    assert kinds_of(Views(world).inbox("lazio")) == []
    assert "lazio" not in inbox.projects_of(*_file(world, case))
    own = json.dumps(item_for(_grant("campania"), the(world, "campania", ItemKind.CASE)))
    assert "prepared" not in own and "rm-1" not in own
    world.send(ProposalConfirmed("", HELPLINE, case, world.transfer_id(case), None))
    assert where(world, ItemKind.PREPARED) == set()
    assert kinds_of(Views(world).inbox("lazio")) == [ItemKind.PROPOSAL]


def test_what_nobody_confirmed_in_time_calls_the_operator() -> None:
    world = two_places()
    world.send(replace(POLICY, version=2, transfers=CONFIRMING))
    world.request(world.case("anna"))
    world.tick(HOUR)
    assert where(world, ItemKind.PREPARED) == set()
    assert called(world) == [Escalation.NOT_CONFIRMED]


# Questions.


def test_the_helpline_knows_that_a_question_stands_and_not_what_it_says() -> None:
    world, case, _ = proposed()
    ask(world, case, "Which languages?")
    item = the(world, OF_HELPLINE, ItemKind.QUESTION)
    assert item.since_ms == world.now and item.until_ms is not None and item.until_ms > world.now
    assert "Which" not in json.dumps(item_for(Grant("op-1", "helpline", Standing.HELPLINE, None, ("it",)), item))


# Inquiries.


def test_an_inquiry_shows_needs_alone_until_it_is_answered_or_over() -> None:
    world = asking()
    case = world.case("anna")
    world.request(case)
    item = the(world, "lazio", ItemKind.INQUIRY)
    assert (item.until_ms, item.responsible, item.transfer, item.state) == (world.now + 4 * HOUR, None, None, None)
    assert item.of in {inquiry.inquiry_id for inquiry in _transfer(world, case).inquiries}
    assert "campania" not in json.dumps(item_for(_grant("lazio"), item))
    world.send(TransferWithdrawn("", HELPLINE, case, world.transfer_id(case)))
    assert waits(world, "lazio", ItemKind.INQUIRY) == []


# Two people.


def test_an_action_waits_for_its_second_person_where_one_may_be_found() -> None:
    world, anna = waiting()
    action = lowered(world, anna)
    item = the(world, "campania", ItemKind.CONFIRMATION)
    assert (item.why, item.of, item.until_ms, item.body) == ("SafetyLowered", action, world.now + DAY, HELPLINE.body)
    assert where(world, ItemKind.CONFIRMATION) == {OF_HELPLINE, "campania"}
    own, others = to_do(item, HELPLINE.body, True), to_do(item, body("campania").body, False)
    assert own != others and "another body" in own
    world.send(ActionConfirmed("", body("campania"), anna, action))
    assert where(world, ItemKind.CONFIRMATION) == set()


def test_an_action_that_lapsed_is_told_for_a_week() -> None:
    world, anna = waiting()
    lowered(world, anna)
    world.tick(DAY)
    item = the(world, OF_HELPLINE, ItemKind.LAPSED)
    assert where(world, ItemKind.LAPSED) == {OF_HELPLINE} and where(world, ItemKind.CONFIRMATION) == set()
    assert still_told(item, world.now + 7 * DAY - 1) and not still_told(item, world.now + 7 * DAY)


def test_a_review_is_due_then_overdue_then_given() -> None:
    world = two_places()
    case = world.case("anna")
    world.request(case)
    override(world, case, "to-1", emergency="they are at the door")
    item = the(world, OF_HELPLINE, ItemKind.REVIEW)
    assert (item.why, item.until_ms, item.overdue) == ("MatchOverridden", world.now + DAY, False)
    world.tick(DAY)
    item = the(world, OF_HELPLINE, ItemKind.REVIEW)
    assert item.overdue and item.of is not None
    world.send(ActionReviewed("", ADMINISTRATOR, case, item.of, ReviewVerdict.UPHELD, ""))
    assert where(world, ItemKind.REVIEW) == set()


def test_what_waits_about_the_other_of_two_names_falls_and_its_reviews_go_over() -> None:
    world, anna = waiting()
    other = world.case("anna again")
    danger = Danger(DangerKind.PROVINCE, "RM")
    event = SafetyLowered(world.event_id(), HELPLINE, anna, danger, None, "he was arrested")
    world.send(event)
    world.send(CasesFoundSame("", HELPLINE, other, anna))
    assert where(world, ItemKind.CONFIRMATION) == set()
    assert event.event_id not in world.state.awaited


# Missing minors.


def test_a_missing_minor_is_first_in_the_inbox_until_the_authority_is_told() -> None:
    world, case, outcomes = missing(MOTHER, departed=True)
    transfer = only(outcomes, NotificationDue).transfer_id
    item = the(world, OF_HELPLINE, ItemKind.NOTIFICATION)
    assert (item.transfer_id, item.until_ms, item.overdue) == (transfer, world.now + 12 * HOUR, False)
    assert where(world, ItemKind.NOTIFICATION) == {OF_HELPLINE, "campania"}
    world.tick(12 * HOUR)
    assert the(world, OF_HELPLINE, ItemKind.NOTIFICATION).overdue
    assert min(Views(world).inbox(OF_HELPLINE), key=lambda one: by_urgency(one, world.now)).kind is ItemKind.NOTIFICATION
    world.send(AuthorityNotified("", HELPLINE, case, transfer))
    assert where(world, ItemKind.NOTIFICATION) == set()


# Referrals.


def test_the_helpline_is_told_why_a_referral_is_its_own() -> None:
    world = italy()
    world.send(ReferralReceived("", HELPLINE, uuid("far"), Source.SELF, "PA", (woman(),), ""))
    assert the(world, OF_HELPLINE, ItemKind.REFERRAL).why == UNCOVERED
    world = italy()
    world.send(ReferralReceived("", HELPLINE, uuid("near"), Source.SELF, "RM", (woman(),), ""))
    assert the(world, "lazio", ItemKind.REFERRAL).why is None
    world.send(ReferralDeclined("", body("lazio"), uuid("near"), "lazio", ReferralDeclineCode.CONFLICT_OF_INTEREST, ""))
    assert the(world, OF_HELPLINE, ItemKind.REFERRAL).why == DECLINED


# Hand-over.


def test_an_incomplete_hand_over_stands_with_both_sides_also_after_the_departure() -> None:
    world, case = accepted()
    assert where(world, ItemKind.HAND_OVER) == {"campania", "lazio"}
    prepare(world, case, body("campania"), tuple(item for item in ALL if item is not HandOverItem.ESCORT))
    assert _state(world, case).hand_over == HandOver(1, (HandOverItem.ESCORT,))
    world.depart(case)
    assert where(world, ItemKind.HAND_OVER) == {"campania", "lazio"}
    told = _timeline(world, case)
    departed = next(fact for fact in told if fact["event"] == "DepartureConfirmed")
    assert departed["hand_over"] == {"sides": 1, "missing": ["escort"], "complete": False}
    world.arrive(case)
    assert where(world, ItemKind.HAND_OVER) == set()
    assert next(fact for fact in _timeline(world, case) if fact["event"] == "ArrivalConfirmed")["hand_over"] == departed["hand_over"]


def test_a_complete_hand_over_waits_for_nobody_and_a_released_place_forgets_it() -> None:
    world, case = accepted()
    prepare(world, case, body("campania"), (HandOverItem.ESCORT,))
    prepare(world, case, body("lazio"), tuple(item for item in ALL if item is not HandOverItem.ESCORT))
    assert where(world, ItemKind.HAND_OVER) == set()
    world.send(HandOverAmended("", body("campania"), case, world.transfer_id(case), (), (), ""))
    assert where(world, ItemKind.HAND_OVER) == {"campania", "lazio"}
    world.send(AgreementWithdrawn("", HELPLINE, case, "a"))
    assert _state(world, case).hand_over is None


def test_a_list_of_which_nobody_knows_the_side_counts_only_where_it_would_either_way() -> None:
    escort, costs = (HandOverItem.ESCORT,), (HandOverItem.COSTS,)
    first, second = Arranged("one", True, escort), Arranged("two", True, (*escort, *costs))
    lists = hand_over((first, second, Arranged("three", False, (HandOverItem.INTERPRETER,))))
    assert lists.sides == 2
    assert HandOverItem.COSTS in lists.missing and not {HandOverItem.ESCORT, HandOverItem.INTERPRETER} & set(lists.missing)
    assert hand_over((first, Arranged("three", False, costs))).missing == tuple(item for item in HandOverItem if item is not HandOverItem.COSTS)


# Swaps.


def test_a_word_for_an_exchange_waits_with_the_other_project_while_it_stands() -> None:
    world, anna, bina = two_homes()
    agree(world, anna, bina)
    assert where(world, ItemKind.SWAP) == {"piemonte"}
    assert anna not in json.dumps(item_for(_grant("piemonte"), the(world, "piemonte", ItemKind.SWAP)))
    said = world.sequence
    assert _gave_its_word(world, anna, said)
    world.send(TransferWithdrawn("", HELPLINE, anna, world.transfer_id(anna)))
    assert not _gave_its_word(world, anna, said), "the reader leaves it out"
    world, anna, bina = two_homes()
    agree(world, anna, bina)
    agree(world, bina, anna)
    assert where(world, ItemKind.SWAP) == set()


# Order and sentences.


def test_the_most_urgent_is_first() -> None:
    at_ms = 100 * HOUR
    blank = Item(ItemKind.ESCALATION, 1, 0, (), "", None, None, None, None, None, None)
    unsafe = replace(blank, why=Escalation.SAFETY_CHANGED)
    passed = replace(blank, until_ms=at_ms)
    immediate, soon, late = (
        replace(blank, urgency=Urgency.IMMEDIATE),
        replace(blank, urgency=Urgency.WITHIN_DAYS, until_ms=at_ms + 1),
        replace(blank, until_ms=at_ms + 2),
    )
    planned, own = replace(blank, urgency=Urgency.PLANNED), replace(blank, kind=ItemKind.CASE)
    right = [unsafe, passed, immediate, soon, late, planned, own]
    assert sorted(random.Random(1).sample(right, len(right)), key=lambda item: by_urgency(item, at_ms)) == right


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("kind", list(ItemKind))
def test_every_kind_says_what_to_do(kind: ItemKind, language: Language) -> None:
    item = Item(kind, 1, 0, (), "", None, None, None, None, None, None)
    assert to_do(item, None, False, language).endswith((".", "!"))
    assert to_do(item, None, True, Language.ENGLISH) != to_do(item, None, True, Language.ITALIAN)


@pytest.mark.parametrize("why", list(Escalation))
def test_every_escalation_says_what_to_do(why: Escalation) -> None:
    item = Item(ItemKind.ESCALATION, 1, 0, (), "", None, None, None, None, None, None, why=why)
    assert to_do(item, None, True, "en") != to_do(item, None, True, "it")


def _grant(project: str) -> Grant:
    return Grant(None, body(project).body, Standing.PROJECT, project, ("it",))


def _file(world: World, case_id: str) -> tuple[inbox.Care, tuple[transfers.Transfer, ...], int]:
    file = Views(world).files[case_id]
    return file.care, file.transfers, world.sequence


def _transfer(world: World, case_id: str) -> transfers.TransferState:
    return _state(world, case_id)


def _state(world: World, case_id: str) -> transfers.TransferState:
    state = transfers.state_of(Views(world).files[case_id].transfers[-1], world.sequence)
    assert state is not None
    return state


def _gave_its_word(world: World, case_id: str, said: int) -> bool:
    return any(transfers.gave_its_word(one, said, world.sequence) for one in Views(world).files[case_id].transfers)


def _timeline(world: World, case_id: str) -> list[dict[str, object]]:
    file = Views(world).files[case_id]
    told = [
        TimelineFact(entry.sequence, entry.event_time_ms, -1, entry.opened.event, lists_at(file, entry.opened.event, entry.sequence))  # type: ignore[arg-type]
        for entry in world.entries
        if isinstance(entry, OpenedDecision) and getattr(entry.opened.event, "case_id", None) == case_id
    ]
    return timeline_json(tuple(told), Grant("op-1", "helpline", Standing.HELPLINE, None, ("it",)))
