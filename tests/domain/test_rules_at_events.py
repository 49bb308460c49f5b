"""Every rule about a place bites whichever event brings a request to the matcher: one network where each rule stands in the way of one unit.

Anna waits. A unit for each rule excludes her by that rule alone; one more, `good`, becomes possible by the event of the test. What is explained then must
account for every unit by its rule.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from events.availability import AvailabilityPublished, AvailabilityReaffirmed
from events.fact import Danger
from events.facts import Event, Outcome
from events.inquiry import InquiryAnswered
from events.network import (
    ClockAdvanced,
    DayWindow,
    DutyHoursPublished,
    Inquiries,
    PolicyAdopted,
    ProgrammeEnded,
    ProjectAmended,
    UnitAmended,
    UnitClosed,
)
from events.person import (
    AgeAssessed,
    AgreementGiven,
    AgreementWithdrawn,
    CaseErased,
    CasesFoundSame,
    DangerDeclared,
    GroupKeptApart,
    KeepApartDeclared,
    SafetyLowered,
    VitalInterestInvoked,
)
from events.referral import ReferralAccepted, ReferralClosed, ResponsibilityOffered, ResponsibilityTaken
from events.transfer import (
    ArrivalConfirmed,
    MatchExplained,
    MatchOverridden,
    ProposalDeclined,
    SafeStopAgreed,
    TransferAmended,
    TransferEnded,
    TransferRequested,
    TransferWithdrawn,
)
from events.two_people import ActionConfirmed
from events.vocabulary import AgeGroup, DangerKind, DeclineCode, Host, KeepApart, Need, OverrideCode, Reason, ReferralEnd, Rule, TransferEnd, Urgency
from tests.coverage.cells import MATCHING
from tests.domain.test_duty import TUESDAY
from tests.domain.world import ADMINISTRATOR, CLOCKS, DAY, HELPLINE, HOUR, POLICY, World, body, duty, italy, kinds, only, uuid, woman

CARE = (Need.PREGNANCY_CARE,)
BARRIERS = {
    Rule.ACCEPTING: "b-accepting",
    Rule.ONE_PLACE_ONE_CASE: "b-full",
    Rule.MINORS: "b-minors",
    Rule.GENDER: "b-gender",
    Rule.ESSENTIAL_NEEDS: "b-needs",
    Rule.FRESHNESS: "b-stale",
    Rule.DECLINED_BEFORE: "b-declined",
    Rule.ON_DUTY: "b-asleep",
}
SAFETY = ("b-danger", "b-exploiter")
Play = Callable[[World], tuple[Outcome, ...]]


def network() -> World:
    """Italy's calendar on a Tuesday at ten; everybody but Sicily is on duty. Anna's cousin is in Emilia."""
    world = italy()
    world.now = TUESDAY
    world.send(replace(POLICY, version=2, clocks=CLOCKS))
    for project_id, provinces in (("emilia", ("BO",)), ("milano", ("MI",)), ("sicilia", ("PA",))):
        world.project(project_id, provinces)
    around = (DayWindow(0, 1440),)
    for project_id in ("campania", "emilia", "lazio", "milano", "piemonte"):
        world.send(duty(project_id, 0, 24, weekdays=tuple(range(7)), on_holidays=around))
    world.send(duty("sicilia", 6, 8))
    world.case("cousin", "emilia")
    return world


def good(world: World, **changes: object) -> None:
    """The unit that becomes possible; for women who need care, and the only one without stairs."""
    world.unit("good", "piemonte", "01", 1, **{"offers": (*CARE, Need.STEP_FREE), **changes})  # type: ignore[arg-type]


def anna_waits(world: World) -> str:
    """Anna, turned down once, with every barrier before her."""
    case = world.case("anna", household=(woman(essential_needs=CARE),))
    world.send(DangerDeclared("", HELPLINE, case, Danger(DangerKind.REGION, "03")))
    world.send(KeepApartDeclared("", HELPLINE, case, uuid_of(world, "cousin"), KeepApart.RECRUITER))
    world.unit("b-declined", "lazio", "12", 1, offers=CARE)
    world.request(case, "anna", urgency=Urgency.IMMEDIATE)
    assert world.proposed_unit(case) == "b-declined"
    world.send(ProposalDeclined("", world.asked(case), case, world.transfer_id(case), None, DeclineCode.PERSON_REFUSED, ""))
    world.unit("b-accepting", "lazio", "12", offers=CARE, free=-1)
    world.publish("b-accepting", accepting=False)
    world.unit("b-full", "lazio", "12", offers=CARE, free=0)
    world.unit("b-minors", "lazio", "12", offers=CARE, hosts=(Host.UNACCOMPANIED_MINORS,))
    world.unit("b-gender", "lazio", "12", offers=CARE, hosts=(Host.MEN,))
    world.unit("b-needs", "lazio", "12")
    world.unit("b-stale", "lazio", "12", offers=CARE, free=-1)
    world.publish("b-stale", observed_at_ms=world.now - 60 * DAY)
    world.unit("b-danger", "milano", "03", offers=CARE)
    world.unit("b-exploiter", "emilia", "08", offers=CARE)
    world.unit("b-asleep", "sicilia", "19", offers=CARE)
    assert world.proposed_unit(case) is None
    return case


def uuid_of(world: World, name: str) -> str:
    """A case that is there."""
    assert uuid(name) in world.state.cases
    return uuid(name)


def bea_has_it(world: World) -> str:
    """Bea, who cannot climb stairs, is proposed the good place."""
    good(world)
    bea = world.case("bea", household=(woman(essential_needs=(Need.STEP_FREE,)),))
    world.request(bea, "bea", reason=Reason.SAFETY)
    assert world.proposed_unit(bea) == "good"
    return bea


def published(world: World) -> tuple[Outcome, ...]:
    good(world, free=0)
    anna_waits(world)
    return world.publish("good")


def reaffirmed(world: World) -> tuple[Outcome, ...]:
    good(world, free=-1)
    world.publish("good", observed_at_ms=world.now - 30 * DAY)
    anna_waits(world)
    return world.send(AvailabilityReaffirmed("", body("piemonte"), "good", world.now, world.sequence))


def amended_unit(world: World) -> tuple[Outcome, ...]:
    good(world, hosts=(Host.MEN,))
    anna_waits(world)
    unit = world.state.units["good"]
    return world.send(UnitAmended("", body("piemonte"), "good", unit.level, 1, (Host.WOMEN,), CARE, ("eng",), ()))


def amended_project(world: World) -> tuple[Outcome, ...]:
    amended = ProjectAmended("", ADMINISTRATOR, "piemonte", "P", "body-piemonte", ("body-piemonte", "bad"), ("TO",), "2022-01-01", "2026-12-31")
    world.send(amended)
    good(world)
    return _with_danger(world, Danger(DangerKind.BODY, "bad"), lambda: world.send(replace(amended, event_id="", bodies=("body-piemonte",))))


def _with_danger(world: World, danger: Danger, act: Callable[[], tuple[Outcome, ...]]) -> tuple[Outcome, ...]:
    """Anna waits behind one danger more: the good unit is taken away while it is declared."""
    world.publish("good", occupied=1)
    case = anna_waits(world)
    world.send(DangerDeclared("", HELPLINE, case, danger))
    world.publish("good")
    assert world.proposed_unit(case) is None
    return act()


def adopted_policy(world: World) -> tuple[Outcome, ...]:
    good(world, free=-1)
    world.publish("good", observed_at_ms=world.now - 10 * DAY)
    anna_waits(world)
    return world.send(replace(POLICY, version=3, clocks=replace(CLOCKS, fresh_working_days=15, ageing_working_days=20)))


def published_duty(world: World) -> tuple[Outcome, ...]:
    world.send(duty("piemonte", 6, 8))
    good(world)
    anna_waits(world)
    return world.send(duty("piemonte", 0, 24, weekdays=tuple(range(7))))


def rung_clock(world: World) -> tuple[Outcome, ...]:
    good(world, free=0)
    anna_waits(world)
    world.publish("good", free_from_ms=world.now + HOUR)
    return world.tick(HOUR)


def given_agreement(world: World) -> tuple[Outcome, ...]:
    good(world, free=0)
    case = anna_waits(world)
    world.send(AgreementWithdrawn("", HELPLINE, case, "a"))
    world.publish("good")
    return world.agree(case, "a")


def requested(world: World) -> tuple[Outcome, ...]:
    good(world, free=0)
    case = anna_waits(world)
    world.send(TransferWithdrawn("", HELPLINE, case, world.transfer_id(case)))
    world.publish("b-declined", occupied=1)
    world.publish("good")
    return world.request(case, "again", urgency=Urgency.IMMEDIATE)


def confirmed(world: World) -> tuple[Outcome, ...]:
    good(world)

    def lowered() -> tuple[Outcome, ...]:
        anna = uuid_of(world, "anna")
        world.send(SafetyLowered("", HELPLINE, anna, Danger(DangerKind.REGION, "01"), None, "gone"))
        (action_id,) = world.state.awaited
        return world.send(ActionConfirmed("", body("campania"), anna, action_id))

    return _with_danger(world, Danger(DangerKind.REGION, "01"), lowered)


def closed_case(world: World) -> tuple[Outcome, ...]:
    good(world, free=0)
    other = world.case("nephew", "piemonte")
    case = anna_waits(world)
    world.send(KeepApartDeclared("", HELPLINE, case, other, KeepApart.RECRUITER))
    world.publish("good")
    assert world.proposed_unit(case) is None
    return world.send(ReferralClosed("", HELPLINE, other, ReferralEnd.MOVED_ABROAD, ""))


def closed_unit(world: World) -> tuple[Outcome, ...]:
    """Anna is proposed another place, which closes; the good one is free beside it."""
    good(world, free=0)
    case = anna_waits(world)
    world.unit("other", "piemonte", "01", 1, offers=CARE)
    assert world.proposed_unit(case) == "other"
    world.publish("good")
    return world.send(UnitClosed("", body("piemonte"), "other"))


def declined(world: World) -> tuple[Outcome, ...]:
    """Anna's own proposal is declined, with the good place free beside it."""
    good(world, free=0)
    case = anna_waits(world)
    world.unit("other", "piemonte", "01", 1, offers=CARE)
    world.publish("good")
    return world.send(ProposalDeclined("", body("piemonte"), case, world.transfer_id(case), None, DeclineCode.PERSON_REFUSED, ""))


def ended_programme(world: World) -> tuple[Outcome, ...]:
    """The project of the place proposed to Anna ends."""
    world.project("alpi", ("TO",))
    world.send(duty("alpi", 0, 24, weekdays=tuple(range(7))))
    good(world, free=0)
    case = anna_waits(world)
    world.unit("other", "alpi", "01", 1, offers=CARE)
    assert world.proposed_unit(case) == "other"
    world.publish("good")
    return world.send(ProgrammeEnded("", ADMINISTRATOR, "alpi", None))


def answered(world: World) -> tuple[Outcome, ...]:
    world.send(replace(POLICY, version=3, clocks=CLOCKS, inquiries=Inquiries(3, HOUR)))
    good(world, free=-1)
    case = anna_waits(world)
    transfer = world.state.cases[case].transfer
    assert transfer is not None
    (asked,) = [inquiry for inquiry in transfer.inquiries if inquiry.unit_id == "good"]
    return world.send(InquiryAnswered("", body("piemonte"), case, transfer.transfer_id, asked.inquiry_id, True, None, "", 1, None))


def invoked(world: World) -> tuple[Outcome, ...]:
    good(world, free=0)
    case = anna_waits(world)
    world.send(AgreementWithdrawn("", HELPLINE, case, "a"))
    world.publish("good")
    return world.send(VitalInterestInvoked("", HELPLINE, case, "a", world.now + 2 * DAY, "unconscious", "nobody else is there"))


def taken(world: World) -> tuple[Outcome, ...]:
    """Whoever Anna is kept apart from passes from the good unit's project to her cousin's."""
    good(world, free=0)
    other = world.case("nephew", "piemonte")
    case = anna_waits(world)
    world.send(KeepApartDeclared("", HELPLINE, case, other, KeepApart.RECRUITER))
    world.publish("good")
    assert world.proposed_unit(case) is None
    world.send(ResponsibilityOffered("", HELPLINE, other, "emilia"))
    return world.send(ResponsibilityTaken("", body("emilia"), other, "emilia"))


def arrived(world: World) -> tuple[Outcome, ...]:
    """Whoever Anna is kept apart from, and whom the good unit's project was responsible for, arrives in a place of her cousin's."""
    good(world, free=0)
    other = world.case("nephew", "piemonte")
    world.unit("other", "emilia", "08", 1)
    case = anna_waits(world)
    world.send(KeepApartDeclared("", HELPLINE, case, other, KeepApart.RECRUITER))
    world.request(other, "nephew", reason=Reason.SAFETY)
    assert world.proposed_unit(other) == "other"
    world.accept(other)
    world.depart(other)
    world.publish("good")
    assert world.proposed_unit(case) is None
    return world.arrive(other)


def bea_loses_it(act: Callable[[World, str], Event | None]) -> Play:
    """The good place comes free because of what is reported of Bea."""

    def play(world: World) -> tuple[Outcome, ...]:
        bea = bea_has_it(world)
        anna_waits(world)
        event = act(world, bea)
        assert event is not None
        return world.send(event)

    return play


def nephew_comes(world: World, bea: str) -> Event:
    """Whoever Bea is kept apart from is taken in charge by the good unit's project."""
    nephew = world.case("nephew", None)
    world.send(KeepApartDeclared("", HELPLINE, bea, nephew, KeepApart.RECRUITER))
    return ReferralAccepted("", body("piemonte"), nephew, "piemonte", None)


def found_same(world: World, bea: str) -> Event:
    """The other case of Bea knows a danger."""
    other = world.case("beatrice")
    world.send(DangerDeclared("", HELPLINE, other, Danger(DangerKind.REGION, "01")))
    return CasesFoundSame("", HELPLINE, bea, other)


def stopped(world: World, bea: str) -> Event:
    world.accept(bea)
    world.depart(bea)
    return SafeStopAgreed("", HELPLINE, bea, world.transfer_id(bea))


def overridden(world: World, bea: str) -> Event:
    world.unit("other", "piemonte", "01", 1, offers=(Need.STEP_FREE,))
    return MatchOverridden("", HELPLINE, bea, world.transfer_id(bea), "other", OverrideCode.FAMILY_NEAR, "her sister", "no time")


def leaving_turin(world: World, bea: str) -> Event:
    return TransferAmended("", HELPLINE, bea, world.transfer_id(bea), Urgency.WITHIN_DAYS, world.now + DAY, "TO", (), (), None, "")


def accepted_first(world: World, bea: str) -> Event:
    world.accept(bea)
    return TransferEnded("", HELPLINE, bea, world.transfer_id(bea), TransferEnd.LEFT)


PLAYS: dict[type[Event], Play] = {
    AvailabilityPublished: published,
    AvailabilityReaffirmed: reaffirmed,
    UnitAmended: amended_unit,
    UnitClosed: closed_unit,
    ProjectAmended: amended_project,
    PolicyAdopted: adopted_policy,
    DutyHoursPublished: published_duty,
    ClockAdvanced: rung_clock,
    AgreementGiven: given_agreement,
    TransferRequested: requested,
    ActionConfirmed: confirmed,
    ReferralClosed: closed_case,
    ProposalDeclined: declined,
    AgreementWithdrawn: bea_loses_it(lambda _, bea: AgreementWithdrawn("", HELPLINE, bea, "a")),
    DangerDeclared: bea_loses_it(lambda _, bea: DangerDeclared("", HELPLINE, bea, Danger(DangerKind.REGION, "01"))),
    KeepApartDeclared: bea_loses_it(lambda world, bea: KeepApartDeclared("", HELPLINE, bea, world.case("nephew", "piemonte"), KeepApart.RECRUITER)),
    CaseErased: bea_loses_it(lambda _, bea: CaseErased("", HELPLINE, bea)),
    TransferWithdrawn: bea_loses_it(lambda world, bea: TransferWithdrawn("", HELPLINE, bea, world.transfer_id(bea))),
    TransferEnded: bea_loses_it(accepted_first),
    ReferralAccepted: bea_loses_it(nephew_comes),
    CasesFoundSame: bea_loses_it(found_same),
    SafeStopAgreed: bea_loses_it(stopped),
    MatchOverridden: bea_loses_it(overridden),
    TransferAmended: bea_loses_it(leaving_turin),
    AgeAssessed: bea_loses_it(lambda _, bea: AgeAssessed("", HELPLINE, bea, "a", AgeGroup.MINOR, None, "report")),
    GroupKeptApart: bea_loses_it(lambda world, bea: GroupKeptApart("", HELPLINE, bea, (world.case("nephew", "piemonte"),), KeepApart.CO_TRAFFICKED)),
    ProgrammeEnded: ended_programme,
    InquiryAnswered: answered,
    VitalInterestInvoked: invoked,
    ResponsibilityTaken: taken,
    ArrivalConfirmed: arrived,
}


@pytest.mark.parametrize("event", PLAYS, ids=lambda event: event.__name__)
def test_every_rule_about_a_place_bites_at(event: type[Event]) -> None:
    world = network()

    outcomes = PLAYS[event](world)

    assert type(world.entries[-1].opened.event) is event
    assert world.proposed_unit(uuid_of(world, "anna")) == "good", kinds(outcomes)
    explained = [outcome for outcome in outcomes if isinstance(outcome, MatchExplained) and outcome.case_id == uuid_of(world, "anna")]
    told = {group.rule: set(group.units) - {"other", "good"} for group in only(tuple(explained), MatchExplained).excluded}
    expected = {"safety": set(SAFETY), **{rule.value: {unit} for rule, unit in BARRIERS.items()}}
    if event is TransferRequested:  # what a unit answered to an earlier request is over with it
        expected[Rule.ONE_PLACE_ONE_CASE.value] |= expected.pop(Rule.DECLINED_BEFORE.value)
    assert {rule: units for rule, units in told.items() if units} == expected


def test_every_event_that_leads_to_matching_is_played() -> None:
    assert sorted(event.__name__ for event in PLAYS) == sorted(MATCHING)
