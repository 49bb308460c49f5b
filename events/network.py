"""Stream `network`: projects, units, policy, rules and the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from events.fact import Actor, Danger, SealedUnder
from events.vocabulary import DeclineCode, Host, Level, Need, Programme, Reason, Urgency


@dataclass(frozen=True, slots=True)
class ProjectRegistered:
    """A regional project joins the network for a programme period. Written by an administrator."""

    sealed_under: ClassVar = SealedUnder.NETWORK
    event_id: str
    actor: Actor
    project_id: str
    name: str
    lead_body: str
    bodies: tuple[str, ...]
    """Bodies that may act for the project, the lead body among them, sorted."""
    provinces: tuple[str, ...]
    """Province codes of its territory, sorted."""
    valid_from: str
    """First day of the programme, ISO 8601 date."""
    valid_to: str
    """Last day of the programme, ISO 8601 date."""


@dataclass(frozen=True, slots=True)
class ProjectAmended:
    """Name, bodies, territory or period of a project changed; every field is the new value."""

    sealed_under: ClassVar = SealedUnder.NETWORK
    event_id: str
    actor: Actor
    project_id: str
    name: str
    lead_body: str
    bodies: tuple[str, ...]
    provinces: tuple[str, ...]
    valid_from: str
    valid_to: str


@dataclass(frozen=True, slots=True)
class UnitOpened:
    """A flat or house joins a project. Nothing is free in it until its availability is published."""

    sealed_under: ClassVar = SealedUnder.NETWORK
    event_id: str
    actor: Actor
    unit_id: str
    project_id: str
    body: str
    """The body that runs it."""
    region: str
    """Area of the unit: a region code. Never finer."""
    level: Level
    places: int
    hosts: tuple[Host, ...]
    """Whom it may host, sorted, never empty."""
    offers: tuple[Need, ...]
    """Needs it can meet, sorted."""
    languages: tuple[str, ...]
    """ISO 639-3 codes of languages spoken by its staff, sorted."""
    dangers: tuple[Danger, ...]
    """(private) Dangers to the unit or its residents: a case linked to one of these does not come here."""


@dataclass(frozen=True, slots=True)
class UnitAmended:
    """What a unit is or offers changed; every field is the new value."""

    sealed_under: ClassVar = SealedUnder.NETWORK
    event_id: str
    actor: Actor
    unit_id: str
    level: Level
    places: int
    hosts: tuple[Host, ...]
    offers: tuple[Need, ...]
    languages: tuple[str, ...]
    dangers: tuple[Danger, ...]


@dataclass(frozen=True, slots=True)
class UnitClosed:
    """A unit leaves the network; live proposals to it are released."""

    sealed_under: ClassVar = SealedUnder.NETWORK
    event_id: str
    actor: Actor
    unit_id: str


@dataclass(frozen=True, slots=True)
class Area:
    """One province with the region and macro-area that contain it. The network's geography is data."""

    province: str
    region: str
    macro_area: str


@dataclass(frozen=True, slots=True)
class ProposalDeadline:
    """How long a project has to answer a proposal of one urgency."""

    urgency: Urgency
    answer_within_ms: int


@dataclass(frozen=True, slots=True)
class Weights:
    """Integer weights of the matcher's score parts; higher is better for the person, thrift is subtracted."""

    language: int
    """Per person of the household, a shared language with the staff."""
    preferred_need: int
    """Per preferred need that the unit offers."""
    level: int
    """The unit has a wished-for reception level."""
    wished_region: int
    """The unit lies in a wished-for region."""
    distance_from_danger: int
    """The unit lies in another macro-area than every danger and than the territory being left (safety only)."""
    fresh: int
    """The availability is fresher than half the fresh period."""
    thrift_per_offer: int
    """Subtracted for each scarce offer of the unit that nobody in the household needs."""
    thrift_per_spare_place: int
    """Subtracted for each free place that would be left over in a unit able to take households (parents with children)."""
    fairness: int
    """Subtracted per hundredth of the project's capacity that holds and arrivals of this network already take."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """How long actions that take two people of different bodies wait."""

    confirm_within_ms: int
    """An action lapses when nobody has confirmed it for this long."""
    review_within_ms: int
    """An action that one body took alone is reviewed by another within this."""
    policies_take_two: bool = False
    """Whether the next policy is adopted only after one body has proposed and another confirmed it."""


@dataclass(frozen=True, slots=True)
class Inquiries:
    """Questions to projects whose figures are old or unknown."""

    max_at_once: int
    """Projects asked at once for one request."""
    answer_within_ms: int


@dataclass(frozen=True, slots=True)
class Transfers:
    """What people have to do around a transfer."""

    confirm_first_urgencies: tuple[Urgency, ...]
    """Requests of these urgencies: the helpline confirms a proposal before the project learns of it."""
    confirm_first_reasons: tuple[Reason, ...]
    """Requests for these reasons: likewise."""
    confirm_within_ms: int
    """How long a prepared proposal waits for the helpline."""
    notify_missing_minor_within_ms: int
    """How soon the authority has to be notified of a missing minor."""


@dataclass(frozen=True, slots=True)
class OffsetFrom:
    """From an instant on, the network's civil time is this far ahead of UTC."""

    from_ms: int
    minutes: int


@dataclass(frozen=True, slots=True)
class AnswerTime:
    """How much of a project's duty time it has to answer a proposal of one urgency: so many working days (as long as the policy's) and minutes."""

    urgency: Urgency
    working_days: int
    minutes: int
    pause_minutes: int
    """For how much duty time in all its questions may stop the clock of one proposal."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """The network's civil time, its calendar, and the clocks that run by it."""

    offsets: tuple[OffsetFrom, ...]
    """Sorted by instant, never empty; the first holds before its instant as well."""
    working_weekdays: tuple[int, ...]
    """0 a Monday to 6 a Sunday, sorted, never empty. A public holiday is no working day."""
    working_from_minute: int
    """Minute of the local day. The hours of a working day are a project's duty hours until it publishes its own."""
    working_to_minute: int
    night_from_minute: int
    """Minute of the local day from which it is night, over midnight."""
    night_to_minute: int
    holidays: tuple[str, ...]
    """Public holidays, ISO 8601 dates, sorted, each once."""
    fresh_working_days: int
    """Availability counts for proposals for so many times 24 hours of working days; replaces `fresh_for_ms`."""
    ageing_working_days: int
    """Shown as ageing until so many; replaces `ageing_for_ms`."""
    answer_times: tuple[AnswerTime, ...]
    """One for each urgency, in the order of `Urgency`; replaces `proposal_deadlines`."""
    reminders: int
    """How many reminders divide a proposal's time evenly (2: at one third and two thirds)."""
    max_pauses: int
    """How often a project's questions may stop the clock of one proposal."""


@dataclass(frozen=True, slots=True)
class Sight:
    """How roughly and how late others see the network's capacity, and how long a break-glass holds."""

    few_up_to: int
    """So many free places of a macro-area are few; more are some."""
    batch_ms: int
    """Bands change at multiples of this since 1970 alone."""
    delay_ms: int
    """What is published was true this long before, or longer."""
    looks: int
    """Looks, spread over the batch before the delay, of which a band is the mean."""
    blur: int
    """The thresholds of an area move by up to so many places from batch to batch, by the network's key."""
    break_glass_ms: int
    """For how long free text stays open to whoever gave a reason."""


@dataclass(frozen=True, slots=True)
class Retention:
    """When data are destroyed by the clock."""

    closed_cases_ms: int
    """The keys of a closed case live this long after its closure (24 months)."""
    explanations_ms: int | None = None
    """The keys of a month's explanations live this long after its end (6 months); null: as long as their case's."""
    events_ms: int | None = None
    """A record of the events topic may be trimmed, once verified, this long after its entry; null: never."""


@dataclass(frozen=True, slots=True)
class TrustBand:
    """Published places of one range of ages."""

    up_to_ms: int | None
    """The oldest age, one of `events.answers.AGE_STEPS_MS`, in plain time; null: no end."""
    prior_permille: int
    """How many of a thousand such places are taken to be free while nothing is known."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How far a published place is trusted, by its project's answers so far and its age."""

    weight: int
    """Points subtracted from the score of a place that is certainly not free; in proportion for others."""
    bands: tuple[TrustBand, ...]
    """The youngest first; the last alone has no end."""
    prior_answers: int
    """As if so many answers of the network had given the prior."""
    network_answers: int
    """As if so many answers of a project had given the network's share."""


@dataclass(frozen=True, slots=True)
class KindWeights:
    """How scarce places are for one kind of request."""

    kind: str
    """Whom any place for it must host, what it must offer and for how many people, as canonical text (`coordinator.matching.kinds`)."""
    weights: tuple[int, ...]
    """Points a person and place: the n-th holds while fresh free places could serve n such requests; with more, the last; with none, the first. Never empty."""


@dataclass(frozen=True, slots=True)
class ScarcityWeights:
    """What the places left for each kind of request are worth to those who may still need them, estimated ahead from sampled futures."""

    estimated_at_ms: int
    valid_until_ms: int
    """From then on thrift alone holds, as without weights."""
    method: str
    """How they were estimated, in a few words."""
    sample: str
    """What they were estimated from: seeds, days, load; a description or a digest."""
    kinds: tuple[KindWeights, ...]
    """Sorted by kind, each once."""


@dataclass(frozen=True, slots=True)
class HoldBack:
    """Which requests may wait for a better place rather than take one that is worth more to others."""

    urgencies: tuple[Urgency, ...]
    """In the order of `Urgency`, never empty, never immediate."""
    until_before_deadline_ms: int
    """Not in the last part of their time: from this long before the request's own deadline on, any place that fits is proposed."""


@dataclass(frozen=True, slots=True)
class Matching:
    """What a placement is worth, in points: the network's own choice, adopted by its people."""

    urgency_values: tuple[int, ...]
    """Points a person placed, one for each urgency, in the order of `Urgency`; none is worth more than the one before it."""
    scarcity: ScarcityWeights | None
    """null: none; thrift alone holds."""
    hold_back: HoldBack | None
    """null: whatever fits is proposed."""


@dataclass(frozen=True, slots=True)
class PolicyAdopted:
    """The rules and numbers in force from here on. Old holds keep the deadline they were made with."""

    sealed_under: ClassVar = SealedUnder.NETWORK
    event_id: str
    actor: Actor
    version: int
    """Strictly greater than the version in force; the first is 1."""
    areas: tuple[Area, ...]
    """Sorted by province; every province once."""
    fresh_for_ms: int
    """Availability counts for proposals while younger than this (2 working days)."""
    ageing_for_ms: int
    """Shown as ageing until this age (5 working days), then stale."""
    proposal_deadlines: tuple[ProposalDeadline, ...]
    """One for each urgency, in the order of `Urgency`."""
    max_disclosures: int
    max_declines: int
    kept_after_arrival_ms: int
    """The place left stays held until arrival plus this (72 h)."""
    overdue_after_ms: int
    """An arrival later than expected by this raises an alert (1 h)."""
    decline_parks_for_ms: int
    """A case is not offered to a unit that declined it for this long, unless the unit's availability changes."""
    minimum_agreement_left_ms: int
    """Agreement must still hold for this long when a place is proposed."""
    near_is_same_project: bool
    """Keep-apart: units of one project count as near."""
    near_is_same_region: bool
    """Keep-apart: units of one region count as near."""
    weights: Weights
    not_free_codes: tuple[DeclineCode, ...]
    """Decline codes after which the unit's availability is corrected to none."""
    decisions: Decisions | None = None
    """Actions that take two people; null: a day for each, as before this was policy."""
    inquiries: Inquiries | None = None
    """null: none are opened."""
    transfers: Transfers | None = None
    """null: no proposal is confirmed first, and no notification is followed."""
    sight: Sight | None = None
    """null: the strictest that ships."""
    retention: Retention | None = None
    """When data are destroyed by the clock; null: never."""
    clocks: Clocks | None = None
    """The calendar; null: civil time plays no part, durations are plain, nobody is ever off duty, and nothing reminds or pauses."""
    trust: Trust | None = None
    """How far published places are trusted; null: alike, whatever was answered."""
    matching: Matching | None = None
    """What a placement is worth, and what is scarce; null: the best place for each request in turn, by `weights` alone."""


@dataclass(frozen=True, slots=True)
class PolicyProposed:
    """Somebody proposes a policy, by the digest of its words. Takes two people: once another body has confirmed it, it may be adopted."""

    sealed_under: ClassVar = SealedUnder.NETWORK
    case_id: ClassVar[None] = None
    """It is about no case."""
    event_id: str
    actor: Actor
    version: int
    """Version of the policy proposed, greater than the one in force."""
    digest: str
    """`events.policy_digest` of the policy."""
    reason: str
    """What changes, and why, in free text for the second body. At most 4,000 characters."""
    emergency: str
    """Why no other body can be asked first; empty: two bodies. At most 4,000 characters."""


@dataclass(frozen=True, slots=True)
class DayWindow:
    """Part of a local day, in minutes since its midnight: from (inclusive) to (exclusive)."""

    from_minute: int
    to_minute: int


@dataclass(frozen=True, slots=True)
class DutyWindow:
    """Part of each local day of one weekday, 0 a Monday to 6 a Sunday."""

    weekday: int
    from_minute: int
    to_minute: int


@dataclass(frozen=True, slots=True)
class DutyException:
    """One local day on which other hours hold; without windows nobody is on duty."""

    date: str
    """ISO 8601."""
    windows: tuple[DayWindow, ...]


@dataclass(frozen=True, slots=True)
class DutyHoursPublished:
    """When somebody of a project answers. Valid until published anew; every field is the new value. Deadlines already set stay."""

    sealed_under: ClassVar = SealedUnder.NETWORK
    event_id: str
    actor: Actor
    project_id: str
    weekly: tuple[DutyWindow, ...]
    """Sorted, apart, an hour a week at least. Hours over midnight are two windows."""
    on_holidays: tuple[DayWindow, ...]
    """Hours of every public holiday that has no exception; empty: nobody is on duty then."""
    exceptions: tuple[DutyException, ...]
    """Sorted by date, each date once."""


@dataclass(frozen=True, slots=True)
class RulesAdopted:
    """The version of the decision rules in force from the next event on."""

    sealed_under: ClassVar = SealedUnder.NETWORK
    event_id: str
    actor: Actor
    rules_version: int


@dataclass(frozen=True, slots=True)
class ClockAdvanced:
    """A deadline has passed by the broker's time and no other event has come. Decides nothing twice."""

    sealed_under: ClassVar = SealedUnder.NETWORK
    event_id: str
    actor: Actor
    deadline_at_ms: int
    """The deadline it is for; refused where the record's own time is before it."""


@dataclass(frozen=True, slots=True)
class ProgrammeEnded:
    """A project's programme ends: its units, with whoever lives there, and its cases pass to the successor; where there is none, to the helpline."""

    sealed_under: ClassVar = SealedUnder.NETWORK
    event_id: str
    actor: Actor
    project_id: str
    successor_id: str | None
    """A project in its own programme; null: none."""


@dataclass(frozen=True, slots=True)
class UnitPassed:
    """(outcome) A unit belongs to another project from here on, with whoever lives in it and whatever is held in it."""

    sealed_under: ClassVar = SealedUnder.NOBODY
    unit_id: str
    project_id: str
    body: str


@dataclass(frozen=True, slots=True)
class ProgrammeTurned:
    """(outcome) A project stands elsewhere in its programme from here on. Where it does not run, it is sent nobody."""

    sealed_under: ClassVar = SealedUnder.NOBODY
    project_id: str
    to: Programme
