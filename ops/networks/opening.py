"""The events that bring a network to life: its policy (with geography and calendar), then its projects and their duty hours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from events.fact import Actor
from events.network import (
    AnswerTime,
    Area,
    Clocks,
    DayWindow,
    Decisions,
    DutyHoursPublished,
    DutyWindow,
    HoldBack,
    Inquiries,
    KindWeights,
    Matching,
    OffsetFrom,
    PolicyAdopted,
    ProjectRegistered,
    ProposalDeadline,
    Retention,
    ScarcityWeights,
    Sight,
    Transfers,
    Trust,
    TrustBand,
    Weights,
)
from events.vocabulary import DeclineCode, Reason, Role, Urgency
from ops.networks.loading import Network, Project

_HOUR_MS = 3_600_000


def opening_events(
    network: Network, event_id: Callable[[], str], administrator: str, extra_bodies: Mapping[str, tuple[str, ...]], *, suggested: bool = False
) -> Iterator[PolicyAdopted | ProjectRegistered | DutyHoursPublished]:
    """The default policy first, for it holds the areas that projects are checked against; then each project, by id; then their duty hours.

    `event_id` gives a fresh UUIDv7 at each call; `administrator` is an opaque staff id; `extra_bodies` adds bodies to
    projects (by project id) beyond the published lead bodies: empty for a real network. `suggested`: with the
    scarcity weights that the network's file suggests, which a real network adopts later, by two bodies.
    """
    actor = Actor(administrator, network.helpline_body, Role.ADMINISTRATOR)
    yield _policy(network, event_id(), actor, suggested=suggested)
    for project in network.projects:
        yield ProjectRegistered(
            event_id=event_id(),
            actor=actor,
            project_id=project.project,
            name=project.name,
            lead_body=project.lead_body,
            bodies=tuple(sorted({*project.bodies, *extra_bodies.get(project.project, ())})),
            provinces=project.provinces,
            valid_from=network.programme.valid_from,
            valid_to=network.programme.valid_to,
        )
    for project in network.projects:
        yield _duty_hours(network.policy["duty"], project, event_id(), actor)


def _policy(network: Network, event_id: str, actor: Actor, *, suggested: bool) -> PolicyAdopted:
    policy = network.policy
    areas = [Area(province, region.region, region.macro_area) for region in network.regions for province in region.provinces]
    return PolicyAdopted(
        event_id=event_id,
        actor=actor,
        version=policy["version"],
        areas=tuple(sorted(areas, key=lambda area: area.province)),
        fresh_for_ms=policy["fresh_for_hours"] * _HOUR_MS,
        ageing_for_ms=policy["ageing_for_hours"] * _HOUR_MS,
        proposal_deadlines=tuple(ProposalDeadline(urgency, policy["answer_within_hours"][urgency.value] * _HOUR_MS) for urgency in Urgency),
        max_disclosures=policy["max_disclosures"],
        max_declines=policy["max_declines"],
        kept_after_arrival_ms=policy["kept_after_arrival_hours"] * _HOUR_MS,
        overdue_after_ms=policy["overdue_after_hours"] * _HOUR_MS,
        decline_parks_for_ms=policy["decline_parks_for_hours"] * _HOUR_MS,
        minimum_agreement_left_ms=policy["minimum_agreement_left_hours"] * _HOUR_MS,
        near_is_same_project=policy["near_is_same_project"],
        near_is_same_region=policy["near_is_same_region"],
        weights=Weights(**policy["weights"]),
        not_free_codes=tuple(DeclineCode(code) for code in policy["not_free_codes"]),
        decisions=_decisions(policy.get("decisions")),
        retention=_retention(policy.get("retention")),
        inquiries=_inquiries(policy.get("inquiries")),
        transfers=_transfers(policy.get("transfers")),
        sight=sight_of(policy["sight"]) if "sight" in policy else None,
        clocks=clocks_of(policy["clocks"]),
        trust=trust_of(policy["trust"]) if "trust" in policy else None,
        matching=_matching(policy.get("matching"), suggested=suggested),
    )


def _retention(told: dict[str, Any] | None) -> Retention | None:
    if told is None:
        return None
    explanations, events = told.get("explanations_hours"), told.get("events_hours")
    return Retention(
        closed_cases_ms=told["closed_cases_hours"] * _HOUR_MS,
        explanations_ms=None if explanations is None else explanations * _HOUR_MS,
        events_ms=None if events is None else events * _HOUR_MS,
    )


def _matching(told: dict[str, Any] | None, *, suggested: bool) -> Matching | None:
    """What a placement is worth by a network's file; and, where asked for, the scarcity weights and holding back that the file suggests to adopt."""
    if told is None:
        return None
    more = told.get("suggested", {}) if suggested else {}
    return Matching(
        urgency_values=tuple(told["urgency_values"][urgency.value] for urgency in Urgency),
        scarcity=_scarcity(more.get("scarcity")),
        hold_back=_hold_back(more.get("hold_back")),
    )


def _scarcity(told: dict[str, Any] | None) -> ScarcityWeights | None:
    if told is None:
        return None
    kinds = tuple(KindWeights(kind, tuple(weights)) for kind, weights in sorted(told["kinds"].items()))
    return ScarcityWeights(_instant_ms(told["estimated_on"]), _instant_ms(told["valid_until"]), told["method"], told["sample"], kinds)


def _hold_back(told: dict[str, Any] | None) -> HoldBack | None:
    if told is None:
        return None
    return HoldBack(tuple(Urgency(urgency) for urgency in told["urgencies"]), told["until_before_deadline_hours"] * _HOUR_MS)


def _instant_ms(day: str) -> int:
    """The first instant of an ISO 8601 date, in Coordinated Universal Time."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * 1000


def _inquiries(told: dict[str, Any] | None) -> Inquiries | None:
    return None if told is None else Inquiries(told["max_at_once"], told["answer_within_hours"] * _HOUR_MS)


def _transfers(told: dict[str, Any] | None) -> Transfers | None:
    if told is None:
        return None
    return Transfers(
        confirm_first_urgencies=tuple(Urgency(urgency) for urgency in told["confirm_first_urgencies"]),
        confirm_first_reasons=tuple(Reason(reason) for reason in told["confirm_first_reasons"]),
        confirm_within_ms=told["confirm_within_hours"] * _HOUR_MS,
        notify_missing_minor_within_ms=told["notify_missing_minor_within_hours"] * _HOUR_MS,
    )


def sight_of(told: Mapping[str, int]) -> Sight:
    """How much others see, by a network's file."""
    return Sight(
        few_up_to=told["few_up_to"],
        batch_ms=told["batch_hours"] * _HOUR_MS,
        delay_ms=told["delay_hours"] * _HOUR_MS,
        looks=told["looks"],
        blur=told["blur"],
        break_glass_ms=told["break_glass_minutes"] * 60_000,
    )


def trust_of(told: Mapping[str, Any]) -> Trust:
    """How far published places are trusted, by a network's file."""
    bands = tuple(TrustBand(None if hours is None else hours * _HOUR_MS, prior) for hours, prior in told["bands"])
    return Trust(told["weight"], bands, told["prior_answers"], told["network_answers"])


def _decisions(decisions: dict[str, Any] | None) -> Decisions | None:
    if decisions is None:
        return None
    return Decisions(
        decisions["confirm_within_hours"] * _HOUR_MS, decisions["review_within_hours"] * _HOUR_MS, bool(decisions.get("policies_take_two"))
    )


def clocks_of(data: Mapping[str, Any]) -> Clocks:
    """The clocks of a network's file; times of day there are `HH:MM`, offsets pairs of instant and minutes."""
    times = data["answer_within"]
    return Clocks(
        offsets=tuple(OffsetFrom(from_ms, minutes) for from_ms, minutes in data["offsets"]),
        working_weekdays=tuple(data["working_weekdays"]),
        working_from_minute=_minute(data["working_hours"][0]),
        working_to_minute=_minute(data["working_hours"][1]),
        night_from_minute=_minute(data["night_hours"][0]),
        night_to_minute=_minute(data["night_hours"][1]),
        holidays=tuple(data["holidays"]),
        fresh_working_days=data["fresh_working_days"],
        ageing_working_days=data["ageing_working_days"],
        answer_times=tuple(AnswerTime(urgency, **times[urgency.value]) for urgency in Urgency),
        reminders=data["reminders"],
        max_pauses=data["max_pauses"],
    )


ROUND_THE_CLOCK = ("00:00", "24:00")


def same_hours_every_day(event_id: str, actor: Actor, project_id: str, hours: Sequence[str]) -> DutyHoursPublished:
    """A project on duty from one time of day (`HH:MM`) to another, holidays included. Raises ValueError for what is no time."""
    since, to = map(_minute, hours)
    weekly = tuple(DutyWindow(weekday, since, to) for weekday in range(7))
    return DutyHoursPublished(event_id, actor, project_id, weekly, (DayWindow(since, to),), ())


def _duty_hours(data: Mapping[str, Any], project: Project, event_id: str, actor: Actor) -> DutyHoursPublished:
    """Large projects have somebody on call round the clock, the others by day."""
    large = project.residents_thousands >= data["round_the_clock_from_residents_thousands"]
    return same_hours_every_day(event_id, actor, project.project, ROUND_THE_CLOCK if large else data["otherwise"])


def _minute(time_of_day: str) -> int:
    """Minutes since midnight of `HH:MM`; 24:00 is the day's end."""
    hours, minutes = time_of_day.split(":")
    return int(hours) * 60 + int(minutes)
