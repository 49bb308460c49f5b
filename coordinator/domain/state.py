"""The folded state of one network: what open cases, units and holds need, and no more.

Two halves. The *clear* one follows from clear fields alone, so that anybody can fold and hash it: projects, units, holds, policy, seen event ids.
The *sealed* one is about people, and about dangers to units. Maps are persistent (a fork is the old reference); their iteration order differs
between processes, so whoever iterates sorts. Fields under "derived" follow from the others and stand in no snapshot.
"""

from __future__ import annotations

from dataclasses import dataclass

from immutables import Map

from coordinator.domain.agenda import NO_AGENDA, Agenda
from coordinator.domain.seen import SeenDay
from coordinator.matching.household import Household
from coordinator.matching.open_units import NO_UNITS, OpenUnits
from coordinator.matching.place import Place
from coordinator.matching.terms import Terms
from events.answers import Answers
from events.fact import Actor, Danger
from events.facts import TwoPersonEvent
from events.network import DayWindow, DutyException, DutyWindow, PolicyAdopted
from events.referral import Group, Member
from events.vocabulary import ChildView, Escalation, GivenBy, HandOverItem, HoldStage, Host, Level, Need, Programme, Reason, TransferStage, Urgency


@dataclass(frozen=True, slots=True)
class Project:
    """A regional project, as far as decisions need it."""

    project_id: str
    lead_body: str
    bodies: tuple[str, ...]
    provinces: tuple[str, ...]
    valid_from: str
    valid_to: str
    programme: Programme
    """Follows the two days, by the clock; or an administrator's word."""


@dataclass(frozen=True, slots=True)
class DutyHours:
    """When somebody of a project answers."""

    project_id: str
    weekly: tuple[DutyWindow, ...]
    on_holidays: tuple[DayWindow, ...]
    exceptions: tuple[DutyException, ...]


@dataclass(frozen=True, slots=True)
class Published:
    """The last published count of a unit."""

    observed_at_ms: int
    places: int
    occupied: int
    reserved: int
    accepting: bool
    """False also where a project said that its published places are not free after all, until it publishes anew."""
    free_from_ms: int | None
    as_of_sequence: int
    """The last entry whose arrivals and departures the count takes into account; never goes back."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the network counts on in a unit: the last `CapacityChanged`."""

    places: int
    occupied: int
    reserved: int
    held: int
    free: int
    accepting: bool
    observed_at_ms: int | None
    over_capacity: bool


@dataclass(frozen=True, slots=True)
class Unit:
    """A flat or house. A closed one stays, because people may still live in it and others must be kept apart from them."""

    unit_id: str
    project_id: str
    body: str
    region: str
    level: Level
    places: int
    hosts: tuple[Host, ...]
    offers: tuple[Need, ...]
    languages: tuple[str, ...]
    is_open: bool
    published: Published | None
    changed_sequence: int
    """The entry that last changed what the unit offers or has free by its own account; a declined case may be offered again after it."""
    counted: Counted


@dataclass(frozen=True, slots=True)
class Hold:
    """Places of one unit, held for somebody whom the clear half does not name."""

    hold_id: str
    unit_id: str
    places: int
    stage: HoldStage
    until_ms: int | None
    """When a proposed hold runs out, in milliseconds; null in every other stage."""
    sequence: int
    """The entry in which the stage began."""
    since_ms: int
    """The time of that entry."""
    observed_at_ms: int | None = None
    """When the figure had been observed by which the place was free, while the hold waits for an answer; null in every other stage."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Somebody agrees to move, or somebody else decided for them, until an instant."""

    person: str
    until_ms: int
    given_by: GivenBy | None
    """null: not said."""
    view: ChildView | None
    """A minor's own view; null: an adult's agreement, or not said."""


@dataclass(frozen=True, slots=True)
class Majority:
    """When a minor of a household turns eighteen."""

    person: str
    adult_from_ms: int
    review_due: bool
    """Whether that has passed, and a review was asked for."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A unit that declined a case, could not take it in, or let its proposal or inquiry expire."""

    unit_id: str
    since_ms: int
    sequence: int
    lasts: bool
    """Until something about the unit or the request changes, however long that takes; else for a time at most."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A place left behind that waits for its people to come back."""

    hold_id: str
    unit_id: str
    transfer_id: str
    until_ms: int | None
    """When it ends; null: until the arrival is known."""
    returned: bool
    """Whether they came back: at `until_ms` the place is theirs again."""


@dataclass(frozen=True, slots=True)
class AnswerClock:
    """How the time runs that a project has to answer."""

    reminders_at_ms: tuple[int, ...]
    """Those still to come, in order."""
    reminded: int
    """Reminders given so far."""
    pauses: int
    """How often a question has stopped the clock."""
    paused_ms: int
    """For how much of the project's time the clock stood still, a running pause left out."""
    paused_at_ms: int | None
    """Since when it stands still; null: it runs."""
    resumes_at_ms: int | None
    """When it goes on by itself; null: it runs."""
    question_stands: bool
    """Whether the project asked something that nobody has answered."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The one place offered, or accepted."""

    proposal_id: str
    hold_id: str
    unit_id: str
    project_id: str
    deadline_at_ms: int
    prepared: bool
    """It waits for the helpline's confirmation, and the project knows nothing of it."""
    clock: AnswerClock | None
    """null: nothing has reminded or stopped it, or will."""
    score: int


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A question to a project about one of its units; it holds nothing."""

    inquiry_id: str
    unit_id: str
    project_id: str
    deadline_at_ms: int


@dataclass(frozen=True, slots=True)
class HandOver:
    """What one side has said about the hand-over."""

    receiving: bool
    """The receiving project's side; else the one's that is being left."""
    arranged: tuple[HandOverItem, ...]
    not_needed: tuple[HandOverItem, ...]


@dataclass(frozen=True, slots=True)
class Notification:
    """The authority has to be notified of a missing minor."""

    transfer_id: str
    deadline_at_ms: int
    overdue: bool
    """The deadline has passed, and an operator was called in."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """The live transfer of a case."""

    transfer_id: str
    requested_at_ms: int
    reason: Reason
    urgency: Urgency
    needed_by_ms: int
    leaving_province: str | None
    wished_levels: tuple[Level, ...]
    wished_regions: tuple[str, ...]
    stage: TransferStage
    proposal: Proposal | None
    """The live proposal or accepted place; null exactly where the stage is waiting."""
    disclosures: int
    """Proposals made so far."""
    declines: int
    escalated: tuple[Escalation, ...]
    """Escalations that stand, sorted; those about finding nothing fall when a proposal is made."""
    expected_arrival_ms: int | None
    inquiries: tuple[Inquiry, ...]
    """Open ones, sorted by id."""
    hand_over: tuple[HandOver, ...]
    """What both sides have said, the one being left first."""
    swap_with: str | None
    """The case with which the responsible project agrees to exchange places; null: none."""


@dataclass(frozen=True, slots=True)
class Case:
    """A person, or a household moving together."""

    case_id: str
    household: tuple[Member, ...]
    routed_to: str | None
    """The project that the referral went to; null: the helpline."""
    responsible: str | None
    """The project in charge; null: the helpline. Never nobody."""
    hosted_unit_id: str | None
    """The unit where they live; null: elsewhere, or on the way."""
    agreements: tuple[Agreement, ...]
    """Agreements to move, sorted by person."""
    dangers: tuple[Danger, ...]
    """What is dangerous for the case, sorted, each once."""
    parked: tuple[Parked, ...]
    """Units that declined the case or let a proposal expire, sorted by unit."""
    kept: tuple[Kept, ...]
    """Places kept for the case, in the order in which they were left."""
    transfer: Transfer | None
    over: str | None
    """The last transfer that ended; null: none did."""
    notifications: tuple[Notification, ...]
    """Those that are due, in the order in which they became so."""
    province: str | None
    """Where they are or will be, as the referral says; null: not said."""
    group: Group | None
    """The people referred together with the case; null: nobody."""
    offered_to: str | None
    """The project to which responsibility is offered; null: none."""
    majorities: tuple[Majority, ...]
    """Known months of majority, sorted by person."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """An action that was reported and has not taken effect: it waits for a second person of another body."""

    event: TwoPersonEvent
    """What was reported; its event id is the id of the action."""
    until_ms: int | None
    """When it lapses; null only inside the entry that reports it."""
    confirmed_by: Actor | None
    """Who confirmed it; null but inside the entry in which it takes effect."""


@dataclass(frozen=True, slots=True)
class ApprovedPolicy:
    """A policy that was proposed and confirmed."""

    digest: str
    """`events.policy_digest` of it."""
    at_ms: int
    """When it was confirmed."""


@dataclass(frozen=True, slots=True)
class OpenReview:
    """An action that another body has to review."""

    action_id: str
    case_id: str | None
    """The case that it is about; null: none."""
    taken_by: tuple[Actor, ...]
    """Whoever reported it, then whoever confirmed it."""
    due_at_ms: int
    overdue: bool
    """Whether the time has passed and people were called in."""


OPERATOR_DECIDES = frozenset(
    {
        Escalation.MINOR,
        Escalation.DISCLOSURES_USED,
        Escalation.DECLINES_USED,
        Escalation.DEADLINE_PASSED,
        Escalation.REASSESS,
        Escalation.NOT_CONFIRMED,
    }
)
"""Escalations after which nothing is proposed automatically any more."""

WaitingKey = tuple[int, int, str, str]
"""(urgency, 0 the most urgent; asked at ms; transfer; case): the order in which requests are served."""


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """One network after an entry. Compare two by their snapshots."""

    network: str
    sequence: int
    """The last entry; -1 before the genesis."""
    at_ms: int
    """Time of the last decided entry: deadlines up to here have happened."""
    rules_version: int
    policy: PolicyAdopted | None
    """In force; its event id and actor are blanked, being no part of it."""
    projects: Map[str, Project]
    duty: Map[str, DutyHours]
    """Duty hours of the projects that published some."""
    units: Map[str, Unit]
    holds: Map[str, Hold]
    crowded: bool
    """The last entry made as many proposals as one may: more may be possible, in the next."""
    seen_ids: Map[int, SeenDay]
    """By day of the id: event id -> sequence that decided it."""
    answers: Map[str, Answers]
    """Project -> what it answered when its published places were offered."""
    corrected: str | None
    """The unit whose figures a decline has just corrected, until the declined hold is released; null between two entries."""

    explained_from: int | None
    """The first month (`events.period`) whose explanations may still have keys; null: they have had no term so far."""
    approved_policy: ApprovedPolicy | None
    """The policy that two bodies want and nobody has adopted yet; null: none."""
    unit_dangers: Map[str, tuple[Danger, ...]]
    erased: Map[str, int]
    """Erased cases of the last 14 days, with the time of their erasure."""
    links: Map[str, tuple[str, ...]]
    """Keep-apart, symmetric: case -> cases, sorted."""
    cases: Map[str, Case]
    awaited: Map[str, Awaited]
    """Actions that wait for a second person, by id."""
    reviews: Map[str, OpenReview]
    """Actions to be reviewed, by id."""
    legal_holds: Map[str, bool]
    """Cases, live or closed, of which nothing may be destroyed; all true."""
    closed: Map[str, int]
    """Closed cases whose keys still live, with the time at which they were closed."""
    aliases: Map[str, str]
    """Case -> the case that it was found to be the same as, for as long as that one's key lives."""
    look_again: tuple[str, ...]
    """Waiting cases that the last entry passed over, sorted: it released a place they had left, and may not name two of their units."""
    seen_by_network: Map[int, SeenDay]
    """By day of the id: event id -> content hash, for events under the network's key."""
    seen_by_case: Map[int, Map[str, tuple[tuple[bytes, bytes, str], ...]]]
    """By day of the id: case -> (event id, content hash, other cases or empty, a space between), for events under that case's key."""

    # derived
    terms: Terms | None
    places: Map[str, Place]
    """Open units, as the matcher sees them."""
    open_units: OpenUnits
    """The same, arranged for whoever looks through many."""
    capacity: Map[str, int]
    """Project -> places of its open units."""
    taken: Map[str, int]
    """Project -> places under holds and arrivals of this network."""
    holds_in: Map[str, tuple[str, ...]]
    """Unit -> its holds, sorted."""
    owners: Map[str, str]
    """Hold -> case, for holds proposed, accepted or kept."""
    transfers: Map[str, str]
    """Live transfer -> case."""
    households: Map[str, Household]
    """Of cases with a live transfer."""
    waiting: tuple[WaitingKey, ...]
    """Requests that may be matched, in the order in which they are served."""
    agenda: Agenda


def initial_state(network: str) -> State:
    """The state before the first entry."""
    return State(
        network=network,
        sequence=-1,
        at_ms=0,
        rules_version=1,
        policy=None,
        projects=Map(),
        duty=Map(),
        units=Map(),
        holds=Map(),
        crowded=False,
        seen_ids=Map(),
        answers=Map(),
        corrected=None,
        explained_from=None,
        approved_policy=None,
        unit_dangers=Map(),
        erased=Map(),
        links=Map(),
        cases=Map(),
        awaited=Map(),
        reviews=Map(),
        legal_holds=Map(),
        closed=Map(),
        aliases=Map(),
        look_again=(),
        seen_by_network=Map(),
        seen_by_case=Map(),
        terms=None,
        places=Map(),
        open_units=NO_UNITS,
        capacity=Map(),
        taken=Map(),
        holds_in=Map(),
        owners=Map(),
        transfers=Map(),
        households=Map(),
        waiting=(),
        agenda=NO_AGENDA,
    )
