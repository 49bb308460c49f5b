"""What must hold after every entry, checked from the entries alone: this module folds for itself and shares nothing with the core.

It reads facts (clear and private) in order, and knows places, people and times; it asks neither the state nor the matcher.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

from events.availability import AvailabilityLearned, AvailabilityPublished, CapacityChanged
from events.entry import Locked, OpenedDecision, Unread
from events.explanation import explanation_digest
from events.fact import Danger, SealedUnder
from events.facts import Event
from events.glass import GlassBroken, SightOpened
from events.inquiry import InquiryEnded, InquiryOpened
from events.network import (
    ClockAdvanced,
    DutyHoursPublished,
    PolicyAdopted,
    PolicyProposed,
    ProgrammeEnded,
    ProgrammeTurned,
    ProjectAmended,
    ProjectRegistered,
    UnitAmended,
    UnitClosed,
    UnitOpened,
    UnitPassed,
)
from events.person import (
    AgeAssessed,
    AgreementGiven,
    AgreementWithdrawn,
    AliasErased,
    CaseErased,
    CaseExpired,
    CasesFoundSame,
    DangerDeclared,
    GroupKeptApart,
    KeepApartDeclared,
    LegalHoldLifted,
    LegalHoldPlaced,
    MajorityReviewDue,
    SafetyLowered,
    VitalInterestInvoked,
)
from events.policy_digest import policy_digest
from events.question import HoldDeadlineMoved, ProposalPaused, ProposalResumed, ReminderDue
from events.referral import Group, Member, ReferralAccepted, ReferralClosed, ReferralReceived, ReferralRouted, ResponsibilityPassed
from events.swap import PlaceExchanged
from events.transfer import (
    ArrivalConfirmed,
    AuthorityNotified,
    DepartureConfirmed,
    MatchExplained,
    MatchOverridden,
    NotificationDue,
    OutOfOrder,
    PlaceHeld,
    PlaceKept,
    PlaceKeptFor,
    PlaceOccupied,
    PlaceReleased,
    PlaceReserved,
    ProposalEnded,
    ProposalMade,
    ProposalPassed,
    ProposalPrepared,
    TransferAmended,
    TransferClosed,
    TransferEscalated,
    TransferRequested,
)
from events.two_people import ActionConfirmed, ActionLapsed, ActionRefused, ActionReviewed, ActionTaken, ConfirmationAwaited, ReviewDue
from events.verdict import Duplicate, Recorded, Refused, Unreadable
from events.vocabulary import AgeGroup, DangerKind, Gender, GroupWish, Host, Level, Programme, ProposalEnd, Reason, TransferEnd, Urgency


def cases_named(event: Event) -> tuple[str, ...]:
    """Cases that an event is about, an erasure apart: it may be of a closed one."""
    if isinstance(event, CaseErased):
        return ()
    return tuple(case_id for name in ("case_id", "other_case_id") if (case_id := getattr(event, name, None)) is not None)


ROME = ZoneInfo("Europe/Rome")
VERDICTS = (Recorded, Refused, Duplicate, Unreadable)
_HOST = {
    Gender.WOMAN: Host.WOMEN,
    Gender.MAN: Host.MEN,
    Gender.TRANS_WOMAN: Host.TRANS_WOMEN,
    Gender.TRANS_MAN: Host.TRANS_MEN,
    Gender.NON_BINARY: Host.NON_BINARY,
}


def _midnight_ms(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=ROME).timestamp()) * 1000


@dataclass
class Seen:
    """A case as the entries tell it."""

    household: tuple[Member, ...]
    responsible: list[str | None] = field(default_factory=list)
    hosted: str | None = None
    agreed: dict[str, int] = field(default_factory=dict)
    dangers: set[Danger] = field(default_factory=set)
    request: TransferRequested | None = None
    live: ProposalMade | ProposalPrepared | None = None
    prepared: bool = False
    """The live proposal waits for the helpline's word."""
    skipped: tuple[str, ...] = ()
    """Better units that people skipped in this entry."""
    accepted: bool = False
    departed: bool = False
    kept: dict[str, str] = field(default_factory=dict)
    """Hold -> unit."""
    ends: dict[str, int | None] = field(default_factory=dict)
    """Hold -> until when it is kept."""
    leaving: str | None = None
    was_in: str | None = None
    exchanged: int = -1
    """The entry in which its place was exchanged."""
    waits_for_a_word: bool = False
    asked: dict[str, InquiryOpened] = field(default_factory=dict)
    """Open inquiries by id."""
    owed: dict[str, NotificationDue] = field(default_factory=dict)
    """Notifications to the authority by transfer."""
    group: Group | None = None
    majority: dict[str, int] = field(default_factory=dict)
    """Minor -> when they turn eighteen."""
    turned: set[str] = field(default_factory=set)
    """Who turned eighteen and was not assessed since."""
    decided: dict[str, bool] = field(default_factory=dict)
    """Person -> whether their agreement counts for a minor."""


def _fields(proposal: ProposalMade) -> dict[str, Any]:
    return {each.name: getattr(proposal, each.name) for each in fields(proposal) if each.name != "reminders_at_ms"}


@dataclass
class HeldPlaces:
    unit_id: str
    places: int
    stage: str
    until_ms: int | None
    sequence: int


class Invariants:
    """Feed it every entry in order; it raises AssertionError at the first that breaks something."""

    def __init__(self) -> None:
        self.policy: PolicyAdopted | None = None
        self.bodies: dict[str, tuple[str, ...]] = {}
        self.duty: dict[str, DutyHoursPublished] = {}
        self.reminded: set[tuple[str, int]] = set()
        self.paused: dict[str, int] = {}
        """Proposals whose clock stands still, with the instant at which it goes on by itself."""
        self.pauses: dict[str, int] = {}
        self.units: dict[str, UnitOpened] = {}
        self.closed: set[str] = set()
        self.published: dict[str, AvailabilityPublished | AvailabilityLearned] = {}
        self.as_of: dict[str, int] = {}
        self.capacity: dict[str, CapacityChanged] = {}
        self.holds: dict[str, HeldPlaces] = {}
        self.cases: dict[str, Seen] = {}
        self.apart: set[frozenset[str]] = set()
        self.overrides: dict[str, MatchOverridden] = {}
        """By event id: choices of people that have not taken effect."""
        self.by_people = False
        """Whether, so far in this entry, people chose: an action that they took stands in it."""
        self.transfers_arrived: set[str] = set()
        self.programme: dict[str, Programme] = {}
        self.days: dict[str, tuple[str, str]] = {}
        self.aliases: dict[str, str] = {}
        """Case -> the case that it was found to be the same as."""
        self.aliases_to_go: set[str] = set()
        self.expiring: set[str] = set()
        """Cases whose other names went by the clock in this entry."""
        self.rung: dict[str, int] = {}
        """Kept hold -> times the clock rang after its end."""
        self.actions: dict[
            str, SafetyLowered | VitalInterestInvoked | AgeAssessed | LegalHoldPlaced | LegalHoldLifted | GlassBroken | PolicyProposed
        ] = {}
        self.approved: str | None = None
        """Digest of the policy that two bodies want."""
        """What was reported and waits for a second person."""
        self.lapses: dict[str, int] = {}
        self.review_due: str | None = None
        """The action that this entry has reviewed."""
        self.confirmed: ActionConfirmed | None = None
        """The second person of this entry."""

    def take(self, entry: OpenedDecision) -> None:
        self.confirmed, self.review_due = None, None
        self.by_people = False
        self._one_verdict(entry)
        self._no_way_in_clear(entry)
        recorded = False
        for outcome in entry.outcomes:
            assert not isinstance(outcome, Locked)
            if isinstance(outcome, Recorded):
                recorded = True
                self._event(entry)
            else:
                self._outcome(entry, outcome)
        assert not self.aliases_to_go, "an erased case leaves another name of it"
        assert not self.expiring, "another name of a case went, and the case stays"
        self._after(entry, recorded)

    def _same(self, event: CasesFoundSame) -> None:
        """What protects carries over, and nobody has two transfers."""
        stays, other = self.cases[event.case_id], self.cases.pop(event.other_case_id)
        self.actions = {name: action for name, action in self.actions.items() if action.case_id != event.other_case_id}
        assert stays.request is None or other.request is None, "two live transfers of one person"
        assert frozenset((event.case_id, event.other_case_id)) not in self.apart, "one person kept apart from themselves"
        self.apart = {frozenset(event.case_id if each == event.other_case_id else each for each in pair) for pair in self.apart}
        stays.dangers |= other.dangers
        stays.agreed = {person: min(until, other.agreed.get(person, until)) for person, until in stays.agreed.items()}
        theirs = {member.person: member for member in other.household}
        people = {member.person for member in stays.household}
        ages = tuple(AgeGroup)
        stays.household = tuple(
            replace(
                member,
                age_group=min(member.age_group, theirs[member.person].age_group, key=ages.index),
                essential_needs=tuple(sorted({*member.essential_needs, *theirs[member.person].essential_needs})),
            )
            if member.person in theirs
            else member
            for member in stays.household
        )
        stays.majority = {**{person: at for person, at in other.majority.items() if person in theirs and person in people}, **stays.majority}
        stays.kept |= other.kept
        stays.ends |= other.ends
        stays.owed |= other.owed
        if other.request is not None:
            stays.request, stays.live, stays.accepted, stays.departed = other.request, other.live, other.accepted, other.departed
            stays.leaving, stays.waits_for_a_word, stays.asked = other.leaving, other.waits_for_a_word, other.asked
        stays.hosted = None if stays.departed else stays.hosted or other.hosted
        assert event.case_id not in self.aliases
        self.aliases = {alias: event.case_id if case == event.other_case_id else case for alias, case in self.aliases.items()}
        self.aliases[event.other_case_id] = event.case_id

    def _runs(self, project_id: str, at_ms: int) -> None:
        """By what was said of its programme, and by its days; to the day, for midnight is not the same everywhere."""
        assert self.programme[project_id] is Programme.RUNNING, "sent to a project that does not run"
        first, last = (date.fromisoformat(day) for day in self.days[project_id])
        today = datetime.fromtimestamp(at_ms / 1000, UTC).date()
        assert first - timedelta(1) <= today <= last + timedelta(1), "sent to a project outside its programme"

    def _named_live(self, event: Event) -> None:
        for case_id in cases_named(event):
            assert case_id not in self.aliases, "told about a case that has another name"
            closed_too = isinstance(event, GlassBroken | LegalHoldPlaced | LegalHoldLifted | ActionConfirmed | ActionRefused | ActionReviewed)
            assert case_id in self.cases or closed_too or isinstance(event, ReferralReceived), "told about a case that is not live"

    def _one_verdict(self, entry: OpenedDecision) -> None:
        verdicts = [index for index, outcome in enumerate(entry.outcomes) if isinstance(outcome, VERDICTS)]
        assert len(verdicts) == 1, "one verdict an entry"
        if not isinstance(entry.outcomes[verdicts[0]], Recorded):
            assert verdicts[0] == len(entry.outcomes) - 1, "nothing follows from what was not recorded"

    def _no_way_in_clear(self, entry: OpenedDecision) -> None:
        """No entry's clear outcomes name a place that a case left and another that it is to have."""
        kept_now = {outcome.hold_id: outcome.unit_id for outcome in entry.outcomes if isinstance(outcome, PlaceKept)}
        ended = {outcome.hold_id for outcome in entry.outcomes if isinstance(outcome, PlaceReleased | PlaceOccupied)} | set(kept_now)
        event = entry.opened.event
        for case_id, case in self.cases.items():
            left = {unit_id for hold_id, unit_id in case.kept.items() if hold_id in ended}
            if isinstance(event, DepartureConfirmed) and event.case_id == case_id:
                left |= set(kept_now.values())
            to = {outcome.unit_id for outcome in entry.outcomes if isinstance(outcome, ProposalMade) and outcome.case_id == case_id}
            if case.live is not None and any(
                isinstance(outcome, PlaceReserved | PlaceOccupied | PlaceReleased) and outcome.hold_id == case.live.hold_id
                for outcome in entry.outcomes
            ):
                to.add(case.live.unit_id)
            assert not left or to <= left, "an entry names where a case was and where it goes"

    def _event(self, entry: OpenedDecision) -> None:
        event = entry.opened.event
        assert not isinstance(event, Locked | Unread)
        self._named_live(event)
        match event:
            case PolicyAdopted():
                if self.policy is not None and self.policy.decisions is not None and self.policy.decisions.policies_take_two:
                    assert self.approved == policy_digest(event), "rule 10: a policy that no second body confirmed"
                self.policy, self.approved = event, None
            case ProjectRegistered() | ProjectAmended():
                self.bodies[event.project_id] = event.bodies
                self.programme.setdefault(event.project_id, Programme.RUNNING)
                self.days[event.project_id] = event.valid_from, event.valid_to
            case DutyHoursPublished():
                self.duty[event.project_id] = event
            case UnitOpened():
                self.units[event.unit_id] = event
            case UnitAmended():
                unit = self.units[event.unit_id]
                self.units[event.unit_id] = UnitOpened(
                    "", event.actor, event.unit_id, unit.project_id, unit.body, unit.region, event.level, event.places,
                    event.hosts, event.offers, event.languages, event.dangers,
                )  # fmt: skip
            case UnitClosed():
                self.closed.add(event.unit_id)
            case AvailabilityPublished():
                self._counted(event)
            case ReferralReceived():
                self.cases[event.case_id] = Seen(event.household, group=event.group)
                if event.group is not None and event.group.wish is GroupWish.APART:
                    with_them = [case_id for case_id, case in self.cases.items() if case.group == event.group and case_id != event.case_id]
                    self.apart |= {frozenset((event.case_id, case_id)) for case_id in with_them}
            case ReferralClosed():
                closed = self.cases.pop(event.case_id)
                self.actions = {name: action for name, action in self.actions.items() if action.case_id != event.case_id}
                assert closed.request is None and not closed.kept, "closed while somebody is to move, or a place waits for them"
                assert not closed.owed, "closed while an authority has to be notified"
                self.apart = {pair for pair in self.apart if event.case_id not in pair}
            case CasesFoundSame():
                self._same(event)
            case ProgrammeEnded() if event.successor_id is not None:
                for case in self.cases.values():
                    if Danger(DangerKind.PROJECT, event.project_id) in case.dangers:
                        case.dangers.add(Danger(DangerKind.PROJECT, event.successor_id))
                for unit in self.units.values():
                    if Danger(DangerKind.PROJECT, event.project_id) in unit.dangers:
                        followed = (*unit.dangers, Danger(DangerKind.PROJECT, event.successor_id))
                        self.units[unit.unit_id] = replace(unit, dangers=followed)
            case ReferralAccepted():
                self.cases[event.case_id].hosted = event.hosted_unit_id
            case AgreementGiven():
                self.cases[event.case_id].agreed[event.person] = event.until_ms
                self.cases[event.case_id].decided[event.person] = event.view is not None
            case AgreementWithdrawn():
                self.cases[event.case_id].agreed.pop(event.person, None)
            case DangerDeclared():
                self.cases[event.case_id].dangers.add(event.danger)
            case KeepApartDeclared():
                self.apart.add(frozenset((event.case_id, event.other_case_id)))
            case TransferRequested():
                case = self.cases[event.case_id]
                assert case.request is None, "one live transfer a case"
                case.request = event
                case.waits_for_a_word = True
            case TransferAmended():
                case = self.cases[event.case_id]
                assert case.request is not None
                case.request = replace(case.request, urgency=event.urgency, needed_by_ms=event.needed_by_ms, leaving_province=event.leaving_province)
            case MatchOverridden():
                self.overrides[event.event_id] = event
            case AuthorityNotified():
                del self.cases[event.case_id].owed[event.transfer_id]
            case DepartureConfirmed():
                case = self.cases[event.case_id]
                assert case.accepted and not case.departed
                case.departed, case.leaving, case.hosted = True, case.hosted, None
            case ArrivalConfirmed():
                assert event.transfer_id not in self.transfers_arrived, "an arrival is counted once"
                self.transfers_arrived.add(event.transfer_id)
                assert self.cases[event.case_id].departed
            case GroupKeptApart():
                self.apart.update(map(frozenset, combinations((event.case_id, *event.other_case_ids), 2)))
            case SafetyLowered() | VitalInterestInvoked() | AgeAssessed() | LegalHoldPlaced() | LegalHoldLifted() | GlassBroken() | PolicyProposed():
                self.actions[event.event_id] = event
            case ActionConfirmed():
                self.confirmed = event
            case ActionRefused():
                self._over(event.action_id)
            case CaseErased():
                self.actions = {name: action for name, action in self.actions.items() if action.case_id != event.case_id}
                self.overrides = {name: action for name, action in self.overrides.items() if action.case_id != event.case_id}
                self.apart = {pair for pair in self.apart if event.case_id not in pair}
                self.cases.pop(event.case_id, None)
                self.aliases_to_go = {alias for alias, case_id in self.aliases.items() if case_id == event.case_id}
            case _:
                pass

    def _counted(self, count: AvailabilityPublished | AvailabilityLearned) -> None:
        self.published[count.unit_id] = count
        self.as_of[count.unit_id] = max(self.as_of.get(count.unit_id, -1), count.as_of_sequence)
        for hold_id, hold in list(self.holds.items()):
            if hold.unit_id == count.unit_id and hold.stage == "occupied" and hold.sequence <= self.as_of[count.unit_id]:
                del self.holds[hold_id]

    def _outcome(self, entry: OpenedDecision, outcome: object) -> None:
        at_ms = entry.event_time_ms
        match outcome:
            case ConfirmationAwaited():
                assert outcome.until_ms > at_ms
                self.lapses[outcome.action_id] = outcome.until_ms
            case ActionLapsed():
                assert self.lapses[outcome.action_id] <= at_ms, "lapsed before its time"
                self._over(outcome.action_id)
            case ReviewDue():
                chosen = self.overrides.get(outcome.action_id)
                if chosen is not None:
                    assert chosen.emergency, "no action here may be taken alone"
                else:
                    assert isinstance(self.actions[outcome.action_id], VitalInterestInvoked | GlassBroken | PolicyProposed), (
                        "nothing else is reviewed"
                    )
                self.review_due = outcome.action_id
            case MajorityReviewDue():
                assert self.cases[outcome.case_id].majority.pop(outcome.person) <= at_ms, "reviewed before the birthday"
                self.cases[outcome.case_id].turned.add(outcome.person)
            case ActionTaken():
                self._taken(entry, outcome)
            case CapacityChanged():
                self.capacity[outcome.unit_id] = outcome
            case AvailabilityLearned():
                self._counted(outcome)
            case InquiryOpened():
                self._may_be_asked(outcome, at_ms)
                self.cases[outcome.case_id].asked[outcome.inquiry_id] = outcome
            case InquiryEnded():
                seen = self.cases.get(outcome.case_id)
                if seen is not None:
                    del seen.asked[outcome.inquiry_id]
            case NotificationDue():
                case = self.cases[outcome.case_id]
                assert outcome.overdue == (outcome.transfer_id in case.owed), "due once, and overdue once"
                assert any(member.age_group is not AgeGroup.ADULT for member in case.household), "of a minor"
                case.owed[outcome.transfer_id] = outcome
            case PlaceHeld():
                assert outcome.hold_id not in self.holds
                unit = self.capacity[outcome.unit_id]
                assert outcome.places <= unit.free, "held what was not free"
                self.holds[outcome.hold_id] = HeldPlaces(outcome.unit_id, outcome.places, "held", outcome.until_ms, entry.sequence)
                assert outcome.until_ms > at_ms
            case HoldDeadlineMoved():
                held = self.holds[outcome.hold_id]
                assert held.stage == "held" and outcome.until_ms > at_ms
                held.until_ms = outcome.until_ms
            case ReminderDue():
                assert (outcome.proposal_id, outcome.number) not in self.reminded, "a reminder is given once"
                self.reminded.add((outcome.proposal_id, outcome.number))
                live = self.cases[outcome.case_id].live
                assert live is not None and live.proposal_id == outcome.proposal_id and not self.cases[outcome.case_id].accepted
                assert outcome.proposal_id not in self.paused, "the clock stands still"
            case ProposalPaused():
                assert outcome.proposal_id not in self.paused
                self.paused[outcome.proposal_id] = outcome.resumes_at_ms
                assert self.policy is not None and self.policy.clocks is not None
                self.pauses[outcome.proposal_id] = self.pauses.get(outcome.proposal_id, 0) + 1
                assert self.pauses[outcome.proposal_id] <= self.policy.clocks.max_pauses, "pauses are capped"
                live = self.cases[outcome.case_id].live
                assert live is not None and self.holds[live.hold_id].until_ms == outcome.deadline_at_ms, "hold and proposal run out together"
            case ProposalResumed():
                resumes_ms = self.paused.pop(outcome.proposal_id)
                assert outcome.by_itself is (resumes_ms <= at_ms)
                live = self.cases[outcome.case_id].live
                assert live is not None and self.holds[live.hold_id].until_ms == outcome.deadline_at_ms, "hold and proposal run out together"
            case ProposalPrepared():
                self._safe(outcome, at_ms)
                case = self.cases[outcome.case_id]
                assert case.live is None, "one live proposal a case"
                case.live, case.prepared, case.waits_for_a_word = outcome, True, False
            case OutOfOrder():
                case = self.cases[outcome.case_id]
                assert case.live is not None and case.live.proposal_id == outcome.proposal_id
                assert outcome.better and outcome.rank == len(outcome.better) + 1 and case.live.unit_id not in outcome.better
                case.skipped = outcome.better
            case PlaceExchanged():
                self._exchanged(entry, outcome, at_ms)
            case PlaceReserved():
                assert self.holds[outcome.hold_id].stage == "held"
                self.holds[outcome.hold_id] = HeldPlaces(outcome.unit_id, outcome.places, "reserved", None, entry.sequence)
            case PlaceOccupied():
                assert self.holds[outcome.hold_id].stage in ("reserved", "kept")
                self.holds[outcome.hold_id] = HeldPlaces(outcome.unit_id, outcome.places, "occupied", None, entry.sequence)
                self._unkeep(outcome.hold_id)
            case PlaceKept():
                self.holds[outcome.hold_id] = HeldPlaces(outcome.unit_id, outcome.places, "kept", None, entry.sequence)
            case PlaceReleased():
                del self.holds[outcome.hold_id]
                self._unkeep(outcome.hold_id)
            case PlaceKeptFor():
                case = self.cases[outcome.case_id]
                case.kept[outcome.hold_id] = self.holds[outcome.hold_id].unit_id
                case.ends[outcome.hold_id] = outcome.until_ms
            case ProposalMade():
                case = self.cases[outcome.case_id]
                if case.prepared:
                    made = {**_fields(outcome), "deadline_at_ms": 0, "policy_version": 0}
                    assert case.live is not None
                    assert replace(case.live, deadline_at_ms=0, policy_version=0) == ProposalPrepared(**made), "what was prepared is what is made"
                    assert any(isinstance(other, HoldDeadlineMoved) and other.hold_id == outcome.hold_id for other in entry.outcomes)
                else:
                    self._safe(outcome, at_ms)
                    assert case.live is None, "one live proposal a case"
                case.live, case.prepared = outcome, False
                case.waits_for_a_word = False
            case ProposalEnded():
                seen = self.cases.get(outcome.case_id)
                if seen is not None:
                    assert seen.live is not None and seen.live.hold_id == outcome.hold_id
                    if outcome.how is ProposalEnd.ACCEPTED:
                        assert not seen.prepared, "accepted what was not disclosed"
                        seen.accepted = True
                    else:
                        assert not seen.prepared or outcome.how not in (ProposalEnd.DECLINED, ProposalEnd.EXPIRED)
                        seen.live, seen.accepted, seen.departed, seen.prepared = None, False, False, False
                        seen.waits_for_a_word = True
            case ProposalPassed():
                passed = self.cases[outcome.case_id].live
                assert passed is not None and self.units[passed.unit_id].project_id == outcome.project_id
            case TransferEscalated():
                self.cases[outcome.case_id].waits_for_a_word = False
            case ResponsibilityPassed():
                self.cases[outcome.case_id].responsible.append(outcome.project_id)
            case ReferralRouted():
                if outcome.project_id is not None:
                    self._runs(outcome.project_id, at_ms)
            case ProgrammeTurned():
                assert self.programme[outcome.project_id] is not Programme.ENDED, "a programme ends once"
                self.programme[outcome.project_id] = outcome.to
            case UnitPassed():
                unit_passed = self.units[outcome.unit_id]
                assert self.programme[unit_passed.project_id] is Programme.ENDED
                self.units[outcome.unit_id] = replace(unit_passed, project_id=outcome.project_id, body=outcome.body)
            case AliasErased():
                stays = self.aliases.pop(outcome.case_id)
                if outcome.case_id in self.aliases_to_go:
                    self.aliases_to_go.remove(outcome.case_id)
                else:
                    self.expiring.add(stays)
            case CaseExpired():
                self.expiring.discard(outcome.case_id)
                assert outcome.case_id not in self.aliases.values(), "an expired case leaves another name of it"
            case TransferClosed():
                seen = self.cases.get(outcome.case_id)
                if seen is not None:
                    self._closed(seen, outcome, entry.sequence)
            case MatchExplained():
                units = [unit for group in outcome.excluded for unit in group.units] + [scored.unit_id for scored in outcome.scored]
                counted = sum(group.more for group in outcome.excluded) + (outcome.rest.units if outcome.rest is not None else 0)
                is_open = self.units.keys() - self.closed
                assert len(units) + counted == len(is_open), "an explanation accounts for every open unit, once"
                assert len(set(units)) == len(units) and is_open.issuperset(units), "an explanation accounts for every open unit, once"
                assert counted or outcome.digest == explanation_digest(outcome.excluded, outcome.scored)
                assert all(sum(scored.parts) == scored.total for scored in (*outcome.scored, *outcome.asked))
                asked = {opened.unit_id for opened in self.cases[outcome.case_id].asked.values()}
                assert asked.issuperset(scored.unit_id for scored in outcome.asked) and not (outcome.asked and outcome.scored)
                live = self.cases[outcome.case_id].live
                if outcome.proposal_id is not None:
                    assert live is not None and live.proposal_id == outcome.proposal_id
                    ranked = [scored.unit_id for scored in outcome.scored]
                    skipped = self.cases[outcome.case_id].skipped
                    assert tuple(ranked[: len(skipped)]) == skipped, "what was skipped is reported"
                    assert [live.unit_id] == ranked[len(skipped) :][:1] or (
                        self.by_people and live.unit_id not in ranked and skipped == tuple(ranked)
                    ), "the best that was not skipped"
                    assert skipped == tuple(ranked) or outcome.scored[len(skipped)].total == live.score
                    self.cases[outcome.case_id].skipped = ()
                else:
                    assert not outcome.scored
            case _:
                pass

    def _over(self, action_id: str) -> None:
        """An action that waited is over: it lapsed or was refused."""
        if self.overrides.pop(action_id, None) is None:
            del self.actions[action_id]

    def _taken(self, entry: OpenedDecision, outcome: ActionTaken) -> None:
        """Rule 10: what lowers safety takes two people of different bodies, once."""
        if outcome.action_id in self.overrides:
            self._overridden(entry, self.overrides.pop(outcome.action_id))
            return
        action, second = self.actions.pop(outcome.action_id), self.confirmed
        if isinstance(action, AgeAssessed):
            self._age(action, second)
            return
        if isinstance(action, VitalInterestInvoked):
            assert self.review_due == outcome.action_id, "a vital interest is always reviewed"
            assert second is not None or action.emergency, "rule 10: one alone, and no emergency"
            assert second is None or second.actor.body != action.actor.body, "rule 10: one body alone"
            self.cases[action.case_id].agreed[action.person] = action.until_ms
            self.cases[action.case_id].decided[action.person] = True
            return
        if isinstance(action, GlassBroken):
            self._opened(entry, action, second)
            return
        if isinstance(action, PolicyProposed):
            assert second is not None or (action.emergency and self.review_due == action.event_id), "rule 10: a policy by one body alone"
            assert second is None or second.actor.body != action.actor.body, "rule 10: a policy by one body alone"
            self.approved = action.digest
            return
        assert second is not None and second.action_id == outcome.action_id, "rule 10: nobody confirmed it"
        assert second.actor.body != action.actor.body and second.actor.person != action.actor.person, "rule 10: one body alone"
        if isinstance(action, LegalHoldPlaced | LegalHoldLifted):
            return
        if action.danger is not None:
            self.cases[action.case_id].dangers.remove(action.danger)
        if action.other_case_id is not None:
            self.apart.remove(frozenset((action.case_id, action.other_case_id)))

    def _opened(self, entry: OpenedDecision, action: GlassBroken, second: ActionConfirmed | None) -> None:
        """Rule 10: nobody alone opens what their role does not show, unless in an emergency that is reviewed; and not for ever."""
        (opened,) = [outcome for outcome in entry.outcomes if isinstance(outcome, SightOpened)]
        assert opened.action_id == action.event_id and opened.case_id == action.case_id
        assert entry.event_time_ms < opened.until_ms <= entry.event_time_ms + 86_400_000, "glass stays broken for a limited time"
        if second is None:
            assert action.emergency and self.review_due == action.event_id, "rule 10: one alone, and nobody reviews it"
            return
        assert second.action_id == action.event_id, "rule 10: nobody confirmed it"
        assert second.actor.body != action.actor.body and second.actor.person != action.actor.person, "rule 10: one body alone"

    def _age(self, action: AgeAssessed, second: ActionConfirmed | None) -> None:
        """Rule 4: nobody alone makes an adult of a minor of whom it was not known that they turn eighteen."""
        case = self.cases[action.case_id]
        before = next(member for member in case.household if member.person == action.person)
        if action.age_group is AgeGroup.ADULT and before.age_group is not AgeGroup.ADULT and action.person not in case.turned:
            assert second is not None and second.actor.body != action.actor.body, "rule 4: protection taken away by one body alone"
        case.household = tuple(replace(member, age_group=action.age_group) if member is before else member for member in case.household)
        case.turned.discard(action.person)
        case.majority.pop(action.person, None)
        if action.adult_from_ms is not None:
            case.majority[action.person] = action.adult_from_ms

    def _overridden(self, entry: OpenedDecision, override: MatchOverridden) -> None:
        """Out of order takes two people of different bodies; or one, in an emergency that is reviewed."""
        self.by_people = True
        if not any(isinstance(outcome, OutOfOrder) for outcome in entry.outcomes):
            return
        if entry.opened.event == override:
            assert any(isinstance(outcome, ReviewDue) for outcome in entry.outcomes), "rule 10: one body alone, and nobody reviews it"
            return
        second = self.confirmed
        assert second is not None and second.action_id == override.event_id, "rule 10: nobody confirmed it"
        assert second.actor.body != override.actor.body and second.actor.person != override.actor.person, "rule 10: one body alone"

    def _unkeep(self, hold_id: str) -> None:
        for case in self.cases.values():
            if case.kept.pop(hold_id, None) is not None:
                case.ends.pop(hold_id)

    def _closed(self, case: Seen, outcome: TransferClosed, sequence: int) -> None:
        if outcome.how is TransferEnd.ARRIVED:
            if case.exchanged != sequence:
                assert case.live is not None
                case.hosted = case.live.unit_id
        elif outcome.how is TransferEnd.RETURNED:
            case.hosted = case.leaving
        elif outcome.how not in (TransferEnd.WITHDRAWN, TransferEnd.UNMATCHED):
            case.hosted = None
        assert not case.asked, "inquiries end with the transfer"
        case.request, case.live, case.accepted, case.departed, case.leaving = None, None, False, False, None
        case.waits_for_a_word = False

    def _exchanged(self, entry: OpenedDecision, outcome: PlaceExchanged, at_ms: int) -> None:
        """Both or neither; as many people; each safe where the other lived; and nothing in clear but the verdict."""
        both = [other for other in entry.outcomes if isinstance(other, PlaceExchanged)]
        assert len(both) == 2, "both move or neither"
        (other,) = [each for each in both if each.case_id != outcome.case_id]
        case, partner, unit = self.cases[outcome.case_id], self.cases[other.case_id], self.units[outcome.unit_id]
        assert len(case.household) == len(partner.household) and case.live is None and case.request is not None
        assert outcome.unit_id == (partner.was_in if partner.exchanged == entry.sequence else partner.hosted), "the other's place"
        verdict = next(index for index, each in enumerate(entry.outcomes) if isinstance(each, Recorded))
        assert all(not isinstance(each, Locked) and each.sealed_under is SealedUnder.CASE for each in entry.outcomes[verdict + 1 :][:6]), (
            "an exchange shows no place in clear"
        )
        assert frozenset((outcome.case_id, other.case_id)) not in self.apart, "rule 3: they are kept apart from one another"
        self._away_from_danger(case, case.request, unit)
        for other_id in sorted(self.cases):
            if frozenset((outcome.case_id, other_id)) in self.apart:
                assert not self._near(unit, self.cases[other_id]), "rule 3"
        self._hosted(case, unit, by_people=True)
        for member in case.household:
            assert member.age_group is not AgeGroup.ADULT or case.agreed.get(member.person, 0) > at_ms, "rule 7"
        case.was_in, case.hosted, case.exchanged = case.hosted, outcome.unit_id, entry.sequence

    def _safe(self, proposal: ProposalMade | ProposalPrepared, at_ms: int) -> None:
        """Rules 1 to 9 for one proposal, in other words than the matcher's."""
        assert self.policy is not None
        case, unit = self.cases[proposal.case_id], self.units[proposal.unit_id]
        request, published = case.request, self.published[proposal.unit_id]
        assert proposal.project_id == unit.project_id
        self._runs(unit.project_id, at_ms)
        assert request is not None and request.transfer_id == proposal.transfer_id
        assert unit.unit_id not in self.closed and published.accepting and unit.level is not Level.NON_RESIDENTIAL, "takes nobody in"
        assert self.holds[proposal.hold_id].places == len(case.household)
        observed = self.capacity[unit.unit_id].observed_at_ms
        assert observed is not None and self._age_ms(observed, at_ms) < self._fresh_ms(), "rule 9"
        if request.urgency is Urgency.IMMEDIATE:
            assert self._on_duty(unit.project_id, at_ms), "an immediate request goes to projects on duty"
        self._away_from_danger(case, request, unit)
        for other_id in sorted(self.cases):
            if frozenset((proposal.case_id, other_id)) in self.apart:
                assert not self._near(unit, self.cases[other_id]), "rule 3"
        self._hosted(case, unit, by_people=self.by_people)
        adults = [member for member in case.household if member.age_group is AgeGroup.ADULT]
        for member in adults:
            assert case.agreed.get(member.person, 0) - at_ms >= self.policy.minimum_agreement_left_ms, "rule 7"

    def _may_be_asked(self, opened: InquiryOpened, at_ms: int) -> None:
        """An inquiry passes the rules of safety like a proposal; only its unit's figures are old or unknown."""
        assert self.policy is not None and self.policy.inquiries is not None
        case, unit = self.cases[opened.case_id], self.units[opened.unit_id]
        request, count = case.request, self.published.get(opened.unit_id)
        assert request is not None and case.live is None and unit.unit_id not in self.closed and unit.level is not Level.NON_RESIDENTIAL
        assert count is None or at_ms - (self.capacity[unit.unit_id].observed_at_ms or 0) >= self.policy.fresh_for_ms, "asked what is known"
        assert len(case.household) <= unit.places and unit.unit_id != case.hosted
        assert unit.project_id not in {each.project_id for each in case.asked.values()}, "one question a project"
        assert len(case.asked) < self.policy.inquiries.max_at_once, "too many questions at once"
        self._away_from_danger(case, request, unit)
        for other_id in sorted(self.cases):
            if frozenset((opened.case_id, other_id)) in self.apart:
                assert not self._near(unit, self.cases[other_id]), "rule 3"
        self._hosted(case, unit)
        for member in case.household:
            agreed = case.agreed.get(member.person, 0) - at_ms >= self.policy.minimum_agreement_left_ms
            assert member.age_group is not AgeGroup.ADULT or agreed, "rule 7"

    def _fresh_ms(self) -> int:
        assert self.policy is not None
        clocks = self.policy.clocks
        return self.policy.fresh_for_ms if clocks is None else clocks.fresh_working_days * 86_400_000

    def _age_ms(self, observed_ms: int, at_ms: int) -> int:
        """How old a count is, by the working days where the policy has clocks: day by day."""
        assert self.policy is not None
        clocks = self.policy.clocks
        if clocks is None:
            return at_ms - observed_ms
        age, day = 0, datetime.fromtimestamp(observed_ms / 1000, ROME).date()
        while (midnight := _midnight_ms(day)) < at_ms:
            if day.weekday() in clocks.working_weekdays and day.isoformat() not in clocks.holidays:
                age += min(at_ms, _midnight_ms(day + timedelta(days=1))) - max(observed_ms, midnight)
            day += timedelta(days=1)
        return age

    def _on_duty(self, project_id: str, at_ms: int) -> bool:
        """Whether somebody of a project answers, by the hours it published, or the working hours."""
        assert self.policy is not None
        clocks = self.policy.clocks
        if clocks is None:
            return True
        local = datetime.fromtimestamp(at_ms / 1000, ROME)
        minute, day, told = local.hour * 60 + local.minute, local.date().isoformat(), self.duty.get(project_id)
        if told is None:
            works = local.weekday() in clocks.working_weekdays and day not in clocks.holidays
            return works and clocks.working_from_minute <= minute < clocks.working_to_minute
        exception = [each.windows for each in told.exceptions if each.date == day]
        if exception or day in clocks.holidays:
            return any(window.from_minute <= minute < window.to_minute for window in (exception[0] if exception else told.on_holidays))
        return any(window.weekday == local.weekday() and window.from_minute <= minute < window.to_minute for window in told.weekly)

    def _areas(self, danger: Danger) -> set[str]:
        """Regions in which a danger is."""
        assert self.policy is not None
        wanted = {DangerKind.PROVINCE: "province", DangerKind.REGION: "region", DangerKind.MACRO_AREA: "macro_area"}.get(danger.kind)
        return {area.region for area in self.policy.areas if wanted is not None and getattr(area, wanted) == danger.value}

    def _away_from_danger(self, case: Seen, request: TransferRequested, unit: UnitOpened) -> None:
        dangers = set(case.dangers)
        if request.reason is Reason.SAFETY and request.leaving_province is not None:
            dangers.add(Danger(DangerKind.PROVINCE, request.leaving_province))
        for danger in dangers:
            assert unit.region not in self._areas(danger), "rule 2: area"
            assert (danger.kind, danger.value) != (DangerKind.UNIT, unit.unit_id), "rule 2: unit"
            assert (danger.kind, danger.value) != (DangerKind.PROJECT, unit.project_id), "rule 2: project"
            assert danger.kind is not DangerKind.BODY or danger.value not in (unit.body, *self.bodies[unit.project_id]), "rule 2: body"
            for theirs in unit.dangers:
                assert danger != theirs and not self._areas(danger) & self._areas(theirs), "rule 2: residents"

    def _near(self, unit: UnitOpened, other: Seen) -> bool:
        assert self.policy is not None
        where = set(other.kept.values())
        if other.hosted is not None:
            where.add(other.hosted)
        if other.live is not None:
            where.add(other.live.unit_id)
        return any(
            unit.unit_id == each
            or (self.policy.near_is_same_project and unit.project_id == self.units[each].project_id)
            or (self.policy.near_is_same_region and unit.region == self.units[each].region)
            for each in where
        )

    def _hosted(self, case: Seen, unit: UnitOpened, *, by_people: bool = False) -> None:
        minors = [member for member in case.household if member.age_group is not AgeGroup.ADULT]
        adults = [member for member in case.household if member.age_group is AgeGroup.ADULT]
        parents = [member for member in adults if member.parent]
        if minors and not parents:
            assert by_people, "rule 4: unaccompanied, and no people chose"
            assert not adults and Host.UNACCOMPANIED_MINORS in unit.hosts, "rule 4: unaccompanied"
        else:
            assert Host.UNACCOMPANIED_MINORS not in unit.hosts, "rule 4: adults among minors"
        for adult in adults:
            if minors and adult.parent:
                mother = adult.gender in (Gender.WOMAN, Gender.TRANS_WOMAN)
                either = adult.gender is Gender.NON_BINARY
                assert (Host.MOTHERS_WITH_CHILDREN in unit.hosts and (mother or either)) or (
                    Host.FATHERS_WITH_CHILDREN in unit.hosts and (not mother or either)
                ), "rule 4: parents"
            if not (minors and adult.parent and adult.gender in (Gender.WOMAN, Gender.MAN)):
                assert _HOST[adult.gender] in unit.hosts, "rule 5"
        for member in case.household:
            assert set(member.essential_needs) <= set(unit.offers), "rule 6"
            assert not member.only_language or set(member.languages) & set(unit.languages), "rule 6: language"

    def _after(self, entry: OpenedDecision, recorded: bool) -> None:
        event, at_ms = entry.opened.event, entry.event_time_ms
        for hold in self.holds.values():
            assert hold.until_ms is None or hold.until_ms > at_ms, "rule 7: a hold outlived its deadline"
        for unit_id, capacity in self.capacity.items():
            as_of = self.as_of.get(unit_id, -1)
            mine = [hold for hold in self.holds.values() if hold.unit_id == unit_id]
            held = sum(hold.places for hold in mine if hold.stage in ("held", "reserved") or (hold.stage == "kept" and hold.sequence <= as_of))
            arrived = sum(hold.places for hold in mine if hold.stage == "occupied" and hold.sequence > as_of)
            published = self.published.get(unit_id)
            assert capacity.held == held, "held is what is held"
            assert capacity.occupied == arrived + (published.occupied if published else 0), "occupied is published and arrived"
            taken = capacity.occupied + capacity.reserved + capacity.held
            assert (taken > capacity.places) == capacity.over_capacity, "more than there is, and not flagged"
            assert capacity.free <= max(0, capacity.places - taken)
        for case in self.cases.values():
            assert all(opened.deadline_at_ms > at_ms for opened in case.asked.values()), "an inquiry outlived its deadline"
            assert all(due.overdue or due.deadline_at_ms > at_ms for due in case.owed.values()), "overdue, and nobody called in"
            assert not case.accepted or not case.asked, "rule 8: accepting ends every inquiry"
        live: dict[str, str] = {}
        for case_id, case in self.cases.items():
            assert case.responsible, "responsibility is empty"
            assert case.responsible[-1] is None or self.programme[case.responsible[-1]] is not Programme.ENDED, "nobody is there to be responsible"
            if case.live is not None:
                assert live.setdefault(case.live.hold_id, case_id) == case_id, "one hold, two cases"
                assert case.live.hold_id in self.holds
            if recorded and case.request is not None and case.live is None and isinstance(event, TransferRequested) and event.case_id == case_id:
                assert not case.waits_for_a_word, "neither a proposal nor an operator"
            if isinstance(event, ClockAdvanced):
                self._kept_ended(case, at_ms)

    def _kept_ended(self, case: Seen, at_ms: int) -> None:
        """A kept place ends with the clock; one tick later where the same entry already told of another place of the case."""
        for hold_id, until_ms in case.ends.items():
            if until_ms is not None and until_ms <= at_ms:
                self.rung[hold_id] = self.rung.get(hold_id, 0) + 1
                assert self.rung[hold_id] <= 1, "rule 7: a kept place outlived its end by more than a tick"
