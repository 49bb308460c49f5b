"""Random histories, legal and illegal, of every event: what must hold does after each entry, and every fold of them agrees.

A new event needs a line in `GENERATORS`. An ordinary run takes 2,000 steps; `python -m tests.domain.nightly` takes 100,000 and more, says what was
covered, and writes what broke something, made as short as it can be, into `tests/domain/found`, whose histories are played again by
`test_found.py`.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from coordinator.domain import State, decide, evolve, next_deadline_ms
from coordinator.domain.seen_events import cases_of
from coordinator.domain.snapshot import parts_of, state_from
from events.availability import AvailabilityPublished, AvailabilityReaffirmed
from events.codec import split
from events.entry import Locked, OpenedDecision, OpenedEvent, Unread
from events.fact import Actor, Danger, SealedUnder
from events.facts import EVENT_TYPES, Event
from events.glass import GlassBroken
from events.handover import HandOverAmended, HandOverPrepared
from events.inquiry import InquiryAnswered
from events.network import (
    ClockAdvanced,
    DutyHoursPublished,
    PolicyAdopted,
    PolicyProposed,
    ProgrammeEnded,
    ProjectAmended,
    ProjectRegistered,
    Retention,
    RulesAdopted,
    UnitAmended,
    UnitClosed,
    UnitOpened,
)
from events.person import (
    AgeAssessed,
    AgreementGiven,
    AgreementWithdrawn,
    AliasErased,
    CaseErased,
    CasesFoundSame,
    DangerDeclared,
    GroupKeptApart,
    KeepApartDeclared,
    LegalHoldLifted,
    LegalHoldPlaced,
    SafetyLowered,
    VitalInterestInvoked,
)
from events.policy_digest import policy_digest
from events.question import InformationGiven, InformationRequested
from events.referral import (
    Announced,
    AssessmentRecorded,
    ContactLogged,
    Group,
    Member,
    ReferralAccepted,
    ReferralAmended,
    ReferralAssigned,
    ReferralClosed,
    ReferralDeclined,
    ReferralReceived,
    ResponsibilityDeclined,
    ResponsibilityOffered,
    ResponsibilityTaken,
)
from events.swap import SwapAgreed
from events.transfer import (
    ArrivalConfirmed,
    AuthorityNotified,
    DepartureConfirmed,
    MatchOverridden,
    ProposalAccepted,
    ProposalConfirmed,
    ProposalDeclined,
    SafeStopAgreed,
    TransferAmended,
    TransferEnded,
    TransferRequested,
    TransferWithdrawn,
)
from events.two_people import ActionConfirmed, ActionRefused, ActionReviewed
from events.verdict import Duplicate, Recorded, Refused
from events.vocabulary import (
    AgeGroup,
    ChildView,
    ContactChannel,
    ContactReason,
    DangerKind,
    DeclineCode,
    Exploitation,
    Gender,
    GivenBy,
    GroupWish,
    HandOverItem,
    Host,
    Indicators,
    KeepApart,
    Level,
    Need,
    OverrideCode,
    Reason,
    ReferralDeclineCode,
    ReferralEnd,
    RefusalCode,
    Relevance,
    ReviewVerdict,
    SightPurpose,
    Source,
    TransferEnd,
    TransferStage,
    Urgency,
)
from projections.calibration import AnsweredFold
from projections.reported import effects_of
from tests.domain.answers_told import AnswersTold
from tests.domain.invariants import Invariants
from tests.domain.world import (
    ADMINISTRATOR,
    AREAS,
    ASKING,
    CLOCK,
    CLOCKS,
    CONFIRMING,
    DAY,
    DUTIES,
    HELPLINE,
    HOUR,
    MATCHING,
    MINUTE,
    POLICY,
    TRUST,
    TWO_BODIES,
    World,
    body,
    duty,
    founded,
    italy,
    uuid,
)

S = TypeVar("S", bound=StrEnum)
STEPS = int(os.environ.get("HISTORY_STEPS", "2000"))
LENGTH = 80

PROJECTS = ("campania", "lazio", "piemonte")
SUCCESSORS = ("campania-2", "lazio-2")
UNITS = tuple(f"u{index}" for index in range(7))
CASES = tuple(uuid(f"case {index}") for index in range(8))
PASSING = (0, 1, MINUTE, 20 * MINUTE, HOUR, 5 * HOUR, DAY, 3 * DAY)


class History(World):
    """A world in which somebody does something at random, more often possible than not."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.__dict__.update(italy().__dict__)
        if chance.random() < 0.7:
            duties, clocks = chance.choice((DUTIES, DUTIES, CONFIRMING)), chance.choice((CLOCKS, CLOCKS, None))
            trust = chance.choice((TRUST, TRUST, None))
            decisions = chance.choice((None, TWO_BODIES))
            self.send(replace(POLICY, version=2, inquiries=ASKING, transfers=duties, clocks=clocks, trust=trust, decisions=decisions))
        self.chance = chance
        self.gone: set[str] = set()
        """Erased cases, whose keys are destroyed."""
        self.last_sent: tuple[int, OpenedEvent] | None = None
        """(instant, event), also of one that was never decided because something broke."""
        self.invariants = Invariants()
        self.proposed_policies: list[PolicyAdopted] = []
        self.unit("u0", "campania", "15", 4)
        self.unit("u1", "lazio", "12", 3, offers=tuple(sorted(Need)))
        self.unit("u2", "piemonte", "01", 2, hosts=tuple(host for host in sorted(Host) if host is not Host.UNACCOMPANIED_MINORS))
        for index, case_id in enumerate(CASES[:4]):
            name = f"case {index}"
            self.case(name, PROJECTS[index % 3], hosted=f"u{index}" if index < 3 else None)
            self.request(case_id, name)
        self.answers = AnswersTold()
        self.calibration = AnsweredFold()
        state = founded()
        for entry in self.entries:
            state = evolve(state, entry)
            self.invariants.take(entry)
            self.answers.take(entry, state)
            self.calibration.take(effects_of(entry))

    def step(self) -> None:
        """One event, at some later time."""
        self.now += self.chance.choice(PASSING) if self.chance.random() < 0.3 else MINUTE
        chosen = self.chance.random()
        if chosen < 0.12:
            due = next_deadline_ms(self.state)
            self.now = max(self.now, due or 0) if due is None or due < self.now + 10 * DAY else self.now
            event: Event | Unread = ClockAdvanced("", CLOCK, min(self.now, due or self.now))
        elif chosen < 0.14:
            event = Unread("malformed")
        elif chosen < 0.18 and self.entries:
            self.again()
            return
        else:
            event = self.chance.choices(*CHOICES)[0](self)
        if not isinstance(event, Unread):
            event = self.stamped(event)
        self.check(self.opened(event))

    def opened(self, event: Event | Unread) -> OpenedEvent:
        """The event as far as its keys are there; a destroyed one may still be known for a moment."""
        seen: Event | Unread | Locked = event
        if not isinstance(event, Unread) and key_gone(self.state, event, self.gone, self.now, at_once=self.chance.random() < 0.5):
            seen = Locked(type(event).__name__, split(event)[0])
        return OpenedEvent(seen, uuid(repr(event)).encode()[:16], 400)

    def again(self) -> None:
        """An event of before is sent again, as it was or with other content."""
        opened = self.chance.choice(self.entries).opened
        if isinstance(opened.event, Unread | Locked):
            return
        if self.gone.intersection(cases_of(opened.event)):
            opened = self.opened(opened.event)
        other = self.chance.random() < 0.4
        self.check(replace(opened, content_hash=b"other content   ") if other else opened)
        outcomes = self.entries[-1].outcomes
        assert not any(isinstance(outcome, Recorded) for outcome in outcomes), "one effect an event"
        assert not other or isinstance(outcomes[-1], Refused)
        assert isinstance(outcomes[-1], Duplicate | Refused)

    def check(self, opened: OpenedEvent) -> None:
        before = self.state
        self.last_sent = (self.now, opened)
        outcomes = self.enter(opened)
        assert decide(before, opened, self.now, before.policy) == outcomes
        self.invariants.take(self.entries[-1])
        self.answers.take(self.entries[-1], self.state)
        self.calibration.take(effects_of(self.entries[-1]))
        assert dict(self.calibration.counts()) == dict(self.state.answers), "a view counts answers otherwise"
        if isinstance(opened.event, CaseErased) and any(isinstance(outcome, Recorded) for outcome in outcomes):
            self.gone |= {opened.event.case_id, *(outcome.case_id for outcome in outcomes if isinstance(outcome, AliasErased))}

    # What somebody may do.

    def actor(self, likely: Actor | None = None) -> Actor:
        if likely is not None and self.chance.random() < 0.9:
            return likely
        return self.chance.choice((HELPLINE, ADMINISTRATOR, CLOCK, *map(body, PROJECTS)))

    def some_case(self) -> str:
        known = sorted(self.state.cases)
        return self.chance.choice(known if known and self.chance.random() < 0.95 else CASES)

    def somebody_of(self, case_id: str) -> str:
        case = self.state.cases.get(case_id)
        return self.chance.choice([member.person for member in case.household]) if case is not None else "a"

    def some_action(self, *, reviews: bool = False) -> tuple[str | None, str]:
        """(case, action) of what waits for a second person, or, mostly where `reviews`, for a review; else of nothing."""
        waiting, due = sorted(self.state.awaited), sorted(self.state.reviews)
        wanted = due if due and (reviews or not waiting) else waiting
        if not wanted or self.chance.random() < 0.05:
            return self.some_case(), uuid("no action")
        action_id = self.chance.choice(wanted)
        known = self.state.awaited.get(action_id)
        case_id = known.event.case_id if known is not None else self.state.reviews[action_id].case_id
        return case_id, action_id

    def in_transfer(self) -> str:
        live = sorted(self.state.transfers.values())
        return self.chance.choice(live) if live and self.chance.random() < 0.95 else self.some_case()

    def transfer_of(self, case_id: str) -> str:
        case = self.state.cases.get(case_id)
        return case.transfer.transfer_id if case is not None and case.transfer is not None else uuid("no transfer")

    def asked_for(self, case_id: str) -> Actor:
        unit_id = self.proposed_unit(case_id) if case_id in self.state.cases else None
        return self.actor(body(self.state.units[unit_id].project_id) if unit_id is not None else None)

    def danger(self) -> Danger:
        area = self.chance.choice(AREAS)
        return self.chance.choice(
            (
                Danger(DangerKind.PROVINCE, area.province),
                Danger(DangerKind.REGION, area.region),
                Danger(DangerKind.MACRO_AREA, area.macro_area),
                Danger(DangerKind.PROJECT, self.chance.choice(PROJECTS)),
                Danger(DangerKind.UNIT, self.chance.choice(UNITS)),
                Danger(DangerKind.BODY, f"body-{self.chance.choice(PROJECTS)}"),
            )
        )

    def some(self, items: type[S], chance: float) -> tuple[S, ...]:
        return tuple(item for item in sorted(items) if self.chance.random() < chance)

    def member(self, person: str) -> Member:
        chance = self.chance
        age = chance.choice((AgeGroup.ADULT,) * 5 + (AgeGroup.CHILD, AgeGroup.MINOR, AgeGroup.DISPUTED))
        gender = chance.choice((Gender.WOMAN,) * 5 + tuple(Gender))
        needs, wishes = self.some(Need, 0.05), self.some(Need, 0.1)
        spoken = chance.choice((("eng",), ("eng", "ita"), ("sqi",)))
        return Member(person, age, gender, chance.random() < 0.6, needs, wishes, spoken, chance.random() < 0.1)


def referral(h: History) -> Event:
    household = tuple(h.member(person) for person in "abcd"[: h.chance.choice((1, 1, 1, 2, 3))])
    province = h.chance.choice(("NA", "RM", "TO", "PA", None))
    group = h.chance.choice((None, None, *(Group(uuid("group"), wish) for wish in GroupWish)))
    announced = Announced(Source.OTHER_STATE, h.now + h.chance.choice((-HOUR, DAY, 3 * DAY))) if h.chance.random() < 0.2 else None
    return ReferralReceived("", h.actor(HELPLINE), h.chance.choice(CASES), Source.SELF, province, household, "", None, group, announced)


def contact(h: History) -> Event:
    reason = h.chance.choice(tuple(ContactReason))
    region = h.chance.choice(("12", "99", None))
    return ContactLogged("", h.actor(HELPLINE), uuid("contact"), ContactChannel.TELEPHONE, "eng", Relevance.RELEVANT, reason, region, "")


def waiting_case(h: History) -> str:
    """Mostly one whose responsibility is open or offered."""
    waiting = sorted(case_id for case_id, case in h.state.cases.items() if case.responsible is None or case.offered_to is not None)
    return h.chance.choice(waiting) if waiting and h.chance.random() < 0.8 else h.some_case()


def responsible_for(h: History, case_id: str) -> Actor:
    case = h.state.cases.get(case_id)
    return h.actor(body(case.responsible) if case is not None and case.responsible is not None else HELPLINE)


def referral_amended(h: History) -> Event:
    case_id = waiting_case(h)
    announced = Announced(Source.BORDER_TEAM, h.now + h.chance.choice((-HOUR, DAY)))
    return ReferralAmended("", responsible_for(h, case_id), case_id, h.chance.choice(("NA", "RM", "TO", "XX")), announced)


def referral_declined(h: History) -> Event:
    case_id = waiting_case(h)
    case = h.state.cases.get(case_id)
    project_id = case.routed_to if case is not None and case.routed_to is not None else h.chance.choice(PROJECTS)
    code = h.chance.choice(tuple(ReferralDeclineCode))
    return ReferralDeclined("", h.actor(body(project_id)), case_id, project_id, code, h.chance.choice(("", "full")))


def assigned(h: History) -> Event:
    return ReferralAssigned("", h.actor(HELPLINE), waiting_case(h), h.chance.choice((*PROJECTS, *SUCCESSORS)))


def assessed(h: History) -> Event:
    case_id = h.some_case()
    return AssessmentRecorded("", responsible_for(h, case_id), case_id, h.chance.choice(tuple(Indicators)), (Exploitation.LABOUR,), "")


def responsibility_offered(h: History) -> Event:
    case_id = h.some_case()
    return ResponsibilityOffered("", responsible_for(h, case_id), case_id, h.chance.choice((*PROJECTS, *SUCCESSORS)))


def offered(h: History) -> tuple[str, str]:
    """A case, and to whom it is offered."""
    with_offer = sorted(case_id for case_id, case in h.state.cases.items() if case.offered_to is not None)
    case_id = h.chance.choice(with_offer) if with_offer and h.chance.random() < 0.9 else h.some_case()
    case = h.state.cases.get(case_id)
    return case_id, (case.offered_to if case is not None else None) or h.chance.choice(PROJECTS)


def responsibility_taken(h: History) -> Event:
    case_id, project_id = offered(h)
    return ResponsibilityTaken("", h.actor(body(project_id)), case_id, project_id)


def responsibility_declined(h: History) -> Event:
    case_id, project_id = offered(h)
    return ResponsibilityDeclined("", h.actor(body(project_id)), case_id, "")


def closed(h: History) -> Event:
    idle = sorted(case_id for case_id, case in h.state.cases.items() if case.transfer is None)
    case_id = h.chance.choice(idle) if idle and h.chance.random() < 0.9 else h.some_case()
    return ReferralClosed("", h.actor(HELPLINE), case_id, h.chance.choice(tuple(ReferralEnd)), h.chance.choice(("", "they went home")))


def same(h: History) -> Event:
    return CasesFoundSame("", h.actor(HELPLINE), h.some_case(), h.some_case())


def programme_ended(h: History) -> Event:
    """By the wrong role more often than not: without projects nothing happens."""
    return ProgrammeEnded("", h.actor(), h.chance.choice(PROJECTS), h.chance.choice((None, *PROJECTS, *SUCCESSORS)))


def taken_in_charge(h: History) -> Event:
    case_id = h.some_case()
    case = h.state.cases.get(case_id)
    project_id = case.routed_to if case is not None and case.routed_to is not None else h.chance.choice(PROJECTS)
    hosted = [unit_id for unit_id in sorted(h.state.units) if h.state.units[unit_id].project_id == project_id]
    return ReferralAccepted("", h.actor(body(project_id)), case_id, project_id, h.chance.choice([None, *hosted]))


def unit_opened(h: History) -> Event:
    project_id = h.chance.choice(PROJECTS)
    hosts = h.chance.choice(
        ((Host.WOMEN,), (Host.MOTHERS_WITH_CHILDREN, Host.WOMEN), tuple(host for host in sorted(Host) if host is not Host.UNACCOMPANIED_MINORS))
    )
    dangers = (h.danger(),) if h.chance.random() < 0.1 else ()
    return UnitOpened(
        "", h.actor(body(project_id)), h.chance.choice(UNITS), project_id, f"body-{project_id}", h.chance.choice(AREAS).region,
        h.chance.choice((Level.FIRST, Level.SECOND, Level.NON_RESIDENTIAL)), h.chance.randrange(1, 5), hosts,
        h.some(Need, 0.6), ("eng", "ita"), dangers,
    )  # fmt: skip


def unit_amended(h: History) -> Event:
    unit_id = h.chance.choice(UNITS)
    unit = h.state.units.get(unit_id)
    hosts = h.chance.choice(((Host.WOMEN,), unit.hosts if unit is not None else (Host.MEN,)))
    dangers = (h.danger(),) if h.chance.random() < 0.3 else ()
    actor = h.actor(body(unit.project_id) if unit is not None else None)
    return UnitAmended("", actor, unit_id, Level.FIRST, h.chance.randrange(1, 5), hosts, h.some(Need, 0.6), ("eng",), dangers)


def unit_closed(h: History) -> Event:
    unit_id = h.chance.choice(UNITS)
    unit = h.state.units.get(unit_id)
    return UnitClosed("", h.actor(body(unit.project_id) if unit is not None else None), unit_id)


def published(h: History) -> Event:
    unit_id = h.chance.choice(sorted(h.state.units) or UNITS)
    unit = h.state.units.get(unit_id)
    places = unit.places if unit is not None else 2
    actor = h.actor(body(unit.project_id) if unit is not None else None)
    observed = h.now - h.chance.choice((0, 0, 0, MINUTE, DAY, -HOUR))
    free_from = h.chance.choice((None, None, None, h.now + 2 * HOUR))
    as_of = h.chance.choice((h.sequence, h.sequence, max(0, h.sequence - 10), h.sequence + 5))
    occupied = h.chance.choice((0, 0, 0, 1, places, places + 1))
    return AvailabilityPublished("", actor, unit_id, observed, places, occupied, 0, h.chance.random() < 0.9, free_from, as_of)


def reaffirmed(h: History) -> Event:
    unit_id = h.chance.choice(sorted(h.state.units) or UNITS)
    return AvailabilityReaffirmed("", h.actor(HELPLINE), unit_id, h.now, h.sequence)


def agreement(h: History) -> Event:
    case_id = h.some_case()
    given_by = h.chance.choice((None, None, GivenBy.SELF, GivenBy.GUARDIAN))
    view = ChildView.IN_FAVOUR if given_by is GivenBy.GUARDIAN else None
    return AgreementGiven("", h.actor(HELPLINE), case_id, h.somebody_of(case_id), h.now + h.chance.choice((HOUR, 30 * DAY, 90 * DAY)), given_by, view)


def vital_interest(h: History) -> Event:
    case_id = h.some_case()
    emergency = h.chance.choice((None, None, "nobody answers"))
    until = h.now + h.chance.choice((DAY, 5 * DAY, 30 * DAY))
    return VitalInterestInvoked("", h.actor(HELPLINE), case_id, h.somebody_of(case_id), until, "unconscious", emergency)


def legal_hold(h: History) -> Event:
    case_id = h.chance.choice([h.some_case(), *sorted(h.state.closed)])
    return LegalHoldPlaced("", h.actor(ADMINISTRATOR), case_id, "a trial")


def legal_hold_lifted(h: History) -> Event:
    case_id = h.chance.choice([h.some_case(), *sorted(h.state.legal_holds)])
    return LegalHoldLifted("", h.actor(ADMINISTRATOR), case_id, "the trial is over")


def glass_broken(h: History) -> Event:
    purpose = h.chance.choice(tuple(SightPurpose))
    exported = (purpose is SightPurpose.EXPORT) is (h.chance.random() < 0.95)
    case_id = None if exported else h.chance.choice([h.some_case(), *sorted(h.state.closed)])
    transfer_id = uuid("some transfer") if purpose is SightPurpose.SAFETY_DETAIL else None
    actor = h.actor(ADMINISTRATOR if exported else HELPLINE)
    return GlassBroken("", actor, case_id, purpose, transfer_id, "she asks for it", h.chance.choice(("", "", "nobody else answers")))


def policy_proposed(h: History) -> Event:
    """Mostly of what `policy` may send next."""
    said = policy(h)
    assert isinstance(said, PolicyAdopted)
    h.proposed_policies = [*h.proposed_policies[-3:], said]
    digest = policy_digest(said) if h.chance.random() < 0.9 else h.chance.choice(("0" * 64, "no digest"))
    emergency = h.chance.choice(("", "", "nobody else answers"))
    return PolicyProposed("", h.actor(ADMINISTRATOR), said.version, digest, h.chance.choice(("a reason", "a reason", " ")), emergency)


def age(h: History) -> Event:
    group = h.chance.choice(tuple(AgeGroup))
    case_id = h.some_case()
    month = None if group is AgeGroup.ADULT or h.chance.random() < 0.5 else h.now + h.chance.choice((DAY, 3 * DAY, 90 * DAY))
    return AgeAssessed("", h.actor(HELPLINE), case_id, h.somebody_of(case_id), group, month, "a document")


def group_apart(h: History) -> Event:
    others = tuple(h.some_case() for _ in range(h.chance.choice((1, 2, 3))))
    return GroupKeptApart("", h.actor(HELPLINE), h.some_case(), others, KeepApart.CO_TRAFFICKED)


def safe_stop(h: History) -> Event:
    case_id = h.in_transfer()
    return SafeStopAgreed("", h.actor(HELPLINE), case_id, h.transfer_of(case_id))


def agreement_withdrawn(h: History) -> Event:
    case_id = h.some_case()
    return AgreementWithdrawn("", h.actor(HELPLINE), case_id, h.somebody_of(case_id))


def danger(h: History) -> Event:
    return DangerDeclared("", h.actor(HELPLINE), h.some_case(), h.danger())


def keep_apart(h: History) -> Event:
    return KeepApartDeclared("", h.actor(HELPLINE), h.some_case(), h.some_case(), KeepApart.CO_TRAFFICKED)


def lowered(h: History) -> Event:
    """Mostly something that is there."""
    case_id = h.some_case()
    case = h.state.cases.get(case_id)
    if case is not None and case.dangers and h.chance.random() < 0.6:
        return SafetyLowered("", h.actor(HELPLINE), case_id, h.chance.choice(case.dangers), None, "arrested")
    other = h.chance.choice([*h.state.links.get(case_id, ()), h.some_case()])
    return SafetyLowered("", h.actor(HELPLINE), case_id, None, other, "a mistake")


def confirmed(h: History) -> Event:
    case_id, action_id = h.some_action()
    return ActionConfirmed("", h.actor(h.chance.choice((ADMINISTRATOR, ADMINISTRATOR, HELPLINE))), case_id, action_id)


def refused_by_the_second(h: History) -> Event:
    case_id, action_id = h.some_action()
    return ActionRefused("", h.actor(ADMINISTRATOR), case_id, action_id, "no")


def reviewed(h: History) -> Event:
    case_id, action_id = h.some_action(reviews=True)
    verdict = h.chance.choice(tuple(ReviewVerdict))
    return ActionReviewed(
        "", h.actor(h.chance.choice((ADMINISTRATOR, ADMINISTRATOR, HELPLINE))), case_id, action_id, verdict, h.chance.choice(("", "seen"))
    )


def erased(h: History) -> Event:
    return CaseErased("", h.actor(HELPLINE), h.some_case())


def requested(h: History) -> Event:
    chance, case_id = h.chance, h.some_case()
    return TransferRequested(
        "", h.actor(HELPLINE), case_id, uuid(f"transfer {len(h.entries)}"), chance.choice(tuple(Reason)), chance.choice(tuple(Urgency)),
        h.now + chance.choice((HOUR, DAY, 10 * DAY)), chance.choice(("NA", "TO", None)), h.some(Level, 0.2), chance.choice(((), ("12",))), "",
    )  # fmt: skip


def withdrawn(h: History) -> Event:
    case_id = h.in_transfer()
    return TransferWithdrawn("", h.actor(HELPLINE), case_id, h.transfer_of(case_id))


def accepted(h: History) -> Event:
    case_id = h.in_transfer()
    return ProposalAccepted("", h.asked_for(case_id), case_id, h.transfer_of(case_id), None)


def declined(h: History) -> Event:
    case_id = h.in_transfer()
    code = h.chance.choice(tuple(DeclineCode))
    return ProposalDeclined("", h.asked_for(case_id), case_id, h.transfer_of(case_id), None, code, h.chance.choice(("", "because")))


def departed(h: History) -> Event:
    case_id = h.in_transfer()
    return DepartureConfirmed("", h.actor(HELPLINE), case_id, h.transfer_of(case_id), h.now + h.chance.choice((HOUR, DAY)))


def arrived(h: History) -> Event:
    case_id = h.in_transfer()
    return ArrivalConfirmed("", h.asked_for(case_id), case_id, h.transfer_of(case_id))


def ended(h: History) -> Event:
    case_id = h.in_transfer()
    with_minors = [each for each in sorted(h.state.transfers.values()) if len(h.state.cases[each].household) > 1]
    if with_minors and h.chance.random() < 0.5:
        case_id = h.chance.choice(with_minors)
        return TransferEnded("", HELPLINE, case_id, h.transfer_of(case_id), TransferEnd.MISSING)
    return TransferEnded("", h.actor(HELPLINE), case_id, h.transfer_of(case_id), h.chance.choice(tuple(TransferEnd)))


def amended(h: History) -> Event:
    chance, case_id = h.chance, h.in_transfer()
    expected = h.now + DAY if chance.random() < 0.3 else None
    return TransferAmended(
        "", h.actor(HELPLINE), case_id, h.transfer_of(case_id), chance.choice(tuple(Urgency)), h.now + chance.choice((HOUR, 10 * DAY)),
        chance.choice(("NA", "RM", None)), h.some(Level, 0.2), chance.choice(((), ("12",))), expected, "",
    )  # fmt: skip


def answered(h: History) -> Event:
    asked = [case_id for case_id in sorted(h.state.transfers.values()) if (found := h.state.cases[case_id].transfer) and found.inquiries]
    case_id = h.chance.choice(asked) if asked else h.in_transfer()
    transfer = h.state.cases[case_id].transfer if asked else None
    inquiry = h.chance.choice(transfer.inquiries) if transfer is not None else None
    inquiry_id, project_id = (inquiry.inquiry_id, inquiry.project_id) if inquiry is not None else (uuid("no inquiry"), h.chance.choice(PROJECTS))
    could = h.chance.random() < 0.6
    return InquiryAnswered(
        "", h.actor(body(project_id)), case_id, h.transfer_of(case_id), inquiry_id, could,
        None if could else h.chance.choice(tuple(DeclineCode)), h.chance.choice(("", "because")), h.chance.choice((1, 2)) if could else None,
        h.chance.choice((None, h.now + 3 * HOUR)) if could else None,
    )  # fmt: skip


def prepared(h: History, of: str | None = None) -> Event:
    """What one side has arranged; the side at random."""
    accepted_ones = of_stage(h, (TransferStage.ACCEPTED,))
    case_id = of or (h.chance.choice(accepted_ones) if accepted_ones else h.in_transfer())
    arranged = h.some(HandOverItem, 0.5)
    not_needed = tuple(item for item in sorted(HandOverItem) if item not in arranged) if h.chance.random() < 0.8 else h.some(HandOverItem, 0.5)
    actor = h.asked_for(case_id) if h.chance.random() < 0.5 else HELPLINE
    return HandOverPrepared("", actor, case_id, h.transfer_of(case_id), arranged, not_needed, "")


def list_amended(h: History) -> Event:
    first = prepared(h)
    assert isinstance(first, HandOverPrepared)
    return HandOverAmended("", first.actor, first.case_id, first.transfer_id, first.arranged, first.not_needed, first.note)


def of_stage(h: History, stages: tuple[TransferStage, ...]) -> list[str]:
    """Cases whose transfers stand there."""
    return [each for each in sorted(h.state.transfers.values()) if (now := h.state.cases[each].transfer) and now.stage in stages]


def proposal_confirmed(h: History) -> Event:
    proposed = of_stage(h, (TransferStage.PROPOSED,))
    prepared = [each for each in proposed if (now := h.state.cases[each].transfer) and now.proposal and now.proposal.prepared]
    case_id = h.chance.choice(prepared or [h.in_transfer()])
    return ProposalConfirmed("", h.actor(HELPLINE), case_id, h.transfer_of(case_id), None)


def overridden(h: History) -> Event:
    case_id = h.chance.choice(of_stage(h, (TransferStage.WAITING, TransferStage.PROPOSED)) or [h.in_transfer()])
    free = [unit_id for unit_id in sorted(h.state.places) if h.state.places[unit_id].free]
    unit_id = h.chance.choice(free or UNITS) if h.chance.random() < 0.9 else h.chance.choice(UNITS)
    emergency = "now" if h.chance.random() < 0.2 else ""
    code = h.chance.choice(tuple(OverrideCode))
    return MatchOverridden("", h.actor(HELPLINE), case_id, h.transfer_of(case_id), unit_id, code, h.chance.choice(("why", "why", "")), emergency)


def swap_agreed(h: History) -> Event:
    """Between two that wait, where there are; the answer to a word that was given, where one was."""
    waiting = [
        case_id
        for case_id in sorted(h.state.transfers.values())
        if (now := h.state.cases[case_id]).hosted_unit_id and now.transfer and now.transfer.stage is TransferStage.WAITING
    ]
    given = [case_id for case_id in waiting if (transfer := h.state.cases[case_id].transfer) and transfer.swap_with in waiting]
    if given and h.chance.random() < 0.7:
        other_id = h.chance.choice(given)
        transfer = h.state.cases[other_id].transfer
        case_id = (transfer.swap_with if transfer is not None else None) or other_id
    else:
        case_id, other_id = (h.chance.choice(waiting or [h.in_transfer()]) for _ in range(2))
    case = h.state.cases.get(case_id)
    actor = h.actor(body(case.responsible) if case is not None and case.responsible is not None else None)
    return SwapAgreed("", actor, case_id, other_id, h.transfer_of(case_id))


def notified(h: History) -> Event:
    due = [case_id for case_id in sorted(h.state.cases) if h.state.cases[case_id].notifications]
    case_id = h.chance.choice(due) if due else h.some_case()
    transfer_id = h.state.cases[case_id].notifications[0].transfer_id if due else h.transfer_of(case_id)
    return AuthorityNotified("", h.actor(HELPLINE), case_id, transfer_id)


def policy(h: History) -> Event:
    if h.proposed_policies and h.chance.random() < 0.5:
        return replace(h.chance.choice(h.proposed_policies), actor=h.actor(ADMINISTRATOR))
    near = h.chance.random() < 0.5
    assert h.state.policy is not None
    clocks = CLOCKS if h.chance.random() < 0.7 else None
    version = h.state.policy.version + h.chance.choice((0, 1))
    fresh_for_ms, asking, duties = h.chance.choice((DAY, 2 * DAY)), h.chance.choice((None, ASKING)), h.chance.choice((None, DUTIES, CONFIRMING))
    trust = h.chance.choice((None, TRUST, replace(TRUST, bands=TRUST.bands[1:], weight=7)))
    actor, retention = h.actor(ADMINISTRATOR), h.chance.choice((None, Retention(2 * DAY), Retention(2 * DAY, DAY)))
    return replace(
        POLICY, actor=actor, version=version, near_is_same_region=near, fresh_for_ms=fresh_for_ms, inquiries=asking, transfers=duties, clocks=clocks, trust=trust,
        retention=retention, decisions=h.chance.choice((None, TWO_BODIES)), matching=h.chance.choice((None, replace(MATCHING, scarcity=None), MATCHING)),
    )  # fmt: skip


def information_requested(h: History) -> Event:
    case_id = h.in_transfer()
    return InformationRequested("", h.asked_for(case_id), case_id, h.transfer_of(case_id), None, h.chance.choice(("Why?", "Where?", "")))


def information_given(h: History) -> Event:
    case_id = h.in_transfer()
    return InformationGiven("", h.actor(HELPLINE), case_id, h.transfer_of(case_id), None, h.chance.choice(("Because.", "There.", "")))


def duty_published(h: History) -> Event:
    project_id, since = h.chance.choice(PROJECTS), h.chance.randrange(20)
    weekdays = h.chance.choice(((0, 1, 2, 3, 4), tuple(range(7)), (5, 6)))
    return duty(project_id, since, h.chance.randrange(since + 1, 25), weekdays=weekdays, actor=h.actor(body(project_id)))


def project_amended(h: History) -> Event:
    project_id = h.chance.choice(PROJECTS)
    chosen = h.chance.choice(([f"body-{project_id}"], [f"body-{project_id}", "body-campania"], ["body-nobody"]))
    bodies = tuple(dict.fromkeys(chosen))
    valid_to = h.chance.choice(("2023-11-16", "2023-11-25", *("2026-12-31",) * 4))
    return ProjectAmended("", h.actor(ADMINISTRATOR), project_id, "Name", bodies[0], bodies, ("RM",), "2022-01-01", valid_to)


def project_registered(h: History) -> Event:
    project_id = h.chance.choice((*PROJECTS, *SUCCESSORS, "sicilia"))
    provinces, valid_from = h.chance.choice((("PA",), ("NA", "RM"))), h.chance.choice(("2022-01-01", "2022-01-01", "2023-11-20"))
    return ProjectRegistered(
        "", h.actor(ADMINISTRATOR), project_id, "Name", f"body-{project_id}", (f"body-{project_id}",), provinces, valid_from, "2026-12-31"
    )


def rules(h: History) -> Event:
    return RulesAdopted("", h.actor(ADMINISTRATOR), h.chance.choice((1, 2)))


def clock(h: History) -> Event:
    """The clock, or somebody who takes its part, at a right or a wrong moment."""
    return ClockAdvanced("", h.actor(CLOCK), h.now + h.chance.choice((0, 0, -HOUR, HOUR)))


def onward(h: History) -> Event:
    """What would come next for somebody who waits for a place, has one, or is on the way."""
    case_id = h.in_transfer()
    case = h.state.cases.get(case_id)
    if case is None:
        return referral(h)
    if case.transfer is None:
        if case.over is not None and h.chance.random() < 0.1:
            return ReferralClosed("", HELPLINE, case_id, ReferralEnd.MOVED_ABROAD, "")
        return requested(h) if case.agreements else agreement(h)
    transfer_id = case.transfer.transfer_id
    match case.transfer.stage:
        case TransferStage.WAITING:
            return h.chance.choice((agreement, published))(h)
        case TransferStage.PROPOSED:
            if case.transfer.proposal is not None and case.transfer.proposal.prepared:
                return ProposalConfirmed("", HELPLINE, case_id, transfer_id, None)
            asked = case.transfer.proposal.clock if case.transfer.proposal is not None else None
            if asked is not None and asked.question_stands and h.chance.random() < 0.6:
                return InformationGiven("", HELPLINE, case_id, transfer_id, None, "In Italian, a little.")
            if h.chance.random() < 0.15:
                return InformationRequested("", h.asked(case_id), case_id, transfer_id, None, "What does she speak?")
            return (accepted if h.chance.random() < 0.75 else declined)(h)
        case TransferStage.ACCEPTED:
            if h.chance.random() < 0.4:
                return prepared(h, case_id)
            return DepartureConfirmed("", HELPLINE, case_id, transfer_id, h.now + HOUR)
        case TransferStage.DEPARTED:
            if h.chance.random() < 0.7:
                return ArrivalConfirmed("", h.asked(case_id), case_id, transfer_id)
            if h.chance.random() < 0.2:
                return SafeStopAgreed("", HELPLINE, case_id, transfer_id)
            how = h.chance.choice((TransferEnd.RETURNED, TransferEnd.RETURNED, TransferEnd.LEFT, TransferEnd.MISSING))
            return TransferEnded("", HELPLINE, case_id, transfer_id, how)


Generator = Callable[[History], Event]

GENERATORS: dict[type[Event], tuple[int, Generator]] = {
    ProjectRegistered: (3, project_registered),
    ProjectAmended: (4, project_amended),
    UnitOpened: (10, unit_opened),
    UnitAmended: (10, unit_amended),
    UnitClosed: (3, unit_closed),
    PolicyAdopted: (4, policy),
    DutyHoursPublished: (6, duty_published),
    InformationRequested: (16, information_requested),
    InformationGiven: (14, information_given),
    RulesAdopted: (3, rules),
    ClockAdvanced: (5, clock),
    AvailabilityPublished: (50, published),
    AvailabilityReaffirmed: (10, reaffirmed),
    ReferralReceived: (20, referral),
    ReferralAccepted: (20, taken_in_charge),
    ContactLogged: (4, contact),
    ReferralAmended: (6, referral_amended),
    ReferralDeclined: (6, referral_declined),
    ReferralAssigned: (6, assigned),
    AssessmentRecorded: (4, assessed),
    ReferralClosed: (5, closed),
    ResponsibilityOffered: (8, responsibility_offered),
    ResponsibilityTaken: (8, responsibility_taken),
    ResponsibilityDeclined: (3, responsibility_declined),
    CasesFoundSame: (8, same),
    ProgrammeEnded: (3, programme_ended),
    AgreementGiven: (27, agreement),
    AgreementWithdrawn: (5, agreement_withdrawn),
    DangerDeclared: (10, danger),
    KeepApartDeclared: (10, keep_apart),
    CaseErased: (3, erased),
    SafetyLowered: (10, lowered),
    VitalInterestInvoked: (5, vital_interest),
    AgeAssessed: (8, age),
    GlassBroken: (8, glass_broken),
    PolicyProposed: (4, policy_proposed),
    LegalHoldPlaced: (5, legal_hold),
    LegalHoldLifted: (3, legal_hold_lifted),
    GroupKeptApart: (4, group_apart),
    SafeStopAgreed: (3, safe_stop),
    ActionConfirmed: (25, confirmed),
    ActionRefused: (3, refused_by_the_second),
    ActionReviewed: (8, reviewed),
    TransferRequested: (40, requested),
    TransferWithdrawn: (4, withdrawn),
    ProposalAccepted: (26, accepted),
    ProposalDeclined: (10, declined),
    DepartureConfirmed: (20, departed),
    ArrivalConfirmed: (25, arrived),
    TransferEnded: (5, ended),
    TransferAmended: (8, amended),
    InquiryAnswered: (12, answered),
    ProposalConfirmed: (10, proposal_confirmed),
    MatchOverridden: (20, overridden),
    SwapAgreed: (12, swap_agreed),
    HandOverPrepared: (8, prepared),
    HandOverAmended: (4, list_amended),
    AuthorityNotified: (4, notified),
}
"""For every event: how often it is tried (weights), and what makes one. What `onward` makes comes on top, in the order of a journey."""

_ONWARD_SHARE = 0.35
_WEIGHTS = [weight for weight, _ in GENERATORS.values()]
CHOICES: tuple[list[Generator], list[float]] = (
    [onward, *(generator for _, generator in GENERATORS.values())],
    [_ONWARD_SHARE * sum(_WEIGHTS) / (1 - _ONWARD_SHARE), *_WEIGHTS],
)


def key_gone(state: State, event: Event, gone: AbstractSet[str], at_ms: int, *, at_once: bool) -> bool:
    """Whether the keys of every case that the event is about are destroyed; where not `at_once`, a day after their erasure."""
    cases = cases_of(event)
    return bool(cases) and all(case_id in gone and (at_once or state.erased.get(case_id, 0) + DAY <= at_ms) for case_id in cases)


def locked(entry: OpenedDecision, erased_cases: frozenset[str]) -> OpenedDecision:
    """The entry as somebody reads it after these cases' keys are gone."""
    event = entry.opened.event
    if not isinstance(event, Locked | Unread):
        cases = cases_of(event)
        gone = [case_id for case_id in cases if case_id in erased_cases]
        if gone and len(gone) == len(cases):
            event = Locked(type(event).__name__, split(event)[0])
    opened = replace(entry.opened, event=event)
    if isinstance(event, Locked):
        opened = replace(opened, content_hash=b"of the raw bytes")
    outcomes = tuple(
        Locked(type(outcome).__name__, split(outcome)[0])
        if not isinstance(outcome, Locked)
        and outcome.sealed_under in (SealedUnder.CASE, SealedUnder.CASE_OR_NETWORK, SealedUnder.EXPLANATION)
        and getattr(outcome, "case_id", "") in erased_cases
        else outcome
        for outcome in entry.outcomes
    )
    return replace(entry, opened=opened, outcomes=outcomes)


def left_sealed(entry: OpenedDecision) -> OpenedDecision:
    """The entry as `reading.vault` opens it: an event refused as an erased case's stays sealed, also where its key is there."""
    event = entry.opened.event
    if isinstance(event, Locked | Unread) or Refused(RefusalCode.CASE_ERASED, "") not in entry.outcomes:
        return entry
    return replace(entry, opened=replace(entry.opened, event=Locked(type(event).__name__, split(event)[0]), content_hash=b"of the raw bytes"))


def finish(history: History) -> None:
    """What must hold of a whole history: the clock comes to rest, and every way of folding it gives the same state."""
    for _ in range(4):
        due = next_deadline_ms(history.state)
        history.check(history.opened(history.stamped(ClockAdvanced("", CLOCK, min(history.now, due if due is not None else history.now)))))
    due = next_deadline_ms(history.state)
    assert due is None or due > history.now, "the clock rings in vain"
    folds_agree(history.entries, history.state, frozenset(history.gone))


def folds_agree(entries: list[OpenedDecision], state: State, gone: frozenset[str]) -> None:
    """From the first entry, without the keys of erased cases, and from a snapshot half-way, the state is the same."""
    parts = parts_of(state)
    assert parts_of(folded(entries)) == parts, "another fold, another state"
    assert parts_of(folded([locked(entry, gone) for entry in entries])) == parts, "the fold without the keys of erased cases differs"
    assert parts_of(folded([left_sealed(entry) for entry in entries])) == parts, (
        "the fold of a reader, who leaves sealed what was refused unread, differs"
    )
    half = folded(entries[: len(entries) // 2])
    again = state_from("it", *parts_of(half))
    assert parts_of(again) == parts_of(half), "a snapshot is not what was saved"
    assert next_deadline_ms(again) == next_deadline_ms(half), "a snapshot forgets a deadline"
    following = entries[len(entries) // 2]
    assert decide(again, following.opened, following.event_time_ms, again.policy) == following.outcomes, "from a snapshot it decides otherwise"


def folded(entries: list[OpenedDecision]) -> State:
    """The state after these entries."""
    state = founded()
    for entry in entries:
        state = evolve(state, entry)
    return state


@settings(
    max_examples=max(1, STEPS // LENGTH),
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
@given(seed=st.integers(0, 1 << 32))
def test_what_must_hold_holds(seed: int) -> None:
    history = History(random.Random(seed))
    for _ in range(LENGTH):
        history.step()
    finish(history)


def test_every_event_has_a_generator() -> None:
    assert set(GENERATORS) == set(EVENT_TYPES)
    for index, (kind, (weight, generator)) in enumerate(GENERATORS.items()):
        history = History(random.Random(index))
        assert weight > 0 and any(type(generator(history)) is kind for _ in range(50)), f"{generator.__name__} makes no {kind.__name__}"
