"""Requests that wait although a fresh place plainly fits: what a matcher that has stopped proposing leaves behind. And how many wait too long.

The matcher is not asked, nor its rules: this counts for itself, from the facts of each case and the figures of each unit, and only what is plain. A request
is passed over wherever anything could make a place wrong that cannot be seen here: a danger, a link, minors, a territory being left, a no or a silence of
that unit before, a project that may be off duty, an operator who decides, an agreement about to run out, a request that may be held back. So what is found
is worth a person's look at once; what is not found may still be wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from events.facts import Event, Outcome
from events.network import PolicyAdopted
from events.person import (
    AgreementGiven,
    AgreementWithdrawn,
    CasesFoundSame,
    DangerDeclared,
    GroupKeptApart,
    KeepApartDeclared,
    SafetyLowered,
)
from events.referral import Member, ReferralAccepted
from events.transfer import ArrivalConfirmed
from events.vocabulary import AgeGroup, Escalation, Gender, GivenBy, Host, Level, Programme, Reason, Urgency
from projections.freshness import Freshness, UnitCapacity
from projections.network import Duty, Policy, Project
from projections.transfers import Stage, StepKind, Transfer, TransferState

TICK_MS = 60_000
"""How often the service's clock speaks."""

TICKS = 5
"""Ticks after which a request that plainly fits somewhere has waited too long."""

LATE_AFTER_MS: Mapping[Urgency, int] = {Urgency.IMMEDIATE: 3_600_000, Urgency.WITHIN_DAYS: 86_400_000, Urgency.PLANNED: 3 * 86_400_000}
"""A request has waited past its limit after as long as a project would have had to answer, by urgency."""

AGREED_FOR_MS = 3 * 86_400_000
"""An agreement that holds for less is left to people."""

_HOSTED_AS = {Gender.WOMAN: Host.WOMEN, Gender.MAN: Host.MEN}
_PROTECTING = (DangerDeclared, KeepApartDeclared, GroupKeptApart, CasesFoundSame, SafetyLowered)
_OPERATOR_DECIDES = frozenset(
    {
        Escalation.MINOR,
        Escalation.DISCLOSURES_USED,
        Escalation.DECLINES_USED,
        Escalation.DEADLINE_PASSED,
        Escalation.REASSESS,
        Escalation.NOT_CONFIRMED,
        Escalation.SAFETY_CHANGED,
    }
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that has no place."""

    household: tuple[Member, ...]
    responsible: str | None
    """The project in charge; null: the helpline."""
    transfer: Transfer
    """As it was asked last."""
    state: TransferState


@dataclass(frozen=True, slots=True)
class Unserved:
    """Requests that wait, and whether they should. Counts alone."""

    at_ms: int
    waiting: int
    """Requests without a place."""
    fitting: int
    """Those among them for which nothing was proposed for `TICKS` ticks though a fresh place plainly fits."""
    longest_ms: int | None
    """How long the longest of the fitting ones has waited; null: there are none."""
    late: int
    """Those that have waited past their limit (`LATE_AFTER_MS`)."""
    late_before: int | None
    """The same, a day before; null: not looked at."""
    waiting_before: int | None

    @property
    def late_percent(self) -> int:
        """Of all that wait; 0 where nobody does."""
        return 100 * self.late // self.waiting if self.waiting else 0

    @property
    def late_percent_before(self) -> int | None:
        """A day before; null: not looked at."""
        return None if self.late_before is None or self.waiting_before is None else 100 * self.late_before // max(1, self.waiting_before)

    @property
    def rises(self) -> bool:
        """Whether the share that waits past its limit has grown so much in a day that somebody should look: by 20 points, and 3 requests at least."""
        before = self.late_percent_before
        return before is not None and self.late >= MOST_LATE_UNSEEN and self.late_percent - before >= RISE_PERCENT


RISE_PERCENT = 20
MOST_LATE_UNSEEN = 3


def waits(one: Waiting) -> bool:
    """Whether a request has no place."""
    return one.state.stage is Stage.REQUESTED


def late(requests: Iterable[Waiting], at_ms: int) -> int:
    """How many have waited past their limit."""
    return sum(at_ms - one.transfer.requested_at_ms > LATE_AFTER_MS[one.transfer.urgency] for one in requests if waits(one))


@dataclass(frozen=True, slots=True)
class Ready:
    """Projects that may be sent somebody."""

    running: frozenset[str]
    awake: frozenset[str]
    """Those of them that are on duty whatever the hour."""
    held_back: frozenset[Urgency] = frozenset({Urgency.PLANNED})
    """Requests of these urgencies may wait for a better place."""


def may_be_served(one: Waiting, units: Sequence[UnitCapacity], ready: Ready, at_ms: int) -> bool:
    """Whether anything can be plain about a request, as far as is known without the facts of its case. Cheap: most are passed over here."""
    return _is_plain(one, ready, at_ms) and _fits(one, units, ready)


def plainly_fits(one: Waiting, facts: Iterable[Event | Outcome], units: Sequence[UnitCapacity], ready: Ready, at_ms: int) -> bool:
    """Whether some fresh place suits the request beyond doubt. `facts`: all of its case, in order."""
    agreed: dict[str, int] = {}
    lives_in: set[str | None] = set()
    for fact in facts:
        match fact:
            case AgreementGiven():
                agreed[fact.person] = fact.until_ms if fact.given_by in (None, GivenBy.SELF) else 0
            case AgreementWithdrawn():
                agreed.pop(fact.person, None)
            case ArrivalConfirmed():
                return False  # where they live now is told by another transfer: left to people
            case ReferralAccepted():
                lives_in |= {fact.hosted_unit_id} - {None}
            case _ if isinstance(fact, _PROTECTING):
                return False
            case _:
                pass
    if any(agreed.get(member.person, 0) - at_ms < AGREED_FOR_MS for member in one.household):
        return False
    return _is_plain(one, ready, at_ms) and _fits(one, [unit for unit in units if unit.unit.unit_id not in lives_in], ready)


def _fits(one: Waiting, units: Sequence[UnitCapacity], ready: Ready) -> bool:
    """Whether a unit suits; of two projects, where a territory is left: it may be a danger to the residents of one unit, which is not known here."""
    projects = {unit.unit.project_id for unit in units if _suits(one, unit, ready)}
    return len(projects) >= (1 if one.transfer.leaving_province is None else 2)


def _is_plain(one: Waiting, ready: Ready, at_ms: int) -> bool:
    transfer, state = one.transfer, one.state
    return (
        waits(one)
        and transfer.urgency not in ready.held_back
        and transfer.reason is not Reason.SAFETY
        and transfer.needed_by_ms > at_ms
        and at_ms - max(state.stage_since_ms, *(step.at_ms for step in transfer.steps), transfer.requested_at_ms) > TICKS * TICK_MS
        and not any(escalated.why in _OPERATOR_DECIDES for escalated in state.escalations)
        and all(member.age_group is AgeGroup.ADULT and member.gender in _HOSTED_AS for member in one.household)
    )


def _suits(one: Waiting, capacity: UnitCapacity, ready: Ready) -> bool:
    unit = capacity.unit
    refused = {step.unit_id for step in one.transfer.steps if step.kind is not StepKind.KEPT_FOR}
    essential = {need for member in one.household for need in member.essential_needs}
    return (
        unit.is_open
        and capacity.accepting
        and capacity.freshness is Freshness.FRESH
        and capacity.free >= len(one.household)
        and unit.level != Level.NON_RESIDENTIAL
        and unit.unit_id not in refused
        and unit.project_id != one.responsible
        and unit.project_id in (ready.awake if one.transfer.urgency is Urgency.IMMEDIATE else ready.running)
        and Host.UNACCOMPANIED_MINORS not in unit.hosts
        and {_HOSTED_AS[member.gender] for member in one.household} <= set(unit.hosts)
        and essential <= set(unit.offers)
        and all(not member.only_language or not set(member.languages).isdisjoint(unit.languages) for member in one.household)
    )


def never_sleeps(hours: str) -> bool:
    """Whether published duty hours (JSON, as in view `network`) leave no minute out."""
    told = json.loads(hours)
    whole = {window["weekday"] for window in told["weekly"] if (window["from_minute"], window["to_minute"]) == (0, 1440)}
    holidays = any((window["from_minute"], window["to_minute"]) == (0, 1440) for window in told["on_holidays"])
    return whole == set(range(7)) and holidays and not told["exceptions"]


def ready_projects(projects: Iterable[Project], duty: Iterable[Duty], policy: Policy | None, adopted: PolicyAdopted | None) -> Ready:
    """Who may be sent somebody; without a calendar nobody is ever off duty. `adopted`: the newest policy that was reported; it says what may be held back."""
    running = frozenset(project.project_id for project in projects if project.programme == Programme.RUNNING)
    by_day_and_night = {each.project_id for each in duty if never_sleeps(each.hours)}
    hold_back = adopted.matching.hold_back if adopted is not None and adopted.matching is not None else None
    held_back = frozenset({Urgency.PLANNED, *(hold_back.urgencies if hold_back is not None else ())})
    return Ready(running, running if policy is None or policy.clocks is None else running & by_day_and_night, held_back)
