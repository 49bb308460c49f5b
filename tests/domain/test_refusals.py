"""Every refusal code that the core can give, given by an event that deserves it; and a refused event changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from coordinator.domain.snapshot import parts_of
from events.availability import AvailabilityReaffirmed
from events.entry import Locked
from events.fact import Actor, Danger
from events.facts import Event, Outcome
from events.handover import HandOverAmended, HandOverPrepared
from events.ids import uuid7
from events.inquiry import InquiryAnswered
from events.network import (
    Area,
    ClockAdvanced,
    DayWindow,
    DutyException,
    DutyWindow,
    HoldBack,
    KindWeights,
    PolicyAdopted,
    ProgrammeEnded,
    ProjectAmended,
    ProjectRegistered,
    RulesAdopted,
    UnitAmended,
    UnitOpened,
)
from events.person import (
    AgreementGiven,
    AgreementWithdrawn,
    CaseErased,
    CasesFoundSame,
    DangerDeclared,
    KeepApartDeclared,
    LegalHoldLifted,
    LegalHoldPlaced,
    SafetyLowered,
)
from events.question import InformationGiven, InformationRequested
from events.referral import (
    Announced,
    AssessmentRecorded,
    ContactLogged,
    Group,
    ReferralAccepted,
    ReferralAssigned,
    ReferralClosed,
    ReferralDeclined,
    ReferralReceived,
    ResponsibilityOffered,
    ResponsibilityTaken,
)
from events.swap import SwapAgreed
from events.transfer import (
    AuthorityNotified,
    MatchOverridden,
    ProposalAccepted,
    ProposalConfirmed,
    ProposalDeclined,
    TransferAmended,
    TransferEnded,
    TransferRequested,
    TransferWithdrawn,
)
from events.two_people import ActionConfirmed
from events.verdict import Refused
from events.vocabulary import (
    ContactChannel,
    ContactReason,
    DangerKind,
    DeclineCode,
    Exploitation,
    HandOverItem,
    Host,
    Indicators,
    KeepApart,
    Level,
    OverrideCode,
    Reason,
    ReferralDeclineCode,
    ReferralEnd,
    RefusalCode,
    Relevance,
    Role,
    Source,
    TransferEnd,
    Urgency,
)
from tests.domain.world import (
    ADMINISTRATOR,
    ASKING,
    CLOCK,
    CLOCKS,
    DAY,
    DUTIES,
    HELPLINE,
    HOUR,
    MATCHING,
    MINUTE,
    POLICY,
    SCARCITY,
    START,
    TWO_BODIES,
    World,
    body,
    child,
    duty,
    italy,
    uuid,
    woman,
)

CASE = uuid("anna")
TRANSFER = uuid("transfer anna")
Play = Callable[[World], tuple[Outcome, ...]]


def proposed() -> World:
    """Anna lives in Naples, and a place in Rome is proposed to her."""
    world = italy()
    world.unit("na-1", "campania", "15", 3, free=0)
    world.unit("rm-1", "lazio", "12")
    world.case("anna", hosted="na-1")
    world.request(CASE, "anna")
    return world


def accepted() -> World:
    world = proposed()
    world.accept(CASE)
    return world


def departed() -> World:
    world = accepted()
    world.depart(CASE)
    return world


REFERRAL = ReferralReceived("", HELPLINE, uuid("new"), Source.SELF, "NA", (woman(),), "")
DECLINED = ReferralDeclined("", body("campania"), uuid("new"), "campania", ReferralDeclineCode.NOT_COMPETENT, "")
TAKEN = ReferralAccepted("", body("lazio"), uuid("new"), "lazio", None)
CLOSING = ReferralClosed("", HELPLINE, CASE, ReferralEnd.DECLINED_HELP, "")
CONTACT = ContactLogged("", HELPLINE, uuid("call"), ContactChannel.TELEPHONE, "eng", Relevance.RELEVANT, ContactReason.ASKS_HELP, "12", "")
ENDED = ProgrammeEnded("", ADMINISTRATOR, "lazio", None)
PROJECT = ProjectRegistered("", ADMINISTRATOR, "toscana", "Toscana", "body-toscana", ("body-toscana",), ("BO",), "2022-01-01", "2026-12-31")
UNIT = UnitOpened("", body("lazio"), "rm-9", "lazio", "body-lazio", "12", Level.FIRST, 4, (Host.WOMEN,), (), ("ita",), ())
AMENDED = UnitAmended("", body("lazio"), "rm-1", Level.FIRST, 4, (Host.WOMEN,), (), ("ita",), ())
REQUEST = TransferRequested("", HELPLINE, CASE, uuid("transfer 2"), Reason.CAPACITY, Urgency.PLANNED, 2_000_000_000_000, None, (), (), "")


def send(event: Event | Locked, of: Callable[[], World] = proposed) -> Callable[[], tuple[World, Play]]:
    return lambda: (of(), lambda world: world.send(event))


def play(play: Play, of: Callable[[], World] = proposed) -> Callable[[], tuple[World, Play]]:
    return lambda: (of(), play)


def other_content(world: World) -> tuple[Outcome, ...]:
    event = replace(REFERRAL, event_id=world.event_id())
    world.send(event)
    return world.send(replace(event, note="another"))


def erase(world: World) -> tuple[Outcome, ...]:
    return world.send(CaseErased("", HELPLINE, CASE))


def erased_then(event: Event) -> Play:
    def then(world: World) -> tuple[Outcome, ...]:
        erase(world)
        return world.send(event)

    return then


LOWERED = SafetyLowered("", HELPLINE, CASE, Danger(DangerKind.PROVINCE, "TO"), None, "he was arrested")


def confirmed_by_the_same_body(world: World) -> tuple[Outcome, ...]:
    world.send(DangerDeclared("", HELPLINE, CASE, Danger(DangerKind.PROVINCE, "TO")))
    lowered = replace(LOWERED, event_id=world.event_id())
    world.send(lowered)
    return world.send(ActionConfirmed("", replace(HELPLINE, person="op-2"), CASE, lowered.event_id))


def erased_under_hold(world: World) -> tuple[Outcome, ...]:
    hold = LegalHoldPlaced(world.event_id(), ADMINISTRATOR, CASE, "a trial")
    world.send(hold)
    world.send(ActionConfirmed("", HELPLINE, CASE, hold.event_id))
    return world.send(CaseErased("", HELPLINE, CASE))


def a_ninth_action(world: World) -> tuple[Outcome, ...]:
    world.send(DangerDeclared("", HELPLINE, CASE, Danger(DangerKind.PROVINCE, "TO")))
    for _ in range(8):
        world.send(LOWERED)
    return world.send(LOWERED)


def no_longer_near(world: World) -> tuple[Outcome, ...]:
    """Bina lives in the region of the place proposed to Anna; only then does policy call a region near."""
    world.unit("rm-2", "roma", "12", free=0)
    bina = world.case("bina", "roma", hosted="rm-2")
    world.send(KeepApartDeclared("", HELPLINE, CASE, bina, KeepApart.RECRUITER))
    world.send(replace(POLICY, version=2, near_is_same_region=True))
    return world.accept(CASE)


def proposed_in_lazio_beside_roma() -> World:
    world = italy()
    world.project("roma", ("BO",))
    world.unit("rm-1", "lazio", "12")
    world.case("anna")
    world.request(CASE, "anna")
    return world


def agreement_ran_out(world: World) -> tuple[Outcome, ...]:
    world.send(AgreementGiven("", HELPLINE, CASE, "a", world.now + 2 * HOUR))
    world.now += 3 * HOUR
    return world.accept(CASE)


def arrived(world: World) -> tuple[Outcome, ...]:
    world.arrive(CASE)
    return world.send(TransferWithdrawn("", HELPLINE, CASE, TRANSFER))


def closed_then(event: Event) -> Play:
    def then(world: World) -> tuple[Outcome, ...]:
        world.send(replace(CLOSING, case_id=world.case("bina")))
        return world.send(event)

    return then


def same_then(event: Event) -> Play:
    def then(world: World) -> tuple[Outcome, ...]:
        world.send(CasesFoundSame("", HELPLINE, CASE, world.case("bina")))
        return world.send(event)

    return then


def missed_then_closed(world: World) -> tuple[Outcome, ...]:
    world.send(replace(POLICY, version=2, transfers=DUTIES))
    family = world.case("family", household=(woman(parent=True), child()))
    world.unit("rm-2", "lazio", "12", 2)
    world.request(family)
    world.accept(family)
    world.depart(family)
    world.send(TransferEnded("", HELPLINE, family, world.transfer_id(family), TransferEnd.MISSING))
    return world.send(replace(CLOSING, case_id=family))


def kept_apart_and_same(world: World) -> tuple[Outcome, ...]:
    bina = world.case("bina")
    world.send(KeepApartDeclared("", HELPLINE, CASE, bina, KeepApart.RECRUITER))
    return world.send(CasesFoundSame("", HELPLINE, CASE, bina))


def superseded(world: World) -> tuple[Outcome, ...]:
    return world.send(ProposalAccepted("", body("lazio"), CASE, TRANSFER, uuid("another proposal")))


YES = InquiryAnswered("", body("lazio"), CASE, TRANSFER, uuid("no inquiry"), True, None, "", 1, None)
PREPARED = HandOverPrepared("", HELPLINE, CASE, TRANSFER, (HandOverItem.ESCORT,), (HandOverItem.COSTS,), "")


OVERRIDE = MatchOverridden("", HELPLINE, CASE, TRANSFER, "na-1", OverrideCode.FAMILY_NEAR, "why", "")


def with_rm_2() -> World:
    world = proposed()
    world.unit("rm-2", "lazio", "12")
    return world


def from_nowhere(world: World) -> tuple[Outcome, ...]:
    """Anna, who waits again, is to exchange with Bina, who lives in no unit of the network."""
    world.close("rm-1")
    other = world.case("bina", "lazio")
    world.request(other)
    return world.send(SwapAgreed("", body("campania"), CASE, other, TRANSFER))


def asked() -> World:
    """Nobody has counted in Rome, so that Lazio is asked whether it could take Anna in."""
    world = italy()
    world.send(replace(POLICY, version=2, inquiries=ASKING))
    world.unit("rm-1", "lazio", "12", free=-1)
    world.case("anna")
    world.request(CASE, "anna")
    return world


def answer(**changes: object) -> Callable[[], tuple[World, Play]]:
    """An answer to the one open inquiry: yes, one place, now; unless said otherwise."""

    def act(world: World) -> tuple[Outcome, ...]:
        transfer = world.state.cases[CASE].transfer
        assert transfer is not None
        (inquiry,) = transfer.inquiries
        return world.send(replace(YES, inquiry_id=inquiry.inquiry_id, **changes))  # type: ignore[arg-type]

    return lambda: (asked(), act)


def amend(of: Callable[[], World] = proposed, **changes: object) -> Callable[[], tuple[World, Play]]:
    event = TransferAmended("", HELPLINE, CASE, TRANSFER, Urgency.PLANNED, 2_000_000_000_000, None, (), (), None, "")
    return send(replace(event, **changes), of)  # type: ignore[arg-type]


def with_clocks(**changes: object) -> PolicyAdopted:
    """A new policy with clocks like Italy's but for these fields."""
    return replace(POLICY, version=2, clocks=replace(CLOCKS, **changes))  # type: ignore[arg-type]


def two_bodies() -> World:
    """From here on policies take two bodies."""
    world = proposed()
    world.send(replace(POLICY, version=2, decisions=TWO_BODIES))
    return world


def with_matching(**changes: object) -> PolicyAdopted:
    """A new policy that says what a placement is worth, but for these fields."""
    return replace(POLICY, version=2, matching=replace(MATCHING, **changes))  # type: ignore[arg-type]


def with_scarcity(**changes: object) -> PolicyAdopted:
    """A new policy with scarcity weights, but for these fields."""
    return with_matching(scarcity=replace(SCARCITY, **changes))  # type: ignore[arg-type]


QUESTION = InformationRequested("", body("lazio"), CASE, TRANSFER, None, "Why?")
REPLY = InformationGiven("", HELPLINE, CASE, TRANSFER, None, "Because.")


def proposed_by_the_clock() -> World:
    """A place in Rome is proposed to Anna, and Italy's calendar is adopted."""
    world = proposed()
    world.send(replace(POLICY, version=2, clocks=CLOCKS))
    return world


def questioned() -> World:
    """Lazio has asked something."""
    world = proposed_by_the_clock()
    world.send(QUESTION)
    return world


ROWS: dict[str, tuple[RefusalCode, str, Callable[[], tuple[World, Play]]]] = {
    "id of another kind": (RefusalCode.ID_MALFORMED, "event_id", send(replace(REFERRAL, event_id=uuid("four")))),
    "case id in capitals": (RefusalCode.ID_MALFORMED, "case_id", send(replace(REFERRAL, case_id=uuid("new").upper()))),
    "transfer id no uuid": (RefusalCode.ID_MALFORMED, "transfer_id", send(replace(REQUEST, transfer_id="one"))),
    "project id no slug": (RefusalCode.ID_MALFORMED, "project_id", send(replace(PROJECT, project_id="Toscana!"))),
    "unit id no slug": (RefusalCode.ID_MALFORMED, "unit_id", send(replace(UNIT, unit_id=""))),
    "id of 15 days ago": (
        RefusalCode.ID_TOO_OLD,
        "event_id",
        play(lambda world: world.send(replace(REFERRAL, event_id=uuid7(world.now - 15 * DAY, 1)))),
    ),
    "id of next hour": (
        RefusalCode.ID_FROM_FUTURE,
        "event_id",
        play(lambda world: world.send(replace(REFERRAL, event_id=uuid7(world.now + HOUR, 1)))),
    ),
    "id with other content": (RefusalCode.ID_REUSED, "event_id", play(other_content)),
    "helpline adopts a policy": (RefusalCode.ROLE_NOT_ALLOWED, "actor", send(replace(POLICY, version=9, actor=HELPLINE))),
    "clock receives a referral": (RefusalCode.ROLE_NOT_ALLOWED, "actor", send(replace(REFERRAL, actor=CLOCK))),
    "helpline rings the clock": (RefusalCode.ROLE_NOT_ALLOWED, "actor", send(ClockAdvanced("", HELPLINE, 0))),
    "helpline accepts a proposal": (RefusalCode.ROLE_NOT_ALLOWED, "actor", send(ProposalAccepted("", HELPLINE, CASE, TRANSFER, None))),
    "helpline accepts a referral": (RefusalCode.ROLE_NOT_ALLOWED, "actor", send(ReferralAccepted("", HELPLINE, CASE, "lazio", None))),
    "helpline opens a unit": (RefusalCode.ROLE_NOT_ALLOWED, "actor", send(replace(UNIT, actor=HELPLINE))),
    "administrator publishes": (RefusalCode.ROLE_NOT_ALLOWED, "actor", play(lambda world: world.publish("rm-1", actor=ADMINISTRATOR))),
    "administrator requests": (RefusalCode.ROLE_NOT_ALLOWED, "actor", send(replace(REQUEST, actor=ADMINISTRATOR))),
    "another project's unit": (RefusalCode.BODY_NOT_ALLOWED, "actor", play(lambda world: world.publish("rm-1", actor=body("campania")))),
    "another project's new unit": (RefusalCode.BODY_NOT_ALLOWED, "actor", send(replace(UNIT, actor=body("campania")))),
    "body of no project": (RefusalCode.BODY_NOT_ALLOWED, "actor", send(replace(REFERRAL, actor=Actor("x", "nobody", Role.PROJECT)))),
    "body of no project asked": (
        RefusalCode.BODY_NOT_ALLOWED,
        "actor",
        send(ProposalAccepted("", Actor("x", "nobody", Role.PROJECT), CASE, TRANSFER, None)),
    ),
    "accepts for another project": (RefusalCode.BODY_NOT_ALLOWED, "actor", send(ReferralAccepted("", body("campania"), CASE, "lazio", None))),
    "nobody in the household": (RefusalCode.FIELD_INVALID, "household", send(replace(REFERRAL, household=()))),
    "one person twice": (RefusalCode.FIELD_INVALID, "household", send(replace(REFERRAL, household=(woman(), woman())))),
    "fifty-one people": (RefusalCode.FIELD_INVALID, "household", send(replace(REFERRAL, household=tuple(woman(f"p{n}") for n in range(51))))),
    "only an unnamed language": (
        RefusalCode.FIELD_INVALID,
        "household",
        send(replace(REFERRAL, household=(woman(languages=(), only_language=True),))),
    ),
    "a negative count": (RefusalCode.FIELD_INVALID, "occupied", play(lambda world: world.publish("rm-1", occupied=-1))),
    "a negative capacity": (RefusalCode.FIELD_INVALID, "places", play(lambda world: world.publish("rm-1", places=-1))),
    "seen before time": (RefusalCode.FIELD_INVALID, "observed_at_ms", play(lambda world: world.publish("rm-1", observed_at_ms=-1))),
    "nothing to reaffirm": (
        RefusalCode.OBSERVED_OUT_OF_ORDER,
        "unit_id",
        play(
            lambda world: (
                world.unit("rm-2", "lazio", "12", free=-1),
                world.send(AvailabilityReaffirmed("", body("lazio"), "rm-2", world.now, 0)),
            )[1]
        ),
    ),
    "a unit without places": (RefusalCode.FIELD_INVALID, "places", send(replace(UNIT, places=0))),
    "a unit that hosts nobody": (RefusalCode.FIELD_INVALID, "hosts", send(replace(UNIT, hosts=()))),
    "minors among adults": (RefusalCode.FIELD_INVALID, "hosts", send(replace(UNIT, hosts=(Host.UNACCOMPANIED_MINORS, Host.WOMEN)))),
    "a body that is not the project's": (RefusalCode.FIELD_INVALID, "body", send(replace(UNIT, body="body-campania"))),
    "a project without a name": (RefusalCode.FIELD_INVALID, "name", send(replace(PROJECT, name=" "))),
    "a lead that is no body": (RefusalCode.FIELD_INVALID, "bodies", send(replace(PROJECT, lead_body="body-lazio"))),
    "a programme that ends before it begins": (RefusalCode.FIELD_INVALID, "valid_to", send(replace(PROJECT, valid_to="2021-01-01"))),
    "a programme without a date": (RefusalCode.FIELD_INVALID, "valid_from", send(replace(PROJECT, valid_from="soon"))),
    "a policy without areas": (RefusalCode.FIELD_INVALID, "areas", send(replace(POLICY, version=2, areas=()))),
    "a policy without deadlines": (RefusalCode.FIELD_INVALID, "proposal_deadlines", send(replace(POLICY, version=2, proposal_deadlines=()))),
    "a policy of no freshness": (RefusalCode.FIELD_INVALID, "fresh_for_ms", send(replace(POLICY, version=2, fresh_for_ms=0))),
    "a policy that keeps backwards": (RefusalCode.FIELD_INVALID, "kept_after_arrival_ms", send(replace(POLICY, version=2, kept_after_arrival_ms=-1))),
    "a negative weight": (RefusalCode.FIELD_INVALID, "weights", send(replace(POLICY, version=2, weights=replace(POLICY.weights, level=-1)))),
    "values that grow with patience": (RefusalCode.FIELD_INVALID, "matching.urgency_values", send(with_matching(urgency_values=(1, 2, 3)))),
    "a value for two urgencies": (RefusalCode.FIELD_INVALID, "matching.urgency_values", send(with_matching(urgency_values=(2, 1)))),
    "a negative value": (RefusalCode.FIELD_INVALID, "matching.urgency_values", send(with_matching(urgency_values=(2, 1, -1)))),
    "weights that end before they begin": (RefusalCode.FIELD_INVALID, "matching.scarcity.valid_until_ms", send(with_scarcity(valid_until_ms=1))),
    "weights by no method": (RefusalCode.FIELD_INVALID, "matching.scarcity.method", send(with_scarcity(method=" "))),
    "weights from a long story": (RefusalCode.FIELD_INVALID, "matching.scarcity.sample", send(with_scarcity(sample="x" * 401))),
    "weights of nothing": (RefusalCode.FIELD_INVALID, "matching.scarcity.kinds", send(with_scarcity(kinds=()))),
    "a kind twice": (
        RefusalCode.FIELD_INVALID,
        "matching.scarcity.kinds",
        send(with_scarcity(kinds=(KindWeights("women", (1,)), KindWeights("women", (2,))))),
    ),
    "a kind of nobody": (RefusalCode.UNKNOWN_KIND, "matching.scarcity.kinds", send(with_scarcity(kinds=(KindWeights("women/garden", (1,)),)))),
    "a kind without weights": (RefusalCode.FIELD_INVALID, "matching.scarcity.kinds.weights", send(with_scarcity(kinds=(KindWeights("men", ()),)))),
    "a place that costs less than nothing": (
        RefusalCode.FIELD_INVALID,
        "matching.scarcity.kinds.weights",
        send(with_scarcity(kinds=(KindWeights("men", (-1,)),))),
    ),
    "immediate requests that wait": (
        RefusalCode.IMMEDIATE_NEVER_WAITS,
        "matching.hold_back.urgencies",
        send(with_matching(hold_back=HoldBack((Urgency.IMMEDIATE,), HOUR))),
    ),
    "nobody who waits": (RefusalCode.FIELD_INVALID, "matching.hold_back.urgencies", send(with_matching(hold_back=HoldBack((), HOUR)))),
    "waiting backwards": (
        RefusalCode.FIELD_INVALID,
        "matching.hold_back.until_before_deadline_ms",
        send(with_matching(hold_back=HoldBack((Urgency.PLANNED,), -1))),
    ),
    "no duty at all": (RefusalCode.FIELD_INVALID, "weekly", send(replace(duty("lazio"), weekly=()))),
    "duty over midnight in one": (RefusalCode.FIELD_INVALID, "weekly", send(replace(duty("lazio"), weekly=(DutyWindow(0, 1200, 1500),)))),
    "duty twice at once": (
        RefusalCode.FIELD_INVALID,
        "weekly",
        send(replace(duty("lazio"), weekly=(DutyWindow(0, 480, 720), DutyWindow(0, 600, 900)))),
    ),
    "a holiday's duty backwards": (RefusalCode.FIELD_INVALID, "on_holidays", send(duty("lazio", on_holidays=(DayWindow(600, 600),)))),
    "an exception on no day": (RefusalCode.FIELD_INVALID, "exceptions", send(duty("lazio", exceptions=(DutyException("soon", ()),)))),
    "one day's exception twice": (
        RefusalCode.FIELD_INVALID,
        "exceptions",
        send(duty("lazio", exceptions=(DutyException("2024-08-15", ()), DutyException("2024-08-15", ())))),
    ),
    "duty of a project unknown": (RefusalCode.UNKNOWN_PROJECT, "project_id", send(replace(duty("lazio"), project_id="nowhere"))),
    "duty of others": (RefusalCode.BODY_NOT_ALLOWED, "actor", send(replace(duty("lazio"), actor=body("campania")))),
    "duty by the clock": (RefusalCode.ROLE_NOT_ALLOWED, "actor", send(replace(duty("lazio"), actor=CLOCK))),
    "a policy without civil time": (RefusalCode.FIELD_INVALID, "clocks.offsets", send(with_clocks(offsets=()))),
    "a policy that never works": (RefusalCode.FIELD_INVALID, "clocks.working_weekdays", send(with_clocks(working_weekdays=()))),
    "a day that ends before it begins": (RefusalCode.FIELD_INVALID, "clocks.working_to_minute", send(with_clocks(working_to_minute=540))),
    "a night from 24:00": (RefusalCode.FIELD_INVALID, "clocks.night_from_minute", send(with_clocks(night_from_minute=1440))),
    "a night to 24:00": (RefusalCode.FIELD_INVALID, "clocks.night_to_minute", send(with_clocks(night_to_minute=1440))),
    "holidays out of order": (RefusalCode.FIELD_INVALID, "clocks.holidays", send(with_clocks(holidays=("2024-12-26", "2024-12-25")))),
    "fresh for no working day": (RefusalCode.FIELD_INVALID, "clocks.fresh_working_days", send(with_clocks(fresh_working_days=0))),
    "ageing before it is fresh no more": (RefusalCode.FIELD_INVALID, "clocks.ageing_working_days", send(with_clocks(ageing_working_days=1))),
    "no time to answer": (RefusalCode.FIELD_INVALID, "clocks.answer_times", send(with_clocks(answer_times=CLOCKS.answer_times[:2]))),
    "reminders without end": (RefusalCode.FIELD_INVALID, "clocks.reminders", send(with_clocks(reminders=11))),
    "pauses fewer than none": (RefusalCode.FIELD_INVALID, "clocks.max_pauses", send(with_clocks(max_pauses=-1))),
    "needed by yesterday": (RefusalCode.FIELD_INVALID, "needed_by_ms", play(lambda world: world.request(world.case("new"), needed_by_ms=world.now))),
    "agreed until yesterday": (RefusalCode.FIELD_INVALID, "until_ms", send(AgreementGiven("", HELPLINE, CASE, "a", 1))),
    "a body in capitals": (RefusalCode.FIELD_INVALID, "danger", send(DangerDeclared("", HELPLINE, CASE, Danger(DangerKind.BODY, "ACME")))),
    "arrives before leaving": (
        RefusalCode.FIELD_INVALID,
        "expected_arrival_ms",
        play(lambda world: world.depart(CASE, expected_arrival_ms=world.now - 1), accepted),
    ),
    "ended by arriving": (RefusalCode.FIELD_INVALID, "how", send(TransferEnded("", HELPLINE, CASE, TRANSFER, TransferEnd.ARRIVED), departed)),
    "a note of 4,001 characters": (RefusalCode.TOO_LARGE, "note", send(replace(REFERRAL, note="x" * 4001))),
    "a request's note": (RefusalCode.TOO_LARGE, "note", play(lambda world: world.request(world.case("new"), note="x" * 4001))),
    "a decline's text": (
        RefusalCode.TOO_LARGE,
        "text",
        send(ProposalDeclined("", body("lazio"), CASE, TRANSFER, None, DeclineCode.OTHER, "x" * 4001)),
    ),
    "seen in an hour": (RefusalCode.OBSERVED_IN_FUTURE, "observed_at_ms", play(lambda world: world.publish("rm-1", observed_at_ms=world.now + HOUR))),
    "seen before the last count": (
        RefusalCode.OBSERVED_OUT_OF_ORDER,
        "observed_at_ms",
        play(lambda world: world.publish("rm-1", observed_at_ms=world.now - MINUTE)),
    ),
    "counts entries to come": (
        RefusalCode.SEQUENCE_AHEAD,
        "as_of_sequence",
        play(lambda world: world.publish("rm-1", as_of_sequence=world.sequence + 1)),
    ),
    "a project before the policy": (RefusalCode.NO_POLICY, "", send(PROJECT, lambda: World())),
    "an older policy": (RefusalCode.POLICY_NOT_NEWER, "version", send(POLICY)),
    "a policy that no second body wanted": (RefusalCode.POLICY_NOT_CONFIRMED, "version", send(replace(POLICY, version=3), two_bodies)),
    "rules of another release": (RefusalCode.RULES_NOT_CARRIED, "rules_version", send(RulesAdopted("", ADMINISTRATOR, 2))),
    "a unit of no project": (RefusalCode.UNKNOWN_PROJECT, "project_id", send(replace(UNIT, project_id="umbria"))),
    "an unknown project amended": (
        RefusalCode.UNKNOWN_PROJECT,
        "project_id",
        send(ProjectAmended("", ADMINISTRATOR, "umbria", "Umbria", "b", ("b",), ("BO",), "2022-01-01", "2026-12-31")),
    ),
    "an unknown project accepts": (RefusalCode.UNKNOWN_PROJECT, "project_id", send(ReferralAccepted("", body("lazio"), CASE, "umbria", None))),
    "danger from an unknown project": (
        RefusalCode.UNKNOWN_PROJECT,
        "danger",
        send(DangerDeclared("", HELPLINE, CASE, Danger(DangerKind.PROJECT, "umbria"))),
    ),
    "a project twice": (RefusalCode.PROJECT_EXISTS, "project_id", send(replace(PROJECT, project_id="lazio"))),
    "a project of nowhere": (RefusalCode.UNKNOWN_AREA, "provinces", send(replace(PROJECT, provinces=("XX",)))),
    "a unit of nowhere": (RefusalCode.UNKNOWN_AREA, "region", send(replace(UNIT, region="99"))),
    "a unit with a danger of nowhere": (
        RefusalCode.UNKNOWN_AREA,
        "dangers",
        send(replace(UNIT, dangers=(Danger(DangerKind.PROVINCE, "XX"),))),
    ),
    "a referral from nowhere": (RefusalCode.UNKNOWN_AREA, "province", send(replace(REFERRAL, province="XX"))),
    "a danger of nowhere": (RefusalCode.UNKNOWN_AREA, "danger", send(DangerDeclared("", HELPLINE, CASE, Danger(DangerKind.REGION, "99")))),
    "leaving nowhere": (RefusalCode.UNKNOWN_AREA, "leaving_province", play(lambda world: world.request(world.case("new"), leaving_province="XX"))),
    "wishing for nowhere": (RefusalCode.UNKNOWN_AREA, "wished_regions", play(lambda world: world.request(world.case("new"), wished_regions=("99",)))),
    "a policy that forgets a region": (
        RefusalCode.UNKNOWN_AREA,
        "areas",
        send(replace(POLICY, version=2, areas=(Area("NA", "15", "south"),))),
    ),
    "a count of an unknown unit": (
        RefusalCode.UNKNOWN_UNIT,
        "unit_id",
        play(lambda world: world.send(replace(world.publishing("rm-1"), unit_id="rm-99"))),
    ),
    "an unknown unit amended": (RefusalCode.UNKNOWN_UNIT, "unit_id", send(replace(AMENDED, unit_id="rm-99"))),
    "hosted in another project's unit": (
        RefusalCode.UNKNOWN_UNIT,
        "hosted_unit_id",
        play(lambda world: (world.send(REFERRAL), world.send(ReferralAccepted("", body("campania"), uuid("new"), "campania", "rm-1")))[1]),
    ),
    "danger from an unknown unit": (RefusalCode.UNKNOWN_UNIT, "danger", send(DangerDeclared("", HELPLINE, CASE, Danger(DangerKind.UNIT, "rm-99")))),
    "a unit twice": (RefusalCode.UNIT_EXISTS, "unit_id", send(replace(UNIT, unit_id="rm-1"))),
    "a closed unit's count": (RefusalCode.UNIT_CLOSED, "unit_id", play(lambda world: (world.close("rm-1"), world.publish("rm-1"))[1])),
    "a closed unit amended": (RefusalCode.UNIT_CLOSED, "unit_id", play(lambda world: (world.close("rm-1"), world.send(AMENDED))[1])),
    "a body with units leaves": (
        RefusalCode.UNIT_IN_USE,
        "bodies",
        send(ProjectAmended("", ADMINISTRATOR, "lazio", "Lazio", "other", ("other",), ("RM",), "2022-01-01", "2026-12-31")),
    ),
    "more places than the unit": (RefusalCode.MORE_THAN_PLACES, "places", play(lambda world: world.publish("rm-1", places=3))),
    "a request for nobody": (RefusalCode.UNKNOWN_CASE, "case_id", send(replace(REQUEST, case_id=uuid("nobody")))),
    "a link to nobody": (
        RefusalCode.UNKNOWN_CASE,
        "other_case_id",
        send(KeepApartDeclared("", HELPLINE, CASE, uuid("nobody"), KeepApart.RECRUITER)),
    ),
    "nobody is erased": (RefusalCode.UNKNOWN_CASE, "case_id", send(CaseErased("", HELPLINE, uuid("nobody")))),
    "a case twice": (RefusalCode.CASE_EXISTS, "case_id", send(replace(REFERRAL, case_id=CASE))),
    "a request after erasure": (RefusalCode.CASE_ERASED, "", play(erased_then(REQUEST))),
    "received again after erasure": (RefusalCode.CASE_ERASED, "", play(erased_then(replace(REFERRAL, case_id=CASE)))),
    "without its key": (RefusalCode.CASE_ERASED, "", send(Locked("TransferRequested", {"event_id": "x"}))),
    "a link to the erased": (
        RefusalCode.CASE_ERASED,
        "",
        play(lambda world: (erase(world), world.send(KeepApartDeclared("", HELPLINE, world.case("bina"), CASE, KeepApart.RECRUITER)))[1]),
    ),
    "a second request": (RefusalCode.CASE_IN_TRANSFER, "case_id", send(REQUEST)),
    "agreement of nobody": (RefusalCode.UNKNOWN_PERSON, "person", send(AgreementGiven("", HELPLINE, CASE, "z", 2_000_000_000_000))),
    "withdrawn by nobody": (RefusalCode.UNKNOWN_PERSON, "person", send(AgreementWithdrawn("", HELPLINE, CASE, "z"))),
    "another project's case": (RefusalCode.NOT_RESPONSIBLE, "case_id", send(replace(REQUEST, actor=body("piemonte")))),
    "the asked project before it accepts": (
        RefusalCode.NOT_RESPONSIBLE,
        "case_id",
        send(DangerDeclared("", body("lazio"), CASE, Danger(DangerKind.REGION, "12"))),
    ),
    "accepted twice": (RefusalCode.ALREADY_RESPONSIBLE, "case_id", send(ReferralAccepted("", body("campania"), CASE, "campania", None))),
    "three for places of two": (
        RefusalCode.HOUSEHOLD_TOO_LARGE,
        "case_id",
        play(lambda world: world.request(world.case("big", household=tuple(woman(f"p{n}") for n in range(4))))),
    ),
    "an unknown transfer": (RefusalCode.UNKNOWN_TRANSFER, "transfer_id", send(TransferWithdrawn("", HELPLINE, CASE, uuid("transfer 9")))),
    "a live transfer's id": (
        RefusalCode.TRANSFER_EXISTS,
        "transfer_id",
        play(lambda world: world.request(world.case("new"), transfer_id=TRANSFER)),
    ),
    "withdrawn after arrival": (RefusalCode.TRANSFER_OVER, "transfer_id", play(arrived, departed)),
    "nothing to accept": (
        RefusalCode.NO_LIVE_PROPOSAL,
        "transfer_id",
        send(ProposalAccepted("", body("lazio"), CASE, TRANSFER, None), accepted),
    ),
    "another proposal": (RefusalCode.PROPOSAL_SUPERSEDED, "proposal_id", play(superseded)),
    "another project was asked": (RefusalCode.NOT_ASKED, "actor", send(ProposalAccepted("", body("piemonte"), CASE, TRANSFER, None))),
    "routed to another project": (
        RefusalCode.NOT_ASKED,
        "project_id",
        play(lambda world: (world.send(REFERRAL), world.send(ReferralAccepted("", body("lazio"), uuid("new"), "lazio", None)))[1]),
    ),
    "departs without a place": (RefusalCode.NOT_ACCEPTED_YET, "transfer_id", play(lambda world: world.depart(CASE))),
    "arrives without a place": (RefusalCode.NOT_ACCEPTED_YET, "transfer_id", play(lambda world: world.arrive(CASE))),
    "unmatched, says a project": (
        RefusalCode.ROLE_NOT_ALLOWED,
        "actor",
        send(TransferEnded("", body("campania"), CASE, TRANSFER, TransferEnd.UNMATCHED)),
    ),
    "unmatched with a proposal": (
        RefusalCode.NOT_WAITING,
        "transfer_id",
        send(TransferEnded("", HELPLINE, CASE, TRANSFER, TransferEnd.UNMATCHED)),
    ),
    "chooses a full unit": (RefusalCode.NO_PLACE_FREE, "unit_id", send(OVERRIDE)),
    "chooses what is proposed": (RefusalCode.ALREADY_PROPOSED, "unit_id", send(replace(OVERRIDE, unit_id="rm-1"))),
    "chooses without a word": (RefusalCode.TEXT_NEEDED, "text", send(replace(OVERRIDE, text=" "))),
    "chooses with too many words": (RefusalCode.TOO_LARGE, "text", send(replace(OVERRIDE, text="x" * 4001))),
    "chooses what is not there": (RefusalCode.UNKNOWN_UNIT, "unit_id", send(replace(OVERRIDE, unit_id="xx-1"))),
    "chooses what is closed": (
        RefusalCode.UNIT_CLOSED,
        "unit_id",
        play(lambda world: (world.close("rm-2"), world.send(replace(OVERRIDE, unit_id="rm-2")))[1], with_rm_2),
    ),
    "chooses after acceptance": (RefusalCode.NOT_WAITING, "transfer_id", send(OVERRIDE, accepted)),
    "exchanges from nowhere": (RefusalCode.SWAP_UNEVEN, "", play(from_nowhere)),
    "confirms what is disclosed": (
        RefusalCode.NO_LIVE_PROPOSAL,
        "transfer_id",
        send(ProposalConfirmed("", HELPLINE, CASE, TRANSFER, None)),
    ),
    "no inquiry": (RefusalCode.UNKNOWN_INQUIRY, "inquiry_id", send(YES)),
    "a no without a code": (RefusalCode.CODE_NEEDED, "code", answer(could=False, places=None)),
    "a no without a word": (RefusalCode.TEXT_NEEDED, "text", answer(could=False, places=None, code=DeclineCode.OTHER)),
    "a no with places": (RefusalCode.FIELD_INVALID, "places", answer(could=False, code=DeclineCode.PROVIDER_NOT_FREE)),
    "a yes with a code": (RefusalCode.FIELD_INVALID, "code", answer(code=DeclineCode.PROVIDER_NOT_FREE)),
    "a yes without places": (RefusalCode.FIELD_INVALID, "places", answer(places=0)),
    "a yes for more than there is": (RefusalCode.MORE_THAN_PLACES, "places", answer(places=3)),
    "a yes from nowhere": (RefusalCode.FIELD_INVALID, "free_from_ms", answer(free_from_ms=-1)),
    "an answer too long": (RefusalCode.TOO_LARGE, "text", answer(text="x" * 4001)),
    "answers for another": (RefusalCode.NOT_ASKED, "actor", answer(actor=body("piemonte"))),
    "amends an arrival before leaving": (RefusalCode.NOT_DEPARTED_YET, "expected_arrival_ms", amend(expected_arrival_ms=START + DAY)),
    "amends an arrival to the past": (RefusalCode.FIELD_INVALID, "expected_arrival_ms", amend(departed, expected_arrival_ms=START - DAY)),
    "amends to a deadline gone": (RefusalCode.FIELD_INVALID, "needed_by_ms", amend(needed_by_ms=START - DAY)),
    "amends to leave nowhere": (RefusalCode.UNKNOWN_AREA, "leaving_province", amend(leaving_province="XX")),
    "amends somebody else's": (RefusalCode.NOT_RESPONSIBLE, "case_id", amend(actor=body("lazio"))),
    "hands over before acceptance": (RefusalCode.NOT_ACCEPTED_YET, "transfer_id", send(PREPARED)),
    "hands over after departure": (RefusalCode.ALREADY_DEPARTED, "transfer_id", send(PREPARED, departed)),
    "hands over twice": (
        RefusalCode.HAND_OVER_PREPARED,
        "transfer_id",
        play(lambda world: (world.send(PREPARED), world.send(PREPARED))[1], accepted),
    ),
    "amends what was not prepared": (
        RefusalCode.HAND_OVER_NOT_PREPARED,
        "transfer_id",
        send(HandOverAmended("", HELPLINE, CASE, TRANSFER, (), (), ""), accepted),
    ),
    "hands over a thing twice": (
        RefusalCode.FIELD_INVALID,
        "arranged",
        send(replace(PREPARED, not_needed=(HandOverItem.ESCORT,)), accepted),
    ),
    "hands over with too long a note": (RefusalCode.TOO_LARGE, "note", send(replace(PREPARED, note="x" * 4001), accepted)),
    "notifies of nobody": (RefusalCode.NO_NOTIFICATION_DUE, "transfer_id", send(AuthorityNotified("", HELPLINE, CASE, TRANSFER))),
    "a policy that asks nobody": (
        RefusalCode.FIELD_INVALID,
        "inquiries",
        send(replace(POLICY, version=2, inquiries=replace(ASKING, max_at_once=0))),
    ),
    "a policy without time for duties": (
        RefusalCode.FIELD_INVALID,
        "transfers",
        send(replace(POLICY, version=2, transfers=replace(DUTIES, confirm_within_ms=0))),
    ),
    "arrives without leaving": (RefusalCode.NOT_DEPARTED_YET, "transfer_id", play(lambda world: world.arrive(CASE), accepted)),
    "returns without leaving": (
        RefusalCode.NOT_DEPARTED_YET,
        "transfer_id",
        send(TransferEnded("", HELPLINE, CASE, TRANSFER, TransferEnd.RETURNED), accepted),
    ),
    "leaves twice": (RefusalCode.ALREADY_DEPARTED, "transfer_id", play(lambda world: world.depart(CASE), departed)),
    "withdrawn on the way": (RefusalCode.ALREADY_DEPARTED, "transfer_id", send(TransferWithdrawn("", HELPLINE, CASE, TRANSFER), departed)),
    "agreement ran out": (RefusalCode.AGREEMENT_MISSING, "", play(agreement_ran_out)),
    "declined without a word": (
        RefusalCode.TEXT_NEEDED,
        "text",
        send(ProposalDeclined("", body("lazio"), CASE, TRANSFER, None, DeclineCode.OTHER, " ")),
    ),
    "near by a new policy": (RefusalCode.SAFETY, "", play(no_longer_near, proposed_in_lazio_beside_roma)),
    "a deadline to come": (RefusalCode.DEADLINE_NOT_REACHED, "deadline_at_ms", send(ClockAdvanced("", CLOCK, 2_000_000_000_000))),
    "no such action": (
        RefusalCode.UNKNOWN_ACTION,
        "action_id",
        send(ActionConfirmed("", ADMINISTRATOR, CASE, uuid("no action"))),
    ),
    "erased under a legal hold": (RefusalCode.LEGAL_HOLD, "case_id", play(erased_under_hold)),
    "a hold that is not there": (RefusalCode.NO_LEGAL_HOLD, "case_id", send(LegalHoldLifted("", ADMINISTRATOR, CASE, "over"))),
    "a danger that is not there": (RefusalCode.NOTHING_TO_LOWER, "danger", send(LOWERED)),
    "confirmed by the same body": (RefusalCode.ANOTHER_BODY_NEEDED, "actor", play(confirmed_by_the_same_body)),
    "a ninth action": (RefusalCode.TOO_MANY_AWAITED, "", play(a_ninth_action)),
    "a closed case": (RefusalCode.CASE_CLOSED, "case_id", play(closed_then(replace(REQUEST, case_id=uuid("bina"))))),
    "a link to a closed case": (
        RefusalCode.CASE_CLOSED,
        "other_case_id",
        play(closed_then(KeepApartDeclared("", HELPLINE, CASE, uuid("bina"), KeepApart.RECRUITER))),
    ),
    "another name of a case": (RefusalCode.CASE_MERGED, "case_id", play(same_then(replace(REQUEST, case_id=uuid("bina"))))),
    "another name of a case erased": (RefusalCode.CASE_MERGED, "case_id", play(same_then(CaseErased("", HELPLINE, uuid("bina"))))),
    "the same as oneself": (RefusalCode.SAME_CASE, "other_case_id", send(CasesFoundSame("", HELPLINE, CASE, CASE))),
    "the same as nobody": (RefusalCode.UNKNOWN_CASE, "other_case_id", send(CasesFoundSame("", HELPLINE, CASE, uuid("nobody")))),
    "the same, both on the move": (
        RefusalCode.BOTH_IN_TRANSFER,
        "other_case_id",
        play(lambda world: (world.request(world.case("bina")), world.send(CasesFoundSame("", HELPLINE, CASE, uuid("bina"))))[1]),
    ),
    "the same and kept apart": (RefusalCode.KEPT_APART, "other_case_id", play(kept_apart_and_same)),
    "closed while to move": (RefusalCode.CASE_IN_TRANSFER, "case_id", send(CLOSING)),
    "closed while a place is kept": (
        RefusalCode.PLACE_KEPT,
        "case_id",
        play(lambda world: (world.arrive(CASE), world.send(CLOSING))[1], departed),
    ),
    "closed while a minor is missed and nobody told": (RefusalCode.NOTIFICATION_IS_DUE, "case_id", play(missed_then_closed)),
    "closed without a word": (
        RefusalCode.TEXT_NEEDED,
        "text",
        play(lambda world: world.send(replace(CLOSING, case_id=world.case("bina"), how=ReferralEnd.OTHER))),
    ),
    "a referral declined without a word": (
        RefusalCode.TEXT_NEEDED,
        "text",
        play(lambda world: (world.send(REFERRAL), world.send(replace(DECLINED, code=ReferralDeclineCode.OTHER)))[1]),
    ),
    "a referral of another declined": (
        RefusalCode.NOT_ASKED,
        "project_id",
        play(lambda world: (world.send(REFERRAL), world.send(replace(DECLINED, actor=body("lazio"), project_id="lazio")))[1]),
    ),
    "declined after it was accepted": (RefusalCode.ALREADY_RESPONSIBLE, "case_id", send(replace(DECLINED, case_id=CASE))),
    "a project assigns": (RefusalCode.ROLE_NOT_ALLOWED, "actor", send(ReferralAssigned("", body("lazio"), CASE, "lazio"))),
    "assigned though taken in charge": (RefusalCode.ALREADY_RESPONSIBLE, "case_id", send(ReferralAssigned("", HELPLINE, CASE, "lazio"))),
    "announced for yesterday": (
        RefusalCode.FIELD_INVALID,
        "announced",
        send(replace(REFERRAL, announced=Announced(Source.OTHER_STATE, 1))),
    ),
    "a group without an id": (RefusalCode.ID_MALFORMED, "group", send(replace(REFERRAL, group=Group("we", None)))),
    "a contact without an id": (RefusalCode.ID_MALFORMED, "contact_id", send(replace(REFERRAL, contact_id="a call"))),
    "a project logs a contact": (RefusalCode.ROLE_NOT_ALLOWED, "actor", send(replace(CONTACT, actor=body("lazio")))),
    "a contact from nowhere": (RefusalCode.UNKNOWN_AREA, "region", send(replace(CONTACT, region="99"))),
    "a contact in no language": (RefusalCode.FIELD_INVALID, "language", send(replace(CONTACT, language="English"))),
    "a long call": (RefusalCode.TOO_LARGE, "note", send(replace(CONTACT, note="x" * 4001))),
    "one kind of exploitation twice": (
        RefusalCode.FIELD_INVALID,
        "exploitation",
        send(AssessmentRecorded("", HELPLINE, CASE, Indicators.YES, (Exploitation.LABOUR,) * 2, "")),
    ),
    "assessed by another": (
        RefusalCode.NOT_RESPONSIBLE,
        "case_id",
        send(AssessmentRecorded("", body("lazio"), CASE, Indicators.YES, (), "")),
    ),
    "a handover that nobody offered": (RefusalCode.NOT_OFFERED, "case_id", send(ResponsibilityTaken("", body("lazio"), CASE, "lazio"))),
    "a handover to whoever has the case": (
        RefusalCode.ALREADY_RESPONSIBLE,
        "project_id",
        send(ResponsibilityOffered("", HELPLINE, CASE, "campania")),
    ),
    "accepted after the programme": (
        RefusalCode.PROGRAMME_OVER,
        "project_id",
        play(lambda world: (world.send(replace(REFERRAL, province="PA")), world.send(ENDED), world.send(TAKEN))[2]),
    ),
    "a programme ended twice": (RefusalCode.PROGRAMME_OVER, "project_id", play(lambda world: (world.send(ENDED), world.send(ENDED))[1])),
    "succeeded by itself": (RefusalCode.UNKNOWN_PROJECT, "successor_id", send(replace(ENDED, successor_id="lazio"))),
    "a second question": (RefusalCode.QUESTION_STANDS, "transfer_id", send(QUESTION, questioned)),
    "a question that stops no clock": (RefusalCode.PAUSES_USED, "transfer_id", send(QUESTION)),
    "an answer to nothing": (RefusalCode.NO_QUESTION, "transfer_id", send(REPLY, proposed_by_the_clock)),
    "a question without words": (RefusalCode.TEXT_NEEDED, "text", send(replace(QUESTION, text=" "), proposed_by_the_clock)),
    "a question of 4,001 characters": (RefusalCode.TOO_LARGE, "text", send(replace(QUESTION, text="x" * 4001), proposed_by_the_clock)),
    "an answer about another proposal": (RefusalCode.PROPOSAL_SUPERSEDED, "proposal_id", send(replace(REPLY, proposal_id=uuid("no")), questioned)),
    "apart from oneself": (RefusalCode.SAME_CASE, "other_case_id", send(KeepApartDeclared("", HELPLINE, CASE, CASE, KeepApart.RECRUITER))),
}

AT_THE_EDGE = {RefusalCode.UNKNOWN_SCHEMA, RefusalCode.WRONG_NETWORK}
"""Codes that doors give before an event reaches the ledger; the core never does."""


@pytest.mark.parametrize("name", ROWS)
def test_refuses(name: str) -> None:
    code, field, make = ROWS[name]
    world, act = make()

    outcomes = act(world)

    assert outcomes[-1] == Refused(code, field)


@pytest.mark.parametrize("name", ROWS)
def test_a_refused_event_changes_nothing_but_what_was_seen(name: str) -> None:
    _, _, make = ROWS[name]
    world, act = make()
    act(world)
    refused = world.entries[-1]

    before = world.folded(len(world.entries) - 1)

    if len(refused.outcomes) == 1:
        assert without_memory(world.state) == without_memory(before)


def test_every_code_has_a_row() -> None:
    assert {code for code, _, _ in ROWS.values()} == set(RefusalCode) - AT_THE_EDGE


def without_memory(state: object) -> object:
    forgetful = replace(
        state,  # type: ignore[type-var]
        sequence=0,
        at_ms=0,
        seen_ids=type(state.seen_ids)(),  # type: ignore[attr-defined]
        seen_by_network=type(state.seen_by_network)(),  # type: ignore[attr-defined]
        seen_by_case=type(state.seen_by_case)(),  # type: ignore[attr-defined]
    )
    return parts_of(forgetful)  # type: ignore[arg-type]
